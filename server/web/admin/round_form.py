"""What is typed to open a round, and the matrix that is looked at before it opens."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Form, SelectMultipleField, validators
from wtforms.widgets import CheckboxInput, ListWidget

from server.core.due_date import explained
from server.core.obligation import Round, RoundDates
from server.core.org_unit import Level, OrgUnit
from server.core.period import Period
from server.core.vietnamese_numbers import format_date
from server.services.rounds import Matrix
from server.web.admin import cells
from server.web.admin.converter import DayField, PlainField, UnitField
from server.web.admin.round_lines import STAGES, dates_of_lines, typed_lines
from server.web.admin.safe_view import refused
from server.web.language import language_of_request
from server.web.session import services

LEVELS = (Level.COMMUNE, Level.DISTRICT, Level.DEPARTMENT, Level.PROVINCE)


def form_titles() -> list[tuple[str, str]]:
    """The published forms to choose from; a retired one is asked for no more."""
    catalogue, today = services().catalogue, services().clock.today()
    return [
        (form.code, form.title)
        for form in catalogue.forms()
        if not catalogue.is_retired("form", form.code, today)
    ]


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


def round_of(form: Form) -> Round:
    """The round that the fields and the lines of single forms describe."""
    period = _period(form.period.data)
    if not form.forms.data:
        raise refused("forms", _("Chọn ít nhất một biểu mẫu."))
    if any(known.code == form.code.data for known in services().obligations.rounds()):
        raise refused("code", _("Mã đợt này đã có. Chọn mã khác."))
    for code in form.forms.data:
        found = services().catalogue.form(code)
        if found.period_type != str(period.type):
            text = _("Biểu %(form)s không lập theo loại kỳ này.", form=found.title)
            raise refused("forms", text)
    return Round(
        id=services().obligations.new_id(),
        code=form.code.data,
        title=form.title.data,
        period=period.id,
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
    due: str
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
    deadlines: dict[tuple[str, str, date], list[Any]] = {}
    for one in matrix.owed:
        key = (one.form.code, str(one.unit.level), one.stages.due.on)
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
                level=levels.get(level, level),
                due=found[0].stages.due.explain(language),
                closes=found[0].stages.closes.explain(language, "closes")
                if found[0].stages.closes
                else "",
                units=len(found),
                past=due_on < today,
            )
            for (_form, level, due_on), found in deadlines.items()
        ),
        count=len(matrix.owed),
    )


def deadlines_of(round_id: str) -> list[Deadline]:
    """The dates of an open round by form and level, as they were told when it opened."""
    language, today, levels = language_of_request(), services().clock.today(), cells.levels()
    found: dict[tuple[str, str, str, str, bool], int] = {}
    for owed in services().rounds.owed(round_id):
        dates, level = (
            explained(owed),
            services().reference.unit(owed.org_unit, owed.opens_on).level,
        )
        due, closes = dates.get("due"), dates.get("closes")
        key = (
            owed.form,
            str(level),
            due.explain(language) if due else format_date(owed.due_on),
            closes.explain(language, "closes") if closes else "",
            owed.due_on < today,
        )
        found[key] = found.get(key, 0) + 1
    titles = dict(form_titles())
    return [
        Deadline(titles.get(form, form), levels.get(level, level), due, closes, units, past)
        for (form, level, due, closes, past), units in sorted(found.items())
    ]


def _dates(form: Form) -> Iterable[RoundDates]:
    for level in LEVELS:
        days = {stage: getattr(form, f"{stage}_{level.value}").data for stage in STAGES}
        given = {stage: day for stage, day in days.items() if day is not None}
        if given:
            ordered = [given[stage] for stage in STAGES if stage in given]
            if ordered != sorted(ordered):
                text = _("Các ngày của một cấp phải theo thứ tự: mở, hạn gửi, tính chậm, khóa.")
                raise refused(f"due_{level.value}", text)
            yield RoundDates(level=level.value, **given)


def _own_dates(form: Form) -> Iterable[RoundDates]:
    titles = dict(form_titles())
    asked = {code: titles.get(code, code) for code in form.forms.data}
    return dates_of_lines(typed_lines(request.form), asked, dict.fromkeys(LEVELS, ""))


def _period(text: str) -> Period:
    try:
        return Period.parse(text)
    except ValueError:
        raise refused("period", _("Không có kỳ này. Ví dụ đúng: 2024; 2025-Q1; 2025-07.")) from None
