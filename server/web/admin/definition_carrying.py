"""Chuyển số liệu: where answers of the version before go, declared without writing JSON.

Each declaration is one step of the draft, so that it can be undone as any other.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, make_response, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from server.core.answer_migration import Route
from server.core.definition_draft import DefinitionDraft, DraftState, readable
from server.core.form import Form, compile_form
from server.core.migration_plan import Plan, examples_carried, plan_of
from server.core.migration_proposal import carried_by
from server.core.shape import mapping, sequence
from server.errors import InputInvalid, NotFound
from server.web.admin.carrying_words import StepUnreadable, posted_step, step_words
from server.web.admin.definition_drafts import decisions_of
from server.web.admin.definition_words import draft_head
from server.web.admin.draft_view import DraftView, write_draft
from server.web.session import current_actor, services

_STEPS = "/x-migrate/steps"
#: What may be wrong while steps are being declared: they mend it.
_OWN = ("/x-migrate", "/x-tests")


class DraftCarrying(DraftView):
    """The declared steps of a draft, and drafts of reports that still wait after publishing."""

    @expose("/<draft_id>/")
    def draft(self, draft_id: str) -> ResponseReturnValue:
        """What is declared, what has no place yet, and the forms for more."""
        return self._page(self._draft(draft_id))

    def _page(self, draft: DefinitionDraft, refused: str = "") -> str:
        """The page; with the reason why a declaration was refused, what was posted of it too."""
        older = services().catalogue.form(draft.code, draft.base)
        newer = _compiled(draft)
        carried = carried_by(one.what for one in services().definition_drafts.lineage(draft))
        said = [
            (
                step_words(older, newer or older, step),
                (str(step.get("from")), str(step.get("to"))) in carried,
            )
            for step in _steps(draft)
        ]
        plan = None if newer is None else plan_of(older, newer)
        return self.render(
            "admin/definition_carrying.html",
            view="carrying",
            **draft_head(draft),
            base=draft.base,
            steps=said,
            follows=_declared(draft) is not None,
            plan=plan,
            places=[] if plan is None else _places(plan),
            may_edit=draft.state is DraftState.DRAFT,
            examples=newer is not None and _examples(draft, older, newer) is not None,
            again=request.form if refused else None,
            refused=refused,
        )

    @expose("/<draft_id>/examples/", methods=("POST",))
    def examples(self, draft_id: str) -> ResponseReturnValue:
        """The examples of the version before, taken along as the answers of reports will be."""
        draft = self._draft(draft_id)
        newer, older = _compiled(draft), services().catalogue.form(draft.code, draft.base)
        carried = None if newer is None else _examples(draft, older, newer)
        if carried is None:
            return self._back(draft_id)
        operation = {"op": "set", "path": "", "values": {"x-tests": carried}}
        return self._apply(draft_id, operation, _("Đã chuyển dữ liệu thử."))

    @expose("/<draft_id>/add/", methods=("POST",))
    def add(self, draft_id: str) -> ResponseReturnValue:
        """One more step at the end."""
        draft = self._draft(draft_id)
        try:
            step = posted_step(request.form)
        except StepUnreadable as refused:
            flash(str(refused), "error")
            return make_response(self._page(draft, str(refused)), 422)
        if _declared(draft) is not None:
            operation = {"op": "add", "path": f"{_STEPS}/-", "value": step}
            if (place := _same_source(_steps(draft), step)) is not None:
                operation = {"op": "set", "path": f"{_STEPS}/{place}", "values": step}
        else:
            declared = {"from": draft.base, "steps": [step]}
            operation = {"op": "set", "path": "", "values": {"x-migrate": declared}}
        return self._apply(draft_id, operation, _("Đã khai báo."))

    @expose("/<draft_id>/remove/", methods=("POST",))
    def remove(self, draft_id: str) -> ResponseReturnValue:
        """Take a step away; the others keep their order."""
        place, steps = request.form.get("place", ""), _steps(self._draft(draft_id))
        if not place.isascii() or not place.isdigit() or int(place[:4]) >= len(steps):
            raise NotFound(kind="step")
        operation = {"op": "remove", "path": f"{_STEPS}/{int(place)}"}
        return self._apply(draft_id, operation, _("Đã bỏ khai báo."))

    @expose("/<draft_id>/follow/", methods=("POST",))
    def follow(self, draft_id: str) -> ResponseReturnValue:
        """Whether drafts of reports go along at all."""
        draft, wanted = self._draft(draft_id), request.form.get("follow") == "yes"
        declared: dict[str, Any] | None = {"from": draft.base, "steps": []} if wanted else None
        operation = {"op": "set", "path": "", "values": {"x-migrate": declared}}
        return self._apply(draft_id, operation, _("Đã khai báo."))

    @expose("/<draft_id>/carry/", methods=("POST",))
    def carry(self, draft_id: str) -> ResponseReturnValue:
        """Take drafts of reports along that still wait on the version before."""
        draft = self._draft(draft_id)
        if draft.state is not DraftState.PUBLISHED:
            raise NotFound(kind="definition_draft")
        try:
            done = services().definition_migrations.carry_out(
                current_actor(), draft.code, draft.version, decisions=decisions_of(request.form)
            )
        except InputInvalid:
            flash(_("Chọn cách xử lý từng ô, cột không còn chỗ rồi chuyển."), "error")
        else:
            flash(
                _(
                    "%(moved)s báo cáo đang nhập đã chuyển sang phiên bản mới, %(left)s báo cáo"
                    " giữ ở phiên bản cũ.",
                    moved=done.moved,
                    left=done.left,
                ),
                "success",
            )
        return redirect(self.get_url("definition_impact.draft", draft_id=draft_id), 303)

    def _apply(
        self, draft_id: str, operation: Mapping[str, object], done: str
    ) -> ResponseReturnValue:
        drafts, actor = services().definition_drafts, current_actor()
        write_draft(lambda seen: drafts.apply(actor, draft_id, operation, seen=seen), done)
        return self._back(draft_id)

    def _back(self, draft_id: str) -> ResponseReturnValue:
        return redirect(self.get_url(".draft", draft_id=draft_id), 303)

    def _draft(self, draft_id: str) -> DefinitionDraft:
        """A draft of a form that follows a published version."""
        found = services().definition_drafts.get(current_actor(), draft_id)
        if found.kind != "form" or found.base is None:
            raise NotFound(kind="definition_draft")
        return found


def _compiled(draft: DefinitionDraft) -> Form | None:
    """The draft as a form; None while something beside the steps and the examples is wrong."""
    refusals = services().definition_drafts.check(draft)
    if any(not one.path.startswith(_OWN) for one in refusals):
        return None
    lists = {one.code: one for one in services().catalogue.codelists()}
    document = json.loads(draft.text)
    if any(one.path.startswith("/x-migrate") for one in refusals):
        document.pop("x-migrate", None)  # what is wrong with a step must not hide the page
    return compile_form(document, lists)


def _declared(draft: DefinitionDraft) -> dict[str, Any] | None:
    declared = (readable(draft.text) or {}).get("x-migrate")
    if not isinstance(declared, dict) or not isinstance(declared.get("steps"), list):
        return None
    return declared


def _steps(draft: DefinitionDraft) -> list[Mapping[str, Any]]:
    declared = _declared(draft)
    if declared is None:
        return []
    return [mapping(one) for one in sequence(declared["steps"])]


def _same_source(steps: Sequence[Mapping[str, Any]], step: Mapping[str, Any]) -> int | None:
    """The step that leads the same field elsewhere already: a value goes one way."""
    if step["op"] != "rename":
        return None
    return next(
        (
            place
            for place, one in enumerate(steps)
            if one.get("op") in ("rename", "move") and one.get("from") == step["from"]
        ),
        None,
    )


def _examples(draft: DefinitionDraft, older: Form, newer: Form) -> list[dict[str, object]] | None:
    """The examples as they would be; None where they are so already."""
    held = (readable(draft.text) or {}).get("x-tests", [])
    now = held if isinstance(held, list) else []
    carried = examples_carried(Route.of(older, newer), _listed(older), now)
    return None if carried == now else carried


def _listed(form: Form) -> list[object]:
    return list(sequence(form.document.get("x-tests", ())))


def _places(plan: Plan) -> list[tuple[str, str]]:
    """The fields that can receive something: the new ones first."""
    new = {one.path for one in plan.new}
    ordered = [*plan.new, *(one for one in plan.newer if one.path not in new)]
    return [(one.path, one.title) for one in ordered]
