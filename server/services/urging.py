"""Đôn đốc: the late units of a district or the province, and what people do about them by hand.

Reminders by plan are ``reminders``; here an officer writes, calls, copies a text for chat, prints a
letter, and each of these is kept beside what the system sent.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from server.core.access import Actor, Role
from server.core.directory import Contact
from server.core.due_date import due_in_words
from server.core.obligation import Obligation, ObligationState, Progress
from server.core.org_unit import Level, OrgUnit
from server.core.period import Period
from server.core.ports import LOCAL, Clock, Mail, NewId, Transaction
from server.core.reminder_plan import Addressee
from server.core.vietnamese import collation_key
from server.core.vietnamese_numbers import format_date
from server.errors import InputInvalid, NotFound
from server.hooks import Step
from server.services.reminder_recipients import Directory
from server.services.reminder_reports import DueReports
from server.services.sheets import unit_title
from server.storage.events import EventStore
from server.storage.mail import MailStore
from server.storage.obligations import ObligationStore
from server.storage.reminders import ReminderStore
from server.storage.urgings import Urging as Act
from server.storage.urgings import UrgingStore

LONGEST_TEXT = 2000
MOST_AT_ONCE = 500
_BATCH = 500
_URGED = frozenset({ObligationState.LATE, ObligationState.EXCUSED, ObligationState.RETURNED})
_UNSENT = (Progress.NONE, Progress.STARTED, Progress.RETURNED)
_TO: tuple[Addressee, ...] = ("unit", "responsible", "deputy")


@dataclass(frozen=True, slots=True)
class LateReport:
    """One late report with what was done about it so far."""

    obligation: Obligation
    unit: OrgUnit
    superior: str
    form: str
    period: str
    days_late: int
    state: ObligationState
    reminded: int
    reminded_at: datetime | None
    acts: tuple[Act, ...]

    @property
    def excused_until(self) -> date | None:
        """The last day of an extension that runs; such a report is late, but not urged."""
        extended = self.state is ObligationState.EXCUSED
        return self.obligation.excused_until if extended else None

    @property
    def last_call(self) -> Act | None:
        return next((act for act in self.acts if act.kind == "call"), None)


@dataclass(frozen=True, slots=True)
class Urged:
    """What became of urging several: mails written, reports skipped and why."""

    mails: int
    reports: int
    today: tuple[str, ...] = ()
    unreachable: tuple[str, ...] = ()
    excused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Urging:
    """Use cases of urging by hand."""

    store: UrgingStore
    reminders: ReminderStore
    obligations: ObligationStore
    mails: MailStore
    events: EventStore
    reports: DueReports
    directory: Callable[[date], Directory]
    transaction: Transaction
    clock: Clock
    new_id: NewId
    mail_domain: str
    _roles: tuple[Role, ...] = field(default=(Role.APPROVER, Role.SIGNER))

    def below(self, actor: Actor) -> frozenset[str]:
        """The units that the actor may urge: those below its own, in every epoch.

        An administrator keeps the system and does not speak for an office: who urges has a grant.
        """
        reference, found = self.reports.reviewer.reference, set[str]()
        for day in reference.epochs():
            tree = reference.tree(day)
            for unit in actor.units(*self._roles):
                found |= tree.below(unit) - {unit}
        return frozenset(found)

    def readable(self, actor: Actor) -> frozenset[str]:
        """The units whose log the actor may read: those it may urge, all for an administrator, and
        for a reader its own with all below.
        """
        reference, found = self.reports.reviewer.reference, set(self.below(actor))
        for day in reference.epochs():
            tree = reference.tree(day)
            if actor.is_admin:
                found |= tree.by_id.keys()
            for unit in actor.units(Role.READER):
                found |= tree.below(unit)
        return frozenset(found)

    def contacts(self, line: LateReport) -> list[Contact]:
        """Whom to call today at the unit that answers for a report, by the dated directory."""
        directory = self.reports.reviewer.reference.directory
        return directory.contacts([line.obligation.responsible_unit], self.clock.today())

    def late(
        self, actor: Actor, *, form: str | None = None, period: str | None = None
    ) -> list[LateReport]:
        """Late reports of the units below, the latest first, then by unit."""
        units, today = self.below(actor), self.clock.today()
        found: list[Obligation] = []
        after = None
        while units:
            batch = self.obligations.list_(
                form, units, period, progress=_UNSENT, open_only=True, after=after, limit=_BATCH
            )
            found += [
                one for one in batch if one.state(today) in _URGED and one.days_late(today) > 0
            ]
            if len(batch) < _BATCH:
                break
            after = batch[-1].id
        return self._lines(found)

    def of(self, actor: Actor, obligation_ids: Sequence[str]) -> list[LateReport]:
        """These reports, as far as the actor may urge them and they are still late."""
        wanted = set(obligation_ids[:MOST_AT_ONCE])
        return [line for line in self.late(actor) if line.obligation.id in wanted]

    def one(self, actor: Actor, obligation_id: str) -> LateReport:
        """One report with all that was done; ``NotFound`` when it is not late or not below."""
        found = self.of(actor, [obligation_id])
        if not found:
            raise NotFound(kind="obligation")
        return found[0]

    def urge(
        self, actor: Actor, obligation_ids: Sequence[str], text: str, *, again: bool = False
    ) -> Urged:
        """Write to the chosen late units, one mail to each address of a unit.

        A report that was urged today is left out unless *again* is said; one within its extension
        always.

        Raises:
            InputInvalid: no text, or too long.
        """
        said = _checked(text)
        today, now = self.clock.today(), self.clock.now()
        by_unit: dict[str, list[LateReport]] = {}
        excused: list[str] = []
        for line in self.of(actor, obligation_ids):
            if line.excused_until is not None:
                excused.append(line.unit.name)
            else:
                by_unit.setdefault(line.obligation.responsible_unit, []).append(line)
        directory, mails, reports = self.directory(today), 0, 0
        skipped: list[str] = []
        unreachable: list[str] = []
        step = Step("urging", today, _TO)
        for lines in by_unit.values():
            to = directory.of(lines[0].obligation, step)
            if not to:
                unreachable.append(lines[0].unit.name)
                continue
            with self.transaction():
                number = self.new_id()
                fresh = [
                    line
                    for line in lines
                    if self.store.add(
                        Act(
                            obligation=line.obligation.id,
                            kind="mail",
                            day=today,
                            text=said,
                            account=actor.account,
                            happened_at=now,
                            message_id=f"<urging.{number}.0@{self.mail_domain}>",
                        ),
                        again=again,
                    )
                ]
                skipped += [line.unit.name for line in lines if line not in fresh]
                if not fresh:
                    continue
                for place, one in enumerate(to):
                    mails += self.mails.add(
                        Mail(
                            f"<urging.{number}.{place}@{self.mail_domain}>",
                            one.recipient,
                            f"[Đôn đốc] {len(fresh)} báo cáo quá hạn"
                            if len(fresh) > 1
                            else f"[Đôn đốc] {_named(fresh[0])}",
                            _letter_text(one.name, said, fresh, actor.name),
                        ),
                        kind="urging",
                        obligation=fresh[0].obligation.id if len(fresh) == 1 else None,
                        step=None,
                        created_at=now,
                    )
                for line in fresh:
                    self._record(line.obligation.id, "mail", actor, {"recipients": len(to)})
                reports += len(fresh)
        return Urged(mails, reports, tuple(skipped), tuple(unreachable), tuple(excused))

    def note(
        self,
        actor: Actor,
        obligation_id: str,
        kind: str,
        text: str,
        promised_on: date | None = None,
    ) -> None:
        """Keep a telephone call (``call``) or a reminder by chat (``copied``), with its words."""
        if kind not in ("call", "copied"):
            raise InputInvalid(errors=[{"path": "/kind", "code": "unknown", "message": kind}])
        said = _checked(text)
        line = self.one(actor, obligation_id)
        with self.transaction():
            self.keep([line], kind, said, actor, promised_on=promised_on)

    def keep(
        self,
        lines: Sequence[LateReport],
        kind: str,
        text: str,
        actor: Actor,
        *,
        promised_on: date | None = None,
    ) -> None:
        """Write an act for each of these reports, however many there were today."""
        for line in lines:
            self.store.add(
                Act(
                    obligation=line.obligation.id,
                    kind=kind,
                    day=self.clock.today(),
                    text=text,
                    account=actor.account,
                    happened_at=self.clock.now(),
                    promised_on=promised_on,
                ),
                again=True,
            )
            details: dict[str, object] = {}
            if promised_on is not None:
                details["promised_on"] = promised_on.isoformat()
            self._record(line.obligation.id, kind, actor, details)

    def text_to_copy(self, actor: Actor, obligation_id: str) -> str:
        """ "Lời nhắc" for chat or the telephone, with all that is late of that unit.

        Of a report within its extension: what else of the unit is, with the days that it was given.
        """
        line = self.one(actor, obligation_id)
        unit, extended = line.obligation.responsible_unit, line.excused_until is not None
        lines = [
            one
            for one in self.late(actor)
            if one.obligation.responsible_unit == unit
            and (one.excused_until is not None) is extended
        ]
        listed = "\n".join(f"- {_named(one)}" for one in lines)
        until = " trong thời gian được gia hạn" if extended else ""
        return (
            f"Kính gửi {unit_title(line.unit)}. Đến hôm nay {format_date(self.clock.today())} "
            f"đơn vị chưa gửi:\n{listed}\n"
            f"Đề nghị đơn vị hoàn thành và gửi trên hệ thống{until}. {actor.name}"
        )

    def _lines(self, found: Collection[Obligation]) -> list[LateReport]:
        ids, today = [one.id for one in found], self.clock.today()
        acts: dict[str, list[Act]] = {}
        for start in range(0, len(ids), _BATCH):
            for act in self.store.of(ids[start : start + _BATCH]):
                acts.setdefault(act.obligation, []).append(act)
        sent = self.reminders.sent_counts(ids)
        lines = []
        for one in found:
            tree = self.reports.tree(one)
            district = tree.at_level(one.org_unit, Level.DISTRICT)
            reminded, at = sent.get(one.id, (0, None))
            lines.append(
                LateReport(
                    obligation=one,
                    unit=tree.by_id[one.org_unit],
                    superior="" if district is None else district.name,
                    form=self.reports.reviewer.catalogue.form(one.form).title,
                    period=Period.parse(one.period).title,
                    days_late=one.days_late(today),
                    state=one.state(today),
                    reminded=reminded,
                    reminded_at=at,
                    acts=tuple(acts.get(one.id, ())),
                )
            )
        return sorted(
            lines,
            key=lambda line: (-line.days_late, collation_key(line.unit.name), line.form),
        )

    def _record(self, obligation: str, kind: str, actor: Actor, details: dict[str, object]) -> None:
        self.events.append(
            subject=f"obligation/{obligation}",
            name=f"obligation.urged_by_{kind}",
            actor=actor.account,
            happened_at=self.clock.now(),
            details=details,
        )


def reminded_by_plan_on(line: LateReport) -> date | None:
    """The day of the last reminder that the system sent by plan, in Vietnam."""
    return line.reminded_at.astimezone(LOCAL).date() if line.reminded_at else None


def reminded_on(line: LateReport) -> date | None:
    """The day of the last reminder by plan or by mail, in Vietnam."""
    written = [act.happened_at for act in line.acts if act.kind == "mail"]
    moments = [*written[:1], *([line.reminded_at] if line.reminded_at else [])]
    return max(moments).astimezone(LOCAL).date() if moments else None


def _checked(text: str) -> str:
    said = text.strip()
    if not said or len(said) > LONGEST_TEXT:
        code = "missing" if not said else "too-long"
        raise InputInvalid(errors=[{"path": "/text", "code": code, "message": code}])
    return said


def _named(line: LateReport) -> str:
    due = due_in_words(line.obligation)
    period = line.period[:1].lower() + line.period[1:]
    late = f"đã quá hạn {line.days_late} ngày"
    if line.excused_until is not None:
        late = f"được gia hạn đến {format_date(line.excused_until)}"
    return f"{line.form}, {period}: hạn gửi {due}, {late}"


def _letter_text(name: str, said: str, lines: Sequence[LateReport], sender: str) -> str:
    listed = "\n".join(f"- {_named(line)}" for line in lines)
    who = " ".join(name.split())
    return f"Kính gửi: {who}.\n\n{said}\n\nBáo cáo chưa gửi:\n{listed}\n\n{sender}\n"
