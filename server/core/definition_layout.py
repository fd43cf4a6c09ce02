"""The ``x-layout`` of a definition: every property stands in exactly one place that can show it."""

from collections.abc import Mapping

from server.core.refusal import Refusals
from server.core.shape import Block, BlockKind, Shape, mapping, sequence, strings


def refuse_layout(refusals: Refusals, source: Mapping[str, object], shape: Shape) -> None:
    """Refuse unknown, missing and repeated properties, and headings over missing columns."""
    seen: set[str] = set()
    for place, declared in enumerate(sequence(mapping(source["x-layout"])["sections"])):
        section, path = mapping(declared), f"/x-layout/sections/{place}"
        for keyword in ("grid", "fields"):
            for at, key in enumerate(strings(section.get(keyword, ()))):
                where = f"{path}/{keyword}/{at}"
                if key not in shape.order:
                    message = f"the form has no property {key!r}"
                    refusals.add(where, "layout-unknown", message, key=key)
                elif key in seen:
                    message = f"property {key!r} stands in two places"
                    refusals.add(where, "layout-repeated", message, key=key)
                elif not _fits(shape, key, keyword):
                    message = f"property {key!r} cannot stand in {keyword}"
                    refusals.add(where, "layout-misplaced", message, key=key)
                seen.add(key)
        blocks = [
            shape.blocks[key] for key in strings(section.get("grid", ())) if key in shape.blocks
        ]
        _refuse_columns(refusals, path, section, blocks)
    for key in shape.order:
        if key not in seen:
            message = f"property {key!r} stands in no section"
            refusals.add(f"/properties/{key}", "layout-missing", message, key=key)


def _fits(shape: Shape, key: str, keyword: str) -> bool:
    if keyword == "grid":
        return key in shape.blocks
    return key in shape.cells or shape.blocks[key].kind in (BlockKind.LINE, BlockKind.FIXED)


def _refuse_columns(
    refusals: Refusals, path: str, section: Mapping[str, object], blocks: list[Block]
) -> None:
    if sum(block.kind is BlockKind.ROSTER for block in blocks) > 1:
        refusals.add(f"{path}/grid", "layout-misplaced", "a grid takes one list of rows at most")
    columns = {key for block in blocks for line in block.samples for key in line.cells}
    if "fields" in section:
        columns = set(strings(section["fields"]))
    grouped: set[str] = set()
    for place, group in enumerate(sequence(section.get("groups", ()))):
        for at, key in enumerate(strings(mapping(group)["columns"])):
            where = f"{path}/groups/{place}/columns/{at}"
            if key not in columns:
                message = f"the section has no column {key!r}"
                refusals.add(where, "layout-unknown", message, key=key)
            elif key in grouped:
                message = f"column {key!r} stands under two headings"
                refusals.add(where, "layout-repeated", message, key=key)
            grouped.add(key)
    for keyword in ("formulas", "numbers"):
        for key in mapping(section.get(keyword, {})):
            if key not in columns:
                message = f"the section has no column {key!r}"
                refusals.add(f"{path}/{keyword}/{key}", "layout-unknown", message, key=key)
