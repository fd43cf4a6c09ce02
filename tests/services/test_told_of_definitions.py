"""Who is told of definitions: of a draft that waits for review, a report that was carried."""

import json
from dataclasses import replace

import pytest

from server.core.access import SYSTEM
from server.core.comment import CARRIED
from server.core.notice import NoticeKind
from server.core.personal import MASK
from tests.newer_households import newer_form, without_note
from tests.services.test_definition_drafts import AREA
from tests.world import GOOD, household_form

K = NoticeKind


def told(world, username):
    while world.services.dispatch.run():
        pass
    return [one for one in world.services.notices.of(world.actor(username)) if not one.read_at]


@pytest.fixture(autouse=True)
def opening_is_behind(world):
    told(world, "commune_reporter")
    world.application.database.run("DELETE FROM notice")


def carried_event(world, submission):
    events = world.services.ledger.events.of(f"submission/{submission.id}")
    return next(one for one in reversed(events) if one.name == CARRIED)


def carry(world, *steps, change):
    form = newer_form(*steps, change=change)
    world.services.catalogue.publish(json.dumps(form, ensure_ascii=False), "form", SYSTEM)
    world.services.definition_migrations.carry_out(world.actor("admin"), "households", 2)


def test_whoever_fills_a_report_is_told_that_it_was_carried_and_what_was_lost(world, start):
    draft = start(answers={**GOOD, "note": "đã đối chiếu"}).submission
    carry(world, {"op": "drop", "path": "/note"}, change=without_note)

    (notice,) = told(world, "commune_reporter")

    assert (notice.kind, notice.submission) == (K.FORM_CHANGED, draft.id)
    assert (notice.facts["version"], notice.facts["dropped"]) == ("2", "1")
    assert "đã đối chiếu" not in str(notice.facts)
    assert told(world, "commune_signer") == []
    assert "phiên bản 2" in "\n".join(world.services.notices.listed([notice], "vi"))


def test_who_may_not_see_personal_values_sees_neither_of_the_two_even_where_one_is_nought(
    world, start
):
    def personal(form):
        form["properties"]["households"]["x-personal"] = True

    base = household_form()
    base["x-form"]["version"] = 2
    personal(base)
    world.services.catalogue.publish(json.dumps(base, ensure_ascii=False), "form", SYSTEM)
    draft = start().submission
    newer = newer_form(
        {"op": "unit", "path": "/households", "factor": 0.01}, version=3, change=personal
    )
    newer["x-migrate"]["from"] = 2
    world.services.catalogue.publish(json.dumps(newer, ensure_ascii=False), "form", SYSTEM)
    world.services.definition_migrations.carry_out(world.actor("admin"), "households", 3)
    clerk, event = world.actor("commune_reporter"), carried_event(world, draft)
    own = world.services.submissions.get(clerk, draft.id)

    (seen,) = world.services.carried_reports.of(own, event).converted
    (hidden,) = world.services.carried_reports.of(replace(own, personal=False), event).converted

    assert (seen.value, seen.after) == (GOOD["households"], 0)
    assert (hidden.value, hidden.after) == (MASK, MASK)


def test_the_history_of_the_report_names_each_value_that_went(world, start):
    clerk = world.actor("commune_reporter")
    draft = start(answers={**GOOD, "note": "đã đối chiếu"}).submission
    unit = {"op": "unit", "path": "/households", "factor": 10}
    carry(world, {"op": "drop", "path": "/note"}, unit, change=without_note)
    view = world.services.submissions.get(clerk, draft.id)

    found = world.services.carried_reports.of(view, carried_event(world, draft))

    assert [(one.path, one.value) for one in found.dropped] == [("/note", "đã đối chiếu")]
    assert [(one.path, one.value, one.after) for one in found.converted] == [("/households", 6, 60)]
    world.services.definition_migrations.revert(world.actor("admin"), "households", 2)
    again = world.services.carried_reports.of(view, carried_event(world, draft))
    assert again == found


def test_a_reviewer_is_told_of_a_draft_and_its_authors_of_the_answer(world, second):
    admin, issues = world.actor("admin"), world.services.definition_issues
    operation = {"op": "add", "path": "/properties/area", "value": AREA, "section": 0}
    draft = world.services.definition_drafts.revise(admin, "form", "households")
    draft = world.services.definition_drafts.apply(admin, draft.id, operation, seen=draft.edit)
    sent = issues.send(admin, draft.id, seen=draft.edit, notes="Thêm một cột.")

    (asked,) = told(world, "second")
    assert (asked.kind, asked.facts["draft"]) == (K.REVIEW_ASKED, draft.id)
    assert told(world, "admin") == []
    assert [one.id for one in issues.waiting(second)] == [draft.id]
    assert issues.waiting(admin) == issues.waiting(world.actor("commune_reporter")) == []
    assert "Hộ" in "\n".join(world.services.notices.listed([asked], "vi"))

    back = issues.give_back(second, draft.id, seen=sent.edit, note="Nêu rõ căn cứ.")
    assert told(world, "second") == []
    (returned,) = told(world, "admin")
    assert returned.kind is K.REVIEW_RETURNED
    assert issues.waiting(second) == []
    assert [one.id for one in issues.returned(admin)] == [draft.id]

    again = issues.send(admin, draft.id, seen=back.edit, notes="Theo Công văn 12.")
    issues.publish(second, draft.id, seen=again.edit)
    assert [one.kind for one in told(world, "admin")] == [K.REVIEW_PUBLISHED, K.REVIEW_RETURNED]
    assert told(world, "second") == []
