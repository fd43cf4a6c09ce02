"""Vietnamese text: one stored form, one search key, one alphabetical order.

Apart from numbers and dates (``vietnamese_numbers``, offered here as well), because stores
and lists need only this. ``static/js/vietnamese.js`` is the twin: same names, same verdicts.
"""

import re
import unicodedata
from typing import Final

from server.core.vietnamese_numbers import (
    DateUnclear,
    NumberUnclear,
    format_date,
    format_number,
    format_percent,
    parse_date,
    parse_number,
    typed_day,
)

__all__ = [
    "DateUnclear",
    "NumberUnclear",
    "collation_key",
    "fold",
    "fold_unit_name",
    "format_date",
    "format_number",
    "format_percent",
    "nfc",
    "parse_date",
    "parse_number",
    "spelling_key",
    "typed_day",
]

# What word processors put in for the keys people press, and what nobody sees (both are lost
# in a search key). The eth looks like the capital Đ and stands in many old documents.
_SEARCH_ALIASES: Final = str.maketrans(
    {
        "đ": "d",
        "ð": "d",
        "ɖ": "d",
        "‐": "-",
        "‑": "-",
        "–": "-",
        "—": "-",
        "−": "-",
        "‘": "'",
        "’": "'",
        "“": '"',
        "”": '"',
        "\u00ad": None,
        "\u200b": None,
        "\u200c": None,
        "\u200d": None,
        "\u2060": None,
        "\ufeff": None,
    }
)
# Explicit, because `\s` is not the same set in Python and in JavaScript.
_SPACES: Final = re.compile("[ \t\n\r\f\v\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
# Only a lone vowel is spelled both ways (Sĩ/Sỹ, Lí/Lý, Quí/Quý); `tay` and `tai` are two words.
_FINAL_Y: Final = re.compile(r"(?<![a-z])((?:[bcdghklmnprstvx]+|qu))y(?![a-z])")

_TONES: Final = (
    "\u0300\u0309\u0303\u0301\u0323"  # huyền, hỏi, ngã, sắc, nặng: the dictionary's order
)
_LETTER_MARKS: Final = "\u0302\u0306\u031b"  # circumflex, breve and horn make another letter
_WORD: Final = re.compile(f"[a-zđ{_TONES}{_LETTER_MARKS}]+")

# Weights of the levels are printable ASCII, so that SQLite BINARY, PostgreSQL "C" and plain
# string comparison agree. "!" ends a level and is lower than every weight.
_LEVEL_END: Final = "!"
_PUNCTUATION: Final = " _-–—,;:!?.'‘’\"“”()[]{}@*/\\&#%`^+×<=>|~−$"
_ALPHABET: Final = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_PRIMARY: Final = {
    char: chr(ord('"') + place) for place, char in enumerate(f"{_PUNCTUATION}0123456789{_ALPHABET}")
}
_OTHER_LETTER: Final = "~"
_SECONDARY: Final = {mark: str(place) for place, mark in enumerate(_TONES, start=1)}
_OTHER_MARK: Final = "9"


def nfc(text: str) -> str:
    """The one form in which text is stored and compared."""
    return unicodedata.normalize("NFC", text)


def fold(text: str) -> str:
    """The search key: no diacritics, no case, ``đ`` as ``d``, runs of spaces as one."""
    lowered = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).lower())
    plain = "".join(char for char in lowered if unicodedata.category(char) != "Mn")
    return nfc(_SPACES.sub(" ", plain.translate(_SEARCH_ALIASES)).strip(" "))


def fold_unit_name(name: str) -> str:
    """The search key of a unit's name, in which ``Sỹ Bình`` and ``Sĩ Bình`` are one place."""
    return _FINAL_Y.sub(r"\1i", fold(name))


def spelling_key(text: str) -> str:
    """Case-blind with all diacritics, the tone moved to the word's end: ``hoà`` equals ``hòa``.

    Ranks hits: who types the diacritics wants the entries that have them first.
    """
    lowered = unicodedata.normalize("NFD", text.lower())
    return nfc(_SPACES.sub(" ", _WORD.sub(_tone_last, lowered)).strip(" "))


def collation_key(text: str) -> str:
    """A text whose plain order is the Vietnamese dictionary's: letters, then tones, then case."""
    primary: list[str] = []
    secondary: list[str] = []
    tertiary: list[str] = []
    for char in nfc(text):
        base, *marks = list(unicodedata.normalize("NFD", char))
        letter, tones = _letter_and_tones(base, marks)
        lower = letter.lower()
        if unicodedata.combining(base):  # a mark that found no letter to join
            secondary.append(_SECONDARY.get(base, _OTHER_MARK))
            continue
        if char == "\u00a0":
            lower = " "
        primary.append(_PRIMARY.get(lower) or f"{_OTHER_LETTER}{ord(lower[0]):06x}")
        secondary.append("0" + "".join(_SECONDARY.get(tone, _OTHER_MARK) for tone in tones))
        tertiary.append("0" if letter == lower else "1")
    levels = ("".join(primary), "".join(secondary).rstrip("0"), "".join(tertiary).rstrip("0"))
    return _LEVEL_END.join(levels)


def _tone_last(word: re.Match[str]) -> str:
    letters = "".join(char for char in word[0] if char not in _TONES)
    return letters + "".join(char for char in word[0] if char in _TONES)


def _letter_and_tones(base: str, marks: list[str]) -> tuple[str, list[str]]:
    """Puts back together what the alphabet counts as one letter: a with breve is ``ă``."""
    letter = base
    tones: list[str] = []
    for mark in marks:
        joined = unicodedata.normalize("NFC", letter + mark)
        if mark in _LETTER_MARKS and len(joined) == 1 and joined.lower() in _PRIMARY:
            letter = joined
        else:
            tones.append(mark)
    return letter, tones
