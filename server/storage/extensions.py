"""Requests for more time, kept; an obligation has at most one that is open."""

from collections.abc import Collection
from datetime import date, datetime

from server.core.extension import ExtensionRequest, ExtensionState
from server.errors import Conflict, NotFound
from server.storage.database import Database
from server.storage.fields import day, day_of, day_text, instant, instant_of, instant_text
from server.storage.searching import marks

_COLUMNS = (
    "id, obligation_id, asked_until, reason, asked_by, asked_at, state, until, answer,"
    " decided_by, decided_at"
)
_SELECT = f"SELECT {_COLUMNS} FROM extension_request"


class ExtensionStore:
    """Requests by id and by what is owed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, request: ExtensionRequest) -> None:
        """Keeps a request; ``Conflict`` while another of the same report is open."""
        added = self._database.run(
            "INSERT INTO extension_request (id, obligation_id, asked_until, reason, asked_by,"
            " asked_at, state) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (
                request.id,
                request.obligation,
                day_text(request.asked_until),
                request.reason,
                request.asked_by,
                instant_text(request.asked_at),
                request.state.value,
            ),
        )
        if not added:
            raise Conflict(kind="extension", obligation=request.obligation)

    def get(self, request_id: str) -> ExtensionRequest:
        """One request; raise ``NotFound``."""
        row = self._database.row(f"{_SELECT} WHERE id = ?", (request_id,))
        if row is None:
            raise NotFound(kind="extension", id=request_id)
        return _request(row)

    def of(self, obligations: Collection[str]) -> list[ExtensionRequest]:
        """The requests of these expected reports, the oldest first."""
        if not obligations:
            return []
        rows = self._database.rows(
            f"{_SELECT} WHERE obligation_id IN ({marks(obligations)}) ORDER BY id",
            tuple(sorted(obligations)),
        )
        return [_request(row) for row in rows]

    def open(self) -> list[ExtensionRequest]:
        """Those that wait for an answer, the oldest first."""
        rows = self._database.rows(f"{_SELECT} WHERE state = 'open' ORDER BY asked_at, id")
        return [_request(row) for row in rows]

    def decided(self, limit: int) -> list[ExtensionRequest]:
        """The last ones that have an answer, the newest first."""
        rows = self._database.rows(
            f"{_SELECT} WHERE state IN ('granted', 'refused')"
            " ORDER BY decided_at DESC, id DESC LIMIT ?",
            (limit,),
        )
        return [_request(row) for row in rows]

    def decide(
        self,
        request_id: str,
        state: ExtensionState,
        *,
        by: str,
        at: datetime,
        until: date | None = None,
        answer: str | None = None,
    ) -> bool:
        """Writes the answer; false when there is one already."""
        changed = self._database.run(
            "UPDATE extension_request SET state = ?, until = ?, answer = ?, decided_by = ?,"
            " decided_at = ? WHERE id = ? AND state = 'open'",
            (state.value, day_text(until), answer, by, instant_text(at), request_id),
        )
        return bool(changed)


def _request(row: tuple) -> ExtensionRequest:
    return ExtensionRequest(
        id=row[0],
        obligation=row[1],
        asked_until=day(row[2]),
        reason=row[3],
        asked_by=row[4],
        asked_at=instant(row[5]),
        state=ExtensionState(row[6]),
        until=day_of(row[7]),
        answer=row[8],
        decided_by=row[9],
        decided_at=instant_of(row[10]),
    )
