"""The log of reminders of a unit as evidence: who was told what when, and what the server said."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from server.core.access import Actor
from server.core.obligation import Obligation
from server.core.org_unit import OrgUnit
from server.core.period import Period
from server.core.vietnamese import collation_key
from server.errors import NotFound
from server.services.reminder_days import fate, fate_of
from server.services.urging import Urging
from server.storage.mail import StoredMail

_BATCH = 500


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """One thing that was done, or held back, for one report.

    *way* is a channel, or ``call``, ``copied``, ``letter`` of an officer; *outcome* is ``sent``,
    ``waiting``, ``dead``, ``bounced``, ``noted``, or the reason why nothing went out.
    """

    obligation: Obligation
    unit: OrgUnit
    form: str
    period: str
    way: str
    outcome: str
    at: datetime
    step: str | None = None
    addressee: str | None = None
    recipient: str | None = None
    response: str = ""
    text: str = ""
    by: str | None = None


@dataclass(frozen=True, slots=True)
class UrgingEvidence:
    """Use case of reading the log."""

    urging: Urging

    def of(self, actor: Actor, obligation_id: str) -> list[EvidenceLine]:
        """The log of one report that the actor may read, the newest first."""
        obligation = self.urging.obligations.get(obligation_id)
        if obligation.org_unit not in self.urging.readable(actor):
            raise NotFound(kind="obligation")
        return self._of([obligation])

    def units(self, actor: Actor) -> list[OrgUnit]:
        """The units whose log the actor may read, also those that have ended, by name."""
        reference = self.urging.reports.reviewer.reference
        found = [reference.unit(unit) for unit in self.urging.readable(actor)]
        return sorted(found, key=lambda unit: (collation_key(unit.name), unit.code))

    def all(
        self,
        actor: Actor,
        *,
        unit: str | None = None,
        form: str | None = None,
        period: str | None = None,
    ) -> Iterable[EvidenceLine]:
        """The log of every report that the actor may read, or of one unit's, report by report."""
        units = self.urging.readable(actor)
        if unit is not None:
            units &= {unit}
        after = None
        while units:
            batch = self.urging.obligations.list_(form, units, period, after=after, limit=_BATCH)
            yield from self._of(batch)
            if len(batch) < _BATCH:
                return
            after = batch[-1].id

    def _of(self, obligations: Sequence[Obligation]) -> list[EvidenceLine]:
        ids = [one.id for one in obligations]
        deliveries = self.urging.reminders.deliveries(obligations=ids)
        acts = self.urging.store.of(ids)
        named = [one.message_id for one in deliveries] + [act.message_id for act in acts]
        mails = self.urging.mails.many({number for number in named if number})
        lines: dict[str, list[EvidenceLine]] = {id_: [] for id_ in ids}
        places = {one.id: self._place(one) for one in obligations}
        for one in deliveries:
            mail = mails.get(one.message_id or "")
            lines[one.obligation].append(
                EvidenceLine(
                    *places[one.obligation],
                    way=one.channel,
                    outcome=fate(one, mail),
                    at=(mail.sent_at if mail else None) or one.settled_at or one.taken_at,
                    step=one.step,
                    addressee=one.addressee,
                    recipient=one.recipient,
                    response=_said(mail),
                )
            )
        for act in acts:
            mail = mails.get(act.message_id or "")
            promised = f" ({act.promised_on:%d/%m/%Y})" if act.promised_on else ""
            lines[act.obligation].append(
                EvidenceLine(
                    *places[act.obligation],
                    way="urging" if act.kind == "mail" else act.kind,
                    outcome=fate_of(mail) if mail else "noted",
                    at=act.happened_at,
                    recipient=mail.mail.recipient if mail else None,
                    response=_said(mail),
                    text=act.text + promised,
                    by=act.account,
                )
            )
        return [
            line
            for id_ in ids
            for line in sorted(lines[id_], key=lambda line: line.at, reverse=True)
        ]

    def _place(self, obligation: Obligation) -> tuple[Obligation, OrgUnit, str, str]:
        reports = self.urging.reports
        form = reports.reviewer.catalogue.form(obligation.form)
        period = Period.parse(obligation.period)
        return obligation, reports.unit(obligation), form.title, period.title


def _said(mail: StoredMail | None) -> str:
    """The server's last word about a mail."""
    if mail is None:
        return ""
    return mail.returned_why or mail.error or mail.response or ""
