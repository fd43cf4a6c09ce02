"""Files that come to do harm, or are not what they say: refused before anything is parsed."""

import io
import re
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from plugins.xlsx_workbook.safety import Limits, refusal_of
from server.hooks import Workbook, WorkbookCell, WorkbookSheet
from server.hooks.door import GuardedWorkbookFormat

Change = Callable[[dict[str, bytes]], None]


@pytest.fixture
def xlsx(load) -> GuardedWorkbookFormat:
    return load("xlsx_workbook").workbook_format("xlsx")


@pytest.fixture
def changed(xlsx, tmp_path: Path) -> Callable[[Change], Path]:
    """A sound workbook with some of its parts exchanged."""

    def make(change: Change) -> Path:
        cells = (WorkbookCell(0, 0, 5, "input", "number"),)
        xlsx.write(Workbook("Thử", (WorkbookSheet("Thử", cells),), "{}"), tmp_path / "sound.xlsx")
        with zipfile.ZipFile(tmp_path / "sound.xlsx") as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        change(parts)
        out = tmp_path / "changed.xlsx"
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in parts.items():
                archive.writestr(name, content)
        return out

    return make


def put(name: str, content: bytes) -> Change:
    return lambda parts: parts.update({name: content})


def replace(name: str, old: bytes, new: bytes) -> Change:
    def change(parts: dict[str, bytes]) -> None:
        assert old in parts[name]
        parts[name] = parts[name].replace(old, new)

    return change


SHEET = "xl/worksheets/sheet1.xml"
RELS = "xl/_rels/workbook.xml.rels"
EXTERNAL = (
    b'<Relationship Id="rId9" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
    b'relationships/%s" Target="http://10.0.0.1/x" TargetMode="External"/></Relationships>'
)
ENTITY = b'<!DOCTYPE x [<!ENTITY a "b">]>'
TYPES = "[Content_Types].xml"
HARMFUL: list[tuple[str, Change, str]] = [
    ("macros", put("xl/vbaProject.bin", b"\x00"), "macros"),
    ("macro sheet", put("xl/macrosheets/sheet1.xml", b"<x/>"), "macros"),
    (
        "macro type",
        replace(TYPES, b"sheet.main+xml", b"sheet.macroEnabled.main+xml"),
        "macros",
    ),
    ("links", put("xl/externalLinks/externalLink1.xml", b"<x/>"), "links"),
    ("embedded object", put("xl/embeddings/oleObject1.bin", b"\x00"), "links"),
    ("connection", put("xl/connections.xml", b"<x/>"), "links"),
    ("outside part", replace(RELS, b"</Relationships>", EXTERNAL % b"image"), "links"),
    ("entity", replace(SHEET, b"<worksheet", ENTITY + b"<worksheet"), "damaged"),
    ("another encoding", put(SHEET, "<worksheet/>".encode("utf-16")), "damaged"),
    ("bomb", put("xl/media/zeros.bin", bytes(3_000_000)), "too-large"),
    ("many parts", lambda parts: parts.update({f"x/{at}": b"" for at in range(400)}), "too-large"),
    ("a document", replace(TYPES, b"spreadsheetml", b"wordprocessingml"), "not-a-workbook"),
    ("no types", lambda parts: parts.pop(TYPES), "not-a-workbook"),
    ("broken part", put("xl/workbook.xml", b"<workbook><"), "damaged"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "reason"), [one[1:] for one in HARMFUL], ids=[one[0] for one in HARMFUL]
)
def test_a_harmful_file_is_refused_by_its_kind(xlsx, changed, change: Change, reason: str) -> None:
    assert xlsx.read(changed(change)).refusal == reason


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not-a-workbook"),
        (b"a,b\n1,2\n", "not-a-workbook"),
        (b"%PDF-1.7", "not-a-workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "protected"),
        (b"PK\x03\x04" + b"x" * 100, "damaged"),
    ],
)
def test_other_files_are_refused(xlsx, tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "x").write_bytes(content)

    assert xlsx.read(tmp_path / "x").refusal == reason


def test_an_unchanged_file_and_a_hyperlink_are_no_harm(xlsx, changed) -> None:
    assert xlsx.read(changed(lambda parts: None)).refusal is None
    link = replace(RELS, b"</Relationships>", EXTERNAL % b"hyperlink")
    assert refusal_of(changed(link), Limits()) is None


def test_a_size_that_lies_is_found_before_it_fills_the_memory(changed, tmp_path: Path) -> None:
    honest = changed(put("xl/media/zeros.bin", bytes(900_000))).read_bytes()
    size = (900_000).to_bytes(4, "little")
    assert honest.count(size) == 2
    lie = tmp_path / "lie.xlsx"
    lie.write_bytes(honest.replace(size, (1_000).to_bytes(4, "little")))

    assert refusal_of(lie, Limits()) == "damaged"


def test_two_parts_of_one_name_are_refused(xlsx, changed, tmp_path: Path) -> None:
    path = changed(lambda parts: None)
    content = io.BytesIO(path.read_bytes())
    with (
        zipfile.ZipFile(content, "a") as archive,
        pytest.warns(UserWarning, match=re.escape("Duplicate name")),
    ):
        archive.writestr(SHEET, b"<worksheet/>")
    path.write_bytes(content.getvalue())

    assert xlsx.read(path).refusal == "damaged"


def test_a_sheet_that_claims_to_be_endless_costs_little(xlsx, changed) -> None:
    data = b'<sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    merged = b'<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'

    def endless(parts: dict[str, bytes]) -> None:
        parts[SHEET] = re.sub(
            rb"<sheetData>.*</sheetData>", data, parts[SHEET], flags=re.DOTALL
        ).replace(b"</sheetData>", b"</sheetData>" + merged)

    path = changed(endless)
    started = time.perf_counter()

    answer = xlsx.read(path)

    assert answer.refusal is None
    assert answer.sheets[0].cells == ()
    assert time.perf_counter() - started < 5
