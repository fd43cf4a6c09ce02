"""Collection rounds: who will owe what by when, opening, widening, and the file of the letter.

The matrix of what is owed is written once, when a round opens: a unit or a rule that comes later
changes no denominator of the past.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from server.core.access import Actor, Role
from server.core.assignment import day_of_rules, owing_with_sums, rules_on
from server.core.attachment import NameRefused, clean_name, type_of
from server.core.calendar import Calendar
from server.core.due_date import Stages, dates_for_forms
from server.core.form import Form
from server.core.obligation import Letter, Obligation, Progress, Round, RoundDates
from server.core.org_unit import Level, OrgUnit
from server.core.period import Period
from server.core.ports import Clock, NewId, Transaction
from server.errors import AccessDenied, AttachmentRefused, InputInvalid, NotFound
from server.services.review import Reviewer
from server.storage.assignments import AssignmentStore
from server.storage.attachments import AttachmentFiles
from server.storage.events import EventStore
from server.storage.obligations import ObligationStore

_BATCH = 500
_LETTERS = frozenset({"application/pdf"})


@dataclass(frozen=True, slots=True)
class Owed:
    """One report that a round asks of a unit, with its dates and their reasons."""

    form: Form
    unit: OrgUnit
    stages: Stages


@dataclass(frozen=True, slots=True)
class Matrix:
    """Which unit will owe which form."""

    owed: tuple[Owed, ...]

    @property
    def forms(self) -> tuple[Form, ...]:
        return tuple({one.form.code: one.form for one in self.owed}.values())

    @property
    def units(self) -> tuple[OrgUnit, ...]:
        """Each unit once: by level from the top, then by code."""
        order = list(Level)
        found = {one.unit.id: one.unit for one in self.owed}
        return tuple(sorted(found.values(), key=lambda unit: (order.index(unit.level), unit.code)))

    def cells(self) -> Mapping[tuple[str, str], Stages]:
        """The dates by code of the form and id of the unit."""
        return {(one.form.code, one.unit.id): one.stages for one in self.owed}

    def faults(self) -> list[dict[str, str]]:
        """Forms and levels whose dates do not follow one another."""
        wrong = {
            (one.form.code, str(one.unit.level)) for one in self.owed if not one.stages.in_order()
        }
        return [
            {"path": f"/dates/{form}/{level}", "code": "order", "message": ""}
            for form, level in sorted(wrong)
        ]


@dataclass(frozen=True, slots=True)
class RoundProgress:
    """How far the reports of a round are; *late*: not sent though due."""

    round: Round
    expected: int
    sent: int
    final: int
    late: int


@dataclass(frozen=True, slots=True)
class Rounds:
    """Use cases of collection rounds."""

    obligations: ObligationStore
    assignments: AssignmentStore
    events: EventStore
    files: AttachmentFiles
    reviewer: Reviewer
    transaction: Transaction
    clock: Clock
    new_id: NewId
    most_bytes: int

    def preview(
        self,
        round_: Round,
        *,
        units: Mapping[str, Collection[str]] | None = None,
        parents: bool = True,
    ) -> Matrix:
        """What opening would make owed. *units* narrows a form to these ids of units."""
        period = Period.parse(round_.period)
        # A unit is judged on the day the round opens, because it may end inside the period.
        day = max(round_.opens_on, period.start)
        return Matrix(tuple(self._owed(round_, round_.forms, day, units, parents=parents)))

    def open(
        self,
        actor: Actor,
        round_: Round,
        *,
        due: Mapping[str, date] | None = None,
        units: Mapping[str, Collection[str]] | None = None,
        parents: bool = True,
    ) -> int:
        """Open a collection: write the round and one obligation for each unit that owes a form.

        *due* gives the last day per form and wins over the form's own rule, as ``round_.dates``
        does; a day that is no working day moves to the next one. Without *parents* the units
        above owe no consolidated reports. The units are told by the event row.

        Returns: how many reports are owed.

        Raises:
            InputInvalid: dates that do not follow one another.
            Conflict: the round's code is taken.
        """
        self.require(actor)
        round_ = replace(round_, dates=(*dates_for_forms(due or {}), *round_.dates))
        with self.transaction():
            matrix = self.preview(round_, units=units, parents=parents)
            self.obligations.add_round(round_)
            added = self._write(round_, matrix)
            self._record(actor, round_, "opened", matrix, added)
        return added

    def add_forms(
        self,
        actor: Actor,
        round_id: str,
        forms: Sequence[str],
        dates: Iterable[RoundDates] = (),
    ) -> int:
        """Ask for more forms, of the units that owe them by the rules of today; how many.

        *dates* are those of the new forms; what the round has set before stays.

        Raises:
            InputInvalid: dates that do not follow one another.
        """
        self.require(actor)
        with self.transaction():
            self.obligations.kept_rounds.lock(round_id)
            before = self.obligations.round(round_id)
            fresh = [code for code in forms if code not in before.forms]
            own = tuple(line for line in dates if line.form in fresh)
            round_ = replace(before, forms=(*before.forms, *fresh), dates=(*before.dates, *own))
            matrix = Matrix(tuple(self._owed(round_, fresh, self.clock.today(), None)))
            self.obligations.kept_rounds.widen(round_)
            added = self._write(round_, matrix)
            self._record(actor, round_, "widened", matrix, added)
        return added

    def add_units(
        self, actor: Actor, round_id: str, forms: Collection[str], units: Collection[str]
    ) -> int:
        """Ask these units for these forms of the round, whatever the rules say; how many are new.

        A retired form is asked of nobody.

        Raises:
            NotFound: a unit that does not exist today, a form that the round does not ask for.
        """
        self.require(actor)
        with self.transaction():
            self.obligations.kept_rounds.lock(round_id)
            round_ = self.obligations.round(round_id)
            tree = self.reviewer.reference.tree(self.clock.today())
            if not set(units) <= tree.by_id.keys():
                raise NotFound(kind="org_unit")
            if not set(forms) <= set(round_.forms):
                raise NotFound(kind="form")
            named = [unit for unit in tree.units if unit.id in units]
            days_of = self.reviewer.reference.calendars(round_.opens_on)
            matrix = Matrix(
                tuple(
                    one
                    for code in round_.forms
                    if code in forms and not self.retired(code, round_.period, self.clock.today())
                    for one in self._dated(
                        round_, self.reviewer.catalogue.form(code), named, days_of
                    )
                )
            )
            added = self._write(round_, matrix)
            self._record(actor, round_, "widened", matrix, added)
        return added

    def progress(self) -> list[RoundProgress]:
        """Every round with how far its reports are, the newest letter first."""
        counts = self.obligations.kept_rounds.progress(self.clock.today())
        found = []
        for round_ in self.obligations.rounds():
            by_progress, late = counts.get(round_.id, ({}, 0))
            final = by_progress.get(Progress.FINAL, 0)
            sent = by_progress.get(Progress.SENT, 0) + final
            expected = sum(by_progress.values())
            found.append(RoundProgress(round_, expected, sent, final, late))
        return found

    def owed(self, round_id: str) -> Iterable[Obligation]:
        """Every report that the round asks for."""
        after = None
        while batch := self.obligations.list_(round=round_id, after=after, limit=_BATCH):
            yield from batch
            after = batch[-1].id

    def get(self, round_id: str) -> Round:
        """One round; raise ``NotFound``."""
        return self.obligations.round(round_id)

    def attach_letter(self, actor: Actor, round_id: str, content: bytes, name: str) -> Letter:
        """Keep the file of the letter, a PDF; it replaces the one before, whose event stays.

        Raises:
            AttachmentRefused: empty, too large, or no PDF.
        """
        self.require(actor)
        round_ = self.obligations.round(round_id)
        if not content:
            raise AttachmentRefused(reason="empty")
        if len(content) > self.most_bytes:
            raise AttachmentRefused(reason="too-large", most=self.most_bytes)
        known = type_of(content)
        if known is None or known.media_type not in _LETTERS:
            raise AttachmentRefused(reason="type")
        try:
            cleaned = clean_name(name, known)
        except NameRefused as refused:
            raise AttachmentRefused(reason="ending", wanted=list(refused.wanted)) from None
        letter = Letter(cleaned, known.media_type, len(content), self.files.put(content))
        with self.transaction():
            self.obligations.kept_rounds.put_letter(round_.id, letter)
            self.events.append(
                subject=f"round/{round_.id}",
                name="round.letter_attached",
                actor=actor.account,
                happened_at=self.clock.now(),
                details={"name": letter.name, "sha256": letter.sha256},
            )
        self.files.put(content)  # a sweep may have taken an old copy meanwhile
        return letter

    def letters(self, obligations: Iterable[Obligation]) -> Mapping[str, Letter]:
        """By id of these expected reports the letter of their round, where its file is attached."""
        rounds = {one.id: one.round for one in obligations if one.round is not None}
        kept = self.obligations.kept_rounds.letters(set(rounds.values()))
        return {id_: kept[round_] for id_, round_ in rounds.items() if round_ in kept}

    def letter_file(self, letter: Letter) -> Path:
        """Where the bytes stand; ``NotFound`` when the folder has lost them."""
        path = self.files.path(letter.sha256)
        if not path.is_file():
            raise NotFound(kind="attachment-file")
        return path

    def retired(self, form: str, period: str, opens_on: date) -> bool:
        """Whether the form had ended before the day whose rules the round asks by.

        A form that ended in 2025 can still be asked for 2024 in 2026, as its assignments are.
        """
        day = day_of_rules(Period.parse(period), opens_on)
        return self.reviewer.catalogue.is_retired("form", form, day)

    def require(self, actor: Actor) -> None:
        """Rounds are for administrators, and for who approves or signs at a province today."""
        tree = self.reviewer.reference.tree(self.clock.today())
        heads = (tree.by_id.get(unit) for unit in actor.units(Role.APPROVER, Role.SIGNER))
        if actor.is_admin or any(unit and unit.level is Level.PROVINCE for unit in heads):
            return
        raise AccessDenied(action="open_round")

    def _owed(
        self,
        round_: Round,
        forms: Iterable[str],
        day: date,
        units: Mapping[str, Collection[str]] | None,
        *,
        parents: bool = True,
    ) -> Iterable[Owed]:
        codes = list(forms)
        rules_day = day_of_rules(Period.parse(round_.period), day)
        kept = self.assignments.all(codes)
        days_of = self.reviewer.reference.calendars(round_.opens_on)
        tree = self.reviewer.reference.tree(day)
        for code in codes:
            form = self.reviewer.catalogue.form(code)
            if self.retired(code, round_.period, day):
                continue
            rules = rules_on(form, kept, rules_day)
            found = owing_with_sums(form, rules, tree, parents=parents)
            chosen = None if units is None or code not in units else set(units[code])
            named = [unit for unit in found if chosen is None or unit.id in chosen]
            yield from self._dated(round_, form, named, days_of)

    def _dated(
        self,
        round_: Round,
        form: Form,
        units: Iterable[OrgUnit],
        days_of: Callable[[str], Calendar],
    ) -> Iterable[Owed]:
        """With their dates; units of one level and calendar share them."""
        period, known = Period.parse(round_.period), dict[tuple[str, int], Stages]()
        for unit in units:
            days = days_of(unit.id)
            key = str(unit.level), id(days)  # of calendars that *days_of* keeps
            if key not in known:
                known[key] = Stages.of(form, str(unit.level), period, round_, days)
            yield Owed(form, unit, known[key])

    def _write(self, round_: Round, matrix: Matrix) -> int:
        faults = matrix.faults()
        if faults:
            raise InputInvalid(errors=faults)
        reasons: dict[int, str] = {}
        owed = []
        for one in matrix.owed:
            stages = one.stages
            if id(stages) not in reasons:
                reasons[id(stages)] = stages.facts()
            owed.append(
                Obligation(
                    id=self.new_id(),
                    form=one.form.code,
                    org_unit=one.unit.id,
                    responsible_unit=one.unit.id,
                    period=round_.period,
                    round=round_.id,
                    opens_on=stages.opens.on,
                    due_on=stages.due.on,
                    grace_on=stages.grace.on if stages.grace else None,
                    closes_on=stages.closes.on if stages.closes else None,
                    why=reasons[id(stages)],
                )
            )
        return self.obligations.add_many(owed)

    def _record(self, actor: Actor, round_: Round, name: str, matrix: Matrix, added: int) -> None:
        details: dict[str, object] = {
            "code": round_.code,
            "period": round_.period,
            "obligations": added,
            "forms": [form.code for form in matrix.forms],
        }
        if name == "widened":
            details["units"] = [unit.id for unit in matrix.units]
        self.events.append(
            subject=f"round/{round_.id}",
            name=f"round.{name}",
            actor=actor.account,
            happened_at=self.clock.now(),
            details=details,
        )
