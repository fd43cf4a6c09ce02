"""What follows from the answers: which cells are asked, and the calculated values.

The order is fixed once per form, each cell after those it reads, and holds relevance and
calculation together, because either may rest on the other.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from server.core.answer_paths import Answers, Statuses
from server.core.expression_values import rounded
from server.core.expressions import Expression, evaluate, why_not_evaluable
from server.core.form_scope import Node, Scope, node_of
from server.core.past import Past, nothing_before, reader_of_others
from server.core.shape import ROW_ID, Block, BlockKind, Cell, Shape
from server.core.values_view import RowView, View


class CalculationCycle(Exception):
    """Cells that wait for each other; ``nodes`` in the order of their waiting."""

    def __init__(self, nodes: tuple[Node, ...]) -> None:
        super().__init__(nodes)
        self.nodes = nodes


@dataclass(frozen=True, slots=True)
class Rule:
    """An expression in its scope. ``outer`` are the names it reads beside those of its own line;
    ``elsewhere`` is whether it reads earlier reports or other forms.
    """

    expression: Expression
    outer: tuple[str, ...]
    per_row: bool
    elsewhere: bool

    @classmethod
    def of(cls, expression: Expression, scope: Scope) -> "Rule":
        own = scope.line.cells if scope.line is not None else {}
        earlier = (*expression.previous, *expression.last_year)
        relative = any(not path.startswith("/") for path in earlier)
        return cls(
            expression=expression,
            outer=tuple(sorted(expression.names - own.keys())),
            per_row=relative or "row" in expression.names or bool(expression.names & own.keys()),
            elsewhere=bool(earlier or expression.others),
        )


@dataclass(frozen=True, slots=True)
class Step:
    """What has to be found out about one cell, or (without a cell) about a block as a whole."""

    block: Block | None
    row: str | None  # the line of fixed rows; None when all lines are alike
    cell: Cell | None
    relevant: Rule | None
    calculate: Rule | None


def plan_of(shape: Shape) -> tuple[Step, ...]:
    """The steps, each behind those it reads; ``CalculationCycle`` if there is no such order."""
    steps: dict[Node, Step] = {}
    reads: dict[Node, set[Node]] = {}
    for node, step, scope in _steps(shape):
        steps[node] = step
        reads[node] = {
            read
            for rule in (step.relevant, step.calculate)
            if rule is not None
            for read in scope.reads(rule.expression)
        }
    # A cell of a block that may not be asked waits for the block; so does who reads the cell.
    for node, waits in reads.items():
        waits.update([(key, "", "") for key, _, _ in [node, *waits] if key and node[2]])
        if not node[2]:
            waits.update([(key, "", "") for key, _, _ in waits if key and key != node[0]])
    try:
        order = TopologicalSorter(
            {node: sorted(waits & steps.keys() - _itself(node)) for node, waits in reads.items()}
        )
        return tuple(steps[node] for node in order.static_order())
    except CycleError as error:
        raise CalculationCycle(tuple(error.args[1])) from None


def _itself(node: Node) -> set[Node]:
    """A block as a whole never waits for itself; a cell that reads itself is a cycle."""
    return {node} if not node[2] else set()


def _steps(shape: Shape) -> Iterator[tuple[Node, Step, Scope]]:
    document = Scope(shape)
    for key, cell in shape.cells.items():
        if cell.calculate is not None or cell.relevant is not None:
            yield ("", "", key), _step(document, None, cell), document
    for key, block in shape.blocks.items():
        if block.relevant is not None:
            rule = Rule.of(block.relevant, document)
            yield (key, "", ""), Step(block, None, None, rule, None), document
        for line in block.samples:
            scope = Scope(shape, block, line)
            row = line.key if block.kind is BlockKind.FIXED else None
            for column, cell in line.cells.items():
                if cell.calculate is not None or cell.relevant is not None:
                    yield node_of(block, line, column), _step(scope, row, cell), scope


def _step(scope: Scope, row: str | None, cell: Cell) -> Step:
    return Step(
        block=scope.block,
        row=row,
        cell=cell,
        relevant=None if cell.relevant is None else Rule.of(cell.relevant, scope),
        calculate=None if cell.calculate is None else Rule.of(cell.calculate, scope),
    )


class Calculator:
    """One judgement's work on one view. ``off`` are the pointers of cells that are not asked."""

    def __init__(
        self,
        view: View,
        previous: View | None,
        unit: Mapping[str, object],
        period: Mapping[str, object],
        *,
        last_year: View | None = None,
        others: Mapping[str, tuple[Answers, Statuses]] | None = None,
    ) -> None:
        self.view = view
        self.names = view.values
        self.names["unit"] = unit
        self.names["period"] = period
        self.off: set[str] = set()
        self.computed: dict[str, object] = {}
        self._blocks_off: set[str] = set()
        self._previous = None if previous is None else Past(previous)
        self._last_year = None if last_year is None else Past(last_year)
        self._other = reader_of_others(others or {})

    def run(self, steps: tuple[Step, ...]) -> None:
        for step in steps:
            if step.block is None:
                self._root(step)
            elif step.cell is None:
                self._block(step, step.block)
            else:
                self._lines(step, step.block, step.cell)

    def result(self, rule: Rule, block: Block | None = None, row: RowView | None = None) -> object:
        """What the rule says, on a line when one is given."""
        expression, values = rule.expression, self._values(rule, row)
        if not rule.elsewhere:  # most rules, for hundreds of lines
            return evaluate(expression, values, nothing_before)
        before = _reader(self._previous, expression.previous, block, row)
        last_year = _reader(self._last_year, expression.last_year, block, row)
        return evaluate(expression, values, before, last_year, self._other)

    def why_not(self, rule: Rule, block: Block | None, row: RowView | None) -> str | None:
        """Why the rule has no result, None when it has one."""
        expression = rule.expression
        before = _reader(self._previous, expression.previous, block, row)
        last_year = _reader(self._last_year, expression.last_year, block, row)
        values = self._values(rule, row)
        return why_not_evaluable(expression, values, before, last_year, self._other)

    def _values(self, rule: Rule, row: RowView | None) -> Mapping[str, object]:
        """The names as the rule sees them."""
        if row is None:
            return self.names
        if not rule.outer:
            return row.values
        values = {name: self.names.get(name) for name in rule.outer}
        values["row"] = row.key
        values.update(row.values)
        return values

    def document(self) -> dict[str, object]:
        """The calculated values in the shape of the answers."""
        found = dict(self.computed)
        for key, rows in self.view.rows.items():
            if not any(row.computed for row in rows):
                continue
            if rows[0].line.path == "":
                found[key] = [{ROW_ID: row.key, **row.computed} for row in rows]
            elif rows[0].key == "":
                found[key] = rows[0].computed
            else:
                found[key] = {row.key: row.computed for row in rows if row.computed}
        return found

    def has_past(self, rule: Rule, block: Block, key: str) -> bool:
        """Whether a line of an earlier report that the rule reads held anything."""
        expression = rule.expression
        for past, read in (
            (self._previous, expression.previous),
            (self._last_year, expression.last_year),
        ):
            row = past.row(block, key) if past is not None and read else None
            if row is not None and row.held is not None:
                return True
        return False

    def _root(self, step: Step) -> None:
        assert step.cell is not None
        key = step.cell.key
        if step.relevant is not None and self.result(step.relevant) is False:
            self.off.add(f"/{key}")
            self.names[key] = None
        elif step.calculate is not None:
            value = _settled(self.result(step.calculate), step.cell)
            if value is not None:
                self.computed[key] = value
            self.names[key] = _seen(value)

    def _block(self, step: Step, block: Block) -> None:
        assert step.relevant is not None
        if self.result(step.relevant) is not False:
            return
        self._blocks_off.add(block.key)
        self.off.add(block.path)
        for row in self.view.rows[block.key]:
            for column in row.line.cells:
                self.off.add(row.pointer(column))
                row.values[column] = None

    def _lines(self, step: Step, block: Block, cell: Cell) -> None:
        if block.key in self._blocks_off:
            return
        rows = self.view.rows[block.key]
        if step.row is not None:
            rows = [row for row in rows if row.key == step.row]
        relevant, calculate = step.relevant, step.calculate
        if relevant is not None and not relevant.per_row:
            line = rows[0] if rows else None
            if line is not None and self.result(relevant, block, line) is False:
                for row in rows:
                    self._not_asked(row, cell)
                return
            relevant = None
        for row in rows:
            if row.held is None:
                continue
            if relevant is not None and self.result(relevant, block, row) is False:
                self._not_asked(row, cell)
            elif calculate is not None:
                value = _settled(self.result(calculate, block, row), cell)
                if value is not None:
                    row.computed[cell.key] = value
                row.values[cell.key] = _seen(value)

    def _not_asked(self, row: RowView, cell: Cell) -> None:
        self.off.add(row.pointer(cell.key))
        if row.held is not None:
            row.values[cell.key] = None


def _reader(
    past: Past | None, wanted: tuple[str, ...], block: Block | None, row: RowView | None
) -> Callable[[str], object]:
    return past.reader(block, row) if wanted and past is not None else nothing_before


def _settled(value: object, cell: Cell) -> object:
    """The result as it is kept: rounded half up to the cell's decimals; None for no value."""
    if cell.decimals is None:
        expected = bool if cell.type == "boolean" else str
        return value if isinstance(value, expected) else None
    if not isinstance(value, float):
        return None
    number = value if value.is_integer() else rounded(value, float(cell.decimals))
    return int(number) if number.is_integer() else number


def _seen(value: object) -> object:
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value
