"""Cells that arrive from a page of another version of the form than the report is on now."""

import json

import pytest

from server.core.access import SYSTEM
from server.core.submission import Change
from server.errors import RequestInvalid
from server.services.earlier_cells import GIVEN_UP
from tests.core.make_survey import FAMILY, visit, visits_form
from tests.newer_households import (
    RENAME,
    newer_form,
    renamed_note,
    split_note,
    without_note,
)
from tests.survey_world import open_survey
from tests.world import GOOD

NOTE = Change("/note", None, "Nhập khi mất mạng.")
HOMES = Change("/households", 6, 7)


@pytest.fixture
def carry(world):
    """``carry(2, *steps, change=…)`` publishes the version and takes the drafts along."""

    def carried(version, *steps, change, since=None, decisions=None):
        form = newer_form(*steps, version=version, change=change)
        if since is not None:
            form["x-migrate"]["from"] = since
        world.services.catalogue.publish(json.dumps(form, ensure_ascii=False), "form", SYSTEM)
        done = world.services.definition_migrations.carry_out(
            world.actor("admin"), "households", version, decisions=decisions or {}
        )
        assert done.moved == 1

    return carried


def put(world, draft, *changes, version=1, **more):
    return world.services.earlier_cells.save(
        world.actor("commune_reporter"), draft.id, changes, version=version, **more
    )


def test_a_cell_that_was_renamed_meanwhile_is_saved_in_its_new_place(world, start, carry):
    draft = start().submission
    carry(2, RENAME, change=renamed_note)

    found = put(world, draft, NOTE, HOMES)

    assert found.view.submission.answers == {
        **GOOD, "households": 7, "remark": "Nhập khi mất mạng."
    }  # fmt: skip
    assert (found.conflicts, found.unplaced) == ((), ())
    assert found.moved == {"/note": "/remark"}
    again = put(world, draft, NOTE)
    assert again.conflicts == ()


def test_two_values_of_a_renamed_cell_are_a_conflict_at_its_new_place(world, start, carry):
    draft = start().submission
    carry(2, RENAME, change=renamed_note)
    put(world, draft, Change("/remark", None, "Của người khác."), version=2)

    (met,) = put(world, draft, NOTE).conflicts

    assert (met.path, met.mine, met.theirs) == ("/remark", NOTE.new, "Của người khác.")


def test_a_cell_without_a_place_is_named_and_the_others_are_saved(world, start, carry):
    draft = start().submission
    carry(2, {"op": "drop", "path": "/note"}, change=without_note)

    found = put(world, draft, NOTE, HOMES)

    (lost,) = found.unplaced
    assert (lost.title, lost.change, lost.into) == ("Ghi chú", NOTE, ())
    assert found.view.submission.answers == {**GOOD, "households": 7}


def test_of_a_divided_cell_it_is_said_where_its_values_went(world, start, carry):
    draft = start().submission
    step = {"op": "split", "from": "/note", "to": ["/cause", "/remedy"], "separator": ";"}
    carry(2, step, change=split_note)

    (lost,) = put(world, draft, NOTE).unplaced

    assert lost.into == ("Cause", "Remedy")


def test_a_number_in_another_unit_is_written_in_the_unit_of_now(world, start, carry):
    draft = start().submission
    step = {"op": "unit", "path": "/households", "factor": 10}
    carry(2, step, change=None)

    found = put(world, draft, HOMES)

    assert found.conflicts == ()
    assert found.view.submission.answers["households"] == 70


def test_a_page_that_missed_two_versions_still_finds_the_place(world, start, carry):
    def named_again(form):
        renamed_note(form)
        form["properties"]["comment"] = form["properties"].pop("remark")
        form["x-layout"]["sections"][0]["fields"][-1] = "comment"

    draft = start().submission
    carry(2, RENAME, change=renamed_note)
    step = {"op": "rename", "from": "/remark", "to": "/comment"}
    carry(3, step, change=named_again, since=2)

    found = put(world, draft, NOTE)

    assert found.view.submission.answers == {**GOOD, "comment": NOTE.new}


def test_after_the_drafts_went_back_a_page_of_the_newer_version_is_understood(world, start, carry):
    draft = start().submission
    carry(2, RENAME, change=renamed_note)
    admin = world.actor("admin")
    assert world.services.definition_migrations.revert(admin, "households", 2).restored == 1

    found = put(world, draft, Change("/remark", None, "Nhập ở bản mới."), version=2)

    assert found.view.submission.answers == {**GOOD, "note": "Nhập ở bản mới."}


def test_a_version_or_a_cell_that_never_was_is_no_reason_to_lose_the_others(world, start):
    draft = start().submission

    with pytest.raises(RequestInvalid):
        put(world, draft, NOTE, version=7)
    found = put(world, draft, Change("/gone", None, 5), HOMES)

    assert [one.title for one in found.unplaced] == ["/gone"]
    assert found.view.submission.answers["households"] == 7


def test_what_somebody_gives_up_stands_in_the_history_with_its_value(world, start, carry):
    draft = start().submission
    carry(2, {"op": "drop", "path": "/note"}, change=without_note)

    put(world, draft, given_up=[NOTE])

    (event,) = [
        one
        for one in world.services.ledger.events.of(f"submission/{draft.id}")
        if one.name == GIVEN_UP
    ]
    assert (event.details["version"], event.details["paths"]) == (1, ["/note"])
    assert NOTE.new not in str(event.details)
    kept = world.services.ledger.events.personal([event.id])[event.id]
    assert kept == {"values": [NOTE.new]}


def test_the_reason_of_a_warning_follows_its_cell(world, start, carry):
    draft = start().submission
    carry(2, RENAME, change=renamed_note)
    told = [
        {"code": "any", "path": path, "text": "Đã kiểm tra lại."} for path in ("/note", "/gone")
    ]

    view = put(world, draft, reasons=told).view

    assert [one["path"] for one in view.submission.reasons] == ["/remark"]


def test_a_sheet_of_a_survey_is_saved_where_its_cells_went(world):
    survey = open_survey(world)
    first = survey.add(visit(1, *FAMILY)).record
    form = visits_form()
    form["x-form"]["version"] = 2
    form["properties"]["hectares"] = form["properties"].pop("area")
    text = json.dumps(form, ensure_ascii=False)
    for old, new in (('"area"', '"hectares"'), ("/area", "/hectares"), ("area <=", "hectares <=")):
        text = text.replace(old, new)
    form = json.loads(text)
    form["x-migrate"] = {
        "from": 1, "steps": [{"op": "rename", "from": "/area", "to": "/hectares"}]
    }  # fmt: skip
    world.services.catalogue.publish(json.dumps(form, ensure_ascii=False), "form", SYSTEM)
    world.services.definition_migrations.carry_out(world.actor("admin"), "visits", 2)

    found = world.services.earlier_cells.save_record(
        world.actor("commune_reporter"),
        survey.id,
        first.id,
        [Change("/area", first.answers.get("area"), 3)],
        version=1,
    )

    assert (found.conflicts, found.unplaced) == ((), ())
    assert found.view.record.answers["hectares"] == 3
