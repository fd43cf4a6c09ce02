"""What is compiled once per form to judge its answers, kept as long as the form is in use."""

from collections.abc import Iterable
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import jsonschema_rs

from server.core.answer_schema import validator_of
from server.core.calculation import Rule, Step, plan_of
from server.core.form import Form
from server.core.form_checks import CompiledCheck, compiled_checks
from server.core.form_scope import Scope
from server.core.outlier import Outliers, outliers_of
from server.core.shape import Block, BlockKind, Cell, Line


@dataclass(frozen=True, slots=True)
class Demand:
    """The cells of one line (or of the document) that may have to be filled."""

    required: tuple[Cell, ...]
    when: tuple[tuple[Cell, Rule], ...]


@dataclass(frozen=True, slots=True)
class Engine:
    """A form's validator, order of calculation, rules and demands, and what else it looks at."""

    validator: jsonschema_rs.Draft202012Validator
    steps: tuple[Step, ...]
    checks: tuple[CompiledCheck, ...]
    document: Demand
    lines: dict[tuple[str, str], Demand]  # by block and line; lines that are alike under ""
    uses_previous: bool
    uses_last_year: bool
    other_forms: tuple[str, ...]
    outliers: Outliers | None

    def demand(self, block: Block, line: Line) -> Demand:
        return self.lines[block.key, line.key if block.kind is BlockKind.FIXED else ""]


_ENGINES: "WeakKeyDictionary[Form, Engine]" = WeakKeyDictionary()


def engine_of(form: Form) -> Engine:
    """The engine of *form*, compiled at its first use."""
    engine = _ENGINES.get(form)
    if engine is None:
        engine = _ENGINES[form] = _compiled(form)
    return engine


def _compiled(form: Form) -> Engine:
    shape = form.shape
    steps = plan_of(shape)
    checks = compiled_checks(form.document, shape)
    document = _demand(shape.cells.values(), Scope(shape))
    lines = {}
    for block in shape.blocks.values():
        for line in block.samples:
            key = line.key if block.kind is BlockKind.FIXED else ""
            lines[block.key, key] = _demand(line.cells.values(), Scope(shape, block, line))
    rules = [rule for step in steps for rule in (step.relevant, step.calculate) if rule]
    rules.extend(check.rule for check in checks)
    rules.extend(rule for demand in (document, *lines.values()) for _, rule in demand.when)
    return Engine(
        validator=validator_of(form.document),
        steps=steps,
        checks=checks,
        document=document,
        lines=lines,
        uses_previous=any(rule.expression.previous for rule in rules),
        uses_last_year=any(rule.expression.last_year for rule in rules),
        other_forms=tuple(sorted({form for rule in rules for form, _ in rule.expression.others})),
        outliers=outliers_of(form.settings),
    )


def _demand(cells: Iterable[Cell], scope: Scope) -> Demand:
    cells = [cell for cell in cells if cell.calculate is None]
    return Demand(
        required=tuple(cell for cell in cells if cell.required),
        when=tuple(
            (cell, Rule.of(cell.required_when, scope)) for cell in cells if cell.required_when
        ),
    )
