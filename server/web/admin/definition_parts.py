"""What can be added below a part of a definition, and what a new part begins with."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask_babel import gettext as _

from server.core.definition_consequences import KEY
from server.core.definition_editor import EditRefused, value_at
from server.core.definition_outline import Node, line_path
from server.core.json_text import pointer, tokens
from server.web.session import services

_MOST: Final = 999_999_999
_CELL: Final[Mapping[str, Mapping[str, object]]] = {
    "integer": {"type": "integer", "minimum": 0, "maximum": _MOST},
    "number": {"type": "number", "minimum": 0, "maximum": _MOST, "multipleOf": 0.01},
    "string": {"type": "string", "maxLength": 200},
    "date": {"type": "string", "format": "date"},
    "boolean": {"type": "boolean"},
}


@dataclass(frozen=True, slots=True)
class Addable:
    """A kind of part that can be added: where, what it is called, whether it needs a code."""

    what: str
    path: str
    title: str
    coded: bool = True
    section: int | None = None


def addable(kind: str, node: Node, document: Mapping[str, Any]) -> list[Addable]:
    """What the form below a node offers."""
    if node.kind == "section":
        return _below_section(node)
    if node.kind in ("line", "grid", "roster", "row", "fixed"):
        line = line_path(document, node.path)
        found = (
            [] if line is None else [Addable("cell", f"{line}/properties", _("Thêm cột hoặc ô"))]
        )
        return [] if node.kind == "fixed" else found
    return {
        "sections": [Addable("section", "/x-layout/sections", _("Thêm phần"))],
        "checks": [Addable("check", "/x-checks", _("Thêm quy tắc kiểm tra"))],
        "tests": [Addable("test", "/x-tests", _("Thêm dữ liệu thử"), coded=False)],
        "states": [Addable("state", "/states", _("Thêm trạng thái"))],
        "transitions": [Addable("transition", "/transitions", _("Thêm bước"), coded=False)],
    }.get(node.kind, [])


def _below_section(node: Node) -> list[Addable]:
    place = int(tokens(node.path)[-1])
    titles = {
        "cell": _("Thêm ô"),
        "line": _("Thêm nhóm ô"),
        "grid": _("Thêm bảng theo bảng mã"),
        "roster": _("Thêm danh sách"),
    }
    return [Addable(what, "/properties", title, section=place) for what, title in titles.items()]


def addition(
    document: Mapping[str, Any], path: str, form: Mapping[str, str]
) -> tuple[dict[str, Any], str]:
    """The operation that adds what was posted, and the pointer of the new part.

    Raises:
        EditRefused: the code is none, or the place does not take it.
    """
    what, key = form.get("what", ""), form.get("key", "").strip()
    title = form.get("title", "").strip() or key
    makers = {
        "section": lambda: _section(document, key, title),
        "check": lambda: _in_list(document, path, _check(key, title)),
        "test": lambda: _in_list(document, path, {"name": title, "answers": {}, "findings": []}),
        "transition": lambda: _in_list(document, path, _transition(document)),
    }
    if what in makers:
        if what in ("section", "check") and not KEY.fullmatch(key):
            raise EditRefused("key", path)
        return makers[what]()
    if not KEY.fullmatch(key):
        raise EditRefused("key", path)
    value = _value(what, title, form)
    operation: dict[str, Any] = {"op": "add", "path": f"{path}{pointer(key)}", "value": value}
    if what == "grid":
        operation["defs"] = {key: _line()}  # the columns of a code list stand there by rule
    if form.get("section", "").isdigit():
        operation["section"] = int(form["section"])
    return operation, str(operation["path"])


def _value(what: str, title: str, form: Mapping[str, str]) -> dict[str, Any]:
    cell = {"title": title, **_CELL.get(form.get("type", ""), _CELL["integer"])}
    if what == "cell":
        return cell
    if what == "line":
        return {"title": title, **_line()}
    if what == "roster":
        return {"title": title, "type": "array", "maxItems": 60, "items": _line()}
    if what == "grid":
        first = next((one.code for one in services().catalogue.usable_codelists()), "")
        rows = {"codelist": form.get("codelist") or first}
        row = {"$ref": f"#/$defs/{form.get('key', '')}"}
        return {"title": title, "type": "object", "x-rows": rows, "additionalProperties": row}
    if what == "state":
        return {"title": title}
    raise EditRefused("unknown", what)


def _line() -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {"total": {"title": _("Tổng số"), **_CELL["integer"]}},
    }


def _section(document: Mapping[str, Any], key: str, title: str) -> tuple[dict[str, Any], str]:
    return _in_list(document, "/x-layout/sections", {"key": key, "title": title, "fields": []})


def _check(code: str, title: str) -> dict[str, Any]:
    return {"code": code, "severity": "warning", "rule": "true", "message": title}


def _transition(document: Mapping[str, Any]) -> dict[str, Any]:
    states = document.get("states")
    codes = list(states) if isinstance(states, Mapping) else [""]
    return {
        "event": "submit",
        "from": codes[:1],
        "to": codes[-1],
        "by": {"role": "reporter", "at": "unit"},
    }


def _in_list(
    document: Mapping[str, Any], path: str, value: Mapping[str, Any]
) -> tuple[dict[str, Any], str]:
    """At the end of a list; a list that is not there yet comes with it."""
    parts = tokens(path)
    try:
        held = value_at(document, path)
    except EditRefused:
        value_at(document, pointer(*parts[:-1]))
        return {"op": "add", "path": path, "value": [dict(value)]}, f"{path}/0"
    place = len(held) if isinstance(held, list) else 0
    return {"op": "add", "path": f"{path}/-", "value": dict(value)}, f"{path}/{place}"
