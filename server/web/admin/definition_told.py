"""What two texts of a definition have differently, as the sentences a person reads, by subject."""

from collections.abc import Mapping
from typing import Final

from flask_babel import get_locale
from flask_babel import gettext as _

from server.core.definition_diff import diff
from server.core.definition_words import sentences

#: The words and the place of one thing that is otherwise.
Told = tuple[str, str]
#: What a definition is compared with that has no version before: every part is then a new one.
_EMPTY: Final[Mapping[str, Mapping[str, object]]] = {
    "form": {
        "properties": {},
        "$defs": {},
        "x-form": {},
        "x-layout": {"sections": []},
        "x-checks": [],
        "x-tests": [],
    },
    "workflow": {"states": {}, "transitions": []},
}
#: Of these nothing need be said of a new definition: the head of the page does, or all have them.
_GIVEN: Final = ("$schema", "title", "type", "additionalProperties", "code", "version")


def told_new(kind: str, after: Mapping[str, object]) -> list[tuple[str, list[Told]]]:
    """What a definition that was never published consists of."""
    given = {key: after[key] for key in _GIVEN if key in after}
    empty = {key: held for key, held in _EMPTY[kind].items() if key in after}
    own = after.get("x-form")
    if isinstance(own, Mapping):
        empty["x-form"] = {key: own[key] for key in ("code", "version") if key in own}
    return told({**given, **empty}, after)


def told(before: Mapping[str, object], after: Mapping[str, object]) -> list[tuple[str, list[Told]]]:
    """The sentences by what they are about, in the language of the page."""
    english = str(get_locale()) == "en"
    found: dict[str, list[Told]] = {}
    for one in sentences(before, after, diff(before, after)):
        words = one.english if english else one.text
        found.setdefault(one.subject, []).append((words, one.path))
    return [(title, found[code]) for code, title in _subjects().items() if code in found]


def _subjects() -> dict[str, str]:
    return {
        "added": _("Thêm"),
        "removed": _("Bỏ"),
        "renamed": _("Đổi mã"),
        "moved": _("Đổi chỗ"),
        "retyped": _("Đổi kiểu"),
        "retitled": _("Đổi tên hiển thị"),
        "limits": _("Giới hạn"),
        "rules": _("Quy tắc"),
        "codes": _("Bảng mã"),
        "dates": _("Hạn gửi"),
        "migration": _("Chuyển số liệu"),
        "other": _("Khác"),
    }
