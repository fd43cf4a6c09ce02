"""Why a condition of a move is not met, with names: what a page says instead of its general words.

Apart from ``problems``, which knows the code of an error and nothing of the report.
"""

from collections.abc import Sequence

from server.errors import BieumauError, GuardFailed
from server.services.review import SubmissionView
from server.web.parts import part_title
from server.web.problems import problem_of
from server.web.session import services
from server.web.submission_words import gettext as _


def objections(view: SubmissionView, error: BieumauError) -> list[dict[str, str]]:
    """What has to be done first, each with the field it is about, in words; never empty."""
    guard = error.facts.get("guard") if isinstance(error, GuardFailed) else None
    if guard == "parts_in":
        text = _("%(part)s chưa xong. Chờ báo xong, hoặc bấm Gửi không chờ phần này và ghi lý do.")
        return [
            {"field": "", "message": text % {"part": part_title(view, str(key))}}
            for key in _listed(error, "parts")
        ]
    if guard == "signed_copy":
        message = _(
            "Biểu này phải gửi kèm bản đã ký. Đính kèm bản quét hoặc ảnh chụp văn bản đã ký "
            "rồi gửi."
        )
        return [{"field": "signed-file", "message": message}]
    if guard == "children_done":
        return [{"field": "", "message": _children(view, error)}]
    if guard == "cascade":
        message = _(
            "Số liệu này đã vào báo cáo tổng hợp của %(units)s, phải mở lại cùng lúc nhưng "
            "anh/chị không có quyền mở lại báo cáo đó. Đề nghị người có quyền thực hiện.",
            units=_units(view, error),
        )
        return [{"field": "", "message": message}]
    return [{"field": "", "message": problem_of(error).detail}]


def _children(view: SubmissionView, error: BieumauError) -> str:
    """Why the reports from below do not let this one go on, and what to do."""
    names, reason = _units(view, error), error.facts.get("reason")
    if reason == "stale":
        return _(
            "Báo cáo của %(units)s đã thay đổi. Mở trang Tổng hợp và tổng hợp lại.", units=names
        )
    if reason == "not-consolidated":
        return _("Chưa tổng hợp từ cấp dưới. Mở trang Tổng hợp và bấm Tổng hợp từ cấp dưới.")
    if reason == "missing":
        return _(
            "Còn thiếu báo cáo của %(units)s. Mở trang Tổng hợp, tổng hợp lại hoặc ghi lý do gửi "
            "khi còn thiếu.",
            units=names,
        )
    return _("Phải chờ báo cáo của các đơn vị cấp dưới được duyệt xong: %(units)s.", units=names)


def _units(view: SubmissionView, error: BieumauError) -> str:
    tree = services().reference.tree_of(view.unit.id, view.period)
    listed = _listed(error, "org_units")
    return ", ".join(tree.by_id[str(unit)].name for unit in listed if str(unit) in tree.by_id)


def _listed(error: BieumauError, fact: str) -> Sequence[object]:
    found = error.facts.get(fact)
    return found if isinstance(found, Sequence) and not isinstance(found, str) else ()
