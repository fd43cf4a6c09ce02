"""A changed catalogue of indicators: proposed, approved by a second person, then in force."""

import json
from dataclasses import replace
from difflib import unified_diff

import pytest
from peewee import IntegrityError

from server.core.access import SYSTEM, Actor, Role
from server.core.definition_draft import DefinitionDraft, DraftState
from server.errors import (
    Conflict,
    DefinitionInvalid,
    GuardFailed,
    ImportRefused,
    InputInvalid,
    NotFound,
    Stale,
)
from server.services.accounts import NewAccount
from server.services.definition_files import FileState
from server.services.definition_issues import DefinitionIssues
from server.services.definitions import read_indicators
from server.services.indicator_sheets import IndicatorSheets
from server.storage.migrations import m0022_indicator_drafts
from server.storage.migrations.schema import Schema
from tests.services.conftest import install_indicators, sheet_of
from tests.storage.test_concurrency import at_once
from tests.world import ROOT, World, make_world

SHIPPED = ROOT / "form_definitions/_indicators/indicators.json"


@pytest.fixture
def issues(world: World) -> DefinitionIssues:
    return world.services.definition_issues


@pytest.fixture
def sent(sheets: IndicatorSheets, issues: DefinitionIssues, admin: Actor) -> DefinitionDraft:
    draft = proposed(sheets, admin)
    return issues.send(admin, draft.id, seen=draft.edit, notes="QĐ 12/2025")


def proposed(sheets: IndicatorSheets, actor: Actor, title: str = "Tên mới") -> DefinitionDraft:
    rows = sheet_of(("0101", title, ""), ("0102", "Quy mô hộ", "31/12/2026"))
    return sheets.confirm(actor, rows, sheets.working(actor).seen)[1]


def shipped_file(sheets: IndicatorSheets, title: str = "") -> str:
    """The file beside the forms as it is shipped, its second indicator called otherwise."""
    document = json.loads(SHIPPED.read_text("utf-8"))
    text = SHIPPED.read_text("utf-8")
    if title:
        document["indicators"][1]["title"] = title
        text = json.dumps(document, ensure_ascii=False)
    sheets.canonical.path.parent.mkdir(parents=True, exist_ok=True)
    sheets.canonical.path.write_text(text, encoding="utf-8")
    return text


# Review


def test_a_second_person_approves_and_the_proposal_is_the_next_edition(
    world, sheets, issues, sent, second
):
    before = sheets.catalogue.store.indicator_edition()

    done, file = issues.publish(second, sent.id, seen=sent.edit)

    assert (done.state, done.version, file) == (DraftState.PUBLISHED, before + 1, FileState.SAME)
    assert sheets.catalogue.store.indicator_edition() == before + 1
    assert len(sheets.catalogue.indicators()) == 132
    assert sheets.catalogue.indicator("0101").title == "Tên mới"
    assert sheets.catalogue.indicator("0102").valid_to == "2026-12-31"
    *_, event = sheets.catalogue.events.of("indicators/all")
    assert event.details["changes"] == {"0101": "changed", "0102": "retired"}
    assert event.actor == world.accounts["second"]
    [issue] = issues.of("indicators", "all")
    assert (issue.notes, issue.approved_by) == ("QĐ 12/2025", world.accounts["second"])


def test_nobody_approves_what_they_proposed_or_sent(world, sheets, issues, second, admin):
    draft = proposed(sheets, second)
    sent = issues.send(admin, draft.id, seen=draft.edit, notes="QĐ 12/2025")

    for person in (admin, second):
        with pytest.raises(GuardFailed) as refused:
            issues.publish(person, sent.id, seen=sent.edit)
        assert refused.value.facts["guard"] == "not_own_work"

    assert sheets.catalogue.store.indicator_edition() == draft.base


def test_a_proposal_is_returned_with_a_reason_and_goes_on(sheets, issues, sent, second, admin):
    with pytest.raises(Conflict):
        sheets.confirm(admin, sheet_of(("0103", "Khác", "")), sheets.working(admin).seen)
    with pytest.raises(InputInvalid):
        issues.give_back(second, sent.id, seen=sent.edit, note=" ")

    back = issues.give_back(second, sent.id, seen=sent.edit, note="Sai căn cứ")
    _, again = sheets.confirm(admin, sheet_of(("0103", "Khác", "")), sheets.working(admin).seen)

    assert (back.state, back.note) == (DraftState.DRAFT, "Sai căn cứ")
    assert (again.id, again.can_undo) == (sent.id, True)
    undone = issues.drafts.undo(admin, again.id, seen=again.edit)
    assert undone.text == sent.text


def test_a_proposal_that_changes_nothing_is_not_sent(sheets, issues, admin):
    draft = proposed(sheets, admin)
    title = sheets.catalogue.indicator("0101").title
    other = sheet_of(("0101", title, ""), ("0102", sheets.catalogue.indicator("0102").title, ""))
    _, draft = sheets.confirm(admin, other, sheets.working(admin).seen)

    with pytest.raises(InputInvalid) as refused:
        issues.send(admin, draft.id, seen=draft.edit, notes="QĐ 12/2025")

    assert refused.value.facts["errors"][0]["code"] == "same"


def test_a_proposal_on_an_old_edition_is_refused_until_it_takes_the_new_one_in(
    sheets, issues, sent, second, admin
):
    document = json.loads(SHIPPED.read_text("utf-8"))
    document["indicators"][0]["title"] = "Tên của tệp"
    document["indicators"][4]["title"] = "Cũng từ tệp"
    code = document["indicators"][4]["code"]
    sheets.catalogue.put_indicators(document, SYSTEM)

    with pytest.raises(Conflict):
        issues.publish(second, sent.id, seen=sent.edit)
    back = issues.give_back(admin, sent.id, seen=sent.edit, note="Danh mục đã đổi")
    draft, kept = issues.drafts.rebase(admin, back.id, seen=back.edit)
    again = issues.send(admin, draft.id, seen=draft.edit, notes="QĐ 12/2025")
    issues.publish(second, again.id, seen=again.edit)

    assert kept == ["/indicators/0101/title"]
    assert sheets.catalogue.indicator("0101").title == "Tên mới"
    assert sheets.catalogue.indicator(code).title == "Cũng từ tệp"
    assert sheets.catalogue.indicator("0102").valid_to == "2026-12-31"


def test_the_catalogue_may_become_again_what_it_was(sheets, issues, admin, second):
    first, title = sheets.catalogue.store.indicator_edition(), sheets.catalogue.indicator("0101")

    for name in ("Tên mới", title.title, "Tên mới"):
        rows = sheet_of(("0101", name, ""))
        _, draft = sheets.confirm(admin, rows, sheets.working(admin).seen)
        draft = issues.send(admin, draft.id, seen=draft.edit, notes="QĐ 12/2025")
        issues.publish(second, draft.id, seen=draft.edit)

    assert sheets.catalogue.store.indicator_edition() == first + 3
    assert sheets.catalogue.indicator("0101").title == "Tên mới"


def test_the_migration_of_drafts_keeps_every_row(world, issues, sent, second):
    issues.publish(second, sent.id, seen=sent.edit)
    database, drafts = world.application.database, issues.drafts
    tables = ("definition_draft", "definition_draft_step", "definition_issue")
    before = {table: database.rows(f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables}

    with database.transaction():
        m0022_indicator_drafts.up(Schema(database))

    after = {table: database.rows(f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables}
    assert after == before
    assert {table: len(rows) for table, rows in after.items()} == dict.fromkeys(tables, 1)
    for table in tables[1:]:
        with pytest.raises(IntegrityError), database.transaction():
            database.run(f"DELETE FROM {table}")
    assert drafts.of_any_kind(second, sent.id).state is DraftState.PUBLISHED


# One indicator


def test_one_indicator_is_changed_and_its_owners_from_a_day_on(sheets, admin):
    before = sheets.catalogue.indicator("0101")
    fields = {"owners": "Sở Nội vụ", "owners_from": "01/07/2026", "ministry_code": "T0203"}

    reading, draft = sheets.change(admin, "0101", fields, sheets.working(admin).seen)

    [change] = reading.changes
    assert [field for field, _, _ in change.fields] == ["owners", "owners_from", "ministry_code"]
    made = next(one for one in sheets.working(admin).indicators if one.code == "0101")
    assert draft.text.count("former_owners") == 132
    assert [(one.owners, one.valid_to) for one in made.former_owners] == [
        (before.owners, "2026-06-30")
    ]


def test_a_refused_field_an_unknown_code_and_a_taken_one_change_nothing(world, sheets, admin):
    seen = sheets.working(admin).seen

    reading, draft = sheets.change(admin, "0101", {"valid_to": "mai"}, seen)
    assert ([fault.code for fault in reading.faults], draft) == (["day"], None)
    with pytest.raises(NotFound):
        sheets.change(admin, "9999", {"title": "Không có"}, seen)
    with pytest.raises(Conflict):
        sheets.change(admin, "0101", {"title": "Đã có"}, seen, new=True)

    assert world.count("definition_draft") == 0


# The file beside the shipped forms


def test_the_file_is_written_so_that_git_shows_the_change_and_no_more(
    sheets, issues, admin, second
):
    shipped = shipped_file(sheets)
    draft = proposed(sheets, admin)
    assert sheets.canonical.path.read_text("utf-8") == shipped
    draft = issues.send(admin, draft.id, seen=draft.edit, notes="QĐ 12/2025")

    _, file = issues.publish(second, draft.id, seen=draft.edit)

    assert file is FileState.SAME
    before, after = shipped.splitlines(), sheets.canonical.path.read_text("utf-8").splitlines()
    changed = [line for line in unified_diff(before, after, n=0) if line[:1] in "+-"][2:]
    assert any('"title": "Tên mới"' in line for line in changed)
    assert any('"validTo": "2026-12-31"' in line for line in changed)
    assert len(changed) <= 8
    kept = json.loads(sheets.canonical.path.read_text("utf-8"))
    assert read_indicators(kept) == sheets.catalogue.indicators()


def test_a_file_that_says_something_else_is_never_overwritten_and_is_taken_as_a_proposal(
    sheets, issues, sent, second, admin
):
    theirs = shipped_file(sheets, "Sửa trong tệp")
    code = json.loads(theirs)["indicators"][1]["code"]
    _, file = issues.publish(second, sent.id, seen=sent.edit)
    assert (file, sheets.canonical.path.read_text("utf-8")) == (FileState.DIFFERENT, theirs)
    standing = sheets.standing(admin)
    assert standing.codes == ("0101", code)

    codes, draft = sheets.take_file(admin, sheets.working(admin).seen, standing.digest)
    draft = issues.send(admin, draft.id, seen=draft.edit, notes="Theo tệp")
    _, file = issues.publish(second, draft.id, seen=draft.edit)

    assert (codes, file) == (standing.codes, FileState.SAME)
    assert sheets.catalogue.indicator(code).title == "Sửa trong tệp"
    assert sheets.canonical.path.read_text("utf-8") == theirs


def test_another_file_another_edition_or_an_open_proposal_than_was_shown_is_not_taken(
    world, sheets, admin
):
    shipped_file(sheets, "Sửa trong tệp")
    seen, shown = sheets.working(admin).seen, sheets.standing(admin).digest

    shipped_file(sheets, "Sửa lần nữa")
    with pytest.raises(Stale):
        sheets.take_file(admin, seen, shown)
    shown = sheets.standing(admin).digest
    with pytest.raises(Stale):
        sheets.take_file(admin, replace(seen, edition=seen.edition - 1), shown)
    assert world.count("definition_draft") == 0
    proposed(sheets, admin)
    with pytest.raises(Stale):
        sheets.take_file(admin, seen, shown)
    with pytest.raises(Conflict):
        sheets.take_file(admin, sheets.working(admin).seen, shown)


def test_a_file_that_lacks_an_indicator_is_not_taken(sheets, admin):
    shipped = json.loads(shipped_file(sheets))
    shipped["indicators"].pop()
    sheets.canonical.path.write_text(json.dumps(shipped), encoding="utf-8")

    with pytest.raises(ImportRefused) as refused:
        sheets.take_file(admin, sheets.working(admin).seen, sheets.standing(admin).digest)

    assert refused.value.facts["reason"] == "missing-indicators"
    for document in (shipped, {}, {"groups": [], "indicators": [1]}):
        with pytest.raises(DefinitionInvalid):
            sheets.catalogue.put_indicators(document, SYSTEM)
    assert len(sheets.catalogue.indicators()) == 132


# Two at once


def test_of_two_who_change_the_catalogue_at_once_one_is_told_so(fresh_database, tmp_path):
    world = make_world(fresh_database, tmp_path)
    install_indicators(world)
    sheets, issues = world.services.indicator_sheets, world.services.definition_issues
    names = ("second", "third")
    for name in names:
        world.accounts[name] = world.services.accounts.create(
            world.actor("admin"), NewAccount(name, name, None, Role.ADMIN, "u-province")
        ).id
    first, others = world.actor("admin"), [world.actor(name) for name in names]
    for number in range(3):
        seen = sheets.working(first).seen
        pages = [sheet_of(("0101", f"Tên {number}{name}", "")) for name in names]
        works = [lambda rows=rows, seen=seen: sheets.confirm(first, rows, seen) for rows in pages]
        one_stale(at_once(fresh_database, works))

        draft = sheets.working(first).draft
        draft = issues.send(first, draft.id, seen=draft.edit, notes="QĐ 12/2025")
        works = [
            lambda one=one, draft=draft: issues.publish(one, draft.id, seen=draft.edit)
            for one in others
        ]
        one_stale(at_once(fresh_database, works))
        assert sheets.catalogue.store.indicator_edition() == draft.version

    documents = [json.loads(SHIPPED.read_text("utf-8")) for _ in names]
    for number, document in enumerate(documents):
        document["indicators"][0]["title"] = f"Từ tệp {number}"
    works = [lambda one=one: sheets.catalogue.put_indicators(one, SYSTEM) for one in documents]
    assert at_once(fresh_database, works) == [132, 132]
    assert sheets.catalogue.store.indicator_edition() == draft.version + 2


def one_stale(results: list[object]) -> None:
    """One did it, the other was told that it was done meanwhile."""
    refused = [one for one in results if isinstance(one, Exception)]
    assert [type(one) for one in refused] == [Stale], results
