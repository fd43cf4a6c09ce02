"""Answers and their calculated values as one document: what prints, exports and checks read."""

from collections.abc import Mapping

from server.core.shape import ROW_ID


def merged(answers: Mapping[str, object], computed: Mapping[str, object]) -> dict[str, object]:
    """*answers* with the values of *computed* laid over them; neither is changed.

    >>> merged({"a": {"x": 1}}, {"a": {"y": 2}})
    {'a': {'x': 1, 'y': 2}}
    """
    whole = dict(answers)
    for key, value in computed.items():
        held = whole.get(key)
        if isinstance(held, Mapping) and isinstance(value, Mapping):
            whole[key] = merged(held, value)
        elif isinstance(held, list) and isinstance(value, list):
            whole[key] = _rows(held, value)
        else:
            whole[key] = value
    return whole


def _rows(held: list[object], computed: list[object]) -> list[object]:
    """Roster rows with the calculated values of the row of the same name."""
    by_name = {row.get(ROW_ID): row for row in computed if isinstance(row, Mapping)}
    return [
        merged(row, by_name.get(row.get(ROW_ID), {})) if isinstance(row, Mapping) else row
        for row in held
    ]
