"""Soạn biểu mẫu, quy trình: the drafts, beginning one, and its way to a published version.

The editor itself is ``definition_editor``. Every write names the edit that the page showed.
"""

from collections.abc import Callable, Mapping

from flask import Response, flash, make_response, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from server.core.access import Right
from server.core.definition_draft import KINDS, DefinitionDraft, DefinitionKind, DraftState
from server.core.vietnamese import fold
from server.errors import (
    Conflict,
    DefinitionInvalid,
    InputInvalid,
    NotFound,
    RequestInvalid,
    Stale,
)
from server.services.definition_files import FileState
from server.web.admin.definition_reviewing import period_hint, review_of
from server.web.admin.definition_words import (
    file_words,
    kind_titles,
    refused_words,
    state_badge,
)
from server.web.admin.draft_view import seen_edit, stale_words
from server.web.admin.indicator_proposals import proposal_of
from server.web.admin.safe_view import SafeBaseView
from server.web.problems import problem_of
from server.web.session import current_actor, services

MOST_BYTES = 400_000
#: Before the path of a field in the form that publishes: what becomes of its values.
_DECISION = "decision:"


class DraftList(SafeBaseView):
    """For administrators alone; a second one approves what the first one wrote."""

    right = Right.ADMINISTER
    title = _l("Soạn biểu mẫu, quy trình")

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """The drafts, those being worked on first; below, what a new one can begin with."""
        return self._page()

    @expose("/revise/", methods=("POST",))
    def revise(self) -> ResponseReturnValue:
        """Go on with the draft of a definition, or begin one from its newest version."""
        kind = _kind()
        draft = services().definition_drafts.revise(
            current_actor(), kind, request.form.get("code", "")
        )
        return redirect(self.get_url("definition_editor.outline", draft_id=draft.id), 303)

    @expose("/begin/", methods=("POST",))
    def begin(self) -> ResponseReturnValue:
        """A new definition, empty or as a copy of a published one."""
        kind, actor = _kind(), current_actor()
        code = request.form.get("code", "").strip()
        title, source = request.form.get("title", ""), request.form.get("source", "")
        drafts = services().definition_drafts
        try:
            if source:
                draft = drafts.copy(actor, kind, source, code, title)
            else:
                draft = drafts.begin(actor, kind, code, title)
        except InputInvalid as error:
            return make_response(self._page(begin_errors(error)), 422)
        return redirect(self.get_url("definition_editor.outline", draft_id=draft.id), 303)

    @expose("/import/", methods=("POST",))
    def take_in(self) -> ResponseReturnValue:
        """A draft from a file."""
        sent = request.files.get("file")
        body = b"" if sent is None else sent.read(MOST_BYTES + 1)
        try:
            if len(body) > MOST_BYTES:
                raise InputInvalid(errors=[])
            draft = services().definition_drafts.take_in(
                current_actor(), _kind(), body.decode("utf-8")
            )
        except (InputInvalid, UnicodeDecodeError):
            message = _("Tệp không phải là định nghĩa JSON đọc được, hoặc không ghi mã.")
            return make_response(self._page([{"field": "file", "message": message}]), 422)
        except Conflict:
            message = _("Đang có bản nháp của định nghĩa này. Ban hành hoặc bỏ bản nháp đó trước.")
            return make_response(self._page([{"field": "file", "message": message}]), 422)
        return redirect(self.get_url("definition_editor.outline", draft_id=draft.id), 303)

    @expose("/<draft_id>/send/", methods=("POST",))
    def send(self, draft_id: str) -> ResponseReturnValue:
        """Hand it to a second person."""
        return self._act(
            draft_id,
            _("Đã chuyển cho người thứ hai duyệt."),
            lambda seen: services().definition_issues.send(
                current_actor(),
                draft_id,
                seen=seen,
                notes=request.form.get("notes", ""),
                valid_from=request.form.get("valid_from", ""),
            ),
            typed=True,
        )

    @expose("/<draft_id>/return/", methods=("POST",))
    def give_back(self, draft_id: str) -> ResponseReturnValue:
        """Back to its authors, or taken back by them."""
        return self._act(
            draft_id,
            _("Đã trả bản nháp lại để sửa."),
            lambda seen: services().definition_issues.give_back(
                current_actor(), draft_id, seen=seen, note=request.form.get("note", "")
            ),
            typed=True,
        )

    @expose("/<draft_id>/publish/", methods=("POST",))
    def publish(self, draft_id: str) -> ResponseReturnValue:
        """Approve it."""

        decided = decisions_of(request.form)

        def act(seen: int) -> object:
            draft, file, carried = services().definition_migrations.publish(
                current_actor(), draft_id, seen=seen, decisions=decided
            )
            self._tell_file(draft, file)
            if carried.moved or carried.left:
                flash(
                    _(
                        "%(moved)s báo cáo đang nhập đã chuyển sang phiên bản mới, %(left)s báo cáo"
                        " giữ ở phiên bản cũ.",
                        moved=carried.moved,
                        left=carried.left,
                    ),
                    "success",
                )
            return draft

        return self._act(draft_id, _("Đã ban hành phiên bản mới."), act)

    @expose("/<draft_id>/file/", methods=("POST",))
    def write_file(self, draft_id: str) -> ResponseReturnValue:
        """Write the file once more."""
        draft = services().definition_drafts.of_any_kind(current_actor(), draft_id)
        self._tell_file(draft, services().definition_issues.write_file(draft))
        return self._back(draft_id)

    @expose("/<draft_id>/rebase/", methods=("POST",))
    def rebase(self, draft_id: str) -> ResponseReturnValue:
        """Take in what was published meanwhile."""

        def act(seen: int) -> object:
            draft, kept = services().definition_drafts.rebase(current_actor(), draft_id, seen=seen)
            for path in kept:
                flash(
                    _("Hai bên cùng sửa %(path)s: giữ theo bản nháp, đề nghị xem lại.", path=path),
                    "warning",
                )
            return draft

        return self._act(draft_id, _("Đã nhận các sửa đổi của phiên bản mới vào bản nháp."), act)

    @expose("/<draft_id>/discard/", methods=("POST",))
    def discard(self, draft_id: str) -> ResponseReturnValue:
        """Give it up."""
        return self._act(
            draft_id,
            _("Đã bỏ bản nháp."),
            lambda seen: services().definition_drafts.discard(current_actor(), draft_id, seen=seen),
        )

    @expose("/<draft_id>/export/")
    def export(self, draft_id: str) -> ResponseReturnValue:
        """The text as a file, to the letter."""
        draft = services().definition_drafts.get(current_actor(), draft_id)
        response = Response(draft.text, content_type="application/json; charset=utf-8")
        name = f"{draft.code}-v{draft.version:02}.json"
        response.headers.set("Content-Disposition", "attachment", filename=name)
        return response

    def _page(self, errors: list[dict[str, str]] | None = None) -> str:
        drafts = services().definition_drafts.drafts(current_actor())
        wanted, shown = fold(request.args.get("search", "")).strip(), request.args.get("state", "")
        found = [
            draft
            for draft in drafts
            if wanted in fold(f"{draft.title} {draft.code}")
            and (draft.state.value == shown or (not shown and draft.open) or shown == "all")
        ]
        catalogue = services().catalogue
        return self.render(
            "admin/definition_drafts.html",
            rows=[
                (draft, *state_badge(draft.state), _changer(draft), self._opening(draft))
                for draft in found
            ],
            total=len(drafts),
            kinds=kind_titles(),
            states=[(state.value, state_badge(state)[0]) for state in DraftState],
            forms=[(form.code, form.title) for form in catalogue.forms()],
            workflows=[(flow.code, flow.title) for flow in catalogue.workflows()],
            errors=errors or [],
            typed=request.form,
        )

    def _act(
        self, draft_id: str, done: str, act: Callable[[int], object], *, typed: bool = False
    ) -> ResponseReturnValue:
        """Do it on the edit that the page showed; a refusal is said on the page that follows.

        *typed*: something was written on that page, which stands there again after a refusal.
        """
        errors: list[dict[str, str]] = []
        try:
            act(seen_edit())
        except DefinitionInvalid:
            flash(_("Bản nháp còn lỗi nên chưa ban hành được. Xem danh sách lỗi."), "error")
        except InputInvalid as error:
            errors = self._act_errors(draft_id, error)
            if not typed:
                flash(errors[0]["message"], "error")
        except Stale:
            flash(stale_words(), "warning")
        except Conflict:
            flash(_("Bản nháp đã sang bước khác, hoặc đã có phiên bản mới hơn."), "warning")
        except RequestInvalid as error:
            flash(refused_words(str(error.facts.get("reason"))), "error")
        else:
            flash(done, "success")
            return self._back(draft_id)
        return self._again(draft_id, errors) if typed else self._back(draft_id)

    def _again(self, draft_id: str, errors: list[dict[str, str]]) -> ResponseReturnValue:
        """The page of the draft as it stands now, with what was typed."""
        draft = services().definition_drafts.of_any_kind(current_actor(), draft_id)
        page = "definition_review" if draft.kind in KINDS else "indicator_proposal"
        shown = review_of(draft) if draft.kind in KINDS else proposal_of(draft)
        return make_response(
            self.render(f"admin/{page}.html", **shown, typed=request.form, errors=errors), 422
        )

    def _act_errors(self, draft_id: str, error: InputInvalid) -> list[dict[str, str]]:
        """The refusal beside the field that it is about, where there is one."""
        listed = error.facts.get("errors", [])
        field = str(listed[0]["path"]) if isinstance(listed, list) and listed else ""
        message = _act_words(error)
        if field == "/valid_from":
            draft = services().definition_drafts.of_any_kind(current_actor(), draft_id)
            message = _("Kỳ áp dụng chưa đúng. %(hint)s", hint=period_hint(draft))
        return [{"field": field.removeprefix("/"), "message": message}]

    def _back(self, draft_id: str) -> ResponseReturnValue:
        draft = services().definition_drafts.of_any_kind(current_actor(), draft_id)
        return redirect(self._address(draft), 303)

    def _opening(self, draft: DefinitionDraft) -> str:
        """Where the list leads: a draft of a text first to the text."""
        if draft.kind in KINDS and draft.state is DraftState.DRAFT:
            return str(self.get_url("definition_editor.outline", draft_id=draft.id))
        return self._address(draft)

    def _address(self, draft: DefinitionDraft) -> str:
        """The page where the draft is worked on, or judged."""
        if draft.kind not in KINDS:
            return str(self.get_url("indicator_proposals.review", draft_id=draft.id))
        return str(self.get_url("definition_editor.review", draft_id=draft.id))

    def _tell_file(self, draft: DefinitionDraft, state: FileState) -> None:
        flash(*file_words(state, services().definition_issues.file_name(draft)))


def decisions_of(form: Mapping[str, str]) -> dict[str, str]:
    """By field, what the posted page says of values that have no place."""
    return {
        name.removeprefix(_DECISION): value
        for name, value in form.items()
        if name.startswith(_DECISION)
    }


def _kind() -> DefinitionKind:
    for kind in KINDS:
        if request.form.get("kind") == kind:
            return kind
    raise NotFound(kind="definition")


def _changer(draft: DefinitionDraft) -> str:
    return services().accounts.name_of(draft.changed_by)


def begin_errors(error: InputInvalid) -> list[dict[str, str]]:
    words = {
        ("code", "pattern"): refused_words("key"),
        ("code", "taken"): _("Mã này đã có biểu mẫu, quy trình hoặc bản nháp dùng."),
        ("title", "required"): _("Ghi tên, không quá 300 ký tự."),
    }
    listed = error.facts.get("errors", [])
    assert isinstance(listed, list)
    found = []
    for item in listed:
        field = str(item["path"]).removeprefix("/")
        found.append({"field": field, "message": words.get((field, str(item["code"])), "")})
    return found


def _act_words(error: InputInvalid) -> str:
    listed = error.facts.get("errors", [])
    field = str(listed[0]["path"]) if isinstance(listed, list) and listed else ""
    if isinstance(listed, list) and listed and listed[0]["code"] == "decision-missing":
        names = ", ".join(str(one["message"]) for one in listed)
        return _(
            "Số liệu của %(names)s không còn chỗ. Mở trang Ảnh hưởng, chọn cách xử lý từng ô, cột"
            " rồi ban hành.",
            names=names,
        )
    return {
        "/text": _("Bản đề xuất không thay đổi gì so với danh mục đang dùng."),
        "/notes": _("Ghi nội dung sửa đổi, không quá 2000 ký tự."),
        "/note": _("Ghi lý do trả lại, không quá 2000 ký tự."),
    }.get(field, problem_of(error).detail)
