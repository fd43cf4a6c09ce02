"""Changing the dates of an open round by a second letter: looked at first, then done at once.

Apart from ``rounds``, which freezes the dates: here what is owed already gets other days, report by
report, and each keeps by which letter and from which day.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from server.core.access import Actor
from server.core.due_date import Stages, days_of
from server.core.event import Event
from server.core.json_text import digest
from server.core.obligation import Obligation, Round, RoundDates
from server.core.org_unit import Level
from server.core.period import Period
from server.core.ports import Clock, NewId, Transaction
from server.core.round_change import (
    STAGES,
    MovedReport,
    RoundChange,
    changed_round,
    moved,
    state_of,
)
from server.core.vietnamese import nfc
from server.errors import InputInvalid, PeriodClosed, Stale
from server.services.reminder_moves import StepMove, step_moves
from server.services.reminders import Reminders
from server.services.rounds import Rounds
from server.storage.events import EventStore
from server.storage.obligations import ObligationStore

CHANGED = "round.dates_changed"
SHORTEST_REASON, LONGEST_REASON, LONGEST_NUMBER = 5, 500, 100
_LEVELS = tuple(level.value for level in Level)


@dataclass(frozen=True, slots=True)
class DatePlan:
    """What new dates would do to the round as it is now; *seen* stands for all that was shown."""

    round: Round
    after: Round
    moves: tuple[MovedReport, ...]
    steps: tuple[StepMove, ...]
    levels: Mapping[str, str]
    elsewhere: bool
    """Whether a line names a level that owes nothing itself: it holds for parts, later units."""
    today: date
    seen: str

    @property
    def changed(self) -> tuple[MovedReport, ...]:
        return tuple(one for one in self.moves if one.changed)

    @property
    def sent(self) -> int:
        """How many of the changed reports have left their unit."""
        return sum(not one.owes for one in self.changed)

    @property
    def kept(self) -> tuple[MovedReport, ...]:
        """Reports that keep their dates, because they came in time."""
        return tuple(one for one in self.moves if one.kept)

    @property
    def in_time(self) -> int:
        """How many are late now and would be so no more."""
        return sum(one.comes_in_time(self.today) for one in self.changed)

    @property
    def reopened(self) -> int:
        """How many are closed now and would be taken again."""
        return sum(one.opens_again(self.today) for one in self.changed)

    @property
    def nothing(self) -> bool:
        """Whether the lines say what holds already."""
        if self.changed or self.kept:
            return False
        return not self.elsewhere or self.after.dates == self.round.dates

    def faults(self) -> list[dict[str, str]]:
        """Why it cannot be done: by form, level and code."""
        wrong = {
            (one.before.form, self.levels[one.before.id], code)
            for one in self.moves
            for code in one.faults
        }
        found = [
            {"path": f"/dates/{form}/{level}", "code": code, "message": ""}
            for form, level, code in sorted(wrong)
        ]
        if self.nothing:
            found.append({"path": "/dates", "code": "nothing", "message": ""})
        return found


@dataclass(frozen=True, slots=True)
class RoundDateChanges:
    """Use case of the administrators of the province."""

    rounds: Rounds
    obligations: ObligationStore
    events: EventStore
    reminders: Reminders
    transaction: Transaction
    clock: Clock
    new_id: NewId

    def preview(
        self,
        actor: Actor,
        round_id: str,
        lines: Sequence[RoundDates],
        *,
        letter_number: str = "",
        letter_on: date = date.min,
    ) -> DatePlan:
        """What these days would do, nothing is changed; the letter is for the sentences alone.

        Raises:
            AccessDenied: not who opens rounds.
            PeriodClosed: the figures of the round are closed.
        """
        self.rounds.require(actor)
        self._require_open(round_id)
        today = self.clock.today()
        change = RoundChange("", letter_number, letter_on, "", tuple(lines), today)
        return self._plan(self.obligations.round(round_id), change)

    def apply(
        self,
        actor: Actor,
        round_id: str,
        lines: Sequence[RoundDates],
        *,
        letter_number: str,
        letter_on: date,
        reason: str,
        seen: str,
    ) -> DatePlan:
        """Give the reports of the round these days, as a preview has shown (*seen*).

        Raises:
            AccessDenied: not who opens rounds.
            InputInvalid: no reason, no letter, or days that do not fit (``DatePlan.faults``).
            PeriodClosed: the figures of the round are closed.
            Stale: something is not as the preview showed it.
        """
        self.rounds.require(actor)
        number, why = nfc(letter_number).strip(), nfc(reason).strip()
        today = self.clock.today()
        _check(number, letter_on, why, today)
        with self.transaction():
            self.obligations.kept_rounds.lock(round_id)
            self._require_open(round_id)
            self.obligations.hold_round(round_id)
            change = RoundChange(self.new_id(), number, letter_on, why, tuple(lines), today)
            plan = self._plan(self.obligations.round(round_id), change)
            if plan.seen != seen:
                raise Stale(kind="round", current={"seen": plan.seen})
            faults = plan.faults()
            if faults:
                raise InputInvalid(errors=faults)
            self.obligations.kept_rounds.widen(plan.after)
            self.obligations.redate([one.after for one in plan.changed])
            self._record(actor, plan, change)
        return plan

    def history(self, round_id: str) -> list[Event]:
        """The changes so far, the newest first."""
        found = [one for one in self.events.of(f"round/{round_id}") if one.name == CHANGED]
        return found[::-1]

    def is_open(self, round_id: str) -> bool:
        """Whether the figures of the round are not closed yet."""
        events = self.events.of(f"round/{round_id}")
        return all(one.name != "round.closed" for one in events)

    def _require_open(self, round_id: str) -> None:
        if not self.is_open(round_id):
            raise PeriodClosed(state="closed")

    def _plan(self, round_: Round, change: RoundChange) -> DatePlan:
        after = changed_round(round_, change.lines, _LEVELS)
        reference, catalogue = self.rounds.reviewer.reference, self.rounds.reviewer.catalogue
        period, calendars = Period.parse(round_.period), reference.calendars(round_.opens_on)
        known: dict[tuple[str, str, int], tuple[Stages, Stages]] = {}
        levels: dict[str, str] = {}
        moves = []
        for owed in self.rounds.owed(round_.id):
            level = str(reference.unit(owed.org_unit, owed.opens_on).level)
            if not _names(change.lines, owed.form, level):
                continue
            days = calendars(owed.org_unit)
            key = (owed.form, level, id(days))  # of calendars that *calendars* keeps
            if key not in known:
                form = catalogue.form(owed.form)
                known[key] = (
                    Stages.of(form, level, period, round_, days),
                    Stages.of(form, level, period, after, days),
                )
            levels[owed.id] = level
            moves.append(moved(owed, *known[key], change))
        moves = [one for one in moves if one.changed or one.kept]
        urged = [
            (one.before, one.after)
            for one in moves
            if one.owes and _counted(one.before) != _counted(one.after)
        ]
        steps = step_moves(self.reminders.planning(change.on), urged)
        shown = {
            "round": [list(map(str, _line(one))) for one in round_.dates],
            "reports": state_of(moves),
            "steps": [[one.code, str(one.was), str(one.now), one.sent] for one in steps],
            "today": change.on.isoformat(),
        }
        elsewhere = any(one.level and one.level not in levels.values() for one in change.lines)
        return DatePlan(
            round_, after, tuple(moves), steps, levels, elsewhere, change.on, digest(shown)
        )

    def _record(self, actor: Actor, plan: DatePlan, change: RoundChange) -> None:
        now, letter = (
            self.clock.now(),
            {
                "change": change.id,
                "letter_number": change.letter_number,
                "letter_on": change.letter_on.isoformat(),
                "reason": change.reason,
            },
        )
        self.events.append(
            subject=f"round/{plan.round.id}",
            name=CHANGED,
            actor=actor.account,
            happened_at=now,
            details={
                **letter,
                "dates": [_named(line) for line in change.lines],
                "obligations": len(plan.changed),
                "sent": plan.sent,
                "in_time": plan.in_time,
                "kept": len(plan.kept),
                "reopened": plan.reopened,
                "moved": [
                    {"form": form, "level": level, "from": was, "to": new, "obligations": count}
                    for (form, level, was, new), count in sorted(due_moves(plan).items())
                ],
            },
        )
        for one in plan.changed:
            self.events.append(
                subject=f"obligation/{one.before.id}",
                name="obligation.dates_changed",
                actor=actor.account,
                happened_at=now,
                details={**letter, "from": _days(one.before), "to": _days(one.after)},
            )


def due_moves(plan: DatePlan) -> Counter[tuple[str, str, str, str]]:
    """How many reports of a form and level go from which due day to which."""
    return Counter(
        (
            one.before.form,
            plan.levels[one.before.id],
            one.before.due_on.isoformat(),
            one.after.due_on.isoformat(),
        )
        for one in plan.changed
    )


def _names(lines: Sequence[RoundDates], form: str, level: str) -> bool:
    return any(one.form in ("", form) and one.level in ("", level) for one in lines)


def _counted(owed: Obligation) -> tuple[date, date]:
    """The days from which reminders are counted."""
    return owed.due_on, owed.late_after


def _line(line: RoundDates) -> list[object]:
    return [line.form, line.level, *(getattr(line, stage) for stage in STAGES)]


def _named(line: RoundDates) -> dict[str, str]:
    """A line of the letter, without what it leaves alone."""
    days = {stage: getattr(line, stage) for stage in STAGES}
    said = {stage: day.isoformat() for stage, day in days.items() if day is not None}
    return {"form": line.form, "level": line.level, **said}


def _days(owed: Obligation) -> dict[str, str | None]:
    return {name: day.isoformat() if day else None for name, day in days_of(owed).items()}


def _check(number: str, letter_on: date, reason: str, today: date) -> None:
    faults = []
    if not 1 <= len(number) <= LONGEST_NUMBER:
        faults.append({"path": "/letter_number", "code": "required", "message": ""})
    if letter_on > today:
        faults.append({"path": "/letter_on", "code": "future", "message": ""})
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        faults.append({"path": "/reason", "code": "reason", "message": ""})
    if faults:
        raise InputInvalid(errors=faults)
