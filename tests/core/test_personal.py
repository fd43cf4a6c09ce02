"""Personal values: hidden wherever they stand, in answers, results, reasons, findings, changes."""

import json

from hypothesis import given
from hypothesis import strategies as st

from server.core.answers import check
from server.core.form import compile_form
from server.core.personal import (
    MASK,
    is_personal,
    mask_changes,
    mask_findings,
    mask_personal,
    mask_statuses,
)
from server.core.submission import Change
from tests.core.make_form import HERE, make_list
from tests.core.make_survey import FAMILY, visit, visits_form
from tests.definitions.shipped import ROOT, newest_form

FORM = compile_form(visits_form(), {"sex": make_list("sex", male="Nam", female="Nữ")})
HOUSEHOLD = newest_form(ROOT / "form_definitions" / "household_sheet")


def test_personal_cells_read_masked_and_the_others_stay():
    masked = mask_personal(FORM, visit(7, *FAMILY))

    assert masked["village"] == "Thôn Nà" and masked["head"] == MASK
    assert masked["members"][0] == {"_id": "m1", "name": MASK, "sex": "male", "age": MASK}


def test_what_is_empty_stays_empty():
    assert mask_personal(FORM, {"head": None, "members": []}) == {"head": None, "members": []}


@given(st.text(alphabet="ABCXYZ", min_size=12, max_size=20))
def test_no_personal_text_of_a_household_is_left(secret):
    answers = {
        "village": "Thôn 1",
        "head_name": secret,
        "certificate": secret,
        "members": [{"_id": "m1", "name": secret, "religion": secret, "sex": "male"}],
        "women_10_49": [{"_id": "w1", "name": secret, "contraception": secret}],
        "deaths": [{"_id": "d1", "name": secret, "cause": secret, "sex": "male"}],
    }

    assert secret not in json.dumps(mask_personal(HOUSEHOLD, answers))


def test_every_column_of_a_personal_block_is_personal():
    assert is_personal(HOUSEHOLD, "/women_10_49/w1/age")
    assert is_personal(HOUSEHOLD, "/women_10_49")
    assert not is_personal(HOUSEHOLD, "/members/m1/age")
    assert not is_personal(HOUSEHOLD, "/nothing/of/that")


def test_reasons_of_personal_cells_are_left_out():
    told = {"/head": "not_available", "/area": "not_available", "/members/m1/age": "none_arose"}

    assert mask_statuses(FORM, told) == {"/area": "not_available"}


def test_findings_say_nothing_of_personal_numbers_even_where_they_mark_another_cell():
    found = check(FORM, visit(1, ("male", 3)), {}, HERE).findings

    (masked,) = mask_findings(FORM, found)

    assert [finding.left for finding in found] == [3]
    assert (masked.code, masked.path, masked.left, masked.right) == ("grown", "/area", None, None)
    assert "3" not in masked.message


def test_changes_tell_only_that_a_personal_cell_changed():
    changes = [Change("/head", "Hoa", None, None), Change("/area", 1, 2, None)]

    assert mask_changes(FORM, changes) == (
        Change("/head", MASK, None, None),
        Change("/area", 1, 2, None),
    )
