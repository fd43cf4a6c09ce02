"""Real people against a workflow: in which unit a report would stay, where, and why."""

from copy import deepcopy

import pytest

from server.core.access import Grant, Role
from server.core.workflow import Workflow
from server.core.workflow_staffing import ReportingUnit, staffing_gaps
from tests.definitions.shipped import ROOT, json_of

PLACES = {"unit": "c", "commune": "c", "parent": "d", "district": "d", "province": "p"}
UNIT = ReportingUnit("c", "01858", "commune", "xa", PLACES, frozenset({"c", "d", "p"}))
SOURCE = json_of(ROOT / "workflows/commune_district_province/v01.json")
FULL = {
    "clerk": [Grant(Role.REPORTER, "c")],
    "head": [Grant(Role.SIGNER, "c")],
    "district": [Grant(Role.APPROVER, "d")],
    "province": [Grant(Role.APPROVER, "p")],
}


def gaps(grants=FULL, source=SOURCE, unit=UNIT):
    found = staffing_gaps(Workflow.of(source), [unit], grants)
    return [(gap.state, gap.why) for gap in found]


def changed(number: int, **keys: object):
    source = deepcopy(SOURCE)
    source["transitions"][number].update(keys)
    return source


def without(name: str):
    return {account: held for account, held in FULL.items() if account != name}


def test_one_person_for_each_step_is_enough():
    assert gaps() == []


@pytest.mark.parametrize(
    ("missing", "found"),
    [
        (
            "clerk",
            [("draft", "nobody"), ("returned", "nobody"), ("reopened", "nobody")],
        ),
        ("head", [("awaiting_signature", "nobody")]),
        ("district", [("submitted", "nobody")]),
        ("province", [("district_approved", "nobody")]),
    ],
)
def test_a_role_that_nobody_holds_leaves_its_states_without_a_way_on(missing, found):
    assert gaps(without(missing)) == found


def test_people_of_another_unit_do_not_count():
    elsewhere = {**FULL, "head": [Grant(Role.SIGNER, "neighbour")]}

    assert gaps(elsewhere) == [("awaiting_signature", "nobody")]


def test_a_place_that_the_unit_does_not_have_has_nobody():
    places = {key: unit for key, unit in PLACES.items() if key != "district"}
    alone = ReportingUnit("c", "01858", "commune", "xa", places, frozenset({"c", "p"}))

    assert gaps(unit=alone) == [("submitted", "nobody")]


def test_more_signatures_than_people_are_too_many():
    two = changed(6, by={"role": "approver", "at": "district", "count": 2})

    assert gaps(source=two) == [("submitted", "too-few")]
    assert gaps({**FULL, "second": [Grant(Role.APPROVER, "d")]}, two) == []


def test_one_person_with_two_roles_cannot_sign_for_both():
    both = changed(
        6,
        by={"all": [{"role": "approver", "at": "district"}, {"role": "signer", "at": "district"}]},
    )
    one = {**FULL, "district": [Grant(Role.APPROVER, "d"), Grant(Role.SIGNER, "d")]}
    two = {**one, "deputy": [Grant(Role.SIGNER, "d"), Grant(Role.READER, "d")]}

    assert gaps(one, both) == [("submitted", "too-few")]
    assert gaps(two, both) == []


def test_a_signer_above_who_does_not_see_the_reports_cannot_act_on_them():
    by_signer = changed(6, by={"role": "signer", "at": "district"})
    blind = {**FULL, "head of district": [Grant(Role.SIGNER, "d")]}
    seeing = {**FULL, "head of district": [Grant(Role.SIGNER, "d"), Grant(Role.READER, "p")]}

    assert gaps(blind, by_signer) == [("submitted", "out-of-scope")]
    assert gaps(seeing, by_signer) == []


def test_whoever_alone_passes_a_report_on_cannot_also_accept_it():
    clerk_signs = {**without("head"), "clerk": [Grant(Role.REPORTER, "c"), Grant(Role.SIGNER, "c")]}
    one_approves = {
        **without("province"),
        "district": [Grant(Role.APPROVER, "d"), Grant(Role.APPROVER, "p")],
    }

    assert gaps(clerk_signs) == [("awaiting_signature", "own-work")]
    assert gaps(one_approves) == [("district_approved", "own-work")]


def test_time_needs_nobody():
    source = deepcopy(SOURCE)
    source["transitions"].append(
        {"event": "approve", "from": ["submitted"], "to": "district_approved", "after": "P9D"}
    )

    assert gaps(without("district"), source) == []


def test_a_way_that_is_not_for_this_unit_does_not_help_it():
    source = changed(6, when="unit.kind == 'xa'")
    source["transitions"].append(
        {
            "event": "approve",
            "from": ["submitted"],
            "to": "approved",
            "by": {"role": "approver", "at": "province"},
            "guards": ["not_own_work"],
            "when": "unit.kind != 'xa'",
        }
    )
    town = ReportingUnit("c", "01894", "commune", "thi_tran", PLACES, UNIT.above)

    assert gaps(without("district"), source) == [("submitted", "nobody")]
    assert gaps(without("district"), source, town) == []
