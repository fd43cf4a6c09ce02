"""The four dates of an expected report, each with why it is that day.

A date comes from the letter that opened the round, else from the form, and moves to the next
working day of the unit's calendar. Apart from ``obligation``, which only knows the days.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from server.core.calendar import Calendar, Rest, Why
from server.core.changed_date import ChangedDate, by_letter, changes_in
from server.core.form import Form
from server.core.json_text import dumps
from server.core.obligation import Obligation, Round, RoundDates
from server.core.period import Period
from server.core.shape import mapping
from server.core.vietnamese_numbers import format_date

_WEEKDAYS: Final = (
    "thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật",
)  # fmt: skip
_ENGLISH_WEEKDAYS: Final = (
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
)  # fmt: skip


class Source(StrEnum):
    """Where a date comes from."""

    ROUND = "round"
    FORM = "form"
    PERIOD = "period"


@dataclass(frozen=True, slots=True)
class DueDate:
    """A day that knows why it is that day: who set it, and over which days it moved."""

    on: date
    source: Source
    skipped: tuple[Rest, ...] = ()
    changes: tuple[ChangedDate, ...] = ()

    @classmethod
    def of(cls, asked: date, calendar: Calendar, source: Source) -> "DueDate":
        """*asked*, or the first working day after it."""
        skipped = []
        day = asked
        while (rest := calendar.rest(day)) is not None:
            skipped.append(rest)
            day += timedelta(days=1)
        return cls(day, source, tuple(skipped))

    @property
    def asked(self) -> date:
        """The day before it moved."""
        return self.skipped[0].day if self.skipped else self.on

    def explain(self, language: str = "vi", stage: str = "due") -> str:
        """One sentence: who set the day, and over which days off it moved.

        *stage* is ``opens``, ``due``, ``grace`` or ``closes``.

        >>> DueDate.of(date(2025, 2, 16), Calendar(), Source.ROUND).explain()
        'hạn 16/02/2025 theo công văn, chuyển sang 17/02/2025 vì 16/02 là Chủ nhật'
        """
        texts = _ENGLISH if language == "en" else _VIETNAMESE
        source = by_letter(self.changes, language) if self.changes else texts[self.source.value]
        said = texts[stage].format(day=format_date(self.asked), source=source)
        return said + self.moved(language)

    def moved(self, language: str = "vi") -> str:
        """What ``explain`` adds of the days off it moved over; empty when it did not."""
        if not self.skipped:
            return ""
        texts = _ENGLISH if language == "en" else _VIETNAMESE
        reasons = ", ".join(_worded(run, texts, language) for run in _runs(self.skipped))
        return texts["moved"].format(day=format_date(self.on), reasons=reasons)

    def as_json(self) -> dict[str, object]:
        """What is kept beside the day, so that it can explain itself years later."""
        kept: dict[str, object] = {
            "source": self.source.value,
            "skipped": [
                [rest.day.isoformat(), rest.why.value, rest.title] for rest in self.skipped
            ],
        }
        if self.changes:
            kept["changed"] = [one.as_json() for one in self.changes]
        return kept


_VIETNAMESE: Final[Mapping[str, str]] = {
    "opens": "mở {day} {source}",
    "due": "hạn {day} {source}",
    "grace": "tính chậm sau {day} {source}",
    "closes": "khóa sau {day} {source}",
    "round": "theo công văn",
    "form": "theo biểu mẫu",
    "period": "là ngày cuối kỳ",
    "moved": ", chuyển sang {day} vì {reasons}",
    "weekday": "{days} là {name}",
    "off": "{days} nghỉ {name}",
    "local": "{days} nghỉ tại địa phương ({name})",
}
_ENGLISH: Final[Mapping[str, str]] = {
    "opens": "opens {day} {source}",
    "due": "due {day} {source}",
    "grace": "late after {day} {source}",
    "closes": "closes after {day} {source}",
    "round": "by the letter",
    "form": "by the form",
    "period": "as the last day of the period",
    "moved": ", moved to {day} because {reasons}",
    "weekday": "{days} is a {name}",
    "off": "{days} is off ({name})",
    "local": "{days} is off locally ({name})",
}


def _runs(skipped: Sequence[Rest]) -> Iterator[tuple[Rest, Rest]]:
    """First and last day of each stretch with one reason; weekend days stand alone."""
    first = last = skipped[0]
    for rest in skipped[1:]:
        if rest.title and (rest.why, rest.title) == (last.why, last.title):
            last = rest
            continue
        yield first, last
        first = last = rest
    yield first, last


def _worded(run: tuple[Rest, Rest], texts: Mapping[str, str], language: str) -> str:
    first, last = run
    days = first.day.strftime("%d/%m")
    if last is not first:
        days += last.day.strftime("–%d/%m")
    if first.why in (Why.SATURDAY, Why.SUNDAY):
        weekdays = _ENGLISH_WEEKDAYS if language == "en" else _WEEKDAYS
        return texts["weekday"].format(days=days, name=weekdays[first.day.weekday()])
    name = first.title
    if language != "en" and name.lower().startswith("nghỉ ") and first.why is Why.OFF:
        name = name[5:]  # "nghỉ bù ...": the sentence has the word already
    return texts[first.why.value].format(days=days, name=name)


@dataclass(frozen=True, slots=True)
class Stages:
    """When a report may be begun, is due, is late after, and is taken no more."""

    opens: DueDate
    due: DueDate
    grace: DueDate | None = None
    closes: DueDate | None = None

    @classmethod
    def of(cls, form: Form, level: str, period: Period, round_: Round, days: Calendar) -> "Stages":
        """The dates of a unit of *level*: the letter's where it names any, else the form's.

        The grace counts from the due day as it was asked. A closing day of the form before a due
        day of the letter does not hold: the letter gave more time than the form knew of.
        """
        letter = round_.dates_of(form.code, level)
        due = _chosen(letter.due, form.due_on(level, period), days)
        if letter.due is None and due.asked == period.end:
            due = DueDate(due.on, Source.PERIOD, due.skipped)
        closes_by_form = form.closes_on(level, period)
        if closes_by_form is not None and closes_by_form < due.on:
            closes_by_form = None
        return cls(
            opens=DueDate(letter.opens or round_.opens_on, Source.ROUND),
            due=due,
            grace=_maybe(letter.grace, form.grace_on(level, due.asked), days),
            closes=_maybe(letter.closes, closes_by_form, days),
        )

    def in_order(self) -> bool:
        """Whether the dates follow one another.

        A round may open after the day by which the form itself would have been due: it asks late.
        """
        given = [one.on for one in (self.due, self.grace, self.closes) if one]
        late = self.due.source is Source.ROUND and self.due.on < self.opens.on
        return not late and given == sorted(given)

    def facts(self) -> str:
        """What is kept beside the days, so that each can explain itself years later."""
        named = {
            "opens": self.opens, "due": self.due, "grace": self.grace, "closes": self.closes,
        }  # fmt: skip
        return facts_text({name: one for name, one in named.items() if one is not None})


def facts_text(dates: Mapping[str, DueDate]) -> str:
    """As ``Obligation.why`` keeps them; ``explained`` reads it."""
    return dumps({name: one.as_json() for name, one in dates.items()})


def days_of(obligation: Obligation) -> Mapping[str, date | None]:
    """The four days by name."""
    return {
        "opens": obligation.opens_on,
        "due": obligation.due_on,
        "grace": obligation.grace_on,
        "closes": obligation.closes_on,
    }


def explained(obligation: Obligation) -> Mapping[str, DueDate]:
    """The dates of an expected report by name, each with what was kept of why it is that day.

    Older reports kept nothing of why they open on their day.
    """
    kept = mapping(json.loads(obligation.why or "{}"))
    days = days_of(obligation)
    return {
        name: _read(day, mapping(kept[name]))
        for name, day in days.items()
        if day is not None and name in kept
    }


def due_in_words(obligation: Obligation) -> str:
    """The due date as letters name it, with the last day of grace where there is one."""
    due, last = obligation.due_on, obligation.late_after
    if last == due:
        return format_date(due)
    return f"{format_date(due)} (tính chậm sau ngày {format_date(last)})"


def _read(day: date, facts: Mapping[str, object]) -> DueDate:
    listed = facts["skipped"]
    assert isinstance(listed, list)
    skipped = tuple(
        Rest(date.fromisoformat(on), Why(why), title)
        for on, why, title in listed
        if date.fromisoformat(on) < day
    )
    return DueDate(day, Source(str(facts["source"])), skipped, changes_in(facts))


def _chosen(letter: date | None, form: date, days: Calendar) -> DueDate:
    if letter is not None:
        return DueDate.of(letter, days, Source.ROUND)
    return DueDate.of(form, days, Source.FORM)


def _maybe(letter: date | None, form: date | None, days: Calendar) -> DueDate | None:
    if letter is None and form is None:
        return None
    return _chosen(letter, form or date.min, days)


def dates_for_forms(due: Mapping[str, date]) -> tuple[RoundDates, ...]:
    """Due days that hold for all levels, by form."""
    return tuple(RoundDates(form=code, due=day) for code, day in sorted(due.items()))


def part_due(
    form: Form, level: str, round_: Round | None, obligation: Obligation, days: Calendar
) -> date:
    """By when the part of another unit is to be in: what the letter or the form says of its level.

    Never after the report itself is due, which waits for its parts.
    """
    asked = round_.dates_of(form.code, level).due if round_ else None
    declared = form.settings.get("due")
    if asked is None and isinstance(declared, Mapping) and level in declared:
        asked = form.due_on(level, Period.parse(obligation.period))
    if asked is None:
        return obligation.deadline
    return min(DueDate.of(asked, days, Source.ROUND).on, obligation.deadline)
