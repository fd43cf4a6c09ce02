"""Lines by village: which rosters get them, and what they begin with."""

from datetime import date

import pytest

from server.core.answers import apply_changes, check
from server.core.org_unit import Village
from server.core.submission import Change
from server.core.village_rows import opening_rows, proposed_rows, village_rosters
from tests.core.make_form import HERE
from tests.definitions.shipped import FORMS, form_of

VILLAGES = [
    Village("b", "u", 2, "Bản Nghè", "ban", True, "none", date(2020, 1, 1), None),
    Village("a", "u", 1, "Thôn Lủng Vài", "thon", False, "built", None, None),
]


def shipped(code: str):
    return next(form for form in map(form_of, FORMS) if form.code == code)


@pytest.mark.parametrize(
    ("code", "keys"), [("village_roads", ["village_list"]), ("near_poor", ["villages"])]
)
def test_a_roster_says_that_its_lines_are_villages(code, keys):
    assert [block.key for block in village_rosters(shipped(code))] == keys


def test_lines_come_in_the_order_of_the_list_with_the_facts_that_the_form_asks():
    roads, poor = shipped("village_roads"), shipped("near_poor")
    assert proposed_rows(village_rosters(roads)[0], VILLAGES) == [
        {"_id": "v01", "name": "Thôn Lủng Vài", "kind": "thon", "extremely_poor": False},
        {"_id": "v02", "name": "Bản Nghè", "kind": "ban", "extremely_poor": True},
    ]
    assert proposed_rows(village_rosters(poor)[0], VILLAGES) == [
        {"_id": "v01", "name": "Thôn Lủng Vài"},
        {"_id": "v02", "name": "Bản Nghè"},
    ]


def test_only_a_roster_that_must_not_stay_empty_starts_with_them():
    assert list(opening_rows(shipped("village_roads"), VILLAGES)) == ["village_list"]
    assert opening_rows(shipped("near_poor"), VILLAGES) == {}
    assert opening_rows(shipped("village_roads"), []) == {}


def test_a_proposed_line_is_a_change_like_any_other():
    form = shipped("village_roads")
    row = proposed_rows(village_rosters(form)[0], VILLAGES)[0]
    applied = apply_changes(form, {}, {}, [Change("/village_list/v01", None, row, None)])
    assert applied.answers == {"village_list": [row]}
    codes = {finding.code for finding in check(form, applied.answers, {}, HERE).findings}
    assert "schema.additionalProperties" not in codes
    assert "schema.enum" not in codes
