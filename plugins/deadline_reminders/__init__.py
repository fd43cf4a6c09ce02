"""Reminders before and after the due date: on which days, to whom, with which words."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import cast

from server.hooks import (
    DueReport,
    Message,
    Options,
    PlanStep,
    ReminderPlan,
    Step,
    Words,
    fill_words,
    hookimpl,
)

__version__ = "1.2.0"

# Titles that name their kind themselves: "biểu Phiếu thu thập ..." would say it twice.
_KINDS = ("Biểu", "Báo cáo", "Phiếu")
_OWN_WORDS_EN = Words(
    "[Reminder] {form}, {period}: due {due}",
    "To: {unit}.\n{form}, {period}, is due on {due}.\nIt now stands at: {state}.\n"
    "Please complete and send it in the system.\nContact: {contact} {phone}\n",
)


class DeadlineReminders:
    """Counts days from the due date; which reports are still owed is the server's to know."""

    code = "deadline"

    def __init__(
        self,
        days: Sequence[int],
        *,
        superior_from: int,
        province_from: int = 10,
        mandatory_from: int = 1,
    ) -> None:
        self._plan = ReminderPlan(
            tuple(
                PlanStep(
                    days=one,
                    recipients=(
                        "unit",
                        "responsible",
                        "deputy",
                        *(("superior",) if one >= superior_from else ()),
                        *(("province",) if one >= province_from else ()),
                    ),
                    mandatory=one >= mandatory_from,
                )
                for one in sorted(days)
            )
        )

    def default_plan(self) -> ReminderPlan:
        return self._plan

    def steps(self, due: DueReport) -> tuple[Step, ...]:
        plan = due.plan or self._plan
        if not plan.active:
            return ()
        return tuple(
            Step(
                code=step.code,
                on=(due.due_on if step.days <= 0 else due.counted_from) + timedelta(days=step.days),
                recipients=tuple(
                    one for one in step.recipients if one != "superior" or due.superior_name
                ),
                channel=step.channel,
                mandatory=step.mandatory,
            )
            for step in plan.steps
        )

    def compose(self, step: Step, due: DueReport) -> Message:
        words = self._words(step, due)
        if words is None:
            return _own_message(step, due)
        values = _values(step, due)
        return Message(
            " ".join(_filled(words.subject, values).split()),
            _filled(words.body, values).rstrip() + "\n",
        )

    def _words(self, step: Step, due: DueReport) -> Words | None:
        """The office's words in the reader's language, or in Vietnamese; none for our own."""
        plan = due.plan or self._plan
        written: Mapping[str, Words] = {}
        for one in plan.steps:
            if one.code == step.code:
                written = one.words or {}
        if due.language in written:
            return written[due.language]
        return _OWN_WORDS_EN if due.language == "en" else written.get("vi")


def _values(step: Step, due: DueReport) -> dict[str, str]:
    """All that a text may name, ready to be read."""
    letter = ""
    if due.letter_number:
        letter = due.letter_number + (f" ({_day(due.letter_on)})" if due.letter_on else "")
    return {
        "unit": due.org_unit_name,
        "form": due.form_title,
        "form_code": due.form_code,
        "period": due.period_title if due.language == "en" else _spoken(due.period_title),
        "due": _due(due),
        "days_late": str(_days_late(step, due)),
        "state": due.state_title if due.language == "en" else _state(due),
        "missing": str(due.missing_cells or 0),
        "issuer": due.issuer,
        "letter": letter,
        "contact": due.contact or "",
        "phone": due.phone or "",
        "superior": due.superior_name or "",
    }


def _filled(text: str, values: Mapping[str, str]) -> str:
    """The office's text with its values; a line that begins with the period begins as one does."""
    return "\n".join(
        filled[:1].upper() + filled[1:] if line.startswith("{period}") else filled
        for line, filled in ((line, fill_words(line, values)) for line in text.split("\n"))
    )


def _days_late(step: Step, due: DueReport) -> int:
    # A step may go out a day after its own: the count must be true when it is read.
    return max(due.days_late, (step.on - due.counted_from).days, 0)


def _due(due: DueReport) -> str:
    """The due date, and where there is grace the day after which the report counts as late."""
    if due.counted_from == due.due_on:
        return _day(due.due_on)
    words = "late after" if due.language == "en" else "tính chậm sau ngày"
    return f"{_day(due.due_on)} ({words} {_day(due.counted_from)})"


def _own_message(step: Step, due: DueReport) -> Message:
    period = _period(due)
    late = f", đã quá hạn {_days_late(step, due)} ngày" if step.on > due.counted_from else ""
    deadline = f"{_due(due)}{late}"
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
    return _spoken(due.period_title)


def _spoken(title: str) -> str:
    """The name of a period inside a sentence: "kỳ năm 2024", "kỳ quý I/2025"."""
    return title[:1].lower() + title[1:]


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
            province_from=cast("int", options["province_from"]),
            mandatory_from=cast("int", options["mandatory_from"]),
        )
    ]
