"""Đơn vị: the choice of a unit with all below it, as the tree in the reader's reach."""

from server.core.org_unit import Level, OrgUnit, Tree
from server.core.vietnamese import collation_key
from server.web.session import current_actor, services

_INDENT = "\u2003"
_ORDER = (Level.PROVINCE, Level.DEPARTMENT, Level.DISTRICT, Level.COMMUNE)


def unit_choices(chosen: str = "") -> list[tuple[str, str]]:
    """The units that the reader sees today, each below the one above it; *chosen* as well.

    A unit that is no more is offered only where it is asked for: its figures stay readable.
    """
    tree = services().reference.tree(services().clock.today())
    visible = services().series.reach(current_actor())
    shown = [one for one in tree.units if visible is None or one.id in visible]
    known = {one.id for one in shown}
    tops = [one for one in shown if one.parent is None or one.parent not in known]
    found: list[tuple[str, str]] = []
    _below(tree, known, tops, 0, found)
    if chosen and chosen not in known and (visible is None or chosen in visible):
        found += [(chosen, one.name) for one in _former(chosen)]
    return found


def _below(
    tree: Tree, known: set[str], units: list[OrgUnit], depth: int, found: list[tuple[str, str]]
) -> None:
    for one in sorted(units, key=lambda unit: (_ORDER.index(unit.level), collation_key(unit.name))):
        found.append((one.id, f"{_INDENT * depth}{one.name}"))
        children = [child for child in tree.children(one.id) if child.id in known]
        _below(tree, known, children, depth + 1, found)


def _former(unit_id: str) -> list[OrgUnit]:
    """The unit on the newest tree that had it."""
    reference = services().reference
    for day in reversed(reference.epochs()):
        unit = reference.tree(day).by_id.get(unit_id)
        if unit is not None:
            return [unit]
    return []
