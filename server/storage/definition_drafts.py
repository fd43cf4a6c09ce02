"""Drafts of definitions kept: the draft, its steps, and what was said when a version came out.

A step holds the whole text after it, deflated: steps are few against what they weigh, and undoing
is reading another row. Nothing of a step is ever changed.
"""

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from server.core.definition_draft import DefinitionDraft, DraftKind, DraftState, DraftStep
from server.core.json_text import dumps
from server.errors import NotFound
from server.storage.database import Database
from server.storage.fields import instant, instant_text

_COLUMNS = (
    "d.id, d.kind, d.code, d.title, d.base, d.base_digest, d.state, d.edit, d.step, d.sent_by,"
    " d.note, d.version_notes, d.valid_from, d.reviewed_by, d.created_by, d.created_at,"
    " d.changed_by, d.changed_at"
)
#: What an act may write into the draft besides edit, person and time.
_CHANGED = frozenset(
    {
        "base", "base_digest", "note", "reviewed_by", "sent_by", "state", "step", "title",
        "valid_from", "version_notes",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Issue:
    """What was said of a version when the editor published it."""

    kind: DraftKind
    code: str
    version: int
    draft: str
    notes: str
    valid_from: str | None
    approved_by: str
    issued_at: datetime


class DefinitionDraftStore:
    """Drafts by id, and issues by definition."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, draft: DefinitionDraft, what: Mapping[str, object]) -> bool:
        """Keeps a new draft with its first step; false when one of that code is open already."""
        added = self._database.run(
            "INSERT INTO definition_draft (id, kind, code, title, base, base_digest, state, edit,"
            " step, note, version_notes, created_by, created_at, changed_by, changed_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, 1, 1, '', '', ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (
                draft.id,
                draft.kind,
                draft.code,
                draft.title,
                draft.base,
                draft.base_digest,
                draft.state.value,
                draft.created_by,
                instant_text(draft.created_at),
                draft.created_by,
                instant_text(draft.created_at),
            ),
        )
        if not added:
            return False
        self._add_step(draft.id, 1, 0, what, draft.text, draft.created_by, draft.created_at)
        return True

    def get(self, draft_id: str) -> DefinitionDraft | None:
        row = self._database.row(
            f"SELECT {_COLUMNS} FROM definition_draft d WHERE d.id = ?", (draft_id,)
        )
        return None if row is None else self._draft(row)

    def open_of(self, kind: DraftKind, code: str) -> str | None:
        """The id of the draft of that definition that is being worked on."""
        row = self._database.row(
            "SELECT id FROM definition_draft WHERE kind = ? AND code = ?"
            " AND state IN ('draft', 'in_review')",
            (kind, code),
        )
        return None if row is None else str(row[0])

    def all_(self, states: Sequence[DraftState] = tuple(DraftState)) -> list[DefinitionDraft]:
        """The drafts in these states without their texts, the last changed first."""
        places = ", ".join("?" * len(states))
        rows = self._database.rows(
            f"SELECT {_COLUMNS} FROM definition_draft d WHERE d.state IN ({places})"
            " ORDER BY d.changed_at DESC, d.id",
            [state.value for state in states],
        )
        return [_of(row, "", frozenset(), (False, False)) for row in rows]

    def change(
        self, draft: DefinitionDraft, by: str, at: datetime, columns: Mapping[str, object]
    ) -> bool:
        """Writes *columns* and raises the edit; false when another act came first."""
        unknown = set(columns) - _CHANGED
        if unknown:
            raise ValueError(unknown)
        sets = "".join(f", {column} = ?" for column in columns)
        values = [
            value.value if isinstance(value, DraftState) else value for value in columns.values()
        ]
        return bool(
            self._database.run(
                "UPDATE definition_draft SET edit = edit + 1, changed_by = ?, changed_at = ?"
                f"{sets} WHERE id = ? AND edit = ?",
                (by, instant_text(at), *values, draft.id, draft.edit),
            )
        )

    def add_step(
        self, draft: DefinitionDraft, what: Mapping[str, object], text: str, by: str, at: datetime
    ) -> int:
        """Keeps what the draft becomes after its present step; the number of the new one."""
        last = self._database.row(
            "SELECT max(number) FROM definition_draft_step WHERE draft_id = ?", (draft.id,)
        )
        number = 1 + (int(last[0]) if last is not None else 0)
        self._add_step(draft.id, number, draft.step, what, text, by, at)
        return number

    def step_before(self, draft: DefinitionDraft) -> int | None:
        """Where undoing leads; None at the first step."""
        row = self._database.row(
            "SELECT parent FROM definition_draft_step WHERE draft_id = ? AND number = ?",
            (draft.id, draft.step),
        )
        return None if row is None or row[0] == 0 else int(row[0])

    def step_after(self, draft: DefinitionDraft) -> int | None:
        """Where redoing leads: the last that was made after the present step."""
        row = self._database.row(
            "SELECT max(number) FROM definition_draft_step WHERE draft_id = ? AND parent = ?",
            (draft.id, draft.step),
        )
        return None if row is None or row[0] is None else int(row[0])

    def steps(self, draft_id: str) -> list[DraftStep]:
        """Every step that was ever made, the newest first."""
        rows = self._database.rows(
            "SELECT number, parent, what, made_by, made_at FROM definition_draft_step"
            " WHERE draft_id = ? ORDER BY number DESC",
            (draft_id,),
        )
        return [_step(row) for row in rows]

    def step(self, draft_id: str, number: int) -> DraftStep:
        """One step; raises ``NotFound``."""
        row = self._database.row(
            "SELECT number, parent, what, made_by, made_at FROM definition_draft_step"
            " WHERE draft_id = ? AND number = ?",
            (draft_id, number),
        )
        if row is None:
            raise NotFound(kind="definition_draft")
        return _step(row)

    def text(self, draft_id: str, step: int) -> str:
        """The definition after that step."""
        row = self._database.row(
            "SELECT body FROM definition_draft_step WHERE draft_id = ? AND number = ?",
            (draft_id, step),
        )
        return "" if row is None else zlib.decompress(bytes(row[0])).decode()

    def add_issue(self, issue: Issue) -> None:
        self._database.run(
            "INSERT INTO definition_issue (id, kind, code, version, draft_id, notes, valid_from,"
            " approved_by, issued_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                f"{issue.kind}/{issue.code}/{issue.version}",
                issue.kind,
                issue.code,
                issue.version,
                issue.draft,
                issue.notes,
                issue.valid_from,
                issue.approved_by,
                instant_text(issue.issued_at),
            ),
        )

    def issues(self, kind: DraftKind, code: str) -> list[Issue]:
        """What was said of the versions of a definition, the newest first."""
        rows = self._database.rows(
            "SELECT kind, code, version, draft_id, notes, valid_from, approved_by, issued_at"
            " FROM definition_issue WHERE kind = ? AND code = ? ORDER BY version DESC",
            (kind, code),
        )
        return [
            Issue(
                kind=row[0],
                code=row[1],
                version=row[2],
                draft=row[3],
                notes=row[4],
                valid_from=row[5],
                approved_by=row[6],
                issued_at=instant(row[7]),
            )
            for row in rows
        ]

    def _add_step(  # noqa: PLR0917 - the columns of one row
        self,
        draft_id: str,
        number: int,
        parent: int,
        what: Mapping[str, object],
        text: str,
        by: str,
        at: datetime,
    ) -> None:
        self._database.run(
            "INSERT INTO definition_draft_step (draft_id, number, parent, what, body, made_by,"
            " made_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                draft_id,
                number,
                parent,
                dumps(what),
                zlib.compress(text.encode()),
                by,
                instant_text(at),
            ),
        )

    def _draft(self, row: tuple) -> DefinitionDraft:
        bare = _of(row, self.text(row[0], row[8]), frozenset(), (False, False))
        editors = self._database.rows(
            "SELECT DISTINCT made_by FROM definition_draft_step WHERE draft_id = ?", (row[0],)
        )
        ways = (self.step_before(bare) is not None, self.step_after(bare) is not None)
        return _of(row, bare.text, frozenset(str(one) for (one,) in editors), ways)


def _step(row: tuple) -> DraftStep:
    return DraftStep(row[0], row[1], json.loads(row[2]), row[3], instant(row[4]))


def _of(row: tuple, text: str, editors: frozenset[str], ways: tuple[bool, bool]) -> DefinitionDraft:
    return DefinitionDraft(
        id=row[0],
        kind=row[1],
        code=row[2],
        title=row[3],
        base=row[4],
        base_digest=row[5],
        state=DraftState(row[6]),
        edit=row[7],
        step=row[8],
        text=text,
        editors=editors,
        can_undo=ways[0],
        can_redo=ways[1],
        sent_by=row[9],
        note=row[10],
        version_notes=row[11],
        valid_from=row[12],
        reviewed_by=row[13],
        created_by=row[14],
        created_at=instant(row[15]),
        changed_by=row[16],
        changed_at=instant(row[17]),
    )
