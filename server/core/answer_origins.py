"""Where an answer of a newer version of a form stood in the older one: a ``Route`` backwards.

Apart from the way forward, because only what is told of a cell's past asks for it.
"""

from server.core.answer_migration import Route
from server.core.answer_paths import PathUnknown, place_of
from server.core.definition_impact import fields_of
from server.core.json_text import pointer, tokens
from server.core.migration_step import EVERY

_ROW = 1  # where the line stands in the pointer of a cell


def origins(route: Route, path: str) -> tuple[str, ...]:
    """The cells of the older version whose values go to *path*: several where they are merged,
    none where the cell is new.
    """
    parts = tokens(path)
    row = parts[_ROW] if len(parts) > _ROW + 1 else ""
    found: dict[str, None] = {}
    for field, cell in fields_of(route.older):
        at = pointer(*(row if one == EVERY else one for one in tokens(field)))
        if (row or EVERY not in tokens(field)) and _stands(route, at):
            typed = cell.calculate is None
            if path in (route.targets(at) if typed else (route.leads(at)[0],)):
                found[at] = None
    return tuple(found)


def _stands(route: Route, path: str) -> bool:
    try:
        place_of(route.older, path)
    except PathUnknown:
        return False
    return True
