"""Days of single forms inside a round: typed lines of form, level and the four days.

Apart from ``round_form``, whose fields are fixed: here a line more is one press of a button.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from flask_babel import gettext as _

from server.core.obligation import RoundDates
from server.core.vietnamese import DateUnclear, parse_date
from server.web.admin.safe_view import refused

STAGES = ("opens", "due", "grace", "closes")
_FIRST, _MORE, _MOST = 2, 3, 60


@dataclass(frozen=True, slots=True)
class TypedLine:
    """One line as it was typed."""

    number: int
    form: str = ""
    level: str = ""
    days: Mapping[str, str] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        return not (self.form or self.level or any(self.days.values()))


def typed_lines(given: Mapping[str, str], *, more: bool = False) -> list[TypedLine]:
    """The lines of a posted page, two empty ones at first; *more* adds some."""
    text = given.get("lines", "")
    count = min(int(text), _MOST) if text.isdecimal() and text.isascii() else _FIRST
    if more:
        count = min(count + _MORE, _MOST)
    return [
        TypedLine(
            number,
            given.get(f"line-{number}-form", "").strip(),
            given.get(f"line-{number}-level", "").strip(),
            {stage: given.get(f"line-{number}-{stage}", "").strip() for stage in STAGES},
        )
        for number in range(count)
    ]


def dates_of_lines(
    lines: list[TypedLine], forms: Mapping[str, str], levels: Mapping[str, str]
) -> Iterator[RoundDates]:
    """What the lines set, for *forms* of the round by code and title.

    Raises:
        InputInvalid: a line that cannot be meant, named by its number.
    """
    seen: set[tuple[str, str]] = set()
    for line in lines:
        if line.empty:
            continue
        days = _days(line)
        if line.form not in forms:
            raise _wrong(line, _("chọn một biểu mẫu của đợt"))
        if line.level and line.level not in levels:
            raise _wrong(line, _("chọn cấp trong danh sách"))
        if not days:
            raise _wrong(line, _("nhập ít nhất một ngày"))
        if list(days.values()) != sorted(days.values()):
            raise _wrong(line, _("các ngày phải theo thứ tự: mở, hạn gửi, tính chậm, khóa"))
        if (line.form, line.level) in seen:
            raise _wrong(line, _("biểu và cấp này đã có ở dòng trên"))
        seen.add((line.form, line.level))
        yield RoundDates(level=line.level, form=line.form, **days)


def _days(line: TypedLine) -> dict[str, date]:
    found = {}
    for stage in STAGES:
        text = line.days.get(stage, "")
        if not text:
            continue
        try:
            found[stage] = parse_date(text)
        except DateUnclear:
            raise _wrong(line, _("nhập ngày theo dạng 24/01/2025")) from None
    return found


def _wrong(line: TypedLine, said: str) -> Exception:
    number = line.number + 1
    return refused("", _("Hạn riêng, dòng %(number)s: %(said)s.", number=number, said=said))
