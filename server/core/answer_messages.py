"""What the built-in findings say to the person who fills the form, by language.

Words of a form's own rules stand in its definition; these are the server's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from server.core.finding import Words
from server.core.shape import Cell
from server.core.validity import Lapse
from server.core.vietnamese import format_number

#: Message, rule, and what to do; ``{limit}`` is what the form allows.
_Text = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class _Language:
    types: Mapping[str, _Text]
    decimals: _Text
    limits: Mapping[str, _Text]
    plain: Mapping[str, _Text]
    other: _Text

    def text(self, keyword: str, cell: Cell | None, limit: object) -> _Text:
        if keyword == "type":
            return self.types[cell.type if cell is not None else str(limit)]
        if keyword == "multipleOf":
            return self.decimals if cell is not None and cell.decimals else self.types["integer"]
        if keyword in self.limits and isinstance(limit, int | float):
            return self.limits[keyword]
        return self.plain.get(keyword, self.other)


_VIETNAMESE: Final = _Language(
    types={
        "integer": (
            "Ô này chỉ nhận số nguyên.",
            "Ô này là số đếm, không có phần thập phân.",
            "Nhập lại bằng số nguyên, như 1.234.",
        ),
        "number": (
            "Ô này chỉ nhận số.",
            "Ô này là số.",
            "Nhập lại bằng số, như 1.234 hoặc 1.234,5.",
        ),
        "string": ("Ô này chỉ nhận chữ.", "Ô này là chữ.", "Nhập lại bằng chữ."),
        "boolean": (
            "Ô này chỉ nhận có hoặc không.",
            "Ô này trả lời có hoặc không.",
            "Chọn có hoặc không.",
        ),
        "array": (
            "Phần này phải là danh sách các dòng.",
            "Phần này gồm các dòng như nhau.",
            "Tải lại trang rồi nhập lại phần này.",
        ),
        "object": (
            "Phần này phải gồm các ô của biểu.",
            "Phần này gồm các ô của biểu.",
            "Tải lại trang rồi nhập lại phần này.",
        ),
    },
    decimals=(
        "Ô này chỉ nhận tối đa {decimals} chữ số sau dấu phẩy.",
        "Số ở ô này có nhiều nhất {decimals} chữ số sau dấu phẩy.",
        "Làm tròn đến {decimals} chữ số sau dấu phẩy.",
    ),
    limits={
        "minimum": (
            "Giá trị phải từ {limit} trở lên.",
            "Số ở ô này từ {limit} trở lên.",
            "Nhập lại số không nhỏ hơn {limit}.",
        ),
        "maximum": (
            "Giá trị không được quá {limit}.",
            "Số ở ô này không quá {limit}.",
            "Nhập lại số không lớn hơn {limit}; xem lại đơn vị tính.",
        ),
        "maxLength": (
            "Nội dung không được quá {limit} ký tự.",
            "Nội dung ô này không quá {limit} ký tự.",
            "Rút gọn nội dung.",
        ),
        "minLength": (
            "Nội dung phải có ít nhất {limit} ký tự.",
            "Nội dung ô này có ít nhất {limit} ký tự.",
            "Ghi đầy đủ nội dung.",
        ),
        "minItems": (
            "Phải có ít nhất {limit} dòng.",
            "Phần này có ít nhất {limit} dòng.",
            "Thêm dòng còn thiếu.",
        ),
        "maxItems": (
            "Không được quá {limit} dòng.",
            "Phần này có nhiều nhất {limit} dòng.",
            "Xóa các dòng thừa.",
        ),
    },
    plain={
        "required": (
            "Ô này chưa có số liệu. Nhập số liệu hoặc chọn lý do không có.",
            "Ô này phải có số liệu hoặc lý do không có số liệu.",
            "Nhập số liệu, hoặc chọn lý do: không phát sinh, chưa thu thập được, không áp dụng.",
        ),
        "x-required-when": (
            "Ô này phải có số liệu vì các ô khác đã nhập. Nhập số liệu hoặc chọn lý do.",
            "Ô này phải có số liệu khi các ô liên quan đã có.",
            "Nhập số liệu, hoặc chọn lý do: không phát sinh, chưa thu thập được, không áp dụng.",
        ),
        "enum": (
            "Giá trị này không có trong danh mục.",
            "Ô này chỉ nhận các giá trị trong danh mục.",
            "Chọn một giá trị trong danh mục.",
        ),
        "additionalProperties": (
            "Biểu không có ô này.",
            "Báo cáo chỉ gồm các ô của biểu.",
            "Xóa số liệu ở ô này.",
        ),
        "pattern": (
            "Nội dung không đúng mẫu quy định.",
            "Nội dung ô này phải theo mẫu quy định.",
            "Xem cách ghi của ô rồi nhập lại.",
        ),
        "format": (
            "Ngày không đúng hoặc không có thật.",
            "Ô này là một ngày có thật.",
            "Nhập lại ngày/tháng/năm, như 05/01/2025.",
        ),
        "uniqueItems": (
            "Dòng này bị trùng.",
            "Mỗi dòng chỉ ghi một lần.",
            "Xóa hoặc sửa dòng bị trùng.",
        ),
        "x-relevant": (
            "Đơn vị không phải nhập ô này, nhưng ô đang có số liệu. Xóa số liệu ở ô này.",
            "Ô không áp dụng cho đơn vị thì để trống.",
            "Xóa số liệu ở ô này, hoặc sửa ô quyết định việc có phải nhập hay không.",
        ),
        "x-validity.ended": (
            "Mã đã hết hiệu lực từ {limit}: kỳ này không ghi số liệu theo mã này.",
            "Chỉ dùng mã còn hiệu lực vào ngày cuối của kỳ báo cáo.",
            "Xóa số liệu ở ô này, hoặc ghi theo mã còn hiệu lực.",
        ),
        "x-validity.early": (
            "Mã chỉ có hiệu lực từ {limit}: kỳ này chưa ghi số liệu theo mã này.",
            "Chỉ dùng mã còn hiệu lực vào ngày cuối của kỳ báo cáo.",
            "Xóa số liệu ở ô này, hoặc ghi theo mã còn hiệu lực.",
        ),
        "x-status": (
            "Lý do ghi ở ô này không dùng được cùng với số liệu đang có.",
            "Một ô có số liệu hoặc có lý do không có số liệu, không có cả hai.",
            "Xóa lý do, hoặc xóa số liệu.",
        ),
        "x-calculate": (
            "Kết quả tính của ô này vượt ra ngoài mức cho phép. Kiểm tra các ô dùng để tính.",
            "Kết quả tính nằm trong mức cho phép của ô.",
            "Kiểm tra và sửa các ô dùng để tính.",
        ),
    },
    other=(
        "Số liệu ở ô này không đúng quy định của biểu.",
        "Số liệu theo quy định của biểu.",
        "Xem cách ghi của ô rồi nhập lại.",
    ),
)

_ENGLISH: Final = _Language(
    types={
        "integer": (
            "This cell takes whole numbers only.",
            "The cell is a count without decimals.",
            "Enter a whole number.",
        ),
        "number": (
            "This cell takes numbers only.",
            "The cell is a number.",
            "Enter a number.",
        ),
        "string": ("This cell takes text only.", "The cell is a text.", "Enter a text."),
        "boolean": (
            "This cell takes yes or no.",
            "The cell is answered by yes or no.",
            "Choose yes or no.",
        ),
        "array": (
            "This part must be a list of lines.",
            "The part is made of equal lines.",
            "Load the page again and enter this part anew.",
        ),
        "object": (
            "This part must hold the form's cells.",
            "The part is made of the form's cells.",
            "Load the page again and enter this part anew.",
        ),
    },
    decimals=(
        "This cell takes at most {decimals} decimals.",
        "The number has at most {decimals} decimals.",
        "Round it to {decimals} decimals.",
    ),
    limits={
        "minimum": (
            "The value must be {limit} or more.",
            "The number is {limit} or more.",
            "Enter a number not below {limit}.",
        ),
        "maximum": (
            "The value must be at most {limit}.",
            "The number is at most {limit}.",
            "Enter a number not above {limit}; look at the unit of measure.",
        ),
        "maxLength": (
            "The text must have at most {limit} characters.",
            "The text has at most {limit} characters.",
            "Shorten the text.",
        ),
        "minLength": (
            "The text must have at least {limit} characters.",
            "The text has at least {limit} characters.",
            "Write the text in full.",
        ),
        "minItems": (
            "There must be at least {limit} lines.",
            "The part has at least {limit} lines.",
            "Add the missing lines.",
        ),
        "maxItems": (
            "There must be at most {limit} lines.",
            "The part has at most {limit} lines.",
            "Delete the surplus lines.",
        ),
    },
    plain={
        "required": (
            "This cell is empty. Enter a figure or choose why there is none.",
            "The cell has a figure or a reason why there is none.",
            "Enter a figure, or choose a reason: none arose, not available, not applicable.",
        ),
        "x-required-when": (
            "This cell must be filled because of other cells. Enter a figure or choose a reason.",
            "The cell is filled when the cells it belongs to are.",
            "Enter a figure, or choose a reason: none arose, not available, not applicable.",
        ),
        "enum": (
            "This value is not in the list.",
            "The cell takes values of the list only.",
            "Choose a value of the list.",
        ),
        "additionalProperties": (
            "The form has no such cell.",
            "A report holds the form's cells only.",
            "Delete what stands in this cell.",
        ),
        "pattern": (
            "The text does not have the required form.",
            "The text follows the required form.",
            "Look at how the cell is filled and enter it again.",
        ),
        "format": (
            "The date is wrong or does not exist.",
            "The cell is a date that exists.",
            "Enter day/month/year, like 05/01/2025.",
        ),
        "uniqueItems": (
            "This line is there twice.",
            "Each line is written once.",
            "Delete or correct the repeated line.",
        ),
        "x-relevant": (
            "The unit is not asked for this cell, but it holds a value. Delete it.",
            "A cell that does not apply to the unit stays empty.",
            "Delete the value, or correct the cell that decides whether this one is asked.",
        ),
        "x-validity.ended": (
            "The code is no longer valid from {limit}: nothing is entered under it this period.",
            "Only codes that are valid on the last day of the period are used.",
            "Delete what stands in this cell, or enter it under a valid code.",
        ),
        "x-validity.early": (
            "The code is valid from {limit} only: nothing is entered under it this period yet.",
            "Only codes that are valid on the last day of the period are used.",
            "Delete what stands in this cell, or enter it under a valid code.",
        ),
        "x-status": (
            "The reason given here contradicts the value.",
            "A cell has a value or a reason why there is none, not both.",
            "Delete the reason, or delete the value.",
        ),
        "x-calculate": (
            "The result of this cell is out of bounds. Check the cells it follows from.",
            "The result lies within the bounds of the cell.",
            "Check and correct the cells it follows from.",
        ),
    },
    other=(
        "The value does not follow the rules of the form.",
        "Values follow the rules of the form.",
        "Look at how the cell is filled and enter it again.",
    ),
)


def words_of(keyword: str, cell: Cell | None, limit: object = None) -> tuple[Words, Words]:
    """What the finding ``schema.<keyword>`` on *cell* says, in Vietnamese and in English."""
    if isinstance(limit, Lapse):
        keyword = f"{keyword}.{limit.kind}"
    facts = {
        "limit": _shown(limit),
        "decimals": "" if cell is None else str(cell.decimals),
    }
    found = [
        Words(*(part.format(**facts) if "{" in part else part for part in texts))
        for texts in (
            _VIETNAMESE.text(keyword, cell, limit),
            _ENGLISH.text(keyword, cell, limit),
        )
    ]
    return found[0], found[1]


def _shown(limit: object) -> str:
    if isinstance(limit, Lapse):
        return limit.shown_day
    return format_number(limit) if isinstance(limit, int | float) else ""


def texts_of(language: str) -> dict[str, tuple[str, str, str]]:
    """Message, rule and way out of every built-in finding, unfilled: the page says them itself."""
    said = _ENGLISH if language == "en" else _VIETNAMESE
    return {
        **{f"type.{kind}": text for kind, text in said.types.items()},
        "multipleOf": said.decimals,
        **said.limits,
        **said.plain,
        "other": said.other,
    }
