"""Why a workflow is refused, in words: one text for each code that only its checks give.

``refusal_words`` is the door; apart from it because the proof of a workflow has its own words.
"""

from collections.abc import Callable, Mapping
from typing import Final

from server.core.shape import mapping
from server.web.language import gettext as _
from server.web.workflow_words import event_word, place_word, role_word, situation_words

Facts = Mapping[str, object]


def _state(facts: Facts) -> str:
    return str(facts.get("state", ""))


def _event(facts: Facts) -> str:
    return event_word(facts.get("event", ""))


def _who(facts: Facts) -> dict[str, str]:
    return {"role": role_word(facts.get("role", "")), "place": place_word(facts.get("at", ""))}


def _when(facts: Facts) -> str:
    """The situation in which the fault shows, where the proof found it in one only."""
    given = mapping(facts.get("given") or {})
    if not given:
        return ""
    told = _("Khi đó %(situation)s.", situation=situation_words(given))
    return f" {told}"


WORKFLOW_TEXTS: Final[Mapping[str, Callable[[Facts], str]]] = {
    "unknown-state": lambda facts: _(
        "Không có trạng thái “%(state)s” trong quy trình. "
        "Sửa lại mã, hoặc khai báo trạng thái này.",
        state=_state(facts),
    ),
    "nothing-final": lambda facts: _(
        "Chưa có trạng thái kết thúc nào, nên không báo cáo nào được duyệt xong. "
        "Đặt final cho ít nhất một trạng thái."
    ),
    "transition-to-itself": lambda facts: _(
        "Bước “%(event)s” đi từ trạng thái “%(state)s” về chính nó. Chọn trạng thái khác để đến.",
        event=_event(facts),
        state=_state(facts),
    ),
    "final-state-left": lambda facts: _(
        "Bước “%(event)s” rời trạng thái kết thúc “%(state)s”. "
        "Từ trạng thái kết thúc chỉ được chốt số liệu (close) hoặc mở lại (reopen).",
        event=_event(facts),
        state=_state(facts),
    ),
    "signed-alone": lambda facts: _(
        "Bước “%(event)s” chỉ do một người thực hiện: một người không đồng ý là đủ. "
        "Bỏ count hoặc all ở bước này.",
        event=_event(facts),
    ),
    "signatory-repeated": lambda facts: _(
        "%(role)s, %(place)s được nêu hai lần trong một bước. "
        "Ghi số người (count), hoặc đặt tên riêng (title) cho từng chữ ký.",
        **_who(facts),
    ),
    "role-decides-nothing": lambda facts: _(
        "%(role)s không quyết định báo cáo nào. Chọn người lập biểu, thủ trưởng hoặc người duyệt.",
        role=role_word(facts.get("role", "")),
    ),
    "map-not-earlier": lambda facts: _(
        "Bảng chuyển (map) lấy báo cáo từ phiên bản %(version)s, "
        "không phải là phiên bản trước phiên bản %(own)s.",
        version=facts.get("version", ""),
        own=facts.get("own", ""),
    ),
    "input-reserved": lambda facts: _(
        "Lịch sử báo cáo đã dùng từ “%(key)s”. Đặt tên khác cho ô phải nhập này.",
        key=facts.get("key", ""),
    ),
    "condition-too-wide": lambda facts: _(
        "Các điều kiện phân biệt quá nhiều trường hợp nên không chứng minh được quy trình. "
        "Viết điều kiện gọn hơn, dùng ít dữ kiện hơn."
    ),
    "condition-never": lambda facts: _(
        "Điều kiện không bao giờ đúng, trong mọi trường hợp, nên bước này không ai thực hiện được."
    ),
    "transition-clash": lambda facts: (
        _(
            "Bước “%(event)s” từ trạng thái “%(state)s” được khai báo hai lần cho cùng một người, "
            "hoặc hai bước theo thời gian cùng xảy ra.",
            event=_event(facts),
            state=_state(facts),
        )
        + _when(facts)
    ),
    "escalation-clash": lambda facts: (
        _(
            "Người làm thay khi quá hạn có hai cách thực hiện bước “%(event)s”, "
            "đến hai trạng thái.",
            event=_event(facts),
        )
        + _when(facts)
    ),
    "escalation-idle": lambda facts: _(
        "Chuyển cấp (escalate) của trạng thái “%(state)s” không thêm ai: "
        "những người đó vốn đã thực hiện được các bước này.",
        state=_state(facts),
    ),
    "duties-joined": lambda facts: _(
        "Xung đột nhiệm vụ: %(role)s, %(place)s đã chuyển báo cáo đi "
        "lại được thực hiện bước “%(event)s”. Giao bước này cho vai trò hoặc cấp khác.",
        event=_event(facts),
        **_who(facts),
    ),
    "duties-unguarded": lambda facts: _(
        "Bước “%(event)s” phải có điều kiện not_own_work, để không ai tự duyệt báo cáo của mình.",
        event=_event(facts),
    ),
    "state-unreachable": lambda facts: _(
        "Không có đường nào từ trạng thái đầu đến trạng thái “%(state)s”. "
        "Thêm bước dẫn đến, hoặc bỏ trạng thái này.",
        state=_state(facts),
    ),
    "state-dead-end": lambda facts: (
        _(
            "Báo cáo ở trạng thái “%(state)s” không có đường nào đến trạng thái kết thúc.",
            state=_state(facts),
        )
        + _when(facts)
    ),
    "return-loop": lambda facts: (
        _(
            "Từ trạng thái “%(state)s” báo cáo chỉ đi vòng bằng các lần trả lại, "
            "không có lối ra nào khác.",
            state=_state(facts),
        )
        + _when(facts)
    ),
}
