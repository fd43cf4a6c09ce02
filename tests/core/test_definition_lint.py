"""The linter: useful warnings, none about what is fine, and none that refuses."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from server.core.definition import check_form
from server.core.definition_lint import lint_form, unused_codelists
from server.core.indicator import CodeList, Indicator
from server.services.definitions import read_indicators
from server.web.lint_words import TEXTS
from tests.definitions.shipped import FORMS, ROOT, installed

_PATH = ROOT / "form_definitions/_indicators/indicators.json"
INDICATORS = {one.code: one for one in read_indicators(json.loads(_PATH.read_text("utf-8")))}
PRESTIGE = ROOT / "form_definitions/prestige_persons/v01.json"
Change = Callable[[dict[str, Any]], object]


def warned(document: dict[str, Any], indicators: dict[str, Indicator] | None = None) -> list[str]:
    text = json.dumps(document, ensure_ascii=False, indent=2)
    assert check_form(text, installed()) == []
    return [one.code for one in lint_form(text, indicators or INDICATORS)]


def prestige() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(PRESTIGE.read_text(encoding="utf-8"))
    return document


def _cell(document: dict[str, Any]) -> dict[str, Any]:
    cell: dict[str, Any] = document["properties"]["village_count"]
    return cell


def _unit_of_reason(document: dict[str, Any]) -> None:
    document["properties"]["reasons"]["properties"]["died"]["x-measure-unit"] = "hộ"


def _no_units(document: dict[str, Any]) -> None:
    del document["x-form"]["unitOfMeasure"]
    _cell(document).pop("x-measure-unit")
    _cell(document)["title"] = "Quy mô xã"


def _spare(document: dict[str, Any], **declared: object) -> None:
    document["properties"]["spare"] = {
        "title": "Số dự phòng", "x-i18n": {"en": {"title": "Spare"}}, **declared,
    }  # fmt: skip
    document["x-layout"]["sections"][2]["fields"].append("spare")


def _idle(document: dict[str, Any]) -> None:
    _spare(document, type="integer", minimum=0, maximum=9)


def _never(document: dict[str, Any]) -> None:
    _spare(document, **{"type": "string", "maxLength": 20, "x-relevant": "1 > 2"})


CHANGES: dict[str, Change] = {
    "lint-unused": lambda held: held["$defs"].update(spare=next(iter(held["$defs"].values()))),
    "lint-never-shown": _never,
    "lint-repeated-title": lambda held: _cell(held).update(
        title=held["properties"]["note"]["title"].upper()
    ),
    "lint-unit-differs": _unit_of_reason,
    "lint-no-unit": _no_units,
    "lint-idle": _idle,
    "lint-no-english": lambda held: _cell(held).pop("x-i18n"),
    "lint-long-title": lambda held: _cell(held).update(title="Tổng số thôn bản " * 12),
}


def test_a_careful_form_is_not_warned_about() -> None:
    assert warned(prestige()) == []


@pytest.mark.parametrize("code", CHANGES)
def test_each_slip_gives_its_warning_and_nothing_else(code: str) -> None:
    document = prestige()
    CHANGES[code](document)

    assert warned(document) == [code]


def test_a_retired_indicator_is_named_where_it_is_used() -> None:
    retired = {**INDICATORS, "1403": replace(INDICATORS["1403"], valid_to="2026-12-31")}

    assert set(warned(prestige(), retired)) == {"lint-retired"}


def test_every_warning_has_its_words() -> None:
    assert {*CHANGES, "lint-retired"} == set(TEXTS)


def test_what_ships_is_warned_about_less_than_once_a_form() -> None:
    found = [one for path in FORMS for one in lint_form(path.read_text("utf-8"), INDICATORS)]

    assert len(found) <= len(FORMS)


def test_a_refused_text_is_not_linted() -> None:
    assert lint_form("{", INDICATORS) == []


def test_a_code_list_is_used_by_rows_choices_members_or_indicators() -> None:
    lists = {code: CodeList(code, 1, code, (), False, "") for code in ("a", "b", "c", "d", "sex")}
    document = {
        "properties": {
            "rows": {"x-rows": {"codelist": "a"}},
            "kind": {"x-codelist": "b"},
            "count": {"x-member": {"c": "1"}},
        }
    }

    assert unused_codelists(lists, [document], INDICATORS) == ["d"]
