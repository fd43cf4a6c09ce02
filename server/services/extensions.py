"""Extensions: a unit asks for more time for one report, the office above grants a day or refuses.

Granting is ``Obligations.excuse``: the report opens until that day and closes itself again, and its
timeliness still counts against the original date.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

from server.core.access import Actor, Role
from server.core.due_date import DueDate, Source
from server.core.extension import ExtensionRequest, ExtensionState, is_reason, latest_day
from server.core.form import Form
from server.core.obligation import Obligation, Progress
from server.core.org_unit import OrgUnit
from server.core.period import Period
from server.core.ports import Clock, NewId, Transaction
from server.core.vietnamese import nfc
from server.errors import AccessDenied, Conflict, InputInvalid, NotFound
from server.services.obligations import Obligations
from server.services.review import Reviewer
from server.storage.events import EventStore
from server.storage.extensions import ExtensionStore

#: A returned report follows the day of its return.
_UNSENT = (Progress.NONE, Progress.STARTED)
_LAST = 20


@dataclass(frozen=True, slots=True)
class ExtensionView:
    """A request with the report it is about, as one reader sees it."""

    request: ExtensionRequest
    obligation: Obligation
    form: Form
    unit: OrgUnit
    period: Period
    may_decide: bool
    latest: date


@dataclass(frozen=True, slots=True)
class Extensions:
    """Use cases of more time."""

    store: ExtensionStore
    obligations: Obligations
    events: EventStore
    reviewer: Reviewer
    transaction: Transaction
    clock: Clock
    new_id: NewId

    def about(self, actor: Actor, obligation_id: str) -> Obligation:
        """What is owed, to somebody who may know of it; ``NotFound`` else."""
        return self.obligations.get(actor, obligation_id)

    def may_ask(self, actor: Actor, obligation: Obligation) -> bool:
        """Whether the actor's unit answers for the report and it can still use more time."""
        own = actor.units(Role.REPORTER, Role.SIGNER)
        return (
            obligation.responsible_unit in own
            and not obligation.closed
            and obligation.progress in _UNSENT
            and obligation.opens_on <= self.clock.today()
        )

    def of(self, obligations: Collection[str]) -> dict[str, list[ExtensionRequest]]:
        """The requests of these expected reports, the oldest first."""
        found: dict[str, list[ExtensionRequest]] = {}
        for request in self.store.of(obligations):
            found.setdefault(request.obligation, []).append(request)
        return found

    def reported(self, request_id: str) -> Obligation:
        """What the request of that id is about."""
        return self.obligations.obligations.get(self.store.get(request_id).obligation)

    def latest(self, obligation: Obligation) -> date:
        """The last day until which more time can be given."""
        return latest_day(obligation, self.clock.today())

    def working(self, obligation: Obligation, asked: date) -> DueDate:
        """That day, or the next on which the unit works, with why it moved."""
        days_of = self.reviewer.reference.calendars(asked)
        return DueDate.of(asked, days_of(obligation.responsible_unit), Source.ROUND)

    def ask(
        self, actor: Actor, obligation_id: str, *, until: date, reason: str
    ) -> ExtensionRequest:
        """Ask for more time, until a day after the due date and after today, at most ``latest``.

        A day off is moved to the next working day, as every date is.

        Raises:
            NotFound, AccessDenied: not a report that the actor's unit answers for.
            InputInvalid: no reason worth reading, or a day that gives no time or too much.
            Conflict: a request waits already, or the report needs no more time.
        """
        text = nfc(reason).strip()
        with self.transaction():
            obligation = self.obligations.get(actor, obligation_id)
            if obligation.responsible_unit not in actor.units(Role.REPORTER, Role.SIGNER):
                raise AccessDenied(action="ask_extension")
            if not self.may_ask(actor, obligation):
                raise Conflict(kind="obligation", id=obligation_id)
            until = self._day(obligation, until, text, "/reason")
            request = ExtensionRequest(
                id=self.new_id(),
                obligation=obligation_id,
                asked_until=until,
                reason=text,
                asked_by=actor.account,
                asked_at=self.clock.now(),
            )
            self.store.add(request)
            details = {"request": request.id, "until": until.isoformat(), "reason": text}
            self._record(actor, request, "extension_asked", details)
        return request

    def withdraw(self, actor: Actor, request_id: str) -> None:
        """Take a request back that nobody has answered."""
        with self.transaction():
            request = self.store.get(request_id)
            obligation = self.obligations.get(actor, request.obligation)
            if obligation.responsible_unit not in actor.units(Role.REPORTER, Role.SIGNER):
                raise AccessDenied(action="withdraw_extension")
            self._decide(actor, request, ExtensionState.WITHDRAWN)
            self._record(actor, request, "extension_withdrawn", {"request": request.id})

    def grant(
        self, actor: Actor, request_id: str, *, until: date, answer: str = ""
    ) -> ExtensionRequest:
        """Give time until that day, or the next working day; it may be another than was asked for.

        Raises:
            AccessDenied: the actor approves for no unit above.
            InputInvalid: a day that gives no time, or is after ``latest``.
            Conflict: the request was answered meanwhile.
        """
        text = nfc(answer).strip()
        with self.transaction():
            request = self.store.get(request_id)
            obligation = self.obligations.get(actor, request.obligation)
            until = self._day(obligation, until, request.reason, "/until")
            self._decide(actor, request, ExtensionState.GRANTED, until=until, answer=text or None)
            # It checks the right and leaves the event row of which the unit is told.
            self.obligations.excuse(actor, obligation.id, until=until, reason=request.reason)
        return replace(request, state=ExtensionState.GRANTED, until=until)

    def refuse(self, actor: Actor, request_id: str, *, reason: str) -> None:
        """Give no time, and say why."""
        text = nfc(reason).strip()
        with self.transaction():
            request = self.store.get(request_id)
            obligation = self.obligations.get(actor, request.obligation)
            behalf = self.obligations.excuses(actor, obligation)
            if not is_reason(text):
                raise InputInvalid(errors=[_fault("/reason", "reason")])
            self._decide(actor, request, ExtensionState.REFUSED, answer=text)
            details = {"request": request.id, "reason": text, **behalf}
            self._record(actor, request, "extension_refused", details)

    def waiting(self, actor: Actor) -> list[ExtensionView]:
        """Requests that the actor may answer, the oldest first."""
        found = self._views(actor, self.store.open())
        return [one for one in found if one.may_decide]

    def answered(self, actor: Actor) -> list[ExtensionView]:
        """The last requests of units in the actor's scope that have an answer."""
        return self._views(actor, self.store.decided(_LAST))

    def _views(self, actor: Actor, requests: Sequence[ExtensionRequest]) -> list[ExtensionView]:
        found = []
        for request in requests:
            try:
                obligation = self.obligations.get(actor, request.obligation)
            except NotFound:
                continue  # of a unit that the actor does not see
            period = Period.parse(obligation.period)
            tree = self.reviewer.reference.tree_of(obligation.org_unit, period)
            found.append(
                ExtensionView(
                    request=request,
                    obligation=obligation,
                    form=self.reviewer.catalogue.form(obligation.form),
                    unit=tree.by_id[obligation.org_unit],
                    period=period,
                    may_decide=self.obligations.may_excuse(actor, obligation),
                    latest=self.latest(obligation),
                )
            )
        return found

    def _day(self, obligation: Obligation, until: date, reason: str, path: str) -> date:
        """The working day that *until* stands for, once it is a day that can be given."""
        faults = []
        if not is_reason(reason):
            faults.append(_fault(path, "reason"))
        if until < self.clock.today() or until <= obligation.due_on:
            faults.append(_fault("/until", "past"))
        elif until > self.latest(obligation):
            faults.append(_fault("/until", "too-far"))
        if faults:
            raise InputInvalid(errors=faults)
        return self.working(obligation, until).on

    def _decide(
        self,
        actor: Actor,
        request: ExtensionRequest,
        state: ExtensionState,
        *,
        until: date | None = None,
        answer: str | None = None,
    ) -> None:
        done = self.store.decide(
            request.id, state, by=actor.account, at=self.clock.now(), until=until, answer=answer
        )
        if not done:
            raise Conflict(kind="extension", id=request.id)

    def _record(
        self, actor: Actor, request: ExtensionRequest, name: str, details: dict[str, str]
    ) -> None:
        self.events.append(
            subject=f"obligation/{request.obligation}",
            name=f"obligation.{name}",
            actor=actor.account,
            happened_at=self.clock.now(),
            details=details,
        )


def _fault(path: str, code: str) -> dict[str, str]:
    return {"path": path, "code": code, "message": ""}
