"""What a sheet of indicators would change and why a cell of it is refused, in words."""

from flask_babel import gettext as _

from server.core.indicator_sheet import COLUMNS, FREQUENCIES, LEVELS, CellFault, RowChange


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
        "source": _("Nguồn"),
        "ministry_code": _("Mã của cấp quốc gia"),
        "valid_from": _("Áp dụng từ ngày"),
        "valid_to": _("Hết áp dụng sau ngày"),
        "definition": _("Định nghĩa"),
        "method": _("Phương pháp tính"),
    }.get(field, COLUMNS.get(field, field))


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
        "repeated": _("Mã này đã có ở dòng %(text)s.", text=text),
        "needed": _("Ô này không được để trống."),
        "ends-before": _("Ngày hết áp dụng (%(text)s) trước ngày áp dụng.", text=text),
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
