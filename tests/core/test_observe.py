"""Observations: which cells yield them, with which members and statuses."""

from decimal import Decimal

from server.core.answers import check, seal
from server.core.observe import observe
from tests.core.make_form import HERE, clean, make_form

FORM = make_form()


def seen(answers, statuses=None, form=FORM, units=None):
    computed = check(form, answers, statuses or {}, HERE).computed
    found = observe(form, answers, statuses or {}, computed, units)
    return {
        (
            one.indicator,
            one.measure_unit,
            tuple(sorted(one.dimensions.items())),
            one.value,
            one.status,
        )
        for one in found
    }


def test_cells_with_an_indicator_yield_their_numbers_with_members():
    assert seen(clean()) == {
        ("0101", "người", (("group", "02"), ("sex", "male")), Decimal(10), None),
        ("0108", "%", (), Decimal("50.00"), None),
    }


def test_a_decimal_result_is_a_scaled_integer():
    answers = clean(rows={"02": {"male": 1, "female": 2}}, confirmed=3)
    computed = check(FORM, answers, {}, HERE).computed

    share = observe(FORM, answers, {}, computed)[0]

    assert (share.indicator, share.scaled, share.scale) == ("0108", 3333, 2)


def test_rows_that_were_sealed_as_none_arose_yield_nothing():
    answers, statuses = seal(FORM, clean(), {})

    assert statuses == {"/rows/08": "none_arose"}
    assert seen(answers, statuses) == seen(clean())


def test_a_reason_instead_of_a_value_is_kept_without_a_number():
    found = seen(clean(rows={"02": {"female": 3}}, confirmed=3), {"/rows/02/male": "not_available"})

    assert ("0101", "người", (("group", "02"), ("sex", "male")), None, "not_available") in found


def test_an_estimate_keeps_its_number():
    found = seen(clean(), {"/rows/02/male": "estimated"})

    member = (("group", "02"), ("sex", "male"))
    assert ("0101", "người", member, Decimal(10), "estimated") in found


def test_parts_of_a_group_take_its_indicator_and_dimension():
    births = {
        "title": "Số sinh",
        "type": "object",
        "additionalProperties": False,
        "x-indicator": "0999",
        "x-dimension": "sex",
        "properties": {
            "male": {"title": "Nam", "type": "integer", "x-member": "male"},
            "female": {"title": "Nữ", "type": "integer", "x-member": "female"},
            "total": {"title": "Tổng", "type": "integer", "x-calculate": "male + female"},
        },
    }
    form = make_form(births=births)

    found = seen(clean(births={"male": 2, "female": 3}), form=form, units={"0999": "trẻ"})

    assert {one for one in found if one[0] == "0999"} == {
        ("0999", "trẻ", (("sex", "male"),), Decimal(2), None),
        ("0999", "trẻ", (("sex", "female"),), Decimal(3), None),
    }
