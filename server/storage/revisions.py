"""Sealed revisions and changed cells of submissions: written once, never changed."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from hashlib import sha256

from server.core.json_text import dumps
from server.core.submission import Change, DraftChange, Revision
from server.errors import Conflict, NotFound
from server.storage.database import Database
from server.storage.fields import instant, instant_text
from server.storage.searching import marks

_REVISION = (
    "submission_id, number, answers, statuses, computed, reasons, nil, digest, receipt,"
    " sealed_at, sealed_by, form_version"
)

_CHANGE = "id, revision, path, old, new, status, origin, changed_by, changed_at"

#: A whole draft changes hundreds of cells: they travel as one value, not as eight for each.
_ADD_CHANGES = {
    kind: "INSERT INTO draft_change"
    " (submission_id, revision, changed_by, changed_at, path, old, new, status, origin)"
    f" SELECT ?, ?, ?, {when}, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4"
    f" FROM {cells} ORDER BY key"
    for kind, when, cells in (
        ("sqlite", "?", "json_each(?)"),
        (
            "postgresql",
            "CAST(? AS TIMESTAMPTZ)",
            "json_array_elements(CAST(? AS JSON)) WITH ORDINALITY AS cells (value, key)",
        ),
    )
}
#: Canonical JSON of a text, as ``dumps`` writes it.
_written = json.JSONEncoder(ensure_ascii=False).encode


class RevisionStore:
    """The part of ``SubmissionStore`` that only grows."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_revision(self, revision: Revision) -> None:
        """Seals an edition.

        Raises:
            Conflict: that number or receipt is taken.
        """
        added = self._database.run(
            f"INSERT INTO submission_revision ({_REVISION})"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (
                revision.submission,
                revision.number,
                dumps(revision.answers),
                dumps(revision.statuses),
                dumps(revision.computed),
                dumps(revision.reasons),
                revision.nil,
                revision.digest,
                revision.receipt,
                instant_text(revision.sealed_at),
                revision.sealed_by,
                revision.version,
            ),
        )
        if not added:
            raise Conflict(kind="revision", number=revision.number)

    def has_receipt(self, receipt: str) -> bool:
        """Whether that receipt was given already."""
        found = self._database.row(
            "SELECT 1 FROM submission_revision WHERE receipt = ?", (receipt,)
        )
        return found is not None

    def revision(self, submission_id: str, number: int) -> Revision:
        """One sealed edition; raise ``NotFound``."""
        row = self._database.row(
            f"SELECT {_REVISION} FROM submission_revision WHERE submission_id = ? AND number = ?",
            (submission_id, number),
        )
        if row is None:
            raise NotFound(kind="revision", submission=submission_id, number=number)
        return _revision(row)

    def revisions(self, submission_id: str) -> list[Revision]:
        """All sealed editions, the first first."""
        rows = self._database.rows(
            f"SELECT {_REVISION} FROM submission_revision WHERE submission_id = ? ORDER BY number",
            (submission_id,),
        )
        return [_revision(row) for row in rows]

    def latest_revision_of(self, form: str, org_unit: str, period: str) -> Revision | None:
        """The newest sealed edition of a unit's report on that form and period.

        What ``prev`` reads. Where a period had several rounds, the one that was sealed last.
        """
        columns = ", ".join(f"r.{column.strip()}" for column in _REVISION.split(","))
        row = self._database.row(
            f"SELECT {columns} FROM submission s JOIN submission_revision r"
            " ON r.submission_id = s.id AND r.number = s.revision"
            " WHERE s.org_unit_id = ? AND s.form = ? AND s.period = ?"
            " ORDER BY r.sealed_at DESC, r.id DESC LIMIT 1",
            (org_unit, form, period),
        )
        return None if row is None else _revision(row)

    def sent_by(
        self, org_unit: str, forms: Collection[str], periods: Collection[str]
    ) -> dict[tuple[str, str], Revision]:
        """The newest sealed edition of each of these forms and periods that a unit sent.

        One query, by form and period; what ``other`` and the unit's own history are read from.
        """
        if not forms or not periods:
            return {}
        columns = ", ".join(f"r.{column.strip()}" for column in _REVISION.split(","))
        rows = self._database.rows(
            f"SELECT s.form, s.period, {columns} FROM submission s JOIN submission_revision r"
            " ON r.submission_id = s.id AND r.number = s.revision"
            f" WHERE s.org_unit_id = ? AND s.form IN ({marks(forms)})"
            f" AND s.period IN ({marks(periods)}) ORDER BY r.sealed_at, r.id",
            (org_unit, *forms, *periods),
        )
        newest = {(row[0], row[1]): row[2:] for row in rows}  # the last one of each stays
        return {key: _revision(row) for key, row in newest.items()}

    def latest_revisions(self, submission_ids: Collection[str]) -> dict[str, Revision]:
        """The newest sealed edition of each of these reports that has one, in one query."""
        if not submission_ids:
            return {}
        columns = ", ".join(f"r.{column.strip()}" for column in _REVISION.split(","))
        rows = self._database.rows(
            f"SELECT {columns} FROM submission s JOIN submission_revision r"
            " ON r.submission_id = s.id AND r.number = s.revision"
            f" WHERE s.id IN ({', '.join('?' * len(submission_ids))})",
            tuple(submission_ids),
        )
        return {row[0]: _revision(row) for row in rows}

    # Changed cells

    def add_changes(
        self, submission_id: str, changes: Sequence[Change], by: str, at: datetime
    ) -> None:
        """Keeps changed cells of a draft, under the revision the draft follows."""
        if not changes:
            return
        row = self._database.row("SELECT revision FROM submission WHERE id = ?", (submission_id,))
        if row is None:
            raise NotFound(kind="submission", id=submission_id)
        cells = [
            (
                change.path,
                _cell_text(change.old),
                _cell_text(change.new),
                change.status,
                change.origin,
            )
            for change in changes
        ]
        self._database.run(
            _ADD_CHANGES[self._database.kind],
            (submission_id, row[0], by, instant_text(at), dumps(cells)),
        )

    def changes(
        self,
        submission_id: str,
        after_revision: int = 0,
        *,
        after: int = 0,
        limit: int = 100_000,
    ) -> list[DraftChange]:
        """Changed cells in order, those made since revision *after_revision* was sealed."""
        rows = self._database.rows(
            f"SELECT {_CHANGE} FROM draft_change"
            " WHERE submission_id = ? AND revision >= ? AND id > ?"
            " ORDER BY revision, id LIMIT ?",
            (submission_id, after_revision, after, limit),
        )
        return [_draft_change(row) for row in rows]

    def changes_at(self, submission_id: str, paths: Collection[str]) -> list[DraftChange]:
        """Every change at one of *paths*, the first one first."""
        if not paths:
            return []
        rows = self._database.rows(
            f"SELECT {_CHANGE} FROM draft_change"
            f" WHERE submission_id = ? AND path IN ({', '.join('?' * len(paths))}) ORDER BY id",
            (submission_id, *sorted(paths)),
        )
        return [_draft_change(row) for row in rows]

    def last_changes(self, submission_id: str, origin: str | None = None) -> list[DraftChange]:
        """Of each cell, line and block that was ever changed, its newest change.

        With *origin* only those that came about that way.
        """
        only = "" if origin is None else " AND origin = ?"
        rows = self._database.rows(
            f"SELECT {_CHANGE} FROM draft_change WHERE id IN"
            f" (SELECT MAX(id) FROM draft_change WHERE submission_id = ? GROUP BY path){only}"
            " ORDER BY id",
            (submission_id,) if origin is None else (submission_id, origin),
        )
        return [_draft_change(row) for row in rows]

    def newest_change(self, submission_id: str) -> int:
        """The number of the newest changed cell; 0 when none was ever changed."""
        row = self._database.row(
            "SELECT MAX(id) FROM draft_change WHERE submission_id = ?", (submission_id,)
        )
        return 0 if row is None or row[0] is None else int(row[0])

    def changed_paths(self, submission_id: str) -> frozenset[str]:
        """The cells, lines and blocks that somebody has changed since the report was started."""
        rows = self._database.rows(
            "SELECT DISTINCT path FROM draft_change WHERE submission_id = ?", (submission_id,)
        )
        return frozenset(row[0] for row in rows)

    def editors(self, submission_id: str, after_revision: int = 0) -> frozenset[str]:
        """The accounts that changed cells of the draft since that revision was sealed."""
        rows = self._database.rows(
            "SELECT DISTINCT changed_by FROM draft_change"
            " WHERE submission_id = ? AND revision >= ?",
            (submission_id, after_revision),
        )
        return frozenset(row[0] for row in rows)

    def changes_digest(self, submission_id: str, after_revision: int = 0) -> str:
        """The digest that the submit event carries, over the changes since a revision.

        SHA-256 of the canonical JSON of ``[[path, old, new, status, by, at], ...]``, with the
        origin behind where a cell was not typed. Old and new are kept as canonical JSON, so that
        they are put together and not read and written again.
        """
        rows = self._database.rows(
            "SELECT path, old, new, status, changed_by, changed_at, origin FROM draft_change"
            " WHERE submission_id = ? AND revision >= ? ORDER BY revision, id",
            (submission_id, after_revision),
        )
        saves: dict[tuple[str, str | datetime], str] = {}  # many cells come with one save
        cells = []
        for path, old, new, status, by, at, origin in rows:
            save = saves.get((by, at))
            if save is None:
                save = saves[by, at] = f"{dumps(by)},{dumps(instant_text(instant(at)))}"
            reason = "null" if status is None else _written(status)
            how = "" if origin == "typed" else f",{_written(origin)}"
            cells.append(f"[{_written(path)},{old},{new},{reason},{save}{how}]")
        return sha256(f"[{','.join(cells)}]".encode()).hexdigest()


def _cell_text(value: object) -> str:
    """Canonical JSON of a cell; nearly all are whole numbers, which need no encoder."""
    return str(value) if type(value) is int else dumps(value)


def _draft_change(row: tuple) -> DraftChange:
    id_, revision, path, old, new, status, origin, by, at = row
    change = Change(path, json.loads(old), json.loads(new), status, origin)
    return DraftChange(id_, revision, change, by, instant(at))


def _revision(row: tuple) -> Revision:
    (
        submission,
        number,
        answers,
        statuses,
        computed,
        reasons,
        nil,
        sum_,
        receipt,
        at,
        by,
        version,
    ) = row
    return Revision(
        submission=submission,
        number=number,
        answers=json.loads(answers),
        statuses=json.loads(statuses),
        computed=json.loads(computed),
        reasons=tuple(json.loads(reasons)),
        nil=bool(nil),
        digest=sum_,
        receipt=receipt,
        sealed_at=instant(at),
        sealed_by=by,
        version=version,
    )
