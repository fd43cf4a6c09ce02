"""Which attributes of each kind of part the form view of the editor offers, by what name."""

from collections.abc import Mapping
from typing import Any, Final

from flask_babel import gettext as _

from server.core.access import Role
from server.core.definition_outline import Node
from server.core.org_unit import Level
from server.core.vietnamese import collation_key
from server.core.workflow_parts import EVENTS, GUARDS, PLACES
from server.web.accounts import role_title
from server.web.admin.definition_fields import Choices, Field
from server.web.admin.definition_words import (
    level_titles,
    period_titles,
    place_titles,
    severity_titles,
)
from server.web.admin.words import event_title
from server.web.session import services
from server.web.workflow_words import guard_word

_DECIMALS: Final = ("1", "0.1", "0.01", "0.001", "0.0001")
_NUMERIC: Final = ("integer", "number")


def fields_of(
    kind: str, node: Node, held: Mapping[str, Any], document: Mapping[str, Any]
) -> list[Field]:
    """What can be changed of a node by the form."""
    if node.kind == "document":
        return [_title(), _long("description", _("Ghi chú, hướng dẫn chung")), *_english(kind)]
    if node.kind == "cell":
        return _cell(held)
    if node.kind in ("line", "fixed", "grid", "roster", "row"):
        return _block(node.kind, held)
    makers = {
        "settings": _settings,
        "layout": _layout,
        "section": _section,
        "check": _check,
        "test": _test,
        "state": _state,
    }
    if node.kind == "transition":
        return _transition(held, document)
    return makers[node.kind]() if node.kind in makers else []


def _title() -> Field:
    return Field("title", _("Tên hiển thị"))


def _long(name: str, label: str, hint: str = "") -> Field:
    return Field(name, label, "long", hint=hint)


def _code(name: str, label: str, hint: str = "") -> Field:
    return Field(name, label, "code", hint=hint)


def _english(kind: str) -> list[Field]:
    name = "x-form.i18n.en.title" if kind == "form" else "i18n.en.title"
    return [Field(name, _("Tên tiếng Anh"))]


def _relevant() -> Field:
    return _code("x-relevant", _("Chỉ hỏi khi (biểu thức)"))


def _measured() -> list[Field]:
    hint = _('Mã chỉ tiêu, hoặc JSON nếu cần bớt dòng: {"code": "0101", "exclude": ["99"]}')
    return [
        Field("x-indicator", _("Chỉ tiêu thống kê"), "value", hint=hint),
        Field("x-dimension", _("Phân theo"), "choice", _codelists()),
        Field("x-member", _("Mã trong phân tổ"), "value"),
    ]


def _cell(held: Mapping[str, Any]) -> list[Field]:
    fields = [
        _title(),
        _long("description", _("Hướng dẫn nhập")),
        Field("required?", _("Bắt buộc nhập"), "flag"),
    ]
    if held.get("type") in _NUMERIC:
        fields += [
            Field("minimum", _("Nhỏ nhất"), "number"),
            Field("maximum", _("Lớn nhất"), "number"),
            Field("x-measure-unit", _("Đơn vị tính")),
            *_measured(),
        ]
        if held.get("type") == "number":
            decimals = tuple((step, step.replace(".", ",")) for step in _DECIMALS)
            fields.insert(5, Field("multipleOf", _("Bước số lẻ"), "number", decimals))
    if held.get("type") == "string" and held.get("format") != "date":
        fields += [
            Field("maxLength", _("Số ký tự nhiều nhất"), "number"),
            Field("x-codelist", _("Chọn từ bảng mã"), "choice", _codelists()),
            Field("format", _("Định dạng"), "choice", (("attachment", _("Tệp đính kèm")),)),
        ]
    return [
        *fields,
        _code("x-calculate", _("Công thức tính"), _("Ô có công thức thì máy tính, không nhập.")),
        _relevant(),
        _code("x-required-when", _("Bắt buộc khi (biểu thức)")),
        Field("x-personal", _("Thông tin cá nhân"), "flag"),
        Field("x-i18n.en.title", _("Tên tiếng Anh")),
    ]


def _block(kind: str, held: Mapping[str, Any]) -> list[Field]:
    fields = [_title(), _long("description", _("Hướng dẫn nhập"))]
    if kind == "grid":
        fields += [
            Field("x-rows.codelist", _("Các dòng lấy từ bảng mã"), "choice", _codelists()),
            Field("x-rows.exclude", _("Bớt các dòng"), "many", _rows_of(held)),
        ]
    if kind == "roster":
        fields += [
            Field("minItems", _("Số dòng ít nhất"), "number"),
            Field("maxItems", _("Số dòng nhiều nhất"), "number"),
            Field(
                "x-rowsource",
                _("Đề nghị sẵn các dòng"),
                "choice",
                (("village", _("Thôn, bản, tổ dân phố của xã")),),
            ),
        ]
    if kind != "row":
        fields += [_relevant(), *_measured()]
    return [*fields, Field("x-i18n.en.title", _("Tên tiếng Anh"))]


def _settings() -> list[Field]:
    flows = tuple(
        (one.code, f"{one.title} ({one.code})") for one in services().catalogue.workflows()
    )
    levels = tuple(level_titles().items())
    plain = tuple(level_titles())
    of_all = _("Chung cho mọi cấp")
    special = (
        ("commune_without_district", _("Xã không có huyện")),
        ("consolidated", _("Báo cáo tổng hợp")),
    )
    else_all = _("Cấp nào để trống thì theo ô chung.")
    after_end = _("Số ngày sau khi hết kỳ; số âm là trước khi hết kỳ.")
    return [
        Field("kind", _("Loại"), "choice", (("report", _("Báo cáo")), ("survey", _("Phiếu")))),
        Field("periodType", _("Loại kỳ báo cáo"), "choice", tuple(period_titles().items())),
        Field(
            "workflow",
            _("Quy trình duyệt"),
            "choice",
            flows,
            hint=else_all,
            parts=(*levels, *special),
            common=of_all,
            filled=plain,
        ),
        Field("assignedTo.levels", _("Cấp phải báo cáo"), "many", levels),
        Field("due", _("Hạn gửi theo cấp"), "days", hint=after_end, parts=levels),
        Field(
            "closes",
            _("Khóa nhận báo cáo"),
            "days",
            hint=f"{after_end} {else_all}",
            parts=levels,
            common=of_all,
            filled=plain,
        ),
        Field("grace", _("Cho chậm (số ngày)"), "days"),
        Field("owner", _("Cơ quan chủ trì"), "choice", _owners()),
        Field("officialCode", _("Ký hiệu biểu")),
        Field("issuedBy", _("Văn bản ban hành")),
        Field("asOf", _("Thời điểm số liệu")),
        Field("unitOfMeasure", _("Đơn vị tính chung")),
        Field("receiver", _("Đơn vị nhận báo cáo")),
        Field("signedCopy", _("Bản đã ký kèm báo cáo giấy"), hint="required, P5D, none"),
        Field("prefix", _("Tiền tố số biên nhận")),
        _long("remark", _("Ghi chú dưới biểu")),
        Field("constructed", _("Mẫu minh họa"), "flag"),
    ]


def _owners() -> Choices:
    """The units that may answer for a form: those above the districts, by name."""
    tree = services().reference.tree(services().clock.today())
    wide = (Level.DEPARTMENT, Level.PROVINCE)
    found = [(one.code, one.name) for one in tree.units if one.level in wide]
    return tuple(sorted(found, key=lambda one: collation_key(one[1])))


def _rows_of(held: Mapping[str, Any]) -> Choices:
    """The items of the list that gives the rows, and what is left out and no longer on it."""
    rows = held.get("x-rows")
    rows = rows if isinstance(rows, Mapping) else {}
    code, out = rows.get("codelist"), rows.get("exclude")
    known = {one.code: one for one in services().catalogue.codelists()}
    items = known[code].items if isinstance(code, str) and code in known else ()
    found = {one.code: f"{one.title} ({one.code})" for one in items}
    left = [str(one) for one in out] if isinstance(out, list) else []
    return (*found.items(), *((one, one) for one in left if one not in found))


def _layout() -> list[Field]:
    turned = (("portrait", _("Dọc")), ("landscape", _("Ngang")))
    return [
        Field("paper", _("Khổ giấy"), "choice", (("A4", "A4"), ("A3", "A3"))),
        Field("orientation", _("Chiều giấy"), "choice", turned),
    ]


def _section() -> list[Field]:
    return [
        _title(),
        _long("description", _("Hướng dẫn nhập")),
        Field("rowHeader", _("Tiêu đề cột tên dòng")),
        Field("codeHeader", _("Tiêu đề cột mã")),
        Field(
            "owner",
            _("Đơn vị điền phần này"),
            "choice",
            (("unit", _("Đơn vị lập báo cáo")), *_owners()),
        ),
        Field("numbers", _("Số thứ tự cột"), "value"),
        Field("formulas", _("Công thức ghi trên biểu"), "value"),
        Field("groups", _("Nhóm cột"), "value"),
        Field("i18n.en.title", _("Tên tiếng Anh")),
    ]


def _check() -> list[Field]:
    placed = _("{left} và {right} là hai vế của phép so sánh, {row} là tên dòng.")
    return [
        Field("severity", _("Mức độ"), "choice", tuple(severity_titles().items())),
        _code("rule", _("Điều phải đúng (biểu thức)")),
        _long("message", _("Thông báo khi không đúng"), placed),
        _long("explain", _("Quy tắc nói bằng lời")),
        _long("fix", _("Cách sửa")),
        Field("each", _("Xét từng dòng của"), hint="/rows"),
        Field("paths", _("Đánh dấu các ô"), "many", hint="/total/male"),
        _long("i18n.en.message", _("Thông báo tiếng Anh")),
    ]


def _test() -> list[Field]:
    return [
        Field("name", _("Tên dữ liệu thử")),
        Field("answers", _("Số liệu nhập"), "value"),
        Field("statuses", _("Tình trạng ô"), "value"),
        Field("findings", _("Phải ra các kết quả kiểm tra (mã)"), "value", hint="[]"),
        Field("unit", _("Đơn vị báo cáo"), "value", hint='{"level": "commune", "kind": "xa"}'),
        Field("period", _("Kỳ báo cáo"), hint="2024"),
        Field("previous", _("Số liệu kỳ trước"), "value"),
    ]


def _state() -> list[Field]:
    return [
        _title(),
        Field("editable", _("Được sửa số liệu"), "flag"),
        Field("sent", _("Đã gửi khỏi đơn vị"), "flag"),
        Field("final", _("Số liệu đã duyệt"), "flag"),
        Field("deadline", _("Thời hạn xử lý (số ngày làm việc)"), "days"),
        Field("escalate.role", _("Quá hạn thì chuyển cho"), "choice", _roles()),
        Field("escalate.at", _("Ở cấp"), "choice", _places()),
        Field("i18n.en.title", _("Tên tiếng Anh")),
    ]


def _transition(held: Mapping[str, Any], document: Mapping[str, Any]) -> list[Field]:
    declared = document.get("states")
    states = declared if isinstance(declared, Mapping) else {}
    named = tuple(
        (code, str(state.get("title", code)) if isinstance(state, Mapping) else code)
        for code, state in states.items()
    )
    by = held.get("by")
    several = isinstance(by, Mapping) and "all" in by
    people = (
        [Field("by", _("Những người cùng ký"), "value")]
        if several
        else [
            Field("by.role", _("Người thực hiện"), "choice", _roles()),
            Field("by.at", _("Ở cấp"), "choice", _places()),
            Field("by.count", _("Số người phải đồng ý"), "number"),
        ]
    )
    return [
        Field("event", _("Bước"), "choice", tuple((one, event_title(one)) for one in EVENTS)),
        Field("from", _("Từ trạng thái"), "many", named),
        Field("to", _("Đến trạng thái"), "choice", named),
        *people,
        Field(
            "guards", _("Điều kiện có sẵn"), "many", tuple((one, guard_word(one)) for one in GUARDS)
        ),
        _code("when", _("Chỉ khi (biểu thức)")),
        Field(
            "input",
            _("Người thực hiện phải ghi"),
            "value",
            hint='{"$ref": "#/$defs/reason"}',
        ),
        Field("cascade", _("Mở lại cả báo cáo tổng hợp đã lấy số liệu này"), "flag"),
        Field("after", _("Máy tự chuyển sau (số ngày)"), "days"),
        Field("note", _("Lời ghi khi máy tự chuyển")),
    ]


def _roles() -> Choices:
    deciding = (Role.REPORTER, Role.SIGNER, Role.APPROVER)
    return tuple((str(role), role_title(role)) for role in deciding)


def _places() -> Choices:
    titles = place_titles()
    return tuple((place, titles.get(place, place)) for place in PLACES)


def _codelists() -> Choices:
    return tuple(
        (one.code, f"{one.title} ({one.code})") for one in services().catalogue.usable_codelists()
    )
