"""Bulk editing of indicators: looked at first, saved as one edition, one event, none deleted."""

import json
from difflib import unified_diff
from pathlib import Path

import pytest

from server.core.access import Actor
from server.errors import AccessDenied, ImportRefused, InputInvalid, Stale
from server.services.definition_files import FileState
from server.services.definitions import read_indicators
from server.services.indicator_sheets import IndicatorSheets
from tests.world import ROOT, World, copied_world


@pytest.fixture
def world(furnished: World, tmp_path: Path) -> World:
    """The small province with the workbook format."""
    opened = furnished.application.database
    return copied_world(furnished, opened, tmp_path, plugins=("xlsx_workbook",))


@pytest.fixture
def sheets(world: World) -> IndicatorSheets:
    path = ROOT / "form_definitions/_indicators/indicators.json"
    world.services.catalogue.put_indicators(json.loads(path.read_text("utf-8")), _admin(world))
    for name in ("ethnic_group", "sex"):
        text = (ROOT / f"form_definitions/_codelists/{name}.json").read_text("utf-8")
        world.services.catalogue.publish(text, "codelist", _admin(world))
    return world.services.indicator_sheets


def _admin(world: World) -> Actor:
    return world.actor("admin")


def _rows(*rows: tuple[str, ...]) -> str:
    heading = ("Mã", "Tên chỉ tiêu", "Hết áp dụng sau ngày")
    return json.dumps([heading, *rows], ensure_ascii=False)


def test_the_downloaded_workbook_comes_back_without_a_change(
    world: World, sheets: IndicatorSheets
) -> None:
    printed = sheets.download(_admin(world))

    preview = sheets.upload(_admin(world), printed.take())

    assert preview.reading.faults == ()
    assert (preview.reading.changes, preview.reading.same) == ((), 132)
    assert not preview.older
    assert not printed.path.exists()


def test_a_sheet_is_saved_as_a_new_edition_with_one_event_and_nothing_is_deleted(
    world: World, sheets: IndicatorSheets
) -> None:
    store, before = sheets.catalogue.store, sheets.catalogue.store.indicator_edition()
    rows = _rows(("0101", "Tên mới", ""), ("0102", "Quy mô hộ", "31/12/2026"))

    sheets.confirm(_admin(world), rows, before)

    assert len(sheets.catalogue.indicators()) == 132
    assert sheets.catalogue.indicator("0101").title == "Tên mới"
    assert sheets.catalogue.indicator("0102").valid_to == "2026-12-31"
    assert store.indicator_edition() == before + 1
    *_, event = sheets.catalogue.events.of("indicators/all")
    assert event.details["changes"] == {"0101": "changed", "0102": "retired"}
    assert event.actor == world.accounts["admin"]


def test_the_catalogue_may_become_again_what_it_was(world: World, sheets: IndicatorSheets) -> None:
    first = sheets.catalogue.store.indicator_edition()
    title = sheets.catalogue.indicator("0101").title

    for name in ("Tên mới", title, "Tên mới"):
        seen = sheets.catalogue.store.indicator_edition()
        sheets.confirm(_admin(world), _rows(("0101", name, "")), seen)

    assert sheets.catalogue.store.indicator_edition() == first + 3
    assert sheets.catalogue.indicator("0101").title == "Tên mới"


def test_refused_cells_and_an_old_page_save_nothing(world: World, sheets: IndicatorSheets) -> None:
    seen = sheets.catalogue.store.indicator_edition()

    with pytest.raises(InputInvalid):
        sheets.confirm(_admin(world), _rows(("0101", "Tên mới", "mai")), seen)
    with pytest.raises(Stale):
        sheets.confirm(_admin(world), _rows(("0101", "Tên mới", "")), seen - 1)
    with pytest.raises(ImportRefused):
        sheets.confirm(_admin(world), '{"rows": 1}', seen)

    assert sheets.catalogue.store.indicator_edition() == seen


def test_a_workbook_taken_before_the_last_change_says_so(
    world: World, sheets: IndicatorSheets
) -> None:
    content = sheets.download(_admin(world)).take()
    sheets.confirm(
        _admin(world), _rows(("0101", "Tên mới", "")), sheets.catalogue.store.indicator_edition()
    )

    preview = sheets.upload(_admin(world), content)

    assert preview.older
    assert [one.code for one in preview.reading.changes] == ["0101"]


def test_only_administrators_edit_indicators(world: World, sheets: IndicatorSheets) -> None:
    other = world.actor("commune_reporter")
    for act in (
        lambda: sheets.download(other),
        lambda: sheets.upload(other, b""),
        lambda: sheets.confirm(other, _rows(), 1),
    ):
        with pytest.raises(AccessDenied):
            act()


@pytest.mark.parametrize(
    ("content", "reason"), [(b"", "not-a-workbook"), (b"x" * 5_000_001, "too-large")]
)
def test_a_file_that_is_no_workbook_is_refused(
    world: World, sheets: IndicatorSheets, content: bytes, reason: str
) -> None:
    with pytest.raises(ImportRefused) as refused:
        sheets.upload(_admin(world), content)

    assert refused.value.facts["reason"] == reason


# The file beside the shipped forms


def test_the_file_is_written_so_that_git_shows_the_change_and_no_more(
    world: World, sheets: IndicatorSheets
) -> None:
    shipped = (ROOT / "form_definitions/_indicators/indicators.json").read_text("utf-8")
    path = sheets.canonical.path
    path.parent.mkdir(parents=True)
    path.write_text(shipped, encoding="utf-8")
    rows = _rows(("0101", "Tên mới", ""), ("0102", "Quy mô hộ", "31/12/2026"))

    _, file = sheets.confirm(_admin(world), rows, sheets.catalogue.store.indicator_edition())

    assert (file.state, file.codes) == (FileState.SAME, ())
    before, after = shipped.splitlines(), path.read_text("utf-8").splitlines()
    changed = [line for line in unified_diff(before, after, n=0) if line[:1] in "+-"][2:]
    assert any('"title": "Tên mới"' in line for line in changed)
    assert any('"validTo": "2026-12-31"' in line for line in changed)
    assert len(changed) <= 8
    assert read_indicators(json.loads(path.read_text("utf-8"))) == sheets.catalogue.indicators()


def test_a_file_that_says_something_else_is_shown_and_never_overwritten(
    world: World, sheets: IndicatorSheets
) -> None:
    shipped = (ROOT / "form_definitions/_indicators/indicators.json").read_text("utf-8")
    path, admin = sheets.canonical.path, _admin(world)
    path.parent.mkdir(parents=True)
    other = json.loads(shipped)
    other["indicators"][1]["title"] = "Sửa trong tệp"
    path.write_text(json.dumps(other, ensure_ascii=False), encoding="utf-8")
    theirs = path.read_bytes()

    _, file = sheets.confirm(
        admin, _rows(("0101", "Tên mới", "")), sheets.catalogue.store.indicator_edition()
    )

    assert (file.state, path.read_bytes()) == (FileState.DIFFERENT, theirs)
    standing = sheets.standing(admin)
    assert standing.codes == ("0101", other["indicators"][1]["code"])
    assert sheets.take_file(admin) == standing.codes
    assert sheets.standing(admin).state is FileState.SAME
    assert path.read_bytes() == theirs


def test_a_file_that_lacks_an_indicator_is_not_taken(world: World, sheets: IndicatorSheets) -> None:
    path = sheets.canonical.path
    path.parent.mkdir(parents=True)
    shipped = json.loads((ROOT / "form_definitions/_indicators/indicators.json").read_text("utf-8"))
    shipped["indicators"].pop()
    path.write_text(json.dumps(shipped, ensure_ascii=False), encoding="utf-8")

    with pytest.raises(ImportRefused) as refused:
        sheets.take_file(_admin(world))

    assert refused.value.facts["reason"] == "missing-indicators"
    assert len(sheets.catalogue.indicators()) == 132


def test_without_a_file_the_whole_catalogue_is_written(
    world: World, sheets: IndicatorSheets
) -> None:
    _, file = sheets.confirm(
        _admin(world), _rows(("0101", "Tên mới", "")), sheets.catalogue.store.indicator_edition()
    )

    assert file.state is FileState.SAME
    kept = json.loads(sheets.canonical.path.read_text("utf-8"))
    assert read_indicators(kept) == sheets.catalogue.indicators()
