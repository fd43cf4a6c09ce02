"""The expressions of a definition: they can be read, mean something, end, and give what is asked.

Names and paths are looked up in the form's shape; types are found out by evaluating everything
once on a form that is filled everywhere.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from server.core.answer_paths import Answers, PathUnknown, Statuses, place_of
from server.core.calculation import CalculationCycle, Calculator, Rule, plan_of
from server.core.definition_source import line_source, lines_of, root_cells, source_path
from server.core.expressions import Expression, ExpressionInvalid, parse
from server.core.form import Form
from server.core.form_checks import each_scope
from server.core.form_scope import Scope
from server.core.json_text import tokens
from server.core.refusal import Refusals
from server.core.shape import ROW_ID, BlockKind, Cell, Line, Shape, mapping, sequence, strings
from server.core.values_view import view_of

_KEYWORDS: Final = ("x-calculate", "x-relevant", "x-required-when")
_PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")
_SIDES: Final = frozenset({"left", "right", "difference"})
_UNIT: Final = {"code": "00000", "level": "commune", "kind": "xa"}
_PERIOD: Final = {"id": "2024", "type": "year", "year": 2024}


@dataclass(frozen=True, slots=True)
class Use:
    """An expression of the definition: where it stands, its scope, what it must give."""

    path: str
    expression: Expression
    scope: Scope
    expected: type | None


def refuse_unreadable(refusals: Refusals, source: Mapping[str, object]) -> None:
    """Refuse texts that are no expressions; only when all can be read is the form's shape known."""
    for path, text in _texts(source):
        try:
            parse(text)
        except ExpressionInvalid as fault:
            message = f"expression, character {fault.column}: {fault.reason}"
            refusals.add(
                path, "expression-invalid", message, reason=fault.reason, character=fault.column
            )


def refuse_each(refusals: Refusals, source: Mapping[str, object], shape: Shape) -> None:
    """``each`` of a rule must name a grid or roster."""
    for place, check in enumerate(sequence(source.get("x-checks", ()))):
        each = mapping(check).get("each")
        parts = () if each is None else tokens(str(each))
        block = shape.blocks.get(parts[0]) if len(parts) == 1 else None
        if each is not None and (block is None or block.kind is BlockKind.LINE):
            message = f"each: {each!r} is no grid or roster of the form"
            refusals.add(f"/x-checks/{place}/each", "each-unknown", message, each=str(each))


def refuse_meanings(refusals: Refusals, source: Mapping[str, object], form: Form) -> None:
    """Refuse unknown names and paths, cycles, wrong results, and wrong words about rules."""
    uses = list(uses_of(source, form.shape))
    for use in uses:
        for name in use.scope.unknown(use.expression):
            message = f"the expression uses {name}, which the form does not have here"
            refusals.add(use.path, "expression-unknown", message, name=name)
    for place, check in enumerate(sequence(source.get("x-checks", ()))):
        _refuse_check(refusals, f"/x-checks/{place}", mapping(check), form)
    try:
        plan_of(form.shape)
    except CalculationCycle as cycle:
        paths = [source_path(source, form.shape.blocks, node) for node in cycle.nodes]
        names = [".".join(part for part in node if part) for node in cycle.nodes]
        message = f"calculated values wait for each other: {' <- '.join(names)}"
        refusals.add(_calculating(source, paths[0]), "calculation-cycle", message, cells=names)
        return
    if not refusals:
        _refuse_results(refusals, uses, form)


def _calculating(source: Mapping[str, object], path: str) -> str:
    """The path of the expression of a cell that takes part in a cycle."""
    declared: object = source
    for token in tokens(path):
        declared = mapping(declared)[token]
    keyword = next((found for found in _KEYWORDS if found in mapping(declared)), None)
    return path if keyword is None else f"{path}/{keyword}"


def _texts(source: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for path, _, declared in [
        *root_cells(source),
        *(cell for line in lines_of(source) for cell in line.cells),
    ]:
        for keyword in _KEYWORDS:
            if keyword in declared:
                yield f"{path}/{keyword}", str(declared[keyword])
    for key, root in mapping(source["properties"]).items():
        held = mapping(root)
        if "x-relevant" in held:
            yield f"/properties/{key}/x-relevant", str(held["x-relevant"])
    for place, check in enumerate(sequence(source.get("x-checks", ()))):
        yield f"/x-checks/{place}/rule", str(mapping(check)["rule"])


def uses_of(source: Mapping[str, object], shape: Shape) -> Iterator[Use]:
    """Every expression of the definition, in the order of the form; the rules come last."""
    document = Scope(shape)
    for key, cell in shape.cells.items():
        yield from _cell_uses(f"/properties/{key}", cell, document)
    for key, block in shape.blocks.items():
        if block.relevant is not None:
            yield Use(f"/properties/{key}/x-relevant", block.relevant, document, bool)
        for line in block.samples:
            path = line_source(source, block, line.key).path
            scope = Scope(shape, block, line)
            for column, cell in line.cells.items():
                yield from _cell_uses(f"{path}/properties/{column}", cell, scope)
    for place, check in enumerate(sequence(source.get("x-checks", ()))):
        for scope in _check_scopes(mapping(check), shape):
            rule = parse(str(mapping(check)["rule"]))
            yield Use(f"/x-checks/{place}/rule", rule, scope, bool)


def _check_scopes(check: Mapping[str, object], shape: Shape) -> Iterator[Scope]:
    scope = each_scope(check, shape)
    if scope.block is None:
        yield scope
    else:
        yield from (Scope(shape, scope.block, line) for line in scope.block.samples)


def _cell_uses(path: str, cell: Cell, scope: Scope) -> Iterator[Use]:
    if cell.calculate is not None:
        expected = float if cell.numeric else bool if cell.type == "boolean" else str
        yield Use(f"{path}/x-calculate", cell.calculate, scope, expected)
    if cell.relevant is not None:
        yield Use(f"{path}/x-relevant", cell.relevant, scope, bool)
    if cell.required_when is not None:
        yield Use(f"{path}/x-required-when", cell.required_when, scope, bool)


def _refuse_check(refusals: Refusals, path: str, check: Mapping[str, object], form: Form) -> None:
    scope = each_scope(check, form.shape)
    for place, marked in enumerate(strings(check.get("paths", ()))):
        if not _is_marked(marked, scope, form):
            message = f"paths: the form has no cell {marked!r} here"
            refusals.add(f"{path}/paths/{place}", "path-unknown", message, marked=marked)
    known = {"row"} if scope.block is not None else set()
    if parse(str(check["rule"])).comparison is not None:
        known |= _SIDES
    english = mapping(mapping(check.get("i18n", {})).get("en", {}))
    texts = {
        f"{path}{within}/{key}": held[key]
        for within, held in (("", check), ("/i18n/en", english))
        for key in ("message", "explain", "fix")
        if key in held
    }
    for where, text in texts.items():
        for name in _PLACEHOLDER.findall(str(text)):
            if name not in known:
                message = f"the message uses {{{name}}}, which this rule does not have"
                refusals.add(where, "unknown-placeholder", message, name=name)


def _is_marked(path: str, scope: Scope, form: Form) -> bool:
    if not path.startswith("/"):
        return scope.block is not None and any(path in line.cells for line in scope.block.samples)
    try:
        place_of(form, path)
    except PathUnknown:
        return False
    return True


def _refuse_results(refusals: Refusals, uses: list[Use], form: Form) -> None:
    """Evaluate everything on a filled form: a wrong type there is wrong on every form."""
    answers = _filled(form.shape)
    before = view_of(form.shape, answers, {}, with_calculated=True)
    calculator = Calculator(
        view_of(form.shape, answers, {}),
        before,
        _UNIT,
        _PERIOD,
        last_year=before,
        others=_filled_others(uses),
    )
    calculator.run(plan_of(form.shape))
    for use in uses:
        block, row = use.scope.block, None
        if block is not None:
            rows = calculator.view.rows[block.key]
            row = next(
                (found for found in rows if found.line is use.scope.line or block.item), rows[0]
            )
        rule = Rule.of(use.expression, use.scope)
        reason = calculator.why_not(rule, block, row)
        result = calculator.result(rule, block, row)
        if reason == "wrong-type" or (
            reason is None
            and result is not None
            and use.expected is not None
            and not isinstance(result, use.expected)
        ):
            message = f"the expression gives no {_NAMES[use.expected or bool]}"
            refusals.add(use.path, "expression-wrong-type", message)


def _filled_others(uses: list[Use]) -> dict[str, tuple[Answers, Statuses]]:
    """Reports of other forms with a number wherever the expressions look."""
    found: dict[str, dict[str, object]] = {}
    for code, path in (other for use in uses for other in use.expression.others):
        found[code] = _with_number(found.get(code, {}), tokens(path))
    return {code: (answers, {}) for code, answers in found.items()}


def _with_number(answers: Mapping[str, object], parts: tuple[str, ...]) -> dict[str, object]:
    held = answers.get(parts[0])
    inner = held if isinstance(held, Mapping) else {}
    value: object = 1 if len(parts) == 1 else _with_number(inner, parts[1:])
    return {**answers, parts[0]: value}


_NAMES: Final[Mapping[type, str]] = {float: "number", bool: "truth", str: "text"}


def _filled(shape: Shape) -> dict[str, object]:
    answers: dict[str, object] = {key: _sample(cell) for key, cell in shape.cells.items()}
    for key, block in shape.blocks.items():
        if block.item is not None:
            answers[key] = [{ROW_ID: name, **_filled_line(block.item)} for name in ("a", "b")]
        elif block.kind is BlockKind.LINE:
            answers[key] = _filled_line(block.lines[""])
        else:
            answers[key] = {row: _filled_line(line) for row, line in block.lines.items()}
    return answers


def _filled_line(line: Line) -> dict[str, object]:
    return {key: _sample(cell) for key, cell in line.cells.items()}


def _sample(cell: Cell) -> object:
    if "enum" in cell.schema:
        return sequence(cell.schema["enum"])[0]
    if cell.numeric:
        return cell.schema.get("maximum", 1)
    if cell.type == "boolean":
        return True
    return "2024-12-31" if cell.schema.get("format") == "date" else "a"
