"""What is said about an uploaded workbook: why a cell or a file is refused, what would change."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from server.core.answer_changes import same
from server.core.answer_paths import cell_title, find_row, place_of
from server.core.layout import Column, Field
from server.core.vietnamese_numbers import format_number
from server.core.workbook_cells import cell_name, cells_by_name
from server.core.workbook_merge import Difference, Refused, Side
from server.core.workbook_values import Held
from server.errors import ImportRefused
from server.services.review import SubmissionView
from server.services.workbooks import Preview
from server.web.submission_texts import text_of
from server.web.submission_words import gettext as _

Facts = Mapping[str, object]
Cells = Mapping[tuple[str, str], Column | Field]


@dataclass(frozen=True, slots=True)
class ShownRefusal:
    """A cell of the file that is not taken."""

    sheet: str
    address: str
    title: str
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class ShownDifference:
    """A cell or a line of a roster on its three sides."""

    path: str
    sheet: str
    address: str
    title: str
    side: Side
    base: str
    file: str
    online: str
    removed: bool


def refused_cells(preview: Preview) -> list[ShownRefusal]:
    """The refused cells in the order of the file."""
    return [
        ShownRefusal(
            found.sheet,
            found.address,
            "" if found.path is None else _title(preview.view, found.path, found.address),
            found.text,
            _why(found),
        )
        for found in preview.comparison.refused
    ]


def shown_differences(preview: Preview) -> list[ShownDifference]:
    """The differences in the order of the file."""
    # Once for all cells: a national table has a thousand.
    cells = cells_by_name(preview.view.form)
    return [_shown(preview.view, cells, found) for found in preview.comparison.differences]


def file_refusal(refusal: ImportRefused) -> str:
    """Why nothing of a file can be taken, and what to do."""
    reason = str(refusal.facts.get("reason", ""))
    say = _FILES.get(reason, _FILES["damaged"])
    return say(refusal.facts)


def _shown(view: SubmissionView, cells: Cells, found: Difference) -> ShownDifference:
    def text(held: Held) -> str:
        return text_of(held.value, held.status, cells[cell_name(found.path)])

    if found.removed:
        base, file, online = "", _("Bỏ cả dòng"), _row_text(view, cells, found.path)
    else:
        base, file, online = text(found.base), text(found.file), text(found.online)
        if file == online and same(found.file.value, found.online.value):
            # Only the note "estimated" differs; the same text twice would say nothing.
            online = _("%(value)s (số ước tính)", value=online)
    return ShownDifference(
        path=found.path,
        sheet=found.sheet,
        address=found.address,
        title=_title(view, found.path, found.address),
        side=found.side,
        base=base,
        file=file,
        online=online,
        removed=found.removed,
    )


def _title(view: SubmissionView, path: str, address: str) -> str:
    """What the cell is called; a line that is new has no place online yet, only one in the file."""
    place = place_of(view.form, path)
    answers = view.submission.answers
    if place.block is None or place.block.item is None or find_row(place.block, answers, place.row):
        return cell_title(view.form, path, answers)
    row = "".join(letter for letter in address if letter.isdigit())
    title = place.cell.title if place.cell is not None else place.block.title
    return _("Dòng mới (dòng %(row)s của trang tính): %(title)s", row=row, title=title)


def _row_text(view: SubmissionView, cells: Cells, path: str) -> str:
    """The line as it stands online, for whoever decides on its going."""
    place = place_of(view.form, path)
    assert place.block is not None
    held = find_row(place.block, view.submission.answers, place.row) or {}
    texts = [
        text_of(value, None, cells[cell_name(f"{path}/{key}")])
        for key, value in held.items()
        if place.line is not None and key in place.line.cells
    ]
    return "; ".join(text for text in texts if text)


def _why(found: Refused) -> str:
    say = _CELLS.get(found.reason, _CELLS["error"])
    return say(found.facts)


def _readings(facts: Facts) -> str:
    readings = facts.get("readings")
    numbers = readings if isinstance(readings, tuple) else ()
    shown = f" {_('hay')} ".join(format_number(Decimal(str(number))) for number in numbers)
    return _("Có thể đọc là %(readings)s. Ghi lại cho rõ.", readings=shown)


def _too_precise(facts: Facts) -> str:
    if not facts.get("decimals"):
        return _("Ô này chỉ nhận số nguyên.")
    return _(
        "Quá nhiều chữ số thập phân. Ô này nhận %(decimals)s chữ số.", decimals=facts["decimals"]
    )


def _limit(facts: Facts) -> str:
    limit = facts["limit"]
    return format_number(limit) if isinstance(limit, int | float) else str(limit)


_CELLS: Mapping[str, Callable[[Facts], str]] = {
    "number-not_a_number": lambda facts: _("Không phải là số. Nhập số như 1.234 hoặc 1.234,5."),
    "number-ambiguous": _readings,
    "number-too_precise": _too_precise,
    "number-too_long": lambda facts: _("Quá nhiều chữ số. Kiểm tra lại."),
    "date-for-number": lambda facts: _("Là ngày, không phải là số."),
    "below": lambda facts: _("Nhỏ hơn mức thấp nhất là %(limit)s.", limit=_limit(facts)),
    "above": lambda facts: _("Lớn hơn mức cao nhất là %(limit)s.", limit=_limit(facts)),
    "long-text": lambda facts: _("Dài quá %(limit)s ký tự.", limit=_limit(facts)),
    "no-choice": lambda facts: _("Không có trong danh sách được chọn."),
    "date-not_a_date": lambda facts: _("Không phải là ngày. Nhập ngày/tháng/năm, như 05/01/2025."),
    "date-no_such_day": lambda facts: _("Không có ngày này trong lịch."),
    "date-unclear_year": lambda facts: _("Ghi đủ bốn chữ số của năm."),
    "date-out_of_range": lambda facts: _("Năm phải từ 1900 đến 2199."),
    "no-result": lambda facts: _(
        "Công thức chưa có kết quả. Mở tệp bằng Excel, lưu lại rồi tải lên, hoặc ghi thẳng giá trị."
    ),
    "error": lambda facts: _("Công thức trong ô báo lỗi."),
    "outside": lambda facts: _("Nằm ngoài các ô nhập của biểu nên không được lấy."),
}
_FILES: Mapping[str, Callable[[Facts], str]] = {
    "not-a-workbook": lambda facts: _(
        "Tệp này không phải là tệp Excel (.xlsx). Chọn tệp biểu đã tải từ báo cáo này."
    ),
    "damaged": lambda facts: _(
        "Không đọc được tệp này. Mở tệp bằng Excel, lưu lại dạng .xlsx rồi tải lên lại."
    ),
    "protected": lambda facts: _(
        "Tệp có mật khẩu mở tệp, hoặc là tệp Excel đời cũ (.xls). "
        "Lưu lại dạng .xlsx không có mật khẩu rồi tải lên lại."
    ),
    "too-large": lambda facts: _(
        "Tệp quá lớn khi mở ra. Chỉ tải lên tệp biểu đã tải từ báo cáo này, không thêm trang tính."
    ),
    "macros": lambda facts: _(
        "Tệp có macro nên không được nhận. Lưu lại dạng .xlsx rồi tải lên lại."
    ),
    "links": lambda facts: _(
        "Tệp có liên kết đến tệp khác nên không được nhận. "
        "Chép số dưới dạng giá trị vào biểu đã tải rồi tải lên lại."
    ),
    "no-stamp": lambda facts: _(
        "Tệp này không phải là biểu đã tải từ hệ thống, nên không biết số nào thuộc ô nào. "
        "Tải biểu Excel của báo cáo này rồi chép số vào; hoặc mở trang nhập, "
        "chép khối số trong tệp của anh/chị và dán thẳng vào bảng."
    ),
    "stamp-damaged": lambda facts: _(
        "Dấu phiên bản trong tệp đã hỏng nên không biết tệp được làm từ báo cáo nào. "
        "Tải lại biểu Excel rồi chép số sang."
    ),
    "other-form": lambda facts: _("Tệp này là của biểu khác: %(file)s.", **facts),
    "other-unit": lambda facts: _("Tệp này là của đơn vị khác: %(file)s.", **facts),
    "other-period": lambda facts: _("Tệp này là của kỳ khác: %(file)s.", **facts),
    "other-submission": lambda facts: _("Tệp này là của đợt báo cáo khác: %(file)s.", **facts),
    "other-version": lambda facts: _(
        "Tệp được làm theo phiên bản %(theirs)s của biểu, báo cáo này theo phiên bản %(ours)s. "
        "Tải lại biểu Excel rồi chép số sang.",
        **facts,
    ),
    "sheet-missing": lambda facts: _(
        "Tệp thiếu trang tính %(sheet)s. Tải lại biểu Excel rồi chép số sang.", **facts
    ),
    "label-moved": lambda facts: _(
        'Trang tính %(sheet)s, ô %(cell)s: phải là "%(expected)s" nhưng đang là "%(found)s". '
        "Dòng hoặc cột đã bị thêm, xóa hay sửa nên không biết số nào thuộc ô nào. "
        "Tải lại biểu Excel rồi chép số sang.",
        **facts,
    ),
}
