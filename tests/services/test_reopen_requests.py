"""Asking for a final report back: who may, who is told, once at a time, and what ends it."""

from collections.abc import Callable

import pytest

from server.core.access import SYSTEM, Grant, Role
from server.core.event import is_chained
from server.core.notice import NoticeKind
from server.core.reopen_request import ASKED, LONGEST_REASON, REFUSED
from server.errors import (
    AccessDenied,
    Conflict,
    InputInvalid,
    NotFound,
    ReopenAsked,
    TransitionRefused,
)
from server.hooks.manager import Plugins
from server.services.delegations import Wish
from server.services.review import SubmissionView
from server.storage.migrations import m0015_reopen_requests
from server.storage.migrations.schema import Schema
from tests.services.delegating import join
from tests.services.test_notices import Channel
from tests.world import FRIDAY, World

WHY = "Nhập sót một thôn, cần bổ sung 12 hộ."
GIVEN = {"note": "Xã đề nghị sửa số hộ.", "letter_number": "9/CV"}


@pytest.fixture
def final(
    world: World, start: Callable[..., SubmissionView], advance: Callable[..., SubmissionView]
) -> SubmissionView:
    """An approved report, its events told; the head of the province may read it and reopen it."""
    for username in ("head", "second_head"):
        join(world, username, Role.SIGNER, "u-province")
    reading = Grant(Role.READER, "u-province")
    world.services.accounts.grant(SYSTEM, world.accounts["head"], reading)
    view = advance(start(), 4)
    told(world)
    world.application.database.run("DELETE FROM notice")
    return view


def told(world: World) -> dict[str, list[NoticeKind]]:
    """Kinds of unread notices of everybody, by name."""
    while world.services.dispatch.run():
        pass
    found = {}
    for username in world.accounts:
        kinds = [
            one.kind for one in world.services.notices.of(world.actor(username)) if not one.read_at
        ]
        if kinds:
            found[username] = kinds
    return found


def ask(world: World, view: SubmissionView, by: str = "commune_reporter", why: str = WHY):
    return world.services.reopen_requests.ask(world.actor(by), view.submission.id, reason=why)


def standing(world: World, view: SubmissionView, by: str):
    actor = world.actor(by)
    now = world.services.submissions.get(actor, view.submission.id)
    return world.services.reopen_requests.about(actor, now)


@pytest.mark.parametrize("by", ["commune_reporter", "commune_signer"])
def test_a_request_is_one_event_that_moves_nothing_and_hides_its_reason(
    world: World, final: SubmissionView, by: str
) -> None:
    asked = ask(world, final, by, f"  {WHY} ")

    services, report = world.services, final.submission
    history = services.submissions.history(world.actor("admin"), report.id)
    last = history[-1]
    assert (last.name, last.id, last.actor) == (ASKED, asked.id, world.accounts[by])
    assert is_chained(history)
    assert WHY not in str(last.details)
    assert services.reopen_requests.reasons(history) == {asked.id: WHY}
    now = services.submissions.submissions.get(report.id)
    assert (now.state, now.edit) == ("approved", report.edit)
    seen = standing(world, final, "head")
    assert (seen.request, seen.may_ask, seen.may_reopen) == (asked, False, True)


def test_a_reason_that_was_erased_leaves_the_request(world: World, final: SubmissionView) -> None:
    ask(world, final)
    events = world.services.ledger.events

    with world.application.database.transaction():
        events.erase_personal(f"submission/{final.submission.id}")

    assert standing(world, final, "head").request.reason == ""


def test_exactly_those_who_may_reopen_the_report_now_are_told(
    world: World, final: SubmissionView
) -> None:
    """The second head holds the role, but no right to know of the communes' reports."""
    ask(world, final)

    assert told(world) == {"head": [NoticeKind.REOPEN_ASKED]}


def test_who_stands_for_the_head_is_told_as_well(world: World, final: SubmissionView) -> None:
    join(world, "deputy", Role.READER, "u-province")
    head, today = world.actor("head"), FRIDAY.today()
    [grant] = [
        one for one in world.services.delegations.delegable(head) if one.grant.role is Role.SIGNER
    ]
    wish = Wish(grant.id, world.accounts["deputy"], today, today, "Đi công tác")
    world.services.delegations.grant(head, wish)
    ask(world, final)

    assert told(world) == {
        "head": [NoticeKind.REOPEN_ASKED],
        "deputy": [NoticeKind.REOPEN_ASKED],
    }


def test_a_request_told_late_is_told_to_nobody_once_the_report_is_open(
    world: World, final: SubmissionView, decide: Callable[..., SubmissionView]
) -> None:
    ask(world, final)
    decide(final, "head", "reopen", supplied=GIVEN)

    assert all(NoticeKind.REOPEN_ASKED not in kinds for kinds in told(world).values())


def test_no_word_of_the_reason_stands_in_a_notice_or_its_mail(
    world: World, final: SubmissionView, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Plugins, "channels", lambda _self: [Channel()])
    ask(world, final)
    told(world)
    sent = world.services.notices.send_digests()

    database = world.application.database
    [facts] = database.rows("SELECT facts FROM notice")
    [mail] = database.rows("SELECT recipient, subject, body FROM mail WHERE kind = 'digest'")
    assert sent == 1
    assert "Đề nghị mở lại báo cáo chờ anh/chị xem" in mail[2]
    assert "12 hộ" not in f"{facts}{mail}"


def test_a_second_request_is_refused_and_says_who_asked_when(
    world: World, final: SubmissionView
) -> None:
    asked = ask(world, final)

    with pytest.raises(ReopenAsked) as refused:
        ask(world, final, "commune_signer")

    assert refused.value.facts["current"] == {
        "id": asked.id,
        "by": world.accounts["commune_reporter"],
        "by_name": "commune reporter",
        "at": asked.asked_at.isoformat(),
    }
    assert standing(world, final, "commune_signer").may_ask is False


def test_the_reopening_ends_the_request_and_another_may_follow(
    world: World,
    final: SubmissionView,
    decide: Callable[..., SubmissionView],
    advance: Callable[..., SubmissionView],
) -> None:
    ask(world, final)
    told(world)
    opened = decide(final, "head", "reopen", supplied=GIVEN)
    after = told(world)
    gone = standing(world, final, "head")
    with pytest.raises(TransitionRefused):
        ask(world, final)
    advance(opened, 4)

    assert gone is None
    assert after["commune_reporter"] == [NoticeKind.REOPENED]
    assert "head" not in after
    assert standing(world, final, "head").request is None
    assert ask(world, final).reason == WHY


def test_a_closing_does_not_answer_a_request(
    world: World, final: SubmissionView, decide: Callable[..., SubmissionView]
) -> None:
    asked = ask(world, final)
    decide(final, "head", "close")

    assert standing(world, final, "head").request == asked


def test_a_refusal_ends_the_request_and_the_unit_reads_why(
    world: World, final: SubmissionView
) -> None:
    ask(world, final)
    told(world)
    requests, report = world.services.reopen_requests, final.submission.id
    with pytest.raises(InputInvalid):
        requests.refuse(world.actor("head"), report, reason="-")
    requests.refuse(world.actor("head"), report, reason="Số liệu đã công bố.")

    assert told(world) == {
        "commune_reporter": [NoticeKind.REOPEN_REFUSED],
        "commune_signer": [NoticeKind.REOPEN_REFUSED],
    }
    with pytest.raises(Conflict):
        requests.refuse(world.actor("head"), report, reason="Số liệu đã công bố.")
    last = world.services.submissions.history(world.actor("admin"), report)[-1]
    assert last.name == REFUSED
    assert requests.reasons([last]) == {last.id: "Số liệu đã công bố."}
    assert standing(world, final, "commune_reporter").may_ask


@pytest.mark.parametrize(
    "why", ["", "  sai \n", "x" * (LONGEST_REASON + 1), "Nhập sót\x00 một thôn"]
)
def test_a_request_without_a_reason_leaves_no_trace(
    world: World, final: SubmissionView, why: str
) -> None:
    before = world.count("event")
    with pytest.raises(InputInvalid):
        ask(world, final, why=why)

    assert world.count("event") == before


@pytest.mark.parametrize(
    ("by", "error"),
    [
        ("neighbour_reporter", NotFound),
        ("other_district_reporter", NotFound),
        ("second_head", NotFound),
        ("district_approver", AccessDenied),
        ("province_reader", AccessDenied),
        ("admin", AccessDenied),
    ],
)
def test_only_the_unit_of_the_report_asks(
    world: World, final: SubmissionView, by: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        ask(world, final, by)


@pytest.mark.parametrize("by", ["commune_reporter", "district_approver", "province_approver"])
def test_only_who_may_reopen_refuses(world: World, final: SubmissionView, by: str) -> None:
    ask(world, final)
    with pytest.raises(AccessDenied):
        world.services.reopen_requests.refuse(
            world.actor(by), final.submission.id, reason="Số liệu đã công bố."
        )

    assert standing(world, final, "head").request is not None


@pytest.mark.parametrize("steps", [0, 1, 2, 3])
def test_a_report_that_nobody_could_reopen_is_not_asked_for(
    world: World,
    start: Callable[..., SubmissionView],
    advance: Callable[..., SubmissionView],
    steps: int,
) -> None:
    view = advance(start(), steps)
    with pytest.raises(TransitionRefused):
        ask(world, view)

    assert standing(world, view, "commune_reporter") is None


def test_notices_from_before_stay_when_the_new_kinds_come(
    world: World, final: SubmissionView
) -> None:
    ask(world, final)
    told(world)
    database = world.application.database
    rows = "SELECT account_id, event_id, kind, submission_id, facts, created_at FROM notice"
    before = database.rows(rows)

    with database.transaction():
        m0015_reopen_requests.up(Schema(database))

    assert len(before) == 1
    assert database.rows(rows) == before
