"""The words of the definition editor: kinds of parts, states of drafts, what a step did."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from server.core.definition import Refusal
from server.core.definition_draft import DefinitionDraft, DraftState, readable
from server.core.definition_outline import Node
from server.services.definition_files import FileState
from server.web.refusal_words import refusal_text
from server.web.session import services


def kind_titles() -> dict[str, str]:
    return {
        "form": _("Biểu mẫu"),
        "workflow": _("Quy trình duyệt"),
        "indicators": _("Danh mục chỉ tiêu"),
    }


def state_badge(state: DraftState) -> tuple[str, str]:
    """Title and colour."""
    return {
        DraftState.DRAFT: (_("Đang soạn"), "blue"),
        DraftState.IN_REVIEW: (_("Chờ người thứ hai duyệt"), "amber"),
        DraftState.PUBLISHED: (_("Đã ban hành"), "green"),
        DraftState.DISCARDED: (_("Đã bỏ"), "grey"),
    }[state]


def draft_head(draft: DefinitionDraft) -> dict[str, Any]:
    """What the head of every page of a draft shows."""
    title, colour = state_badge(draft.state)
    return {
        "draft": draft,
        "heading": draft.title,
        "kind_title": kind_titles()[draft.kind],
        "state_title": title,
        "state_colour": colour,
        "editable": draft.state is DraftState.DRAFT,
        "broken_text": _broken_text(draft),
        "overtaken": services().definition_drafts.overtaken(draft),
        "file_conflicts": services().definition_conflicts.of(draft),
        "changer": services().accounts.name_of(draft.changed_by),
    }


def _broken_text(draft: DefinitionDraft) -> tuple[Refusal, str] | None:
    """What keeps a text from being read as a definition at all: the place and the words."""
    if readable(draft.text) is not None:
        return None
    return next(
        ((one, refusal_text(one)) for one in services().definition_drafts.check(draft)), None
    )


def node_kind(node: Node) -> str:
    """What a part is called."""
    return {
        "document": _("Toàn bộ"),
        "settings": _("Thông tin chung"),
        "layout": _("Trang in"),
        "sections": _("Các phần của biểu"),
        "unshown": _("Chưa xếp vào phần nào"),
        "section": _("Phần"),
        "cell": _("Ô"),
        "line": _("Nhóm ô"),
        "fixed": _("Bảng có dòng cố định"),
        "row": _("Dòng"),
        "grid": _("Bảng theo bảng mã"),
        "roster": _("Danh sách"),
        "checks": _("Quy tắc kiểm tra"),
        "check": _("Quy tắc kiểm tra"),
        "tests": _("Dữ liệu thử"),
        "test": _("Dữ liệu thử"),
        "states": _("Trạng thái"),
        "state": _("Trạng thái"),
        "transitions": _("Các bước"),
        "transition": _("Bước"),
    }.get(node.kind, node.kind)


def detail_words(detail: str) -> str:
    """The type of a cell, the flags of a state."""
    words = {
        "integer": _("số nguyên"),
        "number": _("số có phần lẻ"),
        "string": _("chữ"),
        "date": _("ngày"),
        "boolean": _("có hoặc không"),
        "calculated": _("máy tính"),
        "codelist": _("chọn từ bảng mã"),
        "error": _("Lỗi"),
        "warning": _("Cảnh báo"),
        "info": _("Lưu ý"),
        "editable": _("được sửa"),
        "sent": _("đã gửi"),
        "final": _("đã duyệt"),
    }
    if "→" in detail:
        return detail
    return ", ".join(words.get(word, word) for word in detail.split())


def type_titles() -> dict[str, str]:
    return {
        "integer": _("Số nguyên"),
        "number": _("Số có phần lẻ"),
        "string": _("Chữ"),
        "date": _("Ngày"),
        "boolean": _("Có hoặc không"),
    }


def period_titles() -> dict[str, str]:
    return {
        "year": _("Năm"),
        "half_year": _("Sáu tháng"),
        "quarter": _("Quý"),
        "month": _("Tháng"),
        "school_year": _("Năm học"),
        "five_year": _("Năm năm"),
        "term": _("Nhiệm kỳ"),
        "cutoff_year": _("Năm, từ 15/12 đến 14/12"),
        "cutoff_month": _("Tháng, từ 15 đến 14"),
    }


def level_titles() -> dict[str, str]:
    return {
        "commune": _("Xã"),
        "district": _("Huyện"),
        "province": _("Tỉnh"),
        "department": _("Sở, ban, ngành"),
    }


def place_titles() -> dict[str, str]:
    return {
        "unit": _("đơn vị lập báo cáo"),
        "parent": _("đơn vị cấp trên"),
        "province": _("tỉnh"),
        "district": _("huyện"),
        "commune": _("xã"),
        "department": _("sở, ban, ngành"),
        "owner": _("cơ quan chủ trì"),
    }


def severity_titles() -> dict[str, str]:
    return {"error": _("Lỗi"), "warning": _("Cảnh báo"), "info": _("Lưu ý")}


def step_words(what: Mapping[str, object]) -> str:
    """What a step did."""
    path = str(what.get("path", ""))
    words = {
        "begin": _("Bắt đầu soạn"),
        "text": _("Sửa văn bản JSON"),
        "rebase": _("Nhận phiên bản %(version)s làm gốc", version=what.get("version")),
        "set": _("Sửa %(path)s", path=path or "/"),
        "add": _("Thêm %(path)s", path=path),
        "remove": _("Xóa %(path)s", path=path),
        "rename": _("Đổi mã %(path)s thành %(key)s", path=path, key=what.get("key")),
        "move": _("Chuyển chỗ %(path)s", path=path),
        "retype": _("Đổi kiểu %(path)s", path=path),
        "place": _("Chuyển %(path)s sang phần khác", path=path),
        "transfer": _("Chuyển %(path)s vào %(into)s", path=path, into=what.get("into")),
        "sheet": _("Nhập bảng, %(count)s thay đổi", count=what.get("count")),
        "indicator": _("Sửa chỉ tiêu %(path)s", path=path),
        "file": _("Nhận từ tệp, %(count)s thay đổi", count=what.get("count")),
    }
    return words.get(str(what.get("op")), path)


def file_words(state: FileState, name: str) -> tuple[str, str]:
    """How the file of a published version stands, and the kind of the notice."""
    return {
        FileState.SAME: (_("Tệp %(name)s có đúng nội dung này.", name=name), "success"),
        FileState.DIFFERENT: (
            _("Tệp %(name)s có nội dung khác; máy không ghi đè. Đề nghị đối chiếu.", name=name),
            "warning",
        ),
        FileState.MISSING: (_("Chưa có tệp %(name)s.", name=name), "warning"),
        FileState.CLOSED: (
            _("Không ghi được tệp %(name)s vì thư mục không cho ghi.", name=name),
            "warning",
        ),
    }[state]


def refused_words(reason: str) -> str:
    """Why an operation of the outline could not be done."""
    return {
        "taken": _("Mã này đã có ở đây. Chọn mã khác."),
        "key": _("Mã gồm chữ thường không dấu, số và dấu gạch dưới, bắt đầu bằng chữ."),
        "reserved": _("Mã này là từ của biểu thức nên không dùng được. Chọn mã khác."),
        "named": _(
            "Có biểu thức mà ô này chuyển đi thì đọc ra ô khác. Sửa biểu thức đó rồi chuyển."
        ),
        "file-not-json": _("Tệp không phải là định nghĩa JSON đọc được nên không nhận vào được."),
        "not-json": _("Văn bản JSON chưa đọc được. Sửa ở trang JSON trước."),
        "too-large": _("Văn bản quá dài."),
        "taken-in": _(
            "Bước này nhận phiên bản mới làm gốc và được ghi trước khi máy giữ gốc cũ, nên không"
            " hoàn tác qua được."
        ),
    }.get(reason, _("Chỗ này không còn nữa. Xem bản hiện tại rồi sửa lại."))
