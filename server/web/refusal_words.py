"""Why a definition is refused, in words: forms, workflows and code lists alike, by code and facts.

The one home of these texts; what only workflows are refused for stands in
``workflow_refusal_words``. A code without a text keeps its English detail in a sentence.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from server.core.refusal import Refusal
from server.core.shape import sequence
from server.core.vietnamese import format_date
from server.web.language import gettext as _
from server.web.workflow_refusal_words import WORKFLOW_TEXTS
from server.web.workflow_words import listed

Facts = Mapping[str, object]


def refusal_text(refusal: Refusal) -> str:
    """Why, in one or two sentences, and what to do about it."""
    say = TEXTS.get(refusal.code)
    if say is None:
        return _("Chỗ này chưa đúng (%(detail)s).", detail=refusal.message)
    return say(refusal.facts)


def refusal_place(refusal: Refusal) -> str:
    """Where: line and column of the text, as an editor shows them."""
    return _("Dòng %(line)s, cột %(column)s", line=refusal.line, column=refusal.column)


def _fact(facts: Facts, name: str) -> str:
    return str(facts.get(name, ""))


def _names(facts: Facts, name: str) -> str:
    return listed(sequence(facts.get(name) or ()))


def _missing_key(facts: Facts) -> str:
    if not facts.get("key"):
        return _("Thiếu một mục bắt buộc ở chỗ này.")
    return _("Thiếu mục bắt buộc “%(key)s”.", key=facts["key"])


def _wrong_type(facts: Facts) -> str:
    words = {
        "string": _("chữ"),
        "integer": _("số nguyên"),
        "number": _("số"),
        "boolean": _("true hoặc false"),
        "array": _("danh sách [ ]"),
        "object": _("nhóm { }"),
        "null": "null",
    }
    wanted = [words.get(one, one) for one in _fact(facts, "wanted").split(", ")]
    either = _("hay")
    return _("Giá trị không đúng loại. Chỗ này cần %(wanted)s.", wanted=f" {either} ".join(wanted))


def _not_allowed(facts: Facts) -> str:
    if "wanted" not in facts:
        return _("Giá trị này không được dùng ở đây.")
    return _("Giá trị này không được dùng ở đây. Chọn: %(wanted)s.", wanted=facts["wanted"])


def _wrong_value(facts: Facts) -> str:
    wanted = _fact(facts, "wanted")
    limits = {
        "minimum": _("Số này nhỏ quá; nhỏ nhất là %(wanted)s.", wanted=wanted),
        "maximum": _("Số này lớn quá; lớn nhất là %(wanted)s.", wanted=wanted),
        "minLength": _("Chữ này ngắn quá; ít nhất %(wanted)s ký tự.", wanted=wanted),
        "maxLength": _("Chữ này dài quá; nhiều nhất %(wanted)s ký tự.", wanted=wanted),
        "minItems": _("Danh sách ngắn quá; ít nhất %(wanted)s mục.", wanted=wanted),
        "maxItems": _("Danh sách dài quá; nhiều nhất %(wanted)s mục.", wanted=wanted),
        "uniqueItems": _("Danh sách có mục lặp lại. Mỗi mục chỉ ghi một lần."),
    }
    return limits.get(_fact(facts, "rule"), _("Giá trị này không dùng được ở đây. Sửa lại."))


def _expression(facts: Facts) -> str:
    reasons = {
        "too-long": _("biểu thức quá dài"),
        "too-deep": _("quá nhiều ngoặc lồng nhau"),
        "too-many-nodes": _("biểu thức có quá nhiều phần"),
        "unknown-function": _("không có hàm này"),
        "wrong-arity": _("số tham số của hàm không đúng"),
        "chained-comparison": _("không viết nối hai phép so sánh; dùng &&"),
        "reserved-word": _("từ này không dùng làm tên được"),
        "number-out-of-range": _("số quá lớn"),
        "bad-escape": _("ký tự sau dấu \\ không đúng"),
    }
    otherwise = _("viết chưa đúng")
    return _(
        "Không đọc được biểu thức, ký tự thứ %(character)s: %(reason)s.",
        character=_fact(facts, "character"),
        reason=reasons.get(_fact(facts, "reason"), otherwise),
    )


def _required_calculated(facts: Facts) -> str:
    if "key" not in facts:
        return _("Ô tính tự động không thể bắt buộc nhập.")
    return _("“%(key)s” được tính tự động nên không thể bắt buộc nhập.", key=facts["key"])


def _failed(facts: Facts) -> str:
    text = _("Ví dụ “%(name)s” không cho kết quả như đã ghi.", name=_fact(facts, "name"))
    if facts.get("missing"):
        text += " " + _("Thiếu: %(codes)s.", codes=_names(facts, "missing"))
    if facts.get("surplus"):
        text += " " + _("Thừa: %(codes)s.", codes=_names(facts, "surplus"))
    return text


def _member(facts: Facts) -> str:
    if "dimension" in facts and "member" in facts:
        return _(
            "Phân tổ “%(dimension)s” không có mã “%(member)s”.",
            dimension=facts["dimension"],
            member=facts["member"],
        )
    return _("Có giá trị không phải là mã của phân tổ đã khai báo ở đây.")


def _repeated(facts: Facts) -> str:
    return _("“%(item)s” được dùng hai lần. Đặt lại cho khác nhau.", item=_fact(facts, "item"))


TEXTS: Final[Mapping[str, Callable[[Facts], str]]] = {
    **WORKFLOW_TEXTS,
    # The text of the file
    "json-too-large": lambda facts: _("Tệp quá lớn."),
    "json-invalid-utf8": lambda facts: _("Tệp không ở dạng chữ UTF-8. Lưu lại bằng UTF-8."),
    "json-byte-order-mark": lambda facts: _("Đầu tệp có dấu BOM. Lưu lại dạng UTF-8 không có BOM."),
    "json-not-json": lambda facts: _(
        "Không đọc được JSON từ chỗ này: xem lại dấu phẩy, ngoặc và dấu nháy kép."
    ),
    "json-trailing-data": lambda facts: _(
        "Sau chỗ kết thúc định nghĩa còn chữ thừa. Xóa phần thừa."
    ),
    "json-too-deep": lambda facts: _("Quá nhiều tầng lồng nhau."),
    "json-duplicate-key": lambda facts: _("Tên mục được viết hai lần trong cùng một nhóm."),
    "json-lone-surrogate": lambda facts: _(
        "Có ký tự hỏng (nửa cặp thay thế). Gõ lại đoạn chữ này."
    ),
    "json-nul-character": lambda facts: _("Có ký tự NUL. Gõ lại đoạn chữ này."),
    "json-not-finite": lambda facts: _("NaN và Infinity không phải là số được dùng."),
    "json-number-out-of-range": lambda facts: _("Số này quá lớn."),
    "json-number-too-long": lambda facts: _("Số này được viết quá dài."),
    "json-number-too-precise": lambda facts: _("Số này có quá 15 chữ số có nghĩa."),
    "unsafe-character": lambda facts: _(
        "Có ký tự ẩn hoặc ký tự điều khiển %(character)s. Xóa ký tự này.",
        character=_fact(facts, "character"),
    ),
    "not-nfc": lambda facts: _(
        "Dòng này có chữ dạng tổ hợp rời (không phải NFC). Gõ lại dấu bằng bộ gõ Unicode dựng sẵn."
    ),
    # The meta-schema
    "unknown-keyword": lambda facts: (
        _("Không có mục nào tên “%(keyword)s” ở chỗ này.", keyword=facts["keyword"])
        if facts.get("keyword")
        else _("Mục này không được dùng ở đây.")
    ),
    "missing-keyword": _missing_key,
    "key-not-allowed": lambda facts: _(
        "Tên “%(key)s” không được dùng ở đây. "
        "Tên gồm chữ thường không dấu, chữ số và dấu gạch dưới.",
        key=_fact(facts, "key"),
    ),
    "wrong-type": _wrong_type,
    "value-not-allowed": _not_allowed,
    "wrong-form": lambda facts: _(
        "Giá trị không đúng dạng đã quy định (%(wanted)s).", wanted=_fact(facts, "wanted")
    ),
    "entry-missing": lambda facts: _("Danh sách này thiếu ít nhất một mục bắt buộc."),
    "wrong-value": _wrong_value,
    # The structure of a form
    "unknown-reference": lambda facts: _(
        "Tham chiếu “%(reference)s” không dẫn đến mục nào trong tệp này.",
        reference=_fact(facts, "reference"),
    ),
    "required-unknown": lambda facts: _(
        "“%(key)s” được ghi là bắt buộc nhưng không có ô nào tên như vậy.", key=_fact(facts, "key")
    ),
    "required-is-calculated": _required_calculated,
    "too-many-digits": lambda facts: _(
        "Tổng của %(rows)s dòng có thể vượt số lớn nhất tính đúng được. "
        "Đặt giá trị nhỏ nhất và lớn nhất cho ô.",
        rows=_fact(facts, "rows"),
    ),
    "unsafe-pattern": lambda facts: _(
        "Mẫu (pattern) nằm ngoài các dạng được dùng. "
        "Viết trọn từ ^ đến $, mỗi phần một khoảng lặp có giới hạn, không lồng nhau."
    ),
    "unknown-label": lambda facts: _(
        "Có nhãn cho “%(value)s” nhưng ô không có giá trị này.", value=_fact(facts, "value")
    ),
    "label-missing": lambda facts: _(
        "Giá trị “%(value)s” và nhãn không khớp nhau. Mỗi giá trị cần đúng một nhãn.",
        value=_fact(facts, "value"),
    ),
    "limits-crossed": lambda facts: _(
        "Giới hạn dưới %(least)s lớn hơn giới hạn trên %(most)s.",
        least=_fact(facts, "least"),
        most=_fact(facts, "most"),
    ),
    "wrong-duration": lambda facts: _(
        "“%(duration)s” không phải là khoảng thời gian. Viết như P15D (15 ngày) hoặc -P1M.",
        duration=_fact(facts, "duration"),
    ),
    "duplicate-code": _repeated,
    "ends-before-begin": lambda facts: _(
        "Mã “%(item)s” hết áp dụng trước ngày bắt đầu áp dụng.", item=_fact(facts, "item")
    ),
    "not-a-day": lambda facts: _("Không có ngày %(day)s.", day=_fact(facts, "day")),
    "duplicate-name": _repeated,
    "duplicate-key": _repeated,
    "layout-unknown": lambda facts: _(
        "Bố cục nêu “%(key)s”, biểu mẫu không có ô hay cột này.", key=_fact(facts, "key")
    ),
    "layout-repeated": lambda facts: _(
        "“%(key)s” nằm ở hai chỗ của bố cục.", key=_fact(facts, "key")
    ),
    "layout-misplaced": lambda facts: (
        _("“%(key)s” không đặt được ở phần này của bố cục.", key=facts["key"])
        if "key" in facts
        else _("Một bảng chỉ có nhiều nhất một danh sách dòng.")
    ),
    "layout-missing": lambda facts: _(
        "“%(key)s” chưa có chỗ nào trong bố cục nên sẽ không hiện ra.", key=_fact(facts, "key")
    ),
    # What a form refers to
    "unknown-row": lambda facts: _(
        "Không có dòng mã “%(row)s” để loại ra.", row=_fact(facts, "row")
    ),
    "no-rows": lambda facts: _("Danh mục không còn dòng nào sau khi loại ra."),
    "unknown-workflow": lambda facts: _(
        "Chưa ban hành quy trình duyệt “%(workflow)s”.", workflow=_fact(facts, "workflow")
    ),
    "unknown-form": lambda facts: _("Không có biểu mẫu “%(form)s”.", form=_fact(facts, "form")),
    "unknown-codelist": lambda facts: _(
        "Không có danh mục “%(codelist)s”.", codelist=_fact(facts, "codelist")
    ),
    "retired-codelist": lambda facts: _(
        "Danh mục “%(codelist)s” ngừng áp dụng sau ngày %(day)s. Chọn danh mục khác.",
        codelist=_fact(facts, "codelist"),
        day=format_date(date.fromisoformat(_fact(facts, "last_on"))),
    ),
    "unknown-unit": lambda facts: _(
        "Không có đơn vị nào mang mã “%(unit)s”.", unit=_fact(facts, "unit")
    ),
    "unknown-indicator": lambda facts: _(
        "Không có chỉ tiêu “%(indicator)s” trong danh mục chỉ tiêu.",
        indicator=_fact(facts, "indicator"),
    ),
    "unknown-dimension": lambda facts: _(
        "Không có phân tổ “%(dimension)s”.", dimension=_fact(facts, "dimension")
    ),
    "unknown-member": _member,
    "member-without-dimension": lambda facts: _(
        "x-member không nằm trong phân tổ nào. Viết rõ {phân tổ: mã}."
    ),
    "prefix-taken": lambda facts: _("Tiền tố mã biên nhận này đã thuộc về biểu mẫu khác."),
    # The catalogue of indicators as a whole
    "indicators-unreadable": lambda facts: _("Đề xuất không đọc được thành danh mục chỉ tiêu."),
    "indicator-missing": lambda facts: _(
        "Thiếu chỉ tiêu mã %(code)s; chỉ tiêu không xóa, chỉ ghi ngày thôi áp dụng.",
        code=_fact(facts, "code"),
    ),
    "indicator-ends-before": lambda facts: _(
        "Chỉ tiêu mã %(code)s có ngày hết áp dụng trước ngày áp dụng.", code=_fact(facts, "code")
    ),
    "indicator-owners": lambda facts: _(
        "Chỉ tiêu mã %(code)s: cơ quan chủ trì mới bắt đầu trước khi cơ quan cũ thôi chủ trì.",
        code=_fact(facts, "code"),
    ),
    # Expressions
    "expression-invalid": _expression,
    "expression-unknown": lambda facts: _(
        "Biểu thức dùng “%(name)s”, ở đây không có.", name=_fact(facts, "name")
    ),
    "expression-wrong-type": lambda facts: _(
        "Biểu thức không cho kết quả đúng loại cần ở đây. "
        "Xem lại: so sánh số với số, chữ với chữ; điều kiện phải cho đúng hoặc sai."
    ),
    "each-unknown": lambda facts: _(
        "each nêu “%(each)s”, biểu mẫu không có bảng hay danh sách dòng này.",
        each=_fact(facts, "each"),
    ),
    "calculation-cycle": lambda facts: _(
        "Các ô tính tự động chờ lẫn nhau: %(cells)s.", cells=_names(facts, "cells")
    ),
    "path-unknown": lambda facts: _(
        "Biểu mẫu không có ô “%(marked)s”.", marked=_fact(facts, "marked")
    ),
    "unknown-placeholder": lambda facts: _(
        "Lời nhắn dùng {%(name)s}, quy tắc này không có giá trị đó.", name=_fact(facts, "name")
    ),
    "rests-elsewhere": lambda facts: _(
        "%(name)s chỉ được dùng trong quy tắc cảnh báo hoặc lưu ý, không trong lỗi hay phép tính.",
        name=_fact(facts, "name"),
    ),
    "other-is-self": lambda facts: _("Quy tắc gọi biểu mẫu khác lại nêu chính biểu mẫu này."),
    # Versions, tests, surveys
    "migration-backwards": lambda facts: _(
        "x-migrate phải bắt đầu từ một phiên bản trước phiên bản này."
    ),
    "migration-shares": lambda facts: _("Mỗi nơi nhận phải có một tỷ lệ, cộng lại đúng bằng 1."),
    "test-failed": _failed,
    "clean-test-missing": lambda facts: _(
        "Cần ít nhất một ví dụ có số liệu và không có lỗi, cảnh báo nào."
    ),
    "test-calculated": lambda facts: _(
        "Ví dụ ghi giá trị cho ô tính tự động %(cell)s. Bỏ giá trị đó.", cell=_fact(facts, "cell")
    ),
    "test-other-unread": lambda facts: _(
        "Không quy tắc nào xem biểu mẫu “%(form)s”.", form=_fact(facts, "form")
    ),
    "test-period": lambda facts: _(
        "“%(period)s” không phải là kỳ đúng loại của biểu mẫu.", period=_fact(facts, "period")
    ),
    "survey-only": lambda facts: _(
        "%(keyword)s chỉ dùng ở ô nhập của phiếu điều tra.", keyword=_fact(facts, "keyword")
    ),
    "feed-value": lambda facts: _(
        "Phép cộng (sum) cần một ô số ở value; phép đếm (count) không có value."
    ),
    # Schemas of others
    "foreign-dialect": lambda facts: _(
        "Chỉ nhận JSON Schema bản 2020-12; tệp này ghi %(dialect)s.",
        dialect=_fact(facts, "dialect"),
    ),
    "foreign-root": lambda facts: _("Lược đồ phải tả một đối tượng (type: object)."),
    "foreign-empty": lambda facts: _("Đối tượng này không có mục nào (properties)."),
    "foreign-keyword": lambda facts: _(
        "Chưa dùng được từ khóa “%(keyword)s” ở chỗ này.", keyword=_fact(facts, "keyword")
    ),
    "foreign-type": lambda facts: _(
        "Chưa dùng được loại “%(type)s”. Mỗi ô có đúng một loại: số, chữ, có hoặc không.",
        type=_fact(facts, "type"),
    ),
    "foreign-reference": lambda facts: _(
        "Không theo được tham chiếu “%(reference)s”: nằm ngoài tệp, không có, hoặc tự chứa mình.",
        reference=_fact(facts, "reference"),
    ),
    "foreign-nesting": lambda facts: _("Lồng quá sâu: trong một dòng chỉ có ô."),
    "foreign-mixed": lambda facts: _("Trong một mục vừa có ô vừa có đối tượng. Tách làm hai mục."),
    "foreign-items": lambda facts: _("Danh sách phải tả phần tử bằng một lược đồ (items)."),
    "foreign-step": lambda facts: _(
        "Bước số %(step)s không dùng được; chỉ có 1; 0,1; 0,01; 0,001; 0,0001.",
        step=_fact(facts, "step"),
    ),
    "foreign-choices": lambda facts: _("Các giá trị lựa chọn phải cùng một loại chữ hoặc số."),
    # Drafts, and files beside a definition
    "draft-code": lambda facts: _(
        "Bản nháp này thuộc mã “%(wanted)s”. Không đổi mã ở đây.", wanted=_fact(facts, "wanted")
    ),
    "draft-version": lambda facts: _(
        "Bản nháp này sẽ là phiên bản %(wanted)s. Ghi đúng số phiên bản đó.",
        wanted=_fact(facts, "wanted"),
    ),
    "misplaced": lambda facts: _("Mã hoặc phiên bản không khớp với tên thư mục, tên tệp."),
    "example-differs": lambda facts: _("Tệp ví dụ không cho đúng các kết quả kiểm tra đã ghi."),
    "example-invalid": lambda facts: _("Không đọc được tệp ví dụ."),
}
