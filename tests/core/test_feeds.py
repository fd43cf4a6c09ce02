"""Feeds of a survey: what sheets add to indicators equals what one would count by hand."""

from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.core.answers import check
from server.core.feeds import observe_records, portions_of, summed
from server.core.form import compile_form
from server.core.observation import scaled
from tests.core.make_form import HERE, make_list
from tests.core.make_survey import visit, visits_form

FORM = compile_form(visits_form(), {"sex": make_list("sex", male="Nam", female="Nữ")})
UNITS = {"0101": "người", "0109": "hộ", "1006": "ha"}

people = st.lists(st.tuples(st.sampled_from(["male", "female"]), st.integers(0, 99)), max_size=5)
areas = st.integers(0, 99_999).map(lambda tenths: tenths / 10)
visits = st.builds(
    lambda number, members, area: visit(number, *members, area=area),
    st.integers(1, 999),
    people,
    areas,
)


def observed(sheets):
    found = observe_records(FORM, [(sheet, {}) for sheet in sheets], HERE, UNITS)
    return {
        (one.indicator, one.measure_unit, tuple(one.dimensions.items())): one.value for one in found
    }


def by_hand(sheets):
    """The same figures, counted without the engine."""
    if not sheets:
        return {}
    sexes = Counter(member["sex"] for sheet in sheets for member in sheet["members"])
    found = {("0101", "người", (("sex", sex),)): Decimal(count) for sex, count in sexes.items()}
    found["0109", "hộ", ()] = Decimal(sum(bool(sheet["members"]) for sheet in sheets))
    tenths = sum(round(sheet["area"] * 10) for sheet in sheets)
    found["1006", "ha", ()] = Decimal(tenths) / 10
    return found


@settings(max_examples=150, deadline=None)
@given(st.lists(visits, max_size=12))
def test_feeds_of_records_are_what_one_counts_by_hand(sheets):
    assert observed(sheets) == by_hand(sheets)


@settings(max_examples=60, deadline=None)
@given(st.lists(visits, max_size=8), st.randoms())
def test_totals_kept_beside_the_sheets_are_those_of_the_sheets_in_any_order(sheets, random):
    kept = [portions_of(FORM, sheet, {}, HERE) for sheet in sheets]
    random.shuffle(kept)

    again = observe_records(FORM, [(sheet, {}) for sheet in sheets], HERE, UNITS)

    assert summed(FORM, kept, UNITS) == again


def test_decimals_are_summed_as_integers():
    sheets = [visit(number, area=0.1) for number in range(1, 4)]

    area = next(
        one
        for one in observe_records(FORM, [(sheet, {}) for sheet in sheets], HERE)
        if one.indicator == "1006"
    )

    assert (area.scaled, area.scale) == (3, 1)
    assert scaled(0.3, 1) == 3


def test_a_return_without_sheets_says_nothing_and_one_without_a_match_says_zero():
    absent = visit(1)

    assert observed([]) == {}
    assert observed([absent])["0109", "hộ", ()] == 0


def test_a_line_without_the_dimension_is_not_counted():
    sheet = visit(1, ("male", 40))
    sheet["members"].append({"_id": "m9", "name": "Chưa rõ"})

    assert observed([sheet])["0101", "người", (("sex", "male"),)] == 1


@pytest.mark.parametrize("status", ["not_available", "confidential"])
def test_a_value_that_is_absent_for_a_reason_adds_nothing(status):
    sheet = visit(1, ("male", 40))
    del sheet["area"]

    found = observe_records(FORM, [(sheet, {"/area": status})], HERE)

    assert next(one.scaled for one in found if one.indicator == "1006") == 0
    assert check(FORM, sheet, {"/area": status}, HERE).findings == ()
