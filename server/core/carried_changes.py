"""Changes that somebody made on another version of a form, in the places of the present one.

Apart from the way of whole reports (``answer_migration``), because here a hand is in between: a
number of which no step says where it belongs is given back to whoever typed it.
"""

from collections.abc import Mapping
from dataclasses import replace

from server.core.answer_migration import Route
from server.core.answer_origins import origins
from server.core.answer_paths import PathUnknown, Place, place_of
from server.core.form import Form
from server.core.json_text import pointer, tokens
from server.core.migration_step import converted
from server.core.shape import ROW_ID, Cell
from server.core.submission import STATUSES, Change


def forward(route: Route, change: Change) -> Change | None:
    """The change where the newer version has its place; None where no step says which it is.

    A value that would be divided or put together with others has none: only whoever typed it
    knows what it is meant to be there.
    """
    place = _place(route.older, change.path)
    if place is None:
        return None
    if place.cell is None:
        return _line(route, place, change)
    if place.cell.calculate is not None:
        return change if _place(route.newer, change.path) is not None else None
    fate = route.fate(place.path)
    if fate.path is None or fate.merged or fate.split is not None:
        return None
    decimals = route.decimals(fate.path)
    old, new = (
        one if one in STATUSES else converted(fate.steps, one, decimals)
        for one in (change.old, change.new)
    )
    return replace(change, path=fate.path, old=old, new=new)


def backward(route: Route, change: Change) -> Change | None:
    """The change where the older version has its place, after a report went back to it."""
    place = _place(route.newer, change.path)
    if place is None:
        return None
    if place.cell is None:
        return change if _place(route.older, change.path) is not None else None
    found = origins(route, place.path)
    if len(found) != 1:
        return None
    fate = route.fate(found[0])
    if fate.steps or fate.merged or fate.split is not None:
        return None
    return replace(change, path=found[0])


def into(route: Route, path: str) -> tuple[str, ...]:
    """The places among which the value of a cell without a place of its own was given out."""
    place = _place(route.older, path)
    return () if place is None or place.cell is None else route.targets(path)


def _place(form: Form, path: str) -> Place | None:
    try:
        return place_of(form, path)
    except PathUnknown:
        return None


def _line(route: Route, place: Place, change: Change) -> Change | None:
    """A line or a block: its cells go one by one, and together or not at all."""
    path = place.path
    if place.line is not None and place.block is not None:
        for key, cell in place.line.cells.items():
            target = _target(route, path, key, cell)
            if target is not None:
                path = target.rpartition("/")[0]
                break
    if _place(route.newer, path) is None:
        return None
    old, new = (_held(route, place, one) for one in (change.old, change.new))
    whole = not isinstance(change.new, Mapping) or (
        isinstance(new, Mapping) and len(new) == len(change.new)
    )
    return replace(change, path=path, old=old, new=new) if whole else None


def _target(route: Route, path: str, key: str, cell: Cell) -> str | None:
    if cell.calculate is not None:
        return None
    fate = route.fate(pointer(*tokens(path), key))
    if fate.path is None or fate.merged or fate.split is not None:
        return None
    return fate.path


def _held(route: Route, place: Place, held: object) -> object:
    """The cells of a line that have a place, under the keys that they have there."""
    if not isinstance(held, Mapping) or place.line is None:
        return held
    found: dict[str, object] = {}
    for key, value in held.items():
        cell = place.line.cells.get(key)
        if cell is None or cell.calculate is not None:
            found[key] = value
            continue
        moved = forward(route, Change(pointer(*tokens(place.path), key), None, value))
        if moved is not None:
            found[tokens(moved.path)[-1]] = moved.new
    if ROW_ID in held:
        found[ROW_ID] = held[ROW_ID]
    return found
