"""An indicator stays one line over versions of its form, and says where its definition changed."""

import json
from decimal import Decimal

import pytest

from server.core.access import SYSTEM
from server.core.series import Turn
from server.errors import NotFound, RequestInvalid
from tests.publishing import say_first_period
from tests.services.conftest import CHAIN
from tests.world import GOOD, household_form


def renamed(form, *, steps=None):
    """Men under another key, calculated total as it was."""
    form["x-form"]["version"] = 2
    cells = form["properties"]["people"]["properties"]
    form["properties"]["people"]["properties"] = {
        ("men" if key == "male" else key): one for key, one in cells.items()
    }
    form["properties"]["people"]["required"] = ["men", "female"]
    text = json.dumps(form, ensure_ascii=False).replace("people.male", "people.men")
    form = json.loads(text.replace('{"male": 12', '{"men": 12'))
    rename = {"op": "rename", "from": "/people/male", "to": "/people/men"}
    form["x-migrate"] = {"from": 1, "steps": steps or [rename]}
    return form


def test_a_renamed_column_goes_on_in_the_same_line(world, start, advance):
    services, admin = world.services, world.actor("admin")
    advance(start(answers=GOOD), 4)
    services.dispatch.run()
    services.catalogue.publish(
        json.dumps(renamed(household_form()), ensure_ascii=False), "form", SYSTEM
    )

    found = services.series.of(admin, "0101")

    (point,) = found.points
    assert (point.period.id, dict(point.values), point.reports) == (
        "2024",
        {"người": Decimal(25)},
        1,
    )
    assert found.turns == ()  # nothing was sent on the new version yet


def test_figures_of_before_are_read_in_the_present_unit_and_the_change_is_told(
    world, start, advance
):
    services, admin = world.services, world.actor("admin")
    advance(start(answers=GOOD), 4)
    services.dispatch.run()
    form = renamed(
        household_form(),
        steps=[
            {"op": "rename", "from": "/people/male", "to": "/people/men"},
            {"op": "unit", "path": "/people/men", "factor": 10},
            {"op": "unit", "path": "/people/female", "factor": 10},
        ],
    )
    services.catalogue.publish(json.dumps(form, ensure_ascii=False), "form", SYSTEM)
    say_first_period(world, "2025")

    found = services.series.of(admin, "0101")

    assert dict(found.points[0].values) == {"người": Decimal(250)}
    (turn,) = found.turns
    assert (turn.period.id, turn.version, turn.form) == ("2025", 2, "households")
    assert {one.turn for one in turn.turned} == {Turn.RENAMED, Turn.UNIT}


def test_the_line_keeps_to_what_the_reader_may_see(world, start, advance):
    services = world.services
    advance(start(answers=GOOD), 4)
    services.dispatch.run()

    assert services.series.of(world.actor("other_district_reporter"), "0101").points == ()
    with pytest.raises(NotFound):
        services.series.of(world.actor("other_district_reporter"), "0101", org_unit="u-commune")
    with pytest.raises(NotFound):
        services.series.of(world.actor("admin"), "9999")
    with pytest.raises(RequestInvalid):
        services.series.of(world.actor("admin"), "0101", status="guessed")


def test_a_period_says_how_many_of_its_reports_are_there(world, start, decide):
    """Three communes owe the form; one of them sends, and is approved."""
    services, admin, view = world.services, world.actor("admin"), start(answers=GOOD)
    world.application.database.run("DELETE FROM obligation WHERE form = 'household_survey'")
    for username, event in CHAIN[:2]:
        view = decide(view, username, event)
    services.dispatch.run()
    (sent,) = services.series.of(admin, "0101", status="provisional").points
    assert (sent.counted, sent.expected, sent.complete) == (1, 3, False)
    assert services.series.of(admin, "0101").points == ()

    for username, event in CHAIN[2:]:
        view = decide(view, username, event)
    services.dispatch.run()

    (point,) = services.series.of(admin, "0101").points
    (rate,) = services.reports.reporting_rates(admin, form="households", period="2024")
    assert (point.counted, point.expected) == (rate.approved, rate.expected) == (1, 3)
    (own,) = services.series.of(admin, "0101", org_unit="u-commune").points
    assert (own.counted, own.expected, own.complete) == (1, 1, True)
