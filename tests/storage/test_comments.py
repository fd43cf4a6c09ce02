"""Comments kept on both databases, and the newest change of each cell."""

from datetime import UTC, datetime, timedelta

import pytest

from server.core.comment import Comment
from server.core.submission import Change

NOW = datetime(2025, 1, 24, 3, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def comment(id_: str = "c1", **changes: object) -> Comment:
    facts: dict[str, object] = {
        "submission": "s1",
        "path": "/total",
        "author": "mai",
        "side": "unit",
        "written_at": NOW,
        "text": "Tiếng Việt & <b>",
    } | changes
    return Comment(id_, **facts)  # type: ignore[arg-type]


def test_comments_come_back_as_they_were_written_and_in_that_order(world):
    world.start()
    kept = [comment("c1"), comment("c2", path="", side="office"), comment("c3", answers_to="c1")]
    for one in reversed(kept):
        world.submissions.add_comment(one)

    assert world.submissions.comments("s1") == kept
    assert world.submissions.comments("s2") == []


def test_a_thread_is_settled_once(world):
    world.start()
    world.submissions.add_comment(comment())

    first = world.submissions.resolve_comment("c1", by="lan", at=LATER)
    second = world.submissions.resolve_comment("c1", by="mai", at=NOW)

    assert (first, second) == (True, False)
    (found,) = world.submissions.comments("s1")
    assert (found.resolved_by, found.resolved_at) == ("lan", LATER)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE comment SET text = 'x'", "UPDATE comment SET path = ''", "DELETE FROM comment"],
)
def test_the_database_refuses_to_change_what_was_written(world, statement):
    world.start()
    world.submissions.add_comment(comment())

    with pytest.raises(Exception, match="append-only"), world.database.transaction():
        world.database.run(statement)

    assert world.submissions.comments("s1") == [comment()]


@pytest.mark.parametrize("changes", [{"side": "nobody"}, {"submission": "missing"}])
def test_the_database_refuses_what_no_comment_can_be(world, changes):
    world.start()

    with (
        pytest.raises(Exception, match=r"(?i)check|foreign key|violates"),
        world.database.transaction(),
    ):
        world.submissions.add_comment(comment(**changes))


def test_the_newest_change_of_each_cell_is_found_with_its_origin(world):
    submission = world.start()
    typed = Change("/total", None, 7)
    copied = Change("/note", None, "sổ", None, "copied")
    world.submissions.add_changes("s1", [typed, copied], "mai", NOW)
    world.submissions.move(submission, state="returned", revision=1, by="x", at=LATER)
    pasted = Change("/total", 7, 8, None, "pasted")
    world.submissions.add_changes("s1", [pasted], "lan", LATER)

    assert [one.change for one in world.submissions.last_changes("s1")] == [copied, pasted]
    assert [one.change for one in world.submissions.changes_at("s1", {"/total"})] == [typed, pasted]
    assert world.submissions.changes_at("s1", set()) == []


def test_what_was_changed_before_origins_were_kept_counts_as_typed(world):
    world.start()
    world.database.run(
        "INSERT INTO draft_change (submission_id, revision, path, old, new, changed_by, changed_at)"
        " VALUES ('s1', 0, '/total', 'null', '7', 'mai', '2025-01-24T03:00:00.000000+00:00')"
    )

    (kept,) = world.submissions.changes("s1")

    assert kept.change == Change("/total", None, 7)
