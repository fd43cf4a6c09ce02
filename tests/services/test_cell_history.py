"""The history of single cells: it says what the audit table says, no more and no less."""

import json
from contextlib import contextmanager, suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.core.access import SYSTEM
from server.core.answer_paths import PathUnknown
from server.core.definition_editor import applied
from server.core.submission import Change
from server.errors import NotFound
from tests.services.conftest import change
from tests.world import household_form

CELLS = ("/people/male", "/people/female", "/households", "/note")
VALUES = {
    "/note": st.sampled_from([None, "sổ A", "sổ B", "none_arose"]),
    **dict.fromkeys(CELLS[:3], st.one_of(st.none(), st.integers(0, 999))),
}
ORIGINS = st.sampled_from(["typed", "copied", "pasted", "imported"])


@pytest.fixture
def past(world):
    def of(view, path, username="commune_reporter"):
        history = world.services.cell_history
        return history.of(world.actor(username), view.submission.id, path).events

    return of


@st.composite
def saves(draw):
    path = draw(st.sampled_from(CELLS))
    value = draw(VALUES[path])
    status = draw(st.sampled_from([None, "not_available"])) if value is None else None
    return path, value, status, draw(ORIGINS)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(saves(), max_size=12))
def test_the_history_of_each_cell_equals_the_audit_table(world, start, past, typed):
    database = world.application.database
    clerk = world.actor("commune_reporter")
    with _undone(database):
        view = start()
        for path, value, status, origin in typed:
            held, said = _held(world, view, path)
            seen = held if held is not None else said
            world.services.submissions.save_cells(
                clerk, view.submission.id, [Change(path, seen, value, status, origin)]
            )
        for path in CELLS:
            rows = database.rows(
                "SELECT old, new, status, origin, changed_by FROM draft_change"
                " WHERE submission_id = ? AND path = ? ORDER BY id DESC",
                (view.submission.id, path),
            )
            shown = [event for event in past(view, path) if event.kind == "changed"]
            table = [(json.loads(old), json.loads(new), *rest) for old, new, *rest in rows]
            assert [_row(event) for event in shown] == table


def test_a_cell_begins_with_what_the_report_began_with(world, start, past):
    view = start()
    view, _met = world.services.submissions.save_cells(
        world.actor("commune_reporter"), view.submission.id, [change("/households", 6, 7)]
    )

    changed, started = past(view, "/households")

    assert (started.kind, started.new, started.by) == ("started", 6, changed.by)
    assert (changed.old, changed.new) == (6, 7)


def test_a_removed_line_is_in_the_history_of_its_cells(world, start, past):
    view = start()
    view = world.services.submissions.make_nil(
        world.actor("commune_reporter"), view.submission.id, seen=view.submission.edit
    )

    changed, started = past(view, "/people/male")

    assert (started.kind, started.new) == ("started", 12)
    assert (changed.old, changed.new) == (12, None)


def test_sendings_and_marks_stand_in_the_history(start, advance, decide, past):
    view = decide(
        advance(start(), 2),
        "district_approver",
        "return",
        supplied={"note": "Xem lại.", "marks": [{"path": "/households", "note": "Lệch sổ."}]},
    )

    marked, sealed, started = sorted(
        past(view, "/households"),
        key=lambda event: ("marked", "sealed", "started").index(event.kind),
    )

    assert (sealed.revision, sealed.new) == (1, 6)
    assert marked.note == "Lệch sổ."
    assert started.new == 6
    assert [event.kind for event in past(view, "/all_people")] == ["sealed"]


def test_a_copied_value_counts_until_it_is_typed_over(world, start):
    view = start(answers={})
    clerk, history = world.actor("commune_reporter"), world.services.cell_history

    def save(*changes):
        return world.services.submissions.save_cells(clerk, view.submission.id, changes)[0]

    now = save(
        Change("/households", None, 6, None, "copied"),
        Change("/people/male", None, 12, None, "copied"),
        Change("/people/female", None, 13, None, "typed"),
    )
    assert set(history.copied(now)) == {"/households", "/people/male"}

    now = save(Change("/people/male", 12, 14))
    assert history.copied(now) == ("/households",)

    now = world.services.submissions.make_nil(clerk, view.submission.id, seen=now.submission.edit)
    assert history.copied(now) == ()


def test_the_origin_is_part_of_what_the_submission_vouches_for(world, start):
    store = world.services.submissions.submissions
    clerk = world.actor("commune_reporter")
    digests = set()
    for origin in ("typed", "copied"):
        with _undone(world.application.database):
            view = start()
            world.services.submissions.save_cells(
                clerk, view.submission.id, [Change("/households", 6, 7, None, origin)]
            )
            digests.add(store.changes_digest(view.submission.id))

    assert len(digests) == 2


def test_nobody_looks_up_a_cell_that_is_none_or_not_theirs(world, start, past):
    view = start()

    with pytest.raises(PathUnknown):
        past(view, "/nowhere")
    with pytest.raises(NotFound):
        past(view, "/people")
    with pytest.raises(NotFound):
        past(view, "/households", "neighbour_reporter")


def _row(event):
    """What the audit table holds of a line of the history."""
    old = event.old if event.old_status is None else event.old_status
    return old, event.new, event.status, event.origin, event.by


def _held(world, view, path):
    now = world.services.submissions.get(world.actor("commune_reporter"), view.submission.id)
    held = now.submission.answers
    for token in path.split("/")[1:]:
        held = held.get(token) if isinstance(held, dict) else None
    return held, now.submission.statuses.get(path)


class _Undo(BaseException):
    """Leaves a transaction without writing."""


@contextmanager
def _undone(database):
    """Each example begins with no report: what happens inside is taken back."""
    with suppress(_Undo), database.transaction():
        yield
        raise _Undo


MEN = {"op": "rename", "from": "/people/male", "to": "/people/men"}
GENTS = {"op": "rename", "from": "/people/men", "to": "/people/gents"}


def carried_to(world, version, key, step):
    """Everything that is being filled goes to a version in which the men have that key."""
    form = household_form()
    for old, new in (("male", "men"), ("men", "gents"))[: version - 1]:
        form = applied(
            form, {"op": "rename", "path": f"/properties/people/properties/{old}", "key": new}
        )
    form["x-form"]["version"] = version
    form["properties"]["people"]["properties"][key]["title"] = "Nam giới"
    form["x-migrate"] = {"from": version - 1, "steps": [step]}
    world.services.catalogue.publish(json.dumps(form, ensure_ascii=False), "form", SYSTEM)
    moved = world.services.definition_migrations.carry_out(
        world.actor("admin"), "households", version
    )
    assert moved.moved == 1


def save(world, view, path, old, new, origin="typed"):
    clerk = world.actor("commune_reporter")
    world.services.submissions.save_cells(
        clerk, view.submission.id, [Change(path, old, new, None, origin)]
    )


def test_a_cell_that_was_renamed_twice_has_one_history_that_says_where(world, start, past):
    view = start()
    save(world, view, "/people/male", 12, 13)
    carried_to(world, 2, "men", MEN)
    save(world, view, "/people/men", 13, 14)
    carried_to(world, 3, "gents", GENTS)
    save(world, view, "/people/gents", 14, 15)

    found = [(one.kind, one.old, one.new, one.names) for one in past(view, "/people/gents")]

    assert sorted(found, key=str) == sorted(
        [
            ("started", None, 12, ()),
            ("changed", 12, 13, ()),
            ("moved", None, None, (("/people/male", "Nhân khẩu: Nam"),)),
            ("changed", 13, 14, ()),
            ("moved", None, None, (("/people/men", "Nhân khẩu: Nam giới"),)),
            ("changed", 14, 15, ()),
        ],
        key=str,
    )
    last = world.services.cell_history.last(world.actor("commune_reporter"), view.submission.id)
    assert [(one.change.path, one.change.new) for one in last] == [("/people/gents", 15)]


def test_what_was_copied_under_a_former_name_still_counts_as_copied(world, start):
    view = start(answers={})
    save(world, view, "/people/male", None, 12, "copied")
    carried_to(world, 2, "men", MEN)

    now = world.services.submissions.get(world.actor("commune_reporter"), view.submission.id)

    assert world.services.cell_history.copied(now) == ("/people/men",)


def test_a_report_that_went_back_has_its_history_under_the_first_name(world, start, past):
    view = start()
    save(world, view, "/people/male", 12, 13)
    carried_to(world, 2, "men", MEN)
    world.services.definition_migrations.revert(world.actor("admin"), "households", 2)

    assert [one.kind for one in past(view, "/people/male")] == ["changed", "started"]
