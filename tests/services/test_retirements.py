"""The end of forms, workflows and single versions: nothing new begins, nothing running stops."""

import json
from dataclasses import replace
from datetime import date

import pytest

from server.core.access import SYSTEM
from server.core.definition_life import LifeState
from server.core.obligation import Round
from server.core.period import Period
from server.errors import AccessDenied, InputInvalid, NotFound
from tests.services.conftest import CHAIN
from tests.storage.test_concurrency import at_once
from tests.world import PERIOD, household_form, make_world

TODAY = date(2025, 1, 24)
ENDED = date(2024, 12, 31)
LATER = Round(
    id="later", code="later", title="Đợt sau", period=PERIOD, letter_number="9/BDT",
    letter_on=TODAY, contact="Phòng", phone="", level="official", forms=("households",),
    opens_on=TODAY,
)  # fmt: skip


@pytest.fixture
def retirements(world):
    return world.services.retirements


@pytest.fixture
def finished(decide):
    """Takes a running report through all its steps."""

    def done(view):
        for person, event in CHAIN:
            view = decide(view, person, event)
        return view

    return done


def retired(world, last_on=ENDED, **more):
    admin = world.actor("admin")
    given = {"kind": "form", "code": "households", "reason": "QĐ 12/QĐ-UBND", **more}
    world.services.retirements.retire(admin, last_on=last_on, **given)


def test_a_retired_form_is_asked_of_nobody_in_a_new_round_and_what_runs_goes_on(
    world, start, finished
):
    running = start()
    rounds, admin = world.services.rounds, world.actor("admin")
    before = len(rounds.preview(LATER).owed)

    retired(world, last_on=date(2024, 12, 30))
    opened = rounds.open(admin, LATER)
    added = rounds.add_units(admin, LATER.id, ["households"], ["u-commune"])

    assert before > 0
    assert (opened, added) == (0, 0)
    assert finished(running).submission.state == "approved"


def test_a_form_is_owed_up_to_its_last_day_itself(world):
    this_year = replace(LATER, period="2025")
    retired(world, last_on=TODAY)

    assert world.services.rounds.preview(this_year).owed
    assert world.services.retirements.versions("form", "households")[0].state is LifeState.ENDING
    retired(world, last_on=date(2025, 1, 23))
    assert not world.services.rounds.preview(this_year).owed
    assert world.services.retirements.versions("form", "households")[0].state is LifeState.RETIRED


def test_a_round_that_opens_late_still_asks_a_retired_form_for_the_periods_it_was_meant_for(world):
    retired(world, last_on=date(2024, 12, 31))
    rounds, admin = world.services.rounds, world.actor("admin")
    late = {"opens_on": date(2026, 3, 2), "letter_on": date(2026, 3, 2)}

    owed = {
        period: len(rounds.preview(replace(LATER, period=period, **late)).owed)
        for period in ("2023", "2024", "2025")
    }
    added = rounds.open(admin, replace(LATER, **late))
    again = rounds.add_units(admin, LATER.id, ["households"], ["u-commune"])
    started = world.services.submissions.start(
        world.actor("commune_reporter"), form="households", org_unit="u-commune", period=PERIOD
    )

    assert owed == {"2023": owed["2024"], "2024": added, "2025": 0}
    assert (added > 0, again) == (True, 0)
    assert started.form.code == "households"


def test_a_retirement_is_taken_back_and_both_decisions_stay(world, retirements):
    retired(world, last_on=date(2024, 12, 30))
    assert not world.services.rounds.preview(LATER).owed
    retired(world, last_on=None, reason="Giữ biểu thêm một năm")

    assert world.services.rounds.preview(LATER).owed
    assert [one.last_on for one in retirements.decisions("form", "households")] == [
        None,
        date(2024, 12, 30),
    ]
    assert world.count("event WHERE name = 'form.retired'") == 1
    assert world.count("event WHERE name = 'form.reinstated'") == 1


def test_new_reports_begin_with_the_newest_version_that_has_not_ended(world, retirements):
    catalogue, newer = world.services.catalogue, household_form()
    newer["x-form"]["version"] = 2
    catalogue.publish(json.dumps(newer, ensure_ascii=False), "form", world.actor("admin"))
    states = [one.state for one in retirements.versions("form", "households")]

    retired(world, version=2, last_on=date(2023, 12, 31))

    assert states == [LifeState.IN_FORCE, LifeState.SUPERSEDED]
    assert catalogue.form_in("households", Period.parse(PERIOD)).version == 1
    assert catalogue.form_in("households", Period.parse("2023")).version == 2
    with pytest.raises(InputInvalid):
        retired(world, version=1)


def test_a_workflow_ends_only_when_no_form_in_force_goes_by_it(world):
    workflow = world.services.catalogue.form("households").settings["workflow"]

    with pytest.raises(InputInvalid) as refused:
        retired(world, kind="workflow", code=workflow)
    for form in world.services.catalogue.forms():
        retired(world, code=form.code)
    retired(world, kind="workflow", code=workflow)

    assert "households" in refused.value.facts["errors"][0]["message"]
    assert world.services.catalogue.is_retired("workflow", workflow, TODAY)


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"reason": "  "}, InputInvalid),
        ({"code": "nothing"}, NotFound),
        ({"version": 9}, NotFound),
    ],
)
def test_a_refused_retirement_leaves_no_trace(world, given, error):
    with pytest.raises(error):
        retired(world, **given)
    with pytest.raises(AccessDenied):
        world.services.retirements.retire(
            world.actor("province_approver"), "form", "households", last_on=ENDED, reason="QĐ"
        )

    assert world.count("definition_retirement") == 0
    assert world.services.catalogue.last_day("form", "households") is None


def test_another_server_on_the_same_database_sees_the_retirement_at_once(world):
    other = replace(world.services.catalogue, _kept=type(world.services.catalogue._kept)())
    assert not other.is_retired("form", "households", TODAY)

    retired(world)

    assert other.is_retired("form", "households", TODAY)


def test_of_two_who_retire_the_last_two_versions_at_once_one_is_refused(fresh_database, tmp_path):
    world = make_world(fresh_database, tmp_path)
    form = household_form()
    form["x-form"]["version"] = 2
    world.services.catalogue.publish(json.dumps(form), "form", SYSTEM)
    for _time in range(5):
        works = [lambda version=version: retired(world, version=version) for version in (1, 2)]

        results = at_once(fresh_database, works)

        assert results.count(None) == 1
        (refused,) = (one for one in results if isinstance(one, InputInvalid))
        assert refused.facts["errors"][0]["code"] == "last-version"
        retired(world, None, version=1 + results.index(None))
