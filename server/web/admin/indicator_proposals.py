"""Đề xuất sửa danh mục chỉ tiêu: what it changes, its review, and the page of one indicator.

Sending, returning and publishing are those of every draft (``definition_drafts``).
"""

from typing import Any

from flask import flash, make_response, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from server.core.access import Right
from server.core.definition_draft import DefinitionDraft, DraftKind, DraftState
from server.core.indicator_changes import COLUMNS, texts_of
from server.core.indicator_edition import WHOLE_CATALOGUE, changes_between, indicators_of
from server.core.indicator_sheet import FREQUENCIES, LEVELS, NEEDED, SheetReading, column_name
from server.errors import Conflict, NotFound, Stale
from server.services.indicator_sheets import Seen
from server.web.admin import cells
from server.web.admin.definition_words import draft_head, file_words, period_titles, step_words
from server.web.admin.draft_view import write_draft
from server.web.admin.indicator_words import (
    fault_text,
    field_hint,
    field_title,
    in_review_words,
    stale_words,
    told_changes,
)
from server.web.admin.safe_view import SafeBaseView
from server.web.refusal_words import refusal_text
from server.web.session import current_actor, services

_KIND: DraftKind = "indicators"


class IndicatorProposals(SafeBaseView):
    """For administrators alone; a second one approves what the first one proposed."""

    right = Right.ADMINISTER
    title = _l("Chỉ tiêu thống kê")

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """The proposal that is being worked on, or the list of all drafts."""
        draft = services().indicator_sheets.working(current_actor()).draft
        if draft is None:
            return redirect(self.get_url("definition_drafts.index", state="all"), 303)
        return self._back(draft.id)

    @expose("/<draft_id>/")
    def review(self, draft_id: str) -> ResponseReturnValue:
        """What the proposal changes, its steps, and the way to an edition."""
        return self.render("admin/indicator_proposal.html", **proposal_of(self._draft(draft_id)))

    @expose("/<draft_id>/undo/", methods=("POST",))
    def undo(self, draft_id: str) -> ResponseReturnValue:
        """One step back."""
        drafts, found = services().definition_drafts, self._draft(draft_id).id
        write_draft(lambda seen: drafts.undo(current_actor(), found, seen=seen), "")
        return self._back(draft_id)

    @expose("/<draft_id>/redo/", methods=("POST",))
    def redo(self, draft_id: str) -> ResponseReturnValue:
        """One step forward again."""
        drafts, found = services().definition_drafts, self._draft(draft_id).id
        write_draft(lambda seen: drafts.redo(current_actor(), found, seen=seen), "")
        return self._back(draft_id)

    @expose("/add/", methods=("GET", "POST"))
    def add(self) -> ResponseReturnValue:
        """A new indicator."""
        return self._edit("")

    @expose("/change/<code>/", methods=("GET", "POST"))
    def change(self, code: str) -> ResponseReturnValue:
        """The fields of one indicator, as the proposal has them."""
        return self._edit(code)

    # Parts of these

    def _draft(self, draft_id: str) -> DefinitionDraft:
        draft = services().definition_drafts.of_any_kind(current_actor(), draft_id)
        if draft.kind != _KIND:
            raise NotFound(kind="definition_draft")
        return draft

    def _back(self, draft_id: str) -> ResponseReturnValue:
        return redirect(self.get_url(".review", draft_id=draft_id), 303)

    def _edit(self, code: str) -> ResponseReturnValue:
        if request.method != "POST":
            return self._form(code, [])
        typed, new = dict(request.form.items()), not code
        here = self.get_url(".add") if new else self.get_url(".change", code=code)
        fields = {field: typed.get(field, "") for field in COLUMNS if field in typed}
        try:
            reading, draft = services().indicator_sheets.change(
                current_actor(), code or typed.get("code", "").strip(), fields, seen_page(), new=new
            )
        except Stale:
            flash(stale_words(), "warning")
            return redirect(here, 303)
        except Conflict as error:
            if error.facts.get("kind") == "indicator":
                taken = {"field": "code", "message": _("Mã này đã có chỉ tiêu dùng.")}
                return make_response(self._form(code, [taken]), 422)
            flash(in_review_words(), "warning")
            return redirect(here, 303)
        if reading.faults:
            return make_response(self._form(code, _errors(reading, fields)), 422)
        if draft is None:
            flash(_("Không có gì thay đổi."), "info")
            return redirect(here, 303)
        flash(_("Đã lưu vào bản đề xuất; danh mục đang dùng chưa đổi."), "success")
        return self._back(draft.id)

    def _form(self, code: str, errors: list[dict[str, str]]) -> str:
        working = services().indicator_sheets.working(current_actor())
        held = next((one for one in working.indicators if one.code == code), None)
        if code and held is None:
            raise NotFound(kind="indicator")
        shown: dict[str, Any] = {} if held is None else dict(texts_of(held))
        shown |= {field: request.form[field] for field in COLUMNS if field in request.form}
        return self.render(
            "admin/indicator_edit.html",
            heading=_("Thêm chỉ tiêu") if held is None else held.title,
            working=working,
            errors=errors,
            fields=[
                (field, field_title(field), shown.get(field, ""), field_hint(field))
                for field in COLUMNS
                if field != "code" or not code
            ],
            needed=("code", *NEEDED),
            choices={
                "lowest_level": [(one, cells.levels().get(one, one)) for one in LEVELS],
                "frequency": [(one, period_titles()[one]) for one in FREQUENCIES],
            },
        )


def proposal_of(draft: DefinitionDraft) -> dict[str, Any]:
    """What the page of a proposal shows, also again when an act on it is refused."""
    drafts, issues = services().definition_drafts, services().definition_issues
    before = indicators_of(drafts.base_text(draft))
    changes = changes_between(before, indicators_of(draft.text))
    kinds = [change.kind for change in changes]
    name_of = services().accounts.name_of
    return {
        **draft_head(draft),
        "refusals": [refusal_text(one) for one in drafts.check(draft)] if draft.open else [],
        "changes": told_changes(changes),
        "counts": {kind: kinds.count(kind) for kind in ("added", "changed", "retired")},
        "may_judge": draft.judged_by(current_actor().account),
        "editors": ", ".join(sorted(name_of(one) for one in draft.editors)),
        "steps": [
            (step, step_words(step.what), name_of(step.made_by)) for step in drafts.steps(draft)
        ],
        "issues": [(one, name_of(one.approved_by)) for one in issues.of(_KIND, WHOLE_CATALOGUE)],
        "file": _file(draft),
    }


def seen_page() -> Seen:
    """What the posted page showed of the catalogue; a page that says nothing has seen nothing."""
    form = request.form
    edition, edit = form.get("edition", type=int) or 0, form.get("edit", type=int) or 0
    return Seen(edition, form.get("proposal", ""), edit)


def _errors(reading: SheetReading, fields: dict[str, str]) -> list[dict[str, str]]:
    """What is refused, beside the field that says it: the columns are code and *fields*."""
    named = ["code", *(field for field in fields if field != "code")]
    by_column = {column_name(place): field for place, field in enumerate(named)}
    return [
        {"field": by_column.get(fault.column, ""), "message": fault_text(fault)}
        for fault in reading.faults
    ]


def _file(draft: DefinitionDraft) -> tuple[object, ...] | None:
    """How the file stands to the edition that came of the draft, while it is the one in force."""
    edition = services().catalogue.store.indicator_edition()
    if draft.state is not DraftState.PUBLISHED or draft.version != edition:
        return None
    issues = services().definition_issues
    state = issues.file_state(draft)
    return (state, *file_words(state, issues.file_name(draft)))
