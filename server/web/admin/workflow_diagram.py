"""A workflow as a drawing: states from top to bottom, moves as arcs beside them.

Computed here and written as SVG by a template, without style or script of its own. States stand
in the order in which a report meets them; a number at an arc is that of the step in the table.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from server.core.workflow import Workflow
from server.core.workflow_graph import BACKWARD, moves_of

_BOX_WIDTH: Final = 208
_BOX_LEAST: Final = 44
_GAP: Final = 34
_LANE: Final = 26
_EDGE: Final = 14  # height of a box for each arc that ends at one of its sides
_MARGIN: Final = 8
_LINE_LENGTH: Final = 26
_NUMBER_WIDTH: Final = 9
_BEND: Final = 8


@dataclass(frozen=True, slots=True)
class Box:
    """A state: its corner, its size, its lines of text and what kind of state it is."""

    code: str
    lines: tuple[str, ...]
    kind: str
    x: float
    y: float
    height: float

    @property
    def width(self) -> int:
        return _BOX_WIDTH

    @property
    def middle(self) -> float:
        return self.x + _BOX_WIDTH / 2

    @property
    def first_line(self) -> float:
        """Where the first line of text stands."""
        return self.y + self.height / 2 + 4 - 8 * (len(self.lines) - 1)


@dataclass(frozen=True, slots=True)
class Arc:
    """All moves between two states: its path, its label and where the label stands."""

    path: str
    label: str
    x: float
    y: float
    kind: str  # "onward" or "back"

    @property
    def width(self) -> int:
        return _NUMBER_WIDTH * len(self.label) + 8


@dataclass(frozen=True, slots=True)
class Diagram:
    width: float
    height: float
    boxes: tuple[Box, ...]
    arcs: tuple[Arc, ...]


def reading_order(workflow: Workflow) -> tuple[str, ...]:
    """The states as a report meets them: the ways onward first, what is left as in the file."""
    onward: dict[str, list[str]] = {code: [] for code in workflow.states}
    for move in moves_of(workflow):
        if move.event not in BACKWARD:
            for source in move.sources:
                onward[source].append(move.target)
    order = [workflow.initial]
    for code in order:
        order += [target for target in dict.fromkeys(onward[code]) if target not in order]
    order += [code for code in workflow.states if code not in order]
    # Where a report is corrected comes after the ways to its end.
    side = _corrected(workflow)
    return (*(c for c in order if c not in side), *(c for c in order if c in side))


def draw(workflow: Workflow, titles: Mapping[str, str], numbers: Mapping[int, int]) -> Diagram:
    """Lay out a workflow; *numbers* are those of the steps in the table, by place in the file."""
    order = reading_order(workflow)
    place = {code: number for number, code in enumerate(order)}
    edges: dict[tuple[str, str], list[int]] = {}
    backward: set[tuple[str, str]] = set()
    for move in moves_of(workflow):
        for source in move.sources:
            edges.setdefault((source, move.target), []).append(numbers[move.number])
            if move.event in (*BACKWARD, "reopen"):
                backward.add((source, move.target))
    straight = [edge for edge in edges if place[edge[1]] == place[edge[0]] + 1]
    left = [edge for edge in edges if place[edge[1]] > place[edge[0]] + 1]
    right = [edge for edge in edges if place[edge[1]] < place[edge[0]]]
    left_lanes, right_lanes = _lanes(left, place), _lanes(right, place)
    ends = {
        code: max(sum(code in edge for edge in side) for side in (left, right)) for code in order
    }
    x = _MARGIN + _LANE * (1 + max(left_lanes.values(), default=-1)) + _LANE / 2
    boxes: dict[str, Box] = {}
    y = float(_MARGIN)
    for code in order:
        lines = _wrapped(titles[code])
        height = max(_BOX_LEAST, 18 * len(lines) + 12, _EDGE * (ends[code] + 1))
        boxes[code] = Box(code, lines, _kind(workflow, code), x, y, height)
        y += height + _GAP
    arcs = [_straight(boxes, edge, edges[edge], edge in backward) for edge in straight]
    for side, lanes, turn in ((left, left_lanes, -1), (right, right_lanes, 1)):
        docks = _docks(side, boxes, place)
        for edge in side:
            ends_at = docks[edge, edge[0]], docks[edge, edge[1]]
            arc = _curved(boxes[edge[0]], ends_at, lanes[edge], turn, edges[edge])
            arcs.append(replace(arc, kind="back") if edge in backward else arc)
    width = x + _BOX_WIDTH + _LANE * (1 + max(right_lanes.values(), default=-1)) + _LANE / 2
    return Diagram(width + _MARGIN, y - _GAP + _MARGIN, tuple(boxes.values()), tuple(arcs))


def _corrected(workflow: Workflow) -> frozenset[str]:
    """States that only a return, a recall or a reopening leads to."""
    into: dict[str, set[str]] = {}
    for move in moves_of(workflow):
        into.setdefault(move.target, set()).add(move.event)
    back = {*BACKWARD, "reopen"}
    return frozenset(
        code for code, events in into.items() if events <= back and code != workflow.initial
    )


def _kind(workflow: Workflow, code: str) -> str:
    state = workflow.states[code]
    return "final" if state.final else "sent" if state.sent else "own"


def _lanes(
    edges: Sequence[tuple[str, str]], place: Mapping[str, int]
) -> dict[tuple[str, str], int]:
    """A lane for each arc so that none that overlap share one; short ones nearest to the boxes."""

    def span(edge: tuple[str, str]) -> tuple[int, int]:
        return min(place[one] for one in edge), max(place[one] for one in edge)

    taken: list[list[tuple[int, int]]] = []
    found = {}
    for edge in sorted(edges, key=lambda edge: (span(edge)[1] - span(edge)[0], span(edge))):
        low, high = span(edge)
        free = [
            lane
            for lane, spans in enumerate(taken)
            if all(high <= other_low or other_high <= low for other_low, other_high in spans)
        ]
        lane = free[0] if free else len(taken)
        if not free:
            taken.append([])
        taken[lane].append((low, high))
        found[edge] = lane
    return found


def _docks(
    edges: Sequence[tuple[str, str]], boxes: Mapping[str, Box], place: Mapping[str, int]
) -> dict[tuple[tuple[str, str], str], float]:
    """At which height of a box's side each arc begins and ends, so that they do not cross there."""
    found = {}
    for code, box in boxes.items():
        here = [edge for edge in edges if code in edge]

        def far(edge: tuple[str, str], code: str = code) -> tuple[bool, int]:
            other = place[edge[0] if edge[1] == code else edge[1]]
            return other > place[code], -abs(other - place[code]) * (
                1 if other > place[code] else -1
            )

        for number, edge in enumerate(sorted(here, key=far), start=1):
            found[edge, code] = box.y + box.height * number / (len(here) + 1)
    return found


def _straight(
    boxes: Mapping[str, Box], edge: tuple[str, str], numbers: Sequence[int], back: bool
) -> Arc:
    source, target = boxes[edge[0]], boxes[edge[1]]
    start, end = source.y + source.height, target.y - 2
    path = f"M{source.middle:g} {start:g}V{end:g}"
    kind = "back" if back else "onward"
    return Arc(path, _label(numbers), source.middle, (start + end) / 2 - 2, kind)


def _curved(
    box: Box, docks: tuple[float, float], lane: int, turn: int, numbers: Sequence[int]
) -> Arc:
    """An arc from side to side; *turn* is -1 on the left of the boxes and 1 on their right."""
    start, end = docks
    side = box.x + (_BOX_WIDTH if turn > 0 else 0)
    far = side + turn * (_LANE * (lane + 1) - 4)
    near = far - turn * _BEND
    bend = _BEND if end > start else -_BEND
    path = (
        f"M{side:g} {start:g}H{near:g}Q{far:g} {start:g} {far:g} {start + bend:g}"
        f"V{end - bend:g}Q{far:g} {end:g} {near:g} {end:g}H{side + turn * 2:g}"
    )
    return Arc(path, _label(numbers), far, (start + end) / 2, "onward")


def _label(numbers: Sequence[int]) -> str:
    return ",".join(str(number) for number in dict.fromkeys(numbers))


def _wrapped(title: str) -> tuple[str, ...]:
    """A title in lines that fit the box; what is too long for three of them is cut."""
    lines: list[str] = []
    for word in title.split():
        if lines and len(lines[-1]) + 1 + len(word) <= _LINE_LENGTH:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    most = 3
    if len(lines) > most:
        lines = [*lines[: most - 1], f"{lines[most - 1]}…"]
    return tuple(
        line if len(line) <= _LINE_LENGTH else f"{line[: _LINE_LENGTH - 1]}…" for line in lines
    )
