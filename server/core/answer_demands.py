"""Which cells must have a value and have none, and which have one that nobody asked for.

JSON Schema's ``required`` alone cannot tell: a reason satisfies it, a cell that is not asked
needs nothing, and a missing group of cells is named cell by cell.
"""

from collections.abc import Collection, Iterator, Mapping

from server.core.answer_engine import Demand, Engine
from server.core.answer_paths import Answers, Statuses, cells_of
from server.core.answer_schema import built_in
from server.core.calculation import Calculator
from server.core.finding import Finding
from server.core.form import Form
from server.core.shape import Block, BlockKind, Cell
from server.core.values_view import RowView


def empty_cells(
    form: Form,
    answers: Answers,
    statuses: Statuses,
    calculator: Calculator,
    engine: Engine,
    *,
    lapsed: Mapping[str, Collection[str]],
) -> Iterator[Finding]:
    """``schema.required`` and ``schema.x-required-when``, in the order of the form.

    Lines that are none in the period (*lapsed*, by block) need nothing, whatever they hold.
    """
    for key in form.shape.order:
        cell, block = form.shape.cells.get(key), form.shape.blocks.get(key)
        if cell is not None:
            filled = answers.get(key) is not None or f"/{key}" in statuses
            if not filled and f"/{key}" not in calculator.off:
                yield from _root_cell(cell, engine.document, calculator)
        elif block is not None and block.path not in calculator.off and block.path not in statuses:
            yield from _block(
                block, answers, statuses, calculator, engine=engine, lapsed=lapsed.get(key, ())
            )


def unasked_values(form: Form, answers: Answers, off: set[str]) -> Iterator[Finding]:
    """Values in cells that the unit is not asked for."""
    if not off:
        return
    for path, _ in cells_of(form, answers):
        if path in off:
            yield built_in("x-relevant", path, None)


def _root_cell(cell: Cell, demand: Demand, calculator: Calculator) -> Iterator[Finding]:
    if cell.required:
        yield built_in("required", f"/{cell.key}", cell)
        return
    for asked, rule in demand.when:
        if asked is cell and calculator.result(rule) is True:
            yield built_in("x-required-when", f"/{cell.key}", cell)


def _block(
    block: Block,
    answers: Answers,
    statuses: Statuses,
    calculator: Calculator,
    *,
    engine: Engine,
    lapsed: Collection[str],
) -> Iterator[Finding]:
    rows = calculator.view.rows[block.key]
    held = answers.get(block.key)
    if block.kind in (BlockKind.CODELIST, BlockKind.ROSTER):
        spoken = any(path.startswith(f"{block.path}/") for path in statuses)
        if block.required and held is None and not spoken:
            yield built_in("required", block.path, None)
    held_rows = held if isinstance(held, Mapping) else {}
    for row in rows:
        if row.held is None or row.key in lapsed:
            continue
        asked = _is_there(block, row, held_rows, block.key in answers)
        demand = engine.demand(block, row.line)
        yield from _empty_of(row, statuses, calculator, block, demand=demand, asked=asked)


def _is_there(block: Block, row: RowView, held: Mapping[str, object], block_held: bool) -> bool:
    """Whether JSON Schema would look at the required cells of this line, were it empty."""
    if block.kind is BlockKind.FIXED:
        there = block_held or block.required
        return there and (row.key in held or row.key in block.required_lines)
    if block.kind is BlockKind.LINE:
        return block_held or block.required
    return True


def _empty_of(
    row: RowView,
    statuses: Statuses,
    calculator: Calculator,
    block: Block,
    *,
    demand: Demand,
    asked: bool,
) -> Iterator[Finding]:
    if statuses and row.path in statuses:
        return
    held = row.held or {}
    for cell in demand.required if asked else ():
        if held.get(cell.key) is None:
            path = row.pointer(cell.key)
            if path not in statuses and path not in calculator.off:
                yield built_in("required", path, cell)
    for cell, rule in demand.when:
        if held.get(cell.key) is None and not (asked and cell.required):
            path = row.pointer(cell.key)
            if path in statuses or path in calculator.off:
                continue
            if calculator.result(rule, block, row) is True:
                yield built_in("x-required-when", path, cell)
