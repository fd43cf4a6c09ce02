"""The approval machine: who may fire what from where, at which unit."""

from datetime import UTC, date, datetime

import pytest

from server.core.access import Actor, Grant, Right, Role, held
from server.core.event import Event
from server.core.workflow import Shut, State, Workflow
from server.core.workflow_time import last_day, overdue, working_days
from server.core.workflow_visit import Signature, Visit, collected
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


APPROVE = 6  # by the district, by its number in the file


def varied(number: int, **keys: object) -> Workflow:
    document = json_of(ROOT / "workflows/commune_district_province/v01.json")
    moves = [dict(move) for move in document["transitions"]]
    moves[number].update(keys)
    return Workflow.of({**document, "transitions": moves})


def signature(account: str, place: int = 0, stands_for: str | None = None) -> Signature:
    return Signature("approve", account, APPROVE, place, stands_for)


def why(workflow: Workflow, person: Actor, *signed: Signature) -> str:
    """What the approval is for that person: its place, or why it is shut."""
    visit = Visit(signed=signed)
    judged = workflow.judged("submitted", actor=person, places=PLACES, visit=visit)
    for found in judged:
        if isinstance(found, Shut) and found.transition.event == "approve":
            return found.why
        if not isinstance(found, Shut) and found.event == "approve":
            return f"{found.place} {found.signed}/{found.of}"
    raise AssertionError


def district(*roles: Role, name: str = "x") -> Actor:
    return Actor(name, name, tuple(Grant(role, "district") for role in roles))


@pytest.mark.parametrize(
    ("signed", "expected"),
    [
        ((), "0 1/3"),
        ((signature("y"),), "0 2/3"),
        ((signature("y"), signature("z")), "0 3/3"),
        ((signature("x"),), "signed"),
        ((signature("y", stands_for="x"),), "signed"),
    ],
)
def test_so_many_different_people_sign(signed, expected):
    three = varied(APPROVE, by={"role": "approver", "at": "district", "count": 3})

    assert why(three, district(Role.APPROVER), *signed) == expected


ALL = [{"role": "approver", "at": "district"}, {"role": "signer", "at": "district"}]


@pytest.mark.parametrize(
    ("order", "role", "signed", "expected"),
    [
        ("any", Role.SIGNER, (), "1 1/2"),
        ("given", Role.SIGNER, (), "turn"),
        ("given", Role.SIGNER, (signature("y"),), "1 2/2"),
        ("given", Role.APPROVER, (), "0 1/2"),
        ("any", Role.APPROVER, (signature("y"),), "taken"),
        ("any", Role.APPROVER, (signature("y", place=1),), "0 2/2"),
        ("any", Role.READER, (), "people"),
    ],
)
def test_several_roles_sign_in_any_order_or_as_given(order, role, signed, expected):
    both = varied(APPROVE, by={"all": ALL, "order": order})

    assert why(both, district(role), *signed) == expected


def moved(sequence: int, edit: int, name: str = "submission.approve", **more: object) -> Event:
    details = {"from": "submitted", "to": "submitted", "edit": edit, **more}
    at = datetime(2025, 1, 24, tzinfo=UTC)
    return Event("", "submission/s", sequence, name, f"p{sequence}", at, details, "", "")


PARTIAL = {"transition": APPROVE, "place": 0, "of": 3}


@pytest.mark.parametrize(
    ("history", "edit", "accounts"),
    [
        ([], 4, []),
        ([moved(1, 4, signed=1, **PARTIAL)], 5, ["p1"]),
        ([moved(1, 4, signed=1, **PARTIAL)], 6, []),
        ([moved(1, 4, signed=1, **PARTIAL), moved(2, 5, signed=2, **PARTIAL)], 6, ["p1", "p2"]),
        ([moved(1, 3, signed=1, **PARTIAL), moved(2, 5, signed=1, **PARTIAL)], 6, ["p2"]),
        (
            [
                moved(1, 4, signed=1, **PARTIAL),
                moved(2, 5, "submission.return", to="returned"),
                moved(3, 6, "submission.sign", **{"from": "awaiting", "to": "submitted"}),
            ],
            7,
            [],
        ),
    ],
)
def test_only_signatures_on_the_present_edit_count(history, edit, accounts):
    assert [one.account for one in collected(history, edit)] == accounts


def test_a_comment_between_two_signatures_takes_nothing_away():
    comment = Event(
        "",
        "submission/s",
        2,
        "submission.commented",
        "p",
        datetime(2025, 1, 24, tzinfo=UTC),
        {"comment": "c"},
        "",
        "",
    )

    found = collected([moved(1, 4, signed=1, **PARTIAL), comment], 5)

    assert found == (Signature("approve", "p1", APPROVE, 0),)


@pytest.mark.parametrize(
    ("event", "late", "open_"),
    [("approve", False, False), ("approve", True, True), ("return", True, True)],
)
def test_the_named_people_stand_in_after_the_deadline_alone(workflow, event, late, open_):
    moves = workflow.moves(
        "submitted",
        actor=actor(Role.APPROVER, "province"),
        places=PLACES,
        visit=Visit(overdue=late),
    )

    assert [move.escalated for move in moves if move.event == event] == [True] * open_


def test_a_deadline_counts_working_days_and_ends_with_its_last_day():
    monday, tet = date(2025, 1, 20), {date(2025, 1, day) for day in range(27, 32)}
    state = State("s", "S", deadline="P5D")

    assert last_day(monday, "P5D", ()) == date(2025, 1, 27)
    assert last_day(monday, "P1W", tet) == date(2025, 2, 3)
    assert not overdue(state, monday, date(2025, 2, 3), tet)
    assert overdue(state, monday, date(2025, 2, 4), tet)
    assert not overdue(State("s", "S"), monday, date(2026, 1, 1), ())


@pytest.mark.parametrize("text", ["P", "5D", "P1M", "P5D5W", "P-1D"])
def test_what_is_no_duration_is_refused(text):
    with pytest.raises(ValueError, match=text):
        working_days(text)


def test_running_reports_move_by_the_declared_map(workflow):
    document = json_of(ROOT / "workflows/commune_district_province/v01.json")
    declared = {"from": 1, "states": {"checked": "submitted", "gone": "nowhere"}}
    newer = Workflow.of({**document, "version": 2, "map": declared})

    assert newer.moved_state(1, "checked") == "submitted"
    assert newer.moved_state(1, "draft") == "draft"
    assert newer.moved_state(1, "gone") is None
    assert newer.moved_state(1, "unheard_of") is None
    assert newer.moved_state(3, "draft") is None
    assert workflow.moved_state(1, "draft") is None


def test_nothing_is_recalled_after_the_first_signature(workflow):
    reporter = actor(Role.REPORTER, "commune")

    untouched, signed = (
        workflow.moves("submitted", actor=reporter, places=PLACES, visit=Visit(signed=given))
        for given in ((), (signature("y"),))
    )

    assert ([move.event for move in untouched], signed) == (["recall"], ())
