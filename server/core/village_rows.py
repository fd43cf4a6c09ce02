"""Lines by village: what the commune's dated village list proposes for a roster.

A roster says so with ``x-rowsource: village``; its columns ``name``, ``kind`` and
``extremely_poor``, where it has them, begin with what the list says. The commune may still change
or remove a line.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from server.core.form import Form
from server.core.org_unit import Village
from server.core.shape import Block

_FACTS: Final = ("name", "kind", "extremely_poor")


def village_rosters(form: Form) -> tuple[Block, ...]:
    """The rosters whose lines the village list proposes."""
    return tuple(
        block
        for block in form.shape.blocks.values()
        if block.item is not None and block.schema.get("x-rowsource") == "village"
    )


def proposed_rows(block: Block, villages: Sequence[Village]) -> list[dict[str, object]]:
    """One line for each village, in the order of the list; ids are stable over the years."""
    cells: Mapping[str, object] = {} if block.item is None else block.item.cells
    known = [fact for fact in _FACTS if fact in cells]
    return [
        {"_id": f"v{village.number:02}", **{fact: getattr(village, fact) for fact in known}}
        for village in sorted(villages, key=lambda village: village.number)
    ]


def opening_rows(form: Form, villages: Sequence[Village]) -> dict[str, object]:
    """The lines that a new report begins with: those of rosters that must not stay empty."""
    return {
        block.key: rows
        for block in village_rosters(form)
        if block.schema.get("minItems") and (rows := proposed_rows(block, villages))
    }
