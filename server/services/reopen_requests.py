"""Đề nghị mở lại: the unit asks for its final report back; those who may reopen it see who asked.

A request is an event of the report and moves nothing; its reason stands with the event's personal
values. It ends with the reopening itself, or with the reason why the report stays closed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from server.core.access import Actor, Role
from server.core.event import Event
from server.core.ports import Clock, Transaction
from server.core.reopen_request import (
    ASKED,
    REFUSED,
    REOPEN,
    ReopenRequest,
    is_askable,
    is_reason,
    unanswered,
)
from server.core.submission import Submission
from server.core.vietnamese import nfc
from server.core.workflow import Move
from server.errors import (
    AccessDenied,
    Conflict,
    InputInvalid,
    NotFound,
    ReopenAsked,
    TransitionRefused,
)
from server.services.accounts import Accounts
from server.services.delegations import stands_for
from server.services.review import Reviewer, SubmissionView
from server.storage.events import EventStore
from server.storage.submissions import SubmissionStore


@dataclass(frozen=True, slots=True)
class Reopening:
    """What one reader sees of it: the request that waits, and what the reader may do about it."""

    request: ReopenRequest | None
    may_ask: bool
    may_reopen: bool


def reopening_move(view: SubmissionView) -> Move | None:
    """The move by which the reader of *view* may reopen the report now."""
    return next((move for move in view.moves if move.event == REOPEN), None)


def may_reopen(reviewer: Reviewer, actor: Actor, submission: Submission) -> bool:
    """Whether *actor* knows of the report and its workflow offers them the reopening now."""
    try:
        return reopening_move(reviewer.view(actor, submission)) is not None
    except NotFound:
        return False


@dataclass(frozen=True, slots=True)
class ReopenRequests:
    """Use cases of the unit that asks and of those who answer."""

    submissions: SubmissionStore
    events: EventStore
    reviewer: Reviewer
    accounts: Accounts
    transaction: Transaction
    clock: Clock

    def about(self, actor: Actor, view: SubmissionView) -> Reopening | None:
        """What *actor* has to do with reopening the report; None where nothing."""
        if not is_askable(view.workflow, view.submission.state):
            return None
        own, decides = _is_own(actor, view), reopening_move(view) is not None
        if not own and not decides:
            return None
        request = self.waiting(view.submission.id)
        return Reopening(request, own and not decides and request is None, decides)

    def waiting(self, submission_id: str) -> ReopenRequest | None:
        """The request that waits for an answer; whether the report is locked is not asked."""
        event = unanswered(self.events.of(f"submission/{submission_id}"))
        return None if event is None else self._request(event)

    def reasons(self, history: Sequence[Event]) -> dict[str, str]:
        """The texts of the requests and answers of a history, by the ids of their events."""
        named = [event.id for event in history if event.name in (ASKED, REFUSED)]
        return {
            event_id: str(held.get("text", ""))
            for event_id, held in self.events.personal(named).items()
        }

    def ask(self, actor: Actor, submission_id: str, *, reason: str) -> ReopenRequest:
        """Ask for the report to be reopened.

        Raises:
            NotFound, AccessDenied: out of scope; a report that the actor's unit does not send.
            TransitionRefused: the report is not locked, nobody could reopen it, or the actor can.
            ReopenAsked: a request waits already.
            InputInvalid: no reason worth reading.
        """
        text = _cleaned(reason)
        with self.transaction():
            view = self._held(actor, submission_id)
            if not _is_own(actor, view):
                raise AccessDenied(action="ask_reopen")
            state = view.submission.state
            if not is_askable(view.workflow, state) or reopening_move(view) is not None:
                raise TransitionRefused(event=REOPEN, state=state)
            if (earlier := self.waiting(submission_id)) is not None:
                raise ReopenAsked(
                    current={
                        "id": earlier.id,
                        "by": earlier.asked_by,
                        "by_name": self.accounts.name_of(earlier.asked_by),
                        "at": earlier.asked_at.isoformat(),
                    }
                )
            _require_reason(text)
            return self._request(self._record(actor, view, ASKED, text, _behalf(actor, view)))

    def refuse(self, actor: Actor, submission_id: str, *, reason: str) -> None:
        """Leave the report closed, and tell the unit why.

        Raises:
            NotFound, AccessDenied: out of scope; the actor may not reopen the report.
            Conflict: no request waits any more.
            InputInvalid: no reason worth reading.
        """
        text = _cleaned(reason)
        with self.transaction():
            view = self._held(actor, submission_id)
            move = reopening_move(view)
            if move is None:
                raise AccessDenied(action="refuse_reopen")
            if self.waiting(submission_id) is None:
                raise Conflict(kind="reopen_request", id=submission_id)
            _require_reason(text)
            self._record(actor, view, REFUSED, text, stands_for(actor, view, move))

    def _held(self, actor: Actor, submission_id: str) -> SubmissionView:
        """The report, held so that two requests never cross each other or a move."""
        self.submissions.hold(submission_id)
        return self.reviewer.view(actor, self.submissions.get(submission_id))

    def _record(
        self, actor: Actor, view: SubmissionView, name: str, text: str, principal: str | None
    ) -> Event:
        submission = view.submission
        details: dict[str, object] = {"state": submission.state, "edit": submission.edit}
        if principal is not None:
            details["on_behalf_of"] = principal
        return self.events.append(
            subject=f"submission/{submission.id}",
            name=name,
            actor=actor.account,
            happened_at=self.clock.now(),
            details=details,
            personal={"text": text},
        )

    def _request(self, event: Event) -> ReopenRequest:
        principal = event.details.get("on_behalf_of")
        return ReopenRequest(
            id=event.id,
            submission=event.subject.removeprefix("submission/"),
            asked_by=event.actor,
            asked_at=event.happened_at,
            reason=self.reasons([event]).get(event.id, ""),
            on_behalf_of=principal if isinstance(principal, str) else None,
        )


def _is_own(actor: Actor, view: SubmissionView) -> bool:
    """Whether the actor fills or signs for the unit that sends the report."""
    own = actor.within(view.form.code).units(Role.REPORTER, Role.SIGNER)
    return view.submission.filing_unit in own


def _behalf(actor: Actor, view: SubmissionView) -> str | None:
    """In whose name the actor speaks for the unit; None for in the actor's own."""
    if _is_own(actor.handed_by(None), view):
        return None
    found = (one for one in actor.principals if _is_own(actor.handed_by(one), view))
    return next(found, None)


def _cleaned(reason: str) -> str:
    return nfc(reason.replace("\r\n", "\n")).strip()


def _require_reason(text: str) -> None:
    if not is_reason(text):
        raise InputInvalid(errors=[{"path": "/reason", "code": "reason", "message": ""}])
