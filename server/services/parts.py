"""Parts of a report: giving them to people, handing them in, not waiting for one.

The filing unit answers for the whole report: it may take any part back and may pass the report on
without one, with a written reason. What is inside a part only its own people write.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from server.core.access import Actor, Role
from server.core.form import Form
from server.core.layout import Section
from server.core.obligation import Obligation
from server.core.org_unit import OrgUnit
from server.core.part import UNIT, Part, PartState, ownership_of
from server.core.period import Period
from server.core.ports import Clock, Transaction
from server.core.submission import Submission
from server.core.vietnamese import nfc
from server.errors import (
    AccessDenied,
    InputInvalid,
    NotFound,
    PeriodClosed,
    RequestInvalid,
    TransitionRefused,
)
from server.services.accounts import Accounts
from server.services.part_duties import part_day
from server.services.review import Reviewer, Surroundings
from server.storage.events import EventStore
from server.storage.obligations import ObligationStore
from server.storage.parts import PartStore
from server.storage.submissions import SubmissionStore

SHORTEST_REASON = 5
LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class PartView:
    """A part as one actor sees it: whose, by when, who has it, what the actor may do with it."""

    part: Part
    unit: OrgUnit
    due_on: date
    late: bool
    sections: tuple[Section, ...]
    assignee: str | None
    done_by: str | None
    actions: tuple[str, ...]
    colleagues: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class OwedPart:
    """A part that waits for the actor in somebody's report: a line of "Việc của tôi"."""

    part: Part
    submission: Submission
    form: Form
    unit: OrgUnit
    owner: OrgUnit
    period: Period
    sections: tuple[Section, ...]
    due_on: date
    late: bool


@dataclass(frozen=True, slots=True)
class Parts:
    """Use cases of the parts of reports."""

    parts: PartStore
    submissions: SubmissionStore
    obligations: ObligationStore
    events: EventStore
    reviewer: Reviewer
    accounts: Accounts
    transaction: Transaction
    clock: Clock

    def of(self, actor: Actor, submission_id: str) -> list[PartView]:
        """The parts of a report, those of the filing unit first; none where it is undivided."""
        submission = self.submissions.get(submission_id)
        around = self.reviewer.around(actor, submission)
        editable = around.workflow.states[submission.state].editable
        owed, shown = self.obligations.get(submission.obligation), []
        for part in self.reviewer.hands(actor, submission, around).parts:
            may = _may(part, submission.filing_unit, actor) if editable else ()
            done_by = part.waived_by or part.handed_in_by
            unit = self._unit(part.owner_unit, submission)
            due_on = self._due_on(unit, around.form, owed)
            shown.append(
                PartView(
                    part=part,
                    unit=unit,
                    due_on=due_on,
                    late=part.awaited and due_on < self.clock.today(),
                    sections=_sections(around.form, part),
                    assignee=part.assignee and self.accounts.name_of(part.assignee),
                    done_by=done_by and self.accounts.name_of(done_by),
                    actions=may,
                    colleagues=self.colleagues(part.owner_unit) if "assign" in may else (),
                )
            )
        return shown

    def assignable(self, actor: Actor, submission_id: str) -> tuple[Section, ...]:
        """Sections of the filing unit that the actor may give to a clerk of it now."""
        submission = self.submissions.get(submission_id)
        around = self.reviewer.around(actor, submission)
        editable = around.workflow.states[submission.state].editable
        if not editable or submission.filing_unit not in actor.units(Role.REPORTER):
            return ()
        given = {part.section for part in self.reviewer.hands(actor, submission, around).parts}
        sections = ownership_of(around.form).sections_of(UNIT)
        return tuple(section for section in sections if section.key not in given)

    def colleagues(self, org_unit: str) -> tuple[tuple[str, str], ...]:
        """Who fills for a unit today: id and name."""
        people = {one.id: one.name for one in self.accounts.holders(org_unit, Role.REPORTER)}
        return tuple(sorted(people.items(), key=lambda one: (one[1], one[0])))

    def owed(self, actor: Actor) -> list[OwedPart]:
        """Open parts that wait for the actor: of other units' reports, or given to the actor."""
        units = actor.units(Role.REPORTER)
        found = []
        for part in self.parts.open_of(units, actor.account):
            submission = self.submissions.get(part.submission)
            workflow = self.reviewer.catalogue.workflow(
                submission.workflow, submission.workflow_version
            )
            obligation = self.obligations.get(submission.obligation)
            if part.owner_unit not in units or obligation.is_shut(self.clock.today()):
                continue
            if not workflow.states[submission.state].editable:
                continue
            form = self.reviewer.catalogue.form(submission.form, submission.version)
            owner = self._unit(part.owner_unit, submission)
            due_on = self._due_on(owner, form, obligation)
            found.append(
                OwedPart(
                    part=part,
                    submission=submission,
                    form=form,
                    unit=self._unit(submission.org_unit, submission),
                    owner=owner,
                    period=Period.parse(submission.period),
                    sections=_sections(form, part),
                    due_on=due_on,
                    late=due_on < self.clock.today(),
                )
            )
        return sorted(found, key=lambda one: one.due_on)

    def _due_on(self, owner: OrgUnit, form: Form, owed: Obligation) -> date:
        days_of = self.reviewer.reference.calendars(owed.opens_on)
        return part_day(owner, form, owed, self.obligations.round, days_of)

    def hand_in(self, actor: Actor, submission_id: str, key: str) -> None:
        """The part is done; its cells are locked until it is taken back."""
        with self.transaction():
            part = self._found(actor, submission_id, key, "hand_in")
            done = replace(
                part,
                state=PartState.HANDED_IN,
                handed_in_by=actor.account,
                handed_in_at=self.clock.now(),
            )
            self._write(actor, done, "part_handed_in")

    def take_back(self, actor: Actor, submission_id: str, key: str) -> None:
        """Open the part again, to be corrected; or wait for it again after all."""
        with self.transaction():
            part = self._found(actor, submission_id, key, "take_back")
            again = replace(
                part,
                state=PartState.OPEN,
                handed_in_by=None,
                handed_in_at=None,
                waived_by=None,
                waived_at=None,
                reason=None,
            )
            self._write(actor, again, "part_taken_back", {"from": str(part.state)})

    def waive(self, actor: Actor, submission_id: str, key: str, reason: str) -> None:
        """Pass the report on without this part; the filing unit may fill its cells itself.

        Raises:
            InputInvalid: no reason worth reading.
        """
        text = nfc(reason).strip()
        with self.transaction():
            part = self._found(actor, submission_id, key, "waive")
            if not SHORTEST_REASON <= len(text) <= LONGEST_REASON:
                raise InputInvalid(errors=[_fault("/reason", "reason")])
            waived = replace(
                part,
                state=PartState.WAIVED,
                waived_by=actor.account,
                waived_at=self.clock.now(),
                reason=text,
            )
            self._write(actor, waived, "part_waived", {"reason": text})

    def assign(self, actor: Actor, submission_id: str, key: str, assignee: str | None) -> None:
        """Give the part to one person of its unit, or back to all of them.

        Raises:
            InputInvalid: the person does not fill for that unit.
        """
        with self.transaction():
            part = self._found(actor, submission_id, key, "assign")
            if assignee is not None and assignee not in dict(self.colleagues(part.owner_unit)):
                raise InputInvalid(errors=[_fault("/assignee", "assignee")])
            if assignee != part.assignee:
                given = replace(part, assignee=assignee)
                self._write(actor, given, "part_assigned", {"assignee": assignee})

    def _found(self, actor: Actor, submission_id: str, key: str, action: str) -> Part:
        """The part, held, when *actor* may do *action* with it now."""
        self.submissions.hold(submission_id)
        submission = self.submissions.get(submission_id)
        around = self.reviewer.around(actor, submission)
        part = self._part(actor, submission, around, key)
        if part is None:
            raise NotFound(kind="part")
        if action not in _ever(part, submission.filing_unit, actor):
            raise AccessDenied(action=f"part_{action}")
        if not around.workflow.states[submission.state].editable:
            raise TransitionRefused(event=f"part_{action}", state=submission.state, never=False)
        if self.obligations.get(submission.obligation).is_shut(self.clock.today()):
            raise PeriodClosed(state="closed")
        if action not in _may(part, submission.filing_unit, actor):
            raise TransitionRefused(event=f"part_{action}", state=str(part.state), never=False)
        return part

    def _part(
        self, actor: Actor, submission: Submission, around: Surroundings, key: str
    ) -> Part | None:
        """The part of that key; a section of the filing unit becomes one when it is given away."""
        hands = self.reviewer.hands(actor, submission, around)
        for part in hands.parts:
            if part.key == key:
                return part
        for section in ownership_of(around.form).sections_of(UNIT):
            if key == f"{UNIT}.{section.key}":
                kept = {part.key: part for part in self.parts.parts(submission.id)}
                return kept.get(key) or Part(submission.id, key, submission.filing_unit)
        if key == UNIT:
            raise RequestInvalid(reason="part", path="/part")
        return None

    def _write(
        self, actor: Actor, part: Part, name: str, details: Mapping[str, object] | None = None
    ) -> None:
        self.parts.put(part)
        self.events.append(
            subject=f"submission/{part.submission}",
            name=f"submission.{name}",
            actor=actor.account,
            happened_at=self.clock.now(),
            details={"part": part.key, **(details or {})},
        )

    def _unit(self, unit_id: str, submission: Submission) -> OrgUnit:
        period = Period.parse(submission.period)
        return self.reviewer.reference.tree_of(unit_id, period).by_id[unit_id]


def _ever(part: Part, org_unit: str, actor: Actor) -> frozenset[str]:
    """What the actor may do with the part in one of its states."""
    units = actor.units(Role.REPORTER)
    found: set[str] = set()
    if part.owner_unit in units:
        found |= {"assign", "take_back"}
        if part.assignee in (None, actor.account):
            found.add("hand_in")
    if org_unit in units:
        found |= {"waive", "take_back"}
    return frozenset(found)


def _may(part: Part, org_unit: str, actor: Actor) -> tuple[str, ...]:
    """What the actor may do with the part as it is, the main action first."""
    if part.key == UNIT:
        return ()
    open_ = part.state is PartState.OPEN
    # Who waived it decides whether it is waited for again; its own people cannot undo that.
    waived = part.state is PartState.WAIVED
    now = {
        "hand_in": open_,
        "assign": open_,
        "waive": open_,
        "take_back": not open_ and (not waived or org_unit in actor.units(Role.REPORTER)),
    }
    ever = _ever(part, org_unit, actor)
    return tuple(action for action, fits in now.items() if fits and action in ever)


def _sections(form: Form, part: Part) -> tuple[Section, ...]:
    ownership = ownership_of(form)
    if part.section is not None:
        return tuple(one for one in form.layout.sections if one.key == part.section)
    return ownership.sections_of(part.key)


def _fault(path: str, code: str) -> Mapping[str, str]:
    return {"path": path, "code": code, "message": ""}
