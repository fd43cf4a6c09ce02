"""New checks tried on what was sent: the count is the one that comes when they are there."""

import json
from copy import deepcopy

import pytest

from server.core.access import SYSTEM
from server.core.form import compile_form
from tests.newer_households import newer_form
from tests.world import CROWDED, GOOD, REASON


def publish(world, form):
    world.services.catalogue.publish(json.dumps(form, ensure_ascii=False), "form", SYSTEM)


def test_a_check_tried_on_history_counts_what_it_will_flag(world, start, advance):
    advance(start(answers=GOOD), 2)
    form = newer_form()
    form["x-tests"][0]["answers"] = {"people": {"male": 12, "female": 13}, "households": 12}
    form["x-checks"].append(
        {
            "code": "few",
            "severity": "warning",
            "rule": "households > 10",
            "message": "Ít hộ: {left}.",
            "paths": ["/households"],
        }
    )
    lists = {one.code: one for one in world.services.catalogue.codelists()}
    newer = compile_form(deepcopy(form), lists)

    (found,) = world.services.backtests.of(world.actor("admin"), newer)

    assert (found.code, found.flagged, found.total) == ("few", 1, 1)
    assert (found.flagged_before, found.flagged_both) == (None, None)
    assert [(one.unit, one.period) for one in found.named] == [("Cổ Linh", "2024")]
    publish(world, form)
    switched_on = start_again(world)
    codes = [one.code for one in switched_on.verdict.findings]
    assert codes.count("few") == found.flagged


def start_again(world):
    """The same figures as a report on the version in which the check is switched on."""
    services = world.services
    with world.application.database.transaction():
        services.submissions.submissions._database.run(
            "UPDATE submission SET form_version_id = 'households/2'"
        )
    found = services.submissions.list_(world.actor("province_approver"), form="households").items
    return services.submissions.get(world.actor("province_approver"), found[0].id)


def test_a_check_that_nothing_speaks_against_flags_nothing(world, start, advance):
    advance(start(answers={**CROWDED, "households": 30}), 2)
    form = newer_form()
    form["x-checks"][1]["rule"] = "people.male + people.female <= households * 90"
    lists = {one.code: one for one in world.services.catalogue.codelists()}

    (found,) = world.services.backtests.of(world.actor("admin"), compile_form(form, lists))

    assert (found.code, found.flagged, found.total, found.named) == ("crowded", 0, 1, ())
    assert (found.flagged_before, found.flagged_both) == (0, 0)


@pytest.mark.parametrize(("times", "flagged", "both"), [(90, 0, 0), (8, 1, 1)])
def test_a_changed_check_is_told_beside_what_the_old_one_flagged(
    world, start, decide, times, flagged, both
):
    view = decide(start(answers=CROWDED), "commune_reporter", "submit", reasons=[REASON])
    decide(view, "commune_signer", "sign")
    form = newer_form()
    form["x-checks"][1]["rule"] = f"people.male + people.female <= households * {times}"
    lists = {one.code: one for one in world.services.catalogue.codelists()}

    (found,) = world.services.backtests.of(world.actor("admin"), compile_form(form, lists))

    assert (found.flagged_before, found.flagged, found.flagged_both) == (1, flagged, both)
