"""Formulas of a workbook against the calculations of the form: one and the same result.

A small reader of Excel's formulas stands in for Excel; it knows only the functions that are used.
"""

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.core.answer_paths import place_of, value_at
from server.core.answers import Context, UnitView, Verdict, check
from server.core.form import Form, compile_form
from server.core.indicator import CodeList, CodeListItem
from server.core.period import Period
from server.core.shape import BlockKind
from server.core.vietnamese_numbers import format_number
from server.core.workbook_formulas import Formulas
from server.core.workbook_map import Address, a1, addresses, place

FORMS = Path(__file__).parents[2] / "form_definitions"
HERE = Context(UnitView("01864", "commune", "xa"), Period.parse("2024"))
SIGNS = {"none_arose": "–", "not_available": "…", "not_applicable": "x", "confidential": "bảo mật"}
ROSTER = ("na-lan", "khau-slom")
_REFERENCE = re.compile(r"(?:'((?:[^']|'')+)'!)?\$?([A-Z]{1,3})([0-9]+)(?::([A-Z]{1,3})([0-9]+))?")


@cache
def shipped(code: str) -> Form:
    lists = {}
    for path in (FORMS / "_codelists").glob("*.json"):
        source = json.loads(path.read_text("utf-8"))
        items = tuple(CodeListItem(item["code"], item["title"]) for item in source["items"])
        lists[source["code"]] = CodeList(source["code"], 1, source["title"], items, False, "")
    source = json.loads((FORMS / code / "v01.json").read_text("utf-8"))
    return compile_form(source, lists)


class Excel:
    """Works out formulas over cells by sheet and A1 address; formulas call each other."""

    def __init__(self, cells: Mapping[tuple[str, str], object]) -> None:
        self.cells = dict(cells)

    def value(self, sheet: str, cell: str) -> Any:
        found = self.cells.get((sheet, cell))
        if isinstance(found, str) and found.startswith("="):
            found = self.result(sheet, found[1:])
            self.cells[sheet, cell] = found
        return found

    def result(self, sheet: str, formula: str) -> Any:
        found: list[Any] = []

        def put(match: re.Match[str]) -> str:
            name = sheet if match[1] is None else match[1].replace("''", "'")
            if match[4] is None:
                found.append(self.value(name, match[2] + match[3]))
            else:
                rows = range(int(match[3]), int(match[5]) + 1)
                found.append([self.value(name, f"{match[2]}{row}") for row in rows])
            return f"_c[{len(found) - 1}]"

        parts = re.split(r'("[^"]*")', formula)
        text = "".join(
            part if part.startswith('"') else _operators(_REFERENCE.sub(put, part))
            for part in parts
        )
        try:
            return eval(text, {**_FUNCTIONS, "_c": found})
        except ZeroDivisionError:
            return ""  # every quotient stands within IFERROR


def _operators(text: str) -> str:
    return re.sub(r"(?<![<>=])=(?!=)", "==", text)


def _numbers(*given: object) -> list[float]:
    flat = [one for item in given for one in (item if isinstance(item, list) else [item])]
    return [one for one in flat if isinstance(one, int | float)]


def _rounded(number: float, decimals: int) -> float:
    text = format_number(float(f"{number:.15g}"), decimals).replace(".", "").replace(",", ".")
    return float(text)


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "IF": lambda test, yes, no="": yes if test else no,
    "IFERROR": lambda value, other: other if value is None else value,
    "AND": lambda *tests: all(tests),
    "OR": lambda *tests: any(tests),
    "ISNUMBER": lambda value: isinstance(value, int | float),
    "N": lambda value: value if isinstance(value, int | float) else 0,
    "SUM": lambda *given: sum(_numbers(*given)),
    "COUNT": lambda *given: len(_numbers(*given)),
    "COUNTIF": lambda given, wanted: (given if isinstance(given, list) else [given]).count(wanted),
    "ROUND": lambda number, decimals: None if number is None else _rounded(number, decimals),
}


def worksheet(
    form: Form, answers: Mapping[str, object], statuses: Mapping[str, str], verdict: Verdict
) -> tuple[Excel, dict[str, Address], set[str]]:
    """All cells as the workbook has them, and the paths of those with a formula."""
    rosters = {key: ROSTER for key, block in form.shape.blocks.items() if block.item is not None}
    sections = place(form, rosters)
    where = addresses(sections)
    formulas, cells, told = Formulas(form, where), {}, set()
    for placed in sections:
        for spot in placed.spots:
            found = place_of(form, spot.path)
            key = (placed.name, a1(spot.row, spot.column))
            if spot.path in verdict.relevant_off:
                cells[key] = "x"
            elif found.cell is not None and found.cell.calculate is not None:
                formula = formulas.of(
                    spot.path, found.cell, found.block, found.row or "", found.line
                )
                # What no formula says stands there as the server calculated it.
                cells[key] = value_at(verdict.computed, found)
                if formula:
                    cells[key] = f"={formula}"
                    told.add(spot.path)
            else:
                value = value_at(answers, found)
                cells[key] = SIGNS.get(statuses.get(spot.path, "")) if value is None else value
    return Excel(cells), where, told


@pytest.mark.parametrize(
    ("code", "least"),
    [("population_ethnic", 200), ("near_poor", 8), ("village_roads", 1), ("cadres", 20)],
)
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_a_formula_gives_what_the_server_calculates(
    code: str, least: int, data: st.DataObject
) -> None:
    form = shipped(code)
    answers: dict[str, Any] = {}
    statuses: dict[str, str] = {}
    complete = st.one_of(st.integers(0, 500), st.just("none_arose"))
    choice = st.one_of(st.integers(0, 500), st.sampled_from([None, *SIGNS]))
    for key, block in form.shape.blocks.items():
        rows = ROSTER if block.item is not None else list(block.lines)
        chosen = data.draw(st.lists(st.sampled_from(rows), unique=True, max_size=5))
        for row in chosen:
            line = block.item or block.lines[row]
            held: dict[str, object] = {}
            for column, cell in line.cells.items():
                if cell.calculate is None and cell.numeric:
                    # A row of a code list that is half filled is the one difference: the server
                    # waits for the rest of it, the workbook already adds what stands there.
                    whole = block.kind is BlockKind.CODELIST
                    drawn = data.draw(complete if whole else choice)
                    if isinstance(drawn, int):
                        held[column] = drawn
                    elif drawn is not None:
                        above = block.path if not row else f"{block.path}/{row}"
                        statuses[f"{above}/{column}"] = drawn
            if block.item is not None:
                answers.setdefault(key, []).append({"_id": row, **held})
            elif not row:
                answers[key] = held
            elif held:
                answers.setdefault(key, {})[row] = held
    verdict = check(form, answers, statuses, HERE)

    excel, where, told = worksheet(form, answers, statuses, verdict)

    assert len(told) >= least
    for path in told:
        expected = value_at(verdict.computed, place_of(form, path))
        shown = excel.value(where[path].sheet, where[path].cell)
        assert (None if shown == "" else shown) == (
            pytest.approx(expected) if isinstance(expected, float) else expected
        ), path
