"""What is owed, for those who may know of it, and more time for it.

Opening rounds is ``rounds``, the list of one's own work ``work``, asking for time ``extensions``.
"""

from dataclasses import dataclass
from datetime import date

from server.core.access import OWN_UNIT_ROLES, Actor, Role
from server.core.obligation import Obligation, ObligationState, Round
from server.core.org_unit import Tree
from server.core.period import Period
from server.core.ports import Clock, NewId, Transaction
from server.errors import AccessDenied, NotFound, RequestInvalid
from server.services.page import Page
from server.services.periods import asked_period
from server.services.review import Reviewer
from server.storage.events import EventStore
from server.storage.obligations import ObligationStore


@dataclass(frozen=True, slots=True)
class Obligations:
    """Use cases around expected reports."""

    obligations: ObligationStore
    events: EventStore
    reviewer: Reviewer
    transaction: Transaction
    clock: Clock
    new_id: NewId

    def list_(
        self,
        actor: Actor,
        *,
        form: str | None = None,
        org_unit: str | None = None,
        period: str | None = None,
        state: str | None = None,
        after: str | None = None,
        limit: int = 100,
    ) -> Page[Obligation]:
        """Expected reports in scope; *state* is the state of today."""
        if state is not None and state not in set(ObligationState):
            raise RequestInvalid(reason="state", path="/state")
        units = self._in_scope(actor, org_unit, period)
        today = self.clock.today()
        found: list[Obligation] = []
        while len(found) <= limit:
            batch = self.obligations.list_(
                form=form, org_units=units, period=period, after=after, limit=500
            )
            found += [item for item in batch if state is None or str(item.state(today)) == state]
            if len(batch) < 500:  # noqa: PLR2004 - a short batch is the last one
                break
            after = batch[-1].id
        return Page.cut(found[: limit + 1], limit)

    def get(self, actor: Actor, obligation_id: str) -> Obligation:
        """One expected report; its people are those who see its unit, and who answer for it."""
        obligation = self.obligations.get(obligation_id)
        if not self.reaches(actor, obligation):
            raise NotFound(kind="obligation")
        return obligation

    def reaches(self, actor: Actor, obligation: Obligation) -> bool:
        """Whether that expected report exists for the actor."""
        if obligation.responsible_unit in actor.units(*OWN_UNIT_ROLES):
            return True
        unit, tree = obligation.org_unit, self._tree(obligation)
        return self.reviewer.scope.covers(actor, unit, tree)

    def rounds(self) -> list[Round]:
        return list(self.obligations.rounds())

    def may_excuse(self, actor: Actor, obligation: Obligation) -> bool:
        """Whether the actor approves for a unit above the report's."""
        try:
            self.excuses(actor, obligation)
        except AccessDenied:
            return False
        return True

    def excuses(self, actor: Actor, obligation: Obligation) -> dict[str, str]:
        """What the event row says of in whose name the actor decides on more time.

        Raises:
            AccessDenied: the actor approves for no unit above the report's.
        """
        actor = actor.within(obligation.form)
        above = {unit.id for unit in self._tree(obligation).ancestors(obligation.org_unit)}
        above.discard(obligation.org_unit)
        if actor.is_admin:
            return {}
        if above.isdisjoint(actor.units(Role.APPROVER)):
            raise AccessDenied(action="excuse")
        principal = actor.stands_for(Role.APPROVER, above)
        return {} if principal is None else {"on_behalf_of": principal}

    def excuse(self, actor: Actor, obligation_id: str, *, until: date, reason: str) -> None:
        """Grant an extension: the report still counts as late, excused until that day."""
        with self.transaction():
            obligation = self.get(actor, obligation_id)
            behalf = self.excuses(actor, obligation)
            self.obligations.excuse(obligation_id, until, reason)
            self.events.append(
                subject=f"obligation/{obligation_id}",
                name="obligation.excused",
                actor=actor.account,
                happened_at=self.clock.now(),
                details={"until": until.isoformat(), "reason": reason, **behalf},
            )

    def days_late(self, obligation: Obligation) -> int:
        """Days past the due date in local days; counts to the sending once it was sent."""
        return obligation.days_late(self.clock.today(), obligation.sent_on)

    def _tree(self, obligation: Obligation) -> Tree:
        period = Period.parse(obligation.period)
        return self.reviewer.reference.tree_of(obligation.org_unit, period)

    def _in_scope(
        self, actor: Actor, org_unit: str | None, period: str | None
    ) -> frozenset[str] | None:
        span = None if period is None else asked_period(period)
        units = self.reviewer.scope.visible(actor, span)
        if org_unit is None:
            return units
        if units is not None and org_unit not in units:
            raise NotFound(kind="org_unit")
        if span is not None:
            below = self.reviewer.scope.below(actor, org_unit, span)
        else:
            below = self.reviewer.reference.tree(self.clock.today()).below(org_unit)
        return below if units is None else units & below
