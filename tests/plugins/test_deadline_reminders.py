"""Reminders: on which days, to whom, in which words."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from server.errors import PluginFault
from server.hooks import DueReport, Message, PlanStep, ReminderPlan, Words
from server.hooks.door import GuardedReminderRule

OWN = ("unit", "responsible", "deputy")
GOLDEN = Path(__file__).parents[1] / "golden" / "plugins"


@pytest.fixture
def rule(load) -> GuardedReminderRule:
    return load("deadline_reminders").reminder_rules()[0]


def composed(rule: GuardedReminderRule, code: str, due: DueReport) -> Message:
    [step] = [step for step in rule.steps(due) if step.code == code]
    return rule.compose(step, due)


def test_the_steps_of_the_letter_of_the_ethnic_affairs_office(rule, due):
    steps = [(step.code, step.on, step.recipients) for step in rule.steps(due)]

    assert steps == [
        ("D-7", date(2025, 1, 8), OWN),
        ("D-1", date(2025, 1, 14), OWN),
        ("D+1", date(2025, 1, 16), OWN),
        ("D+5", date(2025, 1, 20), (*OWN, "superior")),
        ("D+10", date(2025, 1, 25), (*OWN, "superior", "province")),
    ]


def test_steps_follow_the_options(load, due):
    plugins = load("deadline_reminders", steps=[3, 0, -30], superior_from=3)

    steps = [
        (step.code, step.on, step.recipients) for step in plugins.reminder_rules()[0].steps(due)
    ]

    assert steps == [
        ("D-30", date(2024, 12, 16), OWN),
        ("D+0", date(2025, 1, 15), OWN),
        ("D+3", date(2025, 1, 18), (*OWN, "superior")),
    ]


@pytest.mark.parametrize(
    "options",
    [
        {"steps": []},
        {"steps": [1, 1]},
        {"steps": [0.5]},
        {"steps": ["-7"]},
        {"steps": [-91]},
        {"superior_from": 0},
        {"step": [1]},
    ],
)
def test_senseless_options_stop_the_start(load, options):
    with pytest.raises(PluginFault):
        load("deadline_reminders", **options)


@pytest.mark.parametrize(
    ("code", "days_late"), [("D-7", 0), ("D-1", 0), ("D+1", 1), ("D+5", 5), ("D+10", 10)]
)
def test_the_words_equal_the_golden_letters(rule, due, code, days_late):
    message = composed(rule, code, replace(due, days_late=days_late))

    golden = (GOLDEN / f"reminder_{code}.txt").read_text(encoding="utf-8")
    assert f"{message.subject}\n\n{message.body}" == golden


def test_a_step_that_goes_out_late_tells_the_days_of_the_day_it_goes(rule, due):
    message = composed(rule, "D+1", replace(due, days_late=3))

    assert "đã quá hạn 3 ngày" in message.body


def test_a_step_on_the_due_date_does_not_say_overdue(load, due):
    rule = load("deadline_reminders", steps=[0]).reminder_rules()[0]

    assert "quá hạn" not in composed(rule, "D+0", due).body


def test_a_unit_without_a_superior_is_reminded_alone(rule, due):
    alone = replace(due, superior_name=None, days_late=5)

    assert {step.recipients for step in rule.steps(alone)} == {OWN, (*OWN, "province")}
    assert "Đồng gửi" not in composed(rule, "D+5", alone).body


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"missing_cells": 0}, "Hiện báo cáo đang ở bước: Đang nhập.\n"),
        ({"missing_cells": None}, "Hiện báo cáo đang ở bước: Đang nhập.\n"),
        ({"letter_number": None}, "\nTheo phân công báo cáo của Ban Dân tộc tỉnh, biểu Dân số"),
        ({"letter_on": None}, "\nTheo Công văn số 512/BDT-KHTH của Ban Dân tộc tỉnh, biểu"),
        ({"phone": None}, "\nNgười liên hệ: Nguyễn Thị Hoa.\n"),
        ({"period_title": "Quý I/2025", "period_id": "2025-Q1"}, " kỳ quý I/2025 có hạn gửi"),
        ({"period_title": "Năm học 2024–2025", "period_id": "2024-SY"}, " kỳ năm học 2024–2025 "),
        ({"form_title": "Phiếu thu thập thông tin về xã"}, ", phiếu thu thập thông tin về xã kỳ "),
    ],
)
def test_the_words_follow_what_is_known(rule, due, changes, sentence):
    assert sentence in composed(rule, "D-1", replace(due, **changes)).body


def test_without_a_contact_person_the_sentence_is_left_out(rule, due):
    assert "Người liên hệ" not in composed(rule, "D-1", replace(due, contact=None)).body


def planned(**changes: object) -> ReminderPlan:
    facts = {"days": 2, "recipients": ("unit", "province")}
    return ReminderPlan((PlanStep(**facts | changes),))  # type: ignore[arg-type]


def test_the_plan_of_the_office_wins_over_the_options(rule, due):
    due = replace(due, plan=planned(channel="webhook", mandatory=False))

    [step] = rule.steps(due)

    assert (step.code, step.on, step.recipients) == (
        "D+2",
        date(2025, 1, 17),
        ("unit", "province"),
    )
    assert (step.channel, step.mandatory) == ("webhook", False)
    assert rule.steps(replace(due, plan=replace(due.plan, active=False))) == ()


def test_the_period_stands_in_a_sentence_of_the_office_as_it_is_spoken(rule, due):
    words = {"vi": Words("{period}: {form}", "Báo cáo kỳ {period} đến hạn.\n{period} là kỳ cuối.")}

    message = composed(rule, "D+2", replace(due, plan=planned(words=words)))

    assert message.subject == "Năm 2024: Dân số theo dân tộc"
    assert message.body == "Báo cáo kỳ năm 2024 đến hạn.\nNăm 2024 là kỳ cuối.\n"


def test_the_words_of_the_office_are_filled_and_nothing_in_them_is_run(rule, due):
    words = {"vi": Words("Hạn {due}: {form}", "Gửi {unit}, chậm {days_late} ngày. {{x}} {issuer}")}
    named = replace(due, org_unit_name="UBND xã {due}", plan=planned(words=words), days_late=3)

    message = composed(rule, "D+2", named)

    assert message.subject == "Hạn 15/01/2025: Dân số theo dân tộc"
    assert message.body == "Gửi UBND xã {due}, chậm 3 ngày. {{x}} Ban Dân tộc tỉnh\n"


def test_who_reads_english_gets_english_words(rule, due):
    message = composed(rule, "D-7", replace(due, language="en"))

    assert message.subject.startswith("[Reminder] ") and "due on 15/01/2025" in message.body
