"""After the districts: officers of the province, each with a group of communes to look after."""

from collections.abc import Iterable, Mapping

from server.core.org_unit import OrgUnit
from server.core.unit_group import GroupUnit
from server.core.vietnamese import collation_key
from server.demo import merger
from server.demo.people import OFFICERS, Cast
from server.services import Services
from server.services.unit_groups import GroupWish


def found_groups(
    services: Services,
    cast: Cast,
    units: Mapping[str, OrgUnit],
    codes: Iterable[str],
) -> None:
    """A group of neighbouring names for each officer; the next officer stands in."""
    communes = sorted((units[code] for code in codes), key=lambda one: collation_key(one.name))
    admin = cast.named("admin")
    people = [cast.named(username).account for username in OFFICERS]
    size = -(-len(communes) // len(people))
    for number, officer in enumerate(people):
        members = communes[number * size : (number + 1) * size]
        services.unit_groups.add(
            admin,
            GroupWish(
                name=f"Nhóm {number + 1}: {_plain(members[0])} – {_plain(members[-1])}",
                members=tuple(GroupUnit(unit.id, merger.MERGED_ON) for unit in members),
                officers=(officer,),
                substitutes=(people[(number + 1) % len(people)],),
            ),
        )


def _plain(unit: OrgUnit) -> str:
    """The name without its kind."""
    for kind in ("Xã ", "Phường ", "Thị trấn "):
        if unit.name.startswith(kind):
            return unit.name.removeprefix(kind)
    return unit.name
