"""The JSON Schema part of the verdict: jsonschema-rs judges answers and calculated values at once.

Each error becomes a finding on a cell. What plain JSON Schema cannot know is judged elsewhere:
whether a required cell is asked at all, or has a reason instead of a value.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

import jsonschema_rs

from server.core.answer_messages import words_of
from server.core.answer_paths import Answers, Statuses, place_of, rows_of, value_at
from server.core.finding import Finding, Severity
from server.core.form import Form
from server.core.json_text import pointer, tokens
from server.core.shape import ROW_ID, Block, BlockKind, Cell, Line, mapping, sequence
from server.core.submission import STATUSES

_DAY: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_KEYWORDS: Final = {"not": "pattern"}  # only a roster line's name has a `not`


def validator_of(document: Mapping[str, object]) -> jsonschema_rs.Draft202012Validator:
    """The compiled validator of a form; formats are checked, nothing is ever fetched."""
    return jsonschema_rs.Draft202012Validator(
        dict(document), validate_formats=True, formats={"date": _is_day}
    )


def _is_day(text: str) -> bool:
    """Whether it is a day that exists; the validator's own test takes ``-024-01-01`` for one."""
    try:
        return _DAY.fullmatch(text) is not None and bool(date.fromisoformat(text))
    except ValueError:
        return False


def schema_findings(
    form: Form,
    validator: jsonschema_rs.Draft202012Validator,
    answers: Answers,
    computed: Mapping[str, object],
) -> Iterator[Finding]:
    """What the schema says of typed and calculated values; ``required`` is left to others."""
    document = merged(form, answers, computed)
    if validator.is_valid(document):
        return
    seen: set[tuple[str, str]] = set()
    # Not iter_errors: its paths turn the row "01" into the number 1.
    for error in validator.evaluate(document).errors():
        where, rule = str(error["instanceLocation"]), str(error["schemaLocation"])
        if (where, rule) not in seen:
            seen.add((where, rule))
            yield from _findings(form, document, tokens(where), tokens(rule))


def duplicate_rows(form: Form, answers: Answers) -> Iterator[Finding]:
    """Two lines of a roster with one name could not be told apart by their paths."""
    for block in form.shape.blocks.values():
        if block.item is None:
            continue
        seen: set[str] = set()
        for name, _ in rows_of(block, answers):
            if name in seen:
                yield built_in("uniqueItems", pointer(block.key, name), None)
            seen.add(name)


def status_findings(form: Form, answers: Answers, statuses: Statuses) -> Iterator[Finding]:
    """Reasons that contradict the answers: beside a value, or ``estimated`` without one."""
    for path, status in statuses.items():
        place = place_of(form, path)
        value = value_at(answers, place)
        estimated = status == "estimated"
        calculated = place.cell is not None and place.cell.calculate is not None
        if place.cell is None:
            wrong = bool(value) and not estimated and _has_values(value)
        else:
            wrong = not calculated and (value is not None) is not estimated
        if wrong or status not in STATUSES:
            yield built_in("x-status", path, place.cell)


def built_in(
    keyword: str,
    path: str,
    cell: Cell | None,
    *,
    limit: object = None,
    left: float | int | None = None,
) -> Finding:
    """The finding ``schema.<keyword>``; with *left*, a number and the limit it passed."""
    right = limit if left is not None and isinstance(limit, int | float) else None
    words, english = words_of(keyword, cell, limit)
    return Finding(
        path=path,
        code=f"schema.{keyword}",
        severity=Severity.ERROR,
        message=words.message,
        left=None if right is None else left,
        right=right,
        rule=words.rule,
        fix=words.fix,
        english=english,
    )


def merged(form: Form, answers: Answers, computed: Mapping[str, object]) -> dict[str, object]:
    """Answers with the calculated values of now; calculated values that were typed are left out."""
    document = dict(answers)
    for key, cell in form.shape.cells.items():
        if cell.calculate is not None:
            document.pop(key, None)
            if key in computed:
                document[key] = computed[key]
    for key, block in form.shape.blocks.items():
        if key in answers or key in computed:
            document[key] = _merged_block(block, answers.get(key), computed.get(key))
    return document


def _merged_block(block: Block, held: object, computed: object) -> object:
    if block.kind is BlockKind.ROSTER:
        if not isinstance(held, list | tuple) or block.item is None:
            return held
        results = iter(computed if isinstance(computed, list) else ())
        return [
            _merged_line(block.item, row, next(results, None)) if isinstance(row, Mapping) else row
            for row in held
        ]
    if held is not None and not isinstance(held, Mapping):
        return held
    if block.kind is BlockKind.LINE:
        return _merged_line(block.lines[""], held or {}, computed)
    results_by_row = computed if isinstance(computed, Mapping) else {}
    rows = dict(held or {})
    for key in dict.fromkeys((*rows, *results_by_row)):
        row = rows.get(key, {})
        if key in block.lines and isinstance(row, Mapping):
            rows[key] = _merged_line(block.lines[key], row, results_by_row.get(key))
    return rows


def _merged_line(line: Line, held: Mapping[str, object], computed: object) -> object:
    kept = dict(held)
    if not line.calculated.isdisjoint(kept):
        kept = {key: value for key, value in held.items() if key not in line.calculated}
    if isinstance(computed, Mapping):
        kept.update(computed)
        if ROW_ID in computed:  # a line without a name keeps having none
            del kept[ROW_ID]
            kept.update({ROW_ID: held[ROW_ID]} if ROW_ID in held else {})
    return kept


def _findings(
    form: Form, document: Mapping[str, object], where: tuple[str, ...], rule: tuple[str, ...]
) -> Iterator[Finding]:
    keyword = _KEYWORDS.get(rule[-1], rule[-1])
    if keyword == "additionalProperties":
        # A missing required key is reported here as well; then nothing is unexpected.
        schema = mapping(_at(form.document, rule[:-1]))
        held = _at(document, where)
        for name in held if isinstance(held, Mapping) else ():
            if name not in mapping(schema.get("properties", {})):
                yield built_in(keyword, _path(document, (*where, name)), None)
    elif keyword != "required":
        yield _finding(form, document, where, keyword, _at(form.document, rule))


def _finding(
    form: Form, document: Mapping[str, object], where: tuple[str, ...], keyword: str, limit: object
) -> Finding:
    path = _path(document, where)
    cell = _cell(form, where)
    value = _at(document, where)
    number = value if isinstance(value, int | float) and not isinstance(value, bool) else None
    if cell is not None and cell.calculate is not None:
        return built_in("x-calculate", path, cell, limit=limit, left=number)
    compares = keyword in ("minimum", "maximum")
    return built_in(keyword, path, cell, limit=limit, left=number if compares else None)


def _at(value: object, where: tuple[str, ...]) -> object:
    for token in where:
        value = value[token] if isinstance(value, Mapping) else sequence(value)[int(token)]
    return value


def _path(document: Mapping[str, object], where: tuple[str, ...]) -> str:
    """The pointer of an error; a position in a roster becomes the ``_id`` of the line there."""
    if len(where) > 1 and isinstance(document[where[0]], list):
        row = _at(document, where[:2])
        name = row.get(ROW_ID) if isinstance(row, Mapping) else None
        if isinstance(name, str) and name:
            return pointer(where[0], name, *where[2:])
    return pointer(*where)


def _cell(form: Form, where: tuple[str, ...]) -> Cell | None:
    if len(where) == 1:
        return form.shape.cells.get(where[0])
    block = form.shape.blocks.get(where[0]) if where else None
    if block is None:
        return None
    if block.kind is BlockKind.LINE:
        return block.lines[""].cells.get(where[1])
    line = block.item or block.lines.get(where[1])
    return line.cells.get(where[-1]) if line is not None and len(where) > 2 else None  # noqa: PLR2004


def _has_values(held: object) -> bool:
    if isinstance(held, Mapping):
        return any(_has_values(value) for key, value in held.items() if key != ROW_ID)
    if isinstance(held, list | tuple):
        return any(_has_values(value) for value in held)
    return held is not None
