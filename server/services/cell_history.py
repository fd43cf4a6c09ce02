"""The past of single cells: every change with who, when and how; what is copied and still stands.

All of it is read from the changed cells, the sealed editions and the returns; nothing is kept
twice, so that the history on screen and the audit table cannot differ.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from server.core.access import Actor
from server.core.answer_changes import same
from server.core.answer_paths import Place, place_of, value_at
from server.core.answer_schema import merged
from server.core.cell_meaning import indicator_at
from server.core.comment import marks_of
from server.core.form import Form
from server.core.indicator import Indicator
from server.core.period import Period
from server.core.personal import MASK, is_personal
from server.core.shape import BlockKind
from server.core.submission import STATUSES, DraftChange, Revision
from server.errors import NotFound
from server.services.review import Reviewer, SubmissionView, Surroundings
from server.storage.events import EventStore
from server.storage.submissions import SubmissionStore

_ORDER = {"started": 0, "changed": 1, "sealed": 2, "marked": 3}


@dataclass(frozen=True, slots=True)
class CellEvent:
    """One line of a cell's past.

    *kind*: started (what the report began with), changed, sealed (what a sending held) or marked
    (a return asks to look again). *note* is what the return says, *revision* the sending.
    """

    kind: str
    at: datetime
    by: str
    old: object = None
    old_status: str | None = None
    new: object = None
    status: str | None = None
    origin: str = ""
    revision: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class CellPast:
    """A cell with its past, the newest line first."""

    around: Surroundings
    place: Place
    hidden: bool  # a personal value that the reader may not see
    events: tuple[CellEvent, ...]
    indicator: Indicator | None


@dataclass(frozen=True, slots=True)
class CellHistory:
    """Use cases of looking a cell up."""

    submissions: SubmissionStore
    events: EventStore
    reviewer: Reviewer

    def of(self, actor: Actor, submission_id: str, path: str) -> CellPast:
        """Everything that happened to one cell.

        Raises:
            NotFound: no such report in scope.
            PathUnknown: the form has no such cell.
        """
        submission = self.submissions.get(submission_id)
        around = self.reviewer.around(actor, submission)
        place, period = place_of(around.form, path), Period.parse(submission.period)
        if place.cell is None:
            raise NotFound(kind="cell")
        changes = self.submissions.changes_at(submission_id, {path, *place.above})
        found = [event for change in changes if (event := _changed(change, place)) is not None]
        began = _began(found, submission.answers, place)
        if began is not None and submission.started_at is not None:
            by = self._starter(submission_id)
            found.insert(0, CellEvent("started", submission.started_at, by, new=began))
        found += [
            _sealed(around.form, self._read(around, period, revision), place)
            for revision in self.submissions.revisions(submission_id)
        ]
        found += [
            CellEvent("marked", mark.written_at, mark.author, note=mark.text)
            for mark in marks_of(list(self.events.of(f"submission/{submission_id}")))
            if mark.path == path
        ]
        hidden = is_personal(around.form, path) and not actor.sees_personal(
            around.unit.id, around.above
        )
        if hidden:
            found = [_masked(event) for event in found]
        found.sort(key=lambda event: (event.at, _ORDER[event.kind]))
        return CellPast(
            around=around,
            place=place,
            hidden=hidden,
            events=tuple(reversed(found)),
            indicator=self._indicator(around.form, path),
        )

    def last(self, actor: Actor, submission_id: str) -> list[DraftChange]:
        """Of each changed cell (line, block) of a report the newest change, without its value."""
        submission = self.submissions.get(submission_id)
        self.reviewer.around(actor, submission)
        return self.submissions.last_changes(submission_id)

    def copied(self, view: SubmissionView) -> tuple[str, ...]:
        """The cells that hold what was copied from last period, unchanged since."""
        submission = view.submission
        return tuple(
            kept.change.path
            for kept in self.submissions.last_changes(submission.id, "copied")
            if same(
                value_at(submission.answers, place_of(view.form, kept.change.path)),
                kept.change.new,
            )
            and submission.statuses.get(kept.change.path) == kept.change.status
        )

    def _read(self, around: Surroundings, period: Period, revision: Revision) -> Revision:
        """An edition of an older version as the present one asks it."""
        return self.reviewer.editions.read_as(around.form, revision, around.unit, period)

    def _starter(self, submission_id: str) -> str:
        first = self.events.of(f"submission/{submission_id}")[:1]
        return first[0].actor if first else ""

    def _indicator(self, form: Form, path: str) -> Indicator | None:
        code = indicator_at(form, path)
        try:
            return None if code is None else self.reviewer.catalogue.indicator(code)
        except NotFound:
            return None  # the catalogue no longer has it


def _changed(kept: DraftChange, place: Place) -> CellEvent | None:
    """A change as the cell saw it; None when a change of its line left the cell alone."""
    change = kept.change
    old, new = change.old, change.new
    if change.path != place.path:
        old, new = _within(old, change.path, place), _within(new, change.path, place)
        if same(old, new) and change.status is None:
            return None
    old_status = None
    if isinstance(old, str) and old in STATUSES and (place.cell and place.cell.type != "string"):
        old, old_status = None, str(change.old)
    return CellEvent(
        "changed",
        kept.at,
        kept.by,
        old=old,
        old_status=old_status,
        new=new,
        status=change.status,
        origin=change.origin,
    )


def _within(whole: object, path: str, place: Place) -> object:
    """What a line or block, as a change holds it, has in the cell."""
    held = whole
    if place.block is not None and path == place.block.path and place.row is not None:
        if place.block.kind is BlockKind.ROSTER:
            rows = held if isinstance(held, list) else []
            held = next((row for row in rows if row.get("_id") == place.row), None)
        else:
            held = held.get(place.row) if isinstance(held, Mapping) else None
    assert place.cell is not None
    return held.get(place.cell.key) if isinstance(held, Mapping) else None


def _began(found: list[CellEvent], answers: Mapping[str, object], place: Place) -> object:
    """What the report began with in this cell: what the first change found there."""
    if place.cell is not None and place.cell.calculate is not None:
        return None
    return found[0].old if found else value_at(answers, place)


def _sealed(form: Form, revision: Revision, place: Place) -> CellEvent:
    whole = merged(form, revision.answers, revision.computed)
    said = revision.statuses
    status = next((said[path] for path in (place.path, *place.above) if path in said), None)
    if revision.nil:
        status = "none_arose"
    return CellEvent(
        "sealed",
        revision.sealed_at,
        revision.sealed_by,
        new=value_at(whole, place),
        status=status,
        revision=revision.number,
    )


def _masked(event: CellEvent) -> CellEvent:
    old = None if event.old is None else MASK
    new = None if event.new is None else MASK
    return replace(event, old=old, old_status=None, new=new, status=None)
