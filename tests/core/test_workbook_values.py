"""Single cells of a workbook: read as the page would, refused with a reason, written readably."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.layout import Column
from server.core.vietnamese_numbers import format_number
from server.core.workbook_values import (
    EMPTY,
    TYPED_SIGNS,
    CellRefused,
    Held,
    read_value,
    takes_signs,
)

INTEGER = Column(
    key="n", title="Số", number="1", type="integer", decimals=0, choices=None, calculated=False,
    relevant_text=None, personal=False, required=False, minimum=0, maximum=999_999,
    max_length=None, description=None, format=None, unit=None,
)  # fmt: skip
NUMBER = replace(INTEGER, type="number", decimals=2, minimum=None, maximum=None)
DAY = replace(INTEGER, type="string", decimals=None, format="date", minimum=None, maximum=None)
TEXT = replace(DAY, format=None, max_length=5)
SEX = replace(TEXT, choices=(("male", "Nam"), ("female", "Nữ")), max_length=None)
TRUTH = replace(TEXT, type="boolean", max_length=None)


@pytest.mark.parametrize(
    ("found", "cell", "value"),
    [
        ("1.234", INTEGER, 1234),
        (" 1 234 ", INTEGER, 1234),
        (1234.0, INTEGER, 1234),
        (0, INTEGER, 0),
        (0.1 + 0.2, NUMBER, 0.3),
        ("1.234,5", NUMBER, 1234.5),
        (-2.5, NUMBER, -2.5),
        ("5/1/2025", DAY, "2025-01-05"),
        (date(2025, 1, 5), DAY, "2025-01-05"),
        ("nam", SEX, "male"),
        ("female", SEX, "female"),
        ("Có", TRUTH, True),
        (False, TRUTH, False),
        (12.0, TEXT, "12"),
        (date(2025, 1, 5), replace(TEXT, max_length=10), "05/01/2025"),
        ("x", TEXT, "x"),
        ("a\u0309", TEXT, "ả"),
    ],
)
def test_a_cell_is_read_as_the_page_reads_it(found: object, cell: Column, value: object) -> None:
    assert read_value(found, cell) == Held(value)


@pytest.mark.parametrize("cell", [INTEGER, NUMBER, DAY, SEX, TRUTH])
@pytest.mark.parametrize(("sign", "status"), sorted(TYPED_SIGNS.items()))
def test_a_sign_says_why_there_is_no_value(cell: Column, sign: str, status: str) -> None:
    assert takes_signs(cell)
    assert read_value(f" {sign} ", cell) == Held(None, status)
    assert read_value("  ", cell) == EMPTY


@pytest.mark.parametrize(
    ("found", "cell", "reason"),
    [
        ("1,234", NUMBER, "number-ambiguous"),
        (1.005, NUMBER, "number-too_precise"),
        (float("inf"), NUMBER, "number-not_a_number"),
        (1e20, INTEGER, "number-too_long"),
        (True, INTEGER, "number-not_a_number"),
        (date(2025, 1, 5), INTEGER, "date-for-number"),
        (-1, INTEGER, "below"),
        ("1.000.000", INTEGER, "above"),
        (45662, DAY, "date-not_a_date"),
        ("31/02/2025", DAY, "date-no_such_day"),
        ("5/1/75", DAY, "date-unclear_year"),
        (date(1899, 1, 5), DAY, "date-out_of_range"),
        ("Khác", SEX, "no-choice"),
        (True, SEX, "no-choice"),
        ("quá dài", TEXT, "long-text"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_its_reason(
    found: object, cell: Column, reason: str
) -> None:
    with pytest.raises(CellRefused) as refused:
        read_value(found, cell)

    assert refused.value.reason == reason


@given(st.integers(-(10**15) + 1, 10**15 - 1), st.integers(0, 4))
def test_a_number_is_the_same_as_excel_has_it_and_as_people_write_it(
    digits: int, decimals: int
) -> None:
    cell = replace(NUMBER, decimals=decimals)
    number = digits / 10**decimals
    written = format_number(number, decimals)

    assert read_value(number, cell).value == number
    try:
        assert read_value(written, cell).value == number
    except CellRefused as refused:  # 1.234 in a field with decimals has two readings
        assert refused.reason == "number-ambiguous"
        assert decimals > 0
