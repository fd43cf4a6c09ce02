"""What crosses the hook of workbooks: a form placed cell by cell, and what a filled file holds.

The server places and reads; a workbook format only draws what it is given and tells what it finds.
Rows and columns count from 0. The stamp is the server's own text, which must come back unchanged.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, Protocol

WorkbookValue = str | int | float | date | None
CellStyle = Literal[
    "title", "line", "guide", "note", "heading", "mark", "label", "input", "locked"
]  # fmt: skip
CellData = Literal["text", "number", "date"]
CheckKind = Literal["number", "date", "text", "choice"]
FoundValue = str | int | float | bool | date
FoundFault = Literal["", "no-result", "error"]
WorkbookRefusal = Literal["not-a-workbook", "damaged", "protected", "too-large", "macros", "links"]


@dataclass(frozen=True, slots=True)
class WorkbookCheck:
    """What a cell may take: a value of its kind within limits, or one of *signs*."""

    kind: CheckKind
    message: str
    signs: tuple[str, ...] = ()
    decimals: int = 0
    minimum: float | int | None = None
    maximum: float | int | None = None
    longest: int | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkbookCell:
    """One cell. *formula* is in A1 notation with English names; *value* is then its result."""

    row: int
    column: int
    value: WorkbookValue = None
    style: CellStyle = "label"
    data: CellData = "text"
    decimals: int = 0
    formula: str | None = None
    check: WorkbookCheck | None = None
    bold: bool = False


@dataclass(frozen=True, slots=True)
class WorkbookSpan:
    """A cell of the sheet that covers *rows* and *columns* from its place on."""

    row: int
    column: int
    rows: int
    columns: int


@dataclass(frozen=True, slots=True)
class WorkbookSheet:
    """One worksheet; only its ``input`` cells can be typed into."""

    name: str
    cells: tuple[WorkbookCell, ...]
    spans: tuple[WorkbookSpan, ...] = ()
    widths: tuple[float, ...] = ()
    """Of the columns, in characters."""
    frozen_rows: int = 0
    frozen_columns: int = 0
    repeated_rows: tuple[int, int] | None = None
    """First and last row of the heading that stands on every printed page."""
    paper: Literal["A4", "A3"] = "A4"
    orientation: Literal["portrait", "landscape"] = "portrait"


@dataclass(frozen=True, slots=True)
class Workbook:
    """A form ready to be filled away from the server."""

    title: str
    sheets: tuple[WorkbookSheet, ...]
    stamp: str
    footer: str = ""
    """At the foot of every printed page."""


@dataclass(frozen=True, slots=True)
class FoundCell:
    """A cell that is not empty. *fault*: a formula without a result, or an error as its result."""

    row: int
    column: int
    value: FoundValue
    fault: FoundFault = ""


@dataclass(frozen=True, slots=True)
class FoundSheet:
    """One worksheet as it came back."""

    name: str
    cells: tuple[FoundCell, ...]


@dataclass(frozen=True, slots=True)
class FoundWorkbook:
    """A file as it came back, or why nothing of it was read; no stamp: it is not one of ours."""

    refusal: WorkbookRefusal | None = None
    stamp: str | None = None
    sheets: tuple[FoundSheet, ...] = ()


class WorkbookFormat(Protocol):
    """Writes forms into workbooks of one file format and reads them back."""

    @property
    def code(self) -> str:
        """The stable name of the format, unique over all plugins: ``xlsx``."""
        ...

    @property
    def label(self) -> str:
        """What people call the format."""
        ...

    @property
    def media_type(self) -> str:
        """Of the download."""
        ...

    @property
    def extension(self) -> str:
        """Of the file name, without a dot."""
        ...

    def write(self, workbook: Workbook, out: Path) -> None:
        """Write the whole *workbook* into the new file *out*, or raise ``Refused``."""
        ...

    def read(self, path: Path) -> FoundWorkbook:
        """What the file at *path* holds; any file may come, and none may do harm."""
        ...
