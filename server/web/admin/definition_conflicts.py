"""A file of a definition that says something else: what differs, and the ways out of it.

Nothing is overwritten here: the file's word goes into a draft, or whoever keeps the files mends
them; the page says how.
"""

from flask import Response, flash, redirect
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from server.core.definition_draft import DefinitionDraft, DraftState, readable
from server.core.definition_lines import lines_between
from server.errors import NotFound
from server.services.definition_conflicts import FileConflict
from server.web.admin.definition_told import told
from server.web.admin.definition_words import draft_head
from server.web.admin.draft_view import DraftView, write_draft
from server.web.session import current_actor, services

_MOST_LINES = 400


class DraftConflicts(DraftView):
    """Pages beside the editor, one for each file that differs."""

    @expose("/<draft_id>/<int:version>/")
    def compare(self, draft_id: str, version: int) -> ResponseReturnValue:
        """What the file says differently, in sentences and line by line."""
        draft = self._draft(draft_id)
        conflict = _conflict(draft, version)
        ours, theirs = readable(conflict.ours), readable((conflict.theirs or "").lstrip("\ufeff"))
        lines = lines_between(conflict.ours, conflict.theirs or "")
        return self.render(
            "admin/definition_conflict.html",
            view="file",
            **draft_head(draft),
            conflict=conflict,
            sentences=None if ours is None or theirs is None else told(ours, theirs),
            takeable=theirs is not None and draft.state is not DraftState.IN_REVIEW,
            lines=lines[:_MOST_LINES],
            more=max(0, len(lines) - _MOST_LINES),
        )

    @expose("/<draft_id>/<int:version>/ours/")
    def ours(self, draft_id: str, version: int) -> ResponseReturnValue:
        """What the file should hold, to put in its place by hand."""
        conflict = _conflict(self._draft(draft_id), version)
        response = Response(conflict.ours, content_type="application/json; charset=utf-8")
        name = conflict.name.rpartition("/")[2]
        response.headers.set("Content-Disposition", "attachment", filename=name)
        return response

    @expose("/<draft_id>/<int:version>/take/", methods=("POST",))
    def take(self, draft_id: str, version: int) -> ResponseReturnValue:
        """The file's changes as a step of the draft, or as the beginning of the next version."""
        taken: list[tuple[DefinitionDraft, list[str]]] = []
        refused = write_draft(
            lambda seen: taken.append(
                services().definition_conflicts.take(current_actor(), draft_id, version, seen=seen)
            ),
            _("Đã nhận nội dung của tệp vào bản nháp. Xem lại rồi chuyển duyệt."),
        )
        if refused:
            return redirect(self.get_url(".compare", draft_id=draft_id, version=version), 303)
        draft, kept = taken[0]
        for path in kept:
            flash(
                _("Hai bên cùng sửa %(path)s: giữ theo bản nháp, đề nghị xem lại.", path=path),
                "warning",
            )
        return redirect(self.get_url("definition_editor.review", draft_id=draft.id), 303)

    def _draft(self, draft_id: str) -> DefinitionDraft:
        return services().definition_drafts.get(current_actor(), draft_id)


def _conflict(draft: DefinitionDraft, version: int) -> FileConflict:
    """The file of that version that differs; once it does so no more there is nothing to show."""
    for one in services().definition_conflicts.of(draft):
        if one.version == version:
            return one
    raise NotFound(kind="definition_file")
