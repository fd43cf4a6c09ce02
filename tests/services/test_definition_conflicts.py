"""The file of a definition and the database saying different things: shown, never overwritten."""

import json
from pathlib import Path

import pytest

from server.errors import Conflict, NotFound, RequestInvalid
from server.services.definition_conflicts import DefinitionConflicts
from server.services.definition_files import FileState
from tests.world import World, household_form


@pytest.fixture
def conflicts(world: World) -> DefinitionConflicts:
    return world.services.definition_conflicts


def put(root: Path, version: int, text: str) -> Path:
    path = root / "form_definitions" / "households" / f"v{version:02}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def changed(version: int, **note: object) -> str:
    document = household_form()
    document["x-form"]["version"] = version
    document["properties"]["note"].update(note)
    return json.dumps(document, ensure_ascii=False)


def test_files_that_say_the_same_or_are_not_there_are_no_conflict(
    world, conflicts, draft, tmp_path
):
    assert conflicts.of(draft) == ()
    put(tmp_path, 1, json.dumps(json.loads(world.services.definition_drafts.base_text(draft))))
    assert conflicts.of(draft) == ()


def test_what_the_file_of_the_base_says_is_taken_into_the_draft_as_a_step(
    drafts, conflicts, admin, draft, tmp_path
):
    act = {"op": "set", "path": "/properties/note", "values": {"title": "Ghi thêm"}}
    mine = drafts.apply(admin, draft.id, act, seen=draft.edit)
    path = put(tmp_path, 1, changed(1, maxLength=77, title="Chú thích"))
    before = path.read_bytes()

    [found] = conflicts.of(mine)
    taken, both = conflicts.take(admin, mine.id, 1, seen=mine.edit)

    assert (found.version, found.published) == (1, True)
    assert found.name == "form_definitions/households/v01.json"
    note = json.loads(taken.text)["properties"]["note"]
    assert (note["maxLength"], note["title"], both) == (77, "Ghi thêm", ["/properties/note/title"])
    assert (taken.base, taken.version) == (1, 2)
    assert json.loads(taken.text)["x-form"]["version"] == 2
    assert drafts.undo(admin, taken.id, seen=taken.edit).text == mine.text
    assert path.read_bytes() == before


def test_a_file_under_the_number_of_the_draft_is_a_conflict_before_it_is_published(
    drafts, conflicts, admin, draft, tmp_path
):
    put(tmp_path, 2, changed(2, maxLength=88))

    [found] = conflicts.of(draft)
    taken, both = conflicts.take(admin, draft.id, 2, seen=draft.edit)

    assert (found.version, found.published, both) == (2, False, [])
    assert json.loads(taken.text)["properties"]["note"]["maxLength"] == 88
    assert conflicts.of(taken) == ()


def test_after_publishing_the_file_becomes_the_beginning_of_the_next_version(
    world, drafts, conflicts, admin, second, draft, tmp_path
):
    issues = world.services.definition_issues
    act = {"op": "set", "path": "/properties/note", "values": {"maxLength": 50}}
    draft = drafts.apply(admin, draft.id, act, seen=draft.edit)
    path = put(tmp_path, 2, changed(2, maxLength=88))
    sent = issues.send(admin, draft.id, seen=draft.edit, notes="Sửa")
    published, file = issues.publish(second, sent.id, seen=sent.edit)

    assert file is FileState.DIFFERENT
    assert [one.version for one in conflicts.of(published)] == [2]
    taken, both = conflicts.take(admin, published.id, 2, seen=published.edit)

    assert (taken.id != published.id, taken.base, taken.version, both) == (True, 2, 3, [])
    assert json.loads(taken.text)["properties"]["note"]["maxLength"] == 88
    assert json.loads(taken.text)["x-form"]["version"] == 3
    assert drafts.check(taken) == []
    assert [one.version for one in conflicts.of(taken)] == [2]
    assert drafts.base_text(taken) == published.text
    assert json.loads(path.read_text(encoding="utf-8"))["properties"]["note"]["maxLength"] == 88


def test_a_file_that_cannot_be_read_is_shown_and_cannot_be_taken(conflicts, admin, draft, tmp_path):
    put(tmp_path, 1, "{")

    [found] = conflicts.of(draft)

    assert found.theirs == "{"
    with pytest.raises(RequestInvalid):
        conflicts.take(admin, draft.id, 1, seen=draft.edit)
    with pytest.raises(NotFound):
        conflicts.take(admin, draft.id, 5, seen=draft.edit)


def test_a_draft_in_review_takes_nothing_in(world, conflicts, admin, drafts, draft, tmp_path):
    put(tmp_path, 1, changed(1, maxLength=77))
    act = {"op": "set", "path": "/properties/note", "values": {"maxLength": 50}}
    draft = drafts.apply(admin, draft.id, act, seen=draft.edit)
    sent = world.services.definition_issues.send(admin, draft.id, seen=draft.edit, notes="Sửa")

    with pytest.raises(Conflict):
        conflicts.take(admin, sent.id, 1, seen=sent.edit)
