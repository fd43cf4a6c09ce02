"""Chỉ tiêu thống kê: the catalogue, and its way out to a spreadsheet and back in.

Constructed entries say so wherever they stand; retired ones stay on the list.
"""

from datetime import date
from typing import Any

from flask import Response, flash, make_response, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from server.core.access import Right
from server.core.indicator import Indicator
from server.errors import ImportRefused, InputInvalid, Stale
from server.services.definition_files import FileState
from server.services.indicator_files import FileStanding
from server.services.indicator_sheets import SheetPreview
from server.services.table_files import MOST_BYTES
from server.storage.models import IndicatorRow
from server.web.admin import cells
from server.web.admin.filters import ListFilter
from server.web.admin.indicator_words import change_title, fault_text, field_title
from server.web.admin.safe_view import SafeModelView
from server.web.session import current_actor, services
from server.web.workbook_words import file_refusal

_ROW: Any = IndicatorRow


def _groups() -> list[tuple[str, str]]:
    return sorted({(found.group, found.group_title) for found in services().catalogue.indicators()})


def _of(row: Any) -> Indicator:
    return services().catalogue.indicator(row.code)


def _title(_view: Any, _context: Any, row: Any, _column: str) -> Markup:
    found = _of(row)
    mark = cells.badge(_("dựng minh họa"), "purple") if found.constructed else Markup()
    if found.valid_to:
        day = date.fromisoformat(found.valid_to)
        mark += cells.badge(_("áp dụng đến %(day)s", day=f"{day:%d/%m/%Y}"), "amber")
    return Markup("{} {}").format(found.title, mark)


def _measures(_view: Any, _context: Any, row: Any, _column: str) -> str:
    return ", ".join(dict.fromkeys(measure.unit for measure in _of(row).measures)) or cells.NOTHING


class IndicatorView(SafeModelView):
    """All indicators, for looking up; they are changed all at once, by a spreadsheet."""

    right = Right.ADMINISTER
    title = _l("Chỉ tiêu thống kê")
    lead = _l("Danh mục theo văn bản ban hành; sửa cả bảng bằng tệp Excel, không xóa chỉ tiêu.")
    empty_text = _l("Chưa nạp danh mục chỉ tiêu thống kê.")
    search_hint = _l("Tên hoặc mã chỉ tiêu thống kê")
    can_view_details = True
    column_list = ("title", "code", "group", "measures", "owners")
    column_labels = {
        "title": _l("Chỉ tiêu thống kê"),
        "code": _l("Mã"),
        "group": _l("Nhóm"),
        "measures": _l("Đơn vị tính"),
        "owners": _l("Cơ quan chủ trì"),
    }
    column_searchable_list = (_ROW.folded, _ROW.code)
    column_sortable_list = (("title", _ROW.sort_key), ("code", _ROW.code))
    column_default_sort = ("code", False)
    column_filters = (ListFilter("group", _l("Nhóm"), _ROW.group, _groups),)
    column_formatters = {
        "title": _title,
        "code": cells.code,
        "group": lambda _v, _c, row, _n: _of(row).group_title,
        "measures": _measures,
        "owners": lambda _v, _c, row, _n: ", ".join(_of(row).owners) or cells.NOTHING,
    }
    form_columns = ()
    details_template = "admin/indicator.html"

    def tools(self) -> list[tuple[str, str]]:
        return [
            (self.get_url(".sheet_download"), _("Tải bảng chỉ tiêu (Excel)")),
            (self.get_url(".sheet_import"), _("Nhập lại")),
        ]

    @expose("/sheet/")
    def sheet_download(self) -> ResponseReturnValue:
        """All indicators as a workbook."""
        printed = services().indicator_sheets.download(current_actor())
        response = Response(printed.take(), content_type=printed.media_type)
        response.headers.set("Content-Disposition", "attachment", filename=printed.name)
        return response

    @expose("/sheet/import/", methods=("GET", "POST"))
    def sheet_import(self) -> ResponseReturnValue:
        """Upload, and look at every change; nothing is saved here."""
        if request.method != "POST":
            return self._sheet()
        sent = request.files.get("file")
        body = b"" if sent is None else sent.read(MOST_BYTES + 1)
        try:
            preview = services().indicator_sheets.upload(current_actor(), body)
        except ImportRefused as error:
            errors = [{"field": "file", "message": file_refusal(error)}]
            return make_response(self._sheet(errors=errors), 422)
        return make_response(self._sheet(preview), 422 if preview.reading.faults else 200)

    @expose("/sheet/confirm/", methods=("POST",))
    def sheet_confirm(self) -> ResponseReturnValue:
        """Save what was looked at: one new edition of the catalogue."""
        seen = request.form.get("edition", type=int) or 0
        try:
            done, file = services().indicator_sheets.confirm(
                current_actor(), request.form.get("rows", ""), seen
            )
        except Stale:
            flash(_("Danh mục vừa được sửa. Tải bảng mới về rồi nhập lại; chưa lưu gì."), "warning")
            return redirect(self.get_url(".sheet_import"), 303)
        except (ImportRefused, InputInvalid):
            flash(_("Bảng có ô chưa nhập được; chưa lưu gì."), "error")
            return redirect(self.get_url(".sheet_import"), 303)
        count = len(done.reading.changes)
        flash(_("Đã lưu %(count)s thay đổi vào danh mục chỉ tiêu.", count=count), "success")
        flash(*_file_words(file))
        return redirect(self.get_url(".index_view"), 303)

    @expose("/file/", methods=("POST",))
    def take_file(self) -> ResponseReturnValue:
        """The catalogue as its file says it."""
        try:
            codes = services().indicator_sheets.take_file(current_actor())
        except ImportRefused as error:
            missing = error.facts.get("reason") == "missing-indicators"
            flash(
                _("Tệp thiếu chỉ tiêu đang có; chỉ tiêu không xóa, chỉ ghi ngày thôi áp dụng.")
                if missing
                else _("Tệp chỉ tiêu không đọc được."),
                "error",
            )
        else:
            flash(_("Đã nhận %(count)s chỉ tiêu từ tệp.", count=len(codes)), "success")
        return redirect(self.get_url(".sheet_import"), 303)

    def _sheet(
        self, preview: SheetPreview | None = None, errors: list[dict[str, str]] | None = None
    ) -> str:
        reading = None if preview is None else preview.reading
        changes = [] if reading is None else [(one, *change_title(one)) for one in reading.changes]
        kinds = [change.kind for change, _words, _colour in changes]
        counts = {kind: kinds.count(kind) for kind in ("added", "changed", "retired")}
        return str(
            self.render(
                "admin/indicator_sheet.html",
                preview=preview,
                reading=reading,
                changes=changes,
                counts=counts,
                faults=[]
                if reading is None
                else [(one, fault_text(one)) for one in reading.faults],
                field_title=field_title,
                errors=errors or [],
                file=services().indicator_sheets.standing(current_actor()),
                file_name=services().indicator_sheets.canonical.name,
            )
        )

    def name_of(self, row: Any) -> str:
        return _of(row).title

    def details(self, row: Any) -> dict[str, Any]:
        found = _of(row)
        lists = {listed.code: listed.title for listed in services().catalogue.codelists()}
        forms = [form for form in services().catalogue.forms() if found.code in form.indicators]
        dimensions = [lists.get(code, code) for code in found.dimensions]
        level = cells.levels().get(found.lowest_level, found.lowest_level)
        return {
            "indicator": found,
            "dimensions": dimensions,
            "level": level,
            "forms": forms,
            "validity": _validity(found),
        }


def _file_words(standing: FileStanding) -> tuple[str, str]:
    """What became of the file, and how to say it."""
    name = services().indicator_sheets.canonical.name
    if standing.state is FileState.SAME:
        return _("Đã ghi tệp %(name)s.", name=name), "success"
    if standing.state is FileState.DIFFERENT:
        return _(
            "Tệp %(name)s có nội dung khác nên giữ nguyên, không ghi đè. Xem trang Nhập lại.",
            name=name,
        ), "warning"
    return _("Không ghi được tệp %(name)s; danh mục trong máy chủ đã lưu.", name=name), "warning"


def _validity(found: Indicator) -> str:
    """From which day to which the indicator is collected."""
    first, last = (
        f"{date.fromisoformat(day):%d/%m/%Y}" if day else ""
        for day in (found.valid_from, found.valid_to)
    )
    if not last:
        return _("từ %(first)s", first=first)
    return (
        _("từ %(first)s đến %(last)s", first=first, last=last)
        if first
        else _("đến %(last)s", last=last)
    )
