"""The editor of one draft: outline and JSON text of the same thing, what speaks against it, tries.

Nothing here reaches a published version; that is ``definition_drafts``. Both views write the same
text, so they are never apart: what one saved, the other shows.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, flash, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from server.core.definition import Refusal
from server.core.definition_draft import DefinitionDraft, DraftState, readable
from server.core.definition_editor import EditRefused, value_at
from server.core.definition_outline import Node, node_at, outline
from server.core.definition_trial import tests_of
from server.core.json_text import pointer, tokens
from server.web.admin import definition_fields, definition_parts
from server.web.admin.definition_attributes import fields_of
from server.web.admin.definition_fields import FieldsInvalid
from server.web.admin.definition_told import told, told_new
from server.web.admin.definition_trials import offers_json
from server.web.admin.definition_words import (
    detail_words,
    draft_head,
    file_words,
    node_kind,
    refused_words,
    step_words,
    type_titles,
)
from server.web.admin.draft_view import DraftView, write_draft
from server.web.admin.words import event_title
from server.web.lint_words import warning_text
from server.web.refusal_words import refusal_text
from server.web.session import current_actor, services

_SHOWN_CHANGES = 300
_LONGEST_VALUE = 160


class DraftEditor(DraftView):
    """One draft; every page has the same head and the same list of what speaks against it."""

    @expose("/<draft_id>/")
    def outline(self, draft_id: str) -> ResponseReturnValue:
        """The parts as a tree, one of them as a form."""
        draft = self._draft(draft_id)
        document = readable(draft.text)
        if document is None:
            return redirect(self.get_url(".text", draft_id=draft_id), 303)
        tree = outline(draft.kind, document)
        chosen = node_at(tree, request.args.get("at", "")) or tree
        held = value_at(document, chosen.path) if _stands(document, chosen.path) else {}
        fields = fields_of(draft.kind, chosen, held, document) if isinstance(held, dict) else []
        refusals = services().definition_drafts.check(draft)
        return self._page(
            draft,
            "outline",
            refusals,
            tree=tree,
            chosen=chosen,
            held=held,
            fields=definition_fields.shown(fields, held, _required(document, chosen))
            if fields
            else [],
            addable=definition_parts.addable(draft.kind, chosen, document),
            marked=_marked(refusals, tree),
            own=[one for one in refusals if _below(one.path, chosen.path)],
            offers=offers_json(document, chosen.path) if draft.kind == "form" else "",
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
            write_draft(
                lambda seen: services().definition_drafts.write(
                    current_actor(), draft_id, written, seen=seen
                ),
                _("Đã lưu bản nháp."),
            )
            return redirect(self.get_url(".text", draft_id=draft_id), 303)
        draft = self._draft(draft_id)
        schema = services().catalogue.schemas[draft.kind]
        return self._page(
            draft,
            "text",
            services().definition_drafts.check(draft),
            schema=json.dumps(schema, ensure_ascii=False).replace("<", "\\u003c"),
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
        path = request.form.get("part", "")
        follow = request.form.get("at", path)
        try:
            operation, follow = _operation(draft, document, path, follow)
        except FieldsInvalid as error:
            flash(_("Trường “%(name)s” chưa đúng.", name=error.args[0]), "error")
        except EditRefused as error:
            flash(refused_words(error.reason), "error")
        else:
            write_draft(
                lambda seen: services().definition_drafts.apply(
                    current_actor(), draft_id, operation, seen=seen
                ),
                "",
            )
        return redirect(self.get_url(".outline", draft_id=draft_id, at=follow), 303)

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
        draft = self._draft(draft_id)
        drafts, issues = services().definition_drafts, services().definition_issues
        overtaken, actor = drafts.overtaken(draft), current_actor()
        file = None
        if draft.state is DraftState.PUBLISHED:
            file = (
                issues.file_state(draft),
                *file_words(issues.file_state(draft), issues.file_name(draft)),
            )
        differences = drafts.differences(draft)
        before, after = readable(drafts.base_text(draft)), readable(draft.text)
        said = [] if after is None else told_new(draft.kind, after)
        if before is not None and after is not None:
            said = told(before, after)
        name_of = services().accounts.name_of
        return self._page(
            draft,
            "review",
            drafts.check(draft) if draft.open else [],
            overtaken=overtaken,
            may_judge=draft.judged_by(actor.account),
            sentences=said,
            differences=[
                (path, _short(before), _short(after))
                for path, before, after in differences[:_SHOWN_CHANGES]
            ],
            more=max(0, len(differences) - _SHOWN_CHANGES),
            steps=[
                (step, step_words(step.what), name_of(step.made_by)) for step in drafts.steps(draft)
            ],
            issues=[(one, name_of(one.approved_by)) for one in issues.of(draft.kind, draft.code)],
            file=file,
            editors=", ".join(sorted(name_of(one) for one in draft.editors)),
        )

    # Parts of these

    def _draft(self, draft_id: str) -> DefinitionDraft:
        return services().definition_drafts.get(current_actor(), draft_id)

    def _page(
        self, draft: DefinitionDraft, view: str, refusals: Sequence[Refusal], **shown: Any
    ) -> str:
        return self.render(
            f"admin/definition_{view}.html",
            view=view,
            **draft_head(draft),
            refusals=[(one, refusal_text(one)) for one in refusals],
            warnings=[] if refusals or not draft.open else _warnings(draft),
            node_kind=node_kind,
            event_title=event_title,
            codelists=[(one.code, one.title) for one in services().catalogue.codelists()],
            detail_words=detail_words,
            type_titles=type_titles(),
            sentence=refusal_text,
            **shown,
        )

    def _same_view(self, draft_id: str) -> Response:
        view = ".text" if request.form.get("view") == "text" else ".outline"
        more = {} if view == ".text" else {"at": request.form.get("at", "")}
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
    if (path and not path.startswith("/")) or (not path and op in ("rename", "move", "remove")):
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
    raise EditRefused("unknown", path)


def _warnings(draft: DefinitionDraft) -> list[tuple[Refusal, str]]:
    found = services().definition_drafts.warnings(draft)
    return [(one, warning_text(one)) for one in found]


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


def _short(value: object) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"
