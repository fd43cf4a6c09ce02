"""Random edits of a definition, as an administrator makes them in the outline."""

from hypothesis import strategies as st

from server.core.definition_outline import outline, walk

TITLES = st.text(alphabet='abcđêộ {}"\\\n', min_size=1, max_size=12)
KEYS = st.from_regex(r"[a-z][a-z0-9_]{0,6}", fullmatch=True)


@st.composite
def operations(draw, kind, document):
    """One operation that fits the document."""
    nodes = [node for node in walk(outline(kind, document)) if node.movable]
    node = draw(st.sampled_from(nodes))
    op = draw(st.sampled_from(["set", "move", "remove", "rename", "retype", "add"]))
    if op == "set":
        return {"op": op, "path": node.path, "values": {"title": draw(TITLES), "description": None}}
    if op == "move":
        return {"op": op, "path": node.place, "to": draw(st.integers(0, node.count))}
    if op == "rename":
        return {"op": op, "path": node.path, "key": draw(KEYS)}
    if op == "retype":
        type_ = draw(st.sampled_from(["integer", "number", "string", "boolean"]))
        return {"op": op, "path": node.path, "type": type_}
    if op == "add":
        value = {"title": draw(TITLES), "type": "integer"}
        place = "/properties" if kind == "form" else "/states"
        return {"op": op, "path": f"{place}/{draw(KEYS)}", "value": value}
    return {"op": op, "path": node.path}
