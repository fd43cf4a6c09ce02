"""Consolidations kept: the children's sealed editions behind a report, and how the children are."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from server.storage.database import Database
from server.storage.fields import instant, instant_text
from server.storage.searching import marks


@dataclass(frozen=True, slots=True)
class Pin:
    """The edition of a child that a report was summed from."""

    child: str
    revision: int
    digest: str
    pinned_at: datetime


@dataclass(frozen=True, slots=True)
class ChildRow:
    """What a child owes and how far it is, without its figures.

    *digest* is that of its newest sealed edition.
    """

    org_unit: str
    submission: str | None
    state: str | None
    workflow: tuple[str, int] | None
    revision: int
    digest: str | None


class ConsolidationStore:
    """Sources by the report that was summed from them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def pins(self, submission_id: str) -> list[Pin]:
        """What a report was summed from."""
        rows = self._database.rows(
            "SELECT child_id, revision, digest, pinned_at FROM consolidation_source"
            " WHERE submission_id = ? ORDER BY child_id",
            (submission_id,),
        )
        return [Pin(child, number, digest, instant(at)) for child, number, digest, at in rows]

    def put_pins(self, submission_id: str, pins: Sequence[Pin]) -> None:
        """Writes what a report is summed from now, in place of what it was."""
        self._database.run(
            "DELETE FROM consolidation_source WHERE submission_id = ?", (submission_id,)
        )
        if pins:
            self._database.run_many(
                "INSERT INTO consolidation_source"
                " (submission_id, child_id, revision, digest, pinned_at) VALUES",
                [
                    (
                        submission_id,
                        pin.child,
                        pin.revision,
                        pin.digest,
                        instant_text(pin.pinned_at),
                    )
                    for pin in pins
                ],
            )

    def children(
        self, form: str, org_units: Collection[str], period: str, round_: str | None
    ) -> list[ChildRow]:
        """What these units owe on a form for a period, in one query; *round_* when it is of one."""
        if not org_units:
            return []
        rows = self._database.rows(
            "SELECT o.org_unit_id, s.id, s.state, s.workflow_version_id, s.revision, r.digest"
            " FROM obligation o LEFT JOIN submission s ON s.obligation_id = o.id"
            " LEFT JOIN submission_revision r"
            " ON r.submission_id = s.id AND r.number = s.revision"
            f" WHERE o.form = ? AND o.period = ? AND o.org_unit_id IN ({marks(org_units)})"
            " AND COALESCE(o.round_id, '') = ? ORDER BY o.org_unit_id",
            (form, period, *sorted(org_units), round_ or ""),
        )
        return [_child(row) for row in rows]

    def parents_of(self, child_id: str) -> list[str]:
        """The reports that were summed from a child's."""
        rows = self._database.rows(
            "SELECT submission_id FROM consolidation_source WHERE child_id = ?"
            " ORDER BY submission_id",
            (child_id,),
        )
        return [row[0] for row in rows]


def _child(row: tuple) -> ChildRow:
    org_unit, submission, state, workflow, revision, digest = row
    code, _, version = str(workflow or "").rpartition("/")
    return ChildRow(
        org_unit=org_unit,
        submission=submission,
        state=state,
        workflow=(code, int(version)) if code else None,
        revision=revision or 0,
        digest=digest,
    )
