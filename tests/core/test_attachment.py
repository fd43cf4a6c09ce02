"""What a file is by its bytes, and what it may be called."""

import unicodedata
import zipfile
from io import BytesIO

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from server.core import attachment
from server.core.attachment import (
    DOCX,
    JPEG,
    LONGEST_NAME,
    PDF,
    PNG,
    TEXT,
    TYPES,
    WEBP,
    XLSX,
    FileType,
    NameRefused,
    clean_name,
    type_of,
)

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
MACRO = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
PNG_BYTES = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(20)
JPEG_BYTES = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(20)
PDF_BYTES = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n%%EOF\n"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"


def package(types: str, *names: str, content: bytes = b"<x/>") -> bytes:
    """A zipped document that declares *types* and holds *names*; the same bytes each time."""
    declared = f'<Types><Override ContentType="{types}"/></Types>'.encode()
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, held in [("[Content_Types].xml", declared), *((name, content) for name in names)]:
            entry = zipfile.ZipInfo(name)  # dated 1980, where a bare name takes the clock
            archive.writestr(entry, held, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


WORKBOOK = package(SHEET, "xl/workbook.xml")
DOCUMENT = package(WORD, "word/document.xml")


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (PDF_BYTES, PDF),
        (PNG_BYTES, PNG),
        (JPEG_BYTES, JPEG),
        (b"RIFF\x24\x00\x00\x00WEBPVP8 " + bytes(20), WEBP),
        (WORKBOOK, XLSX),
        (DOCUMENT, DOCX),
        ("Thôn;Số hộ\nNà Mạ;12\n".encode(), TEXT),
        ("\ufeffThôn\r\n\tNà Mạ".encode(), TEXT),
    ],
)
def test_a_file_is_what_its_bytes_say(content: bytes, found: FileType) -> None:
    assert type_of(content) is found


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"   \n",
        SVG,
        b"\xef\xbb\xbf  \n" + SVG,
        b"<!DOCTYPE html><script>alert(1)</script>",
        b"<?xml version='1.0'?><x/>",
        b"#!/bin/sh\nrm -rf /\n",
        b"MZ\x90\x00\x03",
        b"MZ this could start like text",
        b"\x7fELF\x02\x01\x01",
        b"%!PS-Adobe-3.0 EPSF-3.0",
        b"GIF89a<script>",
        b"{\\rtf1 {\\object\\objemb}}",
        b"PK\x03\x04 not an archive",
        b"x" + WORKBOOK,
        b" " + PDF_BYTES + b"\x00",
        "Thôn".encode("utf-16"),
        b"a\x00b",
        b"a\x1b[31mb",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512),
        package(MACRO, "xl/workbook.xml"),
        package(SHEET, "xl/workbook.xml", "xl/vbaProject.bin"),
        package(SHEET, "xl/workbook.xml", "xl/activeX/activeX1.xml"),
        package(SHEET, "xl/workbook.xml", "xl/externalLinks/externalLink1.xml"),
        package(WORD, "word/document.xml", "word/embeddings/oleObject1.bin"),
        package(SHEET, "word/document.xml"),
        package("application/epub+zip", "xl/workbook.xml"),
        package(SHEET, "xl/workbook.xml", "big", content=bytes(40_000_000)),
    ],
    ids=lambda content: repr(content[:24]),
)
def test_what_could_run_or_is_unknown_is_no_type(content: bytes) -> None:
    assert type_of(content) is None


def test_a_package_of_too_many_or_secret_entries_is_no_type() -> None:
    crowded = package(SHEET, "xl/workbook.xml", *(f"x/{n}" for n in range(2001)))
    flagged = bytearray(WORKBOOK)
    place = bytes(flagged).rindex(b"PK\x01\x02")
    flagged[place + 8] |= 1

    assert type_of(crowded) is None
    assert type_of(bytes(flagged)) is None


@given(st.binary(max_size=400))
@example(WORKBOOK[:60])
def test_no_bytes_make_it_fail(content: bytes) -> None:
    assert type_of(content) in (*TYPES, None)


@given(st.data())
def test_a_torn_document_is_refused_and_never_fails(data: st.DataObject) -> None:
    torn = bytearray(data.draw(st.sampled_from([WORKBOOK, DOCUMENT])))
    for _ in range(data.draw(st.integers(1, 6))):
        torn[data.draw(st.integers(0, len(torn) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(torn[: data.draw(st.integers(0, len(torn)))])

    assert type_of(cut) in (*TYPES, None)


@given(st.text())
@example("<script>")
def test_text_is_taken_only_without_controls_and_never_as_markup(text: str) -> None:
    content = text.encode("utf-8", "surrogatepass")
    if type_of(content) is TEXT:
        read = content.decode("utf-8-sig")
        assert not read.lstrip().startswith(("<", "#!"))
        assert all(ord(char) >= 32 or char in "\t\r\n\f" for char in read)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Biên bản.pdf", "Biên bản.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\Mai\\bản ký.PDF", "bản ký.pdf"),
        ("a\x00b\u202eexe.pdf", "abexe.pdf"),
        ("x\r\nSet-Cookie: a.pdf", "x Set-Cookie_ a.pdf"),
        ("bản ký", "bản ký.pdf"),
        (".pdf", "pdf.pdf"),
        ("...", "tep.pdf"),
        ("", "tep.pdf"),
        ("con.pdf", "_con.pdf"),
        ("  .. a . pdf ", "a.pdf"),
        ('<b>"x"|*?.pdf', "_b__x____.pdf"),
        ("tệp " * 100 + ".pdf", None),
    ],
)
def test_a_name_is_cleaned(name: str, kept: str | None) -> None:
    found = clean_name(name, PDF)

    assert kept is None or found == kept
    assert len(found) <= LONGEST_NAME


@pytest.mark.parametrize("name", ["a.exe", "a.pdf.html", "a.docx", "a.svg"])
def test_an_ending_of_another_type_is_refused(name: str) -> None:
    with pytest.raises(NameRefused) as refused:
        clean_name(name, PDF)

    assert refused.value.wanted == ("pdf",)


@given(st.text(max_size=400), st.sampled_from(TYPES))
@example("e\u0301" * 300 + ".pdf", PDF)
def test_a_kept_name_is_safe_everywhere(name: str, known: FileType) -> None:
    try:
        found = clean_name(name, known)
    except NameRefused:
        return
    assert found == unicodedata.normalize("NFC", found)
    assert 0 < len(found) <= LONGEST_NAME
    assert found.rpartition(".")[2] in known.endings
    assert not any(unicodedata.category(char).startswith("C") for char in found)
    assert not set(found) & set('/\\<>:"|?*')
    assert not found.startswith((".", " "))


def test_every_ending_belongs_to_one_type() -> None:
    endings = [ending for known in TYPES for ending in known.endings]

    assert len(endings) == len(set(endings))
    assert not {"exe", "svg", "html", "xlsm", "js"} & set(endings)
    assert attachment.MOST_ENTRIES == 2_000
