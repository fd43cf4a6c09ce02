"""The approval machine: who may fire what from where, at which unit."""

import pytest

from server.core.access import Actor, Grant, Right, Role, held
from server.core.workflow import Workflow
from server.errors import TransitionRefused
from tests.definitions.shipped import ROOT, json_of

PLACES = {"unit": "commune", "parent": "district", "district": "district", "province": "province"}


def actor(role: Role, unit: str) -> Actor:
    return Actor("a", "A", (Grant(role, unit),))


@pytest.fixture(scope="module")
def workflow() -> Workflow:
    return Workflow.of(json_of(ROOT / "workflows/commune_district_province/v01.json"))


@pytest.mark.parametrize(
    ("state", "role", "unit", "events"),
    [
        ("draft", Role.REPORTER, "commune", {"submit", "send"}),
        ("draft", Role.SIGNER, "commune", set()),
        ("draft", Role.REPORTER, "other", set()),
        ("awaiting_signature", Role.SIGNER, "commune", {"sign", "return"}),
        ("awaiting_signature", Role.REPORTER, "commune", set()),
        ("submitted", Role.APPROVER, "district", {"approve", "return"}),
        ("submitted", Role.APPROVER, "province", set()),
        ("submitted", Role.APPROVER, "commune", set()),
        ("district_approved", Role.APPROVER, "province", {"approve", "return"}),
        ("district_approved", Role.READER, "province", set()),
        ("approved", Role.SIGNER, "province", {"close", "reopen"}),
    ],
)
def test_each_state_offers_its_moves_to_the_right_role_and_unit(
    workflow, state, role, unit, events
):
    moves = workflow.moves(state, actor=actor(role, unit), places=PLACES)

    assert {move.event for move in moves} == events


def test_a_move_that_is_never_yours_is_told_apart_from_one_that_is_not_open_now(workflow):
    approver = actor(Role.APPROVER, "district")

    with pytest.raises(TransitionRefused) as not_now:
        workflow.fire("approve", state="draft", actor=approver, places=PLACES)
    with pytest.raises(TransitionRefused) as never:
        workflow.fire("sign", state="awaiting_signature", actor=approver, places=PLACES)

    assert not_now.value.facts["never"] is False
    assert never.value.facts["never"] is True


def test_a_place_that_the_tree_does_not_have_lets_nobody_through(workflow):
    without_district = {key: unit for key, unit in PLACES.items() if key not in ("district",)}

    moves = workflow.moves(
        "submitted", actor=actor(Role.APPROVER, "district"), places=without_district
    )

    assert moves == ()


def test_grants_hold_from_a_day_to_a_day():
    from datetime import date  # noqa: PLC0415 - only here

    grant = Grant(Role.REPORTER, "commune", date(2025, 1, 1), date(2025, 6, 30))
    days = [date(2024, 12, 31), date(2025, 1, 1), date(2025, 6, 30), date(2025, 7, 1)]

    assert [len(held([grant], day)) for day in days] == [0, 1, 1, 0]
    assert Actor("a", "A", (grant,)).may(Right.FILL)
    assert not Actor("a", "A", (grant,)).may(Right.ADMINISTER)


@pytest.mark.parametrize(
    ("when", "facts", "open_"),
    [
        ("period.year >= 2025", {"period": {"year": 2025}}, True),
        ("period.year >= 2025", {"period": {"year": 2024}}, False),
        ("unit.kind == 'xa'", {"unit": {"kind": "phuong"}}, False),
        ("period.year >= 2025", {}, False),
    ],
)
def test_a_condition_that_is_not_true_keeps_its_move_shut(when, facts, open_):
    document = json_of(ROOT / "workflows/commune_district_province/v01.json")
    transitions = [{**move, "when": when} for move in document["transitions"]]
    conditional = Workflow.of({**document, "transitions": transitions})

    moves = conditional.moves(
        "draft", actor=actor(Role.REPORTER, "commune"), places=PLACES, facts=facts
    )

    assert bool(moves) is open_
