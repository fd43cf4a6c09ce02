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
from server.core.indicator_changes import day_text
from server.errors import Conflict, ImportRefused, InputInvalid, Stale
from server.services.indicator_sheets import SheetPreview
from server.services.table_files import MOST_BYTES
from server.storage.models import IndicatorRow
from server.web.admin import cells
from server.web.admin.filters import ListFilter
from server.web.admin.indicator_proposals import seen_page
from server.web.admin.indicator_words import (
    fault_text,
    in_review_words,
    stale_words,
    told_changes,
)
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
        "owners": lambda _v, _c, row, _n: ", ".join(_owners(_of(row))) or cells.NOTHING,
    }
    form_columns = ()
    details_template = "admin/indicator.html"

    def tools(self) -> list[tuple[str, str]]:
        draft = services().indicator_sheets.working(current_actor()).draft
        proposal = self.get_url("indicator_proposals.index")
        return [
            *([] if draft is None else [(proposal, _("Bản đề xuất đang mở"))]),
            (self.get_url("indicator_proposals.add"), _("Thêm chỉ tiêu")),
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
        """Take what was looked at into the proposal that a second person approves."""
        try:
            reading, draft = services().indicator_sheets.confirm(
                current_actor(), request.form.get("rows", ""), seen_page()
            )
        except Stale:
            flash(stale_words(), "warning")
        except Conflict:
            flash(in_review_words(), "warning")
        except (ImportRefused, InputInvalid):
            flash(_("Bảng có ô chưa nhập được; chưa lưu gì."), "error")
        else:
            return self._proposed(draft.id, len(reading.changes))
        return redirect(self.get_url(".sheet_import"), 303)

    @expose("/file/", methods=("POST",))
    def take_file(self) -> ResponseReturnValue:
        """A proposal of what the file says, the very file that the page showed."""
        try:
            codes, draft = services().indicator_sheets.take_file(
                current_actor(), seen_page(), request.form.get("digest", "")
            )
        except Stale:
            flash(stale_words(), "warning")
        except Conflict:
            flash(_("Đang có bản đề xuất. Ban hành hoặc bỏ bản đó rồi mới nhận từ tệp."), "warning")
        except InputInvalid:
            flash(_("Tệp và danh mục đang dùng như nhau; không có gì để nhận."), "info")
        except ImportRefused as error:
            missing = error.facts.get("reason") == "missing-indicators"
            flash(
                _("Tệp thiếu chỉ tiêu đang có; chỉ tiêu không xóa, chỉ ghi ngày thôi áp dụng.")
                if missing
                else _("Tệp chỉ tiêu không đọc được."),
                "error",
            )
        else:
            return self._proposed(draft.id, len(codes))
        return redirect(self.get_url(".sheet_import"), 303)

    def _proposed(self, draft_id: str, count: int) -> ResponseReturnValue:
        flash(
            _(
                "Đã đưa %(count)s thay đổi vào bản đề xuất; danh mục đang dùng chưa đổi.",
                count=count,
            ),
            "success",
        )
        return redirect(self.get_url("indicator_proposals.review", draft_id=draft_id), 303)

    def _sheet(
        self, preview: SheetPreview | None = None, errors: list[dict[str, str]] | None = None
    ) -> str:
        reading = None if preview is None else preview.reading
        changes = () if reading is None else reading.changes
        kinds = [change.kind for change in changes]
        sheets = services().indicator_sheets
        return str(
            self.render(
                "admin/indicator_sheet.html",
                preview=preview,
                reading=reading,
                changes=told_changes(changes),
                counts={kind: kinds.count(kind) for kind in ("added", "changed", "retired")},
                faults=[]
                if reading is None
                else [(one, fault_text(one)) for one in reading.faults],
                errors=errors or [],
                working=sheets.working(current_actor()),
                file=sheets.standing(current_actor()),
                file_name=sheets.canonical.name,
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
            "owners": _owners(found),
            "owner_spans": _owner_spans(found),
            "change_url": self.get_url("indicator_proposals.change", code=found.code),
        }


def _owners(found: Indicator) -> tuple[str, ...]:
    """Who answers for it today."""
    return found.owners_on(services().clock.today())


def _owner_spans(found: Indicator) -> list[tuple[str, str]]:
    """Who answered for it and will, with the days, the last first; empty where none changed."""
    if not (found.former_owners or found.owners_from):
        return []
    spans = [(one.owners, one.valid_from, one.valid_to) for one in found.former_owners]
    spans.append((found.owners, found.owners_from, ""))
    return [(", ".join(owners), _days(first, last)) for owners, first, last in reversed(spans)]


def _validity(found: Indicator) -> str:
    """From which day to which the indicator is collected."""
    return _days(found.valid_from, found.valid_to)


def _days(valid_from: str, valid_to: str) -> str:
    first, last = day_text(valid_from), day_text(valid_to)
    if not last:
        return _("từ %(first)s", first=first)
    return (
        _("từ %(first)s đến %(last)s", first=first, last=last)
        if first
        else _("đến %(last)s", last=last)
    )
