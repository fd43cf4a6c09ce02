"""CSV files: read back equal, safe in a spreadsheet, byte for byte as the golden file."""

import csv
import io
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.csv_export import FORMULA_STARTS, line
from server.errors import PluginFault
from server.hooks import Table

GOLDEN = Path(__file__).parents[1] / "golden" / "plugins" / "figures.csv"
STARTS = ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"]
PAYLOADS = [
    f"{start}{rest}"
    for start in STARTS
    for rest in ("1+1", "cmd|' /C calc'!A0", 'HYPERLINK("http://x")', "5")
]
NUMBERS = [
    (-5, "-5"),
    (0, "0"),
    (12345678901234567890, "12345678901234567890"),
    (0.1, "0.1"),
    (-2.5, "-2.5"),
    (1e16, "10000000000000000"),
    (1e-7, "0.0000001"),
    (Decimal("0.50"), "0.50"),
    (Decimal("1E+3"), "1000"),
    (Decimal("-0.0000001"), "-0.0000001"),
]


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def test_a_table_equals_the_golden_file(load, tmp_path):
    table = Table(
        title="Dân số theo dân tộc, năm 2024",
        header=["Đơn vị", "Dân tộc", "Mã", "Người", "Tỷ lệ %"],
        rows=iter(
            [
                ["Xã Cổ Linh", "Mông", "08", 1234, Decimal("31.00")],
                ['Xã "Bằng Thành"', "Dao, Tày", "09", -5, 0.5],
                ["=1+1", "＠SUM(A1)", "10", None, None],
                ["hai\ndòng", "", "11", 0, Decimal("0.00")],
            ]
        ),
        notes=["SỐ LIỆU MINH HỌA, không phải số liệu thật của địa phương.", "-5 là chữ"],
    )

    load("csv_export", notes=True).exporter("csv").write(table, tmp_path / "figures.csv")

    assert (tmp_path / "figures.csv").read_bytes() == GOLDEN.read_bytes()


def test_notes_stay_out_of_the_file_unless_asked_for(load, tmp_path):
    table = Table("Tiêu đề", ["a"], [[1]], ["Ghi chú"])

    load("csv_export").exporter("csv").write(table, tmp_path / "out.csv")

    assert (tmp_path / "out.csv").read_bytes() == b'\xef\xbb\xbf"a"\r\n1\r\n'


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_text_that_a_spreadsheet_would_run_is_marked_as_text(payload):
    assert read(line([payload, "x"])) == [["'" + payload, "x"]]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_headings_and_notes_are_marked_too(load, tmp_path, payload):
    table = Table(payload, [payload], [], [payload])

    load("csv_export", notes=True).exporter("csv").write(table, tmp_path / "out.csv")

    text = (tmp_path / "out.csv").read_bytes().decode("utf-8-sig")
    marked = ["'" + payload]
    assert read(text) == [marked, [], marked, marked]


@pytest.mark.parametrize(("number", "text"), NUMBERS)
def test_a_number_stays_a_number(number, text):
    assert line([number]) == f"{text}\r\n"


@pytest.mark.parametrize("text", ["-5", "+5", "1.234", "01", " =1", "'=1", ""])
def test_a_text_is_quoted_whatever_it_looks_like(text):
    assert line([text]).startswith('"')


@pytest.mark.parametrize("number", [float("nan"), float("inf"), Decimal("NaN"), Decimal("-inf")])
def test_a_number_that_is_not_finite_refuses_the_file(load, tmp_path, number):
    exporter = load("csv_export").exporter("csv")

    with pytest.raises(PluginFault, match="is no number"):
        exporter.write(Table("", ["a"], [[1], [number]]), tmp_path / "out.csv")

    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize("row", [[], [1], [1, 2, 3]])
def test_a_row_of_another_length_refuses_the_file(load, tmp_path, row):
    exporter = load("csv_export").exporter("csv")

    with pytest.raises(PluginFault, match="cells, the header 2"):
        exporter.write(Table("", ["a", "b"], [row]), tmp_path / "out.csv")


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1))
def test_any_text_is_read_back_and_none_begins_a_formula(texts):
    [cells] = read(line(texts))

    assert not any(cell.startswith(FORMULA_STARTS) for cell in cells)
    assert [
        cell.removeprefix("'") if text.startswith(FORMULA_STARTS) else cell
        for cell, text in zip(cells, texts, strict=True)
    ] == texts


def test_rows_are_written_as_they_come(load, tmp_path):
    out = tmp_path / "out.csv"
    sizes = []

    def rows():
        for number in range(20_000):
            yield [number, "Xã Cổ Linh"]
            sizes.append(out.stat().st_size)

    load("csv_export").exporter("csv").write(Table("", ["a", "b"], rows()), out)

    assert sizes[10_000] > 0
    assert out.stat().st_size > sizes[-1] // 2
