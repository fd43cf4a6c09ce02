"""In words: what a move to another version of the form did to a report, and what was given up."""

from dataclasses import dataclass
from datetime import datetime

from server.core.access import Actor
from server.core.answer_paths import PathUnknown, cell_title
from server.core.event import Event
from server.core.form import Form
from server.services.carried_reports import CarriedReport, CarriedValue
from server.services.review import SubmissionView
from server.web.session import services
from server.web.submission_texts import value_text
from server.web.submission_words import gettext as _
from server.web.version_note import change_line

#: More lines than somebody reads; the rest is counted.
_MOST = 200


@dataclass(frozen=True, slots=True)
class CarriedNote:
    """What is said on the page of a draft until it is passed on."""

    said: str
    at: datetime
    lost: str
    lines: tuple[str, ...]


def carried_note(view: SubmissionView, actor: Actor) -> CarriedNote | None:
    """The note for whoever fills the report; None where they know all that has happened."""
    history = services().submissions.history(actor, view.submission.id)
    events = services().carried_reports.unseen(history)
    told = [services().carried_reports.of(view, event) for event in events]
    moves = [one for one in told if one is not None]
    if not moves:
        return None
    count = sum(len(one.dropped) for one in moves)
    return CarriedNote(
        said=_versions(moves[0].older, moves[-1].newer),
        at=events[-1].happened_at,
        lost=_("%(count)s số cũ không còn chỗ trong phiên bản này.", count=count) if count else "",
        lines=tuple(line for one in moves for line in _lines(one)),
    )


def carried_lines(view: SubmissionView, event: Event) -> tuple[str, ...]:
    """What the history says of such an event; nothing of all others."""
    found = services().carried_reports.of(view, event)
    if found is not None:
        return (f"{_versions(found.older, found.newer)}.", *_lines(found))
    given_up = services().carried_reports.given_up(view, event)
    return tuple(_value(form, one) for form, one in given_up)


def _versions(older: Form, newer: Form) -> str:
    return _(
        "Từ phiên bản %(older)s sang phiên bản %(newer)s",
        older=older.version,
        newer=newer.version,
    )


def _lines(found: CarriedReport) -> tuple[str, ...]:
    dropped = [
        _("Không còn chỗ, số cũ: %(value)s", value=_value(found.older, one))
        for one in found.dropped
    ]
    converted = [
        _(
            "Ghi lại: %(value)s → %(after)s",
            value=_value(found.older, one),
            after=_text(found.newer, one.target, one.after, None),
        )
        for one in found.converted
    ]
    changes = [change_line(change) for change in found.changes]
    lines = [*dropped, *changes, *converted]
    more = len(lines) - _MOST
    return (*lines[:_MOST], *([_("và %(count)s dòng khác", count=more)] if more > 0 else []))


def _value(form: Form, one: CarriedValue) -> str:
    title = cell_title(form, one.path)
    if one.sheet is not None:
        title = _("Phiếu %(number)s, %(title)s", number=one.sheet, title=title)
    return f"{title}: {_text(form, one.path, one.value, one.status) or _('(trống)')}"


def _text(form: Form, path: str, value: object, status: str | None) -> str:
    try:
        return value_text(form, path, value, status)
    except PathUnknown:
        return "" if value is None else str(value)
