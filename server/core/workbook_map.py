"""Where the cells of a form stand in a workbook: one worksheet for each section of its layout.

Rows and columns count from 0. What the cells look like is the business of whoever draws them; this
module only decides places, so that writing, formulas and reading back can never disagree.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from server.core.form import Form
from server.core.layout import Column, Field, Grid, Layout, Section

#: Rows above the first heading: title, form and period, unit, measure, how to fill, an empty one.
HEAD_ROWS: Final = 6
ORDER_COLUMN: Final = 0
TITLE_COLUMN: Final = 1
_LONGEST_NAME: Final = 31
_NOT_IN_NAMES: Final = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_LETTERS: Final = 26


@dataclass(frozen=True, slots=True)
class Spot:
    """A cell of the form at its place. *kind*: input, calculated, or kept (never in a file)."""

    row: int
    column: int
    path: str
    cell: Column | Field
    kind: str


@dataclass(frozen=True, slots=True)
class PlacedRow:
    """A line of a grid, or a field with the label beside it."""

    row: int
    path: str
    title: str
    code: str
    kind: str
    number: str


@dataclass(frozen=True, slots=True)
class PlacedSection:
    """One worksheet: its heading fills the rows from ``HEAD_ROWS`` to *first_row*, if any."""

    name: str
    section: Section
    title_column: int | None
    code_column: int | None
    columns: Mapping[str, int]
    first_column: int
    first_row: int
    rows: tuple[PlacedRow, ...]
    fields: tuple[PlacedRow, ...]
    spots: tuple[Spot, ...]


@dataclass(frozen=True, slots=True)
class Address:
    """Where a path stands: the worksheet and the cell in A1 notation."""

    sheet: str
    row: int
    column: int

    @property
    def cell(self) -> str:
        return a1(self.row, self.column)


def a1(row: int, column: int) -> str:
    """The cell as Excel names it.

    >>> a1(0, 0), a1(11, 26), a1(4, 701)
    ('A1', 'AA12', 'ZZ5')
    """
    letters, rest = "", column + 1
    while rest:
        rest, letter = divmod(rest - 1, _LETTERS)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row + 1}"


def place(
    form: Form, rosters: Mapping[str, Sequence[str]], layout: Layout | None = None
) -> tuple[PlacedSection, ...]:
    """All worksheets; *rosters* names the lines to draw of each roster, empty ones too.

    *layout* is that of the period, where it is another than the form's own.
    """
    names: set[str] = set()
    return tuple(
        _placed(form, section, _name(number, section.title, names), rosters)
        for number, section in enumerate((layout or form.layout).sections, start=1)
    )


def addresses(sections: Sequence[PlacedSection]) -> dict[str, Address]:
    """Where each path stands; what is kept out of files stands nowhere."""
    return {
        spot.path: Address(placed.name, spot.row, spot.column)
        for placed in sections
        for spot in placed.spots
        if spot.kind != "kept"
    }


def _name(number: int, title: str, taken: set[str]) -> str:
    """A name that Excel takes: at most 31 characters, some forbidden, none twice."""
    plain = " ".join(_NOT_IN_NAMES.sub(" ", title).split())
    name = f"{number}. {plain}"[:_LONGEST_NAME].rstrip(" '")
    assert name.lower() not in taken  # the number makes it unique
    taken.add(name.lower())
    return name


def _placed(
    form: Form, section: Section, name: str, rosters: Mapping[str, Sequence[str]]
) -> PlacedSection:
    grid = section.grid
    # The lines of a roster have no names but those in their own cells.
    named = grid is None or bool(grid.rows) or bool(section.fields)
    title_column = TITLE_COLUMN if named else None
    code_column = TITLE_COLUMN + named if grid is not None and grid.code_header else None
    first_column = TITLE_COLUMN + named + (code_column is not None)
    columns = {} if grid is None else _columns(grid, first_column)
    # Groups stand above their columns, the numbers of the columns below.
    depth = 0 if grid is None else 2 + bool(grid.groups)
    first_row = HEAD_ROWS + depth
    rows = () if grid is None else tuple(_rows(grid, first_row, rosters))
    spots = [] if grid is None else list(_spots(form, grid, rows, columns))
    # One empty row between the table and the fields below it.
    below = first_row + len(rows) + bool(rows)
    fields = tuple(
        PlacedRow(below + at, field.path, field.title, "", "field", str(at + 1))
        for at, field in enumerate(section.fields)
    )
    spots += [
        Spot(line.row, first_column, field.path, field, _kind(field.calculated, field.personal))
        for line, field in zip(fields, section.fields, strict=True)
    ]
    return PlacedSection(
        name=name,
        section=section,
        title_column=title_column,
        code_column=code_column,
        columns=columns,
        first_column=first_column,
        first_row=first_row,
        rows=rows,
        fields=fields,
        spots=tuple(spots),
    )


def _columns(grid: Grid, first: int) -> dict[str, int]:
    return {column.key: first + at for at, column in enumerate(grid.columns)}


def _rows(grid: Grid, first: int, rosters: Mapping[str, Sequence[str]]) -> Iterator[PlacedRow]:
    number = 0
    for at, row in enumerate(grid.rows):
        counted = row.kind != "single"
        number += counted
        shown = str(number) if counted else ""
        yield PlacedRow(first + at, row.path, row.title, row.code or "", row.kind, shown)
    if grid.roster is not None:
        for at, name in enumerate(rosters.get(grid.roster.key, ()), start=len(grid.rows)):
            number += 1
            path = f"{grid.roster.path}/{name}"
            yield PlacedRow(first + at, path, "", "", "roster", str(number))


def _spots(
    form: Form, grid: Grid, rows: Sequence[PlacedRow], columns: Mapping[str, int]
) -> Iterator[Spot]:
    known = {row.path: row for row in grid.rows}
    for placed in rows:
        block = form.shape.blocks[placed.path.split("/")[1]]
        if placed.kind == "roster":
            assert block.item is not None
            line = block.item
        else:
            line = block.lines["" if placed.kind == "single" else known[placed.path].key]
        for column in grid.columns:
            cell = line.cells.get(column.key)
            if cell is None:
                continue
            personal = bool(cell.schema.get("x-personal", False))
            yield Spot(
                placed.row,
                columns[column.key],
                f"{placed.path}/{column.key}",
                column,
                _kind(cell.calculate is not None, personal),
            )


def _kind(calculated: bool, personal: bool) -> str:
    # Personal data leave the server by no export; they are typed on the page.
    if personal:
        return "kept"
    return "calculated" if calculated else "input"
