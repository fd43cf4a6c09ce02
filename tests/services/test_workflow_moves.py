"""Several signatures, conditions, escalation and time: workflows beyond one person a step."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from server.app import build
from server.core.access import SYSTEM, Grant, Role
from server.core.ports import FixedClock
from server.errors import GuardFailed, TransitionRefused
from server.services import Services
from server.services.accounts import NewAccount
from server.services.review import SubmissionView
from tests.definitions.shipped import ROOT, json_of
from tests.services.conftest import change
from tests.world import CROWDED, REASON, World

NOTE = {"note": "Số hộ chưa khớp với danh sách."}
Variant = Callable[[Any], object]
THREE = {"role": "approver", "at": "district", "count": 3}
BOTH = [
    {"role": "approver", "at": "district", "title": "Phòng Dân tộc"},
    {"role": "approver", "at": "province", "title": "Ban Dân tộc"},
]
APPROVE, RETURN = 6, 7  # of the district, by number in the file


@pytest.fixture
def publish(world: World) -> Callable[[Variant], None]:
    """``publish(change)`` publishes the next version of the world's workflow, changed."""

    def published(vary: Variant) -> None:
        document = json_of(ROOT / "workflows/commune_district_province/v01.json")
        document["version"] = 2
        vary(document)
        world.services.catalogue.publish(json.dumps(document), "workflow", SYSTEM)

    return published


@pytest.fixture
def hire(world: World) -> Callable[[str, Role, str], None]:
    def hired(username: str, role: Role, unit: str) -> None:
        new = NewAccount(username, username, None, role, unit)
        world.services.accounts.create(SYSTEM, new)

    return hired


def by(number: int, people: object) -> Variant:
    return lambda document: document["transitions"][number].update(by=people)


def later(world: World, day: int, month: int = 2) -> Services:
    """The same database, on another day."""
    clock = FixedClock(datetime(2025, month, day, 3, 0, tzinfo=UTC))
    return build(world.application.settings, clock, world.application.database).services


def last_event(world: World, view: SubmissionView):
    return world.services.submissions.history(world.actor("admin"), view.submission.id)[-1]


@pytest.fixture
def three_approve(publish, hire) -> None:
    publish(by(APPROVE, THREE))
    hire("district_second", Role.APPROVER, "u-district")
    hire("district_third", Role.APPROVER, "u-district")


def test_a_report_moves_on_when_the_third_of_three_has_signed(
    world, three_approve, start, advance, decide
):
    view = advance(start(), 2)
    seen = []

    for username in ("district_approver", "district_second", "district_third"):
        view = decide(view, username, "approve")
        details = last_event(world, view).details
        seen.append((view.submission.state, details["signed"], details["of"]))

    assert seen == [("submitted", 1, 3), ("submitted", 2, 3), ("district_approved", 3, 3)]
    history = world.services.submissions.history(world.actor("admin"), view.submission.id)
    assert [(event.details["from"], event.details["to"]) for event in history[-3:]] == [
        ("submitted", "submitted"),
        ("submitted", "submitted"),
        ("submitted", "district_approved"),
    ]
    assert view.obligation.progress == "sent"
    assert view.submission.revision == 1


def test_nobody_signs_twice_and_the_inbox_lets_go_of_who_has_signed(
    world, three_approve, start, advance, decide
):
    view = decide(advance(start(), 2), "district_approver", "approve")
    inbox = world.services.approvals.inbox

    assert not inbox(world.actor("district_approver")).items
    assert len(inbox(world.actor("district_second")).items) == 1
    with pytest.raises(TransitionRefused):
        decide(view, "district_approver", "approve")


def test_a_signature_keeps_the_day_since_which_the_report_waits(
    world, three_approve, start, advance
):
    view = advance(start(), 2)

    services = later(world, 27, 1)
    actor = world.actor("district_approver")
    signed = services.approvals.decide(
        actor, view.submission.id, "approve", seen=view.submission.edit
    )

    assert signed.submission.state_since == view.submission.state_since
    assert signed.submission.changed_by == actor.account


def test_a_return_throws_the_collected_signatures_away(
    world, three_approve, start, advance, decide
):
    view = decide(advance(start(), 2), "district_approver", "approve")
    view = decide(view, "district_second", "return", supplied=NOTE)
    view, _ = world.services.submissions.save_cells(
        world.actor("commune_reporter"), view.submission.id, [change("/households", 6, 8)]
    )
    view = advance(view, 2)

    view = decide(view, "district_approver", "approve")

    assert view.visit.signed and last_event(world, view).details["signed"] == 1


def test_a_seal_is_set_by_the_last_signature_alone(world, publish, hire, start, decide):
    publish(by(2, {"role": "signer", "at": "unit", "count": 2}))
    hire("deputy_head", Role.SIGNER, "u-commune")
    view = decide(start(), "commune_reporter", "submit")

    view = decide(view, "commune_signer", "sign")
    assert (view.submission.state, view.submission.revision) == ("awaiting_signature", 0)
    assert "receipt" not in last_event(world, view).details
    assert last_event(world, view).details["draft_changes"]
    view = decide(view, "deputy_head", "sign")

    assert (view.submission.state, view.submission.revision) == ("submitted", 1)
    assert last_event(world, view).details["receipt"]


@pytest.mark.parametrize(
    ("order", "people", "refused"),
    [
        ("any", ("province_approver", "district_approver"), False),
        ("any", ("district_approver", "province_approver"), False),
        ("given", ("district_approver", "province_approver"), False),
        ("given", ("province_approver", "district_approver"), True),
    ],
)
def test_two_offices_sign_in_any_order_or_as_given(
    world, publish, start, advance, decide, order, people, refused
):
    publish(by(APPROVE, {"all": BOTH, "order": order}))
    view = advance(start(), 2)

    if refused:
        with pytest.raises(TransitionRefused):
            decide(view, people[0], "approve")
        return
    for username in people:
        view = decide(view, username, "approve")

    assert view.submission.state == "district_approved"
    assert last_event(world, view).details["title"] in {one["title"] for one in BOTH}


def test_no_signature_of_several_is_for_ones_own_work(world, three_approve, start, advance, decide):
    signer = world.services.accounts.by_username("commune_signer")
    world.services.accounts.grant(SYSTEM, signer.id, Grant(Role.APPROVER, "u-district"))
    view = decide(advance(start(), 2), "district_approver", "approve")

    with pytest.raises(GuardFailed):
        decide(view, "commune_signer", "approve")

    assert last_event(world, view).details["signed"] == 1


def test_after_the_deadline_the_named_people_may_step_in_and_the_history_says_so(
    world, start, advance, decide
):
    view = advance(start(), 2)  # on Friday 24/01, with five working days until Friday 31/01
    province = world.actor("province_approver")
    in_time, too_late = later(world, 31, 1), later(world, 3)
    assert not in_time.approvals.inbox(province).items

    assert len(too_late.approvals.inbox(province).items) == 1
    view = too_late.approvals.decide(
        province, view.submission.id, "approve", seen=view.submission.edit
    )

    assert view.submission.state == "district_approved"
    assert last_event(world, view).details["escalated"] is True


def _by_warnings(document: Any) -> None:
    approve = document["transitions"][APPROVE]
    approve["when"] = "findings.warnings > 0"
    quick = {**approve, "when": "findings.warnings == 0", "to": "approved"}
    document["transitions"].append(quick)


@pytest.mark.parametrize(
    ("answers", "reasons", "state"),
    [(None, (), "approved"), (CROWDED, (REASON,), "district_approved")],
)
def test_a_report_with_warnings_takes_the_longer_way(
    publish, start, decide, answers, reasons, state
):
    publish(_by_warnings)
    view = start() if answers is None else start(answers=answers)

    view = decide(view, "commune_reporter", "submit", reasons=reasons)
    for username, event in (("commune_signer", "sign"), ("district_approver", "approve")):
        view = decide(view, username, event)

    assert view.submission.state == state


def _open_warnings(document: Any) -> None:
    submit = document["transitions"][0]
    submit["when"] = "findings.open_warnings == 0"


def test_a_condition_sees_the_reasons_that_come_with_the_move(publish, start, decide):
    publish(_open_warnings)
    view = start(answers=CROWDED)
    with pytest.raises(TransitionRefused):
        decide(view, "commune_reporter", "submit")

    view = decide(view, "commune_reporter", "submit", reasons=[REASON])

    assert view.submission.state == "awaiting_signature"


@pytest.mark.parametrize(
    ("when", "open_"),
    [
        ('value("/households") >= 6', True),
        ('value("/all_people") == 25', True),
        ('value("/people/male") > 12', False),
        ('value("/no_such_cell") == null', True),
        ("unit.kind == 'xa' && period.year == 2024 && !nil", True),
        ("obligation.days_late > 0 && obligation.round == 'round-2024'", True),
        ("actor.role == 'reporter' && actor.level == 'commune'", True),
        ("actor.level == 'province'", False),
    ],
)
def test_a_condition_reads_cells_and_facts_of_the_report(publish, start, when, open_):
    def vary(document: Any) -> None:
        document["transitions"][0]["when"] = f"({when}) || unit.code == 'other'"

    publish(vary)

    assert ("submit" in {move.event for move in start().moves}) is open_


def _returned_by_time(document: Any) -> None:
    document["transitions"].append(
        {
            "event": "return",
            "from": ["submitted"],
            "to": "returned",
            "after": "P2D",
            "note": "Quá hạn kiểm tra, đề nghị gửi lại.",
        }
    )


def test_time_moves_a_report_on_once_when_its_day_has_passed(world, publish, start, advance):
    publish(_returned_by_time)
    view = advance(start(), 2)  # on Friday; Monday and Tuesday are the two days

    fired = [
        services.approvals.fire_due()
        for services in (world.services, later(world, 28, 1), later(world, 29, 1))
    ]
    again = later(world, 30, 1).approvals.fire_due()

    assert (fired, again) == ([0, 0, 1], 0)
    event = last_event(world, view)
    assert (event.name, event.actor) == ("submission.return", SYSTEM.account)
    assert event.details["note"] == "Quá hạn kiểm tra, đề nghị gửi lại."
    found = world.services.submissions.get(world.actor("admin"), view.submission.id)
    assert (found.submission.state, found.obligation.progress) == ("returned", "returned")


def test_time_moves_no_more_than_asked_at_once(world, publish, start, advance):
    publish(_returned_by_time)
    advance(start(), 2)

    assert later(world, 3).approvals.fire_due(limit=0) == 0
    assert later(world, 3).approvals.fire_due(limit=1) == 1


def _closed_by_time(document: Any) -> None:
    document["transitions"].append(
        {
            "event": "close",
            "from": ["approved"],
            "to": "closed",
            "after": "P1W",
            "guards": ["children_done"],
            "when": "period.year < 2024",
        }
    )


def test_a_move_of_time_waits_for_its_condition(world, publish, start, advance):
    publish(_closed_by_time)
    advance(start(), 4)

    assert later(world, 28).approvals.fire_due() == 0
