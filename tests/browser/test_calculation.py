"""The browser's calculations against the server's, on random documents of every shipped form."""

import json
import random
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from flask import Flask
from flask_babel import Babel
from playwright.sync_api import Page

from server.core.answers import Context, UnitView, check, merged
from server.core.form import Form, compile_form
from server.core.period import Period
from server.core.shape import ROW_ID, Block, BlockKind, Cell
from server.services.catalogue import read_codelist
from server.web.submission_program import program_of
from tests.world import ROOT

DOCUMENTS = 12
UNITS = (
    UnitView(code="01858", level="commune", kind="xa"),
    UnitView(code="01888", level="commune", kind="thi_tran"),
    UnitView(code="060", level="district", kind="huyen"),
)
REASONS = ("none_arose", "not_available", "not_applicable", "confidential", "estimated")
CODES = sorted(path.parent.name for path in (ROOT / "form_definitions").glob("[a-z]*/v01.json"))
RUN = """async (programs) => {
  const { Calculator } = await import("/static/js/calculation.js");
  return programs.map((program) => {
    const { computed, off } = new Calculator(program).run(program.answers, program.statuses);
    return [[...computed].filter(([, value]) => value !== null), [...off].sort()];
  });
}"""


@pytest.fixture(scope="module")
def forms() -> dict[str, Form]:
    lists = {
        path.stem: read_codelist(json.loads(path.read_text("utf-8")))
        for path in (ROOT / "form_definitions/_codelists").glob("*.json")
    }
    sources = {code: ROOT / f"form_definitions/{code}/v01.json" for code in CODES}
    return {
        code: compile_form(json.loads(path.read_text("utf-8")), lists)
        for code, path in sources.items()
    }


def some_value(cell: Cell, chance: random.Random) -> object:
    if "enum" in cell.schema:
        return chance.choice(list(cell.schema["enum"]))  # type: ignore[call-overload]
    if cell.type == "boolean":
        return chance.random() < 0.5
    if cell.decimals is None:
        return chance.choice(["2025-01-05", "Khuổi Mạn", ""])
    top = chance.choice([3, 50, 4000])
    return round(chance.uniform(0, top), cell.decimals) if cell.decimals else chance.randint(0, top)


def some_line(cells: Mapping[str, Cell], chance: random.Random) -> dict[str, object]:
    filled = chance.choice([0.3, 0.9, 1.0])
    return {
        key: some_value(cell, chance)
        for key, cell in cells.items()
        if cell.calculate is None and chance.random() < filled
    }


def some_block(block: Block, chance: random.Random) -> object:
    if block.item is not None:
        return [
            {ROW_ID: f"r{place}x", **some_line(block.item.cells, chance)}
            for place in range(chance.randint(0, 4))
        ]
    if block.kind is BlockKind.LINE:
        return some_line(block.lines[""].cells, chance)
    count = chance.randint(0, min(8, len(block.lines)))
    chosen = chance.sample(sorted(block.lines), count)
    return {key: some_line(block.lines[key].cells, chance) for key in chosen}


def some_document(form: Form, chance: random.Random) -> tuple[dict[str, Any], dict[str, str]]:
    answers: dict[str, Any] = some_line(form.shape.cells, chance)
    for key, block in form.shape.blocks.items():
        if chance.random() < 0.9:
            answers[key] = some_block(block, chance)
    statuses = {}
    for path in cells_of(form, answers):
        if chance.random() < 0.05:
            statuses[path] = chance.choice(REASONS)
    return answers, statuses


def cells_of(form: Form, answers: Mapping[str, Any]) -> Iterator[str]:
    """Paths of typed cells, filled or not, of the lines that are there."""
    for key, cell in form.shape.cells.items():
        if cell.calculate is None:
            yield f"/{key}"
    for key, block in form.shape.blocks.items():
        if block.item is not None or key not in answers:
            continue
        for row in [""] if block.kind is BlockKind.LINE else list(answers[key]):
            for column, cell in block.lines[row].cells.items():
                if cell.calculate is None:
                    yield f"/{key}/{row}/{column}" if row else f"/{key}/{column}"


def flat(held: object, path: str = "") -> dict[str, object]:
    if isinstance(held, Mapping):
        parts = [(f"{path}/{key}", part) for key, part in held.items() if key != ROW_ID]
    elif isinstance(held, list):
        parts = [(f"{path}/{row[ROW_ID]}", row) for row in held]
    else:
        return {path: held}
    found: dict[str, object] = {}
    for name, part in parts:
        found |= flat(part, name)
    return found


@pytest.mark.parametrize("code", CODES)
def test_the_browser_calculates_and_asks_exactly_as_the_server_does(
    page: Page, forms: dict[str, Form], code: str
) -> None:
    form, chance = forms[code], random.Random(f"calculation {code}")
    app = Flask(__name__)
    Babel(app)
    programs, expected = [], []
    with app.test_request_context():
        for _ in range(DOCUMENTS):
            answers, statuses = some_document(form, chance)
            unit, period = chance.choice(UNITS), Period.parse("2024")
            before = None
            if chance.random() < 0.5:
                earlier, _reasons = some_document(form, chance)
                context = Context(unit=unit, period=period.previous())
                before = merged(form, earlier, check(form, earlier, {}, context).computed)
            context = Context(unit=unit, period=period, previous=before)
            verdict = check(form, answers, statuses, context)
            programs.append(program_of(form, answers, statuses, context, verdict))
            expected.append((flat(verdict.computed), sorted(verdict.relevant_off)))

    found = page.evaluate(RUN, programs)

    for (computed, off), (wanted, wanted_off) in zip(found, expected, strict=True):
        assert dict(computed) == wanted
        assert off == wanted_off
