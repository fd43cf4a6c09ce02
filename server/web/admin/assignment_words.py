"""A rule of assignment as a sentence: "Cấp: Xã; trong nhóm “Xã khu vực III”; trừ Cổ Linh"."""

from collections.abc import Iterable, Mapping

from flask import g
from flask_babel import gettext as _

from server.core.assignment import AssignmentRule
from server.core.vietnamese import collation_key
from server.web.admin import cells
from server.web.session import services

#: More units than these are counted, not named.
_MOST_NAMES = 3


def group_names() -> Mapping[str, str]:
    """The groups of units by id, in dictionary order; read once a request."""
    if "unit_group_names" not in g:
        g.unit_group_names = {group.id: group.name for group in services().unit_groups.all()}
    found: Mapping[str, str] = g.unit_group_names
    return found


def sentence(rule: AssignmentRule) -> str:
    """Who owes by the rule."""
    said = [*_narrowed(rule)]
    if rule.units:
        units = _units(rule.units)
        said.append(_("thêm %(units)s", units=units) if said else units)
    if rule.without:
        said.append(_("trừ %(units)s", units=_units(rule.without)))
    text = "; ".join(said)
    return text[:1].upper() + text[1:]


def _narrowed(rule: AssignmentRule) -> Iterable[str]:
    """What levels, kinds, a place and a group say together; nothing where a list alone speaks."""
    if not rule.levels and rule.group is None:
        return
    if rule.levels:
        yield _("cấp: %(levels)s", levels=_titles(rule.levels, cells.levels()))
    if rule.group is not None:
        name = group_names().get(rule.group, rule.group)
        if rule.levels:
            yield _("trong nhóm “%(group)s”", group=name)
        else:
            yield _("mọi đơn vị của nhóm “%(group)s”", group=name)
    if rule.kinds:
        yield _("chỉ loại: %(kinds)s", kinds=_titles(rule.kinds, cells.unit_kinds()))
    if rule.below is not None:
        yield _("thuộc %(unit)s", unit=cells.unit_name(rule.below))


def _titles(codes: Iterable[str], titles: Mapping[str, str]) -> str:
    """In the order of the titles, from the top."""
    chosen = set(codes)
    return ", ".join(title for code, title in titles.items() if code in chosen)


def _units(ids: Iterable[str]) -> str:
    names = sorted(map(cells.unit_name, ids), key=collation_key)
    if len(names) > _MOST_NAMES:
        return _("%(count)s đơn vị nêu tên", count=len(names))
    return ", ".join(names)
