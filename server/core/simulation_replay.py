"""A play of a workflow written as one line, so that it can be kept in an address and shared.

Apart from ``simulation``, which knows one position: here days pass too, and a line that no longer
fits (another version, somebody has lost a role) is played as far as it goes.
"""

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from typing import Final

from server.core.simulation import Choice, Simulation, StepRefused, TimedChoice
from server.core.workflow_time import working_days

MOST_TURNS: Final = 60
MOST_DAYS: Final = 400
_TURN: Final = re.compile(
    r"(?P<number>[0-9]{1,3})\.(?P<account>[A-Za-z0-9_-]{1,64})"
    r"|t(?P<timed>[0-9]{1,3})|w(?P<days>[0-9]{1,3})",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Turn:
    """A person signs a move, time makes one (no *account*), or *days* working days pass."""

    number: int = 0
    account: str | None = None
    days: int = 0

    def __str__(self) -> str:
        if self.days:
            return f"w{self.days}"
        return f"t{self.number}" if self.account is None else f"{self.number}.{self.account}"


@dataclass(frozen=True, slots=True)
class Play:
    """Where a play stands: its position, the working days spent in this state, the turns so far.

    *broken* says why the turn after these could not be made, as ``StepRefused`` or ``guards``.
    """

    position: Simulation
    waited: int = 0
    turns: tuple[Turn, ...] = ()
    broken: str | None = None

    @property
    def until_overdue(self) -> int:
        """After how many more working days the deadline of the state has passed; 0: it has none."""
        deadline = self.position.now.deadline
        return 0 if deadline is None else max(0, working_days(deadline) + 1 - self.waited)

    def until(self, timed: TimedChoice) -> int:
        """After how many more working days time makes this move."""
        return max(0, working_days(timed.after) + 1 - self.waited)


def turns_of(text: str) -> tuple[Turn, ...]:
    """The turns of a line; what is no turn ends it.

    >>> [str(turn) for turn in turns_of("0.anna~w6~t12~nonsense~1.anna")]
    ['0.anna', 'w6', 't12']
    """
    found: list[Turn] = []
    for part in text.split("~")[:MOST_TURNS]:
        match = _TURN.fullmatch(part)
        if match is None:
            break
        if match["days"]:
            if not 0 < int(match["days"]) <= MOST_DAYS:
                break
            found.append(Turn(days=int(match["days"])))
        elif match["timed"]:
            found.append(Turn(int(match["timed"])))
        else:
            found.append(Turn(int(match["number"]), match["account"]))
    return tuple(found)


def line_of(turns: Sequence[Turn]) -> str:
    """The line of these turns."""
    return "~".join(str(turn) for turn in turns)


def unmet_guards(choice: Choice, unmet: Set[str]) -> tuple[str, ...]:
    """The guards of a move that are supposed not to be met."""
    return tuple(guard for guard in choice.assumed if guard in unmet)


def replay(start: Simulation, turns: Sequence[Turn], unmet: Set[str] = frozenset()) -> Play:
    """Play *turns* from the beginning, as far as they can be made."""
    play = Play(start)
    for turn in turns:
        try:
            play = _after(play, turn, unmet)
        except StepRefused as refused:
            return replace(play, broken=refused.why)
    return play


def _after(play: Play, turn: Turn, unmet: Set[str]) -> Play:
    position, turns = play.position, (*play.turns, turn)
    if turn.days:
        waited = play.waited + turn.days
        late = position.now.deadline is not None and waited > working_days(position.now.deadline)
        supposed = replace(position.supposed, overdue=late)
        return Play(position.suppose(supposed), waited, turns)
    if turn.account is None:
        for timed in position.timed_choices():
            if timed.number == turn.number and play.until(timed):
                raise StepRefused("too-early")
        return Play(position.let_time_pass(turn.number), 0, turns)
    for choice in position.choices():
        if choice.transition.number == turn.number and unmet_guards(choice, unmet):
            raise StepRefused("guards")
    moved = position.play(turn.number, turn.account)
    stays = moved.steps[-1].source == moved.steps[-1].target
    return Play(moved, play.waited if stays else 0, turns)
