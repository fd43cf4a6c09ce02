"""One submission as the official form in PDF: what the unit signs and what is filed."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from plugins.pdf_print.drawing import draw, draw_apart
from plugins.pdf_print.letter import letter_markup, letter_style
from plugins.pdf_print.page import markup, style
from server.hooks import Letter, Options, Refused, Sheet, hookimpl

__version__ = "1.1.0"


class PdfPrinter:
    """Draws with WeasyPrint; reads nothing but its own template and the packaged fonts."""

    code = "pdf"
    label = "PDF (biểu in)"
    media_type = "application/pdf"
    extension = "pdf"

    def __init__(
        self, *, max_rows: int, own_process: bool, max_seconds: int, max_megabytes: int
    ) -> None:
        self._max_rows = max_rows
        self._own_process = own_process
        self._max_seconds = max_seconds
        self._max_megabytes = max_megabytes

    def print(self, sheet: Sheet, out: Path) -> None:
        rows = sum(len(section.fields) for section in sheet.sections)
        rows += sum(len(section.grid.rows) for section in sheet.sections if section.grid)
        rows += len(sheet.explanations)
        if rows > self._max_rows:
            # 113 pages take 25 seconds and 560 MB: beyond that a table belongs into a spreadsheet.
            raise Refused(f"the sheet has {rows} rows, at most {self._max_rows} are printed")
        self._draw(markup(sheet), style(sheet), out)

    def print_letter(self, letter: Letter, out: Path) -> None:
        rows = len(letter.grid.rows) if letter.grid else 0
        if rows > self._max_rows:
            raise Refused(f"the letter has {rows} rows, at most {self._max_rows} are printed")
        self._draw(letter_markup(letter), letter_style(), out)

    def _draw(self, html: str, css: Sequence[str], out: Path) -> None:
        if self._own_process:
            limits = {"seconds": self._max_seconds, "megabytes": self._max_megabytes}
            draw_apart(html, css, out, **limits)
        else:
            draw(html, css, out)


@hookimpl
def register_printers(options: Options) -> list[PdfPrinter]:
    checked: dict[str, Any] = dict(options)
    return [PdfPrinter(**checked)]
