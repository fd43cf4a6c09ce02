"""Remembered verdicts: equal answers are judged once, other answers and other rules anew."""

import json
from pathlib import Path

import pytest

from server.core.answers import Context, UnitView
from server.core.form import load_form
from server.core.period import Period
from server.services import verdicts
from server.services.verdicts import Verdicts

SHIPPED = Path(__file__).parents[2] / "form_definitions" / "village_roads"


def example() -> dict[str, object]:
    text = (SHIPPED / "examples" / "valid-boc-bo.json").read_text(encoding="utf-8")
    return dict(json.loads(text)["answers"])


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    calls: list[object] = []
    check = verdicts.check

    def counting(form, answers, statuses, context):  # type: ignore[no-untyped-def]
        calls.append(answers)
        return check(form, answers, statuses, context)

    monkeypatch.setattr(verdicts, "check", counting)
    return calls


def test_equal_answers_are_judged_once(counted: list[object]) -> None:
    form = load_form(json.loads((SHIPPED / "v01.json").read_text(encoding="utf-8")))
    context = Context(UnitView("01864", "commune", "xa"), Period.parse("2024"))
    kept = Verdicts()

    first = kept.of(form, example(), {}, context)
    reversed_keys = dict(reversed(example().items()))
    assert kept.of(form, reversed_keys, {}, context) is first
    assert len(counted) == 1


@pytest.mark.parametrize(
    "change",
    [
        *("answers", "statuses", "unit", "period", "previous"),
        *("last_year", "last_year_statuses", "others", "history"),
    ],
)
def test_whatever_a_verdict_follows_from_is_judged_anew(counted: list[object], change: str) -> None:
    form = load_form(json.loads((SHIPPED / "v01.json").read_text(encoding="utf-8")))
    kept, answers = Verdicts(), example()
    unit, period = UnitView("01864", "commune", "xa"), Period.parse("2024")
    kept.of(form, answers, {}, Context(unit, period))

    context = Context(
        UnitView("01867", "commune", "xa") if change == "unit" else unit,
        Period.parse("2025") if change == "period" else period,
        {"village_list": []} if change == "previous" else None,
        last_year={"village_list": []} if change == "last_year" else None,
        last_year_statuses={"/note": "none_arose"} if change == "last_year_statuses" else {},
        others={"sheet": ({"hh": 5}, {})} if change == "others" else {},
        history={"/commune/villages": (14.0,)} if change == "history" else {},
    )
    statuses = {"/commune/note": "none_arose"} if change == "statuses" else {}
    changed = {"village_list": []} if change == "answers" else answers
    kept.of(form, changed, statuses, context)
    assert len(counted) == 2
