"""Random acts on a report: the machine agrees with a plain model, and the log replays to it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest

from server.core.access import Actor, Grant, Role
from server.core.definition import check_workflow
from server.core.event import Event
from server.core.json_text import dumps
from server.core.workflow import EVENTS, Workflow
from server.core.workflow_visit import Visit, collected
from server.errors import TransitionRefused
from tests.core.workflow_model import Conditions, Model
from tests.definitions.shipped import ROOT, WORKFLOWS, installed, json_of

PLACES = {"unit": "c", "commune": "c", "parent": "d", "district": "d", "province": "p"}
LEVELS = {"c": "commune", "d": "district", "p": "province"}
NOW = datetime(2025, 1, 24, 3, 0, tzinfo=UTC)
STEPS = 20
CONDITIONS: Conditions = {
    "findings.warnings > 0": lambda facts: facts["warnings"] > 0,
    "findings.warnings == 0": lambda facts: facts["warnings"] == 0,
    "actor.role == 'signer' || nil": lambda facts: facts["role"] == "signer" or facts["nil"],
    "value('/total') >= 10": lambda facts: facts["total"] is not None and facts["total"] >= 10,
}
ACTORS = tuple(
    Actor(name, name, tuple(Grant(Role(role), unit) for role, unit in grants))
    for name, grants in (
        ("clerk", [("reporter", "c")]),
        ("second clerk", [("reporter", "c")]),
        ("head", [("signer", "c")]),
        ("deputy", [("signer", "c")]),
        ("head who fills", [("signer", "c"), ("reporter", "c")]),
        ("district one", [("approver", "d")]),
        ("district two", [("approver", "d"), ("signer", "d")]),
        ("district three", [("approver", "d")]),
        ("province", [("approver", "p")]),
        ("province head", [("signer", "p"), ("approver", "p")]),
        ("province deputy", [("signer", "p")]),
        ("reader", [("reader", "p")]),
        ("neighbour", [("approver", "elsewhere"), ("reporter", "other")]),
    )
)


def rich() -> dict[str, Any]:
    """The longest shipped workflow with several signatures, conditions and orders in it."""
    document = json_of(ROOT / "workflows/commune_district_province/v01.json")
    moves = document["transitions"]
    moves[2]["by"]["count"] = 2
    moves[6]["by"] = {
        "all": [
            {"role": "approver", "at": "district", "count": 2},
            {"role": "signer", "at": "district"},
        ]
    }
    moves[6]["when"] = "findings.warnings > 0"
    moves.append(
        {
            "event": "approve",
            "from": ["submitted"],
            "to": "approved",
            "by": {"role": "approver", "at": "district"},
            "when": "findings.warnings == 0",
            "guards": ["not_own_work"],
        }
    )
    moves[8]["by"] = {
        "order": "given",
        "all": [{"role": "approver", "at": "province"}, {"role": "signer", "at": "province"}],
    }
    moves[4]["when"] = "actor.role == 'signer' || nil"
    moves[10]["when"] = "value('/total') >= 10"
    moves[11]["by"]["count"] = 2
    return document


SOURCES = {"rich": rich(), **{path.parent.name: json_of(path) for path in WORKFLOWS}}


def test_the_rich_workflow_could_be_published():
    assert check_workflow(dumps(rich()), installed()) == []


class Play:
    """One report played by the machine, with its log, beside the model."""

    def __init__(self, source: Mapping[str, Any], workflow: Workflow, random: Random) -> None:
        self.workflow, self.random = workflow, random
        self.model = Model(source, PLACES, CONDITIONS)
        self.state, self.edit, self.log = workflow.initial, 1, list[Event]()
        self.late = False
        self.draw()

    def draw(self) -> None:
        """Another content of the report."""
        self.content = {
            "warnings": self.random.choice((0, 0, 1, 5)),
            "nil": self.random.random() < 0.2,
            "total": self.random.choice((None, 3, 10, 40)),
        }

    def visit(self) -> Visit:
        signed = collected(self.log, self.edit)
        return Visit(signed, self.late, LEVELS, {"/total": self.content["total"]}.get)

    def facts(self) -> dict[str, object]:
        content = self.content
        return {"findings": {"warnings": content["warnings"]}, "nil": content["nil"]}

    def step(self) -> None:
        chance = self.random.random()
        if chance < 0.05:
            self.edit += 1
            self.draw()
            self.model.edited()
        elif chance < 0.1:
            self.note("submission.commented", "clerk", {"comment": "x"})
        elif chance < 0.2:
            self.late = not self.late
        else:
            self.act(self.chosen())

    def chosen(self) -> Actor:
        """Anybody, but more often somebody who may do something."""
        for actor in (*self.random.choices(ACTORS, k=3), self.random.choice(ACTORS)):
            if self.workflow.moves(
                self.state, actor=actor, places=PLACES, facts=self.facts(), visit=self.visit()
            ):
                break
        return actor

    def act(self, actor: Actor) -> None:
        grants = frozenset((str(grant.role), grant.org_unit) for grant in actor.grants)
        expected = self.model.offered(actor.account, grants, self.content, self.late)
        asked = {"actor": actor, "places": PLACES, "facts": self.facts(), "visit": self.visit()}
        moves = self.workflow.moves(self.state, **asked)
        assert {move.transition: (move.event, move.place) for move in moves} == expected
        event = self.random.choice(EVENTS)
        wanted = [event for event, _ in expected.values() if event not in ("recall", "return")]
        if wanted and self.random.random() < 0.8:  # or else no report gets far
            event = self.random.choice(wanted)
        try:
            move = self.workflow.fire(event, state=self.state, **asked)
        except TransitionRefused:
            assert event not in {offered for offered, _ in expected.values()}
            return
        assert move.completes is self.model.fire(move.transition, move.place, actor.account)
        if self.workflow.states[self.state].final:
            assert event in ("close", "reopen")
        details = {"from": self.state, "to": move.reaches, "edit": self.edit}
        if move.of > 1:
            details |= {"transition": move.transition, "place": move.place}
            details |= {"signed": move.signed, "of": move.of}
        self.note(f"submission.{event}", actor.account, details)
        self.state, self.edit = move.reaches, self.edit + 1
        self.late = self.late and not move.completes

    def note(self, name: str, actor: str, details: dict[str, object]) -> None:
        number = len(self.log) + 1
        self.log.append(
            Event(str(number), "submission/s", number, name, actor, NOW, details, "", "")
        )

    def agree(self) -> None:
        assert self.state == self.model.state
        assert self.state in self.workflow.states
        kept = [
            (one.event, one.transition, one.place, one.account)
            for one in collected(self.log, self.edit)
        ]
        assert kept == self.model.signatures
        assert len({(event, account) for event, _, _, account in kept}) == len(kept)


def replayed(log: list[Event], initial: str) -> str:
    state = initial
    for event in log:
        if "to" in event.details:
            assert event.details["from"] == state
            state = str(event.details["to"])
    return state


def play(count: int) -> set[tuple[str, str, str]]:
    """Play so many random sequences; which moves between states were seen."""
    seen = set()
    workflows = {name: Workflow.of(source) for name, source in SOURCES.items()}
    names = sorted(workflows)
    for seed in range(count):
        random = Random(seed)
        name = "rich" if seed % 2 else random.choice(names)
        game = Play(SOURCES[name], workflows[name], random)
        for _ in range(STEPS):
            game.step()
            game.agree()
        assert replayed(game.log, game.workflow.initial) == game.state
        seen |= {
            (name, str(event.details["from"]), str(event.details["to"]))
            for event in game.log
            if "to" in event.details
        }
    return seen


def test_random_sequences_agree_with_the_model_and_replay_from_the_log():
    seen = play(2_000)

    rich_moves = {(source, target) for name, source, target in seen if name == "rich"}
    assert ("awaiting_signature", "awaiting_signature") in rich_moves
    assert ("submitted", "approved") in rich_moves


@pytest.mark.long
def test_a_hundred_thousand_random_sequences_agree_with_the_model():
    seen = play(100_000)

    # Every move of every workflow was made, those within one state by a first signature.
    for name, source in SOURCES.items():
        for move in source["transitions"]:
            for state in move["from"]:
                assert (name, state, move["to"]) in seen
