"""Somebody else's JSON Schema as a form: object schemas of draft 2020-12 without our keywords.

What has no counterpart is refused with its place, all of it at once; what only loses an annotation
is noted. The outcome is the document of a draft that the checks accept.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from server.core.definition import read_definition
from server.core.definition_foreign_cells import (
    ANNOTATIONS,
    Resolved,
    Resolver,
    cell_of,
    sample_of,
)
from server.core.definition_starts import DIALECT
from server.core.definition_table_columns import key_of
from server.core.json_text import pointer
from server.core.refusal import Refusal, Refusals

_DRAFTS: Final = frozenset(
    {
        "https://json-schema.org/draft/2020-12/schema",
        "https://json-schema.org/draft/2020-12/schema#",
    }
)
_OBJECT_KEYWORDS: Final = frozenset(
    {
        "type",
        "properties",
        "required",
        "additionalProperties",
        "unevaluatedProperties",
        "minProperties",
    }
)
_ROOT_KEYWORDS: Final = frozenset({"$schema", "$id", "$defs", "definitions", "$vocabulary"})
_ARRAY_KEYWORDS: Final = frozenset({"type", "items", "minItems", "maxItems", "uniqueItems"})
_MOST_LINES: Final = 5000
_USUAL_LINES: Final = 500
_MOST_COLUMNS: Final = 120
_LONGEST_TITLE: Final = 300


@dataclass(frozen=True, slots=True)
class Foreign:
    """What came of a schema: a document, or the refusals; *notes* name what was left out."""

    title: str
    document: dict[str, Any] | None
    refusals: tuple[Refusal, ...]
    notes: tuple[tuple[str, str], ...]


def converted(text: str, code: str, title: str, workflow: str) -> Foreign:
    """The form made of the schema *text*; an empty *title* takes the schema's own."""
    source = read_definition(text.removeprefix("\ufeff"))
    if isinstance(source, Refusal):
        return Foreign(title, None, (source,), ())
    refusals = Refusals(source)
    if not isinstance(source.value, Mapping):
        refusals.add("", "foreign-root", "the schema is no object")
        return Foreign(title, None, tuple(refusals.found), ())
    return _Conversion(refusals, source.value).form(code, title, workflow)


class _Conversion:
    """One schema on its way; every fault is collected before anything is given up."""

    def __init__(self, refusals: Refusals, root: Mapping[str, Any]) -> None:
        self.refusals = refusals
        self._root = root
        self._resolver = Resolver(refusals, root)
        self._notes: list[tuple[str, str]] = []

    def form(self, code: str, title: str, workflow: str) -> Foreign:
        refusals = self.refusals
        root = self._resolver.resolve(Resolved("", self._root))
        own = str(root.schema.get("title") or "")[:_LONGEST_TITLE].strip()
        called = title or own or "Biểu mẫu"
        self._refuse_root(root)
        properties: dict[str, Any] = {}
        fields: list[str] = []
        grids: list[str] = []
        answers: dict[str, Any] = {}
        required: list[str] = []
        for name, key, held in self._members(root):
            made = self._member(held, name)
            if made is None:
                continue
            properties[key] = made
            (grids if _is_grid(made) else fields).append(key)
            if name in _strings(root.schema.get("required")):
                required.append(key)
                answers[key] = sample_of(made)
        if not self.refusals and not properties:
            refusals.add("/properties", "foreign-empty", "the schema has no properties")
        if self.refusals:
            found = sorted(self.refusals.found, key=lambda one: (one.line, one.column))
            return Foreign(own, None, tuple(found), tuple(self._notes))
        _with_number(properties, fields, answers, self._notes)
        document: dict[str, Any] = {
            "$schema": DIALECT,
            "title": called,
            **({"description": text} if (text := _text(root.schema)) else {}),
            "type": "object",
            "additionalProperties": False,
            "x-form": {
                "code": code, "version": 1, "kind": "report", "periodType": "year",
                "workflow": workflow, "assignedTo": {"levels": ["commune"]},
                "due": {"commune": "P15D"},
            },
            **({"required": required} if required else {}),
            "properties": properties,
            "x-layout": {"sections": list(_sections(called, fields, grids, properties))},
            "x-checks": [],
            "x-tests": [{"name": "Báo cáo đúng", "answers": answers, "findings": []}],
        }  # fmt: skip
        return Foreign(own, document, (), tuple(self._notes))

    def _refuse_root(self, root: Resolved) -> None:
        refusals = self.refusals
        dialect = self._root.get("$schema")
        if dialect is not None and dialect not in _DRAFTS:
            refusals.add(
                "/$schema", "foreign-dialect", f"not draft 2020-12: {dialect}", dialect=str(dialect)
            )
        kind = root.schema.get("type", "object" if "properties" in root.schema else None)
        if kind != "object":
            refusals.add(f"{root.path}/type", "foreign-root", "the root is no object")
        self._refuse_keywords(root, _OBJECT_KEYWORDS | _ROOT_KEYWORDS)
        self._require_known(root)

    def _require_known(self, held: Resolved) -> None:
        refusals = self.refusals
        known = _map(held.schema.get("properties"))
        for place, name in enumerate(_strings(held.schema.get("required"))):
            if name not in known:
                refusals.add(
                    f"{held.path}/required/{place}", "required-unknown",
                    f"required names {name!r}, which is no property", key=name,
                )  # fmt: skip

    def _members(self, held: Resolved) -> Iterator[tuple[str, str, Resolved]]:
        """Name, answer key and schema of each property."""
        taken: list[str] = []
        for name, schema in _map(held.schema.get("properties")).items():
            key = key_of(_underscored(name), taken)
            taken.append(key)
            if key != name:
                self._notes.append(("key-changed", f"{name} → {key}"))
            path = held.path + pointer("properties", name)
            yield name, key, self._resolver.resolve(Resolved(path, schema))

    def _member(self, held: Resolved, name: str) -> dict[str, Any] | None:
        """A property of the root: a cell, a line, fixed rows or a roster."""
        kind = _kind(held.schema)
        if kind == "object":
            return self._block(held, name)
        if kind == "array":
            return self._roster(held, name)
        return cell_of(held, name, self.refusals, self._notes)

    def _block(self, held: Resolved, name: str) -> dict[str, Any] | None:
        refusals = self.refusals
        members = list(self._members(held))
        self._refuse_keywords(held, _OBJECT_KEYWORDS)
        inner = [_kind(one.schema) == "object" for _, _, one in members]
        block = self._line(held, name, members) if not any(inner) else None
        if block is not None or not any(inner):
            return block
        if not all(inner):
            refusals.add(held.path, "foreign-mixed", "cells and objects side by side")
            return None
        rows: dict[str, Any] = {}
        for row_name, key, row in members:
            line = self._line(row, row_name, list(self._members(row)))
            self._refuse_keywords(row, _OBJECT_KEYWORDS)
            if line is not None:
                rows[key] = line
        return {
            "title": _title(held.schema, name), "type": "object", "additionalProperties": False,
            "properties": rows,
        }  # fmt: skip

    def _line(
        self, held: Resolved, name: str, members: Sequence[tuple[str, str, Resolved]]
    ) -> dict[str, Any] | None:
        """An object of cells; what is nested in it has no place in a line."""
        refusals = self.refusals
        self._require_known(held)
        if not members or len(members) > _MOST_COLUMNS:
            refusals.add(held.path, "foreign-empty", "an object without properties")
            return None
        cells: dict[str, Any] = {}
        required = []
        for cell_name, key, cell in members:
            if _kind(cell.schema) in ("object", "array"):
                refusals.add(cell.path, "foreign-nesting", "nested too deeply")
                continue
            made = cell_of(cell, cell_name, self.refusals, self._notes)
            if made is None:
                continue
            cells[key] = made
            if cell_name in _strings(held.schema.get("required")):
                required.append(key)
        return {
            "title": _title(held.schema, name), "type": "object", "additionalProperties": False,
            **({"required": required} if required else {}),
            "properties": cells,
        }  # fmt: skip

    def _roster(self, held: Resolved, name: str) -> dict[str, Any] | None:
        refusals = self.refusals
        self._refuse_keywords(held, _ARRAY_KEYWORDS)
        items = held.schema.get("items")
        if not isinstance(items, Mapping):
            refusals.add(held.path, "foreign-items", "an array says what its items are")
            return None
        inner = self._resolver.resolve(Resolved(f"{held.path}/items", items))
        if _kind(inner.schema) == "array":
            refusals.add(inner.path, "foreign-nesting", "an array in an array")
            return None
        if _kind(inner.schema) == "object":
            self._refuse_keywords(inner, _OBJECT_KEYWORDS)
            line = self._line(inner, name, list(self._members(inner)))
        else:
            cell = cell_of(inner, _title(held.schema, name), self.refusals, self._notes)
            line = None if cell is None else {"properties": {"value": cell}}
        if line is None:
            return None
        most = held.schema.get("maxItems")
        if not isinstance(most, int) or not 1 <= most <= _MOST_LINES:
            most = _USUAL_LINES
            self._notes.append(("lines", f"{name}: {most}"))
        least = held.schema.get("minItems", 0)
        return {
            "title": _title(held.schema, name), "type": "array",
            **({"minItems": min(least, most)} if isinstance(least, int) and least > 0 else {}),
            "maxItems": most,
            "items": {
                "type": "object", "additionalProperties": False,
                **{key: line[key] for key in ("required", "properties") if key in line},
            },
        }  # fmt: skip

    def _refuse_keywords(self, held: Resolved, known: frozenset[str]) -> None:
        refusals = self.refusals
        for keyword, value in held.schema.items():
            where = f"{held.path}/{keyword.replace('~', '~0').replace('/', '~1')}"
            if keyword in known:
                open_ = keyword in ("additionalProperties", "unevaluatedProperties")
                if open_ and isinstance(value, Mapping) and value:
                    refusals.add(where, "foreign-keyword", "open objects", keyword=keyword)
            elif keyword.startswith("x-"):
                self._notes.append(("ignored", where))
            elif keyword not in ANNOTATIONS:
                refusals.add(where, "foreign-keyword", f"no {keyword} here", keyword=keyword)


def _with_number(
    properties: dict[str, Any],
    fields: list[str],
    answers: dict[str, Any],
    notes: list[tuple[str, str]],
) -> None:
    """Let the test hold a number: in a cell that is there, else in one for the number of lines."""
    if _holds_number(answers):
        return
    for key, made in properties.items():
        if made["type"] in ("integer", "number"):
            answers[key] = sample_of(made)
            return
    for key, made in properties.items():
        inner = sample_of(made, numbers=True)
        if _holds_number(inner):
            answers[key] = inner
            return
    key = key_of("so_luong", properties)
    properties[key] = {"title": "Số lượng", "type": "integer", "minimum": 0, "maximum": 9_999_999}
    fields.append(key)
    answers[key] = 1
    notes.append(("count-added", key))


def _holds_number(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(_holds_number(held) for held in value.values())
    if isinstance(value, list):
        return any(_holds_number(held) for held in value)
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_grid(made: Mapping[str, Any]) -> bool:
    inner = made.get("properties", {})
    return made["type"] == "array" or any("properties" in one for one in inner.values())


def _sections(
    title: str, fields: Sequence[str], grids: Sequence[str], properties: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    if fields:
        yield {"key": "main", "title": title, "fields": list(fields)}
    taken = ["main"]
    for key in grids:
        own = key_of(key, taken)
        taken.append(own)
        yield {"key": own, "title": properties[key]["title"], "grid": [key]}


def _kind(schema: Mapping[str, Any]) -> object:
    kind = schema.get("type")
    if kind is None:
        return "object" if "properties" in schema else "array" if "items" in schema else None
    return kind


def _title(schema: Mapping[str, Any], name: str) -> str:
    return (str(schema.get("title") or "").strip() or name.strip() or "-")[:_LONGEST_TITLE]


def _text(schema: Mapping[str, Any]) -> str:
    return str(schema.get("description") or "").strip()[:2000]


def _underscored(name: str) -> str:
    """``fullName`` as ``full_name``."""
    return "".join(
        f"_{letter}" if letter.isupper() and place and name[place - 1].islower() else letter
        for place, letter in enumerate(name)
    )


def _map(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _strings(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
