"""Parts of reports kept: whose each share is, who has it, how far it is."""

from collections.abc import Collection
from dataclasses import dataclass

from server.core.obligation import Progress
from server.core.part import UNIT, Part, PartState
from server.errors import Stale
from server.storage.database import Database
from server.storage.fields import instant_of, instant_text
from server.storage.searching import marks

_COLUMNS = (
    "submission_id, key, owner_unit_id, assignee_id, state, handed_in_by, handed_in_at,"
    " waived_by, waived_at, reason, edit"
)
_AWAITED = (
    "FROM submission_part p JOIN submission s ON s.id = p.submission_id"
    " JOIN obligation o ON o.id = s.obligation_id"
    " WHERE p.state = ? AND p.key <> 'unit' AND p.key NOT LIKE ?"
    " AND p.owner_unit_id <> s.org_unit_id AND o.progress NOT IN (?, ?)"
)
_AWAITED_OF = (PartState.OPEN.value, f"{UNIT}.%", Progress.SENT.value, Progress.FINAL.value)
_SELECT = f"SELECT {_COLUMNS} FROM submission_part"


@dataclass(frozen=True, slots=True)
class OwnedPart:
    """Whose a part is, and of which report."""

    submission: str
    owner_unit: str
    form: str
    org_unit: str
    period: str


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

    def of_owner(self, code: str) -> list[OwnedPart]:
        """The parts that forms give to that owner."""
        rows = self._database.rows(
            "SELECT p.submission_id, p.owner_unit_id, s.form, s.org_unit_id, s.period"
            " FROM submission_part p JOIN submission s ON s.id = p.submission_id"
            " WHERE p.key = ? ORDER BY p.id",
            (code,),
        )
        return [OwnedPart(*row) for row in rows]

    def move(self, submission_id: str, key: str, owner_unit: str) -> None:
        """Gives a part to another unit, and there to nobody in particular."""
        self._database.run(
            "UPDATE submission_part SET owner_unit_id = ?, assignee_id = NULL, edit = edit + 1"
            " WHERE submission_id = ? AND key = ?",
            (owner_unit, submission_id, key),
        )

    def awaited_reports(self, after: str, limit: int) -> list[str]:
        """Reports not sent yet that wait for a part of another unit, by id, those after *after*."""
        rows = self._database.rows(
            f"SELECT DISTINCT s.obligation_id {_AWAITED} AND s.obligation_id > ?"
            " ORDER BY s.obligation_id LIMIT ?",
            (*_AWAITED_OF, after, limit),
        )
        return [id_ for (id_,) in rows]

    def awaited(self, obligations: Collection[str]) -> list[tuple[str, Part]]:
        """The parts of other units that these reports wait for, with the id of the report."""
        if not obligations:
            return []
        columns = ", ".join("p." + name.strip() for name in _COLUMNS.split(","))
        rows = self._database.rows(
            f"SELECT {columns}, s.obligation_id {_AWAITED}"
            f" AND s.obligation_id IN ({marks(obligations)}) ORDER BY s.obligation_id, p.id",
            (*_AWAITED_OF, *sorted(obligations)),
        )
        return [(row[-1], _part(row)) for row in rows]

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
