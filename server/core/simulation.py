"""Playing a workflow for a unit without a report: who could act, why not, what follows.

Nothing is stored. What the report holds, who typed it and how much time has passed is supposed;
guards that look into a report (``answers_valid`` and the like) are named, and taken as met.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from server.core.access import Actor
from server.core.workflow import Move, Shut, Workflow
from server.core.workflow_parts import State, Transition
from server.core.workflow_visit import Signature, Visit

#: Acts after which somebody has vouched for the report, and acts that begin it anew.
_VOUCHING: Final = ("submit", "sign", "send", "approve")
_RESTARTS: Final = ("return", "recall", "reopen")


@dataclass(frozen=True, slots=True)
class Supposed:
    """What is supposed of the report: ``facts`` as in conditions, cells by pointer, who typed."""

    facts: Mapping[str, object] = field(default_factory=dict)
    cells: Mapping[str, object] = field(default_factory=dict)
    typed_by: frozenset[str] = frozenset()
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class Ready:
    """Somebody who could sign a move now: for the *place*-th of its people, as *signed* of *of*."""

    account: str
    name: str
    place: int
    signed: int
    of: int
    escalated: bool


@dataclass(frozen=True, slots=True)
class Barred:
    """Somebody who could not, and *why*: as ``Shut.why``, or ``own-work``."""

    account: str
    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A move out of the present state with everybody's part in it."""

    transition: Transition
    target: State
    ready: tuple[Ready, ...]
    barred: tuple[Barred, ...]
    assumed: tuple[str, ...]  # guards that are taken as met


@dataclass(frozen=True, slots=True)
class TimedChoice:
    """A move of time out of the present state; *open* when its condition is true."""

    number: int
    event: str
    target: State
    after: str
    open: bool


@dataclass(frozen=True, slots=True)
class Step:
    """What was played: by whom (nobody: by time), from where to where."""

    event: str
    account: str | None
    source: str
    target: str
    signed: int = 1
    of: int = 1
    escalated: bool = False


class StepRefused(Exception):
    """That person cannot play that move now; ``why`` as in ``Barred``."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Simulation:
    """One position of the play; each step gives another one and leaves this as it is."""

    workflow: Workflow
    places: Mapping[str, str]
    levels: Mapping[str, str]
    people: tuple[Actor, ...]
    supposed: Supposed = Supposed()
    state: str = ""
    signed: tuple[Signature, ...] = ()
    steps: tuple[Step, ...] = ()

    @property
    def now(self) -> State:
        return self.workflow.states[self.state or self.workflow.initial]

    def choices(self) -> tuple[Choice, ...]:
        """Every move out of the present state, in the order of the file."""
        judged: dict[int, list[tuple[Actor, Move | Shut]]] = {}
        for actor in self.people:
            for found in self._judged(actor):
                number = found.transition if isinstance(found, Move) else found.transition.number
                judged.setdefault(number, []).append((actor, found))
        return tuple(
            self._choice(move, judged.get(move.number, ()))
            for move in self.workflow.transitions
            if self.now.code in move.sources
        )

    def timed_choices(self) -> tuple[TimedChoice, ...]:
        """What time does to the present state when its days have passed."""
        return tuple(
            TimedChoice(
                move.number,
                move.event,
                self.workflow.states[move.target],
                move.after,
                self.workflow.is_open(move, self.supposed.facts, self._visit()),
            )
            for move in self.workflow.timed
            if self.now.code in move.sources
        )

    def play(self, number: int, account: str) -> "Simulation":
        """The position after that person has signed that move; ``StepRefused`` when closed."""
        for choice in self.choices():
            if choice.transition.number != number:
                continue
            for one in choice.barred:
                if one.account == account:
                    raise StepRefused(one.why)
            for ready in choice.ready:
                if ready.account == account:
                    return self._after(choice, ready)
        raise StepRefused("people")

    def let_time_pass(self, number: int) -> "Simulation":
        """The position after that move of time; ``StepRefused`` when it is closed."""
        for choice in self.timed_choices():
            if choice.number == number and choice.open:
                step = Step(choice.event, None, self.now.code, choice.target.code)
                return self._moved(step)
        raise StepRefused("condition")

    def suppose(self, supposed: Supposed) -> "Simulation":
        """The same position of another report: what was signed there does not count here."""
        same = replace(supposed, overdue=self.supposed.overdue) == self.supposed
        return replace(self, supposed=supposed, signed=self.signed if same else ())

    def _visit(self) -> Visit:
        return Visit(self.signed, self.supposed.overdue, self.levels, self.supposed.cells.get)

    def _judged(self, actor: Actor) -> tuple[Move | Shut, ...]:
        return self.workflow.judged(
            self.now.code,
            actor=actor,
            places=self.places,
            facts=self.supposed.facts,
            visit=self._visit(),
        )

    def _choice(self, move: Transition, judged: Sequence[tuple[Actor, Move | Shut]]) -> Choice:
        own = self._vouched() if "not_own_work" in move.guards else frozenset()
        ready, barred = [], []
        for actor, found in judged:
            if isinstance(found, Shut):
                barred.append(Barred(actor.account, actor.name, found.why))
            elif actor.account in own:
                barred.append(Barred(actor.account, actor.name, "own-work"))
            else:
                ready.append(
                    Ready(
                        actor.account,
                        actor.name,
                        found.place,
                        found.signed,
                        found.of,
                        found.escalated,
                    )
                )
        assumed = tuple(guard for guard in move.guards if guard != "not_own_work")
        target = self.workflow.states[move.target]
        return Choice(move, target, tuple(ready), tuple(barred), assumed)

    def _vouched(self) -> frozenset[str]:
        """Who typed the report or vouched for it since it was begun, returned or reopened."""
        vouched: set[str] = set()
        for step in self.steps:
            if step.event in _RESTARTS and step.source != step.target:
                vouched.clear()
            elif step.event in _VOUCHING and step.account is not None:
                vouched.add(step.account)
        return self.supposed.typed_by | vouched

    def _after(self, choice: Choice, ready: Ready) -> "Simulation":
        move, source = choice.transition, self.now.code
        whole = ready.signed == ready.of
        step = Step(
            move.event,
            ready.account,
            source,
            move.target if whole else source,
            ready.signed,
            ready.of,
            ready.escalated,
        )
        if whole:
            return self._moved(step)
        signature = Signature(move.event, ready.account, move.number, ready.place)
        return replace(self, signed=(*self.signed, signature), steps=(*self.steps, step))

    def _moved(self, step: Step) -> "Simulation":
        return replace(
            self,
            state=step.target,
            signed=(),
            steps=(*self.steps, step),
            supposed=replace(self.supposed, overdue=False),
        )
