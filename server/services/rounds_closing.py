"""Chốt số liệu: all approved reports of a round are closed in one act, or none.

Apart from ``approvals``, because a round holds a thousand reports and nobody reads each of them
again: what closing asks is in the workflow, and who closes has seen what is still open.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from server.core.access import Actor, Role
from server.core.event import Event
from server.core.form import Form
from server.core.obligation import Obligation, Progress, Round
from server.core.org_unit import Level, OrgUnit
from server.core.period import Period
from server.core.ports import Clock, Transaction
from server.core.submission import Submission
from server.core.workflow import Transition, Workflow
from server.errors import AccessDenied, GuardFailed, RequestInvalid, Stale, TransitionRefused
from server.services.approvals import Approvals
from server.services.circumstances import SHORTEST_REASON
from server.services.review import Reviewer
from server.storage.events import EventStore
from server.storage.obligations import ObligationStore
from server.storage.submissions import SubmissionStore

_BATCH = 500
_CLOSE = "close"


@dataclass(frozen=True, slots=True)
class OpenReport:
    """An expected report of the round that is not approved yet; *state*: its title, if started."""

    obligation: Obligation
    unit: OrgUnit
    form: Form
    state: str | None


@dataclass(frozen=True, slots=True)
class FormCount:
    """How the reports on one form stand."""

    form: Form
    ready: int
    closed: int
    open: int


@dataclass(frozen=True, slots=True)
class Closing:
    """A round as closing finds it; *ready* reports would be closed now."""

    round: Round
    ready: tuple[Submission, ...]
    open: tuple[OpenReport, ...]
    forms: tuple[FormCount, ...]
    past: tuple[Event, ...]

    @property
    def closed(self) -> int:
        return sum(one.closed for one in self.forms)


@dataclass(frozen=True, slots=True)
class RoundsClosing:
    """Use case of the head of the province."""

    submissions: SubmissionStore
    obligations: ObligationStore
    events: EventStore
    reviewer: Reviewer
    approvals: Approvals
    transaction: Transaction
    clock: Clock

    def may_close(self, actor: Actor) -> bool:
        """Whether *actor* heads a province today."""
        tree = self.reviewer.reference.tree(self.clock.today())
        return any(
            unit in tree.by_id and tree.by_id[unit].level is Level.PROVINCE
            for unit in actor.units(Role.SIGNER)
        )

    def rounds(self, actor: Actor) -> list[Round]:
        """The rounds that *actor* may close."""
        return list(self.obligations.rounds()) if self.may_close(actor) else []

    def summary(self, actor: Actor, round_id: str) -> Closing:
        """What closing would do now and what is still open.

        Raises:
            NotFound: no such round.
            AccessDenied: the actor heads no province.
        """
        found = self.obligations.round(round_id)
        if not self.may_close(actor):
            raise AccessDenied(action="close_round")
        started = self._started(found)
        ready: list[Submission] = []
        open_: list[OpenReport] = []
        counts: dict[str, Counter[str]] = {code: Counter() for code in found.forms}
        for owed in self._owed(round_id):
            submission = started.get(owed.submission or "")
            count = counts.setdefault(owed.form, Counter())
            if submission is not None and self._closing_move(submission) is not None:
                ready.append(submission)
                count["ready"] += 1
            elif owed.progress is Progress.FINAL:
                count["closed"] += 1
            elif not owed.closed:
                open_.append(self._open(owed, submission))
                count["open"] += 1
        catalogue = self.reviewer.catalogue
        return Closing(
            round=found,
            ready=tuple(ready),
            open=tuple(open_),
            forms=tuple(
                FormCount(catalogue.form(code), one["ready"], one["closed"], one["open"])
                for code, one in counts.items()
            ),
            past=tuple(
                event
                for event in self.events.of(f"round/{round_id}")
                if event.name == "round.closed"
            ),
        )

    def close(
        self,
        actor: Actor,
        round_id: str,
        *,
        expected: int,
        exceptions: Collection[str] = (),
        note: str = "",
    ) -> int:
        """Close every report that waits for it; *exceptions*: the expected reports left open.

        *expected* is how many the summary said, so that nothing is closed unseen.

        Returns: how many were closed.

        Raises:
            GuardFailed: something is open and not named as an exception.
            RequestInvalid: an exception without a note, or one that is not open.
            Stale: other reports are ready than the summary said.
            TransitionRefused: the workflow of a report does not let this actor close it.
        """
        with self.transaction():
            closing = self.summary(actor, round_id)
            waiting = {one.obligation.id for one in closing.open}
            unnamed = waiting - set(exceptions)
            if unnamed:
                raise GuardFailed(guard="round_complete", obligations=sorted(unnamed))
            if not waiting.issuperset(exceptions):
                raise RequestInvalid(reason="exceptions", path="/exceptions")
            if waiting and len(note.strip()) < SHORTEST_REASON:
                raise RequestInvalid(reason="note", path="/note")
            if len(closing.ready) != expected:
                raise Stale(kind="round", current={"ready": len(closing.ready)})
            if not closing.ready:
                raise RequestInvalid(reason="nothing-to-close", path="/expected")
            digests = self._digests(closing.ready)
            for submission in closing.ready:
                self._close(actor, submission, round_id, digests)
            self.events.append(
                subject=f"round/{round_id}",
                name="round.closed",
                actor=actor.account,
                happened_at=self.clock.now(),
                details={
                    "closed": len(closing.ready),
                    "exceptions": sorted(waiting),
                    "note": note.strip(),
                },
            )
        return len(closing.ready)

    def _close(
        self, actor: Actor, submission: Submission, round_id: str, digests: Mapping[str, str]
    ) -> None:
        transition = self._closing_move(submission)
        assert transition is not None  # it was found ready a moment ago
        if transition.guards or transition.when or transition.input or transition.signatures > 1:
            self.approvals.decide(actor, submission.id, _CLOSE, seen=submission.edit)
            return
        form = self.reviewer.catalogue.form(submission.form, submission.version)
        tree = self.reviewer.reference.tree_of(submission.org_unit, Period.parse(submission.period))
        move = self._workflow(submission).fire(
            _CLOSE,
            state=submission.state,
            actor=actor.within(form.code),
            places=self.reviewer.places(form, submission.org_unit, tree),
        )
        if not self._workflow(submission).states[move.target].final:
            raise TransitionRefused(event=_CLOSE, state=submission.state, never=False)
        now = self.clock.now()
        self.submissions.move(submission, state=move.target, by=actor.account, at=now)
        details: dict[str, object] = {
            "from": move.source,
            "to": move.target,
            "edit": submission.edit,
            "revision": submission.revision,
            "round": round_id,
        }
        if submission.id in digests:
            details["digest"] = digests[submission.id]
        self.events.append(
            subject=f"submission/{submission.id}",
            name=f"submission.{_CLOSE}",
            actor=actor.account,
            happened_at=now,
            details=details,
        )

    def _closing_move(self, submission: Submission) -> Transition | None:
        return next(
            (
                move
                for move in self._workflow(submission).transitions
                if move.event == _CLOSE and submission.state in move.sources
            ),
            None,
        )

    def _workflow(self, submission: Submission) -> Workflow:
        return self.reviewer.catalogue.workflow(submission.workflow, submission.workflow_version)

    def _open(self, owed: Obligation, submission: Submission | None) -> OpenReport:
        tree = self.reviewer.reference.tree_of(owed.org_unit, Period.parse(owed.period))
        state = None
        if submission is not None:
            state = self._workflow(submission).states[submission.state].title
        form = self.reviewer.catalogue.form(owed.form)
        return OpenReport(owed, tree.by_id[owed.org_unit], form, state)

    def _owed(self, round_id: str) -> list[Obligation]:
        found: list[Obligation] = []
        after = None
        while batch := self.obligations.list_(round=round_id, after=after, limit=_BATCH):
            found += batch
            after = batch[-1].id
        return found

    def _started(self, round_: Round) -> dict[str, Submission]:
        found: dict[str, Submission] = {}
        after = None
        while batch := self.submissions.list_(period=round_.period, after=after, limit=_BATCH):
            found |= {one.id: one for one in batch if one.round == round_.id}
            after = batch[-1].id
        return found

    def _digests(self, ready: Sequence[Submission]) -> dict[str, str]:
        found: dict[str, str] = {}
        for at in range(0, len(ready), _BATCH):
            ids = [one.id for one in ready[at : at + _BATCH]]
            latest = self.submissions.latest_revisions(ids)
            found |= {key: one.digest for key, one in latest.items()}
        return found
