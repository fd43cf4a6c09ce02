"""A submission laid out as the official form: plain texts for a printer plugin.

Numbers get their Vietnamese notation here, absent values their sign, and the
reasons given for warnings become the annex that travels with the report.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from server.core.answer_paths import cell_title, place_of, rows_of, value_at
from server.core.answer_schema import merged
from server.core.consolidation import CORRECTION, INCOMPLETE
from server.core.form import Form
from server.core.layout import Column, Field, Grid, Row, marked_title
from server.core.org_unit import Level, OrgUnit
from server.core.period import Period
from server.core.period_layout import layout_in
from server.core.ports import LOCAL
from server.core.vietnamese_numbers import format_date, format_number
from server.hooks import (
    Sheet,
    SheetColumn,
    SheetExplanation,
    SheetField,
    SheetGrid,
    SheetGroup,
    SheetRow,
    SheetSection,
    SheetSignature,
)
from server.services.review import SubmissionView

STATUS_SIGNS: Mapping[str, str] = {
    "none_arose": "–",
    "not_available": "…",
    "not_applicable": "x",
    "confidential": "bảo mật",
}
#: What was asked where the verdict no longer says it, because it was answered.
_ANSWERED: Mapping[str, str] = {
    "outlier": "Số khác nhiều so với các kỳ trước của chính đơn vị.",
    "mark": "Ô được đánh dấu khi trả lại để sửa.",
    CORRECTION: "Sửa khác số cộng từ cấp dưới.",
    INCOMPLETE: "Tổng hợp khi còn thiếu báo cáo cấp dưới.",
}
DEMO_NOTICE = "SỐ LIỆU MINH HỌA, không phải số liệu thật của địa phương."
_HEAD_OF_OFFICE = ("THỦ TRƯỞNG ĐƠN VỊ", "(Ký, đóng dấu, họ tên)")
_HEADS = {
    Level.COMMUNE: ("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH", "(Ký, đóng dấu, họ tên)"),
    Level.DISTRICT: ("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH", "(Ký, đóng dấu, họ tên)"),
    Level.PROVINCE: _HEAD_OF_OFFICE,
    Level.DEPARTMENT: _HEAD_OF_OFFICE,
}


def sheet_of(
    view: SubmissionView,
    *,
    sealed_at: datetime | None,
    receipt: str | None,
    digest: str | None = None,
    names: Mapping[str, str],
    demo: bool,
) -> Sheet:
    """The sheet of what stands in *view*; *names* gives the persons who drew up and signed."""
    settings, unit = view.form.settings, view.unit
    day = sealed_at.astimezone(LOCAL).date() if sealed_at else None
    return Sheet(
        official_code=str(settings.get("officialCode", view.form.code)),
        issued_by=issued_by(view.form),
        received_on=format_date(day) if day and receipt else "…………",
        title=view.form.title.upper(),
        period_line=period_line(view.form, view.period),
        org_unit=unit_title(unit),
        receiver=str(settings.get("receiver", "")),
        unit_of_measure=str(settings.get("unitOfMeasure", "")),
        sections=tuple(_sections(view)),
        signatures=signatures(unit, names),
        place_and_date=place_and_date(unit, day),
        paper="A3" if view.form.layout.paper == "A3" else "A4",
        orientation="landscape" if view.form.layout.orientation == "landscape" else "portrait",
        explanations=tuple(_explanations(view)),
        receipt_code=receipt,
        digest=digest,
        demo_notice=DEMO_NOTICE if demo else None,
    )


def issued_by(form: Form) -> str:
    """The line under the code: a constructed form never claims a circular."""
    if form.settings.get("constructed", False):
        return "Mẫu minh họa"
    return str(form.settings.get("issuedBy", "Mẫu minh họa"))


def signatures(unit: OrgUnit | None, names: Mapping[str, str]) -> tuple[SheetSignature, ...]:
    """Who signs under a form of *unit*, with the names that are known.

    A deputy signs under the leader's title with TUQ. (by authority), and it says for whom.
    """
    head, name = _HEAD_OF_OFFICE if unit is None else _HEADS[unit.level], names.get("signer", "")
    if "signer_for" in names:
        *above, title, hint = head
        head = (*above, f"TUQ. {title}", hint)
        name = f"{name} (thay mặt {names['signer_for']})"
    return (
        SheetSignature(("Người lập biểu", "(Ký, họ tên)"), names.get("reporter", "")),
        SheetSignature(("Người kiểm tra biểu", "(Ký, họ tên)"), ""),
        SheetSignature(head, name),
    )


def unit_title(unit: OrgUnit) -> str:
    """How a unit is named on letters: the People's Committee of a commune or district."""
    if unit.level in (Level.COMMUNE, Level.DISTRICT, Level.PROVINCE):
        return f"UBND {unit.name[:1].lower()}{unit.name[1:]}"
    return unit.name


def cell_text(value: object, status: str | None, cell: Column | Field) -> str:
    """A value as it is read on paper and in tables; empty when there is none."""
    if value is None:
        return STATUS_SIGNS.get(status or "", "")
    if cell.choices is not None:
        shown = marked_title(cell, value)
        if shown is not None:
            return shown
    if isinstance(value, bool):
        return "Có" if value else "Không"
    if isinstance(value, int | float):
        return format_number(value, cell.decimals if cell.type == "number" else 0)
    if cell.format == "date":
        return format_date(date.fromisoformat(str(value)))
    return str(value)


def period_line(form: Form, period: Period) -> str:
    """The line under the title."""
    as_of = form.settings.get("asOf")
    return f"{as_of}/{period.title}" if as_of else period.title


def place_and_date(unit: OrgUnit, day: date | None) -> str:
    """The line above the last signature."""
    place = unit.name.split(" ", 1)[-1] if unit.level is Level.COMMUNE else unit.name
    for kind in ("trấn ", "Trấn "):
        place = place.removeprefix(kind)
    if day is None:
        return f"{place}, ngày …… tháng …… năm ………"
    # NĐ 30/2020/NĐ-CP: days 1 to 9 and the months 1 and 2 are written with a leading 0.
    month = f"{day.month:02}" if day.month in (1, 2) else str(day.month)
    return f"{place}, ngày {day.day:02} tháng {month} năm {day.year}"


def _sections(view: SubmissionView) -> list[SheetSection]:
    whole = merged(view.form, view.submission.answers, view.verdict.computed)
    sections = []
    submission = view.submission
    layout = layout_in(view.form, view.period.end, submission.answers, submission.statuses)
    for section in layout.sections:
        fields = tuple(
            SheetField(field.title, _text(view, whole, field.path, field))
            for field in section.fields
        )
        grid = None if section.grid is None else _grid(view, whole, section.grid)
        sections.append(SheetSection(title=section.title, grid=grid, fields=fields))
    return sections


def heads_of(grid: Grid) -> tuple[tuple[SheetColumn, ...], tuple[SheetGroup, ...]]:
    """The columns of a grid on paper and the headings above them."""
    heads = [SheetColumn("STT", "A", "text")]
    if grid.rows:  # the lines of a roster are named by their own cells
        heads.append(SheetColumn(grid.row_header, "B", "text"))
    if grid.code_header is not None:
        heads.append(SheetColumn(grid.code_header, "C", "code"))
    first = len(heads)
    columns = heads + [
        SheetColumn(
            column.title,
            column.number,
            "number" if column.type in ("integer", "number") else "text",
        )
        for column in grid.columns
    ]
    keys = [column.key for column in grid.columns]
    groups = tuple(
        SheetGroup(title, first + keys.index(members[0]), len(members))
        for title, members in grid.groups
    )
    return tuple(columns), groups


def _grid(view: SubmissionView, whole: Mapping[str, object], grid: Grid) -> SheetGrid:
    columns, groups = heads_of(grid)
    return SheetGrid(columns, tuple(_rows(view, whole, grid)), groups)


def _rows(view: SubmissionView, whole: Mapping[str, object], grid: Grid) -> list[SheetRow]:
    rows: list[SheetRow] = []
    number = 0
    for row in grid.rows:
        if row.kind == "codelist" and not view.submission.nil and not _present(view, whole, row):
            continue
        counted = row.kind != "single"
        number += counted
        head = [str(number) if counted else "", row.title]
        if grid.code_header is not None:
            head.append(row.code or "")
        cells = [
            _text(view, whole, f"{row.path}/{column.key}", column)
            if column.key in row.columns
            else ""
            for column in grid.columns
        ]
        rows.append(SheetRow(tuple(head + cells), "data" if counted else "total"))
    if grid.roster is not None:
        block = view.form.shape.blocks[grid.roster.key]
        for name, _ in rows_of(block, whole):
            number += 1
            head = [str(number)] + [""] * (len(heads_of(grid)[0]) - len(grid.columns) - 1)
            cells = [
                _text(view, whole, f"{grid.roster.path}/{name}/{column.key}", column)
                for column in grid.columns
            ]
            rows.append(SheetRow(tuple(head + cells)))
    return rows


def _present(view: SubmissionView, whole: Mapping[str, object], row: Row) -> bool:
    """Whether a code-list row says anything; the others did not arise and are not printed."""
    rows = whole.get(row.path.split("/")[1])
    if isinstance(rows, Mapping) and bool(rows.get(row.key)):
        return True
    return any(
        status != "none_arose" and f"{path}/".startswith(f"{row.path}/")
        for path, status in view.submission.statuses.items()
    )


def _text(
    view: SubmissionView, whole: Mapping[str, object], path: str, cell: Column | Field
) -> str:
    if view.submission.nil:
        return STATUS_SIGNS["none_arose"]
    if path in view.verdict.relevant_off:
        return STATUS_SIGNS["not_applicable"]
    value = value_at(whole, place_of(view.form, path))
    return cell_text(value, view.submission.statuses.get(path), cell)


def _explanations(view: SubmissionView) -> Sequence[SheetExplanation]:
    said = {(finding.code, finding.path): finding for finding in view.verdict.findings}
    lines = []
    for reason in view.submission.reasons:
        finding = said.get((reason["code"], reason["path"]))
        lines.append(
            SheetExplanation(
                cell=cell_title(view.form, reason["path"], view.submission.answers),
                finding=finding.message if finding else _ANSWERED.get(reason["code"], ""),
                reason=reason["text"],
            )
        )
    return lines
