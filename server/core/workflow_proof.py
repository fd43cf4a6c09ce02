"""Proof of a workflow before it is published: every report can come to an end, in every situation.

Apart from ``definition_workflow``, which looks at one declaration at a time, because these faults
show only when the declarations are played together.
"""

from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Final

from server.core.json_text import pointer
from server.core.refusal import Refusals
from server.core.workflow import Workflow
from server.core.workflow_domains import (
    Situation,
    TooWide,
    domains_of,
    holds,
    keys_of,
    narrowed,
    shown,
    situations,
)
from server.core.workflow_graph import (
    AnyMove,
    Graph,
    actors_of,
    condition_of,
    graphs_of,
    moves_of,
)
from server.core.workflow_parts import ESCALATED_EVENTS, People, TimedTransition, Transition

#: How far each act of vouching is on the way of a report.
_RANKS: Final = {"submit": 1, "sign": 2, "send": 2, "approve": 3}


def refuse_unproved(refusals: Refusals, workflow: Workflow) -> None:
    """Add what is wrong with *workflow* as a machine; each declaration is right by itself."""
    _refuse_escalations(refusals, workflow)
    _refuse_duties(refusals, workflow)
    try:
        _refuse_never(refusals, workflow)
        _refuse_clashes(refusals, workflow)
        if not refusals:
            _refuse_ways(refusals, workflow)
    except TooWide:
        first = next(move for move in moves_of(workflow) if move.when is not None)
        message = "the conditions tell too many situations apart to be proved; use fewer facts"
        refusals.add(f"/transitions/{first.number}/when", "condition-too-wide", message)


def _refuse_never(refusals: Refusals, workflow: Workflow) -> None:
    """A condition that no situation makes true shuts its move for ever."""
    for move in moves_of(workflow):
        condition = condition_of(move)
        if condition is None:
            continue
        keys, domains = keys_of([condition]), domains_of([condition])
        people = tuple(one for state in move.sources for one in actors_of(workflow, move, state))
        if not any(
            holds(condition, situation) for situation in situations(narrowed(domains, people), keys)
        ):
            message = "the condition is never true, whatever the facts are"
            refusals.add(f"/transitions/{move.number}/when", "condition-never", message)


def _refuse_clashes(refusals: Refusals, workflow: Workflow) -> None:
    """One person, one button, one meaning: an event of a role may lead to one place only."""
    for first, second in combinations(moves_of(workflow), 2):
        if isinstance(first, TimedTransition) != isinstance(second, TimedTransition):
            continue
        for place, state in enumerate(second.sources):
            if state not in first.sources:
                continue
            path = f"/transitions/{second.number}/from/{place}"
            if isinstance(first, TimedTransition) or isinstance(second, TimedTransition):
                if _together(first, second, ()) is not None:
                    message = f"two moves of time leave {state!r}"
                    refusals.add(path, "transition-clash", message, event=second.event, state=state)
                continue
            _refuse_clash(refusals, workflow, path, state, (first, second))


def _refuse_clash(
    refusals: Refusals,
    workflow: Workflow,
    path: str,
    state: str,
    pair: tuple[Transition, Transition],
) -> None:
    first, second = pair
    if first.event != second.event:
        return
    roles = {one.role for one in first.people} & {one.role for one in second.people}
    if roles:
        same = [one for one in (*first.people, *second.people) if one.role in roles]
        both = _together(first, second, same)
        if both is not None:
            who = ", ".join(sorted(roles))
            message = f"{first.event} from {state!r} by {who} is declared twice{_when(both)}"
            refusals.add(
                path,
                "transition-clash",
                message,
                event=second.event,
                state=state,
                given=shown(both),
            )
            return
    escalate = workflow.states[state].escalate
    if escalate is None or first.event not in ESCALATED_EVENTS or first.target == second.target:
        return
    both = _together(first, second, [escalate])
    if both is not None:
        message = f"whoever stands in could {first.event} in two ways{_when(both)}"
        refusals.add(
            f"/states/{state}/escalate",
            "escalation-clash",
            message,
            event=first.event,
            given=shown(both),
        )


def _together(first: AnyMove, second: AnyMove, people: Sequence[People]) -> Situation | None:
    """A situation in which the conditions of both moves are true."""
    conditions = [one for one in (condition_of(first), condition_of(second)) if one is not None]
    domains = narrowed(domains_of(conditions), people)
    for situation in situations(domains, keys_of(conditions)):
        if all(holds(condition, situation) for condition in conditions):
            return situation
    return None


def _refuse_escalations(refusals: Refusals, workflow: Workflow) -> None:
    """People who stand in must gain something by it, and may not judge what they passed on."""
    for code, state in workflow.states.items():
        if state.escalate is None:
            continue
        moves = [
            move
            for move in workflow.transitions
            if code in move.sources and move.event in ESCALATED_EVENTS
        ]
        who = (state.escalate.role, state.escalate.at)
        if all(who in _duties([move]) for move in moves):
            message = f"escalate adds nobody to those who may act in {code!r} anyway"
            refusals.add(f"/states/{code}/escalate", "escalation-idle", message, state=code)
        for move in moves:
            before = [
                one
                for one in workflow.transitions
                if 0 < _RANKS.get(one.event, 0) < _RANKS.get(move.event, 0)
            ]
            if who in _duties(before):
                message = f"{who[0]} at {who[1]} passes the report on and would {move.event} it"
                facts = {"role": str(who[0]), "at": who[1], "event": move.event}
                refusals.add(f"/states/{code}/escalate", "duties-joined", message, **facts)


def _refuse_duties(refusals: Refusals, workflow: Workflow) -> None:
    """Whoever passes a report on does not also accept it, and nobody accepts their own work."""
    for move in workflow.transitions:
        if move.event not in ("sign", "approve"):
            continue
        rank = _RANKS[move.event]
        if "not_own_work" not in move.guards:
            message = f"{move.event} must name the guard not_own_work"
            path = f"/transitions/{move.number}"
            refusals.add(path, "duties-unguarded", message, event=move.event)
        before = _duties(one for one in workflow.transitions if 0 < _RANKS.get(one.event, 0) < rank)
        for role, at in sorted(_duties([move]) & before):
            message = f"{role} at {at} passes the report on and would {move.event} it too"
            path = f"/transitions/{move.number}/by"
            refusals.add(path, "duties-joined", message, role=str(role), at=at, event=move.event)


def _duties(moves: Iterable[Transition]) -> set[tuple[str, str]]:
    """Roles and places of whoever fires these moves."""
    return {(one.role, one.at) for move in moves for one in move.people}


def _refuse_ways(refusals: Refusals, workflow: Workflow) -> None:
    """In every situation every report can come to an end, and every state is of some use."""
    graphs = list(graphs_of(workflow))
    reached = {state for graph in graphs for state, _ in graph.reached}
    for code in workflow.states:
        path = pointer("states", code)
        if code not in reached:
            message = f"no path leads from the initial state to {code!r}"
            refusals.add(path, "state-unreachable", message, state=code)
            continue
        stuck = _first(graphs, code, "stuck")
        if stuck is not None:
            message = f"no path leads from {code!r} to a final state{_when(stuck)}"
            refusals.add(path, "state-dead-end", message, state=code, given=shown(stuck))
        looping = _first(graphs, code, "loops")
        if looping is not None:
            message = f"from {code!r} a report only goes round by returns{_when(looping)}"
            refusals.add(path, "return-loop", message, state=code, given=shown(looping))


def _first(graphs: Sequence[Graph], code: str, kind: str) -> Situation | None:
    """The first situation in which the state has that fault."""
    for graph in graphs:
        places: frozenset[tuple[str, int]] = getattr(graph, kind)
        held = min((held for state, held in places if state == code), default=None)
        if held is not None:
            return {**graph.given, **graph.contents[held]}
    return None


def _when(situation: Situation) -> str:
    if not situation:
        return ""
    told = ", ".join(f"{name} is {value!r}" for name, value in shown(situation).items())
    return f" when {told}"
