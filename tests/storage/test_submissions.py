"""Reports are kept exactly, and written only on the edit that was read."""

from datetime import UTC, datetime, timedelta

import pytest

from server.core.submission import Change, Edit, Revision, SurveyRecord
from server.core.survey import RecordState, Standing
from server.errors import Conflict, NotFound, Stale
from tests.storage.conftest import NOW
from tests.storage.test_obligations import ROUND

LATER = NOW + timedelta(minutes=5)


def save(world, submission, **changes):
    facts = {
        "answers": submission.answers,
        "statuses": submission.statuses,
        "nil": False,
        "reasons": (),
        "by": "Lý Thị Mai",
        "at": LATER,
    } | changes
    return world.submissions.save(submission, **facts)


def test_a_submission_reads_back_as_it_was_added(world):
    world.owe("o1")
    submission = world.submission(
        answers={"rows": {"02": {"total": 10, "rate": 19.99}}, "ghi_chú": "Mông, Dao"},
        statuses={"/rows/03": "none_arose"},
        reasons=({"code": "w1", "path": "/rows", "text": "Do tách hộ"},),
    )

    world.submissions.add(submission)

    assert world.submissions.get("s1") == submission
    assert world.submissions.by_obligation("o1") == submission


def test_answers_are_byte_equal_on_both_databases(world):
    world.start(answers={"b": "Đặng Văn Ư", "a": 1})

    stored = world.database.row("SELECT answers FROM submission")

    assert stored == ('{"a":1,"b":"Đặng Văn Ư"}',)


def test_an_obligation_has_one_submission(world):
    world.start("s1")

    with pytest.raises(Conflict) as refusal:
        world.submissions.add(world.submission("s2"))

    assert refusal.value.facts["current"] == "s1"
    assert world.submissions.list_() == [world.submissions.get("s1")]


def test_a_missing_submission_is_not_found(world):
    with pytest.raises(NotFound):
        world.submissions.get("nothing")

    assert world.submissions.by_obligation("nothing") is None


def test_saving_raises_the_edit_and_says_who(world):
    submission = world.start()

    edit = save(world, submission, answers={"total": 7}, nil=False)

    saved = world.submissions.get("s1")
    assert edit == saved.edit == submission.edit + 1
    assert (saved.answers, saved.changed_by, saved.changed_at) == (
        {"total": 7},
        "Lý Thị Mai",
        LATER,
    )
    assert saved.state_since == submission.state_since


@pytest.mark.parametrize("second", ["save", "move"])
def test_a_write_on_an_old_edit_is_stale_and_tells_who_won(world, second):
    read = world.start()
    save(world, read, answers={"total": 7}, by="Triệu Văn Nam")

    with pytest.raises(Stale) as refusal:
        if second == "save":
            save(world, read, answers={"total": 8})
        else:
            world.submissions.move(read, state="submitted", by="Lý Thị Mai", at=LATER)

    current = refusal.value.facts["current"]
    assert (current["by"], current["edit"], current["state"]) == ("Triệu Văn Nam", 2, "draft")
    assert world.submissions.get("s1").answers == {"total": 7}


def test_a_move_writes_state_revision_and_since_when(world):
    submission = world.start()

    edit = world.submissions.move(
        submission, state="submitted", revision=1, by="Hoàng Văn Tú", at=LATER
    )

    moved = world.submissions.get("s1")
    assert (moved.state, moved.revision, moved.edit) == ("submitted", 1, edit)
    assert (moved.state_since, moved.changed_by) == (LATER, "Hoàng Văn Tú")


def test_a_write_of_a_submission_that_is_gone_is_not_found(world):
    with pytest.raises(NotFound):
        save(world, world.submission("gone"))


def test_lists_filter_and_page_by_id(world):
    world.add_form("workers")
    for number in range(1, 6):
        world.start(f"s{number}", obligation=f"o{number}", period=f"{2019 + number}")
    world.start("s6", obligation="o6", org_unit="u3", state="approved")
    world.start("s7", obligation="o7", form="workers")

    def ids(**filters):
        return [found.id for found in world.submissions.list_(**filters)]

    assert ids(limit=3) == ["s1", "s2", "s3"]
    assert ids(after="s3", limit=3) == ["s4", "s5", "s6"]
    assert ids(form="workers") == ["s7"]
    assert ids(org_units={"u3"}) == ["s6"]
    assert ids(org_units=set()) == []
    assert ids(period="2024") == ["s5", "s6", "s7"]
    assert ids(state="approved") == ids(states={"approved", "closed"}) == ["s6"]


def test_a_list_costs_one_query_however_long_it_is(world, count_queries):
    for number in range(1, 9):
        world.start(f"s{number}", obligation=f"o{number}", period=f"{2010 + number}")
    statements = count_queries(world.database)

    world.submissions.list_(org_units={"u2"})

    assert len(statements) == 1


def revision(number, **changes):
    facts = {
        "submission": "s1",
        "number": number,
        "answers": {"total": number},
        "statuses": {"/minority": "not_available"},
        "computed": {"rate": 0.5},
        "reasons": ({"code": "w", "path": "/total", "text": "đã rà soát"},),
        "nil": False,
        "digest": "d" * 64,
        "receipt": f"DS01-{number}",
        "sealed_at": NOW + timedelta(days=number),
        "sealed_by": "Hoàng Văn Tú",
    } | changes
    return Revision(**facts)


def test_revisions_read_back_and_no_number_is_used_twice(world):
    world.start()
    world.submissions.add_revision(revision(1))
    world.submissions.add_revision(revision(2))

    with pytest.raises(Conflict):
        world.submissions.add_revision(revision(2, receipt="another"))
    with pytest.raises(NotFound):
        world.submissions.revision("s1", 3)

    assert world.submissions.revision("s1", 2) == revision(2)
    assert world.submissions.revisions("s1") == [revision(1), revision(2)]


def test_the_latest_revision_is_the_one_the_submission_stands_on(world):
    submission = world.start()
    world.submissions.add_revision(revision(1))

    before = world.submissions.latest_revision_of("population", "u2", "2024")
    world.submissions.move(submission, state="submitted", revision=1, by="x", at=LATER)
    after = world.submissions.latest_revision_of("population", "u2", "2024")

    assert (before, after) == (None, revision(1))
    assert world.submissions.latest_revision_of("population", "u3", "2024") is None
    assert world.submissions.latest_revisions(["s1", "s2"]) == {"s1": revision(1)}


def test_what_a_unit_sent_is_read_by_form_and_period_in_one_query(world, monkeypatch):
    sent = {}
    world.obligations.add_round(ROUND)
    rounds = [("2021", None), ("2023", None), ("2023", "r1"), ("2024", None)]
    for at, (period, round_) in enumerate(rounds):
        id_ = f"s-{period}-{round_}"
        world.owe(f"o-{id_}", period=period, round=round_)
        report = world.submission(id_, obligation=f"o-{id_}", period=period, round=round_)
        world.submissions.add(report)
        sealed = {"sealed_at": NOW + timedelta(days=at), "receipt": f"r{at}"}
        sent[id_] = revision(1, submission=id_, answers={"total": at}, **sealed)
        world.submissions.add_revision(sent[id_])
        world.submissions.move(report, state="submitted", revision=1, by="x", at=LATER)
    world.start("s-2022", obligation="o-2022", period="2022")  # never sent
    queries = []
    rows = world.database.rows
    monkeypatch.setattr(
        type(world.database),
        "rows",
        lambda _, sql, values=(): queries.append(sql) or rows(sql, values),
    )

    found = world.submissions.sent_by("u2", ["population", "other"], ["2022", "2023", "2024"])

    assert found == {
        ("population", "2023"): sent["s-2023-r1"],
        ("population", "2024"): sent["s-2024-None"],
    }
    assert len(queries) == 1
    assert world.submissions.sent_by("u3", ["population"], ["2023"]) == {}
    assert world.submissions.sent_by("u2", [], ["2023"]) == {}
    assert world.submissions.sent_by("u2", ["population"], []) == {}
    assert len(queries) == 2


def test_changed_cells_are_kept_in_order_under_the_revision_they_follow(world):
    submission = world.start()
    first = [Change("/total", None, 7), Change("/note", None, None, "not_available")]
    world.submissions.add_changes("s1", first, "Lý Thị Mai", NOW)
    world.submissions.move(submission, state="returned", revision=1, by="x", at=LATER)
    second = [Change("/total", 7, {"a": [1]})]
    world.submissions.add_changes("s1", second, "Lý Thị Mai", LATER)

    kept = world.submissions.changes("s1")

    assert [one.change for one in kept] == first + second
    assert [one.revision for one in kept] == [0, 0, 1]
    assert {one.by for one in kept} == {"Lý Thị Mai"}
    assert [one.change for one in world.submissions.changes("s1", 1)] == second


def test_the_digest_of_changes_follows_every_change(world):
    world.start()
    digests = [world.submissions.changes_digest("s1")]
    for new in (7, 8):
        world.submissions.add_changes("s1", [Change("/total", None, new)], "Mai", NOW)
        digests.append(world.submissions.changes_digest("s1"))

    assert len(set(digests)) == 3
    assert digests[-1] == world.submissions.changes_digest("s1")


@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = {}", "DELETE FROM {}"])
def test_the_database_refuses_to_change_a_sealed_revision(world, statement):
    world.start()
    world.submissions.add_revision(revision(1))

    with pytest.raises(Exception, match="append-only"), world.database.transaction():
        world.database.run(statement.format("submission_revision", "digest", "'x'"))

    assert world.submissions.revisions("s1") == [revision(1)]


def record(id_="r1", **changes):
    facts = {
        "submission": "s1",
        "number": 0,
        "edit": 1,
        "answers": {"head": "Lý A Sùng"},
        "statuses": {},
        "changed_at": NOW,
        "changed_by": "Mai",
    } | changes
    return SurveyRecord(id_, **facts)


STANDING = Standing(RecordState.VALID, None, "ly a sung", "", "", {0: "k" * 64}, ())


def test_survey_records_are_numbered_and_paged_in_that_order(world):
    world.start()
    kept = [world.submissions.add_record(record(f"r{9 - n}"), STANDING) for n in range(4)]

    assert [one.number for one in kept] == [1, 2, 3, 4]
    assert world.submissions.records("s1", limit=2) == kept[:2]
    assert world.submissions.records("s1", after="r8") == kept[2:]
    assert world.submissions.count_records("s1") == 4
    with pytest.raises(Conflict):
        world.submissions.add_record(record("r99", number=4), STANDING)


def test_a_survey_record_is_written_only_on_the_edit_that_was_read(world):
    world.start()
    read = world.submissions.add_record(record(), STANDING)
    changed = {"answers": {"head": "Lý A Páo"}, "statuses": {}, "by": "Tú", "at": LATER}
    changed["standing"] = STANDING
    gone = {"by": "Tú", "at": LATER, "reason": "nhập trùng"}

    assert world.submissions.save_record(read, **changed) == 2
    with pytest.raises(Stale) as refusal:
        world.submissions.save_record(read, **changed)
    with pytest.raises(Stale):
        world.submissions.delete_record(read, **gone)

    assert refusal.value.facts["current"]["by"] == "Tú"
    world.submissions.delete_record(world.submissions.record("r1"), **gone)
    assert world.submissions.records("s1") == []
    assert world.submissions.record("r1").deleted_reason == "nhập trùng"
    with pytest.raises(NotFound):
        world.submissions.record("r2")


def test_instants_keep_their_microseconds_and_their_zone(world):
    odd = datetime(2025, 1, 24, 23, 59, 59, 999_999, tzinfo=UTC)

    submission = world.start(changed_at=odd, edit=Edit(1))

    assert submission.changed_at == odd
    assert submission.changed_at.tzinfo is UTC
