"""A definition written as JSON text the way the shipped files are, for people and for git.

Keys keep their order, what fits into a line stands in one, and whatever did not change keeps the
very characters that it had before, so that the difference of two files is the change and no more.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from json.decoder import JSONDecoder
from typing import Final

_WIDTH: Final = 118
_STEP: Final = 2
_SPACE: Final = " \t\n\r"
_DECODER: Final = JSONDecoder()
#: Depth, and the value as plain text; the same value at another depth is indented otherwise.
_Known = dict[tuple[int, str], str]


def written(document: Mapping[str, object], before: str = "") -> str:
    """The text of *document*; parts that stood in the text *before* are taken from there."""
    earlier = _Earlier(before)
    try:
        json.loads(before)
    except (ValueError, RecursionError):
        pass
    else:
        earlier.collect(_skipped(before, 0), 0, "")
    return _Writer(earlier.known, earlier.spread).text(document, 0, 0, "") + "\n"


class _Writer:
    def __init__(self, known: _Known, spread: set[str]) -> None:
        self._known, self._spread = known, spread

    def text(self, value: object, depth: int, used: int, path: str) -> str:
        """*used* are the characters that stand before it and must stand behind it in its line."""
        flat = _flat(value)
        if not isinstance(value, Mapping | list) or not value:
            return flat
        kept = self._known.get((depth, flat))
        if kept is not None:
            return kept
        if path not in self._spread and used + len(flat) <= _WIDTH:
            return flat
        if isinstance(value, Mapping):
            return self._object(value, depth, path)
        if all(not isinstance(item, Mapping | list) for item in value):
            return _filled(value, depth)
        return self._array(value, depth, path)

    def _object(self, value: Mapping[str, object], depth: int, path: str) -> str:
        inner, lines = " " * (_STEP * (depth + 1)), []
        for place, (key, held) in enumerate(value.items(), start=1):
            head = f"{inner}{_flat(key)}: "
            used = len(head) + (place < len(value))
            lines.append(head + self.text(held, depth + 1, used, f"{path}\n{key}"))
        return "{\n" + ",\n".join(lines) + "\n" + " " * (_STEP * depth) + "}"

    def _array(self, value: Sequence[object], depth: int, path: str) -> str:
        inner = " " * (_STEP * (depth + 1))
        lines = [
            inner
            + self.text(item, depth + 1, len(inner) + (place < len(value)), f"{path}\n{place - 1}")
            for place, item in enumerate(value, start=1)
        ]
        return "[\n" + ",\n".join(lines) + "\n" + " " * (_STEP * depth) + "]"


def _filled(items: Sequence[object], depth: int) -> str:
    """Plain values side by side, as many as a line holds."""
    inner, lines, line = " " * (_STEP * (depth + 1)), [], ""
    for place, item in enumerate(items, start=1):
        text = _flat(item) + ("," if place < len(items) else "")
        if line and len(inner) + len(line) + 1 + len(text) > _WIDTH:
            lines.append(inner + line)
            line = text
        else:
            line = f"{line} {text}" if line else text
    return "[\n" + "\n".join([*lines, inner + line]) + "\n" + " " * (_STEP * depth) + "]"


class _Earlier:
    """Each object and list of a text under its depth and value, and which of them span lines."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.known: _Known = {}
        self.spread: set[str] = set()

    def collect(self, at: int, depth: int, path: str) -> None:
        value, end = _DECODER.raw_decode(self._text, at)
        if not isinstance(value, dict | list) or not value:
            return
        own = self._text[at:end]
        self.known.setdefault((depth, _flat(value)), own)
        if "\n" in own:
            self.spread.add(path)
            for key, place in _members(self._text, at, isinstance(value, dict)):
                self.collect(place, depth + 1, f"{path}\n{key}")


def _members(text: str, at: int, named: bool) -> Iterator[tuple[str, int]]:
    """Key or number and start of each member of the container that begins at *at*."""
    place, number = _skipped(text, at + 1), 0
    while text[place] not in "}]":
        key = str(number)
        if named:
            key, place = _DECODER.raw_decode(text, place)
            place = _skipped(text, _skipped(text, place) + 1)  # past the colon
        yield key, place
        _, end = _DECODER.raw_decode(text, place)
        place, number = _skipped(text, end), number + 1
        if text[place] == ",":
            place = _skipped(text, place + 1)


def _skipped(text: str, at: int) -> int:
    while at < len(text) and text[at] in _SPACE:
        at += 1
    return at


def _flat(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
