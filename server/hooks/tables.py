"""What crosses the hook of exports: one table in, one file out.

Rows come by iterator and the result goes by path, so that a table larger than the memory can be
written and the same plugin could run in a process of its own.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Protocol

Cell = str | int | float | Decimal | None
"""A number stays a number; ``None`` is an empty cell."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of figures. *rows* can be read once; each row is as long as *header*."""

    title: str
    header: list[str]
    rows: Iterable[list[Cell]]
    notes: list[str] = field(default_factory=list)


class Exporter(Protocol):
    """Writes tables in one file format."""

    @property
    def code(self) -> str:
        """The stable name of the format, unique over all plugins: ``csv``."""
        ...

    @property
    def label(self) -> str:
        """What people read in the list of formats."""
        ...

    @property
    def media_type(self) -> str:
        """Of the download, with its charset: ``text/csv; charset=utf-8``."""
        ...

    @property
    def extension(self) -> str:
        """Of the file name, without a dot."""
        ...

    def write(self, table: Table, out: Path) -> None:
        """Write the whole *table* into the new file *out*, or raise ``Refused``."""
        ...
