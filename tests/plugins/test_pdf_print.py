"""The printed form: text equal field by field, in place, in Tinos, on the right paper."""

import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from subprocess import CompletedProcess
from unicodedata import normalize

import pytest

from server.errors import PluginFault
from server.hooks import (
    Sheet,
    SheetColumn,
    SheetExplanation,
    SheetField,
    SheetGrid,
    SheetGroup,
    SheetRow,
    SheetSection,
    SheetSignature,
)
from tests.plugins.pdf_reading import Page, attachments_and_images, fonts, pages, plain_text

TONES = ["", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323"]
NOTICE = "SỐ LIỆU MINH HỌA, không phải số liệu thật của địa phương."
GROUPS = (SheetGroup("Tổng số", 3, 3), SheetGroup("Thành thị", 6, 3), SheetGroup("Nông thôn", 9, 3))
MARKS = ["1=4+7", "2=5+8", "3=6+9", "4=5+6", "5", "6", "7=8+9", "8", "9"]
COLUMNS = (
    SheetColumn("STT", "A", "code"),
    SheetColumn("Dân tộc", "B", "text"),
    SheetColumn("Mã", "C", "code"),
    *(SheetColumn(("Chung", "Nam", "Nữ")[at % 3], mark) for at, mark in enumerate(MARKS)),
)
ROWS = (
    SheetRow(("", "Tổng số", "", *["323.712", "164.707", "159.005"] * 3), "total"),
    SheetRow(("", "Trong đó: DTTS", "", *["1.234", "–", "…", "x"] * 2, "0"), "total", 1),
    *(
        SheetRow((str(number), f"Nhóm {number}", f"{number:02}", *["1.234", "600", "634"] * 3))
        for number in range(1, 55)
    ),
)
FIELDS = (
    SheetField("Tổng nhân khẩu do công an xã xác nhận", "323.712"),
    SheetField("Ghi chú", "Đã đối chiếu với công an xã."),
)
EXPLANATION = SheetExplanation("Mông, cột 9 (Nữ)", "Tăng 23,1 %.", "Có danh sách nhập cư.")
MARGINS = {"left": 30, "right": 15, "top": 20, "bottom": 20}
TOLERANCE = 0.3  # millimetres


@pytest.fixture(scope="module")
def population(load, tmp_path_factory) -> tuple[Sheet, Path]:
    """DS-01 with all 54 groups in landscape, printed once, in a process of its own."""
    sheet = Sheet(
        official_code="DS-01",
        issued_by="Mẫu minh họa",
        received_on="14/01/2025",
        title="Dân số chia theo dân tộc, giới tính, thành thị, nông thôn",
        period_line="Có đến 31/12/2024",
        org_unit="UBND xã Cổ Linh",
        receiver="Phòng Dân tộc huyện",
        unit_of_measure="Người",
        sections=(
            SheetSection(grid=SheetGrid(COLUMNS, ROWS, GROUPS)),
            SheetSection("Đối chiếu", fields=FIELDS),
        ),
        signatures=(
            SheetSignature(("Người lập biểu", "(Ký, họ tên)"), "Hoàng Thị Mai"),
            SheetSignature(("Người kiểm tra biểu", "(Ký, họ tên)")),
            SheetSignature(("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH", "(Ký, đóng dấu, họ tên)")),
        ),
        place_and_date="Cổ Linh, ngày 14 tháng 01 năm 2025",
        orientation="landscape",
        explanations=(EXPLANATION,),
        receipt_code="BK24-DS01-01879-2",
        demo_notice=NOTICE,
    )
    out = tmp_path_factory.mktemp("population") / "ds01.pdf"
    load("pdf_print").printer("pdf").print(sheet, out)
    return sheet, out


@pytest.fixture
def printed(load, tmp_path):
    """Prints a sheet and returns the path of the PDF."""
    printer = load("pdf_print", own_process=False).printer("pdf")

    def printed(sheet: Sheet) -> Path:
        printer.print(sheet, tmp_path / "sheet.pdf")
        return tmp_path / "sheet.pdf"

    return printed


def body(page: Page) -> Page:
    """The page without what stands in its margins."""
    inside = tuple(
        word
        for word in page.words
        if word.top > MARGINS["top"] - 1 and word.bottom < page.height - MARGINS["bottom"] + 1
    )
    return replace(page, words=inside)


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_every_row_stands_in_one_line_with_all_its_cells_in_order(population):
    _, pdf = population
    lines = [line for page in pages(pdf) for line in body(page).line_texts()]

    expected = [" ".join(filter(None, row.cells)) for row in ROWS]
    assert [line for line in lines if line in expected] == expected


def test_head_and_foot_equal_the_sheet_field_by_field(population):
    _, pdf = population
    text = squeezed(plain_text(pdf))

    for part in [
        "Biểu số: DS-01",
        "Mẫu minh họa",
        "Ngày nhận báo cáo: 14/01/2025",
        "DÂN SỐ CHIA THEO DÂN TỘC, GIỚI TÍNH, THÀNH THỊ, NÔNG THÔN",
        "Có đến 31/12/2024",
        "Đơn vị báo cáo: UBND xã Cổ Linh",
        "Đơn vị nhận báo cáo: Phòng Dân tộc huyện",
        "Đơn vị tính: Người",
        "Đối chiếu",
        "Tổng nhân khẩu do công an xã xác nhận 323.712",
        "Ghi chú Đã đối chiếu với công an xã.",
        "Cổ Linh, ngày 14 tháng 01 năm 2025",
        "TM. ỦY BAN NHÂN DÂN CHỦ TỊCH (Ký, đóng dấu, họ tên)",
        "BẢNG GIẢI TRÌNH SỐ LIỆU Kèm theo biểu DS-01, UBND xã Cổ Linh",
        "STT Ô số liệu Kết quả kiểm tra Giải trình",
        f"1 {EXPLANATION.cell} {EXPLANATION.finding} {EXPLANATION.reason}",
    ]:
        assert text.count(squeezed(part)) == 1, part
    assert text.count(squeezed("(Ký, họ tên)")) == 2


def test_the_head_has_three_blocks_and_the_foot_three_signers(population):
    first, *_ = pages(population[1])
    form, title, units = (
        next(line for line in first.lines if text in " ".join(word.text for word in line))
        for text in ("Biểu số:", "NÔNG THÔN", "Đơn vị báo cáo:")
    )
    signers = next(
        line
        for page in pages(population[1])
        for line in page.lines
        if [word.text for word in line][:3] == ["Người", "lập", "biểu"]
    )

    left, middle, right = (
        next(word for word in line if word.text == text)
        for line, text in ((form, "Biểu"), (title, "THÀNH"), (units, "Đơn"))
    )
    assert left.left == pytest.approx(MARGINS["left"], abs=TOLERANCE)
    assert left.right < middle.left < first.width / 2 < right.left
    assert " ".join(word.text for word in signers) == (
        "Người lập biểu Người kiểm tra biểu TM. ỦY BAN NHÂN DÂN"
    )


def test_the_heading_repeats_on_every_page_of_the_grid(population):
    marks = " ".join(["A", "B", "C", *MARKS])
    grid_pages = [page for page in pages(population[1]) if "Nhóm" in str(page.words)]

    assert len(grid_pages) > 1
    for page in grid_pages:
        assert page.line_texts().count(marks) == 1
        assert page.line_texts().count("Chung Nam Nữ Chung Nam Nữ Chung Nam Nữ") == 1


def test_columns_keep_their_place_and_nothing_is_cut_or_covered(population):
    document = pages(population[1])
    rows = [
        line
        for page in document
        for line in body(page).lines
        if len(line) == 13 and line[1].text == "Nhóm"
    ]

    assert len(rows) == 54
    for column in range(4, 13):
        edges = [row[column].right for row in rows]
        assert max(edges) - min(edges) < TOLERANCE
    for page in document:
        for line in page.lines:
            assert line[0].left > MARGINS["left"] - TOLERANCE
            assert line[-1].right < page.width - MARGINS["right"] + TOLERANCE
            assert all(word.right <= following.left for word, following in pairwise(line))


def test_page_numbers_stand_centred_at_the_top_from_the_second_page_on(population):
    document = pages(population[1])
    tops = [[word for word in page.words if word.bottom < MARGINS["top"]] for page in document]

    assert [[word.text for word in top] for top in tops] == [
        [],
        *([str(number)] for number in range(2, len(document) + 1)),
    ]
    middle = (MARGINS["left"] + document[0].width - MARGINS["right"]) / 2
    for top in tops[1:]:
        assert (top[0].left + top[0].right) / 2 == pytest.approx(middle, abs=1)


def test_the_notice_and_the_receipt_code_stand_on_every_page(population):
    for page in pages(population[1]):
        assert page.line_texts()[-1] == f"Mã tiếp nhận: BK24-DS01-01879-2 {NOTICE}"


def test_the_digest_of_the_sealed_edition_stands_at_the_foot(printed, blank_sheet):
    digest = "0123456789abcdef" * 4
    sealed = replace(blank_sheet, receipt_code="BK24-DS01-01879-2", digest=digest)

    [page] = pages(printed(sealed))

    foot = "".join(word.text for word in page.words)
    assert f"SHA-256:{digest}" in foot


def test_real_figures_carry_no_notice(printed, blank_sheet):
    text = plain_text(printed(blank_sheet))

    assert "MINH HỌA" not in text
    assert "Mã tiếp nhận" not in text


@pytest.mark.parametrize(
    ("paper", "orientation", "size"),
    [
        ("A4", "portrait", (210, 297)),
        ("A4", "landscape", (297, 210)),
        ("A3", "portrait", (297, 420)),
        ("A3", "landscape", (420, 297)),
    ],
)
def test_the_paper_is_the_one_of_the_layout(printed, blank_sheet, paper, orientation, size):
    [page] = pages(printed(replace(blank_sheet, paper=paper, orientation=orientation)))

    assert (page.width, page.height) == pytest.approx(size, abs=TOLERANCE)


def test_all_134_vietnamese_letters_print_in_embedded_tinos(printed, blank_sheet):
    lower = [vowel + tone for vowel in "aăâeêioôơuưy" for tone in TONES]
    letters = "".join(normalize("NFC", letter) for letter in lower) + "đ"
    accented = [letter for letter in letters + letters.upper() if not letter.isascii()]
    assert len(set(accented)) == 134
    sample = " ".join(accented)
    sheet = replace(
        blank_sheet,
        period_line="",
        place_and_date=sample,
        sections=(SheetSection(fields=(SheetField(sample, sample),)),),
        signatures=(SheetSignature((sample,)),),
    )

    pdf = printed(sheet)

    text = squeezed(plain_text(pdf))
    assert text.count(squeezed(sample)) + text.count(squeezed(sample.upper())) >= 2
    assert "\ufffd" not in text
    assert {name for name, _ in fonts(pdf)} == {"Tinos", "Tinos-Bold", "Tinos-Italic"}
    assert all(embedded for _, embedded in fonts(pdf))


WIDE = SheetGrid(
    columns=(
        SheetColumn("Đơn vị", "A", "text"),
        *(SheetColumn(f"Cột {number}", f"{number}=1-2+3") for number in range(1, 23)),
    ),
    rows=(SheetRow(("Xã Cổ Linh", *[f"1{at:02}.456" for at in range(22)])),),
)


@pytest.mark.parametrize(("paper", "orientation"), [("A4", "landscape"), ("A3", "portrait")])
def test_a_wide_form_shrinks_its_letters_instead_of_breaking_numbers(
    printed, blank_sheet, paper, orientation
):
    sections = (SheetSection(grid=WIDE),)
    sheet = replace(blank_sheet, sections=sections, paper=paper, orientation=orientation)

    [page] = pages(printed(sheet))

    [line] = [line for line in page.lines if "100.456" in [word.text for word in line]]
    numbers = [word for word in line if "." in word.text]
    assert [word.text for word in numbers] == list(WIDE.rows[0].cells[1:])
    assert all(word.right < following.left for word, following in pairwise(numbers))
    assert numbers[-1].right < page.width - MARGINS["right"]


def test_a_word_wider_than_the_page_is_broken_and_not_cut(printed, blank_sheet):
    word = "Thôn" * 120
    grid = SheetGrid((SheetColumn("A", kind="text"), SheetColumn("B")), (SheetRow((word, "7")),))

    pdf = printed(replace(blank_sheet, sections=(SheetSection(grid=grid),)))

    assert word in squeezed(plain_text(pdf))


def test_a_grid_without_rows_and_a_form_without_code_still_print(printed, blank_sheet):
    grid = SheetGrid((SheetColumn("Thôn", "A", "text"), SheetColumn("Hộ", "1")), ())
    sections = (SheetSection("Phần I", grid),)

    text = squeezed(plain_text(printed(replace(blank_sheet, official_code="", sections=sections))))

    assert "Biểusố" not in text
    assert "PhầnI" in text
    assert "ThônHộA1" in text


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"paper": "A0"}, "the paper is A4 or A3"),
        ({"orientation": "landscape } * { color: red"}, "the paper is A4 or A3"),
        ({"signatures": ()}, "one to three signatures"),
        ({"signatures": (SheetSignature(("A",)),) * 4}, "one to three signatures"),
        ({"grid": SheetGrid(COLUMNS, (SheetRow(("1",)),))}, "a row has 1 cells"),
        ({"grid": SheetGrid(COLUMNS, ROWS * 40)}, "at most 2000 are printed"),
        ({"sections": (SheetSection(fields=FIELDS * 1001),)}, "has 2002 rows"),
        ({"grid": WIDE}, "23 columns do not fit: the layout needs landscape or A3"),
        ({"grid": SheetGrid(COLUMNS, ROWS, (SheetGroup("A", 11, 2),))}, "do not exist"),
        (
            {"grid": SheetGrid(COLUMNS, ROWS, (SheetGroup("A", 3, 3), SheetGroup("B", 4, 2)))},
            "two headings cover one column",
        ),
    ],
)
def test_a_sheet_that_makes_no_page_is_refused(printed, blank_sheet, changes, reason):
    grid = changes.pop("grid", None)
    sections = (SheetSection(grid=grid),) if grid else ()

    with pytest.raises(PluginFault, match=reason):
        printed(replace(blank_sheet, **({"sections": sections} | changes)))


@pytest.mark.parametrize(
    ("limit", "reason"),
    [
        ({"max_seconds": 1}, "the print took longer than 1 seconds"),
        ({"max_megabytes": 128}, "the print needs more than 128 MB|drawing ended with -"),
    ],
)
def test_a_print_that_needs_too_much_is_stopped(load, blank_sheet, tmp_path, limit, reason):
    printer = load("pdf_print", **limit).printer("pdf")
    fields = (SheetField("Tên", "Giá trị"),) * 1_900
    sheet = replace(blank_sheet, sections=(SheetSection(fields=fields),))

    with pytest.raises(PluginFault) as fault:
        printer.print(sheet, tmp_path / "out.pdf")

    assert re.match(reason, fault.value.facts["reason"])
    assert list(tmp_path.iterdir()) == []


def test_the_drawing_process_gets_no_secret(load, blank_sheet, tmp_path, monkeypatch):
    monkeypatch.setenv("BIEUMAU_SECRET_KEY", "secret")
    given = []
    monkeypatch.setattr(
        "plugins.pdf_print.drawing.subprocess.run",
        lambda *_, env, **__: given.append(env) or CompletedProcess([], 1, b"", b"ended"),
    )

    with pytest.raises(PluginFault, match="drawing ended with 1: ended"):
        load("pdf_print").printer("pdf").print(blank_sheet, tmp_path / "x")

    assert given
    assert not any("BIEUMAU" in name for name in given[0])


def test_nothing_hidden_travels_with_the_form(population):
    assert attachments_and_images(population[1]) == []
