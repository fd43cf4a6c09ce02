"""What the built-in findings say to the person who fills the form.

Words of a form's own rules stand in its definition; these are the server's, in Vietnamese.
"""

from collections.abc import Callable, Mapping
from typing import Final

from server.core.shape import Cell
from server.core.vietnamese import format_number

_TYPES: Final = {
    "integer": "Ô này chỉ nhận số nguyên.",
    "number": "Ô này chỉ nhận số.",
    "string": "Ô này chỉ nhận chữ.",
    "boolean": "Ô này chỉ nhận có hoặc không.",
    "array": "Phần này phải là danh sách các dòng.",
    "object": "Phần này phải gồm các ô của biểu.",
}

_LIMITS: Final[Mapping[str, Callable[[str], str]]] = {
    "minimum": lambda limit: f"Giá trị phải từ {limit} trở lên.",
    "maximum": lambda limit: f"Giá trị không được quá {limit}.",
    "maxLength": lambda limit: f"Nội dung không được quá {limit} ký tự.",
    "minLength": lambda limit: f"Nội dung phải có ít nhất {limit} ký tự.",
    "minItems": lambda limit: f"Phải có ít nhất {limit} dòng.",
    "maxItems": lambda limit: f"Không được quá {limit} dòng.",
}

_PLAIN: Final = {
    "required": "Ô này chưa có số liệu. Nhập số liệu hoặc chọn lý do không có.",
    "x-required-when": "Ô này phải có số liệu vì các ô khác đã nhập. Nhập số liệu hoặc chọn lý do.",
    "enum": "Giá trị này không có trong danh mục.",
    "additionalProperties": "Biểu không có ô này.",
    "pattern": "Nội dung không đúng mẫu quy định.",
    "format": "Ngày không đúng hoặc không có thật.",
    "uniqueItems": "Dòng này bị trùng.",
    "x-relevant": "Đơn vị không phải nhập ô này, nhưng ô đang có số liệu. Xóa số liệu ở ô này.",
    "x-status": "Lý do ghi ở ô này không dùng được cùng với số liệu đang có.",
}


def message(keyword: str, cell: Cell | None, limit: object = None) -> str:
    """The text of the finding ``schema.<keyword>`` on *cell*; *limit* is what the form allows."""
    if keyword == "type":
        return _TYPES[cell.type if cell is not None else str(limit)]
    if keyword == "multipleOf":
        decimals = cell.decimals if cell is not None else 0
        if not decimals:
            return _TYPES["integer"]
        return f"Ô này chỉ nhận tối đa {decimals} chữ số sau dấu phẩy."
    if keyword in _LIMITS and isinstance(limit, int | float):
        return _LIMITS[keyword](format_number(limit))
    if keyword == "x-calculate":
        return "Kết quả tính của ô này vượt ra ngoài mức cho phép. Kiểm tra các ô dùng để tính."
    return _PLAIN.get(keyword, "Số liệu ở ô này không đúng quy định của biểu.")
