"""Biểu mới từ bảng Excel: paste or upload a table, look at what was understood, begin a draft."""

from collections.abc import Sequence

from flask import make_response, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from server.core.access import Right
from server.core.definition_table import (
    KINDS,
    MOST_HEADINGS,
    TYPES,
    Choices,
    Table,
    TableUnreadable,
)
from server.core.definition_table_columns import ColumnType
from server.core.definition_table_form import TableNote
from server.errors import ImportRefused, InputInvalid
from server.services.definition_tables import Understood
from server.services.table_files import MOST_BYTES
from server.web.admin.definition_drafts import begin_errors
from server.web.admin.safe_view import SafeBaseView
from server.web.session import current_actor, services
from server.web.workbook_words import file_refusal

_MOST_ROW_COLUMNS = 3


class TableStart(SafeBaseView):
    """A new form of a table that somebody has in a spreadsheet."""

    right = Right.ADMINISTER
    title = _l("Biểu mới từ bảng Excel")

    @expose("/", methods=("GET", "POST"))
    def index(self) -> ResponseReturnValue:
        """Where the table is put in; a posted one is shown as it was understood."""
        if request.method != "POST":
            return self._page()
        try:
            return self._page(self._understood())
        except (ImportRefused, TableUnreadable) as error:
            return make_response(self._page(errors=[_fault(error)]), 422)

    @expose("/begin/", methods=("POST",))
    def begin(self) -> ResponseReturnValue:
        """The draft, with the choices of the page before."""
        form = request.form
        try:
            understood = self._understood()
        except (ImportRefused, TableUnreadable) as error:
            return make_response(self._page(errors=[_fault(error)]), 422)
        try:
            draft = services().definition_tables.begin(
                current_actor(),
                understood.text,
                _choices(),
                form.get("code", "").strip(),
                form.get("title", ""),
            )
        except InputInvalid as error:
            return make_response(self._page(understood, begin_errors(error)), 422)
        return redirect(self.get_url("definition_editor.outline", draft_id=draft.id), 303)

    def _understood(self) -> Understood:
        tables, actor = services().definition_tables, current_actor()
        sent = request.files.get("file")
        text = request.form.get("text", "")
        if sent is not None and sent.filename:
            text = tables.text_of_workbook(actor, sent.read(MOST_BYTES + 1))
        return tables.understand(actor, text, _choices())

    def _page(
        self, understood: Understood | None = None, errors: Sequence[dict[str, str]] = ()
    ) -> str:
        table = None if understood is None else understood.table
        return self.render(
            "admin/definition_table.html",
            understood=understood,
            table=table,
            errors=list(errors),
            typed=request.form,
            types=_types(),
            kinds=[(kind, _kinds()[kind]) for kind in KINDS],
            headings=[(str(count), str(count)) for count in range(1, MOST_HEADINGS + 1)],
            row_columns=[(str(count), str(count)) for count in range(_MOST_ROW_COLUMNS + 1)],
            codelists=[(one.code, one.title) for one in services().catalogue.usable_codelists()],
            notes=[] if understood is None else [note_words(one) for one in understood.notes],
            names="" if table is None else _names(table),
        )


def note_words(note: TableNote) -> str:
    """What could not be taken over, or was added."""
    return {
        "unmatched": _(
            "Danh mục không có dòng “%(about)s”; dòng này không vào biểu.", about=note.about
        ),
        "formula-left": _(
            "Công thức %(about)s chưa hiểu được; cột này để nhập tay.", about=note.about
        ),
        "row-left": _("Quá nhiều dòng: bỏ dòng “%(about)s”.", about=note.about),
        "total-left": _("Danh sách nhập từng dòng không giữ dòng “%(about)s”.", about=note.about),
        "count-added": _("Bảng không có cột số nào; thêm ô “Số dòng” để đếm."),
    }[note.code]


def _choices() -> Choices:
    form = request.form
    kind, codelist = form.get("kind", ""), form.get("codelist", "")
    types: dict[int, ColumnType] = {}
    titles: dict[int, str] = {}
    for name, value in form.items():
        head, _dash, place = name.partition("-")
        if not (place.isascii() and place.isdigit()) or len(place) > 3:  # noqa: PLR2004 - columns
            continue
        if head == "type" and value in TYPES:
            types[int(place)] = next(one for one in TYPES if one == value)
        elif head == "title" and value.strip():
            titles[int(place)] = " ".join(value.split())[:300]
    # Other headings are other columns: what was chosen for the old ones means nothing then.
    same = form.get("shown") == f"{form.get('headings')}/{form.get('row_columns')}/{kind}"
    return Choices(
        headings=_count("headings"),
        row_columns=_count("row_columns"),
        kind=next((one for one in KINDS if one == kind), None),
        codelist=codelist if kind == "codelist" and codelist else None,
        types=types if same else {},
        titles=titles if same else {},
    )


def _count(name: str) -> int | None:
    text = request.form.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) == 1 else None


def _types() -> list[tuple[str, str]]:
    words = {
        "integer": _("Số nguyên"),
        "number": _("Số thập phân"),
        "text": _("Chữ"),
        "date": _("Ngày"),
        "skip": _("Bỏ cột này"),
    }
    return [(one, words[one]) for one in TYPES]


def _kinds() -> dict[str, str]:
    return {
        "fixed": _("Dòng cố định như trong bảng"),
        "codelist": _("Mỗi mục của danh mục một dòng"),
        "roster": _("Danh sách: đơn vị tự thêm dòng"),
    }


def _names(table: Table) -> str:
    """The first rows, so that one sees which column names them."""
    shown = 6
    return "; ".join(table.rows[:shown]) + ("; …" if len(table.rows) > shown else "")


def _fault(error: ImportRefused | TableUnreadable) -> dict[str, str]:
    if isinstance(error, ImportRefused):
        return {"field": "file", "message": file_refusal(error)}
    message = {
        "empty": _("Chưa có bảng nào: dán bảng vào ô, hoặc chọn tệp Excel."),
        "no-header": _("Không thấy dòng tiêu đề cột. Sao chép cả phần đầu bảng."),
        "no-columns": _("Bảng không có cột nào để nhập số liệu."),
        "too-large": _("Bảng quá lớn: nhiều nhất 600 dòng, 120 cột."),
    }[error.reason]
    return {"field": "text", "message": message}
