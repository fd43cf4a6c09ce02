"""Sửa bảng mã: names and days of codes, new codes, as a table or by a spreadsheet.

What is typed is looked at first: what changes, and how many values of reports fall under codes
that end. Publishing makes the next version; nothing published is ever changed.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from flask import Response, flash, make_response, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from server.core.access import Right
from server.core.codelist_sheet import COLUMNS, CodeChange, CodeFault, shown_day
from server.core.validity import lapse_of
from server.errors import ImportRefused, InputInvalid, Stale
from server.services.codelist_editions import EditionPreview
from server.services.definition_files import FileState
from server.services.table_files import MOST_BYTES, carried_rows
from server.web.admin.change_words import field_change, title_change
from server.web.admin.safe_view import SafeBaseView
from server.web.session import current_actor, services
from server.web.workbook_words import file_refusal

_SHOWN: Final = ("code", "title", "validFrom", "validTo")
_NEW_LINES: Final = 3
#: A longer list is changed by its spreadsheet.
MOST_LINES: Final = 300


class CodeListEditor(SafeBaseView):
    """For administrators; the letter that a version goes by stands in it as its source."""

    right = Right.ADMINISTER
    title = _l("Sửa bảng mã")

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """Without a list: all of them."""
        return redirect(self.get_url("codelists.index_view"), 303)

    @expose("/<code>/", methods=("GET", "POST"))
    def edit(self, code: str) -> ResponseReturnValue:
        """The newest version as a table; what was typed in it is looked at, nothing is saved."""
        if request.method != "POST":
            return self._page(code)
        preview = services().codelist_editions.preview(current_actor(), code, _typed_rows())
        return self._looked_at(code, preview)

    @expose("/<code>/sheet/", methods=("GET", "POST"))
    def sheet(self, code: str) -> ResponseReturnValue:
        """The table as a workbook; brought back, it is looked at as what was typed."""
        editions, actor = services().codelist_editions, current_actor()
        if request.method == "POST":
            sent = request.files.get("file")
            body = b"" if sent is None else sent.read(MOST_BYTES + 1)
            try:
                preview = editions.upload(actor, code, body)
            except ImportRefused as error:
                errors = [{"field": "file", "message": file_refusal(error)}]
                return make_response(self._page(code, errors=errors), 422)
            return self._looked_at(code, preview)
        printed = editions.download(actor, code)
        response = Response(printed.take(), content_type=printed.media_type)
        response.headers.set("Content-Disposition", "attachment", filename=printed.name)
        return response

    @expose("/<code>/publish/", methods=("POST",))
    def publish(self, code: str) -> ResponseReturnValue:
        """The next version, exactly as it was looked at."""
        form, seen = request.form, request.form.get("seen", "")
        editions = services().codelist_editions
        try:
            version, state = editions.publish(
                current_actor(), code, form.get("rows", ""),
                seen=int(seen) if seen.isascii() and seen.isdigit() else 0,
                source=form.get("source", ""),
            )  # fmt: skip
        except Stale:
            flash(_("Bảng mã vừa có phiên bản khác. Đây là bản hiện tại; chưa lưu gì."), "warning")
            return redirect(self.get_url(".edit", code=code), 303)
        except (ImportRefused, InputInvalid) as error:
            return self._refused(code, error)
        flash(_("Đã ban hành phiên bản %(version)s.", version=version), "success")
        if state is not FileState.SAME:
            name = editions.canonical.name(code)
            flash(_("Chưa ghi được vào tệp %(name)s; tệp giữ nguyên.", name=name), "warning")
        return redirect(self.get_url("codelists.details_view", id=f"{code}/{version}"), 303)

    def _refused(self, code: str, error: ImportRefused | InputInvalid) -> ResponseReturnValue:
        listed = error.facts.get("errors", [])
        assert isinstance(listed, list)
        if not any(one["path"] == "/source" for one in listed):
            flash(_("Chưa lưu gì: bảng không còn như đã xem. Đề nghị làm lại."), "error")
            return redirect(self.get_url(".edit", code=code), 303)
        words = _("Ghi văn bản làm căn cứ, không quá 1.000 ký tự.")
        rows = carried_rows(request.form.get("rows", ""))
        preview = services().codelist_editions.preview(current_actor(), code, rows)
        return self._looked_at(code, preview, [{"field": "source", "message": words}])

    def _looked_at(
        self, code: str, preview: EditionPreview, errors: list[dict[str, str]] | None = None
    ) -> ResponseReturnValue:
        page = self._page(code, preview, errors=errors)
        wrong = errors or preview.reading.faults
        return make_response(page, 422 if wrong else 200)

    def _page(
        self,
        code: str,
        preview: EditionPreview | None = None,
        *,
        errors: list[dict[str, str]] | None = None,
    ) -> str:
        document = services().codelist_editions.newest(current_actor(), code)
        reading = None if preview is None else preview.reading
        typed = preview is not None and bool(reading and reading.faults)
        return self.render(
            "admin/codelist_edit.html",
            heading=document["title"],
            document=document,
            code=code,
            preview=preview,
            changes=[(one, *change_title(one), sentences(one)) for one in reading.changes]
            if reading is not None
            else [],
            faults=[(one, fault_words(one)) for one in reading.faults] if reading else [],
            lines=_typed_lines() if typed and "code" in request.form else _lines(document),
            by_sheet_only=len(document["items"]) > MOST_LINES,
            lapsed=_lapsed(document),
            codes={str(item["code"]) for item in document["items"]},
            errors=errors or [],
            source=request.form.get("source", document.get("source", "")),
            columns=column_titles(),
        )


def state_words(item: Mapping[str, Any], today: date) -> tuple[str, str]:
    """Whether a code is valid today, and the colour of its badge."""
    lapse = lapse_of(str(item.get("validFrom", "")), str(item.get("validTo", "")), today)
    if lapse is None:
        return _("Còn hiệu lực"), "green"
    if lapse.kind == "ended":
        return _("Hết hiệu lực từ %(day)s", day=lapse.shown_day), "grey"
    return _("Có hiệu lực từ %(day)s", day=lapse.shown_day), "amber"


def _lapsed(document: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """The codes that are not valid today, with what their badge says."""
    today = services().clock.today()
    told = {str(item["code"]): state_words(item, today) for item in document["items"]}
    return {code: said for code, said in told.items() if said[1] != "green"}


def column_titles() -> dict[str, str]:
    """The headings in the language of the page."""
    return {
        "code": _("Mã"),
        "title": _("Tên"),
        "title_en": _("Tên tiếng Anh"),
        "aliases": _("Tên khác"),
        "numbering2": _("Cách đánh số thứ hai"),
        "validFrom": _("Có hiệu lực từ ngày"),
        "validTo": _("Có hiệu lực đến hết ngày"),
    }


def change_title(change: CodeChange) -> tuple[str, str]:
    """The name of the change and the colour of its badge."""
    return {
        "added": (_("thêm"), "green"),
        "changed": (_("sửa"), "blue"),
        "ended": (_("hết hiệu lực"), "amber"),
        "moved": (_("đổi chỗ"), "grey"),
    }[change.kind]


def sentences(change: CodeChange) -> list[str]:
    """What becomes of the code, one sentence for each field."""
    return [_sentence(*field) for field in change.fields]


def _sentence(field: str, before: str, after: str) -> str:
    if field == "title" and before:
        return title_change(before, after)
    return field_change(column_titles()[field], before, after)


def fault_words(fault: CodeFault) -> str:
    """Why a cell is refused, and what to write."""
    return {
        "bad-code": _("mã chỉ gồm chữ số, chữ thường không dấu và gạch dưới, tối đa 16 ký tự."),
        "twice": _("mã %(code)s đứng hai lần.", code=fault.text),
        "no-title": _("chưa có tên."),
        "too-long": _("không quá 300 ký tự."),
        "not-a-day": _("“%(text)s” không phải là ngày; ghi như 30/06/2025.", text=fault.text),
        "ends-before-begin": _("ngày cuối %(day)s đứng trước ngày đầu.", day=fault.text),
        "no-codes": _("bảng không có cột “Mã”."),
        "too-many": _("bảng mã có nhiều nhất %(count)s mã.", count=fault.text),
    }[fault.reason]


def _typed_rows() -> list[list[str]]:
    """The table of the page, its heading first."""
    return [[COLUMNS[field] for field in _SHOWN], *(list(line) for line in _typed_lines(True))]


def _typed_lines(filled: bool = False) -> list[tuple[str, ...]]:
    columns = [request.form.getlist(field) for field in _SHOWN]
    lines = list(zip(*columns, strict=False))
    return [line for line in lines if any(line)] if filled else lines


def _lines(document: Mapping[str, Any]) -> list[tuple[str, ...]]:
    known = [
        (
            str(item["code"]),
            str(item["title"]),
            shown_day(str(item.get("validFrom", ""))) if item.get("validFrom") else "",
            shown_day(str(item.get("validTo", ""))) if item.get("validTo") else "",
        )
        for item in document["items"]
    ]
    return [*known, *([("", "", "", "")] * _NEW_LINES)]
