"""Survey sheets: the returns of a unit, the list of sheets below one, deleting and restoring.

One sheet being filled is ``record_sheet``; it uses the same page and script as a report.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from server.core.access import Right
from server.core.answer_paths import place_of, value_at
from server.core.form import Form
from server.core.layout import Field
from server.core.period import Period
from server.core.personal import MASK
from server.core.submission import SurveyRecord
from server.core.survey import SORTS, RecordQuery, RecordState, survey_of
from server.core.vietnamese import nfc
from server.errors import InputInvalid, NotFound
from server.services.record_views import Progress
from server.services.records import LONGEST_REASON, SHORTEST_REASON
from server.services.review import SubmissionView
from server.web.carried_reports import carried_note
from server.web.language import language_of_request
from server.web.policy import policy
from server.web.record_totals import IndicatorTotal, totals_of
from server.web.session import current_actor, services
from server.web.submission_states import Badge
from server.web.submission_texts import text_of
from server.web.submission_words import gettext as _
from server.web.submissions import head_of, moves_of

blueprint = Blueprint("records", __name__)
_PAGE = 50
_SHOWN_CELLS = 3
_LONGEST_SEARCH = 100


@dataclass(frozen=True, slots=True)
class RecordRow:
    """One sheet in the list: its first answers, how far it is, the sheets it repeats."""

    record: SurveyRecord
    texts: tuple[str, ...]
    badge: Badge
    same: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DeletedRow:
    """A deleted sheet: its first answers, who deleted it, when and why."""

    record: SurveyRecord
    texts: tuple[str, ...]
    who: str
    at: datetime | None


@blueprint.get("/records")
@policy(Right.FILL)
def index() -> ResponseReturnValue:
    """The survey returns that the person's units owe, with how far each is."""
    actor = current_actor()
    rows = []
    for item in services().work.of(actor):
        if item.form.kind != "survey":
            continue
        progress = None
        if item.submission is not None:
            progress = services().records.progress(actor, item.submission.id)
        words = () if progress is None else progress_words(progress)
        rows.append((item, Period.parse(item.obligation.period).title, progress, words))
    return render_template("records/index.html", rows=rows)


@blueprint.get("/records/<submission_id>")
@policy(Right.READ)
def of_return(submission_id: str) -> ResponseReturnValue:
    """One return with its sheets: searched, filtered, sorted, in pages."""
    return _list_page(submission_id, ())


@blueprint.post("/records/<submission_id>")
@policy(Right.FILL)
def add(submission_id: str) -> ResponseReturnValue:
    """Open the next empty sheet."""
    added = services().records.add_next(current_actor(), submission_id)
    address = url_for("record_sheet.sheet", submission_id=submission_id, record_id=added.record.id)
    return redirect(address, 303)


@blueprint.post("/records/<submission_id>/expected")
@policy(Right.FILL)
def expect(submission_id: str) -> ResponseReturnValue:
    """Say how many sheets the return will have."""
    text = request.form.get("expected", "").strip().replace(".", "")
    try:
        if not text.isascii() or not text.isdigit() or len(text) > 9:  # noqa: PLR2004
            raise InputInvalid(errors=[{"path": "/expected"}])
        services().records.expect(current_actor(), submission_id, int(text))
    except InputInvalid:
        message = _("Nhập số phiếu dự kiến là số nguyên, từ 0 đến 1.000.000.")
        return make_response(
            _list_page(submission_id, ({"field": "expected", "message": message},)), 422
        )
    flash(_("Đã ghi số phiếu dự kiến."), "success")
    return redirect(url_for(".of_return", submission_id=submission_id), 303)


@blueprint.route("/records/<submission_id>/<record_id>/delete", methods=["GET", "POST"])
@policy(Right.FILL)
def delete(submission_id: str, record_id: str) -> ResponseReturnValue:
    """Take a sheet out of the return: asked once more before, with the reason."""
    actor = current_actor()
    view = survey_view(submission_id)
    reason = nfc(request.form.get("reason", "")).strip()
    try:
        if request.method != "POST":  # HEAD reads as well
            return _delete_page(view, record_id, "", ())
        services().records.delete(actor, submission_id, record_id, reason=reason)
    except NotFound:
        flash(_("Phiếu này đã được xóa trước đó."), "info")
    except InputInvalid:
        message = _(
            "Ghi lý do xóa từ %(least)s đến %(most)s ký tự.",
            least=SHORTEST_REASON,
            most=LONGEST_REASON,
        )
        page = _delete_page(view, record_id, reason, ({"field": "reason", "message": message},))
        return make_response(page, 422)
    else:
        flash(_("Đã xóa phiếu. Có thể khôi phục ở cuối danh sách phiếu."), "success")
    return redirect(url_for(".of_return", submission_id=submission_id), 303)


@blueprint.post("/records/<submission_id>/<record_id>/restore")
@policy(Right.FILL)
def restore(submission_id: str, record_id: str) -> ResponseReturnValue:
    """Put a deleted sheet back into the list."""
    found = services().records.restore(current_actor(), submission_id, record_id)
    flash(_("Đã khôi phục phiếu %(number)s.", number=found.record.number), "success")
    return redirect(url_for(".of_return", submission_id=submission_id), 303)


def survey_view(submission_id: str) -> SubmissionView:
    """The return as its reader may see it; a report that is no survey has no sheets."""
    view = services().submissions.get(current_actor(), submission_id)
    if view.form.kind != "survey":
        raise NotFound(kind="submission")
    return view


def progress_words(progress: Progress) -> tuple[str, ...]:
    """``151/180 phiếu``, ``4 phiếu còn lỗi``, and the kinds that the form counts apart."""
    if progress.expected is None:
        words = [_("%(count)s phiếu", count=progress.count)]
    else:
        words = [_("%(done)s/%(expected)s phiếu", done=progress.done, expected=progress.expected)]
    if progress.states[RecordState.ERRORS]:
        words.append(_("%(count)s phiếu còn lỗi", count=progress.states[RecordState.ERRORS]))
    if progress.states[RecordState.DRAFT]:
        words.append(_("%(count)s phiếu chưa nhập xong", count=progress.states[RecordState.DRAFT]))
    english = language_of_request() == "en"
    for tally, count in progress.tallies:
        if count and not tally.done:
            title = tally.title_en if english and tally.title_en else tally.title
            words.append(f"{count} {title}")
    return tuple(words)


def _list_page(submission_id: str, errors: Sequence[Mapping[str, str]]) -> str:
    actor, service = current_actor(), services().records
    view = survey_view(submission_id)
    query = _query()
    page = service.page(actor, submission_id, query, number=_number("page"), size=_PAGE)
    progress = service.progress(actor, submission_id)
    columns = _columns(view.form)
    same = {
        number: tuple(other for other in numbers if other != number)
        for _rule, numbers in progress.same
        for number in numbers
    }
    rows = [
        RecordRow(
            record,
            tuple(_text(view.form, record, column) for column in columns),
            state_badge(record.state),
            same.get(record.number, ()),
        )
        for record in page.records
    ]
    deleted = [
        DeletedRow(
            record,
            tuple(_text(view.form, record, column) for column in columns),
            services().accounts.name_of(record.deleted_by or ""),
            record.deleted_at,
        )
        for record in service.deleted(actor, submission_id)
    ]
    return render_template(
        "records/of_return.html",
        head=head_of(view, actor),
        carried=carried_note(view, actor) if view.editable else None,
        moves=moves_of(view),
        rows=rows,
        columns=columns,
        page_of=page,
        query=query,
        progress=progress,
        words=progress_words(progress),
        doubles=[numbers for _rule, numbers in progress.same],
        totals=_totals(submission_id),
        deleted=deleted,
        pages=_pages(submission_id, query, page.number, page.pages),
        sorts=_sorts(view.form),
        states=[(str(state), state_badge(state).title) for state in RecordState],
        errors=errors,
    )


def _totals(submission_id: str) -> tuple[IndicatorTotal, ...]:
    return totals_of(services().records.totals(current_actor(), submission_id))


def _delete_page(
    view: SubmissionView, record_id: str, reason: str, errors: Sequence[Mapping[str, str]]
) -> str:
    actor = current_actor()
    found = services().records.get(actor, view.submission.id, record_id)
    columns = _columns(view.form)
    return render_template(
        "records/delete.html",
        head=head_of(view, actor),
        record=found.record,
        facts=[(column.title, _text(view.form, found.record, column)) for column in columns],
        reason=reason,
        errors=errors,
    )


def _query() -> RecordQuery:
    """What the list is asked for; what cannot be meant is left out."""
    state, sort = request.args.get("state", ""), request.args.get("sort", "")
    return RecordQuery(
        text=nfc(request.args.get("q", "")).strip()[:_LONGEST_SEARCH],
        state=state if state in set(RecordState) else None,
        sort=sort if sort in SORTS else SORTS[0],
    )


def _number(name: str) -> int:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1  # noqa: PLR2004


def _pages(
    submission_id: str, query: RecordQuery, number: int, count: int
) -> dict[str, str | None]:
    """The addresses of the first, previous and next page, with what is searched."""

    def address(page: int) -> str:
        asked = {"q": query.text, "state": query.state, "page": page if page > 1 else None}
        if query.sort != SORTS[0]:
            asked["sort"] = query.sort
        chosen = {name: value for name, value in asked.items() if value}
        return url_for(".of_return", submission_id=submission_id, **chosen)  # type: ignore[arg-type]

    return {
        "first": address(1) if number > 1 else None,
        "before": address(number - 1) if number > 1 else None,
        "next": address(number + 1) if number < count else None,
    }


def _sorts(form: Form) -> list[tuple[str, str]]:
    sorts = [("number", _("Phiếu số"))]
    rules = survey_of(form).unique
    if rules:
        cells = [place_of(form, path).cell for path in rules[0]]
        sorts.append(("place", ", ".join(cell.title for cell in cells if cell is not None)))
    return [*sorts, ("changed", _("Mới lưu trước"))]


def state_badge(state: str | None) -> Badge:
    """How far a sheet is; one that was never judged counts as one to be filled."""
    if state == RecordState.VALID:
        return Badge(_("Không có lỗi"), "green")
    if state == RecordState.ERRORS:
        return Badge(_("Còn lỗi"), "amber")
    return Badge(_("Đang nhập"), "blue")


def _text(form: Form, record: SurveyRecord, column: Field) -> str:
    value = value_at(record.answers, place_of(form, column.path))
    return MASK if value == MASK else text_of(value, record.statuses.get(column.path), column)


def _columns(form: Form) -> tuple[Field, ...]:
    """The answers that tell the sheets apart: those of ``x-unique``, else the first; one name."""
    asked = [
        field
        for section in form.layout.sections
        for field in section.fields
        if field.key in form.shape.cells and not field.calculated
    ]
    rules = survey_of(form).unique
    telling = [field for field in asked if rules and field.path in rules[0]]
    plain = [field for field in asked if not field.personal and field not in telling]
    names = [field for field in asked if field.personal][:1]
    return (*telling, *names, *plain)[: max(_SHOWN_CELLS + len(names), len(telling) + len(names))]
