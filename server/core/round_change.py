"""A second letter changes dates of an open round: what that means for each report that is owed.

Pure: the lines of the letter and what is owed come in, the new days and what they do come out.
``docs/decisions`` says why a general change counts for timeliness and never harms what was sent.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from server.core.changed_date import ChangedDate
from server.core.due_date import DueDate, Stages, days_of, explained, facts_text
from server.core.obligation import (
    Obligation,
    ObligationState,
    Progress,
    Round,
    RoundDates,
    Timeliness,
)

STAGES: Final = ("opens", "due", "grace", "closes")
_LEFT: Final = (Progress.SENT, Progress.FINAL)


@dataclass(frozen=True, slots=True)
class RoundChange:
    """What the second letter orders; *on* is the day on which it is entered."""

    id: str
    letter_number: str
    letter_on: date
    reason: str
    lines: tuple[RoundDates, ...]
    on: date


@dataclass(frozen=True, slots=True)
class MovedReport:
    """One report whose dates the letter names, before and after; *faults* forbid the change."""

    before: Obligation
    after: Obligation
    faults: tuple[str, ...]
    kept: bool = False
    """Whether it keeps its dates, because the new ones would make late what came in time."""

    @property
    def changed(self) -> bool:
        return self.before != self.after

    @property
    def owes(self) -> bool:
        """Whether the report has still to leave its unit."""
        return self.before.progress not in _LEFT

    def comes_in_time(self, today: date) -> bool:
        """Whether it was late and is so no more."""
        late = self.before.timeliness(today) in (Timeliness.LATE, Timeliness.EXCUSED)
        return late and self.after.timeliness(today) in (Timeliness.ON_TIME, Timeliness.DUE)

    def opens_again(self, today: date) -> bool:
        """Whether it was closed and is taken again."""
        closed = ObligationState.CLOSED
        return self.before.state(today) is closed and self.after.state(today) is not closed


def changed_round(round_: Round, lines: Iterable[RoundDates], levels: Collection[str]) -> Round:
    """The round with the days of these lines, each for all forms and levels that it covers.

    A line for all levels wins over what was set for one level before: the later letter holds.
    """
    for line in sorted(lines, key=lambda one: (bool(one.form), bool(one.level))):
        named = {stage: getattr(line, stage) for stage in STAGES}
        named = {stage: day for stage, day in named.items() if day is not None}
        for stage, day in named.items():
            round_ = _with_day(round_, line, stage, day, levels)
    return round_


def _with_day(
    round_: Round, line: RoundDates, stage: str, day: date, levels: Collection[str]
) -> Round:
    """Sets one day at the place of *line*, and wherever a more precise line hides it."""
    forms = [form for form in round_.forms if line.form in ("", form)]
    kept = {(one.form, one.level): one for one in round_.dates}
    for place, one in kept.items():
        if line.form in ("", one.form) and line.level in ("", one.level):
            kept[place] = _set(one, stage, None)
    place = (line.form, line.level)
    kept[place] = _set(kept.get(place, RoundDates(level=line.level, form=line.form)), stage, day)
    round_ = replace(round_, dates=tuple(kept.values()))
    for form in forms:
        for level in levels if not line.level else (line.level,):
            if getattr(round_.dates_of(form, level), stage) != day:
                exact = kept.get((form, level), RoundDates(level=level, form=form))
                kept[form, level] = _set(exact, stage, day)
    full = (one for one in kept.values() if any(getattr(one, name) for name in STAGES))
    return replace(round_, dates=tuple(full))


def _set(line: RoundDates, stage: str, day: date | None) -> RoundDates:
    days = {name: getattr(line, name) for name in STAGES} | {stage: day}
    return RoundDates(level=line.level, form=line.form, **days)


def moved(owed: Obligation, before: Stages, after: Stages, change: RoundChange) -> MovedReport:
    """What the change does to one report; *before* and *after* are what the letters say.

    A day that the letter leaves alone stays as it was frozen, whatever the calendar says today.
    """
    new = {
        stage: asked
        for stage in STAGES
        if (asked := getattr(after, stage)) != getattr(before, stage)
    }
    days, why = dict(days_of(owed)), dict(explained(owed))
    for stage, asked in new.items():
        was = days[stage]
        days[stage] = None if asked is None else asked.on
        if asked is None:
            why.pop(stage, None)
        elif asked.on != was:
            why[stage] = _changed(asked, was, why.get(stage), change)
    opens_on, due_on = days["opens"], days["due"]
    assert opens_on is not None
    assert due_on is not None
    later = replace(
        owed, opens_on=opens_on, due_on=due_on, grace_on=days["grace"], closes_on=days["closes"]
    )
    if later == owed:
        return MovedReport(owed, owed, ())
    later = replace(later, why=facts_text(why), closed=owed.closed and not _reopens(owed, later))
    sent = owed.sent_on
    if sent is not None and later.late_after < sent <= owed.late_after:
        return MovedReport(owed, owed, (), kept=True)
    return MovedReport(owed, later, tuple(_faults(owed, later, change.on)))


def _changed(
    asked: DueDate, was: date | None, known: DueDate | None, change: RoundChange
) -> DueDate:
    one = ChangedDate(change.id, change.on, change.letter_number, change.letter_on, was)
    return replace(asked, changes=(*(known.changes if known else ()), one))


def _reopens(before: Obligation, after: Obligation) -> bool:
    """Whether a report that somebody closed is taken again: its new closing day is later."""
    if after.closes_on is None:
        return False
    return before.closes_on is not None and after.closes_on > before.closes_on


def _faults(before: Obligation, after: Obligation, today: date) -> Iterable[str]:
    given = [day for day in (after.due_on, after.grace_on, after.closes_on) if day is not None]
    if given != sorted(given) or after.due_on < after.opens_on:
        yield "order"
    if before.progress in _LEFT:
        return
    for stage in ("due", "grace", "closes"):
        old, new = days_of(before)[stage], days_of(after)[stage]
        if new is not None and new != old and new < today:
            yield "past"
    if after.opens_on > before.opens_on and before.opens_on <= today:
        yield "opened"


def state_of(moves: Iterable[MovedReport]) -> Mapping[str, object]:
    """What a preview has shown, report by report; two are alike when nothing changed between."""
    return {
        one.before.id: [
            one.after.due_on.isoformat(),
            one.after.opens_on.isoformat(),
            *(day and day.isoformat() for day in (one.after.grace_on, one.after.closes_on)),
            one.before.why,
            one.before.sent_at and one.before.sent_at.isoformat(),
            one.owes,
            one.before.closed,
            one.kept,
        ]
        for one in moves
    }
