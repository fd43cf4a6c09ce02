"""Playing a workflow without a report: who could act, why the others not, what follows."""

from copy import deepcopy

import pytest

from server.core.access import Actor, Grant, Role
from server.core.simulation import Simulation, StepRefused, Supposed
from server.core.workflow import Workflow
from tests.definitions.shipped import ROOT, json_of

PLACES = {"unit": "c", "commune": "c", "parent": "d", "district": "d", "province": "p"}
LEVELS = {"c": "commune", "d": "district", "p": "province"}
SOURCE = json_of(ROOT / "workflows/commune_district_province/v01.json")
SUBMIT, SEND, SIGN, RETURN_UNIT, RECALL, _, APPROVE, RETURN = range(8)
PEOPLE = tuple(
    Actor(name, name.title(), tuple(Grant(role, unit) for role, unit in grants))
    for name, grants in (
        ("clerk", [(Role.REPORTER, "c")]),
        ("head", [(Role.SIGNER, "c"), (Role.REPORTER, "c")]),
        ("one", [(Role.APPROVER, "d")]),
        ("two", [(Role.APPROVER, "d")]),
        ("province", [(Role.APPROVER, "p")]),
    )
)


def simulation(source=SOURCE, **supposed: object) -> Simulation:
    return Simulation(Workflow.of(source), PLACES, LEVELS, PEOPLE, Supposed(**supposed))


def choice(position: Simulation, number: int):
    return next(one for one in position.choices() if one.transition.number == number)


def at_district(position: Simulation) -> Simulation:
    return position.play(SUBMIT, "clerk").play(SIGN, "head")


def test_each_move_names_who_could_make_it_and_why_the_others_could_not():
    position = simulation().play(SUBMIT, "clerk")

    sign = choice(position, SIGN)

    assert position.now.code == "awaiting_signature"
    assert [one.account for one in sign.ready] == ["head"]
    assert {one.account: one.why for one in sign.barred} == dict.fromkeys(
        ("clerk", "one", "two", "province"), "people"
    )
    assert sign.target.code == "submitted"


def test_whoever_typed_or_vouched_is_barred_by_their_own_work():
    typed = simulation(typed_by=frozenset({"head"})).play(SUBMIT, "clerk")
    vouched = simulation().play(SUBMIT, "head")

    for position in (typed, vouched):
        assert [(one.account, one.why) for one in choice(position, SIGN).barred][1] == (
            "head",
            "own-work",
        )


def test_a_return_lets_people_vouch_anew():
    position = simulation().play(SUBMIT, "head").play(RETURN_UNIT, "head").play(SUBMIT, "clerk")

    assert [one.account for one in choice(position, SIGN).ready] == ["head"]


def test_signatures_are_collected_step_by_step():
    source = deepcopy(SOURCE)
    source["transitions"][APPROVE]["by"]["count"] = 2

    first = at_district(simulation(source)).play(APPROVE, "one")
    second = first.play(APPROVE, "two")

    assert (first.now.code, second.now.code) == ("submitted", "district_approved")
    assert {one.account: one.why for one in choice(first, APPROVE).barred}["one"] == "signed"
    assert [(step.signed, step.of) for step in second.steps[-2:]] == [(1, 2), (2, 2)]


def test_a_closed_move_is_refused_with_its_reason():
    with pytest.raises(StepRefused) as not_theirs:
        simulation().play(SUBMIT, "one")
    with pytest.raises(StepRefused) as not_here:
        simulation().play(APPROVE, "one")

    assert (not_theirs.value.why, not_here.value.why) == ("people", "people")


def test_a_condition_shows_who_it_bars_and_follows_what_is_supposed():
    source = deepcopy(SOURCE)
    source["transitions"][SUBMIT]["when"] = "value('/total') >= 10 && findings.errors == 0"
    position = simulation(source, facts={"findings": {"errors": 0}}, cells={"/total": 3})

    better = position.suppose(Supposed({"findings": {"errors": 0}}, {"/total": 10}))

    assert {one.why for one in choice(position, SUBMIT).barred} == {"people", "condition"}
    assert [one.account for one in choice(better, SUBMIT).ready] == ["clerk", "head"]


def test_after_the_deadline_the_named_people_stand_in():
    position = at_district(simulation())
    late = position.suppose(Supposed(overdue=True))

    ready = {one.account: one.escalated for one in choice(late, APPROVE).ready}

    assert ready == {"one": False, "two": False, "province": True}
    assert late.play(APPROVE, "province").steps[-1].escalated


def test_another_content_takes_the_signatures_away():
    source = deepcopy(SOURCE)
    source["transitions"][APPROVE]["by"]["count"] = 2
    position = at_district(simulation(source)).play(APPROVE, "one")

    assert position.suppose(Supposed(overdue=True)).signed == position.signed
    assert position.suppose(Supposed(cells={"/x": 1})).signed == ()


def test_time_moves_when_its_condition_is_true():
    source = deepcopy(SOURCE)
    source["transitions"].append(
        {
            "event": "return",
            "from": ["submitted"],
            "to": "returned",
            "after": "P5D",
            "note": "Quá hạn.",
            "when": "findings.warnings > 0",
        }
    )
    number = len(source["transitions"]) - 1
    shut = at_district(simulation(source, facts={"findings": {"warnings": 0}}))
    open_ = shut.suppose(Supposed({"findings": {"warnings": 2}}))

    assert [one.open for one in (*shut.timed_choices(), *open_.timed_choices())] == [False, True]
    assert open_.let_time_pass(number).now.code == "returned"
    assert open_.let_time_pass(number).steps[-1].account is None
    with pytest.raises(StepRefused):
        shut.let_time_pass(number)


def test_guards_that_look_into_a_report_are_named_and_taken_as_met():
    assert choice(simulation(), SUBMIT).assumed == ("answers_valid", "marks_answered")
