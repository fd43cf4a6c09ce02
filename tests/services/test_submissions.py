"""Starting, filling and reading submissions."""

import pytest

from server.core.submission import Edit
from server.errors import (
    AccessDenied,
    Conflict,
    NotFound,
    NothingOwed,
    RequestInvalid,
    Stale,
    TransitionRefused,
)
from tests.services.conftest import change
from tests.world import CROWDED, GOOD, PERIOD


def test_a_start_pins_the_newest_versions_and_records_one_event(world, start):
    view = start()

    assert (view.submission.form, view.submission.version) == ("households", 1)
    assert view.submission.workflow == "commune_district_province"
    assert view.submission.state == "draft"
    events = world.services.submissions.history(world.actor("commune_reporter"), view.submission.id)
    assert [event.name for event in events] == ["submission.started"]


def test_calculated_values_stand_in_the_verdict_and_never_in_the_answers(start):
    view = start(answers={**GOOD, "all_people": 999})

    assert view.submission.answers == GOOD
    assert view.verdict.computed == {"all_people": 25}


def test_a_second_start_of_the_same_report_is_a_conflict_that_names_the_first(world, start):
    first = start()

    with pytest.raises(Conflict) as refusal:
        start()

    assert refusal.value.facts["id"] == first.submission.id
    assert world.count("submission") == 1


def test_nothing_is_started_where_nothing_is_owed(world):
    with pytest.raises(NothingOwed):
        world.services.submissions.start(
            world.actor("commune_reporter"), form="households", org_unit="u-commune", period="2019"
        )


@pytest.mark.parametrize(
    ("username", "error"),
    [
        ("neighbour_reporter", NotFound),
        ("other_district_reporter", NotFound),
        ("district_approver", AccessDenied),
        ("admin", AccessDenied),
        ("commune_signer", AccessDenied),
    ],
)
def test_only_the_units_reporter_starts_its_report(world, username, error):
    with pytest.raises(error):
        world.services.submissions.start(
            world.actor(username), form="households", org_unit="u-commune", period=PERIOD
        )

    assert world.count("submission") == 0


def test_a_key_that_the_form_does_not_have_is_refused_with_its_path(world, start):
    with pytest.raises(RequestInvalid) as refusal:
        start(answers={"people": {"male": 1, "dogs": 2}})

    assert refusal.value.facts["path"] == "/people/dogs"
    assert world.count("submission") == 0


def test_disjoint_cells_of_two_writers_merge_and_equal_cells_conflict(world, start):
    reporter, view = world.actor("commune_reporter"), start()
    save = world.services.submissions.save_cells

    save(reporter, view.submission.id, [change("/people/male", 12, 20)])
    after, conflicts = save(
        reporter,
        view.submission.id,
        [change("/people/male", 12, 30), change("/households", 6, 7)],
    )

    assert [(one.path, one.mine, one.theirs) for one in conflicts] == [("/people/male", 30, 20)]
    assert after.submission.answers == {"people": {"male": 20, "female": 13}, "households": 7}


def test_a_draft_takes_invalid_values_and_says_so(world, start):
    view, _ = world.services.submissions.save_cells(
        world.actor("commune_reporter"), start().submission.id, [change("/households", 6, -4)]
    )

    assert view.submission.answers["households"] == -4
    assert {finding.code for finding in view.verdict.findings} >= {"schema.minimum"}


def test_a_put_on_an_old_edit_changes_nothing_and_shows_what_stands_now(world, start):
    reporter, view = world.actor("commune_reporter"), start()
    services = world.services
    services.submissions.save_cells(reporter, view.submission.id, [change("/households", 6, 7)])

    with pytest.raises(Stale) as refusal:
        services.submissions.save_answers(
            reporter, view.submission.id, seen=Edit(1), answers=CROWDED
        )

    assert refusal.value.facts["current"]["edit"] == 2
    assert (
        services.submissions.get(reporter, view.submission.id).submission.answers["households"] == 7
    )


def test_a_nil_report_empties_the_cells_and_a_new_cell_takes_it_back(world, start):
    reporter, view = world.actor("commune_reporter"), start()

    nil = world.services.submissions.make_nil(reporter, view.submission.id, seen=Edit(1))
    again, _ = world.services.submissions.save_cells(
        reporter, view.submission.id, [change("/households", None, 3)]
    )

    assert (nil.submission.nil, nil.submission.answers) == (True, {})
    assert (again.submission.nil, again.submission.answers) == (False, {"households": 3})


def test_nobody_fills_a_report_that_waits_for_the_signature(world, start, advance):
    view = advance(start(), 1)

    with pytest.raises(TransitionRefused):
        world.services.submissions.save_cells(
            world.actor("commune_reporter"), view.submission.id, [change("/households", 6, 7)]
        )


def test_a_report_out_of_scope_does_not_exist(world, start):
    view = start()

    for username in ("neighbour_reporter", "other_district_reporter"):
        with pytest.raises(NotFound):
            world.services.submissions.get(world.actor(username), view.submission.id)
        listed = world.services.submissions.list_(world.actor(username))
        assert listed.items == ()


def test_approvers_readers_and_the_admin_see_the_reports_below_them(world, start):
    view = start()

    for username in ("district_approver", "province_approver", "province_reader", "admin"):
        listed = world.services.submissions.list_(world.actor(username))
        assert [one.id for one in listed.items] == [view.submission.id]


def test_autosaves_leave_draft_changes_and_no_events(world, start):
    view = start()
    before = world.count("event")

    world.services.submissions.save_cells(
        world.actor("commune_reporter"), view.submission.id, [change("/households", 6, 7)]
    )

    assert world.count("event") == before
    assert world.count("draft_change") == 1


def test_validate_stores_nothing_and_gives_the_verdict_of_a_submit(world):
    verdict = world.services.submissions.validate(
        world.actor("commune_reporter"),
        "households",
        CROWDED,
        org_unit="u-commune",
        period=PERIOD,
    )

    assert [finding.code for finding in verdict.findings] == ["crowded"]
    assert verdict.computed == {"all_people": 250}
    assert world.count("submission") == 0
