"""Reminders before and after the due date: on which days, to whom, with which words."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import cast

from server.hooks import DueReport, Message, Options, Step, hookimpl

__version__ = "1.0.0"

# Titles that name their kind themselves: "biểu Phiếu thu thập ..." would say it twice.
_KINDS = ("Biểu", "Báo cáo", "Phiếu")


class DeadlineReminders:
    """Counts days from the due date; which reports are still owed is the server's to know."""

    code = "deadline"

    def __init__(self, days: Sequence[int], *, superior_from: int) -> None:
        self._days = tuple(sorted(days))
        self._superior_from = superior_from

    def steps(self, due: DueReport) -> tuple[Step, ...]:
        return tuple(
            Step(
                code=f"D{days:+d}",
                on=due.due_on + timedelta(days=days),
                recipients=("unit", "superior") if self._copied(days, due) else ("unit",),
            )
            for days in self._days
        )

    def compose(self, step: Step, due: DueReport) -> Message:
        period = _period(due)
        late = ""
        if step.on > due.due_on:
            # A step may go out a day after its own: the count must be true when it is read.
            late = f", đã quá hạn {max(due.days_late, (step.on - due.due_on).days)} ngày"
        deadline = f"{_day(due.due_on)}{late}"
        sentences = [
            f"Kính gửi: {due.org_unit_name}.",
            f"{_ground(due)}, {_named(due, capital=False)} kỳ {period} có hạn gửi ngày {deadline}.",
            f"Hiện báo cáo đang ở bước: {_state(due)}.",
            "Đề nghị đơn vị hoàn thành và gửi trên hệ thống.",
        ]
        if due.contact:
            phone = f", điện thoại {due.phone}" if due.phone else ""
            sentences.append(f"Người liên hệ: {due.contact}{phone}.")
        if "superior" in step.recipients and due.superior_name:
            sentences.append(f"Đồng gửi: {due.superior_name}.")
        return Message(
            subject=f"[Nhắc hạn] {_named(due, capital=True)}, kỳ {period}: hạn gửi {deadline}",
            body="\n".join(sentences) + "\n",
        )

    def _copied(self, days: int, due: DueReport) -> bool:
        return days >= self._superior_from and bool(due.superior_name)


def _named(due: DueReport, *, capital: bool) -> str:
    title = due.form_title
    if not title.startswith(_KINDS):
        return f"{'Biểu' if capital else 'biểu'} {title}"
    return title if capital else title[0].lower() + title[1:]


def _period(due: DueReport) -> str:
    """``Năm 2024`` is "kỳ 2024" in letters; every other period keeps its name.

    >>> from dataclasses import replace
    >>> due = DueReport("", "", "Quý I/2025", "2025-Q1", "", date(2025, 4, 5), "", "")
    >>> _period(due), _period(replace(due, period_title="Năm 2024", period_id="2024"))
    ('quý I/2025', '2024')
    """
    if due.period_title == f"Năm {due.period_id}":
        return due.period_id
    return due.period_title[:1].lower() + due.period_title[1:]


def _ground(due: DueReport) -> str:
    """The letter that asks for the report, or the standing assignment when there is none."""
    if not due.letter_number:
        return f"Theo phân công báo cáo của {due.issuer}"
    on = f" ngày {_day(due.letter_on)}" if due.letter_on else ""
    return f"Theo Công văn số {due.letter_number}{on} của {due.issuer}"


def _state(due: DueReport) -> str:
    if not due.missing_cells:
        return due.state_title
    return f"{due.state_title} (còn thiếu {due.missing_cells} ô)"


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"


@hookimpl
def register_reminder_rules(options: Options) -> list[DeadlineReminders]:
    return [
        DeadlineReminders(
            cast("list[int]", options["steps"]),
            superior_from=cast("int", options["superior_from"]),
        )
    ]
