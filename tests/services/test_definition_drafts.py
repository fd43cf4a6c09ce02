"""Drafts of definitions: editing step by step, review by a second person, publishing."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from server.core.access import Actor
from server.core.definition_draft import DefinitionDraft, DraftState
from server.errors import (
    AccessDenied,
    Conflict,
    DefinitionInvalid,
    GuardFailed,
    InputInvalid,
    RequestInvalid,
    Stale,
)
from server.services.definition_drafts import DefinitionDrafts
from server.services.definition_files import FileState
from server.services.definition_issues import DefinitionIssues
from tests.world import World, household_form

AREA = {"title": "Diện tích", "type": "number", "minimum": 0, "maximum": 9999, "multipleOf": 0.1}


@pytest.fixture
def issues(world: World) -> DefinitionIssues:
    return world.services.definition_issues


@pytest.fixture
def with_area(drafts: DefinitionDrafts, admin: Actor, draft: DefinitionDraft) -> DefinitionDraft:
    operation = {"op": "add", "path": "/properties/area", "value": AREA, "section": 0}
    return drafts.apply(admin, draft.id, operation, seen=draft.edit)


@pytest.fixture
def sent(issues: DefinitionIssues, admin: Actor, with_area: DefinitionDraft) -> DefinitionDraft:
    return issues.send(admin, with_area.id, seen=with_area.edit, notes="Thêm diện tích")


def events_of(world: World, draft: DefinitionDraft) -> list[str]:
    return [event.name for event in drafts_events(world, draft)]


def drafts_events(world: World, draft: DefinitionDraft) -> list:
    return world.services.ledger.events.of(f"definition_draft/{draft.id}")


def test_a_draft_begins_as_the_next_version_and_the_published_one_stays(world, drafts, draft):
    document = json.loads(draft.text)

    assert (draft.base, draft.version, document["x-form"]["version"]) == (1, 2, 2)
    assert drafts.check(draft) == []
    assert world.services.catalogue.form("households").version == 1


def test_who_begins_the_same_definition_again_finds_the_open_draft(drafts, admin, draft):
    assert drafts.revise(admin, "form", "households").id == draft.id


def test_an_edit_is_one_step_that_can_be_undone_and_done_again(drafts, admin, draft, with_area):
    undone = drafts.undo(admin, draft.id, seen=with_area.edit)
    redone = drafts.redo(admin, draft.id, seen=undone.edit)

    assert (with_area.can_undo, with_area.can_redo) == (True, False)
    assert undone.text == draft.text
    assert (undone.can_undo, undone.can_redo) == (False, True)
    assert redone.text == with_area.text


def test_an_edit_after_undoing_takes_another_way_and_loses_no_step(drafts, admin, draft, with_area):
    undone = drafts.undo(admin, draft.id, seen=with_area.edit)
    other = {"op": "set", "path": "/properties/note", "values": {"title": "Ghi thêm"}}

    changed = drafts.apply(admin, draft.id, other, seen=undone.edit)

    assert '"Ghi thêm"' in changed.text
    assert '"area"' not in changed.text
    assert [step.number for step in drafts.steps(changed)] == [3, 2, 1]
    assert drafts.undo(admin, draft.id, seen=changed.edit).text == draft.text


def test_an_edit_on_what_somebody_else_has_changed_is_refused(drafts, admin, draft, with_area):
    with pytest.raises(Stale):
        drafts.write(admin, draft.id, "{}", seen=draft.edit)

    assert drafts.get(admin, draft.id) == with_area


def test_a_draft_takes_a_broken_text_and_says_the_line(drafts, issues, admin, draft):
    broken = drafts.write(admin, draft.id, '{\n  "title": ,\n}', seen=draft.edit)

    assert [(one.line, one.code) for one in drafts.check(broken)] == [(2, "json-not-json")]
    with pytest.raises(RequestInvalid):
        drafts.apply(admin, draft.id, {"op": "remove", "path": "/title"}, seen=broken.edit)
    with pytest.raises(DefinitionInvalid):
        issues.send(admin, draft.id, seen=broken.edit, notes="Sửa")


@pytest.mark.parametrize(("key", "value"), [("version", 7), ("code", "other_form")])
def test_a_draft_is_not_published_under_another_name(drafts, admin, draft, key, value):
    document = json.loads(draft.text)
    document["x-form"][key] = value

    changed = drafts.write(admin, draft.id, json.dumps(document), seen=draft.edit)

    assert f"draft-{key}" in [one.code for one in drafts.check(changed)]


def test_a_second_person_publishes_and_the_file_says_the_same(
    world, drafts, issues, second, sent, tmp_path
):
    (tmp_path / "form_definitions").mkdir()

    done, file = issues.publish(second, sent.id, seen=sent.edit)

    path = tmp_path / "form_definitions" / "households" / "v02.json"
    assert (done.state, file) == (DraftState.PUBLISHED, FileState.SAME)
    assert path.read_text(encoding="utf-8") == done.text
    assert list(path.parent.iterdir()) == [path]
    assert world.services.catalogue.form("households").version == 2
    assert world.services.catalogue.form("households", 1).version == 1
    [issue] = issues.of("form", "households")
    assert (issue.version, issue.notes, issue.approved_by) == (
        2, "Thêm diện tích", second.account,
    )  # fmt: skip


def test_publishing_the_written_file_afterwards_changes_nothing(
    world, issues, admin, second, sent, tmp_path
):
    (tmp_path / "form_definitions").mkdir()
    issues.publish(second, sent.id, seen=sent.edit)
    before = world.count("event"), world.count("form_version")

    text = (tmp_path / "form_definitions/households/v02.json").read_text(encoding="utf-8")
    world.services.catalogue.publish(text, "form", admin)

    assert (world.count("event"), world.count("form_version")) == before


def test_each_act_leaves_one_event_row(world, issues, second, sent):
    back = issues.give_back(second, sent.id, seen=sent.edit, note="Thiếu đơn vị tính")

    assert events_of(world, sent) == [
        "definition_draft.begun", "definition_draft.changed", "definition_draft.sent",
        "definition_draft.returned",
    ]  # fmt: skip
    assert (back.state, back.note) == (DraftState.DRAFT, "Thiếu đơn vị tính")


def test_who_edited_or_sent_a_draft_may_not_approve_it(drafts, issues, admin, second, sent):
    with pytest.raises(GuardFailed):
        issues.publish(admin, sent.id, seen=sent.edit)

    back = issues.give_back(second, sent.id, seen=sent.edit, note="Xem lại")
    taken = drafts.undo(second, back.id, seen=back.edit)
    operation = {"op": "set", "path": "", "values": {"description": "Theo quyết định mới"}}
    edited = drafts.apply(second, taken.id, operation, seen=taken.edit)
    undone = drafts.undo(second, edited.id, seen=edited.edit)
    again = drafts.redo(admin, undone.id, seen=undone.edit)
    sent_again = issues.send(admin, again.id, seen=again.edit, notes="Bổ sung")
    with pytest.raises(GuardFailed):
        issues.publish(second, sent_again.id, seen=sent_again.edit)


def test_a_draft_in_review_takes_no_edit(drafts, admin, sent):
    with pytest.raises(Conflict):
        drafts.write(admin, sent.id, "{}", seen=sent.edit)


def test_a_version_published_from_a_file_meanwhile_is_shown_and_taken_in(
    world, drafts, issues, admin, second, with_area
):
    document = {**household_form(), "title": "Hộ, nhân khẩu và nhà ở"}
    document["x-form"]["version"] = 2
    document["properties"]["note"]["maxLength"] = 500
    world.services.catalogue.publish(json.dumps(document, ensure_ascii=False), "form", admin)

    latest = drafts.overtaken(drafts.get(admin, with_area.id))
    with pytest.raises(Conflict):
        issues.send(admin, with_area.id, seen=with_area.edit, notes="Thêm diện tích")
    taken, conflicts = drafts.rebase(admin, with_area.id, seen=with_area.edit)

    assert latest.version == 2
    assert (taken.base, taken.version, conflicts) == (2, 3, [])
    together = json.loads(taken.text)
    assert (together["title"], together["x-form"]["version"]) == ("Hộ, nhân khẩu và nhà ở", 3)
    assert together["properties"]["note"]["maxLength"] == 500
    assert together["properties"]["area"] == AREA
    assert drafts.check(taken) == []
    assert world.services.catalogue.form("households", 2).title == "Hộ, nhân khẩu và nhà ở"


def test_taking_in_a_version_keeps_the_drafts_word_where_both_changed(world, drafts, admin, draft):
    mine = {"op": "set", "path": "/properties/note", "values": {"maxLength": 300}}
    changed = drafts.apply(admin, draft.id, mine, seen=draft.edit)
    document = household_form()
    document["x-form"]["version"] = 2
    document["properties"]["note"]["maxLength"] = 500
    world.services.catalogue.publish(json.dumps(document, ensure_ascii=False), "form", admin)

    taken, conflicts = drafts.rebase(admin, draft.id, seen=changed.edit)

    assert conflicts == ["/properties/note/maxLength"]
    assert json.loads(taken.text)["properties"]["note"]["maxLength"] == 300


@pytest.mark.parametrize("more", [0, 1, 2])
def test_undoing_the_taking_in_brings_base_version_and_warning_back(
    world, drafts, admin, with_area, more
):
    def publish(version: int, limit: int) -> None:
        document = household_form()
        document["x-form"]["version"] = version
        document["properties"]["note"]["maxLength"] = limit
        world.services.catalogue.publish(json.dumps(document, ensure_ascii=False), "form", admin)

    def edited(held: DefinitionDraft) -> DefinitionDraft:
        for number in range(more):
            act = {"op": "set", "path": "/properties/area", "values": {"title": f"Lần {number}"}}
            held = drafts.apply(admin, held.id, act, seen=held.edit)
        return held

    def stands(held: DefinitionDraft) -> tuple[object, ...]:
        latest = drafts.overtaken(held)
        told = drafts.differences(held)
        version = json.loads(held.text)["x-form"]["version"]
        return (
            held.text, held.base, held.base_digest, held.version, version,
            None if latest is None else latest.version, told,
        )  # fmt: skip

    publish(2, 500)
    ways = [with_area]
    ways.append(drafts.rebase(admin, with_area.id, seen=with_area.edit)[0])
    ways.append(edited(ways[-1]))
    publish(3, 600)
    before = stands(ways[-1])
    again = drafts.rebase(admin, with_area.id, seen=ways[-1].edit)[0]
    after = stands(again)

    undone = drafts.undo(admin, again.id, seen=again.edit)
    assert stands(undone) == before
    for _ in range(more + 1):
        undone = drafts.undo(admin, undone.id, seen=undone.edit)
    assert stands(undone)[:6] == (with_area.text, 1, with_area.base_digest, 2, 2, 3)
    redone = undone
    while redone.can_redo:
        redone = drafts.redo(admin, redone.id, seen=redone.edit)
    assert stands(redone) == after
    assert drafts.check(redone) == []


@pytest.mark.parametrize("kind", ["form", "workflow"])
def test_what_is_exported_comes_in_again_as_it_went_out(drafts, admin, kind):
    code = "households" if kind == "form" else "survey_return"
    text = drafts.latest(kind, code).text

    draft = drafts.take_in(admin, kind, text)

    before, after = json.loads(text), json.loads(draft.text)
    own = after["x-form"] if kind == "form" else after
    own["version"] = 1
    assert json.dumps(after) == json.dumps(before)


def test_a_text_of_the_next_version_comes_in_to_the_letter(drafts, admin, draft):
    text = draft.text.replace('"maxLength": 200', '"maxLength":   250')
    drafts.discard(admin, draft.id, seen=draft.edit)

    assert drafts.take_in(admin, "form", text).text == text


@pytest.mark.parametrize("kind", ["form", "workflow"])
def test_a_new_definition_can_be_published_as_it_begins(
    drafts, issues, admin, second, kind, tmp_path
):
    begun = drafts.begin(admin, kind, "new_one", "Hoàn toàn mới")
    sent = issues.send(admin, begun.id, seen=begun.edit, notes="Mới")

    done, file = issues.publish(second, sent.id, seen=sent.edit)

    assert (done.version, file) == (1, FileState.CLOSED)
    assert drafts.latest(kind, "new_one").version == 1


def test_a_copy_has_its_own_name_and_nothing_that_only_the_other_may_say(
    drafts, issues, admin, second
):
    draft = drafts.copy(admin, "form", "households", "houses", "Nhà ở")

    own = json.loads(draft.text)["x-form"]
    assert (own["code"], own["version"], "prefix" in own) == ("houses", 1, False)
    assert drafts.check(draft) == []


@pytest.mark.parametrize("code", ["households", "Nhà", "9x", ""])
def test_a_new_definition_needs_a_free_and_plain_code(drafts, admin, code):
    with pytest.raises(InputInvalid):
        drafts.begin(admin, "form", code, "Hộ")


@pytest.mark.parametrize("period", ["2025-07", "năm sau"])
def test_a_version_begins_with_a_period_of_its_own_type(issues, admin, with_area, period):
    with pytest.raises(InputInvalid):
        issues.send(admin, with_area.id, seen=with_area.edit, notes="Thêm", valid_from=period)


@pytest.mark.parametrize(("begins", "version"), [("2025", 1), ("2024", 2), ("", 2)])
def test_a_report_starts_with_the_version_that_is_meant_for_its_period(
    issues, admin, second, with_area, start, begins, version
):
    sent = issues.send(
        admin, with_area.id, seen=with_area.edit, notes="Thêm diện tích", valid_from=begins
    )
    issues.publish(second, sent.id, seen=sent.edit)

    assert start().form.version == version


def test_only_administrators_come_near_a_draft(
    world: World, drafts: DefinitionDrafts, draft: DefinitionDraft
) -> None:
    clerk = world.actor("commune_reporter")
    acts: list[Callable[[], object]] = [
        lambda: drafts.get(clerk, draft.id),
        lambda: drafts.revise(clerk, "form", "households"),
        lambda: drafts.begin(clerk, "form", "mine", "Của tôi"),
        lambda: drafts.copy(clerk, "form", "households", "mine", "Của tôi"),
        lambda: drafts.take_in(clerk, "form", draft.text),
        lambda: drafts.write(clerk, draft.id, "{}", seen=draft.edit),
    ]
    for act in acts:
        with pytest.raises(AccessDenied):
            act()


def test_a_file_with_another_content_is_never_overwritten(
    world: World, issues: DefinitionIssues, second: Actor, sent: DefinitionDraft, tmp_path: Path
) -> None:
    path = tmp_path / "form_definitions" / "households" / "v02.json"
    path.parent.mkdir(parents=True)
    path.write_text("{}", encoding="utf-8")

    done, file = issues.publish(second, sent.id, seen=sent.edit)

    assert file is FileState.DIFFERENT
    assert path.read_text(encoding="utf-8") == "{}"
    assert world.services.catalogue.form("households").version == 2
    path.unlink()
    assert issues.write_file(done) is FileState.SAME
