"""A form made of an understood table: columns become cells, rows become a grid or a roster.

The outcome is the document of a draft that the checks accept; what of the table could not be taken
over is told as notes.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from server.core.definition_starts import DIALECT
from server.core.definition_table import Table
from server.core.definition_table_columns import TableColumn, key_of

_MOST: Final = 9_999_999
_HIGHEST: Final = 999_999_999_999
_MOST_LINES: Final = 500
_MOST_FIXED: Final = 120
_LONGEST_TEXT: Final = 500
_LONGEST_FORMULA: Final = 60
_TOKEN: Final = re.compile(r"\s*(\(\s*\d{1,3}\s*\)|\d{1,3}(?:[.,]\d+)?%?|[-+*/:x×÷()])", re.I)
_OPERATORS: Final[Mapping[str, str]] = {":": "/", "÷": "/", "x": "*", "X": "*", "×": "*"}


@dataclass(frozen=True, slots=True)
class TableNote:
    """Something that a person should know of the made form: ``code`` and what it is about."""

    code: str
    about: str


@dataclass(frozen=True, slots=True)
class _Calculation:
    text: str
    names: frozenset[str]
    whole: bool


def form_of(
    table: Table, code: str, title: str, workflow: str
) -> tuple[dict[str, Any], list[TableNote]]:
    """The document of a new form, and notes on what was left out."""
    notes = [TableNote("unmatched", row) for row in table.unmatched]
    columns = [column for column in table.columns if column.type != "skip"]
    made = _calculations(columns, notes)
    cells = {column.key: _cell(column, made.get(column.key)) for column in columns}
    if table.kind == "roster" and table.total:
        notes.append(TableNote("total-left", table.total))
    properties, defs, shown, answers = _rows(table, columns, cells, notes)
    total = _total(columns, made, properties) if table.kind != "roster" else {}
    if total and table.total:
        line = {
            "title": table.total, "type": "object", "additionalProperties": False,
            "properties": total,
        }  # fmt: skip
        properties, shown = {"total": line, **properties}, ["total", *shown]
    section: dict[str, Any] = {"key": "main", "title": title, "grid": shown}
    if table.kind != "roster":
        section["rowHeader"] = table.row_header or "Chỉ tiêu"
    if table.kind == "codelist":
        section["codeHeader"] = "Mã"
    section |= _headings(columns)
    sections = [section]
    first = next((column for column in columns if column.numeric and column.key not in made), None)
    if first is None:
        # A report without any number to type would have nothing to count or to test.
        properties["note_count"] = {
            "title": "Số dòng", "type": "integer", "minimum": 0, "maximum": _MOST_LINES
        }  # fmt: skip
        sections.append({"key": "count", "title": "Số lượng", "fields": ["note_count"]})
        answers = {"note_count": 1}
        notes.append(TableNote("count-added", "note_count"))
    else:
        answers = _test_answers(answers, first.key)
    document: dict[str, Any] = {
        "$schema": DIALECT,
        "title": title,
        "type": "object",
        "additionalProperties": False,
        "x-form": {
            "code": code, "version": 1, "kind": "report", "periodType": "year",
            "workflow": workflow, "assignedTo": {"levels": ["commune"]}, "due": {"commune": "P15D"},
        },
        "properties": properties,
    }  # fmt: skip
    if defs:
        document["$defs"] = defs
    wide = len(columns) > 8  # noqa: PLR2004 - what a portrait page holds
    document["x-layout"] = {
        "sections": sections, "paper": "A4", "orientation": "landscape" if wide else "portrait"
    }  # fmt: skip
    document["x-checks"] = []
    document["x-tests"] = [{"name": "Báo cáo đúng", "answers": answers, "findings": []}]
    return document, notes


def _rows(
    table: Table, columns: Sequence[TableColumn], cells: Mapping[str, Any], notes: list[TableNote]
) -> tuple[dict[str, Any], dict[str, Any], list[str], dict[str, Any]]:
    """Properties, definitions, what the grid shows, and an answer with one line in it."""
    row: dict[str, Any] = {
        "type": "object", "additionalProperties": False, "properties": dict(cells)
    }  # fmt: skip
    name = table.row_header or "Danh sách"
    if table.kind == "roster":
        return (
            {"rows": {"title": name, "type": "array", "maxItems": _MOST_LINES, "items": row}},
            {}, ["rows"], {"rows": [{"_id": "r1"}]},
        )  # fmt: skip
    if table.kind == "codelist":
        grid = {
            "title": name, "type": "object", "x-rows": {"codelist": table.codelist},
            "additionalProperties": {"$ref": "#/$defs/line"},
        }  # fmt: skip
        return {"rows": grid}, {"line": row}, ["rows"], {"rows": {"*": {}}}
    rows = list(table.rows)
    if not rows:
        line: dict[str, Any] = {"title": name, **row}
        return {"line": line}, {}, ["line"], {"line": {}}
    for left in rows[_MOST_FIXED:]:
        notes.append(TableNote("row-left", left))
    keys: dict[str, str] = {}
    for title in rows[:_MOST_FIXED]:
        keys[key_of(title, keys, "r")] = title
    lines = {key: {"title": title, "$ref": "#/$defs/line"} for key, title in keys.items()}
    block: dict[str, Any] = {
        "title": name, "type": "object", "additionalProperties": False, "properties": lines,
    }  # fmt: skip
    return {"rows": block}, {"line": row}, ["rows"], {"rows": {next(iter(keys)): {}}}


def _test_answers(answers: dict[str, Any], key: str) -> dict[str, Any]:
    """A value in the first line; ``*`` is filled in by who knows the codes of the list."""
    for held in answers.values():
        if isinstance(held, list):
            held[0][key] = 1
        elif key and all(isinstance(inner, dict) for inner in held.values()) and held:
            next(iter(held.values()))[key] = 1
        else:
            held[key] = 1
    return answers


def named_row(document: dict[str, Any], row: str) -> dict[str, Any]:
    """The document with the test's line of a code list called *row*."""
    for test in document["x-tests"]:
        held = test["answers"].get("rows")
        if isinstance(held, dict) and "*" in held:
            test["answers"]["rows"] = {row: held["*"]}
    return document


# Cells


def _cell(column: TableColumn, made: _Calculation | None) -> dict[str, Any]:
    if made is not None:
        if made.whole:
            return {"title": column.title, "type": "integer", "x-calculate": made.text}
        decimals = column.decimals or 2
        return {
            "title": column.title, "type": "number", "multipleOf": _step(decimals),
            "x-calculate": made.text,
        }  # fmt: skip
    if column.type == "text":
        return {"title": column.title, "type": "string", "maxLength": _LONGEST_TEXT}
    if column.type == "date":
        return {"title": column.title, "type": "string", "format": "date"}
    most = _MOST
    while most < column.highest and most < _HIGHEST:
        most = most * 10 + 9
    cell: dict[str, Any] = {"title": column.title, "type": column.type}
    if column.type == "number":
        cell["multipleOf"] = _step(column.decimals or 2)
    return {**cell, "minimum": -most if column.negative else 0, "maximum": most}


def _step(decimals: int) -> float:
    return {1: 0.1, 2: 0.01, 3: 0.001}.get(decimals, 0.0001)


def _headings(columns: Sequence[TableColumn]) -> dict[str, Any]:
    """Groups, numbers and formulas of the printed heading."""
    found: dict[str, Any] = {}
    groups: list[dict[str, Any]] = []
    for column in columns:
        if not column.group:
            continue
        if groups and groups[-1]["title"] == column.group:
            groups[-1]["columns"].append(column.key)
        else:
            groups.append({"title": column.group, "columns": [column.key]})
    if groups:
        found["groups"] = groups[:40]
    numbers = {column.key: column.number for column in columns if column.number}
    formulas = {
        column.key: f"{column.number}={column.formula}"[:_LONGEST_FORMULA]
        for column in columns
        if column.number and column.formula
    }
    if formulas:
        found["formulas"] = formulas
    if numbers:
        found["numbers"] = numbers
    return found


def _total(
    columns: Sequence[TableColumn], made: Mapping[str, _Calculation], properties: Mapping[str, Any]
) -> dict[str, Any]:
    """The line of totals: sums over the rows, and what is calculated within a line as such."""
    if "rows" not in properties:
        return {}
    cells: dict[str, Any] = {}
    for column in columns:
        calculated = made.get(column.key)
        if calculated is not None:
            cells[column.key] = _cell(column, calculated)
        elif column.numeric:
            plain: dict[str, Any] = {"title": column.title, "type": column.type}
            if column.type == "number":
                plain["multipleOf"] = _step(column.decimals or 2)
            text = f"sum(rows.map(r, rows[r].{column.key}))"
            cells[column.key] = {**plain, "x-calculate": text}
    return cells


# Formulas of the row of column numbers


def _calculations(
    columns: Sequence[TableColumn], notes: list[TableNote]
) -> dict[str, _Calculation]:
    """What each formula calculates; one that cannot be read or waits for itself is left out."""
    by_number = {column.number: column for column in columns if column.number and column.numeric}
    found: dict[str, _Calculation] = {}
    for column in columns:
        if column.formula and column.numeric:
            calculated = _calculation(column, by_number)
            if calculated is None:
                notes.append(TableNote("formula-left", f"{column.number}={column.formula}"))
            else:
                found[column.key] = calculated
    for key in list(found):
        if key in found and _waits(key, found):
            column = next(one for one in columns if one.key == key)
            notes.append(TableNote("formula-left", f"{column.number}={column.formula}"))
            del found[key]
    return found


def _calculation(column: TableColumn, by_number: Mapping[str, TableColumn]) -> _Calculation | None:
    """The formula as an expression; None when it is none, or names a column that is not there."""
    parts: list[str] = []
    names: set[str] = set()
    whole, operand, depth = column.type == "integer", True, 0
    for token in _tokens(column.formula):
        if token[0].isdigit():
            other = by_number.get(token)
            constant = parts[-1:] in (["*"], ["/"])
            if not operand or (other is None and not constant):
                return None
            if other is not None:
                names.add(other.key)
                whole = whole and other.type == "integer"
            parts.append(token.rstrip("%").replace(",", ".") if other is None else other.key)
            operand = False
            continue
        opens = token == "("
        if token == "?" or opens != operand:
            return None
        depth += {"(": 1, ")": -1}.get(token, 0)
        sign = _OPERATORS.get(token, token)
        whole = whole and sign in "+-()"
        operand = token != ")"
        parts.append(sign)
        if depth < 0:
            return None
    if operand or depth or column.key in names or not names:
        return None
    return _Calculation(_spaced(parts), frozenset(names), whole)


def _tokens(text: str) -> Iterator[str]:
    """Numbers, signs and brackets; a number alone in brackets is a number, "?" what is neither."""
    at, text = 0, text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            yield "?"
            return
        at, token = match.end(), match[1]
        number = re.sub(r"[()\s]", "", token)
        yield number if number[:1].isdigit() else token


def _spaced(parts: Sequence[str]) -> str:
    return " ".join(parts).replace("( ", "(").replace(" )", ")")


def _waits(key: str, made: Mapping[str, _Calculation]) -> bool:
    """Whether the cell of *key* needs its own result."""
    seen: set[str] = set()
    waiting = set(made[key].names)
    while waiting:
        name = waiting.pop()
        if name == key:
            return True
        if name in made and name not in seen:
            seen.add(name)
            waiting |= made[name].names
    return False
