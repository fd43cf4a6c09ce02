"""The past of single cells: every change with who, when and how; what is copied and still stands.

All of it is read from the changed cells, the sealed editions and the returns; nothing is kept
twice, so that the history on screen and the audit table cannot differ.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from server.core.access import Actor
from server.core.answer_changes import same
from server.core.answer_paths import Place, place_of, value_at
from server.core.answer_schema import merged
from server.core.cell_meaning import indicator_at
from server.core.comment import marks_of
from server.core.event import Event
from server.core.form import Form
from server.core.indicator import Indicator
from server.core.period import Period
from server.core.personal import MASK, is_personal
from server.core.shape import BlockKind
from server.core.submission import STATUSES, DraftChange, Revision, Submission
from server.errors import NotFound
from server.services.cell_stretches import CellStretches, Stretch, within
from server.services.review import Reviewer, SubmissionView, Surroundings
from server.storage.events import EventStore
from server.storage.submissions import SubmissionStore

_ORDER = {"started": 0, "changed": 1, "sealed": 2, "marked": 3, "moved": 4}


@dataclass(frozen=True, slots=True)
class CellEvent:
    """One line of a cell's past.

    *kind*: started (what the report began with), changed, sealed (what a sending held), marked
    (a return asks to look again) or moved (the report went to another *version* of its form, where
    the cell has another name: *names* are its pointers and titles before). *note* is what the
    return says, *revision* the sending. *path* and *form* say how to read the values.
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
    version: int | None = None
    names: tuple[tuple[str, str], ...] = ()
    path: str = ""
    form: Form | None = field(default=None, compare=False, repr=False)


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
    stretches: CellStretches

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
        history = list(self.events.of(f"submission/{submission_id}"))
        stretches = self.stretches.of(around.form, place, history)
        events = self._changes(submission, stretches)
        events += _began(events, submission, stretches, history[0].actor if history else "")
        events += [
            _sealed(around.form, self._read(around, period, revision), place)
            for revision in self.submissions.revisions(submission_id)
        ]
        events += [
            CellEvent("marked", mark.written_at, mark.author, note=mark.text)
            for mark in marks_of(history)
            if mark.path == path
        ]
        # A value that was personal under its former name stays so.
        personal = any(is_personal(one.form, at.path) for one in stretches for at in one.places)
        hidden = personal and not actor.sees_personal(around.unit.id, around.above)
        if hidden:
            events = [_masked(event) for event in events]
        events.sort(key=lambda event: (event.at, _ORDER[event.kind]))
        return CellPast(
            around=around,
            place=place,
            hidden=hidden,
            events=tuple(reversed(events)),
            indicator=self._indicator(around.form, path),
        )

    def last(self, actor: Actor, submission_id: str) -> list[DraftChange]:
        """Of each changed cell (line, block) of a report the newest change, without its value."""
        submission = self.submissions.get(submission_id)
        around = self.reviewer.around(actor, submission)
        return self._now(around.form, submission_id, self.submissions.last_changes(submission_id))

    def copied(self, view: SubmissionView) -> tuple[str, ...]:
        """The cells that hold what was copied from last period, unchanged since."""
        submission = view.submission
        return tuple(
            kept.change.path
            for kept in self._now(
                view.form, submission.id, self.submissions.last_changes(submission.id, "copied")
            )
            if same(
                value_at(submission.answers, place_of(view.form, kept.change.path)),
                kept.change.new,
            )
            and submission.statuses.get(kept.change.path) == kept.change.status
        )

    def _read(self, around: Surroundings, period: Period, revision: Revision) -> Revision:
        """An edition of an older version as the present one asks it."""
        return self.reviewer.editions.read_as(around.form, revision, around.unit, period)

    def _now(self, form: Form, submission_id: str, changes: list[DraftChange]) -> list[DraftChange]:
        history = list(self.events.of(f"submission/{submission_id}"))
        return self.stretches.now(form, history, changes)

    def _changes(self, submission: Submission, stretches: list[Stretch]) -> list[CellEvent]:
        """What was changed under each name, and the moves from one name to the next."""
        paths = frozenset().union(*(one.paths for one in stretches))
        kept = within(stretches, self.submissions.changes_at(submission.id, paths))
        events: list[CellEvent] = []
        for number, stretch in reversed(list(enumerate(stretches))):
            for change in kept[number]:
                events += _changed(change, stretch)
            newer = stretches[number - 1]
            if stretch.ended is not None and stretch.names and stretch.names != newer.names:
                events.append(_moved(stretch, stretch.ended))
        return events

    def _indicator(self, form: Form, path: str) -> Indicator | None:
        code = indicator_at(form, path)
        try:
            return None if code is None else self.reviewer.catalogue.indicator(code)
        except NotFound:
            return None  # the catalogue no longer has it


def _changed(kept: DraftChange, stretch: Stretch) -> list[CellEvent]:
    """A change as the cell saw it; nothing when a change of its line left the cell alone."""
    found = []
    for place in stretch.places:
        change = kept.change
        if change.path not in (place.path, *place.above):
            continue
        old, new = change.old, change.new
        if change.path != place.path:
            old, new = _within(old, change.path, place), _within(new, change.path, place)
            if same(old, new) and change.status is None:
                continue
        old_status = None
        if (
            isinstance(old, str)
            and old in STATUSES
            and (place.cell and place.cell.type != "string")
        ):
            old, old_status = None, str(change.old)
        found.append(
            CellEvent(
                "changed",
                kept.at,
                kept.by,
                old=old,
                old_status=old_status,
                new=new,
                status=change.status,
                origin=change.origin,
                path=place.path,
                form=stretch.form,
            )
        )
    return found


def _moved(stretch: Stretch, ended: Event) -> CellEvent:
    version = int(str(ended.details["to"]))
    return CellEvent("moved", ended.happened_at, ended.actor, version=version, names=stretch.names)


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


def _began(
    found: list[CellEvent], submission: Submission, stretches: list[Stretch], by: str
) -> list[CellEvent]:
    """What the report began with in this cell: what the first change found there.

    Nothing tells where several cells became one, or where a value that nobody ever changed was
    written otherwise on the way.
    """
    first, began = stretches[-1], None
    place = first.places[0] if len(first.places) == 1 else None
    if place is None or place.cell is None or place.cell.calculate is not None:
        return []
    changes = [one for one in found if one.kind == "changed"]
    if changes:
        began = changes[0].old
    elif all(one.as_is for one in stretches):
        began = value_at(submission.answers, stretches[0].places[0])
    if began is None or submission.started_at is None:
        return []
    at = submission.started_at
    return [CellEvent("started", at, by, new=began, path=place.path, form=first.form)]


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
