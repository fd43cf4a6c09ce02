"""A sheet as HTML and CSS. Texts are escaped by the template; of the sheet only numbers and two
checked words (paper, orientation) ever reach the CSS.
"""

import re
from collections.abc import Sequence
from typing import Final

from plugins.pdf_print.texts import style_sheet, template
from plugins.pdf_print.widths import Fit, fit
from server.hooks import Refused, Sheet, SheetColumn, SheetGrid, SheetGroup, SheetSignature

_MILLIMETRES: Final = {"A4": (210, 297), "A3": (297, 420)}
# Nghị định 30/2020/NĐ-CP, Phụ lục I: left 30 to 35, right 15 to 20 mm.
_LEFT_AND_RIGHT: Final = 30 + 15
# No parser of HTML takes these in a text; a clerk's clipboard brings them along.
_UNPRINTABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_SIGNERS: Final = 3


def markup(sheet: Sheet) -> str:
    """The page as HTML."""
    grids = {
        position: _grid(section.grid, sheet)
        for position, section in enumerate(sheet.sections)
        if section.grid is not None
    }
    html = template("page.html").render(
        sheet=sheet, grids=grids, signers=_in_three(sheet.signatures), is_hint=_is_hint
    )
    return _UNPRINTABLE.sub("\ufffd", html)


def style(sheet: Sheet) -> tuple[str, str]:
    """The fixed style and the size of this sheet's page."""
    _usable_width(sheet)
    return style_sheet("page.css"), f"@page {{ size: {sheet.paper} {sheet.orientation} }}"


def _usable_width(sheet: Sheet) -> float:
    if sheet.paper not in _MILLIMETRES or sheet.orientation not in ("portrait", "landscape"):
        raise Refused("the paper is A4 or A3, portrait or landscape")
    short, long = _MILLIMETRES[sheet.paper]
    return (short if sheet.orientation == "portrait" else long) - _LEFT_AND_RIGHT


def _grid(grid: SheetGrid, sheet: Sheet) -> dict[str, object]:
    count = len(grid.columns)
    for row in grid.rows:
        if len(row.cells) != count:
            raise Refused(f"a row has {len(row.cells)} cells, the grid {count} columns")
    fitted: Fit = fit(grid, _usable_width(sheet))
    upper, lower = _headings(grid)
    return {
        "fit": fitted,
        "upper": upper,
        "lower": lower,
        "marked": any(column.mark for column in grid.columns),
        "text_column": next(
            (at for at, column in enumerate(grid.columns) if column.kind == "text"), -1
        ),
    }


def _headings(
    grid: SheetGrid,
) -> tuple[list[tuple[SheetColumn | SheetGroup, int]], list[SheetColumn]]:
    """The upper line of the heading (with how many columns each spans) and the one below it."""
    groups = {group.first: group for group in grid.groups}
    upper: list[tuple[SheetColumn | SheetGroup, int]] = []
    lower: list[SheetColumn] = []
    at = 0
    while at < len(grid.columns):
        group = groups.pop(at, None)
        if group is None:
            upper.append((grid.columns[at], 0))
            at += 1
            continue
        if group.count < 1 or at + group.count > len(grid.columns):
            raise Refused(f"the heading {group.title!r} covers columns that do not exist")
        upper.append((group, group.count))
        lower.extend(grid.columns[at : at + group.count])
        at += group.count
    if groups:
        raise Refused("two headings cover one column")
    return upper, lower


def _in_three(signatures: Sequence[SheetSignature]) -> list[SheetSignature]:
    """Left, middle, right: the last signer is the head of the unit and stands on the right."""
    if not 1 <= len(signatures) <= _SIGNERS:
        raise Refused("one to three signatures fit under a form")
    first, last = list(signatures[:-1]), signatures[-1]
    return [*first, *[SheetSignature(())] * (_SIGNERS - 1 - len(first)), last]


def _is_hint(line: str) -> bool:
    return line.startswith("(") and line.endswith(")")
