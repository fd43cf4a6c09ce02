"""What is typed to open a round, and the matrix that is looked at before it opens."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Form, SelectMultipleField, validators
from wtforms.widgets import CheckboxInput, ListWidget

from server.core.due_date import days_of, explained
from server.core.form import Form as FormVersion
from server.core.obligation import Round, RoundDates
from server.core.org_unit import Level, OrgUnit
from server.core.period import Period, PeriodType
from server.core.vietnamese_numbers import format_date
from server.errors import InputInvalid
from server.services.rounds import Matrix
from server.web.admin import cells
from server.web.admin.converter import DayField, PlainField, UnitField
from server.web.admin.round_lines import STAGES, dates_of_lines, typed_lines
from server.web.admin.safe_view import refused
from server.web.language import language_of_request
from server.web.session import services

#: A letter may be entered on the evening before its date, not a year ahead by a slip of the pen.
_LETTER_AHEAD = timedelta(days=3)
LEVELS = (Level.COMMUNE, Level.DISTRICT, Level.DEPARTMENT, Level.PROVINCE)


def form_titles() -> list[tuple[str, str]]:
    """The published forms; one that has a last day is still asked for earlier periods."""
    return [(form.code, _titled(form)) for form in services().catalogue.forms()]


def _titled(form: FormVersion) -> str:
    last_on = services().catalogue.last_day("form", form.code)
    if last_on is None:
        return form.title
    return _("%(form)s (áp dụng đến hết %(day)s)", form=form.title, day=format_date(last_on))


class FormsField(SelectMultipleField):
    """The published forms as checkboxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def process(self, *args: Any, **kwargs: Any) -> None:
        self.choices = form_titles()
        super().process(*args, **kwargs)


def extra_fields() -> dict[str, Any]:
    """The fields besides the columns: forms, whom to narrow to, the days of each level."""
    fields: dict[str, Any] = {
        "forms": FormsField(_l("Biểu mẫu phải báo cáo")),
        "below": UnitField(
            _l("Chỉ các đơn vị thuộc"),
            levels=(Level.PROVINCE.value, Level.DISTRICT.value),
            validators=[validators.Optional()],
        ),
        "only": PlainField(
            _l("Chỉ các mã đơn vị"),
            description=_l("Cách nhau bằng dấu phẩy. Bỏ trống: theo phân công báo cáo."),
            validators=[validators.Optional(), validators.Length(max=4000)],
        ),
        "parents": BooleanField(_l("Cấp trên gửi báo cáo tổng hợp"), default=True),
        "ad_hoc": BooleanField(_l("Đợt đột xuất")),
    }
    for level in LEVELS:
        for stage in STAGES:
            fields[f"{stage}_{level.value}"] = DayField(
                f"{stage} {level.value}", validators=[validators.Optional()]
            )
    return fields


def stage_titles() -> dict[str, str]:
    return {
        "opens": _("Ngày mở"),
        "due": _("Hạn gửi"),
        "grace": _("Bắt đầu tính chậm sau ngày"),
        "closes": _("Ngày khóa"),
    }


def title_of_field(name: str) -> str | None:
    """What a day of a level is called; None for every other field."""
    stage, _sep, level = name.partition("_")
    if stage not in STAGES or level not in LEVELS:
        return None
    return f"{stage_titles()[stage]}, {cells.levels()[level]}"


def faults_of(form: Form) -> Iterator[tuple[str, str]]:
    """What is wrong with the fields together, whatever is wrong with single ones: field and text.

    Said in one go: who corrects a date shall not hear of the period only afterwards.
    """
    period = _period_or_none(form.period.data or "")
    if form.period.data and period is None:
        yield "period", _("Không có kỳ này. Ví dụ đúng: 2024; 2025-Q1; 2025-07.")
    if form.code.data in {known.code for known in services().obligations.rounds()}:
        yield "code", _("Mã đợt này đã có. Chọn mã khác.")
    if not form.forms.data:
        yield "forms", _("Chọn ít nhất một biểu mẫu.")
    if form.letter_on.data and form.letter_on.data > services().clock.today() + _LETTER_AHEAD:
        yield "letter_on", _("Ngày văn bản ở sau hôm nay. Nhập ngày ghi trên công văn.")
    for code in form.forms.data or ():
        if period is None:
            break
        found = services().catalogue.form(code)
        if found.period_type != str(period.type):
            yield "forms", _("Biểu %(form)s không lập theo loại kỳ này.", form=found.title)
        elif form.opens_on.data and services().rounds.retired(code, period.id, form.opens_on.data):
            text = _(
                "%(form)s: không hỏi được cho kỳ này, chỉ cho kỳ đã kết thúc đến ngày đó.",
                form=_titled(found),
            )
            yield "forms", text
    for level in LEVELS:
        ordered = list(_days_of_level(form, level).values())
        if ordered != sorted(ordered):
            text = _("Các ngày của một cấp phải theo thứ tự: mở, hạn gửi, tính chậm, khóa.")
            yield f"due_{level.value}", text
    if form.forms.data:
        try:
            list(_own_dates(form))
        except InputInvalid as error:
            yield from (("", str(one["message"])) for one in error.facts["errors"])  # type: ignore[attr-defined]


def round_of(form: Form) -> Round:
    """The round that the fields and the lines of single forms describe."""
    faults = [
        {"path": f"/{name}", "code": "refused", "message": text} for name, text in faults_of(form)
    ]
    if faults:
        raise InputInvalid(errors=faults)
    return Round(
        id=services().obligations.new_id(),
        code=form.code.data,
        title=form.title.data,
        period=Period.asked(form.period.data).id,
        letter_number=form.letter_number.data,
        letter_on=form.letter_on.data,
        contact=form.contact.data,
        phone=form.phone.data,
        level=form.level.data,
        forms=tuple(form.forms.data),
        opens_on=form.opens_on.data,
        dates=(*_dates(form), *_own_dates(form)),
        ad_hoc=bool(form.ad_hoc.data),
    )


def narrowed(form: Form, round_: Round) -> Mapping[str, Sequence[str]] | None:
    """The ids to which each form is narrowed; None for everybody who owes it."""
    day = max(round_.opens_on, Period.parse(round_.period).start)
    tree = services().reference.tree(day)
    chosen: set[str] | None = None
    if form.below.data:
        chosen = set(tree.below(form.below.data))
    if form.only.data:
        codes = [code.strip() for code in form.only.data.replace(";", ",").split(",")]
        unknown = [code for code in codes if code and code not in tree.by_code]
        if unknown:
            text = _("Không có đơn vị mang mã %(codes)s.", codes=", ".join(unknown))
            raise refused("only", text)
        named = {tree.by_code[code].id for code in codes if code}
        chosen = named if chosen is None else chosen & named
    return None if chosen is None else {code: sorted(chosen) for code in round_.forms}


@dataclass(frozen=True, slots=True)
class Deadline:
    """One form at one level: its dates in words, how many units it concerns."""

    form: str
    level: str
    opens: str
    due: str
    grace: str
    closes: str
    units: int
    past: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """The matrix as it is read: a column for each form, a row for each unit."""

    forms: tuple[str, ...]
    rows: tuple[tuple[OrgUnit, tuple[date | None, ...]], ...]
    deadlines: tuple[Deadline, ...]
    count: int


def preview_of(matrix: Matrix) -> Preview:
    """What would be owed by whom and by when, with why."""
    known, language = matrix.cells(), language_of_request()
    today, levels = services().clock.today(), cells.levels()
    deadlines: dict[tuple[object, ...], list[Any]] = {}
    for one in matrix.owed:
        days = (getattr(one.stages, stage) for stage in STAGES)
        key = (one.form.code, str(one.unit.level), *(day and day.on for day in days))
        deadlines.setdefault(key, []).append(one)
    return Preview(
        forms=tuple(form.title for form in matrix.forms),
        rows=tuple(
            (
                unit,
                tuple(
                    known[form.code, unit.id].due.on if (form.code, unit.id) in known else None
                    for form in matrix.forms
                ),
            )
            for unit in matrix.units
        ),
        deadlines=tuple(
            Deadline(
                form=found[0].form.title,
                level=levels.get(found[0].unit.level, str(found[0].unit.level)),
                **{
                    stage: day.explain(language, stage)
                    if (day := getattr(found[0].stages, stage))
                    else ""
                    for stage in STAGES
                },
                units=len(found),
                past=found[0].stages.due.on < today,
            )
            for found in deadlines.values()
        ),
        count=len(matrix.owed),
    )


def deadlines_of(round_id: str) -> list[Deadline]:
    """The dates of an open round by form and level, as they were told when it opened."""
    language, today, levels = language_of_request(), services().clock.today(), cells.levels()
    found: dict[tuple[str, str, tuple[str, ...], bool], int] = {}
    for owed in services().rounds.owed(round_id):
        level = services().reference.unit(owed.org_unit, owed.opens_on).level
        known, days = explained(owed), days_of(owed)
        said = []
        for stage in STAGES:
            day = days[stage]
            plain = "" if day is None else format_date(day)
            said.append(known[stage].explain(language, stage) if stage in known else plain)
        key = (owed.form, str(level), tuple(said), owed.due_on < today)
        found[key] = found.get(key, 0) + 1
    titles = dict(form_titles())
    return [
        Deadline(
            form=titles.get(form, form),
            level=levels.get(level, level),
            **dict(zip(STAGES, said, strict=True)),
            units=units,
            past=past,
        )
        for (form, level, said, past), units in sorted(found.items())
    ]


def _dates(form: Form) -> Iterable[RoundDates]:
    for level in LEVELS:
        given = _days_of_level(form, level)
        if given:
            yield RoundDates(level=level.value, form="", **given)


def _days_of_level(form: Form, level: Level) -> dict[str, date]:
    """The days that are typed for a level, in the order of the stages."""
    days = {stage: getattr(form, f"{stage}_{level.value}").data for stage in STAGES}
    return {stage: day for stage, day in days.items() if day is not None}


def _own_dates(form: Form) -> Iterable[RoundDates]:
    titles = dict(form_titles())
    asked = {code: titles.get(code, code) for code in form.forms.data}
    return dates_of_lines(typed_lines(request.form), asked, dict.fromkeys(LEVELS, ""))


def _period_or_none(text: str) -> Period | None:
    try:
        return Period.asked(text)
    except ValueError:
        return None


def periods_to_choose() -> list[tuple[str, str]]:
    """The periods that are near today, of every type: id and name, for the field's list."""
    today, found = services().clock.today(), []
    for type_ in PeriodType:
        now = Period.of(type_, today)
        found += [now.previous(), now, now.next()]
    return [(period.id, period.label(language_of_request())) for period in found]
