"""What the desk shows of one report: what changed, its figures, its findings, who did what before.

It opens on the differences from the last sending and from the last period; the whole form, with
either of them marked in it, is one step away.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from flask import request
from flask_babel import gettext as _

from server.core.access import Actor
from server.core.answer_paths import PathUnknown, cell_title, place_of
from server.core.vietnamese import nfc
from server.core.workflow import Move
from server.services.desk import Opened
from server.services.review import SubmissionView
from server.web.acting import doer
from server.web.comments import ShownThread, live_anchor, threads_of
from server.web.consolidations import ShownSheet, sheet_of
from server.web.differences import (
    AGAINST,
    ChangedCell,
    Differences,
    Way,
    differences_of,
    marked_before,
    only_changed,
)
from server.web.rendering import Figures, figures_of
from server.web.session import services
from server.web.submission_inputs import InputField, fields_of
from server.web.submission_states import event_done
from server.web.submission_texts import ShownFinding
from server.web.submissions import ReportHead, head_of, moves_of

#: How many changed cells are offered to be marked before the list of all cells.
_SUGGESTED = 30
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
    way: Way
    differences: Differences
    compared: tuple[str, ...]  # what there is to compare with, of ``AGAINST``
    choices: tuple[Choice, ...]
    explained: tuple[tuple[ShownFinding, str], ...]
    noted: tuple[tuple[str, str, str], ...]
    since: int | None
    past: tuple[Step, ...]
    cells: tuple[tuple[str, str], ...]
    copied: int
    newest_change: int
    threads: list[ShownThread]
    may_write: bool
    sheet: ShownSheet | None
    errors: tuple[Mapping[str, str], ...] = ()
    marks: Mapping[str, str] = field(default_factory=dict)

    @property
    def changed(self) -> tuple[ChangedCell, ...]:
        """The cells of the table, as the page was asked for them."""
        return self.differences.against(self.way.against)

    @property
    def suggested(self) -> tuple[tuple[str, str], ...]:
        """The cells that are most likely marked: those with findings and those that changed."""
        found = {
            path: finding.title
            for finding in (*self.figures.errors, *self.figures.warnings)
            for path in finding.paths[:1]
            if path
        }
        sent = [one for one in self.differences.cells if one.sent and not one.calculated]
        found |= {cell.path: cell.title for cell in sent[:_SUGGESTED]}
        titles = dict(self.cells)
        return tuple({**found, **{path: titles.get(path, path) for path in self.marks}}.items())


def review_of(actor: Actor, submission_id: str, way: Way, asked: Asked | None) -> Review:
    """Everything of one report, as *actor* may see it; it opens on what changed."""
    opened = services().desk.opened(
        actor, submission_id, since=way.since, seen_change=way.seen_change
    )
    view = opened.view
    compared = _compared(opened)
    if not way.show:
        way = replace(way, show="changes" if compared else "all")
    if way.against not in compared:
        way = replace(way, against="")
    against = way.against or next(iter(compared), "sent")
    before = marked_before(opened, against) if way.show == "all" else {}
    figures = figures_of(view, before=before)
    return Review(
        head=head_of(view, actor),
        view=view,
        figures=only_changed(figures) if way.only and way.show == "all" else figures,
        way=replace(way, against=against) if way.show == "all" else way,
        differences=differences_of(opened),
        compared=compared,
        choices=_choices(view, asked),
        explained=_explained(view, figures),
        noted=_noted(view, figures),
        since=opened.since,
        past=_past(opened),
        cells=tuple(_cells(figures)),
        copied=len(services().cell_history.copied(view)),
        newest_change=services().desk.newest_change(submission_id),
        threads=threads_of(actor, view),
        may_write=services().comments.may_write(actor, submission_id),
        sheet=sheet_of(actor, submission_id) if view.consolidated else None,
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


def _compared(opened: Opened) -> tuple[str, ...]:
    there = {"sent": opened.before is not None, "period": opened.view.previous is not None}
    survey = opened.view.form.kind == "survey"
    return tuple(which for which in AGAINST if there[which] and not survey)


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


def _cells(shown: Figures) -> list[tuple[str, str]]:
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


def _past(opened: Opened) -> tuple[Step, ...]:
    return tuple(
        Step(
            title=event_done(event, opened.view.workflow),
            who=doer(event),
            at=event.happened_at,
            note=str(event.details.get("note", "")),
        )
        for event in reversed(opened.events)
        if event.name not in _TALK
    )
