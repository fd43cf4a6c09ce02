"""Reminders kept: plans by version, deliveries, the gate against a wrong clock."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from server.core.json_text import dumps
from server.core.obligation import Obligation
from server.core.reminder_claim import Claim
from server.errors import Stale
from server.storage.database import Database
from server.storage.fields import day, day_of, day_text, instant, instant_of, instant_text
from server.storage.obligations import ObligationStore
from server.storage.searching import marks

#: The plan of every form that has none of its own.
EVERY_FORM = "*"
#: A delivery that waits for the next digest of its recipient, and one that went out.
WAITING, SENT = "waiting", "sent"
#: Steps of parts, which another unit gets (``core.reminder_claim``).
OF_A_PART = "%@%"


@dataclass(frozen=True, slots=True)
class KeptPlan:
    """One version of a plan; ``plan`` is a JSON document, ``None`` for "as the plugin has it"."""

    form: str
    version: int
    plan: dict[str, object] | None
    changed_by: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Delivery:
    """Somebody who is to get a step of an obligation, and what became of it."""

    obligation: str
    step: str
    rule: str
    planned_on: date
    addressee: str | None
    account: str | None
    name: str | None
    recipient: str | None
    channel: str
    language: str
    taken_at: datetime
    outcome: str = WAITING
    settled_at: datetime | None = None
    message_id: str | None = None
    id: int = 0


@dataclass(frozen=True, slots=True)
class Gate:
    """The last planned day, and the later day that waits until a person says it is right."""

    day: date
    held_day: date | None
    held_at: datetime | None


_DELIVERY = (
    "id, obligation_id, step, rule, planned_on, addressee, account_id, name, recipient, channel,"
    " language, taken_at, outcome, settled_at, message_id"
)


class ReminderStore:
    """Plans, deliveries and the gate."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._obligations = ObligationStore(database)

    # Plans

    def plans(self) -> dict[str, KeptPlan]:
        """The newest version of every form's plan."""
        rows = self._database.rows(
            "SELECT form, version, plan, changed_by, changed_at FROM reminder_plan p"
            " WHERE version = (SELECT MAX(version) FROM reminder_plan q WHERE q.form = p.form)"
        )
        return {kept.form: kept for kept in map(_plan, rows)}

    def history(self, form: str) -> list[KeptPlan]:
        """All versions of one form's plan, the newest first."""
        rows = self._database.rows(
            "SELECT form, version, plan, changed_by, changed_at FROM reminder_plan"
            " WHERE form = ? ORDER BY version DESC",
            (form,),
        )
        return [_plan(row) for row in rows]

    def put_plan(
        self, form: str, plan: dict[str, object] | None, by: str, at: datetime, seen: int
    ) -> int:
        """A new version on top of *seen* (0 for the first); its number, or ``Stale``."""
        found = self._database.row(
            "SELECT COALESCE(MAX(version), 0) FROM reminder_plan WHERE form = ?", (form,)
        )
        current = int(found[0]) if found else 0
        added = current == seen and self._database.run(
            "INSERT INTO reminder_plan (form, version, plan, changed_by, changed_at)"
            " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (form, seen + 1, None if plan is None else dumps(plan), by, instant_text(at)),
        )
        if not added:
            raise Stale(kind="reminder_plan", current={"edit": current})
        return seen + 1

    # Deliveries

    def due_between(
        self, first: date, last: date, after: str | None, limit: int
    ) -> list[Obligation]:
        """Obligations due between these days, or in their grace, by id, those after *after*."""
        ids = self._database.rows(
            "SELECT id FROM obligation WHERE (due_on >= ? OR grace_on >= ?) AND due_on <= ?"
            " AND id > ? ORDER BY id LIMIT ?",
            (day_text(first), day_text(first), day_text(last), after or "", limit),
        )
        return self._obligations.many([id_ for (id_,) in ids])

    def taken(self, obligations: Collection[str]) -> dict[str, frozenset[str]]:
        """The steps of these obligations that were taken, whatever became of them."""
        found: dict[str, set[str]] = {}
        if obligations:
            rows = self._database.rows(
                "SELECT obligation_id, step FROM reminder"
                f" WHERE obligation_id IN ({marks(obligations)})",
                sorted(obligations),
            )
            for obligation, step in rows:
                found.setdefault(obligation, set()).add(step)
        return {key: frozenset(steps) for key, steps in found.items()}

    def part_claims(self, obligations: Collection[str]) -> dict[str, dict[Claim, date]]:
        """What was taken for parts of these reports, with the due day that each counted from."""
        found: dict[str, dict[Claim, date]] = {}
        if obligations:
            rows = self._database.rows(
                "SELECT obligation_id, step, due_on FROM reminder WHERE step LIKE ?"
                f" AND obligation_id IN ({marks(obligations)})",
                (OF_A_PART, *sorted(obligations)),
            )
            for obligation, step, due_on in rows:
                found.setdefault(obligation, {})[Claim.read(step)] = day(due_on)
        return found

    def add(self, deliveries: Sequence[Delivery]) -> int:
        """Keeps what is to be delivered; one address gets a step once."""
        return self._database.run_many(
            "INSERT INTO reminder_delivery (obligation_id, step, rule, planned_on, addressee,"
            " account_id, name, recipient, channel, language, taken_at, outcome, settled_at)"
            " VALUES",
            [
                (
                    one.obligation,
                    one.step,
                    one.rule,
                    day_text(one.planned_on),
                    one.addressee,
                    one.account,
                    one.name,
                    one.recipient,
                    one.channel,
                    one.language,
                    instant_text(one.taken_at),
                    one.outcome,
                    instant_text(one.settled_at),
                )
                for one in deliveries
            ],
            "ON CONFLICT DO NOTHING",
        )

    def waiting_places(self) -> list[tuple[str, str]]:
        """Channel and recipient of everybody for whom something waits."""
        rows = self._database.rows(
            "SELECT channel, recipient FROM reminder_delivery WHERE settled_at IS NULL"
            " GROUP BY channel, recipient ORDER BY MIN(id)"
        )
        return [(channel, recipient) for channel, recipient in rows]

    def waiting(self, channel: str, recipient: str) -> list[Delivery]:
        """What waits for one recipient, held until the transaction ends.

        Nothing while another worker holds some of it: that one is writing the mail, and who waited
        for a long digest would run into the lock timeout and leave everybody else behind it.
        """
        place = "settled_at IS NULL AND channel = ? AND recipient = ?"
        lock = " FOR UPDATE SKIP LOCKED" if self._database.kind == "postgresql" else ""
        rows = self._database.rows(
            f"SELECT {_DELIVERY} FROM reminder_delivery WHERE {place} ORDER BY id{lock}",
            (channel, recipient),
        )
        if lock:
            count = self._database.row(
                f"SELECT COUNT(*) FROM reminder_delivery WHERE {place}", (channel, recipient)
            )
            if count is None or int(count[0]) != len(rows):
                return []
        return [_delivery(row) for row in rows]

    def settle(
        self, ids: Collection[int], outcome: str, at: datetime, message_id: str | None = None
    ) -> None:
        """Writes what became of these deliveries."""
        if ids:
            self._database.run(
                "UPDATE reminder_delivery SET outcome = ?, settled_at = ?, message_id = ?"
                f" WHERE settled_at IS NULL AND id IN ({marks(ids)})",
                (outcome, instant_text(at), message_id, *sorted(ids)),
            )

    def deliveries(
        self,
        *,
        obligations: Collection[str] | None = None,
        message_id: str | None = None,
        limit: int = 10_000,
    ) -> list[Delivery]:
        """Deliveries, the newest first."""
        where, values = ["1 = 1"], list[object]()
        if obligations is not None:
            where.append(f"obligation_id IN ({marks(obligations)})" if obligations else "1 = 0")
            values += sorted(obligations)
        if message_id is not None:
            where.append("message_id = ?")
            values.append(message_id)
        rows = self._database.rows(
            f"SELECT {_DELIVERY} FROM reminder_delivery WHERE {' AND '.join(where)}"
            " ORDER BY id DESC LIMIT ?",
            (*values, limit),
        )
        return [_delivery(row) for row in rows]

    def recorded(self, since: datetime, until: datetime) -> list[Delivery]:
        """What was settled in that time, and what was taken before its end and still waits."""
        rows = self._database.rows(
            f"SELECT {_DELIVERY} FROM reminder_delivery WHERE settled_at >= ? AND settled_at < ?"
            " OR settled_at IS NULL AND taken_at < ? ORDER BY id",
            (instant_text(since), instant_text(until), instant_text(until)),
        )
        return [_delivery(row) for row in rows]

    def sent_counts(self, obligations: Sequence[str]) -> dict[str, tuple[int, datetime | None]]:
        """How many steps of each obligation went out, and when the last did."""
        found: dict[str, tuple[int, datetime | None]] = {}
        for start in range(0, len(obligations), 500):
            part = sorted(obligations[start : start + 500])
            rows = self._database.rows(
                "SELECT obligation_id, COUNT(DISTINCT step), MAX(settled_at)"
                " FROM reminder_delivery WHERE outcome = ? AND step NOT LIKE ?"
                f" AND obligation_id IN ({marks(part)}) GROUP BY obligation_id",
                (SENT, OF_A_PART, *part),
            )
            found |= {id_: (int(count), instant_of(at)) for id_, count, at in rows}
        return found

    # The gate

    def gate(self) -> Gate | None:
        row = self._database.row("SELECT day, held_day, held_at FROM reminder_gate WHERE id = 1")
        return None if row is None else Gate(day(row[0]), day_of(row[1]), instant_of(row[2]))

    def pass_gate(self, on: date) -> None:
        """Remembers that reminders of *on* were planned; an earlier day changes nothing."""
        self._database.run(
            "INSERT INTO reminder_gate (id, day) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET"
            " day = CASE WHEN reminder_gate.day < excluded.day THEN excluded.day"
            " ELSE reminder_gate.day END, held_day = NULL, held_at = NULL"
            " WHERE reminder_gate.day < excluded.day OR reminder_gate.held_day IS NOT NULL",
            (day_text(on),),
        )

    def hold(self, on: date, at: datetime) -> bool:
        """Stops before *on* until somebody says that it is right; true when that is new."""
        return bool(
            self._database.run(
                "UPDATE reminder_gate SET held_day = ?, held_at = ?"
                " WHERE id = 1 AND (held_day IS NULL OR held_day <> ?)",
                (day_text(on), instant_text(at), day_text(on)),
            )
        )


def _plan(row: tuple) -> KeptPlan:
    form, version, plan, by, at = row
    return KeptPlan(form, version, None if plan is None else json.loads(plan), by, instant(at))


def _delivery(row: tuple) -> Delivery:
    return Delivery(
        id=row[0],
        obligation=row[1],
        step=row[2],
        rule=row[3],
        planned_on=day(row[4]),
        addressee=row[5],
        account=row[6],
        name=row[7],
        recipient=row[8],
        channel=row[9],
        language=row[10],
        taken_at=instant(row[11]),
        outcome=row[12],
        settled_at=instant_of(row[13]),
        message_id=row[14],
    )
