"""What is said on the page of a draft when newer versions of its form have been published."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from server.core.form import Form
from server.core.period import Period
from server.core.version_changes import Change, VersionChange, version_changes
from server.web.session import services
from server.web.submission_words import gettext as _

#: More lines than somebody reads; the rest is counted.
_MOST: Final = 40


@dataclass(frozen=True, slots=True)
class NewerVersion:
    """One newer version: what it asks otherwise than the one before, in words."""

    version: int
    lines: tuple[str, ...]
    more: int


@dataclass(frozen=True, slots=True)
class VersionNote:
    """What the page of a draft says about newer versions of its form."""

    said: str
    newer: tuple[NewerVersion, ...]


def version_note(form: Form, period: Period) -> VersionNote | None:
    """The note for a draft of *form*; None while no newer version is meant for its period."""
    newer = services().catalogue.newer(form, period)
    if not newer:
        return None
    told = []
    for older, later in zip((form, *newer), newer, strict=False):
        lines = [change_line(change) for change in version_changes(older, later)]
        told.append(NewerVersion(later.version, tuple(lines[:_MOST]), len(lines[_MOST:])))
    return VersionNote(version_said(form, newer[-1].version), tuple(told))


def version_said(form: Form, newest: int) -> str:
    """That there is a newer version, and that nothing happens to what was typed."""
    return _(
        "Biểu này đã có phiên bản %(newest)s. Báo cáo này làm tiếp theo phiên bản %(own)s "
        "như lúc bắt đầu nhập; mọi số liệu đã nhập giữ nguyên.",
        newest=newest,
        own=form.version,
    )


def change_line(change: VersionChange) -> str:
    """One difference of two versions in a sentence without its stop."""
    before, after = _quoted(change.before), _quoted(change.after)
    return _WORDS[change.change](before, after)


def _quoted(titles: tuple[str, ...]) -> str:
    return ", ".join(f"“{title}”" for title in titles)


_WORDS: Final[dict[Change, Callable[[str, str], str]]] = {
    Change.MOVED: lambda one, other: _("%(before)s chuyển sang %(after)s", before=one, after=other),
    Change.SPLIT: lambda one, other: _("%(before)s tách thành %(after)s", before=one, after=other),
    Change.MERGED: lambda one, other: _("%(before)s gộp vào %(after)s", before=one, after=other),
    Change.ELSEWHERE: lambda one, other: _(
        "%(before)s chuyển sang phần %(after)s", before=one, after=other
    ),
    Change.GONE: lambda one, _other: _("%(before)s không còn", before=one),
    Change.NEW: lambda _one, other: _("%(after)s mới thêm", after=other),
    Change.RECODED: lambda _one, other: _("%(after)s đổi mã các lựa chọn", after=other),
    Change.UNIT: lambda _one, other: _("%(after)s đổi đơn vị tính", after=other),
    Change.RETITLED: lambda one, other: _(
        "%(before)s đổi tên thành %(after)s", before=one, after=other
    ),
    Change.ASKED_OTHERWISE: lambda _one, other: _("%(after)s đổi cách nhập", after=other),
}
