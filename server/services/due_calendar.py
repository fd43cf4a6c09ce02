"""Lịch hạn gửi: which reports must leave their units on which day, for clerks and for approvers."""

from dataclasses import dataclass
from datetime import date

from server.core.access import OWN_UNIT_ROLES, Actor
from server.core.form import Form
from server.core.obligation import Obligation, ObligationState
from server.core.org_unit import OrgUnit
from server.core.period import Period
from server.core.ports import Clock
from server.core.vietnamese import collation_key
from server.services.catalogue import Catalogue
from server.services.reference import Reference
from server.services.scope import Scope
from server.storage.obligations import ObligationStore


@dataclass(frozen=True, slots=True)
class DueReport:
    """One report with the day by which it must leave; *own*: the reader's unit answers for it."""

    obligation: Obligation
    on: date
    form: Form
    period: Period
    unit: OrgUnit
    state: ObligationState
    own: bool

    @property
    def done(self) -> bool:
        """Whether nothing more is to be sent: it has left its unit, or was closed."""
        return self.state in (
            ObligationState.SUBMITTED,
            ObligationState.APPROVED,
            ObligationState.CLOSED,
        )


@dataclass(frozen=True, slots=True)
class DueCalendar:
    """Use cases of looking at due dates."""

    obligations: ObligationStore
    catalogue: Catalogue
    reference: Reference
    scope: Scope
    clock: Clock

    def between(self, actor: Actor, first: date, last: date) -> list[DueReport]:
        """What is due between these days: of the actor's own units, and of those in scope."""
        own, visible = actor.units(*OWN_UNIT_ROLES), self.scope.visible(actor)
        concerning = None if visible is None else visible | own
        if concerning is not None and not concerning:
            return []
        today, tree_of = self.clock.today(), self.reference.trees_of()
        forms = {form.code: form for form in self.catalogue.forms()}
        found = []
        for one in self.obligations.between(first, last, concerning):
            if not first <= one.deadline <= last:
                continue
            period = Period.parse(one.period)
            if one.form not in forms:
                forms[one.form] = self.catalogue.form(one.form)
            found.append(
                DueReport(
                    obligation=one,
                    on=one.deadline,
                    form=forms[one.form],
                    period=period,
                    unit=tree_of(one.org_unit, period).by_id[one.org_unit],
                    state=one.state(today),
                    own=one.responsible_unit in own,
                )
            )
        return sorted(
            found,
            key=lambda due: (
                due.on,
                not due.own,
                collation_key(due.form.title),
                due.form.code,
                due.period,
                collation_key(due.unit.name),
                due.obligation.id,
            ),
        )
