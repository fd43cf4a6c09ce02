"""The urging letter as PDF: its parts are there, typed text stays text, a broken table is none."""

from pathlib import Path
from re import findall

import pytest

from plugins.pdf_print.letter import letter_markup
from server.errors import PluginFault
from server.hooks import Letter, SheetColumn, SheetGrid, SheetRow, SheetSignature
from tests.plugins.pdf_reading import plain_text

GRID = SheetGrid(
    (SheetColumn("STT", kind="code"), SheetColumn("Đơn vị báo cáo", kind="text")),
    (SheetRow(("1", "UBND xã Cổ Linh <b>&")),),
)


def letter(**changes: object) -> Letter:
    parts: dict[str, object] = {
        "office_above": "UBND TỈNH BẮC KẠN",
        "office": "UBND HUYỆN PÁC NẶM",
        "number": "12/UBND",
        "place_and_date": "Pác Nặm, ngày 24 tháng 01 năm 2025",
        "about": "V/v đôn đốc gửi báo cáo thống kê",
        "addressees": ("UBND xã Cổ Linh", "UBND xã Bộc Bố"),
        "paragraphs": ("Đến hết ngày 24/01/2025, hai đơn vị chưa gửi:",),
        "grid": GRID,
        "closing": ("Đề nghị các đơn vị gửi báo cáo.",),
        "receivers": ("Như trên", "Lưu: VT"),
        "signature": SheetSignature(("CHỦ TỊCH", "(Ký, đóng dấu, họ tên)")),
    }
    return Letter(**parts | changes)  # type: ignore[arg-type]


def test_a_letter_has_all_its_parts_and_typed_text_stays_text(load, tmp_path: Path):
    printer = load("pdf_print", own_process=False).printer("pdf")

    printer.print_letter(letter(), tmp_path / "letter.pdf")

    text = " ".join(plain_text(tmp_path / "letter.pdf").split())
    assert printer.prints_letters
    for part in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "UBND HUYỆN PÁC NẶM", "Số: 12/UBND",
        "UBND xã Cổ Linh <b>&", "- UBND xã Bộc Bố.", "Nơi nhận:", "CHỦ TỊCH",
    ):  # fmt: skip
        assert part in text


def test_a_table_with_a_short_row_is_refused_and_leaves_no_file(load, tmp_path: Path):
    printer = load("pdf_print", own_process=False).printer("pdf")
    broken = SheetGrid(GRID.columns, (SheetRow(("1",)),))

    with pytest.raises(PluginFault):
        printer.print_letter(letter(grid=broken), tmp_path / "letter.pdf")

    assert not (tmp_path / "letter.pdf").exists()


def test_an_address_squeezes_no_column_of_words_and_a_kept_paper_is_to_nobody():
    grid = SheetGrid(
        (SheetColumn("Biểu mẫu", kind="text"), SheetColumn("Nơi nhận", kind="text")) * 2,
        (SheetRow(("Dân số chia theo dân tộc", "vanthu.congbang@pacnam.backan.example") * 2),),
    )

    markup = letter_markup(letter(grid=grid, addressees=()))

    widths = [float(one) for one in findall(r"width: ([\d.]+)mm", markup)]
    assert sum(widths) == pytest.approx(165, abs=0.1) and min(widths) > 30
    assert "Kính gửi" not in markup
