"""Ai nhận gì trong ngày: the page says what was recorded, and plans only what is still to come."""

import re
from datetime import date

from server.core.vietnamese import collation_key
from tests.web.admin.conftest import As, with_reminders
from tests.world import World


def test_who_gets_what_is_the_same_on_the_page_and_in_the_service(as_: As, reached: World) -> None:
    with_reminders(reached)

    page = as_("admin").get("/admin/reminder-days/?day=24/01/2025")

    planned = reached.services.reminders.plan(date(2025, 1, 24))
    assert page.status_code == 200
    assert len(planned) > 2
    for one in planned:
        assert (one.recipient or "—") in page.text
    by_unit = as_("admin").get("/admin/reminder-days/?day=24/01/2025&sort=unit").text
    named = [re.findall(r'<th scope="row">([^<]+)</th>', text) for text in (page.text, by_unit)]
    by_due = sorted(planned, key=lambda one: (one.obligation.due_on, one.unit.code))
    assert named[0] == [one.unit.name for one in by_due]
    assert named[1] == sorted(named[0], key=collation_key) and len(set(named[1])) > 1


def test_the_page_of_a_day_tells_what_was_recorded_from_what_is_planned(
    as_: As, reached: World
) -> None:
    with_reminders(reached)
    admin = as_("admin")

    before = admin.get("/admin/reminder-days/?day=24/01/2025").text
    reached.services.reminders.send_due(date(2025, 1, 24))
    taken = admin.get("/admin/reminder-days/?day=24/01/2025").text
    while reached.services.mail.flush():
        pass
    after = admin.get("/admin/reminder-days/?day=24/01/2025").text
    past = admin.get("/admin/reminder-days/?day=20/01/2025").text
    off = admin.get("/admin/reminder-days/?day=25/01/2025").text

    badge = "<span>Đã gửi</span>"
    assert "Sẽ gửi" in before and "Chờ gửi" in taken
    assert badge not in before + taken
    sent = reached.count("reminder_delivery WHERE outcome = 'sent'")
    assert after.count(badge) == sent > 0 and "Sẽ gửi" not in after
    assert "Không gửi: gộp vào lần nhắc sau" in after and "theo nhật ký" in after
    assert "Không có lời nhắc nào ngày 20/01/2025" in past
    assert "Ngày nghỉ" in off and badge not in off
