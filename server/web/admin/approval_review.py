"""What the desk shows of one report: its figures three ways, its findings, who did what before.

The three ways: all figures with what changed since the last sending, only the changed cells, and
the figures beside those of the previous period.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flask import request
from flask_babel import gettext as _

from server.core.access import Actor
from server.core.answer_paths import PathUnknown, cell_title, place_of
from server.core.answers import Verdict
from server.core.submission import Change, Revision
from server.core.vietnamese import nfc
from server.core.workflow import Move
from server.services.review import SubmissionView
from server.services.sheets import STATUS_SIGNS
from server.web.acting import doer
from server.web.comments import ShownThread, live_anchor, threads_of
from server.web.rendering import Figures, figures, figures_of
from server.web.session import services
from server.web.submission_history import changes_between
from server.web.submission_inputs import InputField, fields_of
from server.web.submission_states import event_done
from server.web.submission_texts import ShownFinding, value_text
from server.web.submissions import ReportHead, head_of, moves_of

WAYS = ("all", "changes", "previous")
_LONGEST_NOTE = 500
_MOST_MARKS = 200
_CLERKS = ("submit", "send")
#: Codes of reasons that answer a question; the question is silent once it is answered.
_ANSWERS = ("outlier", "mark")
#: What people write to each other stands in the threads, not among the steps.
_TALK = ("submission.commented", "submission.comment_resolved")


@dataclass(frozen=True, slots=True)
class Asked:
    """A decision that was refused, with what had been typed."""

    event: str
    texts: Mapping[str, str]
    errors: Sequence[Mapping[str, str]]
    marks: Sequence[Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Choice:
    """A move with its button and the fields that it asks for."""

    move: Move
    title: str
    inputs: list[InputField]
    refused: bool

    @property
    def plain(self) -> bool:
        """Whether one click is enough."""
        return not self.inputs


@dataclass(frozen=True, slots=True)
class ChangedCell:
    """A cell that changed since the last sending, with its value of the previous period."""

    path: str
    title: str
    was: str
    now: str
    previous: str


@dataclass(frozen=True, slots=True)
class Step:
    """A past step in one line."""

    title: str
    who: str
    at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class Review:
    """The page of one report at the desk."""

    head: ReportHead
    view: SubmissionView
    figures: Figures
    way: str
    choices: tuple[Choice, ...]
    explained: tuple[tuple[ShownFinding, str], ...]
    noted: tuple[tuple[str, str, str], ...]
    since: int | None
    changed: tuple[ChangedCell, ...]
    past: tuple[Step, ...]
    cells: tuple[tuple[str, str], ...]
    copied: int
    threads: list[ShownThread]
    may_write: bool
    errors: tuple[Mapping[str, str], ...] = ()
    marks: Mapping[str, str] = field(default_factory=dict)

    @property
    def suggested(self) -> tuple[tuple[str, str], ...]:
        """The cells that are most likely marked: those with findings and those that changed."""
        found = {
            path: finding.title
            for finding in (*self.figures.errors, *self.figures.warnings)
            for path in finding.paths[:1]
            if path
        }
        found |= {cell.path: cell.title for cell in self.changed[:30]}
        titles = dict(self.cells)
        return tuple({**found, **{path: titles.get(path, path) for path in self.marks}}.items())


def review_of(actor: Actor, submission_id: str, way: str, asked: Asked | None) -> Review:
    """Everything of one report, as *actor* may see it."""
    service = services().submissions
    view = service.get(actor, submission_id)
    since, changes, before = _changes(actor, view)
    previous = _previous_texts(view)
    way = way if way in WAYS else "all"
    plain = figures_of(view)
    shown = plain
    if way == "previous":
        shown = figures_of(view, before=_differing(plain, previous))
    elif before is not None:
        shown = figures_of(view, before=changes_between(view, changes, before))
    return Review(
        head=head_of(view, actor),
        view=view,
        figures=shown,
        way=way,
        choices=_choices(view, asked),
        explained=_explained(view, plain),
        noted=_noted(view, plain),
        since=since,
        changed=tuple(_changed(view, change, before, previous) for change in changes),
        past=_past(actor, view),
        cells=tuple(_cells(view, plain)),
        copied=len(services().cell_history.copied(view)),
        threads=threads_of(actor, view),
        may_write=services().comments.may_write(actor, submission_id),
        errors=tuple(asked.errors) if asked else (),
        marks={mark["path"]: mark.get("note", "") for mark in asked.marks} if asked else {},
    )


def posted_marks(view: SubmissionView) -> list[dict[str, str]]:
    """The cells that a return marks, each with its note; paths the form does not have fall away."""
    marks: list[dict[str, str]] = []
    for path in dict.fromkeys(request.form.getlist("mark")[:_MOST_MARKS]):
        try:
            place_of(view.form, path)
        except PathUnknown:
            continue
        note = nfc(request.form.get(f"note:{path}", "")).strip()[:_LONGEST_NOTE]
        marks.append({"path": path, "note": note} if note else {"path": path})
    return marks


def _choices(view: SubmissionView, asked: Asked | None) -> tuple[Choice, ...]:
    found = []
    for move, title in moves_of(view):
        if move.event in _CLERKS:
            continue
        refused = asked is not None and asked.event == move.event
        texts = asked.texts if asked is not None and refused else {}
        found.append(Choice(move, title, fields_of(move.input, texts), refused))
    return tuple(found)


def _changes(
    actor: Actor, view: SubmissionView
) -> tuple[int | None, tuple[Change, ...], Revision | None]:
    """Since which sending, which cells, and that sending; nothing on a first one."""
    service, submission = services().submissions, view.submission
    # What left the unit is sealed as the newest sending already: compare it with the one before.
    since = submission.revision - 1 if view.state.sent else submission.revision
    if since < 1:
        return None, (), None
    before = service.revision(actor, submission.id, since)
    return since, service.diff(actor, submission.id, since), before


def _changed(
    view: SubmissionView, change: Change, before: Revision | None, previous: Mapping[str, str]
) -> ChangedCell:
    statuses = {} if before is None else before.statuses
    return ChangedCell(
        path=change.path,
        title=cell_title(view.form, change.path, view.submission.answers),
        was=value_text(view.form, change.path, change.old, statuses.get(change.path)),
        now=value_text(view.form, change.path, change.new, change.status),
        previous=previous.get(change.path, ""),
    )


def _previous_texts(view: SubmissionView) -> dict[str, str]:
    """What each cell held in the previous period's report."""
    if view.previous is None or view.form.kind == "survey":
        return {}
    verdict = Verdict(findings=(), computed=view.previous.computed, relevant_off=frozenset())
    drawn = figures(view.form, view.previous.answers, view.previous.statuses, verdict)
    return dict(_texts(drawn))


def _texts(drawn: Figures) -> list[tuple[str, str]]:
    found = []
    for section in drawn.sections:
        found += [(cell.path, cell.text) for cell in section.fields]
        if section.grid is not None:
            found += [(cell.path, cell.text) for row in section.grid.rows for cell in row.cells]
    return found


def _differing(plain: Figures, previous: Mapping[str, str]) -> dict[str, str]:
    now = dict(_texts(plain))
    # A row nobody filled reads the same as one that says "none arose".
    nothing = {"", STATUS_SIGNS["none_arose"]}
    return {
        path: text
        for path, text in previous.items()
        if path in now and now[path] != text and not {now[path], text} <= nothing
    }


def _explained(view: SubmissionView, shown: Figures) -> tuple[tuple[ShownFinding, str], ...]:
    """All findings, each with the reason that the unit wrote, where it wrote one."""
    said = {(reason["code"], reason["path"]): reason["text"] for reason in view.submission.reasons}
    return tuple(
        (finding, said.get((finding.code, finding.path), "")) for finding in shown.findings
    )


def _noted(view: SubmissionView, shown: Figures) -> tuple[tuple[str, str, str], ...]:
    """What the unit wrote where no finding stands any more: its answers to questions and marks.

    Each with the anchor and the name of its cell. A warning that was corrected needs no reason.
    """
    standing = {(finding.code, finding.path) for finding in shown.findings}
    answers = view.submission.answers
    return tuple(
        (
            live_anchor(view.form, reason["path"], answers),
            cell_title(view.form, reason["path"], answers),
            reason["text"],
        )
        for reason in view.submission.reasons
        if reason["code"] in _ANSWERS and (reason["code"], reason["path"]) not in standing
    )


def _cells(view: SubmissionView, shown: Figures) -> list[tuple[str, str]]:
    """Every cell that shows something, for marking one by its name."""
    found = []
    for section in shown.sections:
        found += [(cell.path, cell.title) for cell in section.fields if cell.kind == "typed"]
        if section.grid is None:
            continue
        found += [
            (cell.path, _("%(row)s, %(column)s", row=row.title, column=cell.title))
            for row in section.grid.rows
            for cell in row.cells
            if cell.kind == "typed" and not row.hidden
        ]
    return found


def _past(actor: Actor, view: SubmissionView) -> tuple[Step, ...]:
    events = services().submissions.history(actor, view.submission.id)
    return tuple(
        Step(
            title=event_done(event, view.workflow),
            who=doer(event),
            at=event.happened_at,
            note=str(event.details.get("note", "")),
        )
        for event in reversed(events)
        if event.name not in _TALK
    )
