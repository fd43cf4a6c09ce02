"""The fonts we ship can write Vietnamese: no letter falls back to another typeface."""

import unicodedata
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

FONTS = Path(__file__).parents[2] / "static" / "fonts"
SCREEN = [f"be-vietnam-pro-{weight}.woff2" for weight in (400, 500, 600, 700)]
PRINT = [f"tinos-{style}.ttf" for style in ("regular", "bold", "italic", "bold-italic")]
SCREEN_BYTES = 40_000
TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")


def vietnamese_letters() -> set[str]:
    """The 134 letters, small and capital, that Vietnamese has beyond ASCII."""
    vowels = {
        unicodedata.normalize("NFC", vowel + tone) for vowel in "aăâeêioôơuưy" for tone in TONES
    }
    return {
        letter
        for small in vowels | {"đ"}
        for letter in (small, small.upper())
        if not letter.isascii()
    }


def test_vietnamese_has_134_letters_beyond_ascii():
    assert len(vietnamese_letters()) == 134


@pytest.mark.parametrize("name", [*SCREEN, *PRINT])
def test_a_font_draws_every_vietnamese_letter(name):
    letters = {*vietnamese_letters(), *(chr(code) for code in range(0x20, 0x7F))}

    with TTFont(FONTS / name) as font:
        drawn = font.getBestCmap()

    assert {letter for letter in letters if ord(letter) not in drawn} == set()


@pytest.mark.parametrize("name", [*SCREEN, *PRINT])
def test_a_font_draws_the_signs_of_forms(name):
    with TTFont(FONTS / name) as font:
        drawn = font.getBestCmap()

    assert {sign for sign in "–—…“”‘’•·₫%‰×−≤≥≠±²³°" if ord(sign) not in drawn} == set()


@pytest.mark.parametrize("name", SCREEN)
def test_a_font_of_the_screen_is_small(name):
    assert (FONTS / name).stat().st_size < SCREEN_BYTES


@pytest.mark.parametrize("family", ["be-vietnam-pro", "tinos"])
def test_the_licence_lies_beside_the_font(family):
    assert "SIL OPEN FONT LICENSE" in (FONTS / f"{family}-OFL.txt").read_text().upper()
