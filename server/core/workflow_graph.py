"""All the ways a report can go through a workflow, situation by situation.

A place of the graph is a state together with what stands in the report: facts that never change
are fixed for one graph, what is written in the report can change only in a state in which it may
be edited, everything else may be as a move needs it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from server.core.expressions import Expression, parse
from server.core.workflow import Workflow
from server.core.workflow_conditions import CONTENT, FIXED, Key, lasts
from server.core.workflow_domains import (
    MOST,
    Domains,
    Situation,
    TooWide,
    domains_of,
    holds,
    keys_of,
    narrowed,
    situations,
)
from server.core.workflow_parts import ESCALATED_EVENTS, People, TimedTransition, Transition

AnyMove = Transition | TimedTransition
#: A state, and which of the contents of the report it is reached with.
Place = tuple[str, int]
#: These lead back and are no way forward.
BACKWARD: Final = frozenset({"return", "recall"})


@dataclass(frozen=True, slots=True)
class Graph:
    """The places reached in one situation, and what is wrong with them."""

    given: Situation
    contents: Sequence[Situation]
    reached: frozenset[Place]
    stuck: frozenset[Place]  # no way from here to a final state
    loops: frozenset[Place]  # on a circle of returns that only another return leads out of


def moves_of(workflow: Workflow) -> tuple[AnyMove, ...]:
    """The moves of people and those of time, as the file has them."""
    return tuple(sorted((*workflow.transitions, *workflow.timed), key=lambda move: move.number))


def actors_of(workflow: Workflow, move: AnyMove, state: str) -> tuple[People, ...]:
    """Who may sign a move in *state*, those of an escalation included."""
    if isinstance(move, TimedTransition):
        return ()
    escalate = workflow.states[state].escalate if state in workflow.states else None
    stand_in = escalate if move.event in ESCALATED_EVENTS else None
    return (*move.people, *(() if stand_in is None else (stand_in,)))


def condition_of(move: AnyMove) -> Expression | None:
    return None if move.when is None else parse(move.when)


def graphs_of(workflow: Workflow) -> Iterator[Graph]:
    """One graph for each combination of the facts that never change for a report.

    Raises:
        TooWide: the conditions tell too many situations apart.
    """
    conditions = [parse(move.when) for move in moves_of(workflow) if move.when is not None]
    domains = domains_of(conditions)
    by_duration: dict[str, list[Key]] = defaultdict(list)
    for key in keys_of(conditions):
        by_duration[lasts(key)].append(key)
    fixed = list(situations(domains, by_duration[FIXED]))
    contents = list(situations(domains, by_duration[CONTENT]))
    if len(fixed) * len(contents) * max(1, len(conditions)) > MOST:
        raise TooWide
    open_ = _Open(workflow, domains)
    for given in fixed:
        yield _graph(workflow, open_, given, contents)


class _Open:
    """Which moves are open in which situations; facts that move on are as they must be."""

    def __init__(self, workflow: Workflow, domains: Domains) -> None:
        self._keys: dict[int, tuple[Key, ...]] = {}
        self._true: dict[tuple[int, str], frozenset[tuple[object, ...]]] = {}
        for move in moves_of(workflow):
            condition = condition_of(move)
            if condition is None:
                continue
            keys = keys_of([condition])
            lasting = self._keys[move.number] = tuple(
                key for key in keys if lasts(key) in (FIXED, CONTENT)
            )
            for state in move.sources:
                acting = narrowed(domains, actors_of(workflow, move, state))
                self._true[move.number, state] = frozenset(
                    tuple(situation[key] for key in lasting)
                    for situation in situations(acting, keys)
                    if holds(condition, situation)
                )

    def __call__(self, move: AnyMove, state: str, situation: Situation) -> bool:
        true = self._true.get((move.number, state))
        return true is None or tuple(situation[key] for key in self._keys[move.number]) in true


def _graph(
    workflow: Workflow, open_: _Open, given: Situation, contents: Sequence[Situation]
) -> Graph:
    onward: dict[Place, set[Place]] = defaultdict(set)
    forward: dict[Place, set[Place]] = defaultdict(set)
    returns: set[tuple[Place, Place]] = set()
    everything = range(len(contents))
    for code, state in workflow.states.items():
        # Whoever may edit can bring about any content before the move.
        if state.editable:
            for held in everything:
                onward[code, held].add((code, (held + 1) % len(contents)))
                forward[code, held].add((code, (held + 1) % len(contents)))
    for move in moves_of(workflow):
        for source in move.sources:
            for held in everything:
                if open_(move, source, {**given, **contents[held]}):
                    onward[source, held].add((move.target, held))
                    if move.event in BACKWARD:
                        returns.add(((source, held), (move.target, held)))
                    else:
                        forward[source, held].add((move.target, held))
    reached = closure({(workflow.initial, held) for held in everything}, onward)
    final = {
        (code, held)
        for code, state in workflow.states.items()
        if state.final
        for held in everything
    }
    ending = closure(final, _turned(onward))
    without_return = closure(final, _turned(forward))
    loops: set[Place] = set()
    for circle in circles(reached - without_return, onward):
        if any(source in circle and target in circle for source, target in returns):
            loops |= circle
    return Graph(given, contents, frozenset(reached), frozenset(reached - ending), frozenset(loops))


def closure(start: set[Place], onward: Mapping[Place, set[Place]]) -> set[Place]:
    """What can be reached from *start*, itself included."""
    reached, waiting = set(start), list(start)
    while waiting:
        for place in onward.get(waiting.pop(), set()) - reached:
            reached.add(place)
            waiting.append(place)
    return reached


def circles(places: set[Place], onward: Mapping[Place, set[Place]]) -> list[set[Place]]:
    """The groups of *places* that lead to one another (Tarjan's components, no recursion)."""
    index: dict[Place, int] = {}
    low: dict[Place, int] = {}
    path: list[Place] = []
    on_path: set[Place] = set()
    found: list[set[Place]] = []
    for root in sorted(places):
        if root in index:
            continue
        work = [(root, iter(sorted(onward.get(root, set()) & places)))]
        index[root] = low[root] = len(index)
        path.append(root)
        on_path.add(root)
        while work:
            place, targets = work[-1]
            for target in targets:
                if target not in index:
                    index[target] = low[target] = len(index)
                    path.append(target)
                    on_path.add(target)
                    work.append((target, iter(sorted(onward.get(target, set()) & places))))
                    break
                if target in on_path:
                    low[place] = min(low[place], index[target])
            else:
                work.pop()
                if work:
                    above = work[-1][0]
                    low[above] = min(low[above], low[place])
                if low[place] == index[place]:
                    group = {place}
                    while (top := path.pop()) != place:
                        group.add(top)
                    on_path -= group
                    if len(group) > 1:
                        found.append(group)
    return found


def _turned(onward: Mapping[Place, set[Place]]) -> dict[Place, set[Place]]:
    back: dict[Place, set[Place]] = defaultdict(set)
    for source, targets in onward.items():
        for target in targets:
            back[target].add(source)
    return back
