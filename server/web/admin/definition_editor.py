"""The editor of one draft: outline and JSON text of the same thing, what speaks against it, tries.

Nothing here reaches a published version; that is ``definition_drafts``. Both views write the same
text, so they are never apart: what one saved, the other shows.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, flash, jsonify, make_response, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from server.core.definition import Refusal
from server.core.definition_draft import DefinitionDraft, readable
from server.core.definition_editor import EditRefused, value_at
from server.core.definition_outline import Node, node_at, outline
from server.core.definition_transfer import groups_for
from server.core.definition_trial import tests_of
from server.core.json_text import pointer, tokens
from server.core.migration_proposal import CARRIES
from server.web.admin import definition_fields, definition_parts
from server.web.admin.definition_attributes import fields_of
from server.web.admin.definition_fields import FieldsInvalid
from server.web.admin.definition_reviewing import frame_of, review_of
from server.web.admin.definition_trials import offers_json
from server.web.admin.definition_words import (
    detail_words,
    node_kind,
    refused_words,
    type_titles,
)
from server.web.admin.draft_view import DraftView, write_draft
from server.web.admin.words import event_title
from server.web.refusal_words import refusal_text
from server.web.session import current_actor, services

_OF_KEYS = ("key", "taken", "reserved")
_ON_PARTS = ("rename", "move", "remove", "transfer", "place")
#: By the name that a page has in its head, where it is; the outline also knows its part.
_VIEWS = {
    "text": ".text",
    "preview": "definition_trials.screen",
    "trial": "definition_trials.trial",
    "carrying": "definition_carrying.draft",
    "impact": "definition_impact.draft",
    "review": ".review",
    "check": "workflow_trials.check",
    "play": "workflow_trials.play",
}


@dataclass(frozen=True, slots=True)
class Refused:
    """An operation that was not done: which, why, and the field that the message stands beside."""

    op: str
    why: str
    message: str
    field: str

    @property
    def of_key(self) -> bool:
        """Whether the code is what speaks against it."""
        return self.field == "key" and self.why in _OF_KEYS


class DraftEditor(DraftView):
    """One draft; every page has the same head and the same list of what speaks against it."""

    @expose("/<draft_id>/")
    def outline(self, draft_id: str) -> ResponseReturnValue:
        """The parts as a tree, one of them as a form."""
        return self._outline(self._draft(draft_id), request.args.get("at", ""))

    def _outline(
        self, draft: DefinitionDraft, at: str, refused: Refused | None = None
    ) -> ResponseReturnValue:
        """The outline with one part; after a refusal with what was posted of it."""
        document = readable(draft.text)
        if document is None:
            return redirect(self.get_url(".text", draft_id=draft.id), 303)
        tree = outline(draft.kind, document)
        chosen = node_at(tree, at) or tree
        held = value_at(document, chosen.path) if _stands(document, chosen.path) else {}
        fields = fields_of(draft.kind, chosen, held, document) if isinstance(held, dict) else []
        refusals = services().definition_drafts.check(draft)
        filled = definition_fields.shown(fields, held, _required(document, chosen))
        if refused is not None and refused.op == "set":
            filled = definition_fields.typed(filled, request.form, late=refused.why == "stale")
        return self._page(
            draft,
            "outline",
            refusals,
            tree=tree,
            chosen=chosen,
            held=held,
            fields=filled,
            refused=refused,
            typed=request.form,
            addable=definition_parts.addable(draft.kind, chosen, document),
            marked=_marked(refusals, tree),
            own=[one for one in refusals if _below(one.path, chosen.path)],
            offers=offers_json(document, chosen.path) if draft.kind == "form" else "",
            homes=groups_for(document, chosen.path) if chosen.kind == "cell" else [],
            sections=_other_sections(document, chosen),
            samples=[str(one.get("name", "")) for one in tests_of(document)],
            indicators=[(one.code, one.title) for one in services().catalogue.indicators()]
            if any(field.name == "x-indicator" for field in fields)
            else [],
        )

    @expose("/<draft_id>/text/", methods=("GET", "POST"))
    def text(self, draft_id: str) -> ResponseReturnValue:
        """The text with its lines; saving keeps any text and says what speaks against it."""
        if request.method == "POST":
            written = request.form.get("text", "").replace("\r\n", "\n")
            refused = write_draft(
                lambda seen: services().definition_drafts.write(
                    current_actor(), draft_id, written, seen=seen
                ),
                _("Đã lưu bản nháp."),
            )
            if refused:
                return make_response(self._text(draft_id, written), 422)
            return redirect(self.get_url(".text", draft_id=draft_id), 303)
        return self._text(draft_id)

    def _text(self, draft_id: str, typed: str | None = None) -> str:
        """The text of the draft, after a refusal the one that was not saved."""
        draft = self._draft(draft_id)
        schema = services().catalogue.schemas[draft.kind]
        return self._page(
            draft,
            "text",
            services().definition_drafts.check(draft),
            schema=json.dumps(schema, ensure_ascii=False).replace("<", "\\u003c"),
            written=draft.text if typed is None else typed,
        )

    @expose("/<draft_id>/check/", methods=("POST",))
    def check(self, draft_id: str) -> ResponseReturnValue:
        """What speaks against a text that is being typed; nothing is kept."""
        draft = self._draft(draft_id)
        text = request.form.get("text", "").replace("\r\n", "\n")
        refusals = services().definition_drafts.check(draft, text)
        return jsonify(refusals=[_as_json(one) for one in refusals])

    @expose("/<draft_id>/apply/", methods=("POST",))
    def apply(self, draft_id: str) -> ResponseReturnValue:
        """One operation of the outline; the page that follows shows the part it was about."""
        draft = self._draft(draft_id)
        document = readable(draft.text) or {}
        path, op = request.form.get("part", ""), request.form.get("op", "")
        at = request.form.get("at", path)
        try:
            operation, follow = _operation(draft, document, path, at)
        except FieldsInvalid as error:
            message = _("Trường “%(name)s” chưa đúng.", name=error.args[0])
            refused = Refused(op, "value", message, error.args[1])
            flash(message, "error")
        except EditRefused as error:
            refused = Refused(op, error.reason, refused_words(error.reason), "key")
            flash(refused.message, "error")
        else:
            why = write_draft(
                lambda seen: services().definition_drafts.apply(
                    current_actor(), draft_id, operation, seen=seen
                ),
                "",
            )
            if not why:
                _tell_carried(draft, self._draft(draft_id))
                return redirect(self.get_url(".outline", draft_id=draft_id, at=follow), 303)
            refused = Refused(op, why, refused_words(why), "key")
        return make_response(self._outline(self._draft(draft_id), at, refused), 422)

    @expose("/<draft_id>/undo/", methods=("POST",))
    def undo(self, draft_id: str) -> ResponseReturnValue:
        """One step back."""
        drafts = services().definition_drafts
        write_draft(lambda seen: drafts.undo(current_actor(), draft_id, seen=seen), "")
        return self._same_view(draft_id)

    @expose("/<draft_id>/redo/", methods=("POST",))
    def redo(self, draft_id: str) -> ResponseReturnValue:
        """One step forward again."""
        drafts = services().definition_drafts
        write_draft(lambda seen: drafts.redo(current_actor(), draft_id, seen=seen), "")
        return self._same_view(draft_id)

    @expose("/<draft_id>/review/")
    def review(self, draft_id: str) -> ResponseReturnValue:
        """What the draft changes, its steps, and the way to a version."""
        return self.render("admin/definition_review.html", **review_of(self._draft(draft_id)))

    # Parts of these

    def _draft(self, draft_id: str) -> DefinitionDraft:
        return services().definition_drafts.get(current_actor(), draft_id)

    def _page(
        self, draft: DefinitionDraft, view: str, refusals: Sequence[Refusal], **shown: Any
    ) -> str:
        return self.render(
            f"admin/definition_{view}.html",
            **frame_of(draft, view, refusals),
            node_kind=node_kind,
            event_title=event_title,
            codelists=[(one.code, one.title) for one in services().catalogue.usable_codelists()],
            detail_words=detail_words,
            type_titles=type_titles(),
            **shown,
        )

    def _same_view(self, draft_id: str) -> Response:
        """The page on which the step was taken back or done again."""
        view = _VIEWS.get(request.form.get("view", ""), ".outline")
        more = {"at": request.form.get("at", "")} if view == ".outline" else {}
        address = self.get_url(view, draft_id=draft_id, **more)
        response = redirect(address, 303)
        assert isinstance(response, Response)
        return response


def _operation(
    draft: DefinitionDraft, document: Mapping[str, Any], path: str, follow: str
) -> tuple[dict[str, Any], str]:
    """What was posted as an operation, and the part to show after it."""
    form = request.form
    op = form.get("op", "")
    if (path and not path.startswith("/")) or (not path and op in _ON_PARTS):
        raise EditRefused("no-place", path)
    if op == "set":
        held = value_at(document, path)
        node = node_at(outline(draft.kind, document), path)
        if node is None or not isinstance(held, dict):
            raise EditRefused("no-place", path)
        fields = fields_of(draft.kind, node, held, document)
        values = definition_fields.posted(fields, held, form)
        return {"op": "set", "path": path, "values": values}, path
    if op == "add":
        return definition_parts.addition(document, path, form)
    if op == "rename":
        key = form.get("key", "").strip()
        return {"op": op, "path": path, "key": key}, pointer(*tokens(path)[:-1], key)
    if op == "move":
        to = int(form["to"]) if form.get("to", "").isdecimal() else 0
        moved = pointer(*tokens(path)[:-1], to) if tokens(path)[-1].isdecimal() else path
        return {"op": op, "path": path, "to": to}, moved if follow == path else follow
    if op == "retype":
        return {"op": op, "path": path, "type": form.get("type", "")}, path
    if op == "remove":
        return {"op": op, "path": path}, pointer(*tokens(path)[:-1])
    if op == "place":
        section = form.get("section", "")
        if not section.isascii() or not section.isdigit():
            raise EditRefused("no-place", path)
        placed: dict[str, Any] = {"op": op, "path": path, "section": int(section[:4])}
        if form.get("to", "").isdecimal():
            placed["to"] = int(form["to"][:4])
        return placed, path
    if op == "transfer":
        into = form.get("into", "")
        return {"op": op, "path": path, "into": into}, f"{into}{pointer(tokens(path)[-1])}"
    raise EditRefused("unknown", path)


def _other_sections(document: Mapping[str, Any], node: Node) -> list[tuple[int, str]]:
    """The sections, by number and title, that do not show this part of the form yet."""
    parts = tokens(node.path)
    if len(parts) != 2 or parts[0] != "properties":  # noqa: PLR2004 - "properties" and the key
        return []
    tree = node_at(outline("form", document), "/x-layout/sections")
    sections = () if tree is None else tree.children
    return [
        (number, section.title or section.key)
        for number, section in enumerate(sections)
        if all(one.key != node.key for one in section.children)
    ]


def _tell_carried(before: DefinitionDraft, now: DefinitionDraft) -> None:
    """What an act of the outline declared about reports: who renames does not think of them."""
    if now.step == before.step:
        return
    acts = services().definition_drafts.lineage(now)[:1]
    if any(act.what.get(CARRIES) for act in acts):
        flash(
            _(
                "Số liệu đã nhập đi theo: máy đã khai báo ở trang “Chuyển số liệu”, và báo cáo đang"
                " nhập sẽ chuyển sang phiên bản mới khi ban hành."
            ),
            "info",
        )


def _stands(document: Mapping[str, Any], path: str) -> bool:
    try:
        value_at(document, path)
    except EditRefused:
        return False
    return True


def _required(document: Mapping[str, Any], node: Node) -> bool:
    """Whether the cell stands on the list of its line."""
    parts = tokens(node.path)
    if node.kind != "cell" or len(parts) < 2:  # noqa: PLR2004 - "properties" and the key
        return False
    line = value_at(document, pointer(*parts[:-2]))
    names = line.get("required") if isinstance(line, dict) else None
    return isinstance(names, list) and parts[-1] in names


def _below(path: str, above: str) -> bool:
    return path == above or path.startswith(f"{above}/")


def _marked(refusals: Sequence[Refusal], tree: Node) -> dict[str, int]:
    """How many refusals each node has, counted at the nearest node only."""
    found: dict[str, int] = {}
    for refusal in refusals:
        node = node_at(tree, refusal.path)
        if node is not None:
            found[node.path] = found.get(node.path, 0) + 1
    return found


def _as_json(refusal: Refusal) -> dict[str, object]:
    return {
        "line": refusal.line,
        "column": refusal.column,
        "path": refusal.path,
        "text": refusal_text(refusal),
    }
