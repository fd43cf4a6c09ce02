"""One stay of a report in a state: whose signatures were collected, whether its time has passed.

Signatures stand in the report's history and nowhere else. Every write of the report raises its
edit, so a signature counts only while the edits after it are signatures too: a move, a changed
cell or a reopening throws away what was collected before.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from server.core.event import Event


@dataclass(frozen=True, slots=True)
class Signature:
    """One of several signatures of a move: *transition* and *place* say which of whom."""

    event: str
    account: str
    transition: int
    place: int
    stands_for: str | None = None

    @property
    def hands(self) -> frozenset[str]:
        """Who signed, and in whose name: neither of them signs the same move again."""
        return frozenset({self.account, self.stands_for or self.account})


def _no_cell(path: str) -> object:
    """A report without cells."""
    return None


@dataclass(frozen=True, slots=True)
class Visit:
    """What the machine is told about this stay.

    *levels* gives the level of a unit by its id, *value* reads a cell of the report by its
    pointer; the conditions of moves ask for both.
    """

    signed: tuple[Signature, ...] = ()
    overdue: bool = False
    levels: Mapping[str, str] = field(default_factory=dict)
    value: Callable[[str], object] = _no_cell


def collected(history: Sequence[Event], edit: int) -> tuple[Signature, ...]:
    """The signatures that count for a report that stands at *edit*, the first one first."""
    found: list[Signature] = []
    for event in reversed(history):
        details = event.details
        number = details.get("transition")
        if "to" not in details:
            continue  # not a move: a comment, an attachment
        if not is_partial(details) or details.get("edit") != edit - 1 - len(found):
            break
        if isinstance(number, int) and isinstance(place := details.get("place"), int):
            name = event.name.partition(".")[2]
            behalf = details.get("on_behalf_of")
            stands_for = behalf if isinstance(behalf, str) else None
            found.append(Signature(name, event.actor, number, place, stands_for))
    return tuple(reversed(found))


def is_partial(details: Mapping[str, object]) -> bool:
    """Whether an event's details are those of a signature after which others are still awaited."""
    signed, of = details.get("signed"), details.get("of")
    stays = "to" in details and details["to"] == details.get("from")
    return stays and isinstance(signed, int) and isinstance(of, int) and signed < of
