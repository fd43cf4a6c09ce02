"""Ai xử lý được: units in which a report would stay for want of people, and how to mend it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from server.core.access import Role
from server.core.vietnamese import collation_key, fold
from server.core.workflow import Workflow, places_of
from server.core.workflow_parts import People
from server.services.staffing import Route
from server.web.admin import cells
from server.web.admin.workflow_steps import title_of
from server.web.session import services
from server.web.workflow_words import place_word, role_word

#: More are counted, not listed: a missing office shows in each of its communes.
MOST_SHOWN = 100
MOST_NAMED = 4


@dataclass(frozen=True, slots=True)
class Missing:
    """Somebody who has to be found: the role, the unit by its id and name, who works there."""

    role: str
    org_unit: str | None
    where: str
    candidates: tuple[tuple[str, str], ...]  # account and name


@dataclass(frozen=True, slots=True)
class ShownGap:
    """A gap in words, with all states in which the same people are missing."""

    workflow: str
    workflow_title: str
    unit: str
    unit_name: str
    states: tuple[str, ...]
    why: str
    conflict: bool
    missing: tuple[Missing, ...]
    repair: tuple[str, ...]


class WorkflowPeoplePage:
    """Mixed into the view of workflows, which says who may come here."""

    @expose("/staffing/")
    def staffing(self: Any) -> ResponseReturnValue:
        """All gaps of all workflows, narrowed by the address."""
        chosen = request.args.get("workflow", "")
        text = request.args.get("unit", "").strip()
        kind = request.args.get("kind", "")
        routes = services().staffing.routes()
        found, units = gaps_on(routes)
        gaps = [gap for gap in found if self._asked_for(gap, chosen, text, kind)]
        gaps.sort(key=lambda gap: (gap.workflow_title, collation_key(gap.unit_name)))
        page: str = self.render(
            "admin/workflow_staffing.html",
            heading=_("Ai xử lý được"),
            gaps=gaps[:MOST_SHOWN],
            count=len(gaps),
            conflicts=sum(gap.conflict for gap in gaps),
            most=MOST_SHOWN,
            units=units,
            workflows=sorted({(one.workflow.code, one.workflow.title) for one in routes}),
            asked={"workflow": chosen, "unit": text, "kind": kind},
            filtered=bool(chosen or text or kind),
        )
        return page

    @staticmethod
    def _asked_for(gap: ShownGap, workflow: str, text: str, kind: str) -> bool:
        if workflow and gap.workflow != workflow:
            return False
        if kind and gap.conflict != (kind == "conflict"):
            return False
        return not text or fold(text) in fold(f"{gap.unit_name} {gap.unit}")


def gaps_on(
    routes: Sequence[Route], workflow: Workflow | None = None
) -> tuple[list[ShownGap], int]:
    """The gaps on all *routes* and how many units were looked at.

    A unit whose forms have several owners is on several routes; the same gap is told once.
    *workflow* stands in for the one in force.
    """
    found = dict.fromkeys(
        gap for route in routes for gap in gaps_of(workflow or route.workflow, route)
    )
    return list(found), len({unit for route in routes for unit in route.org_units})


def gaps_of(workflow: Workflow, route: Route) -> list[ShownGap]:
    """Where reports of the units of *route* would stay in *workflow* today, in words."""
    reference = services().reference
    tree = reference.tree(services().clock.today())
    states: dict[tuple[str, str, tuple[People, ...]], list[str]] = {}
    for gap in services().staffing.gaps(workflow, route.org_units, route.owner, route.form):
        title = title_of(workflow.states[gap.state])
        states.setdefault((gap.org_unit, gap.why, gap.missing), []).append(title)
    shown = []
    for (org_unit, why, asked), titles in states.items():
        places = places_of(tree, org_unit, route.owner, route.form)
        missing = tuple(_missing(people, places.get(people.at)) for people in asked)
        unit = tree.by_id[org_unit]
        shown.append(
            ShownGap(
                workflow.code,
                workflow.title,
                unit.code,
                unit.name,
                tuple(titles),
                _why(why),
                why in ("own-work", "too-few"),
                missing,
                _repair(why, missing),
            )
        )
    return shown


def _missing(people: People, org_unit: str | None) -> Missing:
    where = place_word(people.at) if org_unit is None else cells.unit_name(org_unit)
    return Missing(role_word(people.role), org_unit, where, _candidates(org_unit))


def _candidates(org_unit: str | None) -> tuple[tuple[str, str], ...]:
    """People of the unit to whom the role could be granted: those without a duty there so far."""
    if org_unit is None:
        return ()
    store, today = services().accounts.store, services().clock.today()
    busy = {
        kept.account
        for kept in store.kept_grants(org_units={org_unit})
        if kept.grant.holds(today) and kept.grant.role not in (Role.READER, Role.ADMIN)
    }
    found = store.list_(org_units={org_unit}, active=True)
    free = [(account.id, account.name) for account in found if account.id not in busy]
    return tuple(free[:MOST_NAMED])


def _why(why: str) -> str:
    return {
        "nobody": _("Chưa có ai"),
        "out-of-scope": _("Người có vai trò không nhìn thấy báo cáo của đơn vị này"),
        "too-few": _("Xung đột: một người giữ nhiều chữ ký phải do nhiều người ký"),
        "own-work": _("Xung đột: chỉ có người đã lập hoặc ký báo cáo này"),
    }.get(why, why)


def _repair(why: str, missing: Sequence[Missing]) -> tuple[str, ...]:
    if why == "out-of-scope":
        say = _("Cấp vai trò %(role)s tại %(where)s hoặc tại đơn vị cấp trên của đơn vị báo cáo.")
    elif why in ("own-work", "too-few"):
        say = _("Thêm một người khác có vai trò %(role)s tại %(where)s.")
    else:
        say = _("Thêm người có vai trò %(role)s tại %(where)s.")
    return tuple(say % {"role": one.role, "where": one.where} for one in missing)
