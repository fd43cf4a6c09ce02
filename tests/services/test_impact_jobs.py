"""Looking ahead in the background: progress while it runs, and what was found is kept."""

import json
from copy import deepcopy

import pytest

from server.core.job import JobState
from server.errors import AccessDenied, NotFound
from server.services import impact_jobs
from server.services.impact_jobs import BACKTEST, IMPACT
from tests.world import GOOD, household_form

CHECK = {
    "code": "few",
    "severity": "warning",
    "rule": "households > 10",
    "message": "Ít hộ: {left}.",
    "paths": ["/households"],
}


@pytest.fixture
def draft(world, start, advance):
    """A draft that lacks the remark and asks one thing more, with a sent report before it."""
    advance(start(answers={**GOOD, "note": "đã đối chiếu"}), 2)
    admin, drafts = world.actor("admin"), world.services.definition_drafts
    found = drafts.revise(admin, "form", "households")
    form = deepcopy(household_form())
    form["x-form"]["version"] = 2
    del form["properties"]["note"]
    form["x-layout"]["sections"][0]["fields"].remove("note")
    form["x-checks"].append(CHECK)
    form["x-tests"][0]["answers"] = {"people": {"male": 12, "female": 13}, "households": 12}
    return drafts.write(admin, found.id, json.dumps(form, ensure_ascii=False), seen=found.edit)


def test_a_long_history_is_counted_by_the_worker_and_the_result_is_kept(world, draft):
    jobs, admin = world.services.impact_jobs, world.actor("admin")
    job = jobs.start(admin, IMPACT, draft.id)
    assert (job.state, jobs.start(admin, IMPACT, draft.id).id) == (JobState.QUEUED, job.id)
    assert jobs.impact(job, draft) is None

    assert world.services.jobs.run_one()

    done = jobs.last(IMPACT, draft)
    assert (done.state, done.done, done.total) == (JobState.DONE, 1, 1)
    at_once = world.services.impact.of_text(admin, draft.text)
    kept = jobs.impact(done, draft)
    assert (kept.fields, kept.stages, kept.reach) == (
        at_once.fields,
        at_once.stages,
        at_once.reach,
    )
    assert (kept.taken, kept.sealed, kept.owed, kept.older) == (
        at_once.taken,
        at_once.sealed,
        at_once.owed,
        at_once.older,
    )


def test_another_edit_of_the_draft_needs_another_count(world, draft):
    jobs, admin = world.services.impact_jobs, world.actor("admin")
    first = jobs.start(admin, IMPACT, draft.id)
    world.services.jobs.run_one()
    edited = world.services.definition_drafts.apply(
        admin, draft.id, {"op": "set", "path": "/properties/households", "values": {"maximum": 9}},
        seen=draft.edit,
    )  # fmt: skip

    assert jobs.last(IMPACT, edited) is None
    assert jobs.start(admin, IMPACT, draft.id).id != first.id


def test_new_checks_are_tried_by_the_worker_too(world, draft):
    jobs, admin = world.services.impact_jobs, world.actor("admin")
    jobs.start(admin, BACKTEST, draft.id)

    world.services.jobs.run_one()

    (found,) = jobs.tried(jobs.last(BACKTEST, draft))
    assert (found.code, found.flagged, found.total) == ("few", 1, 1)
    assert [one.unit for one in found.named] == ["Cổ Linh"]
    assert world.services.exports.list_(admin).items == ()


def test_what_is_long_depends_on_the_number_of_reports(world, draft, monkeypatch):
    jobs = world.services.impact_jobs
    assert not jobs.is_long(IMPACT, draft)

    monkeypatch.setitem(impact_jobs.MOST_AT_ONCE, IMPACT, 0)

    assert jobs.is_long(IMPACT, draft)


def test_only_administrators_ask_and_only_for_what_there_is(world, draft):
    jobs = world.services.impact_jobs

    with pytest.raises(AccessDenied):
        jobs.start(world.actor("commune_reporter"), IMPACT, draft.id)
    with pytest.raises(NotFound):
        jobs.start(world.actor("admin"), "export", draft.id)
