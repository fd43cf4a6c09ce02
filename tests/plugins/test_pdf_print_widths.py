"""Widths of columns: they fill the line exactly and leave room for what stands in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.pdf_print.widths import SIZES, fit
from server.hooks import Refused, SheetColumn, SheetGrid, SheetRow

TEXTS = st.text("aăâm iWM0123456789.,–…x%()", max_size=25)


@st.composite
def grids(draw: st.DrawFn) -> SheetGrid:
    kinds = draw(st.lists(st.sampled_from(["text", "code", "number"]), min_size=1, max_size=12))
    columns = tuple(SheetColumn(draw(TEXTS), draw(TEXTS), kind) for kind in kinds)
    row = st.tuples(*[TEXTS] * len(kinds))
    styles = st.tuples(st.sampled_from(["data", "total"]), st.integers(0, 4))
    rows = draw(st.lists(st.tuples(row, styles), max_size=4))
    return SheetGrid(columns, tuple(SheetRow(cells, *style) for cells, style in rows))


@given(grids(), st.sampled_from([165.0, 252.0, 375.0]))
def test_columns_fill_the_line_and_never_run_over_it(grid, usable):
    try:
        fitted = fit(grid, usable)
    except Refused:
        return

    assert len(fitted.widths) == len(grid.columns)
    assert min(fitted.widths) > 0
    assert sum(fitted.widths) == pytest.approx(usable, abs=0.02)
    assert sum(fitted.widths) <= usable + 1e-6
    assert fitted.size in SIZES


@given(grids())
def test_more_room_never_means_smaller_letters(grid):
    try:
        narrow = fit(grid, 165.0)
    except Refused:
        return

    assert fit(grid, 252.0).size >= narrow.size


def test_a_text_gets_room_before_numbers_get_air():
    columns = (SheetColumn("Dân tộc", kind="text"), SheetColumn("Nam"), SheetColumn("Nữ"))
    rows = (SheetRow(("Người nước ngoài", "7", "8")),)

    text, *numbers = fit(SheetGrid(columns, rows), 165.0).widths

    assert text > sum(numbers)


def test_columns_without_any_text_share_the_line():
    columns = (SheetColumn("", kind="code"), SheetColumn(""))

    assert fit(SheetGrid(columns, ()), 165.0).widths == (82.5, 82.5)
