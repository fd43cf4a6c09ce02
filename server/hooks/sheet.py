"""What crosses the hook of prints: one submission laid out as the official form.

Every text stands here as it is to be read on paper: numbers in Vietnamese notation, absent values
as ``–``, ``…`` or ``x``. A printer arranges, it never formats or calculates.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

Paper = Literal["A4", "A3"]
Orientation = Literal["portrait", "landscape"]
ColumnKind = Literal["text", "code", "number"]
RowKind = Literal["data", "total", "heading"]


@dataclass(frozen=True, slots=True)
class SheetField:
    """One question outside a grid and its answer."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """One column; *mark* is its letter or number, a computed one's with the formula: ``1=4+7``."""

    title: str
    mark: str = ""
    kind: ColumnKind = "number"


@dataclass(frozen=True, slots=True)
class SheetGroup:
    """A heading above *count* neighbouring columns, the first of them at index *first*."""

    title: str
    first: int
    count: int


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One line with a text per column; *indent* moves its first text column in."""

    cells: tuple[str, ...]
    kind: RowKind = "data"
    indent: int = 0


@dataclass(frozen=True, slots=True)
class SheetGrid:
    """A table of a form; its heading repeats on every page."""

    columns: tuple[SheetColumn, ...]
    rows: tuple[SheetRow, ...]
    groups: tuple[SheetGroup, ...] = ()


@dataclass(frozen=True, slots=True)
class SheetSection:
    """A titled part of the form: a grid above its fields, or one of the two."""

    title: str = ""
    grid: SheetGrid | None = None
    fields: tuple[SheetField, ...] = ()


@dataclass(frozen=True, slots=True)
class SheetExplanation:
    """One line of the annex: the cell, what the check said, what the unit answered."""

    cell: str
    finding: str
    reason: str


@dataclass(frozen=True, slots=True)
class SheetSignature:
    """One signer of the foot: *lines* from the top, then room for the signature, then *name*.

    A line in brackets such as ``(Ký, họ tên)`` is a hint and stands in italics.
    """

    lines: tuple[str, ...]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A submission ready for paper."""

    official_code: str
    """Behind ``Biểu số:``."""
    issued_by: str
    """The whole line: ``Ban hành theo …``, or ``Mẫu minh họa`` for a constructed form."""
    received_on: str
    """Behind ``Ngày nhận báo cáo:``; dots where it is not yet received."""
    title: str
    period_line: str
    """Under the title: ``Có đến 31/12/2024``."""
    org_unit: str
    receiver: str
    unit_of_measure: str
    """Behind ``Đơn vị tính:``; the line is left out when empty."""
    sections: tuple[SheetSection, ...]
    signatures: tuple[SheetSignature, ...]
    """One to three, from left to right; the head of the unit comes last."""
    place_and_date: str
    """Above the last signature: ``Cổ Linh, ngày 14 tháng 01 năm 2025``."""
    paper: Paper = "A4"
    orientation: Orientation = "portrait"
    explanations: tuple[SheetExplanation, ...] = ()
    receipt_code: str | None = None
    digest: str | None = None
    """SHA-256 of the sealed edition; at the foot, beside the receipt code."""
    demo_notice: str | None = None
    """Stands on each page when given: the figures are not real."""


class Printer(Protocol):
    """Prints sheets in one file format.

    One that prints official letters as well has ``print_letter(letter: Letter, out: Path)``.
    """

    @property
    def code(self) -> str:
        """The stable name of the format, unique over all plugins: ``pdf``."""
        ...

    @property
    def label(self) -> str:
        """What people read on the button."""
        ...

    @property
    def media_type(self) -> str:
        """Of the download: ``application/pdf``."""
        ...

    @property
    def extension(self) -> str:
        """Of the file name, without a dot."""
        ...

    def print(self, sheet: Sheet, out: Path) -> None:
        """Write the whole *sheet* into the new file *out*, or raise ``Refused``."""
        ...
