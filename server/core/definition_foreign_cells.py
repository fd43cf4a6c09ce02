"""The single values of a foreign JSON Schema: references, types, limits, choices, samples."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from server.core.definition_table_columns import key_of
from server.core.definition_text import pattern_fault
from server.core.refusal import Refusals

ANNOTATIONS: Final = frozenset(
    {
        "title", "description", "$comment", "examples", "example", "default", "deprecated",
        "readOnly", "writeOnly", "$anchor", "$id",
    }
)  # fmt: skip
_OF_NUMBERS: Final = frozenset(
    {
        "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "enum",
        "const", "format",
    }
)  # fmt: skip
_CELL_KEYWORDS: Final[Mapping[str, frozenset[str]]] = {
    "integer": _OF_NUMBERS,
    "number": _OF_NUMBERS,
    "string": frozenset({"minLength", "maxLength", "pattern", "format", "enum", "const"}),
    "boolean": frozenset({"const", "enum"}),
}
_REAL: Final = (int, float)
#: What stands in the place of a type, and what a cell has no counterpart of.
_COMBINING: Final = ("oneOf", "anyOf", "allOf", "not", "if", "$dynamicRef")
_STEPS: Final = (1, 0.1, 0.01, 0.001, 0.0001)
_HIGHEST: Final = 999_999_999
_LONGEST: Final = 2000
_MOST_LENGTH: Final = 20_000
_SAFE: Final = re.compile(
    r"^\^(([A-Za-z0-9 _/,:;@%#=&-]|\\[.()+*?/-]"
    r"|\[([A-Za-z0-9 _/.,:;@%#=&+*()]|[A-Za-z0-9]-[A-Za-z0-9]|\\[.-])+\])"
    r"(\{[0-9]{1,3}(,[0-9]{1,3})?\}|\?)?)+\$$"
)
_ATOM: Final = re.compile(r"(\\.|\[(?:\\.|[^\]\\])+\]|.)(?:\{(\d+)(?:,\d+)?\}|(\?))?")
_VALUE: Final = re.compile(r"[0-9a-z_]{1,64}")
_LONGEST_PATTERN: Final = 200


@dataclass(frozen=True, slots=True)
class Resolved:
    """A schema with the path at which a reader finds it."""

    path: str
    schema: Any


class Resolver:
    """Follows references into the same file and takes the wrapping off ``null`` and ``allOf``."""

    def __init__(self, refusals: Refusals, root: Mapping[str, Any]) -> None:
        self._refusals = refusals
        self._root = root

    def resolve(self, held: Resolved) -> Resolved:
        """What *held* says once references and wrappings are gone."""
        refusals = self._refusals
        if not isinstance(held.schema, Mapping):
            refusals.add(held.path, "foreign-type", "true or false is no type", type="any")
            return Resolved(held.path, {"type": "string"})
        seen: set[str] = set()
        schema, path = held.schema, held.path
        while "$ref" in schema or _wrapped(schema) is not None:
            inner = _wrapped(schema)
            if inner is not None:
                schema = {**_around(schema), **inner}
                continue
            reference = str(schema["$ref"])
            target = self._target(reference)
            if target is None or reference in seen or not self._finite(reference):
                refusals.add(
                    f"{path}/$ref", "foreign-reference", f"cannot follow {reference!r}",
                    reference=reference,
                )  # fmt: skip
                return Resolved(held.path, {"type": "string"})
            seen.add(reference)
            around = {key: value for key, value in schema.items() if key != "$ref"}
            schema = {**target, **around}
            path = reference.removeprefix("#")
        kind = schema.get("type")
        if isinstance(kind, list):
            kinds = [one for one in kind if one != "null"]
            schema = {**schema, "type": kinds[0] if len(kinds) == 1 else kind}
        return Resolved(
            path if path in ("", held.path) or _stands(self._root, path) else held.path, schema
        )

    def _target(self, reference: str) -> Mapping[str, Any] | None:
        if not reference.startswith(("#/$defs/", "#/definitions/")):
            return None
        value: Any = self._root
        for token in reference.removeprefix("#/").split("/"):
            name = token.replace("~1", "/").replace("~0", "~")
            value = value.get(name) if isinstance(value, Mapping) else None
        return value if isinstance(value, Mapping) else None

    def _finite(self, reference: str) -> bool:
        """Whether the entry does not hold itself, at any depth."""
        waiting, seen = [reference], set()
        while waiting:
            name = waiting.pop()
            for found in _references(self._target(name)):
                if found == reference:
                    return False
                if found not in seen:
                    seen.add(found)
                    waiting.append(found)
        return True


def cell_of(
    held: Resolved, name: str, refusals: Refusals, notes: list[tuple[str, str]]
) -> dict[str, Any] | None:
    """The cell of a value; None when it was refused."""
    schema = _choices(held.schema)
    kind = schema.get("type")
    if kind is None:
        kind = _spoken(schema)
    if kind is None and (combined := [word for word in _COMBINING if word in schema]):
        for word in combined:
            refusals.add(f"{held.path}/{word}", "foreign-keyword", f"no {word}", keyword=word)
        return None
    if not isinstance(kind, str) or kind not in _CELL_KEYWORDS:
        what = "/".join(map(str, kind)) if isinstance(kind, list) else str(kind or "any")
        refusals.add(f"{held.path}/type", "foreign-type", f"no type {what} here", type=what)
        return None
    good = True
    for keyword in schema:
        named = keyword == "x-labels" and keyword not in held.schema  # made of choices above
        if named or keyword == "type" or keyword in ANNOTATIONS | _CELL_KEYWORDS[kind]:
            continue
        if keyword.startswith(("x-", "content")):
            notes.append(("ignored", f"{held.path}/{keyword}"))
            continue
        refusals.add(f"{held.path}/{keyword}", "foreign-keyword", f"no {keyword}", keyword=keyword)
        good = False
    if not good:
        return None
    title = str(schema.get("title") or "").strip() or name.strip() or "-"
    cell: dict[str, Any] = {"title": title[:300], "type": kind}
    text = str(schema.get("description") or "").strip()
    if text:
        cell["description"] = text[:2000]
    if "const" in schema and kind != "boolean":
        schema = {**schema, "enum": [schema["const"]]}
    if kind in ("integer", "number"):
        return _number(cell, schema, held, refusals, notes)
    if kind == "string":
        return _string(cell, schema, held, refusals, notes)
    return cell


def sample_of(made: Mapping[str, Any], *, numbers: bool = False) -> Any:
    """A value that the made cell, line or roster accepts; *numbers* fills those in as well."""
    if made["type"] == "array":
        line = {"_id": "r1", **_line_sample(made["items"], numbers)}
        return [
            {**line, "_id": f"r{place}"} for place in range(1, max(1, made.get("minItems", 0)) + 1)
        ]
    if made["type"] == "object":
        return _line_sample(made, numbers)
    if "enum" in made:
        return made["enum"][0]
    if made["type"] in ("integer", "number"):
        least, most = made["minimum"], made["maximum"]
        return 1 if least <= 1 <= most else least
    if made["type"] == "boolean":
        return True
    if made.get("format") == "date":
        return "2025-01-01"
    if "pattern" in made:
        return _matching(made["pattern"])
    return "a" * max(1, made.get("minLength", 1))


def _line_sample(made: Mapping[str, Any], numbers: bool) -> dict[str, Any]:
    wanted = made.get("required", ())
    found: dict[str, Any] = {}
    for key, cell in made["properties"].items():
        if "properties" in cell:
            inner = _line_sample(cell, numbers)
            if inner:
                found[key] = inner
        elif key in wanted or (numbers and cell["type"] in ("integer", "number")):
            found[key] = sample_of(cell)
    return found


def _number(
    cell: dict[str, Any],
    schema: Mapping[str, Any],
    held: Resolved,
    refusals: Refusals,
    notes: list[tuple[str, str]],
) -> dict[str, Any] | None:
    step: Any = 1
    if cell["type"] == "number" or "multipleOf" in schema:
        step = schema.get("multipleOf", 0.01)
        if step not in _STEPS:
            refusals.add(f"{held.path}/multipleOf", "foreign-step", f"step {step}", step=step)
            return None
        if cell["type"] == "integer" and step != 1:
            step = 1
        if "multipleOf" not in schema:
            notes.append(("decimals", held.path))
    if cell["type"] == "number":
        cell["multipleOf"] = step
    values = schema.get("enum")
    if isinstance(values, list):
        if not values or any(
            not isinstance(one, int | float) or isinstance(one, bool) for one in values
        ):
            refusals.add(f"{held.path}/enum", "foreign-choices", "values of another type")
            return None
        cell["enum"] = list(dict.fromkeys(values))
        return cell
    least, most = _bound(schema, "minimum", -_HIGHEST), _bound(schema, "maximum", _HIGHEST)
    low, high = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    if _real(low):
        least = max(least, _stepped(low, step, 1))
    if _real(high):
        most = min(most, _stepped(high, step, -1))
    if "minimum" not in schema and low is None:
        least = 0
        notes.append(("not-negative", held.path))
    if least > most:
        refusals.add(held.path, "limits-crossed", "no value is left", least=least, most=most)
        return None
    cell["minimum"], cell["maximum"] = least, most
    return cell


def _string(
    cell: dict[str, Any],
    schema: Mapping[str, Any],
    held: Resolved,
    refusals: Refusals,
    notes: list[tuple[str, str]],
) -> dict[str, Any] | None:
    values = schema.get("enum")
    if isinstance(values, list):
        names = [one for one in values if one is not None]
        labels = _map(schema.get("x-labels"))
        if not names or any(not isinstance(one, str) or not one.strip() for one in names):
            refusals.add(f"{held.path}/enum", "foreign-choices", "values of another type")
            return None
        codes: dict[str, str] = {}
        for one in dict.fromkeys(names):
            code = one if _VALUE.fullmatch(one) and one not in codes else key_of(one, codes, "v")
            codes[code] = str(labels.get(one, one))[:300]
        cell["enum"], cell["x-labels"] = list(codes), codes
        return cell
    if schema.get("format") == "date":
        cell["format"] = "date"
        return cell
    if "format" in schema:
        notes.append(("format-left", f"{held.path}: {schema['format']}"))
    pattern = schema.get("pattern")
    if pattern is not None:
        text = str(pattern)
        if len(text) > _LONGEST_PATTERN or not _SAFE.fullmatch(text) or pattern_fault(text):
            refusals.add(f"{held.path}/pattern", "unsafe-pattern", "pattern", reason="form")
            return None
        cell["pattern"] = text
    least, most = schema.get("minLength", 0), schema.get("maxLength", _LONGEST)
    least = least if isinstance(least, int) and 0 <= least <= _MOST_LENGTH else 0
    most = most if isinstance(most, int) and 1 <= most <= _MOST_LENGTH else _LONGEST
    if least > most:
        refusals.add(held.path, "limits-crossed", "no text is left", least=least, most=most)
        return None
    if least:
        cell["minLength"] = least
    cell["maxLength"] = most
    return cell


def _choices(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """``oneOf`` of constants with titles is a list of choices with labels."""
    for keyword in ("oneOf", "anyOf"):
        options = schema.get(keyword)
        if (
            isinstance(options, list)
            and options
            and all(isinstance(one, Mapping) and "const" in one for one in options)
        ):
            rest = {key: value for key, value in schema.items() if key != keyword}
            values = [one["const"] for one in options]
            labels = {str(one["const"]): str(one.get("title") or one["const"]) for one in options}
            if all(isinstance(one, str) for one in values):
                rest["x-labels"] = labels
            return {**rest, "enum": values}
    return schema


def _spoken(schema: Mapping[str, Any]) -> str | None:
    """The type that a schema without one shows by its values."""
    values = schema.get("enum", [schema["const"]] if "const" in schema else [])
    if not isinstance(values, list) or not values:
        return None
    for kind, types in (("string", str), ("boolean", bool), ("integer", int), ("number", _REAL)):
        if all(isinstance(one, types) for one in values):
            return kind
    return None


def _wrapped(schema: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The one schema inside ``allOf`` of one, or beside ``null`` in ``anyOf`` and ``oneOf``."""
    for keyword in ("allOf", "anyOf", "oneOf"):
        options = schema.get(keyword)
        if not isinstance(options, list) or not options:
            continue
        real = [
            one for one in options if not (isinstance(one, Mapping) and one.get("type") == "null")
        ]
        nullable = keyword != "allOf" and len(real) < len(options)
        if (
            len(real) == 1
            and isinstance(real[0], Mapping)
            and (nullable or (keyword == "allOf" and len(options) == 1))
        ):
            return real[0]
    return None


def _around(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in schema.items() if key not in ("allOf", "anyOf", "oneOf")}


def _references(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        own = [str(value["$ref"])] if isinstance(value.get("$ref"), str) else []
        return own + [found for held in value.values() for found in _references(held)]
    if isinstance(value, list):
        return [found for held in value for found in _references(held)]
    return []


def _stands(root: Mapping[str, Any], path: str) -> bool:
    value: Any = root
    for token in path.split("/")[1:]:
        value = value.get(token) if isinstance(value, Mapping) else None
    return value is not None


def _bound(schema: Mapping[str, Any], keyword: str, otherwise: int) -> Any:
    value = schema.get(keyword)
    if not isinstance(value, int | float) or isinstance(value, bool):
        return otherwise
    return max(-_HIGHEST, min(_HIGHEST, value))


def _real(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _stepped(limit: Any, step: Any, direction: int) -> Any:
    """The next value beyond an exclusive limit."""
    if step == 1:
        return math.floor(limit) + 1 if direction > 0 else math.ceil(limit) - 1
    return round(limit + direction * step, 4)


def _map(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _matching(pattern: str) -> str:
    """A text of the safe pattern: the first character of each part, as often as it must stand."""
    found = []
    for match in _ATOM.finditer(pattern[1:-1]):
        atom, times, optional = match[1], match[2], match[3]
        if optional:
            continue
        first = atom[1] if atom[0] in "[\\" else atom
        if atom.startswith("[\\"):
            first = atom[2]
        found.append(first * (int(times) if times else 1))
    return "".join(found)
