"""A step of ``x-migrate`` in a sentence, by the titles of its fields in the raw definitions.

For differences, where neither version need be sound enough to be compiled.
"""

from collections.abc import Mapping
from typing import Any, Final

from server.core.json_text import tokens

_OPS: Final[Mapping[str, tuple[str, str]]] = {
    "rename": ("{source} chuyển sang {target}", "{source} goes to {target}"),
    "move": ("{source} chuyển sang {target}", "{source} goes to {target}"),
    "split": ("{source} tách thành {target}", "{source} is divided into {target}"),
    "merge": ("{source} gộp vào {target}", "{source} are put together in {target}"),
    "recode": ("{what} đổi mã", "{what} has other codes"),
    "unit": ("{what} nhân với {factor}", "{what} times {factor}"),
    "default": ("{what} nhận giá trị có sẵn", "{what} has a value where there was none"),
    "drop": ("bỏ số liệu của {what}", "the figures of {what} are let go"),
}
_REKEYED: Final = ("{source} đổi mã từ {old} sang {new}", "{source} has the key {new}, not {old}")


def step_said(
    step: Mapping[str, Any], older: Mapping[str, Any], newer: Mapping[str, Any], language: int
) -> str:
    """What the step does; Vietnamese (0) or English (1)."""
    op = str(step.get("op"))
    if op not in _OPS:
        return op
    if "path" in step:
        what = _quoted(older if op == "drop" else newer, step["path"])
        factor = str(step.get("factor", "")).replace(".", ("," if language == 0 else "."))
        return _OPS[op][language].format(what=what, factor=factor)
    source, target = _quoted(older, step.get("from", "")), _quoted(newer, step.get("to", ""))
    if op == "rename" and source == target:
        old, new = (str(step.get(end, "")).rpartition("/")[2] for end in ("from", "to"))
        return _REKEYED[language].format(source=source, old=old, new=new)
    return _OPS[op][language].format(source=source, target=target)


def _quoted(document: Mapping[str, Any], named: object) -> str:
    paths = named if isinstance(named, list) else [named]
    return ", ".join(f"“{field_said(document, str(path))}”" for path in paths)


def field_said(document: Mapping[str, Any], path: str) -> str:
    """``Dân tộc: Nam`` for ``/rows/*/male``; the path itself where nothing stands there."""
    parts = tokens(path) if path.startswith("/") else ()
    held = _map(document.get("properties")).get(parts[0]) if parts else None
    if not isinstance(held, Mapping):
        return path
    said = [str(held.get("title") or parts[0])]
    for part in parts[1:]:
        held = _inside(document, held, part)
        if held is None:
            return path
        if part != "*" and held.get("title"):
            said.append(str(held["title"]))
    return ": ".join(said)


def _inside(
    document: Mapping[str, Any], held: Mapping[str, Any], part: str
) -> Mapping[str, Any] | None:
    for name in ("items", "additionalProperties"):
        line = held.get(name)
        if isinstance(line, Mapping):
            line = _followed(document, line)
            return line if part == "*" else _found(_map(line.get("properties")), part)
    return _found(_map(_followed(document, held).get("properties")), part)


def _found(members: Mapping[str, Any], part: str) -> Mapping[str, Any] | None:
    one = next(iter(members.values()), None) if part == "*" else members.get(part)
    return one if isinstance(one, Mapping) else None


def _followed(document: Mapping[str, Any], held: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = held.get("$ref")
    if not isinstance(reference, str) or not reference.startswith("#/$defs/"):
        return held
    return _map(_map(document.get("$defs")).get(reference.removeprefix("#/$defs/")))


def _map(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
