"""Reads a PDF back as a reader sees it: words with their places, fonts, attachments (poppler)."""

import subprocess
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

POINTS_PER_MILLIMETRE = 72 / 25.4
_SAME_LINE = 2.0  # points
XHTML = "{http://www.w3.org/1999/xhtml}"


@dataclass(frozen=True)
class Word:
    """One word; distances in millimetres from the left and from the top of the page."""

    text: str
    left: float
    right: float
    top: float
    bottom: float


@dataclass(frozen=True)
class Page:
    width: float
    height: float
    words: tuple[Word, ...]

    @property
    def lines(self) -> list[list[Word]]:
        """Words with one bottom edge, from left to right."""
        found: list[list[Word]] = []
        for word in sorted(self.words, key=lambda word: word.bottom):
            if (
                found
                and abs(found[-1][0].bottom - word.bottom) * POINTS_PER_MILLIMETRE < _SAME_LINE
            ):
                found[-1].append(word)
            else:
                found.append([word])
        return [sorted(line, key=lambda word: word.left) for line in found]

    def line_texts(self) -> list[str]:
        return [" ".join(word.text for word in line) for line in self.lines]


def pages(pdf: Path) -> list[Page]:
    document = ET.fromstring(_run("pdftotext", "-bbox", str(pdf), "-"))
    return [
        Page(
            width=_millimetres(page, "width"),
            height=_millimetres(page, "height"),
            words=tuple(
                Word(
                    text=word.text or "",
                    left=_millimetres(word, "xMin"),
                    right=_millimetres(word, "xMax"),
                    top=_millimetres(word, "yMin"),
                    bottom=_millimetres(word, "yMax"),
                )
                for word in page.iter(f"{XHTML}word")
            ),
        )
        for page in document.iter(f"{XHTML}page")
    ]


def plain_text(pdf: Path) -> str:
    return _run("pdftotext", "-raw", str(pdf), "-")


def fonts(pdf: Path) -> list[tuple[str, bool]]:
    """The name of each font and whether it is embedded."""
    rows = _run("pdffonts", str(pdf)).splitlines()[2:]
    return [(row.split()[0].split("+")[-1], row.split()[-5] == "yes") for row in rows]


def attachments_and_images(pdf: Path) -> list[str]:
    attached = _run("pdfdetach", "-list", str(pdf)).splitlines()
    images = _run("pdfimages", "-list", str(pdf)).splitlines()[2:]
    return [line for line in attached if not line.startswith("0 embedded files")] + images


def _millimetres(element: ET.Element, edge: str) -> float:
    return float(element.attrib[edge]) / POINTS_PER_MILLIMETRE


def _run(*command: str) -> str:
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    return done.stdout
