"""A play kept in one line: the same line gives the same position, days included."""

from copy import deepcopy

import pytest

from server.core.simulation_replay import Turn, line_of, replay, turns_of
from tests.core.test_simulation import APPROVE, SIGN, SOURCE, SUBMIT, choice, simulation

SENT = f"{SUBMIT}.clerk~{SIGN}.head"


def played(line: str, source=SOURCE, unmet=frozenset(), **supposed: object):
    return replay(simulation(source, **supposed), turns_of(line), unmet)


def test_a_line_is_played_to_the_position_it_tells():
    play = played(f"{SENT}~{APPROVE}.one")

    assert play.position.now.code == "district_approved"
    assert [step.account for step in play.position.steps] == ["clerk", "head", "one"]
    assert (play.broken, line_of(play.turns)) == (None, f"{SENT}~{APPROVE}.one")


def test_without_the_last_turn_the_play_is_one_step_back():
    play = played(f"{SENT}~{APPROVE}.one")

    back = replay(simulation(), play.turns[:-1])

    assert back == played(SENT)


def test_days_pass_the_deadline_and_let_others_step_in():
    waiting, late = played(f"{SENT}~w5"), played(f"{SENT}~w5~w1")

    assert (waiting.until_overdue, late.until_overdue) == (1, 0)
    assert "province" not in {one.account for one in choice(waiting.position, APPROVE).ready}
    assert "province" in {one.account for one in choice(late.position, APPROVE).ready}


def test_a_move_begins_the_days_anew():
    play = played(f"{SENT}~w9~{APPROVE}.one")

    assert (play.waited, play.until_overdue) == (0, 8)


def timed_return():
    source = deepcopy(SOURCE)
    source["transitions"].append(
        {"event": "return", "from": ["submitted"], "to": "returned", "after": "P2D"}
    )
    return source


@pytest.mark.parametrize(
    ("line", "state", "broken"),
    [
        (f"{SENT}~w2~t12", "submitted", "too-early"),
        (f"{SENT}~w3~t12", "returned", None),
        (f"{SENT}~t11", "submitted", "condition"),
    ],
)
def test_time_makes_its_move_when_its_days_have_passed(line, state, broken):
    play = played(line, timed_return())

    assert (play.position.now.code, play.broken) == (state, broken)


@pytest.mark.parametrize(
    ("line", "unmet", "why"),
    [
        (f"{SUBMIT}.head~{SIGN}.head", frozenset(), "own-work"),
        (f"{SUBMIT}.nobody", frozenset(), "people"),
        (f"{SUBMIT}.clerk~99.head", frozenset(), "people"),
        (f"{SUBMIT}.clerk", frozenset({"answers_valid"}), "guards"),
    ],
)
def test_a_line_that_no_longer_fits_is_played_as_far_as_it_goes(line, unmet, why):
    play = played(line, unmet=unmet)

    assert play.broken == why
    assert len(play.turns) == len(turns_of(line)) - 1


def test_a_line_from_outside_is_cut_at_what_is_no_turn():
    assert turns_of("") == turns_of("x~0.a") == turns_of("w0") == turns_of("w999") == ()
    assert turns_of("0.a~0.b c") == (Turn(0, "a"),)
    assert len(turns_of("~".join(["w1"] * 100))) == 60
