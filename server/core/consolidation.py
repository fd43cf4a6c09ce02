"""Consolidated reports: a parent's figures as the sums of its children's sealed reports.

Pure: sealed answers come in, sums and what each child gave go out. Counts add up cell by cell;
calculated cells are left to the parent's own rules, so that a rate is never averaged.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from server.core.answer_changes import apply_changes, diff
from server.core.answer_paths import (
    Answers,
    Place,
    Statuses,
    place_of,
    row_path,
    rows_of,
    value_at,
)
from server.core.form import Form
from server.core.org_unit import Level
from server.core.shape import ROW_ID, Block, BlockKind, Cell, Line, mapping, strings
from server.core.submission import Change
from server.core.workflow import Workflow
from server.errors import CellsSummed

#: Code of the reason that stands at a corrected cell.
CORRECTION: Final = "correction"
#: Code of the reason for passing on a sum that lacks children; it stands at no cell.
INCOMPLETE: Final = "incomplete"
_PARENTS: Final = (Level.DISTRICT, Level.PROVINCE)
_KEYWORD: Final = "x-consolidate"
_RATES: Final = frozenset({"%", "‰"})
_LONGEST_ROW: Final = 64


@dataclass(frozen=True, slots=True)
class Source:
    """A child's sealed report."""

    org_unit: str
    answers: Answers
    statuses: Statuses
    nil: bool = False


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one child says of one cell: a number, the reason why there is none, or neither."""

    org_unit: str
    value: int | float | None
    status: str | None


@dataclass(frozen=True, slots=True)
class Sums:
    """The parent's document as the children make it.

    *partial* names the children that a cell lacks; *nil* says that all of them reported nothing.
    """

    answers: Mapping[str, object]
    statuses: Mapping[str, str]
    partial: Mapping[str, tuple[str, ...]]
    nil: bool


def source_form(form: Form) -> str | None:
    """The code of the form whose reports *form* consolidates; None when it consolidates none."""
    declared = form.settings.get("consolidates")
    if declared is True:
        return form.code
    return None if declared is None else str(declared)


def is_consolidated(form: Form, level: Level) -> bool:
    """Whether a unit of *level* owes *form* as a consolidated report."""
    source = source_form(form)
    if source is None or level not in _PARENTS:
        return False
    assigned = mapping(form.settings.get("assignedTo", {}))
    return source != form.code or str(level) not in strings(assigned.get("levels", ()))


def settled_states(workflow: Workflow, level: Level) -> frozenset[str]:
    """States of a child's report in which a parent of *level* takes it over: approved there."""
    found = {code for code, state in workflow.states.items() if state.final}
    for move in workflow.transitions:
        if move.event == "approve" and any(
            people.at in ("parent", str(level)) for people in move.people
        ):
            found.add(move.target)
    return frozenset(code for code in found if not workflow.states[code].editable)


def is_summed(form: Form, path: str) -> bool:
    """Whether what stands at *path* comes from the children and is not typed by the parent."""
    return _is_summed(place_of(form, path))


def consolidate(form: Form, sources: Sequence[Source]) -> Sums:
    """The sums of *sources* in the shape of *form*; without any there is nothing."""
    answers: dict[str, object] = {}
    statuses: dict[str, str] = {}
    partial: dict[str, tuple[str, ...]] = {}
    for key in form.shape.order:
        cell, block = form.shape.cells.get(key), form.shape.blocks.get(key)
        if cell is not None:
            place = Place(f"/{key}", None, None, None, cell)
            value = _cell(form, place, sources, statuses, partial)
            if value is not None:
                answers[key] = value
        elif block is not None and (held := _block(form, block, sources, statuses, partial)):
            answers[key] = held
    nil = bool(sources) and all(source.nil for source in sources)
    return Sums(answers, statuses, partial, nil)


def contributions(form: Form, sources: Sequence[Source], path: str) -> tuple[Contribution, ...]:
    """What each child gave to the cell at *path*."""
    place = place_of(form, path)
    return tuple(_given(source, place) for source in sources)


def corrections(form: Form, sums: Sums, answers: Answers, statuses: Statuses) -> tuple[Change, ...]:
    """The summed cells in which a report differs from its sums: sum, value, status."""
    changes = diff(form, sums.answers, sums.statuses, answers, statuses)
    return tuple(change for change in changes if is_summed(form, change.path))


def taken_over(
    form: Form, old: Sums, new: Sums, answers: Answers, statuses: Statuses
) -> tuple[dict[str, object], dict[str, str]]:
    """A report of *old* sums on *new* ones: corrections and the parent's own cells stay."""
    own = []
    for change in diff(form, old.answers, old.statuses, answers, statuses):
        place = place_of(form, change.path)
        own.append(replace(change, old=value_at(new.answers, place)))
    applied = apply_changes(form, new.answers, new.statuses, own)
    return applied.answers, applied.statuses


def _is_summed(place: Place) -> bool:
    block, cell = place.block, place.cell
    if block is not None:
        rule = block.schema.get(_KEYWORD)
        if block.kind is BlockKind.ROSTER:
            return rule == "list"
        if rule == "none":
            return False
        if cell is None:
            lines = [place.line] if place.line is not None else list(block.samples)
            return any(_adds_up(one) for line in lines for one in line.cells.values())
    return cell is not None and _adds_up(cell)


def _adds_up(cell: Cell) -> bool:
    if not cell.numeric or cell.calculate is not None or "enum" in cell.schema:
        return False
    usual = "none" if cell.schema.get("x-measure-unit") in _RATES else "sum"
    return cell.schema.get(_KEYWORD, usual) == "sum"


def _block(
    form: Form,
    block: Block,
    sources: Sequence[Source],
    statuses: dict[str, str],
    partial: dict[str, tuple[str, ...]],
) -> object:
    if block.kind is BlockKind.ROSTER:
        return _listed(block, sources) if block.schema.get(_KEYWORD) == "list" else None
    rows: dict[str, dict[str, object]] = {}
    present = {row for source in sources for row, _ in rows_of(block, source.answers)}
    for name, line in block.lines.items():
        # A row of a code list that no child has is written as "none arose" by the sealing.
        if block.kind is BlockKind.CODELIST and not _is_spoken_of(block, name, sources, present):
            continue
        values: dict[str, object] = {
            place.cell.key: value
            for place in _places(block, name, line)
            if place.cell is not None
            and (value := _cell(form, place, sources, statuses, partial)) is not None
        }
        if values:
            rows[name] = values
    return rows.get("") if block.kind is BlockKind.LINE else rows


def _is_spoken_of(block: Block, row: str, sources: Sequence[Source], present: set[str]) -> bool:
    path = row_path(block, row)
    return row in present or any(
        status != "none_arose" and (at == path or at.startswith(f"{path}/"))
        for source in sources
        for at, status in source.statuses.items()
    )


def _places(block: Block, row: str, line: Line) -> Iterator[Place]:
    path = row_path(block, row)
    for column, cell in line.cells.items():
        name = None if block.kind is BlockKind.LINE else row
        yield Place(f"{path}/{column}", block, name, line, cell)


def _listed(block: Block, sources: Sequence[Source]) -> list[dict[str, object]]:
    """The rows of all children behind one another, each under a name of its own."""
    found: list[dict[str, object]] = []
    for number, source in enumerate(sources):
        for name, row in rows_of(block, source.answers):
            fresh = f"c{number}-{name}"[:_LONGEST_ROW]
            found.append({**row, ROW_ID: fresh})
    return found


def _cell(
    form: Form,
    place: Place,
    sources: Sequence[Source],
    statuses: dict[str, str],
    partial: dict[str, tuple[str, ...]],
) -> int | float | None:
    if not _is_summed(place) or place.cell is None:
        return None
    given = [_given(source, place) for source in sources]
    lacking = tuple(one.org_unit for one in given if _lacks(one, place.cell))
    values = [one.value for one in given if one.value is not None]
    if values:
        if lacking:
            partial[place.path] = lacking
            statuses[place.path] = "estimated"
        return _sum(values)
    said = {one.status for one in given} - {None}
    if said:
        statuses[place.path] = _common(said)
    return None


def _lacks(one: Contribution, cell: Cell) -> bool:
    """Whether a number exists at the child that is not, or not surely, in the sum.

    A cell that is only asked of some kinds of units is simply not theirs when it is empty.
    """
    if one.status is None:
        return one.value is None and cell.relevant is None
    return one.status in ("not_available", "confidential", "estimated")


def _common(said: set[str | None]) -> str:
    """The reason why nobody has a number; a confidential one is not told as "not collected"."""
    for status in ("not_available", "confidential", "none_arose"):
        if status in said:
            return status
    return "not_applicable"


def _given(source: Source, place: Place) -> Contribution:
    if source.nil:
        return Contribution(source.org_unit, None, "none_arose")
    value = value_at(source.answers, place)
    number = value if isinstance(value, int | float) and not isinstance(value, bool) else None
    paths = (place.path, *place.above)
    status = next((source.statuses[path] for path in paths if path in source.statuses), None)
    return Contribution(source.org_unit, number, status)


def _sum(values: Sequence[int | float]) -> int | float:
    """Exact: 0.1 and 0.2 make 0.3."""
    if all(isinstance(value, int) for value in values):
        return sum(values)
    total = sum((Decimal(str(value)) for value in values), Decimal(0))
    return int(total) if total == total.to_integral_value() else float(total)


def refuse_summed(
    form: Form,
    before: tuple[Answers, Statuses],
    after: tuple[Answers, Statuses],
) -> None:
    """Raise ``CellsSummed`` when a cell that the children make would be typed by the parent."""
    paths = [change.path for change in diff(form, *before, *after) if is_summed(form, change.path)]
    if paths:
        errors = [{"path": path, "code": "cells-summed", "message": ""} for path in paths]
        raise CellsSummed(errors=errors)
