"""A definition as its author thinks of it: sections with what they show, states and their moves.

The tree of the editor's form view. Each node knows the pointer of what it stands for; where the
order on the screen is kept elsewhere (the layout of a form), ``place`` is the pointer that moves.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from server.core.json_text import pointer, tokens

_REF: Final = "#/$defs/"
_CELLS: Final = frozenset({"integer", "number", "string", "boolean"})


@dataclass(frozen=True, slots=True)
class Node:
    """One line of the outline.

    *kind*: document, settings, layout, sections, section, cell, line, fixed, grid, roster, columns,
    checks, check, tests, test; states, state, transitions, transition, inputs, input. *index* is
    its place among *count* siblings, *shared* says that other blocks use the same columns. The
    *detail* of a section is which of both it holds: grid or fields.
    """

    path: str
    kind: str
    title: str
    key: str = ""
    detail: str = ""
    place: str = ""
    index: int = 0
    count: int = 1
    children: tuple["Node", ...] = field(default=())
    shared: bool = False

    @property
    def movable(self) -> str:
        """The pointer whose place among its siblings is that of the node; empty for a fixed one."""
        return self.place


def outline(kind: str, document: Mapping[str, Any]) -> Node:
    """The whole tree; parts that are not what they should be are left out, never an error."""
    children = _form(document) if kind == "form" else _workflow(document)
    title = _text(document.get("title"))
    return Node("", "document", title, children=tuple(children))


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it."""
    yield node
    for child in node.children:
        yield from walk(child)


def node_at(root: Node, path: str) -> Node | None:
    """The node of exactly that pointer, or of the nearest one above it that has a node."""
    best: Node | None = None
    for node in walk(root):
        inside = path == node.path or path.startswith(f"{node.path}/")
        if inside and (best is None or len(node.path) > len(best.path)):
            best = node
    return best


# Forms


def _form(document: Mapping[str, Any]) -> Iterator[Node]:
    yield Node("/x-form", "settings", "")
    yield Node("/x-layout", "layout", "")
    sections = _list(_map(document.get("x-layout")).get("sections"))
    shown = [
        _section(document, _map(section), place, len(sections))
        for place, section in enumerate(sections)
    ]
    yield Node("/x-layout/sections", "sections", "", children=tuple(shown))
    hidden = [
        _root(document, key, "", 0, 1)
        for key in _map(document.get("properties"))
        if not any(node.key == key for section in shown for node in section.children)
    ]
    if hidden:
        yield Node("/properties", "unshown", "", children=tuple(hidden))
    for keyword, kind, called in (("x-checks", "check", "code"), ("x-tests", "test", "name")):
        items = _list(document.get(keyword))
        nodes = [
            Node(
                f"/{keyword}/{place}",
                kind,
                _text(_map(item).get("message" if kind == "check" else "name")),
                key=_text(_map(item).get(called)) if kind == "check" else "",
                detail=_text(_map(item).get("severity")),
                place=f"/{keyword}/{place}",
                index=place,
                count=len(items),
            )
            for place, item in enumerate(items)
        ]
        yield Node(f"/{keyword}", f"{kind}s", "", children=tuple(nodes))


def _section(
    document: Mapping[str, Any], section: Mapping[str, Any], place: int, count: int
) -> Node:
    path = f"/x-layout/sections/{place}"
    children = []
    for keyword in ("grid", "fields"):
        keys = _list(section.get(keyword))
        children += [
            _root(document, _text(key), f"{path}/{keyword}/{at}", at, len(keys))
            for at, key in enumerate(keys)
        ]
    return Node(
        path,
        "section",
        _text(section.get("title")),
        key=_text(section.get("key")),
        detail=next((one for one in ("grid", "fields") if one in section), ""),
        place=path,
        index=place,
        count=count,
        children=tuple(children),
    )


def _root(document: Mapping[str, Any], key: str, place: str, index: int, count: int) -> Node:
    path = pointer("properties", key)
    held = _map(_map(document.get("properties")).get(key))
    kind, children = _inside(document, path, held)
    return Node(
        path,
        kind,
        _text(held.get("title")),
        key=key,
        detail=_detail(held),
        place=place,
        index=index,
        count=count,
        children=tuple(children),
    )


def _inside(
    document: Mapping[str, Any], path: str, held: Mapping[str, Any]
) -> tuple[str, list[Node]]:
    """What a property is, and its rows or columns."""
    if held.get("type") in _CELLS:
        return "cell", []
    if held.get("type") == "array":
        return "roster", _columns(document, f"{path}/items", _map(held.get("items")))
    if "x-rows" in held:
        line = _map(held.get("additionalProperties"))
        return "grid", _columns(document, f"{path}/additionalProperties", line)
    if "$ref" in held:
        return "line", _columns(document, path, held)
    rows = _map(held.get("properties"))
    if rows and all(
        "$ref" in _map(row) or _map(row).get("type") == "object" for row in rows.values()
    ):
        nodes = []
        for place, (key, row) in enumerate(rows.items()):
            where = f"{path}/properties{pointer(key)}"
            nodes.append(
                Node(
                    where,
                    "row",
                    _text(_map(row).get("title")),
                    key=key,
                    place=where,
                    index=place,
                    count=len(rows),
                    children=tuple(_columns(document, where, _map(row))),
                )
            )
        return "fixed", nodes
    return "line", _columns(document, path, held)


def _columns(document: Mapping[str, Any], path: str, line: Mapping[str, Any]) -> list[Node]:
    """The cells of one line; of ``$defs`` where several blocks share it."""
    shared = False
    reference = line.get("$ref")
    if isinstance(reference, str) and reference.startswith(_REF):
        name = reference.removeprefix(_REF)
        path, shared = pointer("$defs", name), _uses(document.get("properties"), reference) > 1
        line = _map(_map(document.get("$defs")).get(name))
    cells = _map(line.get("properties"))
    return [
        Node(
            f"{path}/properties{pointer(key)}",
            "cell",
            _text(_map(cell).get("title")),
            key=key,
            detail=_detail(_map(cell)),
            place=f"{path}/properties{pointer(key)}",
            index=place,
            count=len(cells),
            shared=shared,
        )
        for place, (key, cell) in enumerate(cells.items())
    ]


def line_path(document: Mapping[str, Any], path: str) -> str | None:
    """Where the columns of the block at *path* are declared; None when it has none of its own."""
    held: Any = document
    try:
        for token in tokens(path):
            held = held[token]
    except (KeyError, TypeError):
        return None
    held = _map(held)
    if held.get("type") == "array":
        path, held = f"{path}/items", _map(held.get("items"))
    elif "x-rows" in held:
        path, held = f"{path}/additionalProperties", _map(held.get("additionalProperties"))
    reference = held.get("$ref")
    if isinstance(reference, str) and reference.startswith(_REF):
        return pointer("$defs", reference.removeprefix(_REF))
    return path if "properties" in held else None


def _uses(value: object, reference: str) -> int:
    if isinstance(value, Mapping):
        own = value.get("$ref") == reference
        return own + sum(_uses(held, reference) for held in value.values())
    return 0


def _detail(held: Mapping[str, Any]) -> str:
    """The type of a cell; what it is made of when it is calculated."""
    if "x-calculate" in held:
        return "calculated"
    if held.get("format") == "date":
        return "date"
    return _text(held.get("x-codelist") and "codelist") or _text(held.get("type"))


# Workflows


def _workflow(document: Mapping[str, Any]) -> Iterator[Node]:
    states = _map(document.get("states"))
    nodes = [
        Node(
            f"/states{pointer(code)}",
            "state",
            _text(_map(state).get("title")),
            key=code,
            detail=" ".join(
                flag for flag in ("editable", "sent", "final") if _map(state).get(flag) is True
            ),
            place=f"/states{pointer(code)}",
            index=place,
            count=len(states),
        )
        for place, (code, state) in enumerate(states.items())
    ]
    yield Node("/states", "states", "", children=tuple(nodes))
    moves = _list(document.get("transitions"))
    nodes = [
        Node(
            f"/transitions/{place}",
            "transition",
            "",
            key=_text(_map(move).get("event")),
            detail=_route(states, _map(move)),
            place=f"/transitions/{place}",
            index=place,
            count=len(moves),
        )
        for place, move in enumerate(moves)
    ]
    yield Node("/transitions", "transitions", "", children=tuple(nodes))


def _route(states: Mapping[str, Any], move: Mapping[str, Any]) -> str:
    def called(code: object) -> str:
        return _text(_map(states.get(_text(code))).get("title")) or _text(code)

    sources = ", ".join(called(code) for code in _list(move.get("from")))
    return f"{sources} → {called(move.get('to'))}"


def _map(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
