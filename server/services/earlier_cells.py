"""Cells that were typed on a page of another version of the form than the report is on now.

A report may go to a newer version while a page of it is open, or while figures wait in a browser
without a network. What was typed there is saved in the place that it has now; what has none is
given back with its name, and goes only when somebody says so, which the history keeps.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from server.core.access import Actor
from server.core.answer_migration import Route
from server.core.answer_paths import PathUnknown, cell_title, place_of
from server.core.answers import Conflict as CellConflict
from server.core.carried_changes import backward, forward, into
from server.core.comment import CARRIED, TAKEN_BACK
from server.core.form import Form
from server.core.personal import MASK, is_personal
from server.core.ports import Clock, Transaction
from server.core.reasons import Reason
from server.core.submission import Change, Submission
from server.errors import NotFound, RequestInvalid
from server.services.catalogue import Catalogue
from server.services.record_views import RecordView
from server.services.records import Records
from server.services.review import SubmissionView
from server.services.submissions import Submissions
from server.storage.events import EventStore
from server.storage.submissions import SubmissionStore

#: Somebody gave up a value that had no place in the present version.
GIVEN_UP = "submission.value_given_up"
_LONGEST = 2000
View = TypeVar("View", SubmissionView, RecordView)


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A change without a place now: its cell's name there, and where such values were given out."""

    change: Change
    title: str
    into: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EarlierSave(Generic[View]):
    """A save from another version; *moved* says where a cell of the page stands now."""

    view: View
    conflicts: tuple[CellConflict, ...]
    unplaced: tuple[Unplaced, ...]
    moved: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Step:
    """One move of the report between two versions, in the direction that it took."""

    route: Route
    back: bool

    @property
    def target(self) -> Form:
        return self.route.older if self.back else self.route.newer

    def change(self, change: Change) -> Change | None:
        return (backward if self.back else forward)(self.route, change)


@dataclass(frozen=True, slots=True)
class EarlierCells:
    """Use cases of pages that say which version of the form they show."""

    catalogue: Catalogue
    submissions: Submissions
    records: Records
    store: SubmissionStore
    events: EventStore
    transaction: Transaction
    clock: Clock

    def save(
        self,
        actor: Actor,
        submission_id: str,
        changes: Sequence[Change],
        *,
        version: int,
        reasons: Sequence[Reason] = (),
        given_up: Sequence[Change] = (),
    ) -> EarlierSave[SubmissionView]:
        """As ``Submissions.save_cells``, for cells of the form's *version*.

        Raises:
            RequestInvalid: the form has no such version.
        """
        with self.transaction():
            placed, lost, moved = self._placed(submission_id, changes, version)
            told = self._reasons(submission_id, reasons, version)
            view, met = self.submissions.save_cells(actor, submission_id, placed, reasons=told)
            self._note(actor, view.submission, version, given_up)
            return EarlierSave(view, met, lost, moved)

    def save_record(
        self,
        actor: Actor,
        submission_id: str,
        record_id: str,
        changes: Sequence[Change],
        *,
        version: int,
        given_up: Sequence[Change] = (),
    ) -> EarlierSave[RecordView]:
        """The same for a sheet of a survey's return."""
        with self.transaction():
            placed, lost, moved = self._placed(submission_id, changes, version)
            view, met = self.records.save(actor, submission_id, record_id, placed)
            kept = self.store.get(submission_id)
            self._note(actor, kept, version, given_up, record=view.record.number)
            return EarlierSave(view, met, lost, moved)

    def before(self, submission: Submission) -> int:
        """The version on which the report last stood before, or the present one."""
        moves = self._moves(submission.id)
        return moves[-1][0] if moves else submission.version

    # Parts of these

    def _placed(
        self, submission_id: str, changes: Sequence[Change], version: int
    ) -> tuple[list[Change], tuple[Unplaced, ...], dict[str, str]]:
        # Held before it is read: nothing carries it along between the reading and the save.
        self.store.hold(submission_id)
        submission = self.store.get(submission_id)
        seen = self._form(submission.form, version)
        way = self._way(submission, seen)
        placed: list[Change] = []
        lost: list[Unplaced] = []
        moved: dict[str, str] = {}
        for change in changes:
            found = _along(seen, way, change)
            if isinstance(found, Unplaced):
                lost.append(found)
                continue
            placed.append(found)
            if found.path != change.path:
                moved[change.path] = found.path
        return placed, tuple(lost), moved

    def _reasons(self, submission_id: str, reasons: Sequence[Reason], version: int) -> list[Reason]:
        """Reasons follow their cells; those of a cell that is gone go with it."""
        if not reasons:
            return []
        about = [Change(reason["path"], None, None) for reason in reasons]
        _, lost, moved = self._placed(submission_id, about, version)
        gone = {one.change.path for one in lost}
        return [
            {**reason, "path": moved.get(reason["path"], reason["path"])}
            for reason in reasons
            if reason["path"] not in gone
        ]

    def _form(self, code: str, version: int) -> Form:
        try:
            return self.catalogue.form(code, version)
        except NotFound:
            raise RequestInvalid(reason="version", path="/version") from None

    def _way(self, submission: Submission, seen: Form) -> list[_Step]:
        """The moves of the report since it last was on the version that was *seen*."""
        if seen.version == submission.version:
            return []
        moves = self._moves(submission.id)
        since = [at for at, (source, _, _) in enumerate(moves) if source == seen.version]
        left = moves[since[-1] :] if since else [(seen.version, submission.version, False)]
        if left[-1][1] != submission.version or (not since and seen.version > submission.version):
            left = [(seen.version, submission.version, seen.version > submission.version)]
        return [
            _Step(
                Route.of(
                    self._form(submission.form, min(source, target)),
                    self._form(submission.form, max(source, target)),
                ),
                back,
            )
            for source, target, back in left
        ]

    def _moves(self, submission_id: str) -> list[tuple[int, int, bool]]:
        return [
            (
                int(str(event.details["from"])),
                int(str(event.details["to"])),
                event.name == TAKEN_BACK,
            )
            for event in self.events.of(f"submission/{submission_id}")
            if event.name in (CARRIED, TAKEN_BACK)
        ]

    def _note(
        self,
        actor: Actor,
        submission: Submission,
        version: int,
        given_up: Sequence[Change],
        record: int | None = None,
    ) -> None:
        """Write down what was given up: the values stand where they can be erased."""
        if not given_up:
            return
        form = self._form(submission.form, version)
        details: dict[str, object] = {
            "form": submission.form,
            "version": version,
            "paths": [one.path for one in given_up],
        }
        if record is not None:
            details["record"] = record
        values = [MASK if _hidden(form, one.path) else _said(one) for one in given_up]
        self.events.append(
            subject=f"submission/{submission.id}",
            name=GIVEN_UP,
            actor=actor.account,
            happened_at=self.clock.now(),
            details=details,
            personal={"values": values},
        )


def _along(seen: Form, way: Sequence[_Step], change: Change) -> Change | Unplaced:
    title = cell_title(seen, change.path)
    if not way:
        try:
            place_of(seen, change.path)
        except PathUnknown:
            return Unplaced(change, title)
        return change
    at = change
    for step in way:
        following = step.change(at)
        if following is None:
            places = () if step.back else into(step.route, at.path)
            return Unplaced(change, title, tuple(cell_title(step.target, one) for one in places))
        at = following
    return replace(at, origin=change.origin)


def _hidden(form: Form, path: str) -> bool:
    """Whether what stood there is not for the history: of a cell nobody knows, it could be."""
    try:
        place_of(form, path)
    except PathUnknown:
        return True
    return is_personal(form, path)


def _said(change: Change) -> object:
    """The value as far as somebody reads it; a line says no more than that it was one."""
    if change.new is None or isinstance(change.new, bool | int | float):
        return change.status if change.new is None else change.new
    return change.new[:_LONGEST] if isinstance(change.new, str) else ""
