"""Parts of a report as pages: the bar above the sheet, and what its buttons do.

Every button is a plain form; ``static/js/parts.js`` only sends typed cells first.
"""

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from server.core.access import Right
from server.core.part import UNIT, PartState
from server.core.ports import LOCAL
from server.core.vietnamese import format_date
from server.core.workflow import EVENTS
from server.errors import InputInvalid, RequestInvalid, Stale, TransitionRefused
from server.services.parts import OwedPart, PartView
from server.services.review import SubmissionView
from server.services.sheets import unit_title
from server.web.policy import policy
from server.web.session import current_actor, services
from server.web.submission_states import Badge
from server.web.submission_words import gettext as _

blueprint = Blueprint("parts", __name__)


@dataclass(frozen=True, slots=True)
class Button:
    """One thing that may be done with a part; *field* is what has to be told besides."""

    action: str
    title: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class ShownPart:
    """A part as it is read in the bar."""

    key: str
    title: str
    badge: Badge | None
    note: str
    buttons: tuple[Button, ...]
    assignee: str
    colleagues: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """What the partial ``_parts.html`` draws; *sections* may be given to a colleague."""

    parts: tuple[ShownPart, ...]
    sections: tuple[tuple[str, str], ...]
    colleagues: tuple[tuple[str, str], ...]
    fills: bool

    def __bool__(self) -> bool:
        return bool(self.parts or self.fills)


@blueprint.app_context_processor
def _around() -> dict[str, object]:
    """``parts_of(view)`` for the partial, ``parts_owed()`` for the list of work."""
    return {"parts_of": bar_of, "parts_owed": owed}


@blueprint.post("/submissions/<submission_id>/parts")
@policy(Right.FILL)
def act(submission_id: str) -> ResponseReturnValue:
    """Hand a part in, take it back, give it to somebody, or do not wait for it."""
    form, actor, parts = request.form, current_actor(), services().parts
    key, action = form.get("part", ""), form.get("action", "")
    try:
        if action == "hand_in":
            parts.hand_in(actor, submission_id, key)
            flash(_("Đã báo xong phần này. Các ô của phần đã khóa."), "success")
        elif action == "take_back":
            parts.take_back(actor, submission_id, key)
            flash(_("Đã mở lại phần này."), "success")
        elif action == "waive":
            parts.waive(actor, submission_id, key, form.get("reason", ""))
            flash(
                _("Báo cáo không chờ phần này nữa. Đơn vị tự ghi được các ô của phần."), "success"
            )
        elif action == "assign":
            parts.assign(actor, submission_id, key, form.get("assignee") or None)
            flash(_("Đã giao phần này."), "success")
        else:
            raise RequestInvalid(reason="action", path="/action")
    except InputInvalid as error:
        flash(_refusal(error), "error")
    except (Stale, TransitionRefused):
        flash(_("Phần này vừa được người khác thay đổi. Xem lại rồi thực hiện lại."), "warning")
    return redirect(back_to(submission_id), 303)


def back_to(submission_id: str) -> str:
    """The page from which a form of the report was sent: the review of an event, or the figures."""
    event = request.form.get("event", "")
    if event in EVENTS:
        return url_for("submission_events.review", submission_id=submission_id, event=event)
    return url_for("submissions.page", submission_id=submission_id)


def bar_of(view: SubmissionView) -> Bar:
    """The bar of a report that can still be filled; an empty one for everybody else."""
    actor, parts = current_actor(), services().parts
    if not view.state.editable:
        return Bar((), (), (), False)
    shown = tuple(_shown(one) for one in parts.of(actor, view.submission.id))
    colleagues = parts.colleagues(view.submission.filing_unit) if view.fills else ()
    sections = parts.assignable(actor, view.submission.id) if len(colleagues) > 1 else ()
    return Bar(
        parts=shown,
        sections=tuple((f"{UNIT}.{one.key}", one.title) for one in sections),
        colleagues=colleagues,
        fills=view.editable,
    )


def part_title(view: SubmissionView, key: str) -> str:
    """What a part of a report is called."""
    for one in services().parts.of(current_actor(), view.submission.id):
        if one.part.key == key:
            return _title(one)
    return key


def owed() -> list[tuple[OwedPart, str]]:
    """The parts that wait for the reader in reports, each as a sentence."""
    return [(one, _owed_title(one)) for one in services().parts.owed(current_actor())]


def _owed_title(one: OwedPart) -> str:
    unit = unit_title(one.unit)
    if one.part.section is not None:
        return _("Phần “%(part)s” giao cho anh/chị trong báo cáo của %(unit)s",
                 part=one.sections[0].title, unit=unit)  # fmt: skip
    return _("Phần của %(owner)s trong báo cáo của %(unit)s", owner=one.owner.name, unit=unit)


def _shown(one: PartView) -> ShownPart:
    return ShownPart(
        key=one.part.key,
        title=_title(one),
        badge=_badge(one),
        note=_note(one),
        buttons=tuple(_button(action, one) for action in one.actions),
        assignee=one.part.assignee or "",
        colleagues=one.colleagues,
    )


def _title(one: PartView) -> str:
    if one.part.key == UNIT:
        return _("Phần của %(unit)s", unit=unit_title(one.unit))
    if one.part.section is not None:
        return _("Phần “%(part)s”", part=one.sections[0].title)
    return _("Phần của %(unit)s", unit=one.unit.name)


def _badge(one: PartView) -> Badge | None:
    if one.part.key == UNIT:
        return None
    badges = {
        PartState.OPEN: Badge(_("Chưa xong"), "blue"),
        PartState.HANDED_IN: Badge(_("Đã xong"), "green"),
        PartState.WAIVED: Badge(_("Không chờ"), "amber"),
    }
    return badges[one.part.state]


def _note(one: PartView) -> str:
    part, name = one.part, one.done_by or ""
    if part.key == UNIT:
        return _("Xong khi trình ký hoặc gửi báo cáo.")
    if part.state is PartState.WAIVED:
        return _("%(name)s: không chờ, lý do: %(reason)s", name=name, reason=part.reason)
    if part.state is PartState.HANDED_IN and part.handed_in_at is not None:
        moment = part.handed_in_at.astimezone(LOCAL)
        return _("%(name)s báo xong lúc %(time)s ngày %(day)s",
                 name=name, time=f"{moment:%H:%M}", day=format_date(moment.date()))  # fmt: skip
    titles = ", ".join(section.title for section in one.sections)
    who = _("Giao cho %(name)s", name=one.assignee) if one.assignee else titles
    return " · ".join(filter(None, (who, due_words(one.due_on, late=one.late))))


def due_words(due_on: date, *, late: bool) -> str:
    """``Hạn gửi 15/01/2025``, and whether it has passed."""
    said = f"{_('Hạn gửi')} {format_date(due_on)}"
    return f"{said}, {_('đã quá hạn')}" if late else said


def _button(action: str, one: PartView) -> Button:
    waived = one.part.state is PartState.WAIVED
    buttons = {
        "hand_in": Button("hand_in", _("Xong phần này")),
        "take_back": Button("take_back", _("Chờ lại phần này") if waived else _("Mở lại phần này")),
        "waive": Button("waive", _("Gửi không chờ phần này"), "reason"),
        "assign": Button("assign", _("Giao phần này cho"), "assignee"),
    }
    return buttons[action]


def _refusal(error: InputInvalid) -> str:
    errors = error.facts.get("errors")
    codes = [one.get("code") for one in errors] if isinstance(errors, list) else []
    if "assignee" in codes:
        return _("Người được chọn không nhập số liệu cho đơn vị này. Chọn người khác.")
    return _("Ghi lý do không chờ phần này (từ 5 đến 500 ký tự) rồi thực hiện lại.")
