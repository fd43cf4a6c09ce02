"""Theo dõi tiến độ as a matrix: units down, forms across, with rates, drill-down and export."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from server.core.access import Right
from server.core.obligation import LateClass, ObligationState
from server.core.org_unit import Level, OrgUnit
from server.core.period import Period
from server.core.reporting_rate import CONSOLIDATED, Rate
from server.core.vietnamese import collation_key, format_date
from server.services.board import BoardLine, RateGroup
from server.web.board_filter import (
    Chosen,
    chosen_filter,
    late_choices,
    level_choices,
    round_choices,
)
from server.web.board_words import CellText, CellWords, late_class_title, state_badge
from server.web.group_choice import groups_of_reader
from server.web.language import gettext as _
from server.web.policy import policy
from server.web.reports import form_choices, period_choices
from server.web.session import current_actor, services
from server.web.spreadsheet import csv_answer

blueprint = Blueprint("board", __name__)
_MOST_ROWS: Final = 250
_MOST_COLUMNS: Final = 60
#: So many ids fit an address.
_MOST_URGED: Final = 100
_URGED: Final = (ObligationState.LATE, ObligationState.EXCUSED, ObligationState.RETURNED)
_Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Column:
    """One form of one period; with the round where a form is asked for twice."""

    title: str
    note: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One expected report; *address* leads to it, where there is something to see."""

    said: CellText
    address: str


@dataclass(frozen=True, slots=True)
class Row:
    """One unit over all columns; none where the unit does not owe that form."""

    unit: OrgUnit
    district: str
    cells: tuple[Cell | None, ...]
    consolidated: bool = False


@dataclass(frozen=True, slots=True)
class Branch:
    """A part of what is shown: a district, or a group of units where there are no districts."""

    title: str
    address: str
    rate: Rate


@blueprint.get("/progress/board")
@policy(Right.READ)
def index() -> ResponseReturnValue:
    """Units by forms, with the state, days late, last reminder and last call of each report."""
    chosen = chosen_filter()
    lines = services().board.lines(current_actor(), chosen.filter)
    columns, rows = _matrix(lines)
    counts = Counter(line.state for line in lines)
    return render_template(
        "board/index.html",
        **_around(chosen),
        columns=columns[:_MOST_COLUMNS],
        rows=rows[:_MOST_ROWS],
        more_columns=max(0, len(columns) - _MOST_COLUMNS),
        more_rows=max(0, len(rows) - _MOST_ROWS),
        units=len(rows),
        total=_total(lines),
        consolidated=sum(line.consolidated for line in lines),
        counts=[
            (state_badge(state), counts[state], chosen.address(".index", state=str(state)))
            for state in ObligationState
            if counts[state]
        ],
        branches=_branches(lines, chosen),
        urging=_urging(lines, chosen),
    )


@blueprint.get("/progress/board.csv")
@policy(Right.READ)
def export() -> ResponseReturnValue:
    """What the board shows, one line a report, for Excel."""
    chosen = chosen_filter()
    states = {state: state_badge(state).title for state in ObligationState}
    classes = {one: late_class_title(one) for one in LateClass}
    cells = (
        _line_cells(line, states[line.state], classes[line.late_class]) for line in _lines(chosen)
    )
    return csv_answer("tien-do-gui-bao-cao.csv", _heads(), cells)


@blueprint.get("/progress/rates")
@policy(Right.READ)
def rates() -> ResponseReturnValue:
    """Reporting rate and timeliness by unit, district, form, period or level."""
    chosen, by = chosen_filter(), _by()
    lines = _lines(chosen)
    return render_template(
        "board/rates.html",
        **_around(chosen),
        by=str(by),
        groups_by=_group_titles(),
        rates=_titled(services().board.rates(lines, by), lines, by),
        total=_total(lines),
        apart=any(line.consolidated for line in lines),
    )


@blueprint.get("/progress/rates.csv")
@policy(Right.READ)
def export_rates() -> ResponseReturnValue:
    """The rates as a file for Excel."""
    lines, by = _lines(chosen_filter()), _by()
    heads = [
        dict(_group_titles())[str(by)], _("Báo cáo phải nhận"), _("Đã gửi"), _("Gửi đúng hạn"),
        _("Gửi chậm, được gia hạn"), _("Gửi chậm"), _("Chưa gửi, đã quá hạn"),
        _("Chưa gửi, đang được gia hạn"),
    ]  # fmt: skip
    found = _titled(services().board.rates(lines, by), lines, by)
    cells = (
        [
            title, rate.expected, rate.actual, rate.on_time, rate.excused, rate.late, rate.overdue,
            rate.waived,
        ]
        for title, rate in found
    )  # fmt: skip
    return csv_answer("ty-le-gui-bao-cao.csv", heads, cells)


def _lines(chosen: Chosen) -> list[BoardLine]:
    return services().board.lines(current_actor(), chosen.filter)


def _around(chosen: Chosen) -> dict[str, object]:
    """What the head of each progress page needs."""
    place = chosen.filter.place
    way = services().board.place(current_actor(), place) if place else []
    return {
        "chosen": chosen,
        "way": [(unit.name, chosen.address(str(request.endpoint), unit=unit.id)) for unit in way],
        "groups": groups_of_reader().choices(),
        "forms": form_choices(),
        "periods": period_choices(),
        "rounds": round_choices(chosen.filter.period),
        "levels": level_choices(),
        "lates": late_choices(),
        "states": [(str(state), state_badge(state).title) for state in ObligationState],
    }


def _matrix(lines: Sequence[BoardLine]) -> tuple[list[Column], list[Row]]:
    """Columns in the order of the lines, rows by district and name of the unit."""
    places: dict[_Key, int] = {}
    for line in lines:
        places.setdefault(_key(line), len(places))
    several_periods = len({period for _form, period, _round in places}) > 1
    twice = Counter((form, period) for form, period, _round in places)
    rounds = {one.id: one.title for one in services().obligations.rounds()}
    titles = {line.form.code: line.form.title for line in lines}
    columns = []
    for form, period, round_ in places:
        notes = [Period.parse(period).title] if several_periods else []
        if twice[form, period] > 1:
            notes.append(rounds.get(round_, ""))
        columns.append(Column(titles[form], ", ".join(filter(None, notes))))
    words = CellWords(services().clock.today())
    report, urging, urged = *_addresses(), services().urging.below(current_actor())
    cells: dict[str, list[Cell | None]] = {}
    known: dict[str, BoardLine] = {}
    own = {line.unit.id for line in lines if not line.consolidated}
    for line in lines:
        row = cells.setdefault(line.unit.id, [None] * len(places))
        known[line.unit.id] = line
        address = ""
        if line.obligation.submission:
            address = f"{report}{line.obligation.submission}"
        elif line.state in _URGED and line.unit.id in urged:
            address = f"{urging}{line.obligation.id}"
        marked = line.consolidated and line.unit.id in own
        row[places[_key(line)]] = Cell(words.of(line, mark=marked), address)
    rows = [
        Row(
            line.unit,
            "" if line.district is None else line.district.name,
            tuple(cells[unit]),
            consolidated=unit not in own,
        )
        for unit, line in known.items()
    ]
    order = {name: collation_key(name) for name in {row.district for row in rows}}
    rows.sort(
        key=lambda row: (
            order[row.district],
            not row.consolidated,  # a district stands above its communes
            collation_key(row.unit.name),
            row.unit.code,
        )
    )
    return columns, rows


def _addresses() -> tuple[str, str]:
    """Where ids of reports and of late ones are put behind."""
    report = url_for("submissions.page", submission_id="_")[:-1]
    return report, url_for("urging.report", obligation_id="_")[:-1]


def _key(line: BoardLine) -> _Key:
    return line.form.code, line.obligation.period, line.obligation.round or ""


def _total(lines: Iterable[BoardLine]) -> Rate:
    """The rate of what is shown, without the sums of others."""
    own = (line for line in lines if not line.consolidated)
    found = services().board.rates(own, RateGroup.PERIOD)
    return Rate(
        "",
        *(
            sum(counts)
            for counts in zip(
                *(
                    (
                        one.expected, one.actual, one.on_time, one.excused, one.late, one.overdue,
                        one.waived,
                    )
                    for one in found
                ),
                strict=True,
            )
        ),
    )  # fmt: skip


def _branches(lines: Sequence[BoardLine], chosen: Chosen) -> list[Branch]:
    """The next step down: districts, then groups of the units that no district stands over."""
    districts = {line.district.id: line.district for line in lines if line.district is not None}
    if chosen.filter.place in districts:
        return []
    found = [
        Branch(
            districts[rate.group].name, chosen.address(".index", unit=rate.group, group="all"), rate
        )
        for rate in services().board.rates(lines, RateGroup.DISTRICT)
        if rate.group in districts
    ]
    found.sort(key=lambda branch: collation_key(branch.title))
    today, direct = services().clock.today(), [line for line in lines if line.district is None]
    for group in groups_of_reader().within if direct else ():
        units = group.units(today)
        rate = _total(line for line in direct if line.unit.id in units)
        if rate.expected:
            found.append(Branch(group.name, chosen.address(".index", group=group.id), rate))
    return found if len(found) > 1 else []


def _urging(lines: Sequence[BoardLine], chosen: Chosen) -> tuple[str, int, int] | None:
    """Where the late ones that the reader may urge are ticked, how many, and how many there are."""
    below = services().urging.below(current_actor())
    late = sorted(
        (
            line
            for line in lines
            if line.state in _URGED
            and line.state is not ObligationState.EXCUSED  # its extension still runs
            and line.days_late
            and line.unit.id in below
        ),
        key=lambda line: -line.days_late,
    )
    if not late:
        return None
    ids = [line.obligation.id for line in late[:_MOST_URGED]]
    address = url_for(
        "urging.index",
        form=chosen.filter.form,
        period=chosen.filter.period,
        chosen=ids,
    )
    return address, len(ids), len(late)


def _by() -> RateGroup:
    given = request.args.get("by", "")
    return RateGroup(given) if given in set(RateGroup) else RateGroup.FORM


def _group_titles() -> list[tuple[str, str]]:
    return [
        (str(RateGroup.FORM), _("Biểu mẫu")),
        (str(RateGroup.DISTRICT), _("Huyện, thành phố")),
        (str(RateGroup.UNIT), _("Đơn vị báo cáo")),
        (str(RateGroup.PERIOD), _("Kỳ báo cáo")),
        (str(RateGroup.LEVEL), _("Cấp")),
    ]


def _titled(
    found: Sequence[Rate], lines: Sequence[BoardLine], by: RateGroup
) -> list[tuple[str, Rate]]:
    """Each group by its name, in dictionary order; periods in time order."""
    levels = dict(level_choices())
    names: dict[str, str] = {"": _("Trực thuộc tỉnh")}
    for line in lines:
        match by:
            case RateGroup.UNIT:
                district = "" if line.district is None else f", {line.district.name}"
                names[line.unit.id] = f"{line.unit.name}{district}"
            case RateGroup.DISTRICT if line.district is not None:
                names[line.district.id] = line.district.name
            case RateGroup.FORM:
                names[line.form.code] = line.form.title
            case RateGroup.PERIOD:
                names[line.obligation.period] = Period.parse(line.obligation.period).title
            case RateGroup.LEVEL:
                names[str(line.unit.level)] = levels[str(line.unit.level)]
    levels_in_order = [str(level) for level in Level]

    def place(rate: Rate) -> tuple[object, bool]:
        group, summed = _split(rate)
        match by:
            case RateGroup.PERIOD:
                return Period.parse(group), summed
            case RateGroup.LEVEL:
                return levels_in_order.index(group), summed
            case _:
                return collation_key(names[group]), summed

    titled = []
    for rate in sorted(found, key=place):
        group, summed = _split(rate)
        title = names[group]
        titled.append((_("%(title)s (báo cáo tổng hợp)", title=title) if summed else title, rate))
    return titled


def _split(rate: Rate) -> tuple[str, bool]:
    """The name of a group, and whether these are its consolidated reports."""
    group = rate.group.removesuffix(CONSOLIDATED)
    return group, group != rate.group


def _heads() -> list[str]:
    return [
        _("Mã đơn vị"), _("Đơn vị báo cáo"), _("Huyện, thành phố"), _("Biểu mẫu"),
        _("Kỳ báo cáo"), _("Trạng thái"), _("Hạn gửi"), _("Tính chậm sau ngày"), _("Ngày gửi"),
        _("Số ngày chậm"), _("Mức độ chậm"), _("Được gia hạn đến"), _("Nhắc lần cuối"),
        _("Gọi lần cuối"), _("Phần của đơn vị khác quá hạn"),
    ]  # fmt: skip


def _form_title(line: BoardLine) -> str:
    title = line.form.title
    return _("%(title)s (báo cáo tổng hợp)", title=title) if line.consolidated else title


def _line_cells(line: BoardLine, state: str, late: str) -> list[object]:
    owed = line.obligation
    days = (
        owed.due_on, owed.late_after, owed.sent_on, owed.excused_until, line.reminded_on,
        line.called_on,
    )  # fmt: skip
    due, counted, sent, excused, reminded, called = (
        "" if day is None else format_date(day) for day in days
    )
    return [
        line.unit.code, line.unit.name, "" if line.district is None else line.district.name,
        _form_title(line), Period.parse(owed.period).title, state, due, counted, sent,
        line.days_late, late, excused, reminded, called,
        "; ".join(f"{owner}: {days}" for owner, days in line.late_parts),
    ]  # fmt: skip
