"""More time: asked for with a reason, granted for a day, ended by itself; late stays late."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from server.app import build
from server.core.access import SYSTEM
from server.core.extension import ExtensionState
from server.core.obligation import Obligation, Timeliness, late_class
from server.core.ports import FixedClock
from server.errors import AccessDenied, Conflict, InputInvalid, NotFound, PeriodClosed
from server.services.review import SubmissionView
from tests.world import GOOD, World

WHY = "Lũ quét, đường vào các thôn bị chia cắt."
UNTIL = date(2025, 1, 31)


def at(world: World, day: date) -> World:
    """The same database on another day, 10:00."""
    clock = FixedClock(datetime(day.year, day.month, day.day, 3, tzinfo=UTC))
    application = build(world.application.settings, clock, world.application.database)
    return World(application, world.accounts, world.tokens)


@pytest.fixture
def owed(world: World) -> Obligation:
    """The commune's report, due on 15/01 and closed since the 20th; today is the 24th."""
    store = world.services.obligations.obligations
    [found] = store.find("households", "u-commune", "2024")
    store.reopen(found.id, date(2025, 1, 20))
    return store.get(found.id)


def now(world: World, owed: Obligation) -> Obligation:
    return world.services.obligations.obligations.get(owed.id)


def test_granted_time_opens_one_closed_report_and_it_closes_itself_again(
    world: World, owed: Obligation, start: Callable[..., SubmissionView]
) -> None:
    extensions = world.services.extensions
    with pytest.raises(PeriodClosed):
        start()
    asked = extensions.ask(world.actor("commune_reporter"), owed.id, until=UNTIL, reason=WHY)

    [waiting] = extensions.waiting(world.actor("district_approver"))
    extensions.grant(world.actor("district_approver"), waiting.request.id, until=UNTIL)

    assert waiting.request == asked
    assert now(world, owed).state(date(2025, 1, 24)) == "excused"
    view = start(answers=GOOD)
    assert view.editable
    later = at(world, date(2025, 2, 3))
    closed = later.services.submissions.get(later.actor("commune_reporter"), view.submission.id)
    assert not closed.editable
    with pytest.raises(PeriodClosed):
        later.services.approvals.decide(
            later.actor("commune_reporter"), view.submission.id, "submit",
            seen=closed.submission.edit,
        )  # fmt: skip
    [neighbour] = world.services.obligations.obligations.find("households", "u-neighbour", "2024")
    assert neighbour.excused_until is None


def test_what_is_sent_within_the_extension_is_late_but_excused(
    world: World,
    owed: Obligation,
    start: Callable[..., SubmissionView],
    advance: Callable[[SubmissionView, int], SubmissionView],
) -> None:
    extensions, today = world.services.extensions, date(2025, 1, 24)
    asked = extensions.ask(world.actor("commune_reporter"), owed.id, until=UNTIL, reason=WHY)
    extensions.grant(world.actor("province_approver"), asked.id, until=UNTIL, answer="Đồng ý.")

    advance(start(), 2)

    found = now(world, owed)
    assert found.timeliness(today) is Timeliness.EXCUSED
    assert replace(found, excused_until=None).timeliness(today) is Timeliness.LATE
    assert world.services.obligations.days_late(found) == 9
    assert late_class(9) == "from_5_to_10"
    [rate] = world.services.reports.reporting_rates(
        world.actor("admin"), form="households", period="2024"
    )
    assert (rate.actual, rate.on_time) == (1, 0)


def test_a_refusal_needs_a_reason_and_the_unit_is_told(world: World, owed: Obligation) -> None:
    extensions, approver = world.services.extensions, world.actor("district_approver")
    asked = extensions.ask(world.actor("commune_signer"), owed.id, until=UNTIL, reason=WHY)
    world.services.dispatch.run()
    told = world.services.notices.of(approver)
    assert [one.kind.value for one in told] == ["extension_asked"]

    with pytest.raises(InputInvalid):
        extensions.refuse(approver, asked.id, reason=" - ")
    extensions.refuse(approver, asked.id, reason="Báo cáo tỉnh đã đến hạn gửi.")
    world.services.dispatch.run()

    [line] = extensions.of([owed.id])[owed.id]
    assert (line.state, line.answer) == (
        ExtensionState.REFUSED,
        "Báo cáo tỉnh đã đến hạn gửi.",
    )
    assert now(world, owed).excused_until is None
    newest = world.services.notices.of(world.actor("commune_reporter"))[0]
    assert newest.kind.value == "extension_refused"
    with pytest.raises(Conflict):
        extensions.grant(approver, asked.id, until=UNTIL)
    assert [one.request.id for one in extensions.answered(approver)] == [asked.id]
    assert extensions.waiting(approver) == []


def test_a_report_has_one_open_request_that_its_unit_may_withdraw(
    world: World, owed: Obligation
) -> None:
    extensions, clerk = world.services.extensions, world.actor("commune_reporter")
    asked = extensions.ask(clerk, owed.id, until=UNTIL, reason=WHY)

    with pytest.raises(Conflict):
        extensions.ask(clerk, owed.id, until=UNTIL, reason=WHY)
    extensions.withdraw(clerk, asked.id)

    again = extensions.ask(clerk, owed.id, until=UNTIL, reason=WHY)
    assert [one.state.value for one in extensions.of([owed.id])[owed.id]] == ["withdrawn", "open"]
    with pytest.raises(Conflict):
        extensions.withdraw(clerk, asked.id)
    assert extensions.store.get(again.id).reason == WHY


@pytest.mark.parametrize(
    ("until", "reason", "paths"),
    [
        (date(2025, 1, 23), WHY, ["/until"]),
        (date(2025, 1, 10), WHY, ["/until"]),
        (UNTIL, "lũ", ["/reason"]),
        (date(2025, 1, 1), "", ["/reason", "/until"]),
    ],
)
def test_a_request_without_reason_or_time_is_refused(
    world: World, owed: Obligation, until: date, reason: str, paths: list[str]
) -> None:
    with pytest.raises(InputInvalid) as refused:
        world.services.extensions.ask(
            world.actor("commune_reporter"), owed.id, until=until, reason=reason
        )

    assert [one["path"] for one in refused.value.facts["errors"]] == paths  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("closes", "last"),
    [
        (date(2025, 3, 20), date(2025, 3, 20)),  # closes later: until then
        (date(2025, 1, 20), date(2025, 2, 24)),  # closed already: opened for a month
        (None, date(2026, 1, 15)),  # never closes: a year after the due date
    ],
)
def test_more_time_ends_with_the_round(
    world: World, owed: Obligation, closes: date | None, last: date
) -> None:
    """Neither asked for nor given beyond the closing day, or a bound where there is none."""
    extensions, clerk = world.services.extensions, world.actor("commune_reporter")
    approver = world.actor("district_approver")
    world.services.obligations.obligations.reopen(owed.id, closes)
    for until in (last + timedelta(days=1), date(2099, 12, 31)):
        with pytest.raises(InputInvalid) as refused:
            extensions.ask(clerk, owed.id, until=until, reason=WHY)
        assert [one["code"] for one in refused.value.facts["errors"]] == ["too-far"]  # type: ignore[attr-defined]

    asked = extensions.ask(clerk, owed.id, until=last, reason=WHY)
    with pytest.raises(InputInvalid):
        extensions.grant(approver, asked.id, until=last + timedelta(days=1))
    extensions.grant(approver, asked.id, until=last)

    assert now(world, owed).excused_until == last


def test_a_day_off_moves_to_the_next_working_day_when_asked_and_when_granted(
    world: World, owed: Obligation
) -> None:
    extensions = world.services.extensions
    reference = world.services.reference
    reference.put_holiday(date(2025, 2, 10), "Lễ hội xuân", "off", SYSTEM, org_unit="u-commune")
    sunday, tuesday = date(2025, 2, 9), date(2025, 2, 11)

    asked = extensions.ask(world.actor("commune_reporter"), owed.id, until=sunday, reason=WHY)
    extensions.grant(world.actor("district_approver"), asked.id, until=date(2025, 2, 8))

    assert asked.asked_until == tuesday
    assert now(world, owed).excused_until == tuesday
    assert extensions.working(owed, sunday).moved() == (
        ", chuyển sang 11/02/2025 vì 09/02 là Chủ nhật, 10/02 nghỉ tại địa phương (Lễ hội xuân)"
    )


def test_only_the_unit_asks_and_only_those_above_answer(world: World, owed: Obligation) -> None:
    extensions = world.services.extensions
    for stranger in ("neighbour_reporter", "other_district_reporter"):
        with pytest.raises(NotFound):
            extensions.ask(world.actor(stranger), owed.id, until=UNTIL, reason=WHY)
    with pytest.raises(AccessDenied):
        extensions.ask(world.actor("district_approver"), owed.id, until=UNTIL, reason=WHY)
    asked = extensions.ask(world.actor("commune_reporter"), owed.id, until=UNTIL, reason=WHY)

    for name in ("commune_reporter", "commune_signer", "province_reader"):
        with pytest.raises(AccessDenied):
            extensions.grant(world.actor(name), asked.id, until=UNTIL)
        with pytest.raises(AccessDenied):
            extensions.refuse(world.actor(name), asked.id, reason="Không đồng ý.")

    assert extensions.store.get(asked.id).state is ExtensionState.OPEN
    assert now(world, owed).excused_until is None
