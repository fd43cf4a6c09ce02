"""Biểu mới từ JSON Schema: a foreign schema as a draft, or the list of what is not supported."""

from flask import make_response, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from server.core.access import Right
from server.core.definition_foreign import Foreign
from server.errors import DefinitionInvalid, ImportRefused, InputInvalid
from server.services.definition_tables import MOST_CHARACTERS
from server.web.admin.definition_drafts import begin_errors
from server.web.admin.safe_view import SafeBaseView
from server.web.refusal_words import refusal_text
from server.web.session import current_actor, services


class SchemaStart(SafeBaseView):
    """A new form of an object schema of draft 2020-12 without our keywords."""

    right = Right.ADMINISTER
    title = _l("Biểu mới từ JSON Schema")

    @expose("/", methods=("GET", "POST"))
    def index(self) -> ResponseReturnValue:
        """Where the schema is put in; a posted one is judged."""
        if request.method != "POST":
            return self._page()
        try:
            text = _text()
            found = services().definition_tables.schema(current_actor(), text)
        except (ImportRefused, UnicodeDecodeError):
            return make_response(self._page(errors=[_unreadable()]), 422)
        return make_response(self._page(found, text), 422 if found.refusals else 200)

    @expose("/begin/", methods=("POST",))
    def begin(self) -> ResponseReturnValue:
        """The draft."""
        form, actor, tables = request.form, current_actor(), services().definition_tables
        text = form.get("text", "")
        try:
            draft = tables.begin_schema(
                actor, text, form.get("code", "").strip(), form.get("title", "")
            )
        except InputInvalid as error:
            page = self._page(tables.schema(actor, text), text, begin_errors(error))
            return make_response(page, 422)
        except (ImportRefused, DefinitionInvalid):
            return make_response(self._page(errors=[_unreadable()]), 422)
        return redirect(self.get_url("definition_editor.outline", draft_id=draft.id), 303)

    def _page(
        self,
        found: Foreign | None = None,
        text: str = "",
        errors: list[dict[str, str]] | None = None,
    ) -> str:
        return self.render(
            "admin/definition_schema.html",
            found=found,
            text=text,
            errors=errors or [],
            typed=request.form,
            refusals=[] if found is None else [(one, refusal_text(one)) for one in found.refusals],
            notes=[] if found is None else [_note(*one) for one in dict.fromkeys(found.notes)],
        )


def _text() -> str:
    sent = request.files.get("file")
    if sent is not None and sent.filename:
        return sent.read(MOST_CHARACTERS * 4).decode("utf-8")
    return request.form.get("text", "").replace("\r\n", "\n")


def _unreadable() -> dict[str, str]:
    message = _("Tệp không phải là JSON Schema đọc được, hoặc lớn hơn 300.000 ký tự.")
    return {"field": "file", "message": message}


def _note(code: str, about: str) -> str:
    return {
        "key-changed": _("Đổi tên mục: %(about)s.", about=about),
        "ignored": _("Bỏ qua từ khóa riêng %(about)s.", about=about),
        "lines": _("Danh sách %(about)s dòng là nhiều nhất; sửa nếu cần.", about=about),
        "decimals": _("%(about)s: chưa ghi số chữ số thập phân, lấy hai chữ số.", about=about),
        "not-negative": _("%(about)s: chưa ghi giá trị nhỏ nhất, lấy từ 0.", about=about),
        "format-left": _("%(about)s: dạng này không được kiểm tra.", about=about),
        "count-added": _("Thêm ô “Số lượng” vì không có ô số nào."),
    }[code]
