"""What must hold after a kill: every acknowledged report whole, once, and as it was acknowledged.

Reads the database beneath the services, so that no cache and no retry can cover a fault.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from server.core.json_text import digest, dumps
from server.core.ports import FixedClock
from server.services.ledger import Ledger
from server.storage.database import Database
from server.storage.events import EventStore
from server.storage.fields import instant, instant_text
from tests.reliability.testimony import Request
from tests.world import FRIDAY

_MOVES = ("submit", "sign", "approve")
_PROGRESS = {
    "draft": "started",
    "awaiting_signature": "started",
    "submitted": "sent",
    "district_approved": "sent",
    "approved": "final",
}
_CONSUMERS = 3  # observations, notices, and the sealer of the ledger


@dataclass
class Findings:
    """Faults by kind; all empty when the promise was kept."""

    lost: list[str] = field(default_factory=list)
    altered: list[str] = field(default_factory=list)
    half: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return any(vars(self).values())

    def __str__(self) -> str:
        counts = ", ".join(f"{name} {len(found)}" for name, found in vars(self).items())
        first = [fault for found in vars(self).values() for fault in found[:5]]
        return "\n".join([counts, *first])


@dataclass(frozen=True)
class _Kept:
    """One submission as its row stands."""

    id: str
    unit: str
    state: str
    edit: int
    revision: int
    nil: bool
    answers: str
    statuses: str
    obligation: str
    progress: str
    sent: bool


def check(database: Database, testimony: Sequence[Request]) -> Findings:
    """Compare what stands in the database with what the witness was told."""
    found = Findings()
    with database.reading():
        _check_reports(database, testimony, found)
        _check_wholeness(database, found)
        _check_keys(database, testimony, found)
        _check_ledger(database, found)
    if database.kind == "sqlite":
        answers = [str(row[0]) for row in database.rows("PRAGMA integrity_check")]
        found.broken += [answer for answer in answers if answer != "ok"]
        found.broken += [str(row) for row in database.rows("PRAGMA foreign_key_check")]
    return found


def _check_reports(database: Database, testimony: Sequence[Request], found: Findings) -> None:
    kept: dict[str, list[_Kept]] = defaultdict(list)
    for row in database.rows(
        "SELECT s.id, s.org_unit_id, s.state, s.edit, s.revision, s.nil, s.answers, s.statuses,"
        " s.obligation_id, o.progress, o.sent_at IS NOT NULL"
        " FROM submission s JOIN obligation o ON o.id = s.obligation_id"
    ):
        kept[row[1]].append(_Kept(*row))
    events = _events(database)
    by_unit: dict[str, list[Request]] = defaultdict(list)
    for request in testimony:
        by_unit[request.unit].append(request)
    for unit in kept.keys() - by_unit.keys():
        found.broken.append(f"{unit}: a report that nobody asked for")
    for unit, requests in by_unit.items():
        rows = kept.get(unit, [])
        told = [request for request in requests if request.is_acknowledged]
        waiting = [request for request in requests if request.status is None]
        if len(rows) > 1:
            found.twice.append(f"{unit}: {len(rows)} reports")
        elif not rows and told:
            found.lost.append(f"{unit}: acknowledged {told[-1].step}, no report")
        elif rows and not told and not waiting:
            found.broken.append(f"{unit}: a report although none was acknowledged")
        elif rows:
            history = events.get(f"submission/{rows[0].id}", [])
            _check_row(rows[0], told, waiting, found)
            _check_history(rows[0], history, told, waiting, found)


def _check_row(
    row: _Kept, told: Sequence[Request], waiting: Sequence[Request], found: Findings
) -> None:
    texts, states = _acceptable(told, waiting)
    if (row.answers, row.statuses) not in texts:
        found.altered.append(f"{row.unit}: answers {row.answers} are none that were acknowledged")
    if told:
        last = told[-1].answer
        if row.id != last["id"]:
            found.lost.append(f"{row.unit}: the report {last['id']} was replaced by {row.id}")
        older = row.edit < int(str(last["edit"])) or row.revision < int(str(last["revision"]))
        facts = {"state": row.state, "edit": row.edit, "revision": row.revision}
        if older or (not waiting and any(last[key] != facts[key] for key in facts)):
            found.lost.append(f"{row.unit}: acknowledged {told[-1].step}, stands at {facts}")
    if row.state not in states:
        found.altered.append(f"{row.unit}: state {row.state}, expected one of {sorted(states)}")
    if _PROGRESS.get(row.state) != row.progress:
        found.half.append(f"{row.unit}: state {row.state}, obligation {row.progress}")
    if bool(row.sent) is not (_PROGRESS.get(row.state) in ("sent", "final")):
        found.half.append(f"{row.unit}: state {row.state}, sent_at {row.sent}")


def _acceptable(
    told: Sequence[Request], waiting: Sequence[Request]
) -> tuple[set[tuple[str, str]], set[str]]:
    """Answers and states that may stand: the last acknowledged, or those of a request on its way.

    Whatever is neither is a fault: an older acknowledged write must not come back.
    """
    texts: set[tuple[str, str]] = set()
    states: set[str] = set()
    answers: Mapping[str, object] = {}
    statuses: object = {}
    if told:
        last = told[-1].answer
        answers, statuses = _mapping(last["answers"]), last["statuses"]
        texts.add((dumps(answers), dumps(statuses)))
        states.add(str(last["state"]))
    for request in waiting:
        body = _mapping(json.loads(request.body)) if request.body else {}
        if request.step in ("start", "put"):
            texts.add((dumps(body["answers"]), dumps({})))
            states.add("draft")
        elif request.step == "patch":
            changes = body["changes"]
            assert isinstance(changes, list)
            changed = {**answers, **{cell["path"][1:]: cell["to"] for cell in changes}}
            texts.add((dumps(changed), dumps(statuses)))
        elif request.step in _MOVES:
            states.add(_after(request.step, states))
    return texts, states


def _after(event: str, states: Iterable[str]) -> str:
    way = tuple(_PROGRESS)
    return way[way.index(next(iter(states))) + 1]


def _check_history(
    row: _Kept,
    history: Sequence[str],
    told: Sequence[Request],
    waiting: Sequence[Request],
    found: Findings,
) -> None:
    wanted = ["submission.started"]
    wanted += [f"submission.{request.step}" for request in told if request.step in _MOVES]
    allowed = [wanted]
    allowed += [
        [*wanted, f"submission.{request.step}"] for request in waiting if request.step in _MOVES
    ]
    if list(history) in allowed:
        return
    missing, extra = Counter(wanted) - Counter(history), Counter(history) - Counter(wanted)
    if missing:
        found.lost.append(f"{row.unit}: events {sorted(missing.elements())} are missing")
    if extra or not missing:
        found.twice.append(f"{row.unit}: history {history}, acknowledged {wanted}")


def _check_wholeness(database: Database, found: Findings) -> None:
    """Things that are written in one transaction are there together or not at all."""
    for title, query in _HALVES.items():
        found.half += [f"{title}: {row}" for row in database.rows(query)]


_STARTED = "e.subject = 'submission/' || s.id AND e.name = 'submission.started'"
_SIGNED = "e.subject = 'submission/' || r.submission_id AND e.name = 'submission.sign'"
_HALVES = {
    "report without its first event": (
        f"SELECT s.id FROM submission s WHERE NOT EXISTS (SELECT 1 FROM event e WHERE {_STARTED})"
    ),
    "event without its report": (
        "SELECT e.subject, e.name FROM event e WHERE substr(e.subject, 1, 11) = 'submission/'"
        " AND NOT EXISTS (SELECT 1 FROM submission s WHERE e.subject = 'submission/' || s.id)"
    ),
    "revision without its event": (
        "SELECT r.submission_id, r.number FROM submission_revision r"
        f" WHERE NOT EXISTS (SELECT 1 FROM event e WHERE {_SIGNED})"
    ),
    "signature without its revision": (
        "SELECT e.subject FROM event e WHERE e.name = 'submission.sign'"
        f" AND NOT EXISTS (SELECT 1 FROM submission_revision r WHERE {_SIGNED})"
    ),
    "report whose sealed revisions do not count up to its number": (
        "SELECT s.id, s.revision FROM submission s WHERE s.revision <>"
        " (SELECT COUNT(*) FROM submission_revision r WHERE r.submission_id = s.id)"
    ),
    "sealed answers that differ from the report's": (
        "SELECT s.id FROM submission s JOIN submission_revision r"
        " ON r.submission_id = s.id AND r.number = s.revision WHERE r.answers <> s.answers"
    ),
    "obligation under way without a report": (
        "SELECT o.id, o.progress FROM obligation o WHERE o.progress <> 'none'"
        " AND NOT EXISTS (SELECT 1 FROM submission s WHERE s.obligation_id = o.id)"
    ),
    "event not announced to every consumer": (
        "SELECT e.id, e.name FROM event e WHERE"
        f" (SELECT COUNT(*) FROM event_delivery d WHERE d.event_id = e.id) <> {_CONSUMERS}"
    ),
    "observations of a revision that is not there": (
        "SELECT o.submission_id, o.revision FROM observation_set o"
        " WHERE NOT EXISTS (SELECT 1 FROM submission_revision r"
        " WHERE r.submission_id = o.submission_id AND r.number = o.revision)"
    ),
    "key without an answer": "SELECT account, key FROM idempotency WHERE status IS NULL",
}


def _check_keys(database: Database, testimony: Sequence[Request], found: Findings) -> None:
    """Each acknowledged answer is kept under its key, byte by byte."""
    kept = {
        key: (status, bytes(body))
        for key, status, body in database.rows(
            "SELECT key, status, body FROM idempotency WHERE status IS NOT NULL"
        )
    }
    for request in testimony:
        key = request.headers.get("Idempotency-Key")
        if key is None or not request.is_acknowledged:
            continue
        if key not in kept:
            found.lost.append(f"{request.unit}: the answer to {key} ({request.step}) is not kept")
        elif kept[key] != (request.status, request.text.encode()):
            found.altered.append(f"{request.unit}: another answer is kept for {key}")


def _check_ledger(database: Database, found: Findings) -> None:
    events = EventStore(database, consumers=(), new_id=str, new_salt=str)
    clock: FixedClock = FRIDAY
    found.broken += list(Ledger(events, database.transaction, clock).verify().faults)
    kept = database.rows(
        "SELECT e.subject, e.details, r.digest, r.receipt FROM event e JOIN submission_revision r"
        " ON e.subject = 'submission/' || r.submission_id WHERE e.name = 'submission.sign'"
    )
    for subject, details, digest_, receipt in kept:
        signed = _mapping(json.loads(details))
        if (signed["digest"], signed["receipt"]) != (digest_, receipt):
            found.altered.append(f"{subject}: the signature speaks of another revision")
    drafts: dict[str, list[object]] = defaultdict(list)
    for id_, path, old, new, status, by, at, how in database.rows(
        "SELECT submission_id, path, old, new, status, changed_by, changed_at, origin"
        " FROM draft_change"
        " ORDER BY submission_id, revision, id"
    ):
        cell = [path, json.loads(old), json.loads(new), status, by, instant_text(instant(at))]
        drafts[f"submission/{id_}"].append(cell if how == "typed" else [*cell, how])
    for subject, details in database.rows(
        "SELECT subject, details FROM event WHERE name = 'submission.submit'"
    ):
        if json.loads(details)["draft_changes"] != digest(drafts[subject]):
            found.altered.append(f"{subject}: other changed cells than were submitted")


def _events(database: Database) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for subject, name in database.rows(
        "SELECT subject, name FROM event WHERE substr(subject, 1, 11) = 'submission/'"
        " ORDER BY subject, sequence"
    ):
        found[subject].append(name)
    return found


def _mapping(value: object) -> Mapping[str, object]:
    assert isinstance(value, Mapping)
    return value
