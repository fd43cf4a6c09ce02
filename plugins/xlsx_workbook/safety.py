"""What a file may cost, found out before anything of it is parsed.

A workbook is a zip: 200 MB of zeros fit into 194 kB, and the sizes that the zip itself names may
be lies. So every part is unpacked once in small pieces and counted; only then is it parsed.
"""

import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from server.hooks import WorkbookRefusal

_MEGABYTE: Final = 1024 * 1024
_PIECE: Final = 64 * 1024
_ZIP: Final = b"PK\x03\x04"
#: The container of encrypted workbooks, and of the format before 2007.
_COMPOUND: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_TYPES: Final = "[Content_Types].xml"
_MAIN: Final = b"spreadsheetml.sheet.main+xml"
_MACROS: Final = re.compile(r"vbaproject|macrosheets/|dialogsheets/|activex/|\.bin\.rels$")
_LINKS: Final = re.compile(r"externallinks/|embeddings/|connections\.xml$|querytables/")
_EXTERNAL: Final = re.compile(rb"TargetMode\s*=\s*[\"']External", re.IGNORECASE)
_HYPERLINK: Final = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*/hyperlink[\"'][^>]*>")


@dataclass(frozen=True, slots=True)
class Limits:
    """The options of the plugin."""

    max_parts: int = 300
    max_megabytes: int = 40
    max_ratio: int = 150
    max_rows: int = 3000
    max_columns: int = 120
    max_sheets: int = 40


def refusal_of(path: Path, limits: Limits) -> WorkbookRefusal | None:
    """Why the file must not be parsed, None when it may be."""
    with path.open("rb") as file:
        start = file.read(len(_COMPOUND))
    if start == _COMPOUND:
        return "protected"
    if not start.startswith(_ZIP):
        return "not-a-workbook"
    try:
        with zipfile.ZipFile(path) as archive:
            return _by_name(archive, limits) or _by_content(archive, limits)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError):
        return "damaged"


def _by_name(archive: zipfile.ZipFile, limits: Limits) -> WorkbookRefusal | None:
    """What the table of contents says: the cheapest question first."""
    parts = archive.infolist()
    names = [part.filename.lower() for part in parts]
    if len(parts) > limits.max_parts:
        return "too-large"
    if sum(part.file_size for part in parts) > limits.max_megabytes * _MEGABYTE:
        return "too-large"
    if any(
        part.file_size > max(_MEGABYTE, limits.max_ratio * part.compress_size) for part in parts
    ):
        return "too-large"
    if any(part.flag_bits & 1 for part in parts):
        return "protected"
    if len(set(names)) != len(names):
        return "damaged"  # two readers would not read the same
    if _TYPES.lower() not in names:
        return "not-a-workbook"
    if any(_MACROS.search(name) for name in names):
        return "macros"
    if any(_LINKS.search(name) for name in names):
        return "links"
    return None


def _by_content(archive: zipfile.ZipFile, limits: Limits) -> WorkbookRefusal | None:
    """Unpack all of it piece by piece: count, and look into what a parser would follow."""
    left = limits.max_megabytes * _MEGABYTE
    for part in archive.infolist():
        pieces = []
        is_text = part.filename.lower().endswith((".xml", ".rels", ".vml"))
        with archive.open(part) as file:
            while piece := file.read(_PIECE):
                left -= len(piece)
                if left < 0:
                    return "too-large"
                if is_text:
                    pieces.append(piece)
        if is_text and (found := _in_text(part.filename, b"".join(pieces))):
            return found
    return None


def _in_text(name: str, text: bytes) -> WorkbookRefusal | None:
    # An entity can name a file or grow without end; no spreadsheet program writes a DOCTYPE. In
    # another encoding than UTF-8 it would not be seen here.
    if b"\x00" in text or b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        return "damaged"
    if name == _TYPES:
        if b"macroEnabled" in text:
            return "macros"
        if _MAIN not in text:
            return "not-a-workbook"
    if name.lower().endswith(".rels") and _EXTERNAL.search(_HYPERLINK.sub(b"", text)):
        return "links"
    return None
