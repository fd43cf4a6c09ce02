"""The structure of a definition beyond its meta-schema: keys, limits, patterns, references."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from server.core.definition_source import line_source, lines_of, references, root_cells
from server.core.definition_text import pattern_fault
from server.core.form import after
from server.core.refusal import Refusals
from server.core.shape import (
    NUMERIC,
    Block,
    BlockKind,
    Cell,
    Shape,
    decimals_of,
    mapping,
    sequence,
    strings,
)

_DEFS: Final = "#/$defs/"
_EXACT: Final = 2**53
_MOST_DIGITS: Final = 15
_ANY_DAY: Final = date(2024, 12, 31)
_LIMITS: Final = (("minimum", "maximum"), ("minLength", "maxLength"), ("minItems", "maxItems"))


def refuse_references(refusals: Refusals, source: Mapping[str, object]) -> None:
    """Every ``$ref`` must lead to a ``$defs`` entry of this file."""
    known = mapping(source.get("$defs", {}))
    for path, reference in references(source):
        if not reference.startswith(_DEFS) or reference.removeprefix(_DEFS) not in known:
            message = f"$ref {reference!r} leads to nothing in this file"
            refusals.add(path, "unknown-reference", message, reference=reference)


def refuse_structure(refusals: Refusals, source: Mapping[str, object]) -> None:
    """What one declaration says against itself; references must have been checked before."""
    lines = list(lines_of(source))
    inline = {line.path for line in lines}
    for path, _, declared in root_cells(source):
        _refuse_cell(refusals, path, declared)
    for line in lines:
        for path, _, declared in line.cells:
            _refuse_cell(refusals, path, declared)
        _refuse_required(refusals, line.path, line.schema)
    for key, root in mapping(source["properties"]).items():
        held = mapping(root)
        _refuse_limits(refusals, f"/properties/{key}", held)
        if "properties" in held and f"/properties/{key}" not in inline:
            _refuse_names(refusals, f"/properties/{key}", held)
    _refuse_names(refusals, "", source)
    _refuse_durations(refusals, mapping(source["x-form"]))
    _refuse_duplicates(refusals, source, "x-checks", "code")
    _refuse_duplicates(refusals, source, "x-tests", "name")
    _refuse_duplicates(refusals, mapping(source["x-layout"]), "sections", "key", "/x-layout")


def refuse_calculated_requirements(
    refusals: Refusals, source: Mapping[str, object], shape: Shape
) -> None:
    """Nobody can be asked to fill what is calculated: a cell, or a whole block of such cells."""
    for place, key in enumerate(strings(source.get("required", ()))):
        cell, block = shape.cells.get(key), shape.blocks.get(key)
        calculated = cell is not None and cell.calculate is not None
        if block is not None:
            calculated = not any(line.typed for line in block.samples)
        if calculated:
            message = f"{key!r} is calculated and cannot be required"
            refusals.add(f"/required/{place}", "required-is-calculated", message, key=key)


def refuse_sizes(refusals: Refusals, source: Mapping[str, object], shape: Shape) -> None:
    """Sums of a column must stay exact in a double: digits times lines below 2^53."""
    for key, cell in shape.cells.items():
        _refuse_size(refusals, f"/properties/{key}", cell, 1)
    for block in shape.blocks.values():
        for line in block.samples:
            path = line_source(source, block, line.key).path
            for column, cell in line.cells.items():
                _refuse_size(refusals, f"{path}/properties/{column}", cell, _count(block))


def _count(block: Block) -> int:
    if block.kind is BlockKind.ROSTER:
        return int(str(block.schema["maxItems"]))
    return len(block.lines)


def _refuse_size(refusals: Refusals, path: str, cell: Cell, rows: int) -> None:
    if cell.calculate is not None or cell.decimals is None:
        return
    highest = 10**_MOST_DIGITS - 1
    if "enum" in cell.schema:
        bounds = [abs(_number(value)) for value in sequence(cell.schema["enum"])]
    else:
        unbounded = highest / 10**cell.decimals
        bounds = [
            abs(_number(cell.schema.get("minimum", -unbounded))),
            abs(_number(cell.schema.get("maximum", unbounded))),
        ]
    if max(bounds) * 10**cell.decimals * rows >= _EXACT:
        message = f"{rows} rows of values this large could pass 2^53: set minimum and maximum"
        refusals.add(path, "too-many-digits", message, rows=rows)


def _refuse_cell(refusals: Refusals, path: str, declared: Mapping[str, object]) -> None:
    _refuse_limits(refusals, path, declared)
    if "pattern" in declared:
        fault = pattern_fault(str(declared["pattern"]))
        if fault is not None:
            refusals.add(f"{path}/pattern", "unsafe-pattern", f"pattern: {fault}", reason=fault)
    if "x-calculate" in declared and "x-required-when" in declared:
        message = "a calculated cell cannot be required"
        refusals.add(f"{path}/x-required-when", "required-is-calculated", message)
    if "enum" in declared:
        _refuse_labels(refusals, path, declared)
    elif declared["type"] == "boolean":
        for value in mapping(declared.get("x-labels", {})):
            if value not in ("true", "false"):
                message = f"label for {value!r}, which is no value of the cell"
                refusals.add(f"{path}/x-labels/{value}", "unknown-label", message, value=value)


def _refuse_labels(refusals: Refusals, path: str, declared: Mapping[str, object]) -> None:
    values = [str(value) for value in sequence(declared["enum"])]
    labels = mapping(declared.get("x-labels", {}))
    for place, value in enumerate(values):
        if labels and value not in labels:
            message = f"value {value!r} has no label"
            refusals.add(f"{path}/enum/{place}", "label-missing", message, value=value)
    for value in labels:
        if value not in values:
            message = f"label for {value!r}, which is no value of the cell"
            refusals.add(f"{path}/x-labels/{value}", "unknown-label", message, value=value)
    if declared["type"] in NUMERIC:
        decimals = decimals_of(declared) or 0
        for place, number in enumerate(sequence(declared["enum"])):
            if round(_number(number), decimals) != number:
                message = f"{number} has more decimals than the cell"
                refusals.add(f"{path}/enum/{place}", "wrong-value", message)


def _refuse_limits(refusals: Refusals, path: str, declared: Mapping[str, object]) -> None:
    for low, high in _LIMITS:
        least, most = declared.get(low), declared.get(high)
        if isinstance(least, int | float) and isinstance(most, int | float) and least > most:
            message = f"{low} {least} is above {high} {most}"
            refusals.add(f"{path}/{low}", "limits-crossed", message, least=least, most=most)


def _refuse_required(refusals: Refusals, path: str, schema: Mapping[str, object]) -> None:
    properties = mapping(schema["properties"])
    for place, key in enumerate(strings(schema.get("required", ()))):
        if key not in properties:
            message = f"required names {key!r}, which is no property"
            refusals.add(f"{path}/required/{place}", "required-unknown", message, key=key)
        elif "x-calculate" in mapping(properties[key]):
            message = f"{key!r} is calculated and cannot be required"
            refusals.add(f"{path}/required/{place}", "required-is-calculated", message, key=key)


def _refuse_names(refusals: Refusals, path: str, schema: Mapping[str, object]) -> None:
    properties = mapping(schema["properties"])
    for place, key in enumerate(strings(schema.get("required", ()))):
        if key not in properties:
            message = f"required names {key!r}, which is no property"
            refusals.add(f"{path}/required/{place}", "required-unknown", message, key=key)


def _refuse_durations(refusals: Refusals, settings: Mapping[str, object]) -> None:
    for keyword in ("due", "closes", "grace"):
        declared = settings.get(keyword)
        found = (
            {f"/x-form/{keyword}/{level}": text for level, text in declared.items()}
            if isinstance(declared, Mapping)
            else {f"/x-form/{keyword}": declared}
        )
        for path, text in found.items():
            try:
                if text is not None:
                    after(_ANY_DAY, str(text))
            except (ValueError, OverflowError):
                message = f"{text!r} is no duration such as P15D or -P1M"
                refusals.add(path, "wrong-duration", message, duration=str(text))


def _refuse_duplicates(
    refusals: Refusals, holder: Mapping[str, object], keyword: str, name: str, path: str = ""
) -> None:
    seen: set[str] = set()
    for place, entry in enumerate(sequence(holder.get(keyword, ()))):
        value = str(mapping(entry)[name])
        if value in seen:
            message = f"{name} {value!r} stands twice in {keyword}"
            where = f"{path}/{keyword}/{place}/{name}"
            refusals.add(where, f"duplicate-{name}", message, item=value)
        seen.add(value)


def _number(value: object) -> float | int:
    return value if isinstance(value, int | float) else 0
