"""The proof against brute force: small random workflows are played through in every situation."""

from collections.abc import Iterator
from datetime import date
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.core.access import Actor, Grant, Role
from server.core.expressions import parse
from server.core.workflow import Workflow
from server.core.workflow_conditions import WrongType, refuse_types, unknown_names
from server.core.workflow_domains import domains_of, holds, keys_of, situations
from server.core.workflow_graph import graphs_of
from server.core.workflow_visit import Visit
from tests.definitions.shipped import WORKFLOWS, json_of, name_of

PLACES = {"unit": "c", "parent": "d", "province": "p"}
ALL = Actor("all", "all", tuple(Grant(role, unit) for role in Role for unit in PLACES.values()))
YEARS, LEVELS = (2023, 2024, 2025), ("commune", "province")
ERRORS, NILS, TOTALS = (0, 1, 2, 3), (False, True), (None, 9, 10)
CONDITIONS = (
    None,
    None,
    None,
    "period.year >= 2025",
    "period.year < 2025",
    "unit.level == 'commune'",
    "unit.level != 'commune' || nil",
    "findings.errors == 0",
    "findings.errors > 2 && period.year != 2024",
    "nil",
    "!nil",
    "value('/total') < 10",
)
BACKWARD = ("return", "recall")
DAY, LATER = date(2025, 1, 1), date(2025, 3, 1)
Content = tuple[int, bool, int | None]
Node = tuple[str, Content]


@st.composite
def small_workflows(draw: st.DrawFn) -> dict[str, Any]:
    """Up to six states and nine moves, with conditions; most of them are faulty."""
    codes = [f"s{number}" for number in range(draw(st.integers(1, 4)))]
    editable = draw(st.lists(st.booleans(), min_size=len(codes), max_size=len(codes)))
    states: dict[str, dict[str, object]] = {
        code: {"title": code, "editable": open_}
        for code, open_ in zip(codes, editable, strict=True)
    }
    states["done"] = {"title": "done", "final": True, "sent": True}
    transitions = []
    for number in range(draw(st.integers(1, 9))):
        source = draw(st.sampled_from(codes))
        target = draw(st.sampled_from([code for code in states if code != source]))
        move: dict[str, object] = {"from": [source], "to": target}
        move["event"] = draw(st.sampled_from(("submit", "approve", "return", "recall")))
        when = draw(st.sampled_from(CONDITIONS))
        if when is not None:
            move["when"] = when
        if number == 0 and draw(st.booleans()):
            move["after"] = "P1D"
        else:
            role, at = (
                draw(st.sampled_from(("reporter", "signer"))),
                draw(st.sampled_from(("unit", "parent"))),
            )
            move["by"] = {"role": role, "at": at}
        transitions.append(move)
    return {
        "code": "x",
        "version": 1,
        "initial": codes[0],
        "states": states,
        "transitions": transitions,
    }


def contents() -> Iterator[Content]:
    yield from product(ERRORS, NILS, TOTALS)


def onward(workflow: Workflow, state: str, year: int, level: str, content: Content):
    """Event and target of whatever can happen here, asked of the machine itself."""
    errors, nil, total = content
    facts = {
        "unit": {"level": level},
        "period": {"year": year},
        "findings": {"errors": errors},
        "nil": nil,
    }
    visit = Visit(value={"/total": total}.get)
    for move in workflow.moves(state, actor=ALL, places=PLACES, facts=facts, visit=visit):
        yield move.event, move.target
    for timed in workflow.timed:
        alone = Workflow("x", 1, "", state, workflow.states, (), timed=(timed,))
        if alone.due(state, since=DAY, today=LATER, calendar=(), facts=facts, visit=visit):
            yield timed.event, timed.target


def explored(workflow: Workflow) -> tuple[set[str], set[str], set[str]]:
    """States that are reached, that are stuck, that are on a loop, in some situation."""
    reached_states, stuck, looping = set(), set(), set()
    everything = list(contents())
    for year, level in product(YEARS, LEVELS):
        ways: dict[Node, list[tuple[str, Node]]] = {}
        waiting: list[Node] = [(workflow.initial, content) for content in everything]
        while waiting:
            node = waiting.pop()
            if node in ways:
                continue
            state, content = node
            ways[node] = [
                (event, (target, content))
                for event, target in onward(workflow, state, year, level, content)
            ]
            if workflow.states[state].editable:
                ways[node] += [("edit", (state, other)) for other in everything if other != content]
            waiting += [target for _, target in ways[node]]
        ending = _leading(ways, workflow, ("none",))
        ahead = _leading(ways, workflow, BACKWARD)
        reached_states |= {state for state, _ in ways}
        stuck |= {node[0] for node in ways if node not in ending}
        looping |= {node[0] for node in ways if node not in ahead and _circles(node, ways, ahead)}
    return reached_states, stuck, looping


def _leading(
    ways: dict[Node, list[tuple[str, Node]]], workflow: Workflow, without: tuple[str, ...]
) -> set[Node]:
    """The nodes from which a final state can be reached without these events."""
    found = {node for node in ways if workflow.states[node[0]].final}
    while True:
        more = {
            node
            for node, steps in ways.items()
            if node not in found
            and any(event not in without and target in found for event, target in steps)
        }
        if not more:
            return found
        found |= more


def _circles(start: Node, ways: dict[Node, list[tuple[str, Node]]], ahead: set[Node]) -> bool:
    """Whether a walk among nodes without a way ahead comes back to *start* over a return."""
    seen: set[tuple[Node, bool]] = set()
    waiting = [(start, False)]
    while waiting:
        node, returned = waiting.pop()
        for event, target in ways[node]:
            here = (target, returned or event in BACKWARD)
            if target in ahead or here in seen:
                continue
            if here == (start, True):
                return True
            seen.add(here)
            waiting.append(here)
    return False


@settings(max_examples=300)
@given(small_workflows())
def test_the_proof_finds_what_brute_force_finds(source):
    workflow = Workflow.of(source)

    graphs = list(graphs_of(workflow))

    proved = tuple(
        {state for graph in graphs for state, _ in getattr(graph, kind)}
        for kind in ("reached", "stuck", "loops")
    )
    assert proved == explored(workflow)


@pytest.mark.parametrize("path", WORKFLOWS, ids=name_of)
def test_nothing_is_wrong_with_the_ways_of_a_shipped_workflow(path):
    workflow = Workflow.of(json_of(path))

    (graph,) = graphs_of(workflow)

    assert {state for state, _ in graph.reached} == set(workflow.states)
    assert not graph.stuck and not graph.loops


@pytest.mark.parametrize(
    "text",
    [
        "unit.code.startsWith('06') && unit.code.endsWith('15')",
        "size(unit.kind) == 7",
        "findings.warnings > findings.errors + 5",
        "value('/amount') * 2 > 1000.5",
        "value('/amount') == 'x' || value('/b') == null",
        "value('/agreed') == true && !nil",
        "obligation.round == null && obligation.days_late >= 30",
        "['xa', 'phuong'].exists(k, k == unit.kind)",
        "unit.level in ['province', 'district'] && period.type != 'year'",
        "round(value('/rate'), 1) == 0.3 || value('/rate') < -4",
        "coalesce(value('/a'), 7) == 7",
        "has(obligation.round) ? nil : !nil",
    ],
)
def test_a_condition_that_can_be_true_is_found_to_be(text):
    condition = parse(text)

    assert unknown_names(condition) == ()
    refuse_types(condition)
    tried = situations(domains_of([condition]), keys_of([condition]))
    assert any(holds(condition, situation) for situation in tried)


@pytest.mark.parametrize(
    "text",
    [
        "unit.code",
        "period.year",
        "nil == 'yes'",
        "unit.level > 3",
        "obligation.days_late + 'x' == 'x'",
        "!findings.errors",
        "findings.errors && nil",
        "nil ? 1 : 2",
        "unit.kind in 'xa'",
        "sum(period.year) > 1",
        "period.year.startsWith('20')",
        "period.year == null",
        "findings.errors.exists(e, e > 1)",
        "-nil == 1",
    ],
)
def test_a_condition_that_can_never_work_is_told_so(text):
    with pytest.raises(WrongType):
        refuse_types(parse(text))
