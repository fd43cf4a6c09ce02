"""What a definition may do but hardly means: warnings beside the warnings, none of which blocks.

Only a definition that passes the checks is looked at. A warning has the form of a refusal; its
code begins with ``lint-``. What would be said of nearly every cell is said once, for the form.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Final

from server.core.definition import read_definition
from server.core.definition_source import LineSource, lines_of, references, root_cells
from server.core.expressions import Expression, ExpressionInvalid, evaluate, parse
from server.core.indicator import CodeList, Indicator
from server.core.json_text import pointer
from server.core.refusal import Refusal, Refusals
from server.core.shape import NUMERIC, mapping, sequence, strings
from server.core.vietnamese import fold

Source = Mapping[str, object]
_DEFS: Final = "#/$defs/"
_EXPRESSIONS: Final = ("x-calculate", "x-relevant", "x-required-when")
_ROOM: Final = {
    ("A4", "portrait"): 90, ("A4", "landscape"): 140, ("A3", "portrait"): 140,
    ("A3", "landscape"): 210,
}  # fmt: skip
#: Characters that the row's name takes of a line, and how many lines a heading may have.
_ROW_ROOM: Final = 24
_MOST_LINES: Final = 8
_NARROWEST: Final = 5
_LONGEST_FIELD: Final = 160
_MOST_NAMED: Final = 5
_WORD: Final = re.compile(r"[a-z][a-z0-9_]*")


def lint_form(text: str, indicators: Mapping[str, Indicator]) -> list[Refusal]:
    """The warnings about a form that the checks accept."""
    document = read_definition(text)
    if isinstance(document, Refusal):
        return []
    warnings = Refusals(document)
    source = mapping(document.value)
    lines = list(lines_of(source))
    cells = [*root_cells(source), *chain.from_iterable(line.cells for line in lines)]
    _unused_definitions(warnings, source)
    _never_shown(warnings, source, cells)
    _repeated_titles(warnings, source)
    _units(warnings, source, cells, indicators)
    _feeding_nothing(warnings, source, cells)
    _without_english(warnings, source, cells)
    _long_titles(warnings, source, lines)
    return sorted(warnings.found, key=lambda found: (found.line, found.column))


def unused_codelists(
    codelists: Mapping[str, CodeList],
    documents: Sequence[Source],
    indicators: Mapping[str, Indicator],
) -> list[str]:
    """The codes of lists that no form, no cell and no indicator names."""
    used = {code for indicator in indicators.values() for code in indicator.dimensions}
    for document in documents:
        used |= _named_lists(document)
    return sorted(set(codelists) - used)


def _named_lists(value: object) -> set[str]:
    found: set[str] = set()
    if isinstance(value, Mapping):
        for key, held in value.items():
            if key in ("codelist", "x-codelist", "x-dimension") and isinstance(held, str):
                found.add(held)
            elif key in ("x-member", "dimensions") and isinstance(held, Mapping):
                found |= set(held)
            found |= _named_lists(held)
    elif isinstance(value, list):
        for held in value:
            found |= _named_lists(held)
    return found


def _unused_definitions(warnings: Refusals, source: Source) -> None:
    used = {reference.removeprefix(_DEFS) for _, reference in references(source)}
    for name in mapping(source.get("$defs", {})):
        if name not in used:
            path = pointer("$defs", name)
            warnings.add(path, "lint-unused", f"nothing refers to {name!r}", name=name)


def _never_shown(
    warnings: Refusals, source: Source, cells: Sequence[tuple[str, str, Source]]
) -> None:
    blocks = [
        (pointer("properties", key), key, mapping(held))
        for key, held in mapping(source["properties"]).items()
        if mapping(held).get("type") in ("object", "array")
    ]
    for path, _, declared in [*cells, *blocks]:
        expression = _expression(declared.get("x-relevant"))
        if expression is None or expression.names:
            continue
        if evaluate(expression, {}, _nothing) is False:
            message = "is never asked: the condition is always false"
            warnings.add(f"{path}/x-relevant", "lint-never-shown", message)


def _nothing(_path: str) -> object:
    return None


def _expression(text: object) -> Expression | None:
    try:
        return None if text is None else parse(str(text))
    except ExpressionInvalid:
        return None


def _repeated_titles(warnings: Refusals, source: Source) -> None:
    """Two fields of a section, two rows or two columns under one heading that are called alike."""
    properties = mapping(source["properties"])
    for declared in sequence(mapping(source["x-layout"])["sections"]):
        section = mapping(declared)
        fields = strings(section.get("fields", ()))
        _refuse_repeated(
            warnings, [(pointer("properties", key), mapping(properties[key])) for key in fields]
        )
        group_of = {
            key: str(mapping(group)["title"])
            for group in sequence(section.get("groups", ()))
            for key in strings(mapping(group)["columns"])
        }
        for key in strings(section.get("grid", ())):
            path, block = pointer("properties", key), mapping(properties[key])
            line = _line(source, path, block)
            if line is not None:
                _refuse_repeated(warnings, [(one, cell) for one, _, cell in line.cells], group_of)
            inner = mapping(block.get("properties", {}))
            rows = [(f"{path}/properties/{name}", mapping(row)) for name, row in inner.items()]
            if rows and all("$ref" in row or "properties" in row for _, row in rows):
                _refuse_repeated(warnings, rows)


def _line(source: Source, path: str, block: Source) -> LineSource | None:
    """The columns that all lines of a block share, or of a single line."""
    held = block.get("additionalProperties", block.get("items"))
    inner = held if isinstance(held, Mapping) else block
    if "$ref" in inner:
        name = str(inner["$ref"]).removeprefix(_DEFS)
        return LineSource(pointer("$defs", name), mapping(mapping(source["$defs"])[name]))
    return next((line for line in lines_of(source) if line.path in (path, f"{path}/items")), None)


def _refuse_repeated(
    warnings: Refusals,
    named: Sequence[tuple[str, Source]],
    group_of: Mapping[str, str] | None = None,
) -> None:
    seen: dict[tuple[str, str], str] = {}
    for path, declared in named:
        title = str(declared.get("title", ""))
        group = (group_of or {}).get(path.rsplit("/", 1)[-1], "")
        if not title:
            continue
        first = seen.setdefault((group, fold(title)), path)
        if first != path:
            message = f"{title!r} is also the title of {first}"
            warnings.add(f"{path}/title", "lint-repeated-title", message, title=title, other=first)


def _units(
    warnings: Refusals,
    source: Source,
    cells: Sequence[tuple[str, str, Source]],
    indicators: Mapping[str, Indicator],
) -> None:
    """Numbers without a unit of measure, and units that the indicator does not know."""
    of_form = mapping(source["x-form"]).get("unitOfMeasure")
    bare: list[tuple[str, str]] = []
    for path, key, declared in cells:
        if declared["type"] not in NUMERIC:
            continue
        typed = "x-calculate" not in declared
        code, named, where = _indicator(path, declared)
        indicator = indicators.get(code)
        own = declared.get("x-measure-unit")
        if indicator is not None and indicator.valid_to:
            message = f"indicator {code} is retired after {indicator.valid_to}"
            warnings.add(where, "lint-retired", message, indicator=code, day=indicator.valid_to)
        known = () if indicator is None else tuple(one.unit for one in indicator.measures)
        for unit, place in ((named, where), (own, f"{path}/x-measure-unit")):
            if unit is not None and known and unit not in known:
                message = f"indicator {code} is measured in {', '.join(known)}, not in {unit}"
                warnings.add(
                    place, "lint-unit-differs", message,
                    indicator=code, unit=unit, known=", ".join(known),
                )  # fmt: skip
        said = own or named or known or of_form or "enum" in declared or _says_unit(declared)
        if typed and not said:
            bare.append((path, key))
    if bare:
        message = f"{len(bare)} numbers have no unit of measure: {_listed(bare)}"
        warnings.add(bare[0][0], "lint-no-unit", message, count=len(bare), cells=_listed(bare))


def _indicator(path: str, declared: Source) -> tuple[str, str | None, str]:
    found = declared.get("x-indicator")
    if isinstance(found, Mapping):
        unit = found.get("measureUnit")
        return str(found["code"]), None if unit is None else str(unit), f"{path}/x-indicator"
    return ("" if found is None else str(found)), None, f"{path}/x-indicator"


def _says_unit(declared: Source) -> bool:
    """Whether the title names the unit itself: "Diện tích (ha)", "Số hộ", "Tỷ lệ, %"."""
    title = fold(str(declared.get("title", "")))
    return "(" in title or "%" in title or title.startswith(("so ", "nam ", "tong so "))


def _feeding_nothing(
    warnings: Refusals, source: Source, cells: Sequence[tuple[str, str, Source]]
) -> None:
    """Typed numbers that are part of no indicator, calculation, rule, tally or feed."""
    used = set(_WORD.findall(" ".join(_expressions(source))))
    fed = {
        path
        for path, _, declared in cells
        if "x-indicator" in declared or "x-calculate" in declared
    }
    around = {
        line.path for line in lines_of(source) if "x-indicator" in line.schema
    } | {
        pointer("properties", key)
        for key, held in mapping(source["properties"]).items()
        if "x-indicator" in mapping(held)
    }  # fmt: skip
    idle = [
        (path, key)
        for path, key, declared in cells
        if declared["type"] in NUMERIC
        and path not in fed
        and key not in used
        and not any(path.startswith(f"{above}/") for above in around)
    ]
    if idle:
        message = f"{len(idle)} typed numbers feed no indicator and no rule: {_listed(idle)}"
        warnings.add(idle[0][0], "lint-idle", message, count=len(idle), cells=_listed(idle))


def _expressions(value: object) -> Iterator[str]:
    """Every expression and every pointer of rules and feeds in the document."""
    if isinstance(value, Mapping):
        for key, held in value.items():
            if key in ("rule", "where", "value", "each", "x-previous", *_EXPRESSIONS):
                yield str(held)
            elif key not in ("x-tests", "x-layout"):
                yield from _expressions(held)
    elif isinstance(value, list):
        for held in value:
            yield from _expressions(held)


def _without_english(
    warnings: Refusals, source: Source, cells: Sequence[tuple[str, str, Source]]
) -> None:
    titled = [(path, key) for path, key, _ in cells]
    missing = [(path, key) for path, key, declared in cells if not _english(declared)]
    for key, held in mapping(source["properties"]).items():
        path = pointer("properties", key)
        if path not in {one for one, _ in titled}:
            titled.append((path, key))
            missing += [] if _english(mapping(held)) else [(path, key)]
    settings = mapping(mapping(source["x-form"]).get("i18n", {}))
    if "en" not in settings:
        missing.insert(0, ("/x-form", str(mapping(source["x-form"])["code"])))
    if missing:
        message = f"{len(missing)} titles have no English: {_listed(missing)}"
        warnings.add(
            missing[0][0], "lint-no-english", message, count=len(missing), cells=_listed(missing)
        )


def _english(declared: Source) -> bool:
    return "title" in mapping(mapping(declared.get("x-i18n", {})).get("en", {}))


def _long_titles(warnings: Refusals, source: Source, lines: Sequence[LineSource]) -> None:
    """Headings that would need more lines, or a wider column, than the printed page has."""
    layout = mapping(source["x-layout"])
    paper, turned = str(layout.get("paper", "A4")), str(layout.get("orientation", "portrait"))
    properties = mapping(source["properties"])
    for declared in sequence(layout["sections"]):
        section = mapping(declared)
        for key in strings(section.get("fields", ())):
            title = str(mapping(properties[key])["title"])
            if len(title) > _LONGEST_FIELD:
                _refuse_long(warnings, pointer("properties", key), title, _LONGEST_FIELD)
        for key in strings(section.get("grid", ())):
            path = pointer("properties", key)
            line = _line(source, path, mapping(properties[key]))
            if line is None or line not in lines:
                continue
            cells = list(line.cells)
            width = max(_NARROWEST, (_ROOM[paper, turned] - _ROW_ROOM) // max(1, len(cells)))
            for cell_path, _, cell in cells:
                title = str(cell["title"])
                if len(title) > width * _MOST_LINES:
                    _refuse_long(warnings, cell_path, title, width * _MOST_LINES)


def _refuse_long(warnings: Refusals, path: str, title: str, most: int) -> None:
    message = f"the title has {len(title)} characters, the printed page holds about {most}"
    warnings.add(f"{path}/title", "lint-long-title", message, length=len(title), most=most)


def _listed(found: Sequence[tuple[str, str]]) -> str:
    names = [key for _, key in found[:_MOST_NAMED]]
    return ", ".join(names) + (", …" if len(found) > _MOST_NAMED else "")
