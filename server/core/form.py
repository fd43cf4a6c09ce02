"""A form version: one compiled definition, ready to be shown, filled and judged.

Compiling expands the code lists, so that the stored and served document refers to nothing but
its own ``#/$defs`` and needs no catalogue to be read again, years later.
"""

import calendar
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Final

from server.core.indicator import CodeList
from server.core.json_text import pointer
from server.core.layout import Layout, layout_of
from server.core.period import Period
from server.core.shape import ROW_ID, Shape, mapping, resolved, sequence, shape_of
from server.core.validity import KEYWORD, days_of, is_dated
from server.errors import NotFound

_DURATION: Final = re.compile(
    r"(-?)P(?=[0-9])(?:([0-9]+)Y)?(?:([0-9]+)M)?(?:([0-9]+)W)?(?:([0-9]+)D)?", re.ASCII
)
#: A row's name is chosen by whoever adds it; a number would be taken for a position.
_ROW_ID_SCHEMA: Final[Mapping[str, object]] = {
    "type": "string",
    "pattern": "^[0-9A-Za-z_-]{1,64}$",
    "not": {"pattern": "^-?[0-9]{0,64}$"},
}


@dataclass(frozen=True, eq=False)
class Form:
    """One published edition of a form; ``document`` is the compiled JSON Schema.

    Two forms are the same when they are one object; compare digests for their content.
    """

    code: str
    version: int
    kind: str
    title: str
    title_en: str | None
    period_type: str
    document: Mapping[str, object] = field(repr=False)
    digest: str

    @cached_property
    def settings(self) -> Mapping[str, object]:
        return mapping(self.document["x-form"])

    @cached_property
    def shape(self) -> Shape:
        return shape_of(self.document)

    @cached_property
    def layout(self) -> Layout:
        return layout_of(self.document, self.shape)

    @cached_property
    def dated(self) -> bool:
        """Whether codes of its lists hold from or until some day."""
        return is_dated(self.shape)

    @cached_property
    def indicators(self) -> tuple[str, ...]:
        """The codes of all indicators that its cells feed."""
        found: dict[str, None] = {}
        _collect_indicators(self.document["properties"], self.document, found)
        for feed in sequence(self.document.get("x-feeds", ())):
            found[str(mapping(feed)["indicator"])] = None
        return tuple(found)

    def workflow_for(
        self, level: str, *, without_district: bool = False, consolidated: bool = False
    ) -> str:
        """The code of the workflow for a unit of that level; ``NotFound`` when none is declared."""
        declared = self.settings["workflow"]
        if isinstance(declared, str):
            return declared
        choices = [level]
        if consolidated:
            choices.insert(0, "consolidated")
        elif without_district and level == "commune":
            choices.insert(0, "commune_without_district")
        for choice in choices:
            if choice in mapping(declared):
                return str(mapping(declared)[choice])
        raise NotFound(kind="workflow", form=self.code, level=level)

    def due_on(self, level: str, period: Period) -> date:
        """The last day for a unit of that level; the period's own last day if none is declared."""
        due = self._duration("due", level)
        return period.end if due is None else after(period.end, due)

    def closes_on(self, level: str, period: Period) -> date | None:
        """The day after which nothing can be sent any more, where there is one."""
        closes = self._duration("closes", level)
        return None if closes is None else after(period.end, closes)

    def grace_on(self, level: str, due_on: date) -> date | None:
        """The last day that is not late: the days of grace count from the due date."""
        grace = self._duration("grace", level)
        return None if grace is None else after(due_on, grace)

    def _duration(self, keyword: str, level: str) -> str | None:
        declared = self.settings.get(keyword)
        if isinstance(declared, Mapping):
            declared = declared.get(level)
        return None if declared is None else str(declared)


def compile_form(source: Mapping[str, object], codelists: Mapping[str, CodeList]) -> Form:
    """The form that a checked definition describes, with its code lists expanded."""
    definitions = {
        name: _compiled_line(mapping(declared), codelists)
        for name, declared in mapping(source.get("$defs", {})).items()
    }
    document = dict(source)
    if definitions:
        document["$defs"] = definitions
    document["properties"] = {
        key: _compiled_property(mapping(declared), source, codelists)
        for key, declared in mapping(source["properties"]).items()
    }
    return load_form(document)


def load_form(document: Mapping[str, object], digest: str | None = None) -> Form:
    """The form of a compiled document, as it was stored; *digest* saves computing it again."""
    settings = mapping(document["x-form"])
    english = mapping(mapping(settings.get("i18n", {})).get("en", {}))
    title_en = english.get("title")
    return Form(
        code=str(settings["code"]),
        version=int(str(settings["version"])),
        kind=str(settings["kind"]),
        title=str(document["title"]),
        title_en=None if title_en is None else str(title_en),
        period_type=str(settings["periodType"]),
        document=document,
        digest=digest or ordered_digest(document),
    )


def ordered_digest(document: Mapping[str, object]) -> str:
    """SHA-256 over the document as it is written, in hex; order counts: it is that of columns."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def after(day: date, duration: str) -> date:
    """*day* moved by a signed ISO 8601 duration in whole days; ``ValueError`` for anything else.

    Months keep the day, or take the month's last one.

    >>> after(date(2024, 12, 31), "P15D"), after(date(2024, 12, 31), "-P1M10D")
    (datetime.date(2025, 1, 15), datetime.date(2024, 11, 20))
    """
    match = _DURATION.fullmatch(duration)
    if match is None:
        raise ValueError(duration)
    sign = -1 if match[1] else 1
    years, months, weeks, days = (sign * int(part or 0) for part in match.groups()[1:])
    count = day.year * 12 + day.month - 1 + years * 12 + months
    year, month = count // 12, count % 12 + 1
    last = calendar.monthrange(year, month)[1]
    return date(year, month, min(day.day, last)) + timedelta(weeks=weeks, days=days)


def codelists_of(document: Mapping[str, object]) -> frozenset[str]:
    """The code lists that a definition, compiled or not, takes rows, choices or members from."""
    return frozenset(code for _path, code in codelist_places(document))


def codelist_places(document: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Where a definition names a code list, by pointer."""
    for key in ("properties", "$defs"):
        for name, schema in mapping(document.get(key, {})).items():
            yield from _codelist_places(schema, pointer(key, name))


def _codelist_places(schema: object, path: str) -> Iterator[tuple[str, str]]:
    if not isinstance(schema, Mapping):
        return
    rows = schema.get("x-rows")
    named = rows.get("codelist") if isinstance(rows, Mapping) else None
    for keyword, code in (
        ("x-codelist", schema.get("x-codelist")),
        ("x-dimension", schema.get("x-dimension")),
        ("x-rows/codelist", named),
    ):
        if isinstance(code, str):
            yield f"{path}/{keyword}", code
    parts = schema.get("properties")
    for name, part in parts.items() if isinstance(parts, Mapping) else ():
        yield from _codelist_places(part, path + pointer("properties", name))
    for key in ("items", "additionalProperties"):
        yield from _codelist_places(schema.get(key), f"{path}/{key}")


def _compiled_property(
    declared: Mapping[str, object],
    source: Mapping[str, object],
    codelists: Mapping[str, CodeList],
) -> Mapping[str, object]:
    if "x-rows" in declared:
        return _compiled_grid(declared, codelists)
    if declared.get("type") == "array":
        # Written out, because the same line may also serve a grid, whose rows need no name.
        item = _compiled_line(resolved(mapping(declared["items"]), source), codelists)
        return {**declared, "items": _with_row_id(item)}
    return _compiled_line(declared, codelists)


def _compiled_grid(
    declared: Mapping[str, object], codelists: Mapping[str, CodeList]
) -> Mapping[str, object]:
    rows = mapping(declared["x-rows"])
    excluded = rows.get("exclude", ())
    row = mapping(declared["additionalProperties"])
    items = [
        item
        for item in codelists[str(rows["codelist"])].items
        if not (isinstance(excluded, list | tuple) and item.code in excluded)
    ]
    properties = {item.code: {**row, "title": item.title} for item in items}
    compiled = {**declared, "additionalProperties": False, "properties": properties}
    days = days_of(items)
    return {**compiled, KEYWORD: days} if days else compiled


def _compiled_line(
    declared: Mapping[str, object], codelists: Mapping[str, CodeList]
) -> Mapping[str, object]:
    """A line, rows of lines or a cell; a code list becomes the allowed values and their names."""
    if "x-codelist" in declared:
        items = codelists[str(declared["x-codelist"])].items
        compiled = {
            **declared,
            "enum": [item.code for item in items],
            "x-labels": {item.code: item.title for item in items},
        }
        days = days_of(items)
        return {**compiled, KEYWORD: days} if days else compiled
    if "properties" not in declared:
        return declared
    parts = {
        key: _compiled_line(mapping(part), codelists)
        for key, part in mapping(declared["properties"]).items()
    }
    return {**declared, "properties": parts}


def _with_row_id(line: Mapping[str, object]) -> Mapping[str, object]:
    properties = {ROW_ID: _ROW_ID_SCHEMA, **mapping(line["properties"])}
    declared = line.get("required", ())
    required = [ROW_ID, *(declared if isinstance(declared, list | tuple) else ())]
    return {**line, "properties": properties, "required": required}


def _collect_indicators(
    properties: object, document: Mapping[str, object], found: dict[str, None]
) -> None:
    for declared in mapping(properties).values():
        schema = resolved(mapping(declared), document)
        indicator = schema.get("x-indicator")
        if isinstance(indicator, Mapping):
            indicator = indicator["code"]
        if indicator is not None:
            found[str(indicator)] = None
        if "items" in schema:
            schema = resolved(mapping(schema["items"]), document)
        if "properties" in schema:
            _collect_indicators(schema["properties"], document, found)
