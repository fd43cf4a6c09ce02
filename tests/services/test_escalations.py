"""A report that outlasts the deadline of its state: those to whom it passes are told of it once."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from server.app import build
from server.core.notice import NoticeKind
from server.core.ports import FixedClock
from server.services import Services
from server.services.review import SubmissionView
from tests.world import World


def on(world: World, month: int, day: int) -> Services:
    """The same database on another day; the report was sent on Friday 24/01/2025."""
    clock = FixedClock(datetime(2025, month, day, 3, 0, tzinfo=UTC))
    return build(world.application.settings, clock, world.application.database).services


def told(world: World, services: Services) -> dict[str, int]:
    """How many unread notices of this kind each person has."""
    while services.dispatch.run():
        pass
    found = {}
    for username in world.accounts:
        notices = services.notices.of(world.actor(username))
        kinds = [one.kind for one in notices if one.read_at is None]
        if NoticeKind.ESCALATED in kinds:
            found[username] = kinds.count(NoticeKind.ESCALATED)
    return found


@pytest.fixture
def sent(
    start: Callable[..., SubmissionView], advance: Callable[..., SubmissionView]
) -> SubmissionView:
    return advance(start(), 2)


def test_those_above_are_told_once_when_the_last_day_has_passed(
    world: World, sent: SubmissionView
) -> None:
    last, late = on(world, 1, 31), on(world, 2, 3)
    early = last.escalations.tell_due()

    counts = [late.escalations.tell_due() for _worker in range(3)]

    assert (early, counts) == (0, [1, 0, 0])
    assert told(world, late) == {"province_approver": 1}
    assert late.escalations.tell_due() == 0
    [event] = [
        one
        for one in late.submissions.history(world.actor("commune_reporter"), sent.submission.id)
        if one.name == "submission.escalated"
    ]
    assert event.details["state"] == "submitted"


def test_the_notice_ends_when_the_state_is_left_and_another_stay_is_told_of_anew(
    world: World, sent: SubmissionView
) -> None:
    late = on(world, 2, 10)
    late.escalations.tell_due()
    before = told(world, late)

    view = late.approvals.decide(
        world.actor("district_approver"), sent.submission.id, "approve", seen=sent.submission.edit
    )
    after = told(world, late)
    later = on(world, 3, 31)

    assert (before, after) == ({"province_approver": 1}, {})
    assert view.state.escalate is not None
    assert later.escalations.tell_due() == 1
    assert later.escalations.tell_due() == 0


def test_a_report_that_moved_before_the_event_was_read_tells_nobody(
    world: World, sent: SubmissionView
) -> None:
    late = on(world, 2, 10)
    late.escalations.tell_due()

    late.approvals.decide(
        world.actor("district_approver"), sent.submission.id, "approve", seen=sent.submission.edit
    )

    assert told(world, late) == {}
