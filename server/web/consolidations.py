"""Tổng hợp: consolidated reports in a list, and one report with its children and its sums.

The figures themselves are filled and read on the pages of every report; here stands where they
come from, and here a sum is corrected.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from server.core.access import Actor, Right
from server.core.answer_paths import PathUnknown, cell_title, place_of, value_at
from server.core.consolidation import is_summed
from server.core.submission import Change
from server.core.vietnamese import nfc
from server.core.vietnamese_numbers import NumberUnclear, parse_number
from server.errors import NotFound, RequestInvalid, Stale
from server.services.children import Child
from server.services.consolidation_views import Owed, Sheet
from server.web.policy import policy
from server.web.session import current_actor, services
from server.web.submission_states import Badge, badge_of, late_badge, obligation_badge
from server.web.submission_texts import value_text
from server.web.submission_words import gettext as _
from server.web.submissions import head_of, posted_edit, started

blueprint = Blueprint("consolidations", __name__)
_LONGEST = 2000


@dataclass(frozen=True, slots=True)
class OwedRow:
    """One line of the list."""

    owed: Owed
    period: str
    badge: Badge
    late: Badge | None


@dataclass(frozen=True, slots=True)
class ChildLine:
    """One child on the page; *open*: the reader may open its report."""

    child: Child
    badge: Badge
    mark: Badge
    open: bool


@dataclass(frozen=True, slots=True)
class SumLine:
    """A summed cell: the sum, what the report says, the difference, and why."""

    path: str
    title: str
    sum: str
    value: str
    difference: object
    reason: str
    lacking: str


@dataclass(frozen=True, slots=True)
class ShownSheet:
    """What stands behind a consolidated report: its children and its sums, in words."""

    sheet: Sheet
    lines: tuple[ChildLine, ...]
    sums: tuple[SumLine, ...]


def sheet_of(actor: Actor, submission_id: str) -> ShownSheet:
    """The children and the sums of a consolidated report; the desk shows them too."""
    sheet = services().consolidations.sheet(actor, submission_id)
    lines = tuple(_child_line(sheet, child) for child in sheet.standing.children)
    return ShownSheet(sheet, lines, tuple(_sum_lines(sheet)))


@blueprint.get("/consolidations")
@policy(Right.READ)
def index() -> ResponseReturnValue:
    """The consolidated reports in scope, with how many children are in them."""
    today = services().clock.today()
    rows = []
    for owed in services().consolidations.list_(current_actor()):
        badge = obligation_badge(owed.obligation.state(today))
        if owed.submission is not None:
            badge = badge_of(
                services().catalogue.workflow(
                    owed.submission.workflow, owed.submission.workflow_version
                ),
                owed.submission.state,
            )
        period = services().consolidations.period_title(owed.obligation)
        rows.append(OwedRow(owed, period, badge, late_badge(owed.obligation, today)))
    return render_template("consolidations/index.html", rows=rows)


@blueprint.post("/consolidations/start")
@policy(Right.FILL)
def start() -> ResponseReturnValue:
    """Start the report with its first sums, or go on with it when somebody was quicker."""
    return started(services().consolidations.start)


@blueprint.get("/consolidations/<submission_id>")
@policy(Right.READ)
def page(submission_id: str) -> ResponseReturnValue:
    """Where the sums come from, who is missing, what was corrected, what would change."""
    if not services().submissions.get(current_actor(), submission_id).consolidated:
        return redirect(url_for("submissions.page", submission_id=submission_id), 303)
    return _page(submission_id)


@blueprint.post("/consolidations/<submission_id>/take")
@policy(Right.FILL)
def take(submission_id: str) -> ResponseReturnValue:
    """Make the sums again, of the children's approved reports as they are now."""
    actor = current_actor()
    try:
        services().consolidations.consolidate(actor, submission_id, seen=posted_edit())
    except Stale:
        flash(_("Báo cáo vừa thay đổi. Xem lại rồi thực hiện lại."), "warning")
    else:
        flash(_("Đã tổng hợp từ cấp dưới."), "success")
    return redirect(url_for(".page", submission_id=submission_id), 303)


@blueprint.post("/consolidations/<submission_id>/explain")
@policy(Right.FILL)
def explain(submission_id: str) -> ResponseReturnValue:
    """Write why the report may go without the missing children."""
    reason = nfc(request.form.get("reason", "")).strip()[:_LONGEST]
    try:
        services().consolidations.explain(
            current_actor(), submission_id, reason, seen=posted_edit()
        )
    except Stale:
        flash(_("Báo cáo vừa thay đổi. Xem lại rồi thực hiện lại."), "warning")
    return redirect(url_for(".page", submission_id=submission_id), 303)


@blueprint.get("/consolidations/<submission_id>/cell")
@policy(Right.READ)
def cell(submission_id: str) -> ResponseReturnValue:
    """One sum, child by child; who fills the report corrects it here."""
    path = request.args.get("path", "")
    if not path:
        seen = services().submissions.get(current_actor(), submission_id)  # or it is not found
        return redirect(url_for(".page", submission_id=seen.submission.id), 303)
    return _cell(submission_id, path, {}, ())


@blueprint.post("/consolidations/<submission_id>/cell")
@policy(Right.FILL)
def correct(submission_id: str) -> ResponseReturnValue:
    """Hold the cell otherwise than the sum, with a reason; the sum itself ends the correction."""
    actor, form = current_actor(), request.form
    path, typed = form.get("path", ""), {key: nfc(form.get(key, "")) for key in ("value", "reason")}
    sheet = services().consolidations.sheet(actor, submission_id)
    view = sheet.view
    try:
        place = place_of(view.form, path)
    except PathUnknown:
        raise NotFound(kind="cell") from None
    if place.cell is None or not is_summed(view.form, path):
        raise NotFound(kind="cell")
    number: object
    if form.get("back"):
        number, status = value_at(sheet.sums.answers, place), sheet.sums.statuses.get(path)
    else:
        try:
            number, status = _number(typed["value"], place.cell.decimals or 0), None
        except NumberUnclear:
            errors = [{"field": "value", "message": _("Ghi một số, ví dụ 1.203 hoặc 12,5.")}]
            return _cell(submission_id, path, typed, errors)
    old = value_at(view.submission.answers, place)
    change = Change(
        path, view.submission.statuses.get(path) if old is None else old, number, status
    )
    try:
        services().consolidations.correct(
            actor,
            submission_id,
            [change],
            seen=posted_edit(),
            reason=typed["reason"].strip()[:_LONGEST],
        )
    except RequestInvalid as refused:
        if refused.facts.get("reason") != "correction-reason":
            raise
        errors = [{"field": "reason", "message": _("Ghi lý do sửa (ít nhất 5 ký tự).")}]
        return _cell(submission_id, path, typed, errors)
    except Stale:
        flash(_("Báo cáo vừa thay đổi. Xem lại rồi thực hiện lại."), "warning")
        return redirect(url_for(".cell", submission_id=submission_id, path=path), 303)
    return redirect(url_for(".page", submission_id=submission_id), 303)


def _page(submission_id: str) -> ResponseReturnValue:
    actor = current_actor()
    shown = sheet_of(actor, submission_id)
    sheet = shown.sheet
    preview = services().consolidations.preview(actor, submission_id)
    view = sheet.view
    changes = [
        (
            change.path,
            cell_title(view.form, change.path, view.submission.answers),
            value_text(view.form, change.path, change.old, sheet.sums.statuses.get(change.path)),
            value_text(view.form, change.path, change.new, change.status),
        )
        for change in preview.changes
    ]
    return render_template(
        "consolidations/page.html",
        head=head_of(view, actor),
        sheet=sheet,
        shown=shown,
        changes=changes,
        changed=[
            (
                one.child.unit.name,
                [cell_title(view.form, change.path) for change in one.changes],
            )
            for one in preview.changed
        ],
        fills=view.editable and view.fills,
    )


def _cell(
    submission_id: str,
    path: str,
    typed: Mapping[str, str],
    errors: Sequence[Mapping[str, str]],
) -> ResponseReturnValue:
    actor = current_actor()
    try:
        shares = services().consolidations.breakdown(actor, submission_id, path)
    except PathUnknown:
        raise NotFound(kind="cell") from None
    sheet = services().consolidations.sheet(actor, submission_id)
    view = sheet.view
    place = place_of(view.form, path)
    if place.cell is None:
        raise NotFound(kind="cell")
    value = value_at(view.submission.answers, place)
    return make_response(
        render_template(
            "consolidations/cell.html",
            head=head_of(view, actor),
            line=_sum_line(sheet, path),
            shares=[
                (
                    _child_line(sheet, one.child),
                    value_text(view.form, path, one.given.value, one.given.status),
                )
                for one in shares
            ],
            typed={
                "value": value_text(view.form, path, value, None) if value is not None else "",
                "reason": _reasons(sheet).get(path, ""),
                **typed,
            },
            errors=errors,
            fills=view.editable and view.fills,
        ),
        422 if errors else 200,
    )


def _number(text: str, decimals: int) -> int | float:
    value = parse_number(text, decimals=decimals)
    return int(value) if value == value.to_integral_value() else float(value)


def _child_line(sheet: Sheet, child: Child) -> ChildLine:
    marks = {
        "taken": Badge(_("Đã tổng hợp"), "green"),
        "changed": Badge(_("Đã gửi lại, cần tổng hợp lại"), "amber"),
        "withdrawn": Badge(_("Đang sửa, cần tổng hợp lại"), "amber"),
        "ready": Badge(_("Đã duyệt, chưa tổng hợp"), "blue"),
        "waiting": Badge(_("Còn thiếu"), "grey"),
    }
    badge = Badge(_("Chưa nhập"), "grey")
    if child.row.workflow is not None and child.state is not None:
        badge = badge_of(services().catalogue.workflow(*child.row.workflow), child.state)
    reached = sheet.reached is None or child.unit.id in sheet.reached
    return ChildLine(
        child, badge, marks[child.condition], reached and child.row.submission is not None
    )


def _sum_lines(sheet: Sheet) -> list[SumLine]:
    """The sums that hold something, corrected ones among them, in the order of the form."""
    paths = dict.fromkeys(
        [*services().consolidations.summed_paths(sheet), *(one.path for one in sheet.corrections)]
    )
    return [_sum_line(sheet, path) for path in paths]


def _sum_line(sheet: Sheet, path: str) -> SumLine:
    view = sheet.view
    form, submission = view.form, view.submission
    place = place_of(form, path)
    total, value = value_at(sheet.sums.answers, place), value_at(submission.answers, place)
    corrected = any(one.path == path for one in sheet.corrections)
    difference: object = None
    if corrected and isinstance(value, int | float) and isinstance(total, int | float):
        difference = round(value - total, place.cell.decimals or 0) if place.cell else None
    names = {child.unit.id: child.unit.name for child in sheet.standing.children}
    lacking = [names.get(unit, "") for unit in sheet.sums.partial.get(path, ())]
    return SumLine(
        path=path,
        title=cell_title(form, path, submission.answers),
        sum=value_text(form, path, total, sheet.sums.statuses.get(path)),
        value=value_text(form, path, value, submission.statuses.get(path)),
        difference=difference,
        reason=_reasons(sheet).get(path, "") if corrected else "",
        lacking=", ".join(lacking),
    )


def _reasons(sheet: Sheet) -> dict[str, str]:
    return {one.path: one.reason for one in sheet.corrections}
