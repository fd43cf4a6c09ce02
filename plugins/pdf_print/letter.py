"""An official letter as HTML: heads of office and country, the table, receivers, who signs."""

import re
from dataclasses import replace
from typing import Final

from plugins.pdf_print.texts import style_sheet, template
from plugins.pdf_print.widths import fit
from server.hooks import Letter, Refused, SheetGrid

_USABLE: Final = 210 - 30 - 15  # millimetres of A4 between the margins
_SIGN: Final = re.compile(r"(?<=[^\W\d][@._-])(?=\w)|(?<=\d[T_-])(?=\d)")
_UNPRINTABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def letter_markup(letter: Letter) -> str:
    """The letter as HTML; texts are escaped by the template."""
    for row in letter.grid.rows if letter.grid else ():
        if letter.grid and len(row.cells) != len(letter.grid.columns):
            raise Refused("a row of the letter's table has another number of cells")
    fitted = fit(_breakable(letter.grid), _USABLE) if letter.grid else None
    html = template("letter.html").render(letter=letter, fit=fitted)
    return _UNPRINTABLE.sub("\ufffd", html)


def _breakable(grid: SheetGrid) -> SheetGrid:
    """The grid to measure: addresses and file names may break behind their signs, so that one of
    them does not squeeze the columns of words."""
    return replace(
        grid,
        rows=tuple(
            replace(row, cells=tuple(_SIGN.sub(" ", cell) for cell in row.cells))
            for row in grid.rows
        ),
    )


def letter_style() -> tuple[str, str, str]:
    """The style of forms, what a letter has besides, and the paper."""
    return style_sheet("page.css"), style_sheet("letter.css"), "@page { size: A4 portrait }"
