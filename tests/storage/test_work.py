"""Mails, jobs, kept answers, options, holidays: each taken once, each kept exactly."""

from datetime import date, timedelta

import pytest

from server.core.calendar import DayEntry
from server.core.job import Job, JobState
from server.core.ports import Mail
from server.errors import KeyReused, NotFound, Stale, StillRunning
from server.storage.idempotency import ABANDONED_AFTER, StoredAnswer
from tests.storage.conftest import NOW

MINUTE = timedelta(minutes=1)


def add_mail(world, message_id="<1@bieumau>", **changes):
    facts = {"kind": "reminder", "obligation": None, "step": None, "created_at": NOW} | changes
    mail = Mail(message_id, "mai@colinh.vn", "[Nhắc hạn] Biểu Dân số", "Kính gửi: UBND xã Cổ Linh.")
    return world.mail.add(mail, **facts)


def test_a_mail_enters_the_outbox_once(world):
    world.owe()

    assert add_mail(world, obligation="o1", step="D-1")
    assert not add_mail(world)

    (kept,) = world.mail.list_()
    assert (kept.mail.subject, kept.obligation, kept.step) == (
        "[Nhắc hạn] Biểu Dân số",
        "o1",
        "D-1",
    )
    assert (kept.state, kept.tries, kept.created_at) == ("waiting", 0, NOW)


def test_due_mails_are_leased_and_come_back_when_the_worker_died(world):
    add_mail(world)
    add_mail(world, "<2@bieumau>", created_at=NOW + MINUTE)

    (taken,) = world.mail.due(NOW, 10, lease_seconds=60)

    assert (taken.mail.message_id, taken.tries) == ("<1@bieumau>", 1)
    assert world.mail.due(NOW, 10) == []
    again = world.mail.due(NOW + 2 * MINUTE, 10)
    assert [(one.mail.message_id, one.tries) for one in again] == [
        ("<1@bieumau>", 2),
        ("<2@bieumau>", 1),
    ]


def test_a_mail_is_sent_tried_again_or_given_up(world):
    for number in (1, 2, 3):
        add_mail(world, f"<{number}@bieumau>")
    world.mail.due(NOW, 10)

    world.mail.sent("<1@bieumau>", NOW, "250 ok")
    world.mail.failed("<1@bieumau>", NOW, "too late to fail", NOW)
    world.mail.failed("<2@bieumau>", NOW, "451 later", NOW + MINUTE)
    world.mail.failed("<3@bieumau>", NOW, "550 no", None)

    states = {
        one.mail.message_id: (one.state, one.response, one.error) for one in world.mail.list_()
    }
    assert states == {
        "<1@bieumau>": ("sent", "250 ok", None),
        "<2@bieumau>": ("waiting", None, "451 later"),
        "<3@bieumau>": ("dead", None, "550 no"),
    }
    assert world.mail.counts() == {"waiting": 1, "sent": 1, "dead": 1}
    assert world.mail.oldest_waiting() == NOW
    assert [one.mail.message_id for one in world.mail.due(NOW + MINUTE, 10)] == ["<2@bieumau>"]


def test_mails_are_listed_newest_first(world):
    for number in range(1, 5):
        add_mail(world, f"<{number}@bieumau>", kind="digest" if number == 2 else "reminder")

    first = world.mail.list_(limit=3)
    rest = world.mail.list_(after=first[-1].id)

    found = [one.mail.message_id[1] for one in first + rest]
    assert found == ["4", "3", "2", "1"]
    assert [one.kind for one in world.mail.list_(kind="digest", state="waiting")] == ["digest"]
    assert world.mail.list_(recipient="nobody") == []


def test_a_reminder_step_is_claimed_once_and_remembered(world):
    owed = world.owe()

    claims = [
        world.mail.claim_reminder(owed.id, step, owed.due_on) for step in ("D-1", "D-1", "D+1")
    ]

    assert claims == [True, False, True]
    assert world.mail.reminded(owed.id) == {"D-1", "D+1"}


def job(id_="j1", **changes):
    facts = {"kind": "export.xlsx", "account": "a1", "created_at": NOW, "input": {"kỳ": "2024"}}
    return Job(id_, state=JobState.QUEUED, **facts | changes)


def test_a_job_is_taken_by_one_worker_and_by_another_when_that_one_died(world):
    world.jobs.add(job())
    world.jobs.add(job("j2"))
    assert world.jobs.get("j1") == job()

    first = world.jobs.claim(NOW, 60)
    second = world.jobs.claim(NOW, 60)

    assert (first.id, first.state, first.tries) == ("j1", JobState.RUNNING, 1)
    assert second.id == "j2"
    assert world.jobs.claim(NOW, 60) is None
    assert world.jobs.progress("j2", 1, 9, NOW + MINUTE, 60)
    assert world.jobs.claim(NOW + MINUTE, 60).tries == 2
    assert world.jobs.claim(NOW + MINUTE, 60) is None
    assert (world.jobs.get("j2").done, world.jobs.get("j2").total) == (1, 9)


def test_a_job_ends_once(world):
    world.jobs.add(job())
    world.jobs.claim(NOW, 60)

    assert world.jobs.finish("j1", JobState.CANCELLED, {}, at=NOW)
    assert not world.jobs.finish(
        "j1", JobState.DONE, {"rows": 1}, "/x", result_name="x.xlsx", at=NOW
    )
    assert not world.jobs.progress("j1", 1, 1, NOW, 60)

    ended = world.jobs.get("j1")
    assert (ended.state, ended.result_path, ended.ended_at) == (JobState.CANCELLED, None, NOW)
    assert world.jobs.claim(NOW + 99 * MINUTE, 60) is None


def test_a_finished_job_has_a_report_and_a_file(world):
    world.jobs.add(job())

    world.jobs.finish("j1", JobState.DONE, {"rows": 3}, "/x/1", result_name="Dân số.xlsx", at=NOW)

    ended = world.jobs.get("j1")
    assert (ended.report, ended.result_path, ended.result_name) == (
        {"rows": 3},
        "/x/1",
        "Dân số.xlsx",
    )
    assert world.jobs.expired(NOW + MINUTE) == [ended]
    assert world.jobs.expired(NOW) == []
    world.jobs.forget("j1")
    with pytest.raises(NotFound):
        world.jobs.get("j1")


def test_jobs_are_listed_newest_first(world):
    for number in range(1, 5):
        world.jobs.add(job(f"j{number}", account=f"a{number % 2}", kind=f"{number % 2}.x"))

    def ids(**filters):
        return [one.id for one in world.jobs.list_(**filters)]

    assert ids(limit=2) == ["j4", "j3"]
    assert ids(after="j3") == ["j2", "j1"]
    assert ids(account="a1") == ids(kind="1.*") == ids(kind="1.x") == ["j3", "j1"]
    assert ids(state=JobState.DONE) == []


def test_the_first_answer_is_given_again(world):
    keys = world.idempotency
    assert keys.begin("a1", "k", "d", NOW) is None

    keys.finish("a1", "k", 201, {"Location": "/x"}, "Đã gửi".encode())

    assert keys.begin("a1", "k", "d", NOW) == StoredAnswer(
        201, {"Location": "/x"}, "Đã gửi".encode()
    )
    assert keys.begin("a2", "k", "other", NOW) is None


def test_a_key_with_another_body_is_refused(world):
    world.idempotency.begin("a1", "k", "d", NOW)

    with pytest.raises(KeyReused):
        world.idempotency.begin("a1", "k", "other", NOW)


def test_a_running_request_is_waited_for_until_it_must_be_dead(world):
    world.idempotency.begin("a1", "k", "d", NOW)

    with pytest.raises(StillRunning):
        world.idempotency.begin("a1", "k", "d", NOW + ABANDONED_AFTER / 2)
    assert world.idempotency.begin("a1", "k", "d", NOW + ABANDONED_AFTER) is None
    with pytest.raises(StillRunning):
        world.idempotency.begin("a1", "k", "d", NOW + ABANDONED_AFTER)


def test_a_failed_request_frees_its_key_and_old_keys_go(world):
    keys = world.idempotency
    keys.begin("a1", "k", "d", NOW)
    keys.forget("a1", "k")
    assert keys.begin("a1", "k", "other", NOW) is None
    keys.finish("a1", "k", 200, {}, b"")
    keys.forget("a1", "k")
    assert keys.begin("a1", "k", "other", NOW) is not None

    assert keys.purge(NOW) == 0
    assert keys.purge(NOW + MINUTE) == 1


def test_options_are_versions_of_which_the_newest_counts(world):
    options = world.options
    assert options.get("reminders") is None

    assert options.put("reminders", {"steps": [-1]}, "Hà", NOW) == 1
    assert options.put("reminders", {"steps": [-1, 1]}, "Hà", NOW, seen=1) == 2
    with pytest.raises(Stale) as refusal:
        options.put("reminders", {}, "Tú", NOW, seen=1)

    assert refusal.value.facts["current"] == {"edit": 2}
    assert options.get("reminders").options == {"steps": [-1, 1]}
    assert [one.version for one in options.history("reminders")] == [2, 1]


def test_holidays_are_one_a_day_in_order(world):
    tet, later = date(2025, 1, 27), date(2025, 1, 28)
    world.holidays.put(DayEntry(later, "Tết", "off"))
    world.holidays.put(DayEntry(tet, "Nghỉ", "off"))
    world.holidays.put(DayEntry(tet, "Tết Nguyên đán", "off"))

    assert world.holidays.all() == [
        DayEntry(tet, "Tết Nguyên đán", "off"),
        DayEntry(later, "Tết", "off"),
    ]
    assert world.holidays.remove(tet)
    assert not world.holidays.remove(tet)
