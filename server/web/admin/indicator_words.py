"""What a sheet of indicators would change and why a cell of it is refused, in words."""

from collections.abc import Sequence

from flask_babel import gettext as _

from server.core.indicator_changes import COLUMNS, RowChange
from server.core.indicator_sheet import FREQUENCIES, LEVELS, CellFault
from server.web.admin.change_words import field_change, title_change
from server.web.admin.definition_words import level_titles, period_titles

_CODED = ("lowest_level", "frequency")
Told = tuple[RowChange, str, str, list[str]]


def told_changes(changes: Sequence[RowChange]) -> list[Told]:
    """Each change with its name, the colour of its badge, and its sentences."""
    return [(one, *change_title(one), change_sentences(one)) for one in changes]


def change_sentences(change: RowChange) -> list[str]:
    """What becomes of the indicator, one sentence for each field."""
    return [_sentence(field, before, after) for field, before, after in change.fields]


def _sentence(field: str, before: str, after: str) -> str:
    if field in _CODED:
        before, after = _called(field, before), _called(field, after)
    if field == "title" and before:
        return title_change(before, after)
    if field == "valid_to":
        if not after:
            return _("Áp dụng trở lại, không hết sau ngày %(before)s nữa.", before=before)
        return _("Hết áp dụng sau ngày %(after)s.", after=after)
    if field == "owners" and before and after:
        return _(
            "Cơ quan chủ trì, phối hợp: “%(after)s” thay cho “%(before)s”.",
            before=before,
            after=after,
        )
    if field == "owners_from" and after:
        return _("Cơ quan chủ trì đổi từ ngày %(after)s.", after=after)
    if field == "constructed":
        return _("Ghi là dựng minh họa.") if after else _("Không còn là dựng minh họa.")
    return field_change(field_title(field), before, after)


def _called(field: str, code: str) -> str:
    titles = level_titles() if field == "lowest_level" else period_titles()
    return titles.get(code, code)


def stale_words() -> str:
    return _("Danh mục hoặc tệp vừa được sửa. Đây là bản hiện tại; chưa lưu gì, đề nghị làm lại.")


def in_review_words() -> str:
    return _("Bản đề xuất đang chờ duyệt. Rút về hoặc trả lại rồi mới sửa tiếp được.")


def change_title(change: RowChange) -> tuple[str, str]:
    """The name of the change and the colour of its badge."""
    return {
        "added": (_("thêm"), "green"),
        "changed": (_("sửa"), "blue"),
        "retired": (_("hết áp dụng"), "amber"),
    }[change.kind]


def field_title(field: str) -> str:
    """The heading of the field in the sheet, in the language of the page."""
    return {
        "title": _("Tên chỉ tiêu"),
        "title_en": _("Tên tiếng Anh"),
        "group": _("Mã nhóm"),
        "group_title": _("Nhóm"),
        "measures": _("Đơn vị tính"),
        "dimensions": _("Phân tổ"),
        "lowest_level": _("Cấp thấp nhất"),
        "frequency": _("Kỳ"),
        "owners": _("Cơ quan chủ trì, phối hợp"),
        "owner_units": _("Mã đơn vị chủ trì"),
        "owners_from": _("Chủ trì từ ngày"),
        "source": _("Nguồn"),
        "ministry_code": _("Mã của cấp quốc gia"),
        "valid_from": _("Áp dụng từ ngày"),
        "valid_to": _("Hết áp dụng sau ngày"),
        "definition": _("Định nghĩa"),
        "method": _("Phương pháp tính"),
        "code": _("Mã"),
        "definition_en": _("Định nghĩa tiếng Anh"),
        "method_en": _("Phương pháp tính tiếng Anh"),
        "text_source": _("Nguồn của lời văn"),
        "text_source_en": _("Nguồn của lời văn tiếng Anh"),
    }.get(field, COLUMNS.get(field, field))


def field_hint(field: str) -> str | None:
    """How the field is written, where it is not plain text."""
    return {
        "code": _("Chữ số, chữ thường không dấu, gạch dưới; giữ nguyên mãi."),
        "measures": _("Ví dụ “người: cộng; điểm: không cộng”."),
        "dimensions": _("Mã của các danh mục, cách nhau bằng dấu chấm phẩy."),
        "owners": _("Tên các cơ quan, cách nhau bằng dấu chấm phẩy; cơ quan chủ trì trước."),
        "owner_units": _("Mã đơn vị hoặc level:district, cách nhau bằng dấu chấm phẩy."),
        "owners_from": _("Ngày cơ quan mới bắt đầu, ví dụ 01/07/2026; cơ quan cũ vẫn được lưu."),
        "valid_from": _("Ví dụ: 01/01/2026"),
        "valid_to": _("Ngày cuối còn áp dụng, ví dụ 31/12/2026"),
    }.get(field)


def fault_text(fault: CellFault) -> str:
    """Why the cell is refused, and what would be right."""
    text = fault.text
    return {
        "empty": _("Trang tính không có dòng nào."),
        "too-many-rows": _("Trang tính có quá 2.000 dòng."),
        "unknown-column": _(
            "Không có cột nào tên “%(text)s”. Giữ tên cột như tệp tải về.", text=text
        ),
        "repeated-column": _("Cột “%(text)s” có hai lần.", text=text),
        "no-code-column": _("Thiếu cột “Mã”. Giữ tên cột như tệp tải về."),
        "code": _(
            "“%(text)s” không phải là mã: dùng chữ số, chữ thường không dấu, gạch dưới.", text=text
        ),
        "unknown-group": _(
            "Chưa có nhóm “%(text)s”. Sửa lại mã nhóm; nếu là nhóm mới thì ghi tên nhóm vào cột"
            " “Nhóm”.",
            text=text,
        ),
        "repeated": _("Mã này đã có ở dòng %(text)s.", text=text),
        "needed": _("Ô này không được để trống."),
        "ends-before": _("Ngày hết áp dụng (%(text)s) trước ngày áp dụng.", text=text),
        "owner-order": _(
            "Ngày “%(text)s” phải sau ngày cuối của cơ quan chủ trì trước đó.", text=text
        ),
        "too-long": _("Chữ quá dài hoặc có ký tự không in được."),
        "measure": _(
            "Viết đơn vị tính như “người: cộng; %%: không cộng”, không phải “%(text)s”.", text=text
        ),
        "day": _("“%(text)s” không phải là ngày. Viết như 31/12/2026.", text=text),
        "dimension": _("Không có danh mục “%(text)s” để phân tổ.", text=text),
        "org-unit": _(
            "Không có đơn vị mã “%(text)s”. Viết mã đơn vị, hoặc level:district.", text=text
        ),
        "lowest_level": _(
            "“%(text)s” không phải là cấp: %(known)s.", text=text, known=", ".join(LEVELS)
        ),
        "frequency": _(
            "“%(text)s” không phải là loại kỳ: %(known)s.", text=text, known=", ".join(FREQUENCIES)
        ),
    }[fault.code]
