"""A second, plain reading of workflow files: what may happen to a report, by the words of the docs.

It shares nothing with ``server.core.workflow``: no classes, no expressions, no events. Conditions
are Python functions that the test gives beside their texts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Facts = Mapping[str, Any]
Conditions = Mapping[str, Callable[[Facts], bool]]
Grants = frozenset[tuple[str, str]]  # role and unit

STAND_INS = {"sign", "approve", "return"}


@dataclass
class Model:
    """One report: its state, and who signed for what since it came there."""

    source: Mapping[str, Any]
    places: Mapping[str, str]
    conditions: Conditions
    state: str = ""
    signatures: list[tuple[str, int, int, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.state = self.source["initial"]

    def offered(
        self, who: str, grants: Grants, facts: Facts, late: bool
    ) -> dict[int, tuple[str, int]]:
        """By number of the transition: its event, and for whom of its people *who* would sign."""
        found = {}
        for number, move in enumerate(self.source["transitions"]):
            if self.state not in move["from"]:
                continue
            if move["event"] == "recall" and self.signatures:
                continue
            if any(event == move["event"] and who == by for event, _, _, by in self.signatures):
                continue
            place = self._place(number, move, grants, facts, late)
            if place is not None:
                found[number] = (move["event"], place)
        return found

    def fire(self, number: int, place: int, who: str) -> bool:
        """Sign; whether the report moved on."""
        move = self.source["transitions"][number]
        signed = [one for one in self.signatures if one[1] == number]
        if len(signed) + 1 < sum(people.get("count", 1) for people in _people(move)):
            self.signatures.append((move["event"], number, place, who))
            return False
        self.state = move["to"]
        self.signatures = []
        return True

    def edited(self) -> None:
        """Somebody changed the report: what was signed is no longer what stands there."""
        self.signatures = []

    def _place(
        self, number: int, move: Mapping[str, Any], grants: Grants, facts: Facts, late: bool
    ) -> int | None:
        wanted = []
        for place, people in enumerate(_people(move)):
            given = sum(one[1:3] == (number, place) for one in self.signatures)
            if given < people.get("count", 1):
                wanted.append((place, people))
        if move["by"].get("order") == "given":
            wanted = wanted[:1]
        mine = [(place, people) for place, people in wanted if self._holds(people, grants)]
        state = self.source["states"][self.state]
        stand_in = state.get("escalate")
        may_stand_in = late and stand_in is not None and move["event"] in STAND_INS
        if not mine and may_stand_in and self._holds(stand_in, grants):
            mine = [(place, stand_in) for place, _ in wanted]
        for place, people in mine:
            acting = {**facts, "role": people["role"]}
            if "when" not in move or self.conditions[move["when"]](acting):
                return place
        return None

    def _holds(self, people: Mapping[str, Any], grants: Grants) -> bool:
        return (people["role"], self.places.get(people["at"])) in grants


def _people(move: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return move["by"].get("all", [move["by"]])
