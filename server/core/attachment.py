"""Attached files: what they are by their content, what they may be called, where they belong.

Pure: bytes and names in, verdicts out. A file's type is what its bytes say; the name only has to
agree. What a browser or an office program could execute is no type that is known here.
"""

import re
import unicodedata
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from io import BytesIO
from typing import Final

LONGEST_NAME: Final = 150
#: So much of a zipped document may come out of it, and so many files.
MOST_UNPACKED: Final = 100_000_000
MOST_ENTRIES: Final = 2_000
MOST_RATIO: Final = 200
_MOST_TYPES: Final = 500_000
_ENCRYPTED: Final = 1  # a bit of the flags of an entry

_RESERVED: Final = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")
_FORBIDDEN: Final = re.compile(r'[<>:"|?*]')
_RUNS: Final = re.compile(r"\s+")
_SIGNS_OF_PROGRAMS: Final = ("<", "#!", "%!ps", "%pdf", "mz", "gif8", "{\\rtf")
_CONTENT_TYPES: Final = "[Content_Types].xml"
_ACTIVE: Final = ("vbaproject", "vbadata", "activex", "oleobject", "embeddings/", "externallink")


class AttachmentKind(StrEnum):
    """What an attached file is for: proof of figures, or the signed paper."""

    DOCUMENT = "document"
    SIGNED_COPY = "signed_copy"


@dataclass(frozen=True, slots=True)
class Attachment:
    """One attached file; *path* is the cell it belongs to, empty for the report as a whole."""

    id: str
    submission: str
    path: str
    kind: AttachmentKind
    name: str
    media_type: str
    size: int
    sha256: str
    added_by: str
    added_at: datetime
    removed_by: str | None = None
    removed_at: datetime | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class FileType:
    """A type that is taken: how it is served and the endings its name may have."""

    media_type: str
    endings: tuple[str, ...]


PDF: Final = FileType("application/pdf", ("pdf",))
PNG: Final = FileType("image/png", ("png",))
JPEG: Final = FileType("image/jpeg", ("jpg", "jpeg"))
WEBP: Final = FileType("image/webp", ("webp",))
XLSX: Final = FileType(
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ("xlsx",)
)
DOCX: Final = FileType(
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ("docx",)
)
TEXT: Final = FileType("text/plain; charset=utf-8", ("txt", "csv"))
#: In the order in which people are told of them.
TYPES: Final = (PDF, PNG, JPEG, WEBP, XLSX, DOCX, TEXT)
_MAIN_PARTS: Final = (
    (XLSX, "xl/workbook.xml", b"spreadsheetml.sheet.main+xml"),
    (DOCX, "word/document.xml", b"wordprocessingml.document.main+xml"),
)


class NameRefused(ValueError):
    """A name whose ending belongs to another type; ``wanted`` are those that fit."""

    def __init__(self, wanted: tuple[str, ...]) -> None:
        super().__init__(wanted)
        self.wanted = wanted


def type_of(content: bytes) -> FileType | None:
    """The type that the bytes themselves show; None for all that is not taken.

    >>> type_of(b"%PDF-1.7 ...").media_type, type_of(b"<svg onload='x'/>")
    ('application/pdf', None)
    """
    for known, shows in _SIGNATURES:
        if shows(content):
            return known
    if content.startswith(b"PK\x03\x04"):
        return _document_in(content)
    return TEXT if _is_text(content) else None


def clean_name(name: str, found: FileType) -> str:
    """A name that is safe in every folder and header, ending as its type does.

    Raises:
        NameRefused: it has the ending of another type.
    """
    plain = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    plain = "".join(" " if char in "\t\r\n" else char for char in plain)
    plain = "".join(char for char in plain if unicodedata.category(char)[0] != "C")
    plain = _RUNS.sub(" ", _FORBIDDEN.sub("_", plain)).strip(" .")
    stem, dot, ending = plain.rpartition(".")
    if not dot:
        stem, ending = plain, found.endings[0]
    ending = ending.strip().lower()
    if ending not in found.endings:
        raise NameRefused(found.endings)
    stem = stem.strip(" .")[: LONGEST_NAME - len(ending) - 1].strip(" .")
    # Cutting may have torn a letter from its mark; the whole is one form again.
    whole = unicodedata.normalize("NFC", f"{stem or 'tep'}.{ending}")
    return f"_{whole}"[:LONGEST_NAME] if _RESERVED.fullmatch(whole) else whole


def _is_png(content: bytes) -> bool:
    return content.startswith(b"\x89PNG\r\n\x1a\n") and content[12:16] == b"IHDR"


def _is_webp(content: bytes) -> bool:
    return content.startswith(b"RIFF") and content[8:12] == b"WEBP"


_SIGNATURES: Final[tuple[tuple[FileType, Callable[[bytes], bool]], ...]] = (
    (PDF, lambda content: content.startswith((b"%PDF-1.", b"%PDF-2."))),
    (PNG, _is_png),
    (JPEG, lambda content: content.startswith(b"\xff\xd8\xff")),
    (WEBP, _is_webp),
)


def _document_in(content: bytes) -> FileType | None:
    """A workbook or a text document without anything that runs; None for any other archive."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            entries = archive.infolist()
            if not _is_modest(entries, len(content)):
                return None
            names = {entry.filename for entry in entries}
            if _CONTENT_TYPES not in names or _is_active(names):
                return None
            if archive.getinfo(_CONTENT_TYPES).file_size > _MOST_TYPES:
                return None
            with archive.open(_CONTENT_TYPES) as listed:
                types = listed.read(_MOST_TYPES + 1)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, ValueError, OSError, EOFError, KeyError,
            NotImplementedError, RuntimeError, zlib.error):  # fmt: skip
        return None
    if b"macroenabled" in types.lower():
        return None
    return next(
        (known for known, part, main in _MAIN_PARTS if part in names and main in types), None
    )


def _is_modest(entries: list[zipfile.ZipInfo], packed: int) -> bool:
    unpacked = sum(entry.file_size for entry in entries)
    return (
        len(entries) <= MOST_ENTRIES
        and unpacked <= MOST_UNPACKED
        and unpacked <= packed * MOST_RATIO
        and not any(entry.flag_bits & _ENCRYPTED for entry in entries)
    )


def _is_active(names: set[str]) -> bool:
    return any(sign in name.lower() for name in names for sign in _ACTIVE)


def _is_text(content: bytes) -> bool:
    """UTF-8 without control characters that does not begin like a page or a program."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    start = text[:200].lstrip().lower()
    if not start or start.startswith(_SIGNS_OF_PROGRAMS):
        return False
    return not any(ord(char) < ord(" ") and char not in "\t\r\n\f" for char in text)
