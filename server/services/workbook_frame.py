"""What surrounds the figures in a workbook: title, headings, names of rows, widths, messages."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Protocol

from server.core.answers import Verdict
from server.core.form import Form
from server.core.layout import Column, Field, Grid
from server.core.org_unit import OrgUnit
from server.core.period import Period
from server.core.submission import Submission
from server.core.vietnamese_numbers import format_number
from server.core.workbook_map import HEAD_ROWS, ORDER_COLUMN, PlacedSection
from server.hooks import WorkbookCell, WorkbookSpan
from server.services.sheets import DEMO_NOTICE, unit_title

_HOW: Final = (
    "Chỉ nhập vào ô trắng; ô xám tự tính hoặc đã khóa. Không thêm, xóa hay chuyển dòng và cột.",
    "Không phát sinh: –    Có nhưng chưa thu thập được: …    Không áp dụng: x    "
    "Không công bố: bảo mật    Bằng không: 0",
)
_ORDER_WIDTH: Final = 6.0
_TITLE_WIDTH: Final = 36.0
_CODE_WIDTH: Final = 8.0
_FIELD_WIDTH: Final = 34.0
_HINT_WIDTH: Final = 40.0
_NUMBER_WIDTH: Final = 13.0
_TEXT_WIDTH: Final = 22.0
_LONG_TEXT: Final = 100


class DrawnReport(Protocol):
    """What a workbook is drawn from: a submission as one sees it, or a form on trial."""

    @property
    def form(self) -> Form: ...

    @property
    def submission(self) -> Submission: ...

    @property
    def unit(self) -> OrgUnit: ...

    @property
    def period(self) -> Period: ...

    @property
    def verdict(self) -> Verdict: ...


@dataclass(frozen=True, slots=True)
class Frame:
    """The cells around the figures and the set-up of one worksheet."""

    cells: tuple[WorkbookCell, ...]
    spans: tuple[WorkbookSpan, ...]
    widths: tuple[float, ...]
    repeated_rows: tuple[int, int] | None


def frame_of(view: DrawnReport, placed: PlacedSection, *, demo: bool) -> Frame:
    """Everything in a worksheet that nobody fills."""
    cells = [*_head(view, placed, demo=demo)]
    spans: list[WorkbookSpan] = []
    repeated = None
    grid = placed.section.grid
    if grid is not None:
        cells += _headings(placed, grid, spans)
        cells += _row_names(placed)
        repeated = (HEAD_ROWS, placed.first_row - 1)
    cells += _field_names(placed)
    return Frame(tuple(cells), tuple(spans), tuple(_widths(placed)), repeated)


def says_limits(cell: Column | Field) -> str:
    """The message of a cell that does not take what was typed."""
    signs = "hoặc dấu –, …, x, bảo mật"
    if cell.choices is not None or cell.type == "boolean":
        return "Chọn một mục trong danh sách."
    if cell.type in ("integer", "number"):
        decimals = cell.decimals or 0
        kind = f"số có nhiều nhất {decimals} chữ số thập phân" if decimals else "số nguyên"
        limits = ""
        if cell.minimum is not None:
            limits += f" từ {format_number(cell.minimum)}"
        if cell.maximum is not None:
            limits += f" đến {format_number(cell.maximum)}"
        return f"Ô này nhận {kind}{limits}, {signs}."
    if cell.format == "date":
        return f"Nhập ngày/tháng/năm, như 05/01/2025, {signs}."
    return f"Ô này nhận nhiều nhất {cell.max_length} ký tự."


def _head(view: DrawnReport, placed: PlacedSection, *, demo: bool) -> Iterator[WorkbookCell]:
    settings = view.form.settings
    constructed = bool(settings.get("constructed", False))
    code = (
        "Mẫu minh họa" if constructed else f"Biểu số {settings.get('officialCode', view.form.code)}"
    )
    measure = settings.get("unitOfMeasure")
    unit = f"Đơn vị báo cáo: {unit_title(view.unit)}"
    if measure:
        unit += f"    Đơn vị tính: {measure}"
    lines = [f"{code}    Kỳ báo cáo: {view.period.title}    {placed.section.title}", unit]
    yield WorkbookCell(0, ORDER_COLUMN, view.form.title, "title")
    for row, line in enumerate(lines, start=1):
        yield WorkbookCell(row, ORDER_COLUMN, line, "line")
    for row, note in enumerate(_HOW, start=1 + len(lines)):
        yield WorkbookCell(row, ORDER_COLUMN, note, "guide")
    if demo:
        yield WorkbookCell(HEAD_ROWS - 1, ORDER_COLUMN, DEMO_NOTICE, "guide", bold=True)


def _headings(
    placed: PlacedSection, grid: Grid, spans: list[WorkbookSpan]
) -> Iterator[WorkbookCell]:
    """Groups above their columns, other headings over both rows; below them the numbers."""
    top, depth = HEAD_ROWS, 2 if grid.groups else 1
    marks = top + depth
    heads = [(ORDER_COLUMN, "STT", "A")]
    if placed.title_column is not None:
        heads.append((placed.title_column, grid.row_header, "B"))
    if placed.code_column is not None:
        heads.append((placed.code_column, grid.code_header or "", "C"))
    grouped = {key: title for title, keys in grid.groups for key in keys}
    heads += [
        (placed.columns[column.key], column.title, column.number)
        for column in grid.columns
        if column.key not in grouped
    ]
    for at, title, mark in heads:
        yield WorkbookCell(top, at, title, "heading")
        if depth > 1:
            spans.append(WorkbookSpan(top, at, depth, 1))
        yield WorkbookCell(marks, at, mark, "mark")
    for title, keys in grid.groups:
        first = min(placed.columns[key] for key in keys)
        yield WorkbookCell(top, first, title, "heading")
        if len(keys) > 1:
            spans.append(WorkbookSpan(top, first, 1, len(keys)))
    for column in grid.columns:
        if column.key in grouped:
            at = placed.columns[column.key]
            yield WorkbookCell(top + 1, at, column.title, "heading")
            yield WorkbookCell(marks, at, column.number, "mark")


def _row_names(placed: PlacedSection) -> Iterator[WorkbookCell]:
    filled = {(spot.row, spot.column) for spot in placed.spots}
    for row in placed.rows:
        bold = row.kind == "single"
        yield WorkbookCell(row.row, ORDER_COLUMN, row.number, "label", bold=bold)
        if placed.title_column is not None:
            yield WorkbookCell(row.row, placed.title_column, row.title, "label", bold=bold)
        if placed.code_column is not None:
            yield WorkbookCell(row.row, placed.code_column, row.code, "label", bold=bold)
        for column in placed.columns.values():
            if (row.row, column) not in filled:  # a row without this column
                yield WorkbookCell(row.row, column, None, "locked")


def _field_names(placed: PlacedSection) -> Iterator[WorkbookCell]:
    if placed.title_column is None:
        return
    for line, field in zip(placed.fields, placed.section.fields, strict=True):
        yield WorkbookCell(line.row, ORDER_COLUMN, line.number, "label")
        yield WorkbookCell(line.row, placed.title_column, line.title, "label")
        if placed.code_column is not None:
            yield WorkbookCell(line.row, placed.code_column, None, "label")
        hint = field.description or field.unit
        if hint and placed.section.grid is None:
            yield WorkbookCell(line.row, placed.first_column + 1, hint, "note")


def _widths(placed: PlacedSection) -> Iterator[float]:
    yield _ORDER_WIDTH
    if placed.title_column is not None:
        yield _TITLE_WIDTH
    if placed.code_column is not None:
        yield _CODE_WIDTH
    grid = placed.section.grid
    if grid is None:
        yield _FIELD_WIDTH
        yield _HINT_WIDTH
        return
    for column in grid.columns:
        yield _width(column)


def _width(column: Column) -> float:
    if column.type in ("integer", "number") and column.choices is None:
        return _NUMBER_WIDTH
    if column.format == "date":
        return _NUMBER_WIDTH
    longest = column.max_length or 0
    return _TEXT_WIDTH if longest <= _LONG_TEXT else _TEXT_WIDTH * 1.5
