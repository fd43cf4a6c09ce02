"""Chạy thử: a workflow played for a real unit with its real people; nothing is stored.

The whole play stands in the address, so that it can be shared and gone back.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from server.core.access import Actor, Role
from server.core.org_unit import OrgUnit, Tree
from server.core.simulation import Choice, Simulation, Step, Supposed
from server.core.simulation_replay import Play, Turn, line_of, replay, turns_of, unmet_guards
from server.core.vietnamese import collation_key
from server.core.workflow import Workflow, levels_of, places_of
from server.services.staffing import Route
from server.web.admin import cells
from server.web.admin.workflow_situation import Situation
from server.web.admin.workflow_steps import title_of
from server.web.session import services
from server.web.submission_states import badge_of
from server.web.workflow_words import (
    condition_words,
    event_word,
    guard_word,
    role_word,
    signatories,
)


@dataclass(frozen=True, slots=True)
class ShownPerson:
    """Somebody who could act now: what the button says and where it leads."""

    name: str
    roles: str
    address: str
    note: str


@dataclass(frozen=True, slots=True)
class ShownChoice:
    """A move out of the present state."""

    event: str
    target: str
    who: str
    assumed: tuple[str, ...]
    shut: str
    ready: tuple[ShownPerson, ...]
    barred: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ShownWait:
    """A button of time; without an address it only says what will happen."""

    title: str
    address: str | None


class WorkflowSimulatorPage:
    """Mixed into the view of workflows, which says who may come here."""

    @expose("/simulate/")
    def simulate(self: Any) -> ResponseReturnValue:
        """One position of the play."""
        row = self.asked()
        workflow = services().catalogue.workflow(row.code, row.version)
        page: str = self.render(
            "admin/workflow_simulator.html",
            heading=_("Chạy thử: %(title)s", title=self.name_of(row)),
            row=row,
            called=self.name_of(row),
            **played(workflow, lambda **more: str(self.get_url(".simulate", id=row.id, **more))),
        )
        return page


def played(workflow: Workflow, address: Callable[..., str]) -> dict[str, Any]:
    """The position that the address of the page tells, for ``admin/workflow_play.html``.

    *address* makes the address of another position from what has to stand in it.
    """
    tree = services().reference.tree(services().clock.today())
    routes = [one for one in services().staffing.routes() if one.workflow.code == workflow.code]
    units = _units(routes, tree)
    asked = request.args.get("unit", "")
    unit = tree.by_id.get(asked) if asked else None
    if unit is None and units:
        unit = units[0]
    own = urlsplit(address())
    shown: dict[str, Any] = {
        "units": [(one.id, f"{one.name} ({one.code})") for one in units],
        "unit": unit,
        "play_action": own.path,
        "play_kept": parse_qsl(own.query),
    }
    if unit is not None:
        route = next((one for one in routes if unit.id in one.org_units), None)
        shown |= _position(address, workflow, unit, route)
    return shown


def _position(
    address: Callable[..., str], workflow: Workflow, unit: OrgUnit, route: Route | None
) -> dict[str, Any]:
    """Everything that the page says of the present position."""
    tree = services().reference.tree(services().clock.today())
    owner, form = (None, "") if route is None else (route.owner, route.form)
    places = places_of(tree, unit.id, owner, form)
    people = services().staffing.people(workflow, unit.id, owner, form)
    situation = Situation.of(workflow, unit, request.args, services().clock.today())
    typed_by = request.args.get("typed", "")
    supposed = Supposed(
        situation.facts,
        situation.cells,
        frozenset({typed_by} & {one.account for one in people}),
    )
    start = Simulation(workflow, places, levels_of(tree, places), people, supposed)
    play = replay(start, turns_of(request.args.get("steps", "")), situation.unmet)
    kept = {"unit": unit.id, "typed": typed_by or None, **situation.kept}

    def at(turns: Sequence[Turn]) -> str:
        steps = line_of(turns) or None
        return address(**kept, steps=steps, _anchor="now")

    names = {one.account: one.name for one in people}
    position = play.position
    return {
        "situation": situation,
        "typists": [
            (one.account, one.name) for one in people if unit.id in one.units(Role.REPORTER)
        ],
        "typed": typed_by,
        "badge_here": badge_of(workflow, position.now.code),
        "waited": play.waited,
        "history": _history(play, names, at),
        "steps": line_of(play.turns),
        "back": at(play.turns[:-1]) if play.turns else None,
        "restart": at(()),
        "broken": None if play.broken is None else _why(play.broken),
        "choices": [
            _choice(one, position, situation, lambda turn: at((*play.turns, turn)))
            for one in position.choices()
        ],
        "waits": _waits(play, lambda turn: at((*play.turns, turn))),
    }


def _units(routes: Sequence[Route], tree: Tree) -> list[OrgUnit]:
    """The units that owe a report by this workflow; all units when nothing is owed by it."""
    owing = {unit for route in routes for unit in route.org_units} or set(tree.by_id)
    return sorted(
        (tree.by_id[unit] for unit in owing if unit in tree.by_id),
        key=lambda unit: (collation_key(unit.name), unit.code),
    )


def _history(play: Play, names: Mapping[str, str], at: Any) -> list[tuple[str, str]]:
    """The turns so far in sentences, each with the address of the position after it."""
    steps = iter(play.position.steps)
    lines = []
    for number, turn in enumerate(play.turns, start=1):
        if turn.days:
            told = _("%(days)s ngày làm việc trôi qua", days=turn.days)
        else:
            told = _step(next(steps), names, play.position.workflow)
        lines.append((told, at(play.turns[:number])))
    return lines


def _step(step: Step, names: Mapping[str, str], workflow: Workflow) -> str:
    who = _("Hệ thống") if step.account is None else names.get(step.account, step.account)
    if step.escalated:
        who = _("%(who)s (làm thay vì quá hạn)", who=who)
    event = event_word(step.event)
    if step.of > 1:
        event = f"{event} ({step.signed}/{step.of})"
    if step.source == step.target:
        return _("%(who)s: %(event)s, chờ người ký tiếp", who=who, event=event)
    target = title_of(workflow.states[step.target])
    return _("%(who)s: %(event)s, đến %(state)s", who=who, event=event, state=target)


def _choice(choice: Choice, position: Simulation, situation: Situation, to: Any) -> ShownChoice:
    move = choice.transition
    unmet = unmet_guards(choice, situation.unmet)
    actors = {one.account: one for one in position.people}
    ready = tuple(
        ShownPerson(
            one.name,
            _roles(actors[one.account], position.places.values()),
            to(Turn(move.number, one.account)),
            _note(one.signed, one.of, one.escalated),
        )
        for one in choice.ready
    )
    # Whoever has nothing to do with a move is not told so one by one.
    barred = tuple((one.name, _why(one.why)) for one in choice.barred if one.why != "people")
    shut = ""
    if unmet:
        shut = _(
            "Chưa thực hiện được vì chưa đạt: %(guards)s.",
            guards=", ".join(guard_word(guard) for guard in unmet),
        )
    elif not ready and any(one.why == "condition" for one in choice.barred):
        shut = _(
            "Chưa thực hiện được vì điều kiện chưa đúng: %(condition)s.",
            condition=condition_words(move.when or ""),
        )
    elif not ready:
        shut = _("Hiện không ai thực hiện được bước này.")
    return ShownChoice(
        event_word(move.event),
        title_of(choice.target),
        signatories(move),
        tuple(guard_word(guard) for guard in choice.assumed if guard not in unmet),
        shut,
        () if unmet else ready,
        barred,
    )


def _note(signed: int, of: int, escalated: bool) -> str:
    notes = []
    if of > 1:
        notes.append(_("chữ ký %(signed)s/%(of)s", signed=signed, of=of))
    if escalated:
        notes.append(_("làm thay vì quá hạn"))
    return ", ".join(notes)


def _roles(actor: Actor, units: Collection[str]) -> str:
    """The roles that somebody holds at the units around this report."""
    found = dict.fromkeys(
        f"{role_word(grant.role)}, {cells.unit_name(grant.org_unit)}"
        for grant in actor.grants
        if grant.org_unit in units
    )
    return "; ".join(found)


def _why(why: str) -> str:
    return {
        "people": _("không có vai trò cần thiết"),
        "signed": _("đã ký bước này"),
        "turn": _("chưa đến lượt, người khác ký trước"),
        "taken": _("phần này đã đủ chữ ký"),
        "acted": _("đã có người ký nên không rút lại được nữa"),
        "condition": _("điều kiện của bước chưa đúng"),
        "own-work": _("không được duyệt báo cáo do chính mình lập hoặc ký"),
        "guards": _("điều kiện trước khi chuyển chưa đạt"),
        "too-early": _("chưa đến ngày"),
    }.get(why, why)


def _waits(play: Play, to: Any) -> list[ShownWait]:
    """What the passing of days brings in this state."""
    found = []
    timed_choices = play.position.timed_choices()
    if play.position.now.deadline is not None or timed_choices:
        found.append(ShownWait(_("Thêm 1 ngày làm việc"), to(Turn(days=1))))
    if play.until_overdue:
        title = _("Chờ đến khi quá hạn (%(days)s ngày làm việc)", days=play.until_overdue)
        found.append(ShownWait(title, to(Turn(days=play.until_overdue))))
    for timed in timed_choices:
        event, left = event_word(timed.event), play.until(timed)
        if not timed.open:
            found.append(
                ShownWait(_("Hệ thống chưa “%(event)s”: điều kiện chưa đúng", event=event), None)
            )
        elif left:
            title = _(
                "Chờ đến khi hệ thống “%(event)s” (%(days)s ngày làm việc)", event=event, days=left
            )
            found.append(ShownWait(title, to(Turn(days=left))))
        else:
            state = title_of(timed.target)
            title = _("Hệ thống “%(event)s”, đến %(state)s", event=event, state=state)
            found.append(ShownWait(title, to(Turn(timed.number))))
    return found
