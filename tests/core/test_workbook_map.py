"""Places of cells in a workbook, and the stamp that brings them back."""

import copy
from dataclasses import replace

import pytest

from server.core.form import compile_form
from server.core.layout import Section
from server.core.workbook_map import HEAD_ROWS, Address, PlacedSection, a1, addresses, place
from server.core.workbook_stamp import Stamp, StampCell, StampDamaged, StampSheet, read_stamp
from tests.core.make_form import LISTS, SOURCE

STAMP = Stamp(
    title="Dân số, UBND xã Cổ Linh, Năm 2024",
    form="sample",
    version=3,
    digest="d" * 64,
    submission="s1",
    edit=7,
    org_unit="u1",
    period="2024",
    created_at="2025-01-24T03:00:00+00:00",
    sheets=(
        StampSheet(
            "1. Dân số",
            (
                StampCell(9, 3, "/rows/01/male", 12.5, None),
                StampCell(9, 4, "/rows/01/female", None, "not_available"),
            ),
            ((9, 1, "Kinh"),),
            ((0, 0),),
        ),
    ),
)


def with_personal(key: str) -> list[PlacedSection]:
    source = copy.deepcopy(SOURCE)
    source["$defs"]["row"]["properties"][key]["x-personal"] = True
    return list(place(compile_form(source, LISTS), {}))


def test_every_cell_of_the_layout_stands_at_one_place() -> None:
    form = compile_form(SOURCE, LISTS)
    sections = place(form, {})
    places = [(placed.name, spot.row, spot.column) for placed in sections for spot in placed.spots]

    kept = [spot for placed in sections for spot in placed.spots if spot.kind == "kept"]
    assert len(places) == len(set(places)) == len(addresses(sections)) + len(kept)
    assert min(row for _, row, _ in places) >= HEAD_ROWS


def test_names_of_worksheets_are_what_excel_takes() -> None:
    form = compile_form(SOURCE, LISTS)
    hostile = Section("k", "Biểu [1]: a/b\\c*? " + "dài " * 20, (), None)
    form.__dict__["layout"] = replace(form.layout, sections=(hostile, hostile))

    names = [placed.name for placed in place(form, {})]

    assert len(set(names)) == 2
    for name in names:
        assert len(name) <= 31
        assert not set(name) & set("[]:*?/\\")


def test_personal_cells_are_placed_but_never_leave_in_a_file() -> None:
    sections = with_personal("male")
    kinds = {spot.path: spot.kind for placed in sections for spot in placed.spots}
    kept = {path for path, kind in kinds.items() if kind == "kept"}

    assert {"/rows/01/male", "/rows/02/male"} <= kept
    assert "/rows/01/female" not in kept
    assert not kept & addresses(sections).keys()


def test_an_address_reads_as_in_excel() -> None:
    assert Address("1. Dân số", 11, 26).cell == a1(11, 26) == "AA12"


def test_a_stamp_comes_back_whole() -> None:
    assert read_stamp(STAMP.text()) == STAMP


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[:-1],
        lambda text: text.replace('"edit":7', '"edit":8'),
        lambda text: text.replace("12.5", "13.5"),
        lambda text: text.replace('"bieumau":1', '"bieumau":2'),
        lambda text: "",
        lambda text: "[]",
        lambda text: '{"bieumau":1,"digest":"x","body":{}}',
    ],
)
def test_a_stamp_that_was_changed_is_refused(damage) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(StampDamaged):
        read_stamp(damage(STAMP.text()))
