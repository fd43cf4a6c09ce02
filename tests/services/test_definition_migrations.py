"""Drafts taken to a newer version and back, and what was foretold."""

import json
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.cli.definitions import publish as publish_command
from server.core.access import SYSTEM
from server.errors import AccessDenied, InputInvalid
from tests.core.make_survey import FAMILY, visit, visits_form
from tests.newer_households import ANSWERS, RENAME, newer_form, renamed_note, without_note
from tests.survey_world import open_survey
from tests.world import GOOD


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


def test_a_shared_number_adds_up_and_somebody_is_asked_to_look_at_it(world, start, publish):
    draft = start(answers=GOOD).submission
    before = stored(world, draft.id)

    def split(form):
        cells = form["properties"]["people"]["properties"]
        cells["male_here"] = {**cells["male"], "x-indicator": "0102"}
        cells["male_away"] = {**cells["male"], "x-indicator": "0102"}
        cells["male"] = {"title": "Nam", "type": "integer", "x-calculate": "male_here + male_away"}
        form["properties"]["people"]["required"] = ["female"]
        form["x-tests"][0]["answers"] = {
            "people": {"male_here": 12, "male_away": 0, "female": 13}, "households": 6
        }  # fmt: skip

    places = ["/people/male_here", "/people/male_away"]
    step = {"op": "split", "from": "/people/male", "to": places, "shares": [0.9, 0.1]}
    publish(newer_form(step, change=split))
    admin, clerk = world.actor("admin"), world.actor("commune_reporter")
    migrations = world.services.definition_migrations
    assert migrations.outstanding(admin, "households", 2).reports == 1

    migrations.carry_out(admin, "households", 2)

    now = world.services.submissions.get(clerk, draft.id)
    assert now.submission.answers["people"] == {"male_here": 11, "male_away": 1, "female": 13}
    assert now.verdict.computed["people"] == {"male": 12}
    (asked,) = world.services.comments.threads(clerk, draft.id)
    assert (asked.path, asked.is_open) == ("/people/male_here", True)
    assert asked.head.text == (
        "Từ phiên bản 2, “Nhân khẩu: Nam” tách thành “Nhân khẩu: Nam” 90 %, “Nhân khẩu: Nam” 10 %."
        " Số đã nhập được chia theo tỷ lệ đó (1 ô). Đề nghị kiểm tra lại."
    )
    assert migrations.outstanding(admin, "households", 2).reports == 0
    assert migrations.revert(admin, "households", 2).restored == 1
    assert stored(world, draft.id) == before
    (asked,) = world.services.comments.threads(clerk, draft.id)
    assert not asked.is_open


def test_a_mark_follows_its_cell_and_what_was_sent_is_read_in_its_own_version(
    world, start, advance, publish
):
    services, clerk = world.services, world.actor("commune_reporter")
    sent = advance(start(answers=ANSWERS), 2).submission
    services.approvals.decide(
        world.actor("district_approver"), sent.id, "return", seen=sent.edit,
        supplied={"note": "Xem lại ghi chú", "marks": [{"path": "/note", "note": "Chưa rõ"}]},
    )  # fmt: skip
    proof = services.evidence.of(clerk, sent.id, 1)
    (marked,) = [one for one in services.comments.threads(clerk, sent.id) if one.path]
    services.comments.write(
        clerk, sent.id, text="Thôn nói đúng.", answers_to=marked.id, path="/note"
    )
    publish(newer_form(RENAME, change=renamed_note))
    services.definition_migrations.carry_out(world.actor("admin"), "households", 2)

    paths = {one.path for one in services.comments.threads(clerk, sent.id)}
    sealed = services.submissions.revision(clerk, sent.id, 1)

    assert paths == {"", "/remark"}
    assert (sealed.version, sealed.answers["note"]) == (1, "đã đối chiếu")
    assert services.evidence.of(clerk, sent.id, 1)["document"] == proof["document"]
    assert services.submissions.diff(clerk, sent.id, 1) == ()
    again = services.submissions.get(clerk, sent.id).submission
    assert services.approvals.decide(clerk, sent.id, "submit", seen=again.edit).submission
    services.definition_migrations.revert(world.actor("admin"), "households", 2)


def test_the_next_period_reads_the_last_one_as_the_new_version_asks_it(
    world, start, advance, publish
):
    advance(start(answers=GOOD), 2)

    def renamed(form):
        form["properties"]["homes"] = form["properties"].pop("households")
        text = json.dumps(form, ensure_ascii=False).replace("households <=", "homes <=")
        text = text.replace("<= households * 9", "<= homes * 9").replace(
            '"households"]', '"homes"]'
        )
        text = text.replace('"households", "all', '"homes", "all').replace("/households", "/homes")
        text = text.replace('"households": 6', '"homes": 6')
        form.update(json.loads(text))
        form["x-checks"].append(
            {
                "code": "grew",
                "severity": "warning",
                "rule": 'coalesce(prev("/homes"), 0) == 0',
                "message": "Năm trước đã có hộ.",
                "paths": ["/homes"],
            }
        )

    publish(newer_form({"op": "rename", "from": "/households", "to": "/homes"}, change=renamed))

    verdict = world.services.submissions.validate(
        world.actor("commune_reporter"), form="households", org_unit="u-commune", period="2025",
        answers={"people": {"male": 1, "female": 1}, "homes": 1},
    )  # fmt: skip

    assert "grew" in [one.code for one in verdict.findings]


def test_the_sheets_of_a_survey_go_along_and_back(world, publish):
    survey = open_survey(world)
    first, gone = survey.add(visit(1, *FAMILY)).record, survey.add(visit(2)).record
    survey.records.delete(world.actor("commune_reporter"), survey.id, gone.id, reason="Nhập trùng")
    form = visits_form()
    form["x-form"]["version"] = 2
    form["properties"]["hectares"] = form["properties"].pop("area")
    text = json.dumps(form, ensure_ascii=False)
    for old, new in (('"area"', '"hectares"'), ("/area", "/hectares"), ("area <=", "hectares <=")):
        text = text.replace(old, new)
    form = json.loads(text)
    form["x-migrate"] = {
        "from": 1,
        "steps": [
            {"op": "rename", "from": "/area", "to": "/hectares"},
            {"op": "unit", "path": "/hectares", "factor": 0.1},
        ],
    }
    kept = records_of(world)
    admin, migrations = world.actor("admin"), world.services.definition_migrations
    predicted = world.services.impact.of_text(admin, json.dumps(form, ensure_ascii=False))
    publish(form)

    carried = migrations.carry_out(admin, "visits", 2)

    details = world.services.ledger.events.of(f"submission/{survey.id}")[-1].details
    assert (carried.moved, details["sheets"]) == (1, 2)
    assert predicted.taken == 1
    now = survey.records.get(world.actor("commune_reporter"), survey.id, first.id)
    assert "area" not in now.record.answers
    assert now.record.answers["hectares"] == round(first.answers["area"] / 10, 1)
    assert migrations.revert(admin, "visits", 2).restored == 1
    assert records_of(world) == kept


def records_of(world):
    return world.application.database.rows(
        "SELECT id, answers, statuses, state, tally, deleted_at FROM survey_record ORDER BY id"
    )


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


def test_a_file_is_published_with_its_decisions_and_takes_drafts_along(world, start, tmp_path):
    draft = start(answers=ANSWERS).submission
    step = {"op": "unit", "path": "/households", "factor": 1}
    file = tmp_path / "v02.json"
    file.write_text(json.dumps(newer_form(step, change=without_note), ensure_ascii=False), "utf-8")
    before, services = stored(world, draft.id), world.services
    given = SimpleNamespace(application=world.application)

    refused = CliRunner().invoke(publish_command, [str(file)], obj=given)

    assert isinstance(refused.exception, InputInvalid)
    assert "/note: Ghi chú: --drop /note | --leave /note" in refused.stderr
    assert services.catalogue.form("households").version == 1

    left = CliRunner().invoke(publish_command, [str(file), "--leave", "/note"], obj=given)
    assert (left.exit_code, left.stderr.strip()) == (0, "moved 0, left 1")
    assert stored(world, draft.id) == before
    moved = CliRunner().invoke(publish_command, [str(file), "--drop", "/note"], obj=given)
    assert moved.stderr.strip() == "moved 1, left 0"
    assert services.catalogue.form("households").version == 2
    assert json.loads(stored(world, draft.id)[1]) == GOOD
    with pytest.raises(AccessDenied):
        services.definition_migrations.publish_text(
            world.actor("commune_reporter"), file.read_text("utf-8"), decisions={}
        )


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
