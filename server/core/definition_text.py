"""Texts and patterns of definitions: read alike by every engine, and fooling nobody."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Final

from server.core.json_text import Document, pointer
from server.core.refusal import Refusals

#: Controls, bidirectional overrides, and characters nobody sees.
_UNSAFE: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
_ATOM: Final = re.compile(
    r"(?P<literal>[A-Za-z0-9 _/,:;@%#=&-]|\\[.()+*?/\[\]{}|^$\\-])"
    r"|\[(?P<members>(?:[A-Za-z0-9]-[A-Za-z0-9]|[A-Za-z0-9 _/.,:;@%#=&+*()]|\\[.\-\]\[\\])+)\]"
)
_QUANTIFIER: Final = re.compile(r"\{([0-9]{1,3})(?:,([0-9]{1,3}))?\}|\?")
_RANGE: Final = re.compile(r"([A-Za-z0-9])-([A-Za-z0-9])")
#: In how many ways the optional parts of a pattern may share a text among them.
_MOST_WAYS: Final = 100_000


def strings_in(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Every key and every text of a document with its pointer."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, held in value.items():
            yield path + pointer(key), key
            yield from strings_in(held, path + pointer(key))
    elif isinstance(value, list):
        for place, held in enumerate(value):
            yield from strings_in(held, f"{path}/{place}")


def refuse_texts(refusals: Refusals, document: Document, text: str) -> None:
    """Refuse characters that hide, and letters that are not composed (NFC)."""
    for path, held in strings_in(document.value):
        found = _UNSAFE.search(held)
        if found is not None:
            name = f"U+{ord(found[0]):04X}"
            refusals.add(
                path, "unsafe-character", f"character {name} is not allowed", character=name
            )
    for number, line in enumerate(text.split("\n"), start=1):
        if not unicodedata.is_normalized("NFC", line):
            refusals.add_at(number, 1, "not-nfc", "the text is not in Unicode form NFC")


def pattern_fault(pattern: str) -> str | None:
    """Why *pattern* is outside the subset on which all engines agree; None when it is inside.

    >>> pattern_fault("^[0-9]{5}$"), pattern_fault("[0-9]{5}")
    (None, 'it must be anchored: ^...$')
    """
    if not pattern.startswith("^") or not pattern.endswith("$") or len(pattern) < 3:  # noqa: PLR2004
        return "it must be anchored: ^...$"
    at, end, ways = 1, len(pattern) - 1, 1
    while at < end:
        atom = _ATOM.match(pattern, at, end)
        if atom is None:
            return f"{pattern[at]!r} at character {at + 1} is outside the safe subset"
        backwards = [
            found[0] for found in _RANGE.finditer(atom["members"] or "") if found[1] > found[2]
        ]
        if backwards:
            return f"the range {backwards[0]} runs backwards"
        at = atom.end()
        quantifier = _QUANTIFIER.match(pattern, at, end)
        if quantifier is not None:
            least = int(quantifier[1] or 0)
            most = int(quantifier[2] or quantifier[1] or 1)
            if most < least:
                return f"the quantifier {quantifier[0]} runs backwards"
            ways *= most - least + 1
            at = quantifier.end()
    return None if ways <= _MOST_WAYS else "its parts could share a text in too many ways"
