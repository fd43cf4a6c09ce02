"""Who is told of what on screen, once each; the digest; what is read, settled and forgotten."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from server.core.access import SYSTEM, Grant, Role
from server.core.notice import KEPT_FOR, NoticeKind
from server.core.ports import FixedClock
from server.errors import NotFound
from server.hooks.manager import Plugins
from server.services.accounts import NewAccount
from server.services.delegations import Wish
from server.services.notices import Notices
from server.services.review import SubmissionView
from tests.world import FRIDAY, World

K = NoticeKind
PEOPLE = (
    "commune_reporter",
    "commune_signer",
    "district_approver",
    "province_approver",
    "neighbour_reporter",
)


def told(world: World, *, unread: bool = True) -> dict[str, list[NoticeKind]]:
    """Kinds of notices of each person, the oldest first."""
    while world.services.dispatch.run():
        pass
    found = {}
    for username in PEOPLE:
        notices = world.services.notices.of(world.actor(username))
        kinds = [one.kind for one in reversed(notices) if not (unread and one.read_at)]
        if kinds:
            found[username] = kinds
    return found


@pytest.fixture(autouse=True)
def opening_is_behind(world: World) -> None:
    """The round of this small world was opened, which is told too; the tests begin after it."""
    assert told(world)["commune_reporter"] == [K.OPENED]
    world.application.database.run("DELETE FROM notice")


@pytest.fixture
def sent(
    start: Callable[..., SubmissionView], advance: Callable[..., SubmissionView]
) -> SubmissionView:
    return advance(start(), 2)


class Channel:
    """Reaches everybody at an address made of the name."""

    code = "email"

    def address(self, recipient: object) -> str:
        return f"{str(getattr(recipient, 'name')).replace(' ', '.')}@example.vn"  # noqa: B009


@pytest.fixture
def by_mail(world: World, monkeypatch: pytest.MonkeyPatch) -> Notices:
    """Notices of an installation in which mails can be sent."""
    monkeypatch.setattr(Plugins, "channels", lambda _self: [Channel()])
    return world.services.notices


def subjects(world: World) -> list[tuple[str, str]]:
    rows = world.application.database.rows(
        "SELECT recipient, subject FROM mail WHERE kind = 'digest' ORDER BY id"
    )
    return [(row[0], row[1]) for row in rows]


# Who


def test_a_report_that_arrives_is_told_to_who_decides_next(
    world: World,
    start: Callable[..., SubmissionView],
    decide: Callable[..., SubmissionView],
) -> None:
    view = decide(start(), "commune_reporter", "submit")
    first = told(world)
    decide(view, "commune_signer", "sign")

    assert first == {"commune_signer": [K.ARRIVED]}
    assert told(world) == {"district_approver": [K.ARRIVED]}


def test_each_approval_is_told_to_the_unit_and_the_next_arrival_above(
    world: World, sent: SubmissionView, decide: Callable[..., SubmissionView]
) -> None:
    told(world)
    decide(sent, "district_approver", "approve")

    assert told(world) == {
        "commune_reporter": [K.APPROVED],
        "commune_signer": [K.APPROVED],
        "province_approver": [K.ARRIVED],
    }


def test_a_return_is_told_to_the_unit(
    world: World, sent: SubmissionView, decide: Callable[..., SubmissionView]
) -> None:
    decide(sent, "district_approver", "return", supplied={"note": "Kiểm tra lại số hộ."})

    assert told(world) == {"commune_reporter": [K.RETURNED], "commune_signer": [K.RETURNED]}


@pytest.mark.parametrize(
    ("event", "supplied", "kind"),
    [
        ("close", None, K.CLOSED),
        ("reopen", {"note": "Nhập sót một thôn.", "letter_number": "9/CV"}, K.REOPENED),
    ],
)
def test_closing_and_reopening_are_told_to_the_unit(
    world: World,
    sent: SubmissionView,
    decide: Callable[..., SubmissionView],
    event: str,
    supplied: object,
    kind: NoticeKind,
) -> None:
    final = decide(decide(sent, "district_approver", "approve"), "province_approver", "approve")
    new = NewAccount("head", "Lê Văn Hà", None, Role.SIGNER, "u-province")
    world.accounts["head"] = world.services.accounts.create(SYSTEM, new).id
    world.services.accounts.grant(SYSTEM, world.accounts["head"], Grant(Role.READER, "u-province"))
    told(world)
    world.application.database.run("DELETE FROM notice")

    decide(final, "head", event, supplied=supplied)

    assert told(world) == {"commune_reporter": [kind], "commune_signer": [kind]}


def test_an_extension_is_told_to_the_clerks(world: World, sent: SubmissionView) -> None:
    world.services.obligations.excuse(
        world.actor("province_approver"),
        sent.obligation.id,
        until=date(2025, 2, 20),
        reason="Bão lũ",
    )
    told(world)

    [notice] = world.services.notices.of(world.actor("commune_reporter"))
    assert notice.kind is K.EXTENDED
    assert notice.facts["until"] == "2025-02-20"
    assert notice.submission == sent.submission.id


def test_a_comment_of_the_office_is_told_to_the_clerks_and_its_answer_to_the_office(
    world: World, sent: SubmissionView
) -> None:
    comments = world.services.comments
    asked = comments.write(
        world.actor("district_approver"), sent.submission.id, text="Vì sao giảm?", path="/note"
    )
    first = told(world)
    comments.write(
        world.actor("commune_reporter"),
        sent.submission.id,
        text="Đã xác minh.",
        answers_to=asked.id,
    )

    assert first["commune_reporter"] == [K.COMMENTED]
    assert told(world)["district_approver"] == [K.ARRIVED, K.COMMENTED]


def test_a_deputy_is_told_of_what_waits_for_whom_he_stands_for(
    world: World,
    start: Callable[..., SubmissionView],
    decide: Callable[..., SubmissionView],
) -> None:
    new = NewAccount("deputy", "Phó", None, Role.READER, "u-commune")
    world.accounts["deputy"] = world.services.accounts.create(SYSTEM, new).id
    leader, today = world.actor("commune_signer"), FRIDAY.today()
    [grant] = world.services.delegations.delegable(leader)
    wish = Wish(grant.id, world.accounts["deputy"], today, today, "Đi công tác")
    world.services.delegations.grant(leader, wish)
    view = decide(start(), "commune_reporter", "submit")
    told(world)
    before = world.services.notices.unread(world.actor("deputy"))
    decide(view, "deputy", "sign")

    assert before == 1
    assert "commune_signer" not in told(world)  # it no longer waits
    [arrival] = world.services.notices.of(world.actor("district_approver"))
    assert arrival.facts["on_behalf_of"] == leader.account


def test_the_same_event_delivered_again_tells_nobody_twice(
    world: World, sent: SubmissionView
) -> None:
    told(world)
    before = world.count("notice")
    telling = world.services.dispatch.telling
    for event in world.services.ledger.events.of(f"submission/{sent.submission.id}"):
        assert telling.tell(event) == 0

    assert world.count("notice") == before


def test_an_arrival_delivered_late_is_not_told_when_the_report_has_moved_on(
    world: World, sent: SubmissionView, decide: Callable[..., SubmissionView]
) -> None:
    decide(sent, "district_approver", "approve")

    assert "district_approver" not in told(world)


def test_nothing_of_a_cell_or_a_comment_stands_in_a_notice(
    world: World, sent: SubmissionView
) -> None:
    world.services.comments.write(
        world.actor("district_approver"), sent.submission.id, text="bí mật", path="/note"
    )
    told(world)

    rows = world.application.database.rows("SELECT facts FROM notice")
    assert rows
    assert not any("bí mật" in str(row[0]) for row in rows)


# Reading and forgetting


def test_opening_one_or_all_marks_them_as_read(world: World, sent: SubmissionView) -> None:
    told(world)
    notices, approver = world.services.notices, world.actor("district_approver")
    [arrival] = notices.of(approver)
    unread = notices.unread(approver)
    notices.open(approver, arrival.id)

    assert (unread, notices.unread(approver)) == (1, 0)
    assert notices.read_all(approver) == 0


def test_the_notice_of_another_person_does_not_exist(world: World, sent: SubmissionView) -> None:
    told(world)
    [arrival] = world.services.notices.of(world.actor("district_approver"))
    with pytest.raises(NotFound):
        world.services.notices.open(world.actor("commune_reporter"), arrival.id)

    assert world.services.notices.unread(world.actor("district_approver")) == 1


@pytest.mark.parametrize(("age", "left"), [(KEPT_FOR, 1), (KEPT_FOR + timedelta(seconds=1), 0)])
def test_notices_are_forgotten_after_ninety_days(
    world: World, sent: SubmissionView, age: timedelta, left: int
) -> None:
    told(world)
    world.application.database.run("DELETE FROM notice WHERE read_at IS NOT NULL")
    later = replace(world.services.notices, clock=FixedClock(FRIDAY.instant + age))
    later.purge()

    assert world.count("notice") == left


# The digest


def test_one_digest_a_day_holds_what_nobody_read_and_no_return(
    world: World,
    sent: SubmissionView,
    decide: Callable[..., SubmissionView],
    by_mail: Notices,
) -> None:
    told(world)
    first, again = by_mail.send_digests(), by_mail.send_digests()
    decide(sent, "district_approver", "return", supplied={"note": "Kiểm tra lại số hộ."})
    told(world)
    after = by_mail.send_digests()

    approver = world.services.accounts.name_of(world.accounts["district_approver"])
    address = f"{approver.replace(' ', '.')}@example.vn"
    assert (first, again, after) == (1, 0, 0)
    assert subjects(world) == [(address, "[Thông báo] 1 việc mới đến ngày 24/01/2025")]


def test_what_comes_after_the_digest_stands_in_tomorrows(
    world: World, sent: SubmissionView, by_mail: Notices
) -> None:
    approver, clerk = world.actor("district_approver"), world.actor("commune_reporter")
    comments, report = world.services.comments, sent.submission.id
    asked = comments.write(approver, report, text="Vì sao giảm?", path="/note")
    told(world)
    first = by_mail.send_digests()
    comments.write(clerk, report, text="Đã xác minh.", answers_to=asked.id)
    told(world)
    today = by_mail.send_digests()
    tomorrow = replace(by_mail, clock=FixedClock(FRIDAY.instant + timedelta(days=1)))

    assert (first, today, tomorrow.send_digests()) == (2, 0, 1)
    assert subjects(world)[-1][1] == "[Thông báo] 1 việc mới đến ngày 25/01/2025"


@pytest.mark.parametrize(("hour", "sent_now"), [(23, 0), (0, 1)])
def test_digests_go_out_from_seven_in_vietnam(
    world: World, sent: SubmissionView, by_mail: Notices, hour: int, sent_now: int
) -> None:
    """23:59 UTC is 06:59 in Vietnam, midnight UTC is seven."""
    told(world)
    instant = datetime(2025, 1, 24 if hour else 25, hour, 59 if hour else 0, tzinfo=UTC)

    assert replace(by_mail, clock=FixedClock(instant)).send_digests() == sent_now


def test_what_was_read_on_screen_is_not_mailed(
    world: World, sent: SubmissionView, by_mail: Notices
) -> None:
    told(world)
    by_mail.read_all(world.actor("district_approver"))

    assert by_mail.send_digests() == 0
