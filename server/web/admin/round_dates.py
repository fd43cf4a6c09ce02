"""Đổi hạn theo công văn: the pages on which the dates of an open round are changed by a letter.

A part of the rounds' pages: first the letter and the days, then what they do, then the button.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import flash, make_response, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from server.core.due_date import explained
from server.core.obligation import RoundDates
from server.core.vietnamese import DateUnclear, parse_date
from server.core.vietnamese_numbers import format_date
from server.errors import InputInvalid, Stale
from server.services.round_dates import SHORTEST_REASON, DatePlan
from server.web.admin import cells
from server.web.admin.round_form import LEVELS, form_titles, stage_titles
from server.web.admin.round_lines import STAGES, TypedLine, dates_of_lines, typed_lines
from server.web.language import language_of_request
from server.web.session import current_actor, services
from server.web.urging_words import step_title

_FIELDS = ("letter_number", "letter_on", "reason")


@dataclass(frozen=True, slots=True)
class Moved:
    """Reports of one form and level whose dates go from one day to another."""

    form: str
    level: str
    was: date
    now: str
    closes: str
    count: int


@dataclass(frozen=True, slots=True)
class Past:
    """One earlier change as it is read."""

    at: datetime
    by: str
    letter: str
    letter_on: date
    reason: str
    lines: tuple[str, ...]
    counts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Asked:
    letter_number: str
    letter_on: date
    reason: str
    lines: tuple[RoundDates, ...]


class RoundDatePages:
    """Mixed into the view of rounds, which says who may come here."""

    @expose("/dates/", methods=("GET", "POST"))
    def dates(self: Any) -> ResponseReturnValue:
        """Type the letter and its days, look at what they do, do it."""
        row = self.asked()
        if not services().round_dates.is_open(row.id):
            flash(_("Đợt này đã chốt số liệu, không đổi hạn được nữa."), "error")
            return redirect(self.get_url(".details_view", id=row.id), 303)
        step, plan = request.form.get("step", ""), None
        errors: list[dict[str, str]] = []
        posted = request.method == "POST"  # HEAD reads as well
        if posted and step != "line":
            try:
                asked = _asked(_forms(row))
                if step == "apply":
                    count = _apply(row.id, asked)
                    flash(_("Đã đổi hạn %(count)s báo cáo.", count=count), "success")
                    return redirect(self.get_url(".details_view", id=row.id), 303)
                plan = _preview(row.id, asked)
                errors = _said(plan.faults())
            except InputInvalid as refused:
                errors = _said(refused.facts["errors"])
            except Stale:
                text = _("Từ lúc xem trước đã có thay đổi, chưa đổi hạn nào. Xem trước lại.")
                errors = [{"field": "", "message": text}]
        page = self.render(
            "admin/round_dates.html",
            row=row,
            heading=_("Đổi hạn theo công văn"),
            typed={name: request.form.get(name, "") for name in _FIELDS},
            lines=_lines(more=step == "line"),
            errors=errors,
            plan=plan,
            moved=() if plan is None else moved_lines(plan),
            forms=list(_forms(row).items()),
            levels=[(level.value, cells.levels()[level.value]) for level in LEVELS],
            stages=STAGES,
            stage_titles=stage_titles(),
            step_title=step_title,
        )
        return make_response(page, 422 if errors else 200)


def moved_lines(plan: DatePlan) -> list[Moved]:
    """What changes, by form, level and days."""
    titles, levels, language = dict(form_titles()), cells.levels(), language_of_request()
    found: Counter[tuple[str, str, date, str, str]] = Counter()
    for one in plan.changed:
        dates, level = explained(one.after), plan.levels[one.before.id]
        closes = dates.get("closes")
        found[
            titles.get(one.before.form, one.before.form),
            levels.get(level, level),
            one.before.due_on,
            dates["due"].explain(language) if "due" in dates else format_date(one.after.due_on),
            closes.explain(language, "closes") if closes else "",
        ] += 1
    return [Moved(*key, count) for key, count in sorted(found.items())]


def past_changes(round_id: str) -> list[Past]:
    """The history of the dates of a round, the newest change first."""
    found = []
    for event in services().round_dates.history(round_id):
        facts: Mapping[str, Any] = event.details
        found.append(
            Past(
                at=event.happened_at,
                by=services().accounts.name_of(event.actor),
                letter=facts["letter_number"],
                letter_on=date.fromisoformat(facts["letter_on"]),
                reason=facts["reason"],
                lines=tuple(_line_words(line) for line in facts["dates"]),
                counts=tuple(_count_words(facts)),
            )
        )
    return found


def _line_words(line: Mapping[str, str]) -> str:
    form = dict(form_titles()).get(line["form"], line["form"]) or _("Mọi biểu mẫu")
    level = cells.levels().get(line["level"], line["level"]) or _("Mọi cấp")
    days = [
        f"{title} {format_date(date.fromisoformat(line[stage]))}"
        for stage, title in stage_titles().items()
        if stage in line
    ]
    return f"{form}, {level}: {'; '.join(days)}"


def _count_words(facts: Mapping[str, Any]) -> list[str]:
    said = [_("%(count)s báo cáo đổi hạn", count=facts["obligations"])]
    said += [
        _(
            "%(count)s báo cáo từ %(was)s sang %(now)s",
            count=one["obligations"],
            was=format_date(date.fromisoformat(one["from"])),
            now=format_date(date.fromisoformat(one["to"])),
        )
        for one in facts["moved"]
        if one["from"] != one["to"]
    ]
    if facts["in_time"]:
        said.append(_("%(count)s báo cáo đang chậm nay không còn chậm", count=facts["in_time"]))
    if facts["kept"]:
        said.append(_("%(count)s báo cáo giữ hạn cũ vì đã gửi đúng hạn", count=facts["kept"]))
    if facts["reopened"]:
        said.append(_("%(count)s báo cáo đã khóa được mở nhận lại", count=facts["reopened"]))
    return said


def _forms(row: Any) -> dict[str, str]:
    titles = {form.code: form.title for form in services().catalogue.forms()}
    return {code: titles.get(code, code) for code in services().rounds.get(row.id).forms}


def _lines(*, more: bool) -> Sequence[TypedLine]:
    return typed_lines(request.form, more=more)


def _asked(forms: Mapping[str, str]) -> _Asked:
    """The posted letter and lines; all that is wrong is said at once."""
    typed = {name: request.form.get(name, "").strip() for name in _FIELDS}
    errors: list[Any] = []
    letter_on = date.min
    if not typed["letter_number"]:
        errors.append({"path": "/letter_number", "code": "required"})
    try:
        letter_on = parse_date(typed["letter_on"])
    except DateUnclear:
        errors.append({"path": "/letter_on", "code": "date"})
    if letter_on > services().clock.today():
        errors.append({"path": "/letter_on", "code": "future"})
    if len(typed["reason"]) < SHORTEST_REASON:
        errors.append({"path": "/reason", "code": "reason"})
    lines: tuple[RoundDates, ...] = ()
    try:
        every = {"": "", **forms}
        lines = tuple(dates_of_lines(_lines(more=False), every, dict.fromkeys(LEVELS, "")))  # type: ignore[arg-type]
        if not lines:
            errors.append({"path": "/dates", "code": "empty"})
    except InputInvalid as refused:
        listed: Any = refused.facts["errors"]
        errors += listed
    if errors:
        raise InputInvalid(errors=errors)
    return _Asked(typed["letter_number"], letter_on, typed["reason"], lines)


def _preview(round_id: str, asked: _Asked) -> DatePlan:
    return services().round_dates.preview(
        current_actor(),
        round_id,
        asked.lines,
        letter_number=asked.letter_number,
        letter_on=asked.letter_on,
    )


def _apply(round_id: str, asked: _Asked) -> int:
    plan = services().round_dates.apply(
        current_actor(),
        round_id,
        asked.lines,
        letter_number=asked.letter_number,
        letter_on=asked.letter_on,
        reason=asked.reason,
        seen=request.form.get("seen", ""),
    )
    return len(plan.changed)


def _said(listed: Any) -> list[dict[str, str]]:
    """What is refused, in words; a fault of a form at a level names both."""
    texts = {
        "required": _("Nhập số, ký hiệu công văn đổi hạn."),
        "date": _("Nhập ngày theo dạng 24/01/2025."),
        "future": _("Ngày công văn không được sau hôm nay."),
        "reason": _("Ghi lý do, từ 5 đến 500 ký tự."),
        "empty": _("Nhập ít nhất một ngày mới."),
        "nothing": _("Các ngày này đang có hiệu lực, không có gì thay đổi. Nhập ngày mới."),
        "order": _("các ngày phải theo thứ tự: mở, hạn gửi, tính chậm, khóa"),
        "past": _("hạn gửi và ngày khóa mới không được trước hôm nay, vì còn đơn vị chưa gửi"),
        "opened": _("báo cáo đã mở, không lùi ngày mở được nữa"),
    }
    titles, levels, found = dict(form_titles()), cells.levels(), []
    for one in listed:
        text = one.get("message") or texts[one["code"]]
        place = one["path"].removeprefix("/").split("/")
        if place[0] == "dates" and len(place) > 1:
            form, level = place[1:]
            text = f"{titles.get(form, form)}, {levels.get(level, level)}: {text}."
        found.append({"field": place[0] if place[0] in _FIELDS else "", "message": str(text)})
    return found
