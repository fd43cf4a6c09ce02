"""Three sides of each cell: what the workbook was made from, what the file says, what stands now.

A cell that only the file changed is taken, one that only others changed is kept; a cell that both
changed is asked about. Lines of a roster that were emptied in the file go as a whole.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from server.core.answer_changes import same
from server.core.answer_paths import Answers, Statuses, find_row, place_of
from server.core.form import Form
from server.core.shape import BlockKind
from server.core.workbook_cells import cell_name, cells_by_name, held_at
from server.core.workbook_map import a1
from server.core.workbook_stamp import Stamp, StampCell, StampSheet
from server.core.workbook_values import (
    EMPTY,
    TYPED_SIGNS,
    CellRefused,
    Held,
    plain_text,
    read_value,
)

_DEPTH_OF_CELLS: Final = 3  # slashes in the pointer of a roster's cell


class Side(StrEnum):
    """Who changed a cell since the workbook was made."""

    FILE = "file"
    ONLINE = "online"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Found:
    """What stands in a cell of the file; *fault* as in the hook of workbooks."""

    value: object
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """A cell (or with *removed* a line of a roster) whose three sides are not alike."""

    path: str
    sheet: str
    address: str
    side: Side
    base: Held
    file: Held
    online: Held
    removed: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """A cell of the file that is not taken: where it is, what stands there, and why."""

    sheet: str
    address: str
    path: str | None
    text: str
    reason: str
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A file against what it was made from and what stands now."""

    differences: tuple[Difference, ...]
    refused: tuple[Refused, ...]
    alike: int
    added_rows: int

    def of(self, side: Side) -> tuple[Difference, ...]:
        return tuple(found for found in self.differences if found.side is side)


Sheets = Mapping[str, Mapping[tuple[int, int], Found]]


def compare(
    form: Form, stamp: Stamp, sheets: Sheets, answers: Answers, statuses: Statuses
) -> Comparison:
    """All differences and refusals; every worksheet of the stamp must be in *sheets*."""
    comparer = _Comparer(form, answers, statuses)
    differences: list[Difference] = []
    refused: list[Refused] = []
    alike = added = 0
    for sheet in stamp.sheets:
        cells = sheets[sheet.name]
        for group in _lines(form, sheet):
            line = comparer.line(sheet.name, group, cells)
            differences += line.differences
            refused += line.refused
            alike += line.alike
            added += line.added
        refused += _strays(sheet, cells)
    return Comparison(tuple(differences), tuple(refused), alike, added)


@dataclass(slots=True)
class _Line:
    """What came out of one line: its cells, or its going."""

    differences: list[Difference]
    refused: list[Refused]
    alike: int = 0
    added: bool = False


class _Comparer:
    def __init__(self, form: Form, answers: Answers, statuses: Statuses) -> None:
        self.form, self.answers, self.statuses = form, answers, statuses
        self.cells = cells_by_name(form)

    def line(
        self, sheet: str, group: Sequence[StampCell], cells: Mapping[tuple[int, int], Found]
    ) -> _Line:
        came = _Line([], [])
        files: dict[str, Held] = {}
        for cell in group:
            found = cells.get((cell.row, cell.column))
            try:
                files[cell.path] = self._file(cell, found)
            except CellRefused as refusal:
                assert found is not None
                came.refused.append(
                    Refused(
                        sheet,
                        a1(cell.row, cell.column),
                        cell.path,
                        plain_text(found.value),
                        refusal.reason,
                        refusal.facts,
                    )
                )
        if self._is_roster(group[0].path):
            gone = None if came.refused else self._removed(sheet, group, files)
            if gone is not None:
                came.differences.append(gone)
                return came
            came.added = self._added(group, files)
        for cell in group:
            if cell.path not in files:
                continue
            difference = self._difference(sheet, cell, files[cell.path])
            if difference is None:
                came.alike += 1
            else:
                came.differences.append(difference)
        return came

    def _file(self, cell: StampCell, found: Found | None) -> Held:
        if found is None:
            return EMPTY
        base = Held(cell.value, cell.status)
        # What came from the server so is no news, even when it cannot be read, or when a sign in
        # a plain text would now be a text.
        if isinstance(found.value, str) and (
            found.value == cell.value
            or (cell.value is None and cell.status and TYPED_SIGNS.get(found.value) == cell.status)
        ):
            return base
        if found.fault:
            raise CellRefused(found.fault)
        read = read_value(found.value, self.cells[cell_name(cell.path)])
        if read.status is None and read.value is not None and same(read.value, base.value):
            return base  # an estimate stays one
        return read

    def _difference(self, sheet: str, cell: StampCell, file: Held) -> Difference | None:
        base = Held(cell.value, cell.status)
        online = held_at(self.form, cell.path, self.answers, self.statuses)
        if _alike(file, online):
            return None
        if _alike(file, base):
            side = Side.ONLINE
        else:
            side = Side.FILE if _alike(online, base) else Side.BOTH
        return Difference(cell.path, sheet, a1(cell.row, cell.column), side, base, file, online)

    def _is_roster(self, path: str) -> bool:
        block = self.form.shape.blocks.get(path.split("/")[1])
        return block is not None and block.kind is BlockKind.ROSTER

    def _removed(
        self, sheet: str, group: Sequence[StampCell], files: Mapping[str, Held]
    ) -> Difference | None:
        """The line as a whole, when the file emptied it and it still stands online."""
        path = group[0].path.rpartition("/")[0]
        place = place_of(self.form, path)
        assert place.block is not None and place.line is not None
        had = any(cell.value is not None or cell.status is not None for cell in group)
        if not had or any(file != EMPTY for file in files.values()):
            return None
        hidden = any(cell.schema.get("x-personal") for cell in place.line.cells.values())
        if hidden or find_row(place.block, self.answers, place.row) is None:
            return None
        moved = any(
            not _alike(
                held_at(self.form, cell.path, self.answers, self.statuses),
                Held(cell.value, cell.status),
            )
            for cell in group
        )
        address = a1(group[0].row, group[0].column)
        side = Side.BOTH if moved else Side.FILE
        return Difference(path, sheet, address, side, EMPTY, EMPTY, EMPTY, removed=True)

    def _added(self, group: Sequence[StampCell], files: Mapping[str, Held]) -> bool:
        place = place_of(self.form, group[0].path.rpartition("/")[0])
        assert place.block is not None
        if find_row(place.block, self.answers, place.row) is not None:
            return False
        return any(file != EMPTY for file in files.values())


def _lines(form: Form, sheet: StampSheet) -> Iterator[list[StampCell]]:
    """The cells of the sheet, those of one line of a roster together."""
    group: list[StampCell] = []
    for cell in sheet.cells:
        together = cell.path.count("/") >= _DEPTH_OF_CELLS
        if group and not (
            together and cell.path.rpartition("/")[0] == group[0].path.rpartition("/")[0]
        ):
            yield group
            group = []
        group.append(cell)
    if group:
        yield group


def _strays(sheet: StampSheet, cells: Mapping[tuple[int, int], Found]) -> Iterator[Refused]:
    """What stands where nothing can be typed; only in a file whose protection was taken off."""
    known = {(cell.row, cell.column) for cell in sheet.cells} | set(sheet.locked)
    known |= {(row, column) for row, column, _ in sheet.labels}
    for place, found in cells.items():
        if place not in known:
            text = plain_text(found.value)
            yield Refused(sheet.name, a1(*place), None, text, "outside", {})


def _alike(one: Held, other: Held) -> bool:
    return one.status == other.status and same(one.value, other.value)
