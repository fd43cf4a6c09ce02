"""Drafts taken to a newer version and back, what was foretold, and checks tried on history."""

import json
from copy import deepcopy

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.core.access import SYSTEM
from server.core.form import compile_form
from server.errors import AccessDenied, InputInvalid
from tests.world import CROWDED, GOOD, household_form

ANSWERS = {**GOOD, "note": "đã đối chiếu"}


def newer_form(*steps, version=2, change=None):
    form = household_form()
    form["x-form"]["version"] = version
    if change is not None:
        change(form)
    if steps:
        form["x-migrate"] = {"from": 1, "steps": list(steps)}
    return form


def renamed_note(form):
    properties = form["properties"]
    properties["remark"] = properties.pop("note")
    form["x-layout"]["sections"][0]["fields"][-1] = "remark"


def without_note(form):
    del form["properties"]["note"]
    form["x-layout"]["sections"][0]["fields"].remove("note")


RENAME = {"op": "rename", "from": "/note", "to": "/remark"}


@pytest.fixture
def publish(world):
    def published(form):
        world.services.catalogue.publish(json.dumps(form, ensure_ascii=False), "form", SYSTEM)

    return published


def stored(world, submission_id):
    """The report's row, word for word."""
    return world.application.database.row(
        "SELECT form_version_id, answers, statuses, reasons FROM submission WHERE id = ?",
        (submission_id,),
    )


def test_a_draft_goes_to_the_new_version_and_back_to_the_very_same_document(world, start, publish):
    draft = start(answers=ANSWERS).submission
    before = stored(world, draft.id)
    publish(newer_form(RENAME, change=renamed_note))
    admin, migrations = world.actor("admin"), world.services.definition_migrations

    carried = migrations.carry_out(admin, "households", 2)

    now = world.services.submissions.get(world.actor("commune_reporter"), draft.id).submission
    assert (carried.moved, now.version, now.edit) == (1, 2, draft.edit + 1)
    assert now.answers == {**GOOD, "remark": "đã đối chiếu"}
    assert migrations.carry_out(admin, "households", 2).moved == 0

    assert migrations.revert(admin, "households", 2).restored == 1
    assert stored(world, draft.id) == before
    names = [one.name for one in world.services.ledger.events.of(f"submission/{draft.id}")]
    assert names[-2:] == ["submission.form_changed", "submission.form_restored"]


def test_a_report_that_was_written_in_since_stays_as_it_is(world, start, publish):
    draft = start(answers=ANSWERS).submission
    publish(newer_form(RENAME, change=renamed_note))
    admin, migrations = world.actor("admin"), world.services.definition_migrations
    migrations.carry_out(admin, "households", 2)
    world.application.database.run(
        "UPDATE submission SET edit = edit + 1 WHERE id = ?", (draft.id,)
    )
    after = stored(world, draft.id)

    found = migrations.revert(admin, "households", 2)

    assert (found.restored, found.changed) == (0, 1)
    assert stored(world, draft.id) == after


def test_what_was_sent_stays_in_its_own_version(world, start, advance, publish):
    sent = advance(start(answers=ANSWERS), 2).submission
    before = stored(world, sent.id)
    publish(newer_form(RENAME, change=renamed_note))

    carried = world.services.definition_migrations.carry_out(world.actor("admin"), "households")

    assert (carried.moved, stored(world, sent.id)) == (0, before)


def test_values_without_a_place_need_a_decision_for_each_field(world, start, publish):
    draft = start(answers=ANSWERS).submission
    step = {"op": "unit", "path": "/households", "factor": 1}
    publish(newer_form(step, change=without_note))
    admin, migrations = world.actor("admin"), world.services.definition_migrations
    before = stored(world, draft.id)

    with pytest.raises(InputInvalid) as refused:
        migrations.carry_out(admin, "households", 2)

    assert [one["path"] for one in refused.value.facts["errors"]] == ["/note"]
    assert stored(world, draft.id) == before
    left = migrations.carry_out(admin, "households", 2, decisions={"/note": "leave"})
    assert (left.moved, left.left, stored(world, draft.id)) == (0, 1, before)
    moved = migrations.carry_out(admin, "households", 2, decisions={"/note": "drop"})
    assert moved.moved == 1
    assert "note" not in json.loads(stored(world, draft.id)[1])
    migrations.revert(admin, "households", 2)
    assert stored(world, draft.id) == before


def test_nobody_but_an_administrator_looks_ahead_or_takes_along(world):
    reporter = world.actor("commune_reporter")
    form = world.services.catalogue.form("households")

    for act in (
        lambda: world.services.definition_migrations.carry_out(reporter, "households"),
        lambda: world.services.impact.of(reporter, form),
        lambda: world.services.backtests.of(reporter, form),
    ):
        with pytest.raises(AccessDenied):
            act()


def test_the_impact_names_fields_stages_and_units(world, start, advance):
    advance(start(answers=ANSWERS), 2)
    text = json.dumps(newer_form(change=without_note), ensure_ascii=False)
    told = []

    found = world.services.impact.of_text(
        world.actor("admin"), text, progress=lambda *at: told.append(at)
    )

    assert [(one.path, one.title, one.orphaned) for one in found.orphaned] == [
        ("/note", "Ghi chú", 1)
    ]
    assert [(one.code, one.reports, one.touched, one.units) for one in found.stages] == [
        ("draft", 0, 0, ()),
        ("approval", 1, 1, ("Cổ Linh",)),
        ("final", 0, 0, ()),
    ]
    assert (found.reports, found.taken, found.sealed, told[-1]) == (1, 0, 1, (1, 1))
    assert [one.path for one in found.undecided({})] == ["/note"]
    assert found.undecided({"/note": "drop"}) == ()
    assert found.reach.columns == ("Ghi chú",)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    answers=st.fixed_dictionaries(
        {"people": st.fixed_dictionaries({"male": st.integers(0, 900)})},
        optional={"households": st.integers(0, 900), "note": st.sampled_from(["a", "bb"])},
    ),
    factor=st.sampled_from([0.1, 3, 2000]),
    keep=st.booleans(),
)
def test_apply_and_revert_leave_every_byte_as_it_was(world, answers, factor, keep):
    database = world.application.database
    services, admin = world.services, world.actor("admin")
    steps = [{"op": "unit", "path": "/people/male", "factor": factor}]
    steps += [RENAME] if keep else [{"op": "drop", "path": "/note"}]
    form = newer_form(*steps, change=renamed_note if keep else without_note)
    with pytest.raises(_Undone), database.transaction():
        draft = services.submissions.start(
            world.actor("commune_reporter"), form="households", org_unit="u-commune",
            period="2024", answers=answers,
        ).submission  # fmt: skip
        before = stored(world, draft.id)
        predicted = services.impact.of_text(admin, json.dumps(form, ensure_ascii=False))
        services.catalogue.publish(json.dumps(form, ensure_ascii=False), "form", SYSTEM)

        assert services.definition_migrations.carry_out(admin, "households", 2).moved == 1

        details = services.ledger.events.of(f"submission/{draft.id}")[-1].details
        for outcome, count in details["counts"].items():
            assert count == sum(getattr(one, outcome) for one in predicted.fields)
        assert services.definition_migrations.revert(admin, "households", 2).restored == 1
        assert stored(world, draft.id) == before
        raise _Undone
    services.catalogue._kept.stamp = -1
    services.catalogue._kept.forms.clear()


class _Undone(Exception):
    """Takes back what one example wrote."""


def test_a_check_tried_on_history_counts_what_it_will_flag(world, start, advance, publish):
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
    assert [(one.unit, one.period) for one in found.named] == [("Cổ Linh", "2024")]
    publish(form)
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
