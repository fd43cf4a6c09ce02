"""What a definition's rules may look at outside their own document, and which rules may.

An error must hold on what the person who fills the form can see and mend: its own document and the
period before. Last year's and other forms' figures may only warn or inform.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from server.core.definition_catalogue import Installed
from server.core.definition_expressions import uses_of
from server.core.expressions import Expression
from server.core.form import Form
from server.core.json_text import tokens
from server.core.refusal import Refusals
from server.core.shape import BlockKind, Shape, mapping, sequence

_MILD: Final = frozenset({"warning", "info"})


def refuse_elsewhere(
    refusals: Refusals, source: Mapping[str, object], form: Form, installed: Installed
) -> None:
    """Refuse ``lastYear`` and ``other`` where they may not stand, and unknown forms and figures."""
    checks = sequence(source.get("x-checks", ()))
    severities = {
        f"/x-checks/{place}/rule": mapping(check)["severity"] for place, check in enumerate(checks)
    }
    seen: set[tuple[str, str]] = set()
    for use in uses_of(source, form.shape):
        for name in _elsewhere(use.expression):
            if severities.get(use.path) not in _MILD and (use.path, name) not in seen:
                message = f"{name} may only stand in a rule that warns or informs"
                refusals.add(use.path, "rests-elsewhere", message, name=name)
            seen.add((use.path, name))
        for code, path in use.expression.others:
            name = f'other("{code}", "{path}")'
            if (use.path, path) in seen:
                continue
            seen.add((use.path, path))
            if code == form.code:
                message = f"{name} names this form itself"
                refusals.add(use.path, "other-is-self", message, form=code)
            elif code not in installed.forms:
                message = f"there is no form {code!r}"
                refusals.add(use.path, "unknown-form", message, form=code)
            elif not _may_have_number(installed.shape_of(code), path):
                message = f"the form {code} has no single number at {path}"
                refusals.add(use.path, "expression-unknown", message, name=name)


def _elsewhere(expression: Expression) -> Iterator[str]:
    yield from (f'lastYear("{path}")' for path in expression.last_year)
    yield from (f'other("{code}", "{path}")' for code, path in expression.others)


def _may_have_number(shape: Shape | None, path: str) -> bool:
    """Whether one cell with a number stands there; lines of a roster have no lasting name."""
    try:
        parts = tokens(path)
    except ValueError:
        return False
    if shape is None:
        return True
    if len(parts) == 1:
        return parts[0] in shape.cells and shape.cells[parts[0]].numeric
    block = shape.blocks.get(parts[0])
    if block is None or block.kind is BlockKind.ROSTER:
        return False
    row, columns = ("", parts[1:]) if block.kind is BlockKind.LINE else (parts[1], parts[2:])
    line = block.lines.get(row)
    cell = line.cells.get(columns[0]) if line is not None and len(columns) == 1 else None
    return cell is not None and cell.numeric
