"""One cell: what it means, what it held, who changed it; and who changed which cell last.

The filling page shows parts of the same page beside its grid.
"""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from server.core.access import Right
from server.core.answer_paths import cell_title, place_of, value_at
from server.core.answer_schema import merged
from server.core.form import Form
from server.core.indicator import Indicator, IndicatorTexts
from server.core.json_text import dumps
from server.core.layout import Column, Field
from server.core.vietnamese import nfc
from server.services.cell_history import CellEvent, CellPast
from server.services.review import SubmissionView
from server.web.comments import live_anchor, threads_of
from server.web.language import language_of_request
from server.web.policy import policy
from server.web.session import current_actor, services
from server.web.submission_texts import column_of, value_text
from server.web.submission_words import gettext as _
from server.web.submissions import head_of

blueprint = Blueprint("cells", __name__)


@dataclass(frozen=True, slots=True)
class PastLine:
    """One line of a cell's history as it is read; *changed* ones say from what to what."""

    at: datetime
    who: str
    what: str
    was: str
    now: str
    changed: bool
    note: str


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a cell asks for, in the words of its form and of the indicator catalogue."""

    description: str
    unit: str
    formula: str
    indicator: Indicator | None
    texts: IndicatorTexts | None


@blueprint.get("/submissions/<submission_id>/cell")
@policy(Right.READ)
def page(submission_id: str) -> ResponseReturnValue:
    """Everything about the cell at ``?path=``."""
    actor, path = current_actor(), nfc(request.args.get("path", ""))
    view = services().submissions.get(actor, submission_id)
    past = services().cell_history.of(actor, submission_id, path)
    return render_template(
        "submissions/cell.html",
        head=head_of(view, actor),
        path=path,
        title=cell_title(view.form, path, view.submission.answers),
        anchor=live_anchor(view.form, path, view.submission.answers),
        value=_value(view, path),
        previous=_previous(view, path),
        past=[_line(view, path, event) for event in past.events],
        meaning=_meaning(view, path, past),
        today=services().clock.today(),
        threads=threads_of(actor, view, path),
        may_write=services().comments.may_write(actor, submission_id),
    )


@blueprint.get("/submissions/<submission_id>/cells")
@policy(Right.READ)
def last(submission_id: str) -> ResponseReturnValue:
    """Who changed each cell last, when and how: ``{people, cells: {path: [who, when, how]}}``."""
    found = services().cell_history.last(current_actor(), submission_id)
    numbers = {by: number for number, by in enumerate(dict.fromkeys(one.by for one in found))}
    told = {
        "people": [services().accounts.name_of(by) for by in numbers],
        "cells": {
            one.change.path: [numbers[one.by], one.at.isoformat(), one.change.origin]
            for one in found
        },
    }
    return Response(dumps(told), content_type="application/json")


def origin_title(origin: str) -> str:
    """How a value came into its cell, in words."""
    titles = {
        "typed": _("Nhập tay"),
        "copied": _("Lấy số liệu kỳ trước"),
        "pasted": _("Dán"),
        "imported": _("Nhập từ Excel"),
    }
    return titles.get(origin, origin)


def _line(view: SubmissionView, path: str, event: CellEvent) -> PastLine:
    what = {
        "started": _("Bắt đầu nhập"),
        "changed": _("Tổng hợp từ cấp dưới")
        if view.consolidated and event.origin == "imported"
        else origin_title(event.origin),
        "sealed": _("Gửi lần thứ %(number)s", number=event.revision),
        "marked": _("Trả lại, đánh dấu ô này"),
        "moved": _(
            "Báo cáo chuyển sang phiên bản %(version)s của biểu mẫu; trước đó ô này là %(names)s",
            version=event.version,
            names="; ".join(f"“{title}” ({code})" for code, title in event.names),
        ),
    }[event.kind]
    return PastLine(
        at=event.at,
        who=services().accounts.name_of(event.by),
        what=what,
        was=value_text(*_former(view, path, event), event.old, event.old_status),
        now=value_text(*_former(view, path, event), event.new, event.status),
        changed=event.kind == "changed",
        note=event.note,
    )


def _text(view: SubmissionView, path: str, value: object, status: str | None) -> str:
    return value_text(view.form, path, value, status)


def _former(view: SubmissionView, path: str, event: CellEvent) -> tuple[Form, str]:
    """The form and the pointer by which a value of then is read."""
    return (view.form, path) if event.form is None else (event.form, event.path)


def _value(view: SubmissionView, path: str) -> str:
    """What the cell shows now."""
    submission, place = view.submission, place_of(view.form, path)
    if path in view.verdict.relevant_off:
        return _text(view, path, None, "not_applicable")
    value = value_at(merged(view.form, submission.answers, view.verdict.computed), place)
    said = [submission.statuses[one] for one in (path, *place.above) if one in submission.statuses]
    status = "none_arose" if submission.nil else next(iter(said), None)
    return _text(view, path, value, status)


def _previous(view: SubmissionView, path: str) -> str:
    """What it held in the report of the period before; empty when there was none."""
    past = view.previous
    if past is None:
        return ""
    whole = merged(view.form, past.answers, past.computed)
    return _text(view, path, value_at(whole, place_of(view.form, path)), past.statuses.get(path))


def _meaning(view: SubmissionView, path: str, past: CellPast) -> Meaning:
    column = column_of(view.form, path)
    number = column.number if isinstance(column, Column) else ""
    place, described = past.place, column.description if column is not None else None
    if described is None and place.cell is not None:
        described = place.cell.schema.get("description")  # type: ignore[assignment]
    block = "" if place.block is None else str(place.block.schema.get("description", ""))
    return Meaning(
        description=str(described or block),
        unit=_unit(view, column, past.indicator),
        formula=number.partition("=")[2].strip(),
        indicator=past.indicator,
        texts=None if past.indicator is None else past.indicator.texts(language_of_request()),
    )


def _unit(view: SubmissionView, column: Column | Field | None, indicator: Indicator | None) -> str:
    if column is not None and column.unit:
        return column.unit
    if indicator is not None and len(indicator.measures) == 1:
        return indicator.measures[0].unit
    return str(view.form.settings.get("unitOfMeasure", ""))
