"""The clerk's workbook as a use case: three sides of a cell, faults by place, nothing unasked."""

from collections.abc import Iterator
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook  # noqa: TID253 - faults are seeded as Excel would have them

from server.core.submission import Change, Edit
from server.core.workbook_merge import Side
from server.errors import ImportRefused, NotFound, TransitionRefused
from server.services.review import SubmissionView
from tests.filling_world import Seeded, copied, example_rows, seed
from tests.workbook_desk import confirm, download, now, save, start, upload
from tests.workbooks import STAMP_SHEET, address_of, edited, places_of, shown_in
from tests.world import World

FORM, ROSTER_FORM = "population_ethnic", "near_poor"


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Seeded:
    return seed(tmp_path_factory.mktemp("workbooks"))


@pytest.fixture
def world(seeded: Seeded, tmp_path: Path) -> Iterator[World]:
    with copied(seeded, tmp_path) as found:
        yield found


@pytest.fixture
def view(world: World) -> SubmissionView:
    """The population report with the figures of the example."""
    return start(world, FORM, answers={"rows": example_rows(), "police_total": 4163})


def refusal(world: World, view: SubmissionView, content: bytes) -> dict[str, object]:
    with pytest.raises(ImportRefused) as refused:
        upload(world, view, content)
    assert not any((world.services.workbooks.spool.folder).glob("*"))
    return refused.value.facts


def traces(world: World, view: SubmissionView) -> tuple[object, ...]:
    submission = now(world, view).submission
    return (
        submission.edit, submission.answers, submission.statuses, world.count("draft_change"),
        world.count("event"),
    )  # fmt: skip


def test_a_workbook_that_nobody_touched_changes_nothing(world: World, view) -> None:
    found = upload(world, view, download(world, view))

    assert (found.comparison.differences, found.comparison.refused) == ((), ())
    assert found.comparison.alike == len(places_of(download(world, view)))


def test_the_guide_above_a_table_is_not_squeezed_into_its_narrow_first_column(
    world: World, view
) -> None:
    book = load_workbook(BytesIO(download(world, view)))

    guides = [
        cell for sheet in book for cell in sheet["A"][:6] if str(cell.value).startswith("Chỉ nhập")
    ]
    assert len(guides) == len(book.sheetnames) - 1  # all but the stamp
    assert not [cell for cell in guides if cell.alignment.wrap_text]


def test_what_was_typed_in_the_file_is_taken_by_the_rules_of_the_page(world: World, view) -> None:
    typed = {
        "/rows/02/rural_male": "1.234",
        "/rows/02/rural_female": "–",
        "/rows/03/rural_male": "-",
        "/rows/03/rural_female": "…",
        "/rows/04/rural_male": "x",
        "/rows/04/rural_female": "Bảo mật".lower(),
        "/rows/05/rural_male": 0,
        "/police_date": date(2025, 1, 5),
        "/note": "=1+1 là chữ",
    }
    content = edited(download(world, view), {**typed, "/note": "chữ"})

    found = upload(world, view, content)
    outcome = confirm(world, found)

    after = now(world, view).submission
    assert outcome.saved == len(found.comparison.of(Side.FILE)) == len(typed)
    assert after.answers["rows"]["02"]["rural_male"] == 1234
    assert after.answers["rows"]["05"]["rural_male"] == 0
    assert after.answers["police_date"] == "2025-01-05"
    assert {path: status for path, status in after.statuses.items() if "/rows/0" in path} == {
        "/rows/02/rural_female": "none_arose",
        "/rows/03/rural_male": "none_arose",
        "/rows/03/rural_female": "not_available",
        "/rows/04/rural_male": "not_applicable",
        "/rows/04/rural_female": "confidential",
    }


FAULTS: list[tuple[object, str]] = [
    ("12a", "number-not_a_number"),
    ("mười", "number-not_a_number"),
    ("1.2.3", "number-not_a_number"),
    ("(5)", "number-not_a_number"),
    ("12%", "number-not_a_number"),
    ("5,", "number-not_a_number"),
    ("–5–", "number-not_a_number"),
    ("1,5", "number-too_precise"),
    (12.5, "number-too_precise"),
    ("1,234", "number-ambiguous"),
    ("1,234.5", "number-too_precise"),
    (-5, "below"),
    ("-5", "below"),
    (99_999_999_999, "above"),
    (1e20, "number-too_long"),
    (True, "number-not_a_number"),
    (date(2025, 1, 5), "date-for-number"),
    ("=A1*2", "no-result"),
]


def test_twenty_seeded_faults_are_found_by_place_and_no_other(world: World, view) -> None:
    clean = download(world, view)
    paths = [path for path in places_of(clean) if path.startswith("/rows/")]
    seeds: dict[str, object] = dict(zip(paths, [value for value, _ in FAULTS], strict=False))
    reasons = dict(zip(paths, [reason for _, reason in FAULTS], strict=False))
    seeds |= {"/police_date": "31/02/2025", "/note": "x" * 2001}
    reasons |= {"/police_date": "date-no_such_day", "/note": "long-text"}
    good = dict.fromkeys(paths[len(FAULTS) : len(FAULTS) + 40], 7)
    before = traces(world, view)

    found = upload(world, view, edited(clean, {**seeds, **good}))

    assert len(seeds) == 20
    assert {refused.path: refused.reason for refused in found.comparison.refused} == reasons
    assert {(refused.sheet, refused.address) for refused in found.comparison.refused} == {
        address_of(clean, path) for path in seeds
    }
    assert traces(world, view) == before


def test_a_refused_cell_stays_as_it_is_and_the_others_are_saved(world: World, view) -> None:
    content = edited(
        download(world, view), {"/rows/02/rural_male": "12a", "/rows/03/rural_male": 9}
    )

    confirm(world, upload(world, view, content))

    rows = now(world, view).submission.answers["rows"]
    assert rows["02"] == example_rows()["02"]
    assert rows["03"]["rural_male"] == 9


def test_three_sides_decide_who_wins_each_cell(world: World, view) -> None:
    content = edited(
        download(world, view),
        {"/rows/02/rural_male": 1, "/rows/03/rural_male": 99, "/rows/04/rural_male": 3},
    )
    old = example_rows()
    save(
        world,
        view,
        Change("/rows/03/rural_male", old["03"]["rural_male"], 5),
        Change("/rows/04/rural_male", old["04"].get("rural_male"), 3),
        Change("/rows/05/rural_male", old.get("05", {}).get("rural_male"), 8),
    )

    found = upload(world, view, content).comparison

    assert {one.path: one.side for one in found.differences} == {
        "/rows/02/rural_male": Side.FILE,
        "/rows/03/rural_male": Side.BOTH,
        "/rows/05/rural_male": Side.ONLINE,
    }
    [both] = found.of(Side.BOTH)
    assert (both.base.value, both.file.value, both.online.value) == (
        old["03"]["rural_male"], 99, 5,
    )  # fmt: skip


@pytest.mark.parametrize(("taken", "expected"), [(True, 99), (False, 5)])
def test_a_cell_that_both_sides_changed_is_as_was_chosen(
    world: World, view, taken: bool, expected: int
) -> None:
    path = "/rows/03/rural_male"
    content = edited(download(world, view), {path: 99})
    save(world, view, Change(path, example_rows()["03"]["rural_male"], 5))

    confirm(world, upload(world, view, content), **{path: taken})

    assert now(world, view).submission.answers["rows"]["03"]["rural_male"] == expected


def test_a_save_between_preview_and_confirmation_stops_it_and_shows_it_again(
    world: World, view
) -> None:
    content = edited(download(world, view), {"/rows/02/rural_male": 1})
    found = upload(world, view, content)
    save(world, view, Change("/rows/02/rural_male", example_rows()["02"]["rural_male"], 6))
    before = traces(world, view)

    outcome = confirm(world, found)

    assert traces(world, view) == before
    assert outcome.preview is not None
    assert [one.side for one in outcome.preview.comparison.differences] == [Side.BOTH]
    assert confirm(world, outcome.preview).saved == 0


def test_each_taken_cell_says_that_it_was_imported(world: World, view) -> None:
    before = world.count("draft_change")

    confirm(world, upload(world, view, edited(download(world, view), {"/rows/02/rural_male": 1})))

    database = world.application.database
    assert world.count("draft_change") == before + 1
    row = database.row("SELECT origin FROM draft_change ORDER BY id DESC LIMIT 1", ())
    assert row is not None
    assert row[0] == "imported"


def test_an_upload_is_used_once_and_by_its_owner_alone(world: World, view) -> None:
    found = upload(world, view, edited(download(world, view), {"/rows/02/rural_male": 1}))
    workbooks, submission = world.services.workbooks, view.submission.id
    path = workbooks.spool.find(world.accounts["commune_reporter"], submission, found.token)

    assert path.stat().st_mode & 0o777 == 0o600
    for account, other in (("commune_signer", submission), ("commune_reporter", "elsewhere")):
        with pytest.raises(NotFound):
            workbooks.spool.find(world.accounts[account], other, found.token)
    confirm(world, found)
    assert not path.exists()
    with pytest.raises(NotFound):
        confirm(world, found)


def test_an_upload_expires_after_an_hour_and_is_swept(world: World, view, monkeypatch) -> None:
    found = upload(world, view, download(world, view))
    spool, actor = world.services.workbooks.spool, world.actor("commune_reporter")
    later = spool.clock.now() + timedelta(minutes=61)
    monkeypatch.setattr(type(spool.clock), "now", lambda self: later)

    with pytest.raises(NotFound):
        world.services.workbooks.preview(actor, view.submission.id, found.token)
    assert spool.sweep() == 1
    assert list(spool.folder.iterdir()) == []


def test_a_file_of_something_else_is_refused_by_name(world: World, view) -> None:
    other = start(world, ROSTER_FORM)
    neighbour = start(world, FORM, "neighbour_reporter")
    theirs = world.services.workbooks.download(
        world.actor("neighbour_reporter"), neighbour.submission.id
    ).take()

    assert refusal(world, view, download(world, other))["reason"] == "other-form"
    assert refusal(world, view, theirs)["reason"] == "other-unit"
    assert "UBND" in str(refusal(world, view, theirs)["file"])


def test_a_damaged_stamp_and_a_foreign_workbook_are_refused(world: World, view) -> None:
    clean = download(world, view)
    book = load_workbook(BytesIO(clean))
    stamp = book[STAMP_SHEET]["A1"].value
    damaged = edited(clean, {}, {(STAMP_SHEET, "A1"): stamp.replace('"edit":', '"edit":1')})
    del book[STAMP_SHEET]
    own = BytesIO()
    book.save(own)

    assert refusal(world, view, damaged)["reason"] == "stamp-damaged"
    assert refusal(world, view, own.getvalue())["reason"] == "no-stamp"
    assert refusal(world, view, b"a,b")["reason"] == "not-a-workbook"


def test_moved_rows_and_missing_sheets_refuse_the_file_with_their_place(world: World, view) -> None:
    clean = download(world, view)
    book = load_workbook(BytesIO(clean))
    book.worksheets[0].insert_rows(20)
    moved = BytesIO()
    book.save(moved)
    book = load_workbook(BytesIO(clean))
    gone = book.worksheets[1].title
    del book[gone]
    missing = BytesIO()
    book.save(missing)

    told = refusal(world, view, moved.getvalue())
    assert (told["reason"], told["cell"]) == ("label-moved", "A20")
    told = refusal(world, view, missing.getvalue())
    assert (told["reason"], told["sheet"]) == ("sheet-missing", gone)


def test_what_stands_outside_the_cells_to_fill_is_named(world: World, view) -> None:
    clean = download(world, view)
    sheet, _ = address_of(clean, "/rows/02/rural_male")

    found = upload(world, view, edited(clean, {}, {(sheet, "Z90"): "1200"})).comparison

    assert [(one.address, one.reason) for one in found.refused] == [("Z90", "outside")]


def test_what_was_refused_on_the_page_comes_back_as_no_change(world: World, view) -> None:
    save(world, view, Change("/rows/02/rural_male", example_rows()["02"]["rural_male"], "12a"))
    clean = download(world, view)

    found = upload(world, view, clean).comparison

    assert shown_in(clean, "/rows/02/rural_male") == "12a"
    assert (found.differences, found.refused) == ((), ())


def test_nothing_is_offered_when_nothing_can_be_filled(world: World, view) -> None:
    workbooks, clerk = world.services.workbooks, world.actor("commune_reporter")
    content = download(world, view)
    world.services.submissions.make_nil(
        clerk, view.submission.id, seen=Edit(now(world, view).submission.edit)
    )

    for call in (
        lambda: workbooks.download(clerk, view.submission.id),
        lambda: workbooks.upload(clerk, view.submission.id, content),
        lambda: workbooks.download(world.actor("district_approver"), view.submission.id),
    ):
        with pytest.raises(TransitionRefused):
            call()
