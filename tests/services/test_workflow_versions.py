"""Running reports move to a newer workflow version by its map, each once, or none of them."""

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner

from server.cli.definitions import move_workflow
from server.core.access import SYSTEM
from server.errors import AccessDenied, Conflict, InputInvalid, Stale, TransitionRefused
from server.services.workflow_moves import EVENT
from tests.definitions.shipped import ROOT, json_of
from tests.world import World

CODE = "commune_district_province"
Publish = Callable[..., None]


@pytest.fixture
def publish(world: World) -> Publish:
    """``publish(states, change)`` publishes version 2 with that map, changed."""

    def published(states: dict[str, str] | None, *changes: Callable[[Any], object]) -> None:
        document = json_of(ROOT / f"workflows/{CODE}/v01.json")
        document["version"] = 2
        if states is not None:
            document["map"] = {"from": 1, "states": states}
        for change in changes:
            change(document)
        world.services.catalogue.publish(json.dumps(document), "workflow", SYSTEM)

    return published


def rename(old: str, new: str) -> Callable[[Any], object]:
    """Give a state another code everywhere."""

    def renamed(document: Any) -> None:
        states = document["states"]
        document["states"] = {new if code == old else code: held for code, held in states.items()}
        for move in document["transitions"]:
            move["from"] = [new if code == old else code for code in move["from"]]
            move["to"] = new if move["to"] == old else move["to"]

    return renamed


def two_sign(document: Any) -> None:
    """The district's approval takes two people."""
    document["transitions"][6]["by"]["count"] = 2


def moves(world: World):
    return world.services.workflow_moves


def kept(world: World, view):
    return world.services.submissions.submissions.get(view.submission.id)


def history(world: World, view):
    return world.services.submissions.history(world.actor("admin"), view.submission.id)


def test_a_running_report_goes_to_the_mapped_state_with_one_event_row(
    world, publish, start, advance
):
    view = advance(start(), 2)
    publish({"submitted": "sent_up"}, rename("submitted", "sent_up"))
    before = len(history(world, view))

    result = moves(world).carry_out(world.actor("admin"), CODE)

    now, events = kept(world, view), history(world, view)
    assert (result.moved, result.left) == (1, 0)
    assert (now.workflow_version, now.state, now.edit) == (2, "sent_up", view.submission.edit + 1)
    assert len(events) == before + 1
    assert (events[-1].name, events[-1].actor) == (EVENT, world.accounts["admin"])
    assert {key: events[-1].details[key] for key in ("from", "to", "workflow_before")} == {
        "from": "submitted",
        "to": "sent_up",
        "workflow_before": f"{CODE}/1",
    }


def test_moving_twice_moves_nothing_twice(world, publish, start, advance):
    view = advance(start(), 1)
    publish({})
    admin = world.actor("admin")
    moves(world).carry_out(admin, CODE)
    before = kept(world, view), len(history(world, view))

    again = moves(world).carry_out(admin, CODE)

    assert (again.moved, again.left) == (0, 0)
    assert (kept(world, view), len(history(world, view))) == before


def test_a_moved_report_goes_on_by_the_newer_version_to_its_end(
    world, publish, start, advance, decide
):
    view = advance(start(), 2)
    publish({"submitted": "sent_up"}, rename("submitted", "sent_up"))
    moves(world).carry_out(world.actor("admin"), CODE)
    view = world.services.submissions.get(world.actor("admin"), view.submission.id)

    view = decide(view, "district_approver", "approve")
    view = decide(view, "province_approver", "approve")

    assert (view.submission.state, view.obligation.progress) == ("approved", "final")


def test_the_decision_on_what_was_seen_before_the_move_is_stale(
    world, publish, start, advance, decide
):
    view = advance(start(), 2)
    publish({})
    moves(world).carry_out(world.actor("admin"), CODE)

    with pytest.raises(Stale):
        decide(view, "district_approver", "approve")


def test_signatures_collected_on_the_earlier_version_do_not_count(
    world, publish, start, advance, decide
):
    publish(None, two_sign)
    view = decide(advance(start(), 2), "district_approver", "approve")
    third = json_of(ROOT / f"workflows/{CODE}/v01.json")
    third |= {"version": 3, "map": {"from": 2, "states": {}}}
    two_sign(third)
    world.services.catalogue.publish(json.dumps(third), "workflow", SYSTEM)

    moves(world).carry_out(world.actor("admin"), CODE)

    view = world.services.submissions.get(world.actor("district_approver"), view.submission.id)
    assert view.submission.workflow_version == 3
    assert view.visit.signed == ()
    assert "approve" in {move.event for move in view.moves}


def test_the_day_since_which_a_report_waits_is_kept_in_a_state_of_the_same_code(
    world, publish, start, advance
):
    view = advance(start(), 2)
    publish({})

    moves(world).carry_out(world.actor("admin"), CODE)

    assert kept(world, view).state_since == view.submission.state_since


def gone(document: Any) -> None:
    """No report waits for its head any more: it is sent at once."""
    del document["states"]["awaiting_signature"]
    kept_moves = [
        move
        for move in document["transitions"]
        if "awaiting_signature" not in (move["to"], *move["from"])
    ]
    document["transitions"] = kept_moves


@pytest.mark.parametrize(
    ("states", "why"),
    [({}, "unmapped"), ({"awaiting_signature": "submitted"}, "sent")],
)
def test_a_state_that_the_map_leads_nowhere_stops_all_of_them(
    world, publish, start, advance, states, why
):
    waiting = advance(start(), 1)
    publish(states, gone)
    admin = world.actor("admin")

    plan = moves(world).plan(admin, CODE)
    with pytest.raises(Conflict):
        moves(world).carry_out(admin, CODE)

    assert [(one.source.code, one.count, one.refused) for one in plan.states] == [
        ("awaiting_signature", 1, why)
    ]
    assert kept(world, waiting) == waiting.submission


def test_a_report_that_has_come_to_its_end_stays_on_its_version(world, publish, start, advance):
    view = advance(start(), 4)
    publish({})

    result = moves(world).carry_out(world.actor("admin"), CODE)

    assert result.moved == 0
    assert kept(world, view).workflow_version == 1


def test_no_more_than_asked_move_at_once_and_the_rest_is_told(world, publish, start):
    start()
    world.services.submissions.start(
        world.actor("neighbour_reporter"), form="households", org_unit="u-neighbour", period="2024"
    )
    publish({})
    admin = world.actor("admin")

    results = [moves(world).carry_out(admin, CODE, limit=1) for _ in range(3)]

    assert [(one.moved, one.left) for one in results] == [(1, 1), (1, 0), (0, 0)]


def third(world: World, declared: dict[str, Any]) -> None:
    """Version 3, in which what was sent up is called received."""
    document = json_of(ROOT / f"workflows/{CODE}/v01.json") | {"version": 3, "map": declared}
    rename("submitted", "received")(document)
    world.services.catalogue.publish(json.dumps(document), "workflow", SYSTEM)


def test_maps_lead_over_the_versions_between_and_all_reports_move_together(
    world, publish, start, advance
):
    oldest = advance(start(), 2)
    publish({"submitted": "sent_up"}, rename("submitted", "sent_up"))
    between = world.services.submissions.start(
        world.actor("neighbour_reporter"), form="households", org_unit="u-neighbour", period="2024"
    )
    third(world, {"from": 2, "states": {"sent_up": "received"}})

    plan = moves(world).plan(world.actor("admin"), CODE)
    result = moves(world).carry_out(world.actor("admin"), CODE)

    assert plan.earlier == (2, 1)
    assert [(one.earlier, one.source.code) for one in plan.states] == [
        (2, "draft"),
        (1, "submitted"),
    ]
    assert (result.moved, result.left) == (2, 0)
    moved = [kept(world, one) for one in (oldest, between)]
    assert [(one.workflow_version, one.state) for one in moved] == [(3, "received"), (3, "draft")]
    details = history(world, oldest)[-1].details
    assert (details["workflow_before"], details["workflow"]) == (f"{CODE}/1", f"{CODE}/3")


def test_a_map_from_before_the_version_between_covers_the_oldest_alone(
    world, publish, start, advance
):
    view = advance(start(), 2)
    publish({}, rename("submitted", "sent_up"))
    third(world, {"from": 1, "states": {"submitted": "received"}})

    plan = moves(world).plan(world.actor("admin"), CODE)
    with pytest.raises(InputInvalid):
        moves(world).plan(world.actor("admin"), CODE, earlier=2)
    moves(world).carry_out(world.actor("admin"), CODE, earlier=1)

    assert plan.earlier == (1,)
    assert kept(world, view).state == "received"


def test_a_state_that_is_lost_on_the_way_stops_the_oldest_reports(world, publish, start, advance):
    waiting = advance(start(), 1)
    publish({}, gone)
    third(world, {"from": 2, "states": {"submitted": "received"}})

    plan = moves(world).plan(world.actor("admin"), CODE)

    assert [(one.source.code, one.refused) for one in plan.refused] == [
        ("awaiting_signature", "unmapped")
    ]
    with pytest.raises(Conflict):
        moves(world).carry_out(world.actor("admin"), CODE)
    assert kept(world, waiting) == waiting.submission


def test_without_a_map_nothing_can_be_planned(world, publish, start):
    start()
    publish(None)

    with pytest.raises(InputInvalid):
        moves(world).plan(world.actor("admin"), CODE)


def test_only_an_administrator_moves_reports(world, publish, start):
    start()
    publish({})

    with pytest.raises(AccessDenied):
        moves(world).carry_out(world.actor("province_approver"), CODE)


def test_what_the_newer_version_forbids_is_forbidden_after_the_move(
    world, publish, start, advance, decide
):
    view = advance(start(), 2)
    publish(
        {}, lambda document: document["transitions"][4]["by"].update(role="approver", at="district")
    )
    moves(world).carry_out(world.actor("admin"), CODE)
    view = world.services.submissions.get(world.actor("commune_signer"), view.submission.id)

    with pytest.raises(TransitionRefused):
        decide(view, "commune_signer", "recall")


def command(world: World, *words: str):
    context = SimpleNamespace(application=world.application)
    return CliRunner().invoke(move_workflow, [CODE, *words], obj=context)


def test_the_command_shows_what_would_move_and_then_moves_it(world, publish, start, advance):
    view = advance(start(), 2)
    publish({"submitted": "sent_up"}, rename("submitted", "sent_up"))

    shown = command(world, "--dry-run")
    untouched = kept(world, view)
    done = command(world, "--version", "2")

    assert (shown.exit_code, shown.stdout) == (0, "1\tsubmitted\tsent_up\t1\n")
    assert untouched == view.submission
    assert (done.exit_code, done.stderr) == (0, "moved 1 of 1\n")
    assert (kept(world, view).workflow_version, history(world, view)[-1].actor) == (2, "system")


def test_the_command_moves_nothing_when_a_state_has_no_place(world, publish, start, advance):
    waiting = advance(start(), 1)
    publish({}, gone)

    done = command(world)

    assert (done.exit_code, done.stdout) == (1, "1\tawaiting_signature\t-\t1\trefused: unmapped\n")
    assert kept(world, waiting) == waiting.submission
