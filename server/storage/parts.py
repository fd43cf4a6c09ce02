"""Parts of reports kept: whose each share is, who has it, how far it is."""

from collections.abc import Collection

from server.core.part import Part, PartState
from server.errors import Stale
from server.storage.database import Database
from server.storage.fields import instant_of, instant_text
from server.storage.searching import marks

_COLUMNS = (
    "submission_id, key, owner_unit_id, assignee_id, state, handed_in_by, handed_in_at,"
    " waived_by, waived_at, reason, edit"
)
_SELECT = f"SELECT {_COLUMNS} FROM submission_part"


class PartStore:
    """Parts by their report, and those that wait for a unit or a person."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def parts(self, submission_id: str) -> list[Part]:
        """The parts of a report that were ever written down."""
        rows = self._database.rows(
            f"{_SELECT} WHERE submission_id = ? ORDER BY id", (submission_id,)
        )
        return [_part(row) for row in rows]

    def put(self, part: Part) -> Part:
        """Writes a part on the edit that was read; edit 0 is one that was never written.

        Raises:
            Stale: somebody wrote it meanwhile.
        """
        values = (
            part.assignee,
            part.state.value,
            part.handed_in_by,
            instant_text(part.handed_in_at),
            part.waived_by,
            instant_text(part.waived_at),
            part.reason,
        )
        if part.edit:
            written = self._database.run(
                "UPDATE submission_part SET assignee_id = ?, state = ?, handed_in_by = ?,"
                " handed_in_at = ?, waived_by = ?, waived_at = ?, reason = ?, edit = edit + 1"
                " WHERE submission_id = ? AND key = ? AND edit = ?",
                (*values, part.submission, part.key, part.edit),
            )
        else:
            written = self._database.run(
                "INSERT INTO submission_part (assignee_id, state, handed_in_by, handed_in_at,"
                " waived_by, waived_at, reason, submission_id, key, owner_unit_id, edit)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1) ON CONFLICT DO NOTHING",
                (*values, part.submission, part.key, part.owner_unit),
            )
        found = next(one for one in self.parts(part.submission) if one.key == part.key)
        if not written:
            raise Stale(kind="part", current={"state": str(found.state), "edit": found.edit})
        return found

    def assigned_to(self, account: str) -> list[Part]:
        """Open parts that this person was given."""
        rows = self._database.rows(
            f"{_SELECT} WHERE assignee_id = ? AND state = ? ORDER BY id",
            (account, PartState.OPEN.value),
        )
        return [_part(row) for row in rows]

    def open_of(self, units: Collection[str], account: str, limit: int = 200) -> list[Part]:
        """Open parts that other reports owe these units, or that this person was given."""
        if not units:
            return []
        rows = self._database.rows(
            f"SELECT {', '.join('p.' + name.strip() for name in _COLUMNS.split(','))}"
            " FROM submission_part p JOIN submission s ON s.id = p.submission_id"
            " WHERE p.state = ? AND (p.assignee_id = ? OR (p.assignee_id IS NULL"
            f" AND p.owner_unit_id IN ({marks(units)}) AND s.org_unit_id <> p.owner_unit_id))"
            " ORDER BY p.id LIMIT ?",
            (PartState.OPEN.value, account, *sorted(units), limit),
        )
        return [_part(row) for row in rows]


def _part(row: tuple) -> Part:
    return Part(
        submission=row[0],
        key=row[1],
        owner_unit=row[2],
        assignee=row[3],
        state=PartState(row[4]),
        handed_in_by=row[5],
        handed_in_at=instant_of(row[6]),
        waived_by=row[7],
        waived_at=instant_of(row[8]),
        reason=row[9],
        edit=row[10],
    )
