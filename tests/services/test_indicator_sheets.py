"""Bulk editing of indicators: looked at first, taken into a proposal, none deleted."""

import pytest

from server.core.definition_draft import DraftState
from server.errors import AccessDenied, ImportRefused, InputInvalid, Stale
from server.services.indicator_sheets import IndicatorSheets, Seen
from tests.services.conftest import sheet_of
from tests.world import World


@pytest.fixture
def world(world_with_workbooks: World) -> World:
    return world_with_workbooks


def test_the_downloaded_workbook_comes_back_without_a_change(
    world: World, sheets: IndicatorSheets
) -> None:
    printed = sheets.download(world.actor("admin"))

    preview = sheets.upload(world.actor("admin"), printed.take())

    assert preview.reading.faults == ()
    assert (preview.reading.changes, preview.reading.same) == ((), 132)
    assert not preview.older
    assert not printed.path.exists()


def test_a_sheet_becomes_a_proposal_and_what_is_in_force_stays(
    world: World, sheets: IndicatorSheets
) -> None:
    admin, before = world.actor("admin"), sheets.catalogue.indicators()
    rows = sheet_of(("0101", "Tên mới", ""), ("0102", "Quy mô hộ", "31/12/2026"))

    reading, draft = sheets.confirm(admin, rows, sheets.working(admin).seen)

    assert (draft.kind, draft.state, draft.version) == ("indicators", DraftState.DRAFT, 2)
    assert [(one.code, one.kind) for one in reading.changes] == [
        ("0101", "changed"), ("0102", "retired"),
    ]  # fmt: skip
    assert sheets.catalogue.indicators() == before
    proposed = {one.code: one for one in sheets.working(admin).indicators}
    assert len(proposed) == 132
    assert (proposed["0101"].title, proposed["0102"].valid_to) == ("Tên mới", "2026-12-31")


def test_refused_cells_and_an_old_page_save_nothing(world: World, sheets: IndicatorSheets) -> None:
    admin = world.actor("admin")
    seen = sheets.working(admin).seen

    with pytest.raises(InputInvalid):
        sheets.confirm(admin, sheet_of(("0101", "Tên mới", "mai")), seen)
    with pytest.raises(InputInvalid):
        sheets.confirm(admin, sheet_of(), seen)
    with pytest.raises(Stale):
        sheets.confirm(admin, sheet_of(("0101", "Tên mới", "")), Seen(seen.edition - 1))
    with pytest.raises(ImportRefused):
        sheets.confirm(admin, '{"rows": 1}', seen)
    sheets.confirm(admin, sheet_of(("0101", "Tên mới", "")), seen)
    with pytest.raises(Stale):
        sheets.confirm(admin, sheet_of(("0101", "Tên khác", "")), seen)

    assert world.count("definition_draft") == 1
    assert world.count("definition_draft_step") == 1


def test_a_workbook_taken_before_the_last_change_says_so(
    world: World, sheets: IndicatorSheets
) -> None:
    content = sheets.download(world.actor("admin")).take()
    admin = world.actor("admin")
    sheets.confirm(admin, sheet_of(("0101", "Tên mới", "")), sheets.working(admin).seen)

    preview = sheets.upload(world.actor("admin"), content)

    assert preview.older
    assert [one.code for one in preview.reading.changes] == ["0101"]


def test_only_administrators_edit_indicators(world: World, sheets: IndicatorSheets) -> None:
    other = world.actor("commune_reporter")
    for act in (
        lambda: sheets.download(other),
        lambda: sheets.upload(other, b""),
        lambda: sheets.confirm(other, sheet_of(), Seen(1)),
        lambda: sheets.change(other, "0101", {}, Seen(1)),
        lambda: sheets.take_file(other, Seen(1), ""),
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
        sheets.upload(world.actor("admin"), content)

    assert refused.value.facts["reason"] == reason
