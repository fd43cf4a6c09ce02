"""JSON read with positions: every value of a definition file knows its line and column.

Apart from ``json_text``, the fast door for request bodies, which comes here only to name the
place of a fault. This reader is the reference: what it refuses, the door refuses.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf
from typing import Final, NoReturn

from server.core.json_numbers import Refused, floating, integer, significant_digits

MAX_DEPTH: Final = 64

_SPACE: Final = re.compile(r"[ \t\n\r]*+")
# Nothing follows the loop, so it never goes back; possessive groups of Python 3.11.2 end too late.
_STRING_BODY: Final = re.compile(
    r'[^"\\\x00-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*)*', re.ASCII
)
_ESCAPE: Final = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\."
)
_SHORT_ESCAPES: Final = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_FORBIDDEN: Final = re.compile("[\x00\ud800-\udfff]")
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_WORDS: Final = {"true": True, "false": False, "null": None}
_WORD: Final = re.compile(r"-?[A-Za-z]+")
_NOT_FINITE: Final = frozenset({"NaN", "Infinity", "-Infinity"})


class JsonInvalid(Exception):
    """A text that is no JSON, or JSON that this server refuses.

    ``reason`` is one of too_large, invalid_utf8, byte_order_mark, not_json, trailing_data,
    too_deep, duplicate_key, lone_surrogate, nul_character, not_finite, number_out_of_range,
    number_too_long, number_too_precise. ``line`` and ``column`` count characters from 1;
    ``path`` is a JSON Pointer to the value (or the member) at fault, or to where it would stand.
    """

    def __init__(self, reason: str, line: int, column: int, path: str, source: str = "") -> None:
        super().__init__(reason, line, column, path, source)
        self.reason = reason
        self.line = line
        self.column = column
        self.path = path
        self.source = source


class PatienceEnded(Exception):
    """The text holds more values than the reader was asked to look at."""


@dataclass(frozen=True, slots=True)
class Document:
    """A JSON text, its value, and where each part of it stands."""

    source: str
    value: object
    _places: dict[str, int] = field(repr=False)
    _line_starts: list[int] = field(repr=False)

    def position(self, path: str) -> tuple[int, int]:
        """Line and column of the member or value; of its nearest ancestor when it is missing."""
        parts = tokens(path)
        while (place := self._places.get(pointer(*parts))) is None:
            parts = parts[:-1]
        return locate(self._line_starts, place)

    def line(self, path: str) -> int:
        """The line of ``position``."""
        return self.position(path)[0]


def read(text: str, source: str) -> Document:
    """Reads a definition file, or raises ``JsonInvalid`` naming source, line, column and path.

    A member's position is that of its key; keys and strings are NFC.
    """
    reader = Reader(text, source=source, places={})
    value = reader.document()
    return Document(source, value, reader.places or {}, line_starts(text))


def pointer(*parts: str | int) -> str:
    """The JSON Pointer of these tokens, escaped."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def tokens(path: str) -> tuple[str, ...]:
    """The unescaped tokens of a JSON Pointer; ``ValueError`` when it is none."""
    if not path:
        return ()
    if not path.startswith("/") or re.search(r"~(?![01])", path):
        raise ValueError(f"not a JSON Pointer: {path!r}")
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in path[1:].split("/"))


def line_starts(text: str) -> list[int]:
    """The offset of each line's first character."""
    return [0, *(found.end() for found in re.finditer("\n", text))]


def locate(starts: list[int], place: int) -> tuple[int, int]:
    """Line and column of an offset, both from 1."""
    line = bisect_right(starts, place)
    return line, place - starts[line - 1] + 1


class Reader:
    """One pass over one text, without recursion: depth is a limit, not a danger."""

    def __init__(
        self,
        text: str,
        *,
        source: str = "",
        max_depth: int = MAX_DEPTH,
        max_digits: int | None = None,
        patience: float = inf,
        places: dict[str, int] | None = None,
    ) -> None:
        self.text = text
        self.source = source
        self.max_depth = max_depth
        self.max_digits = max_digits
        self.patience = patience  # how many values to look at
        self.places = places  # None: nobody will ask, only a refusal's place matters
        self.at = 0
        self.open: list[dict[str, object] | list[object]] = []
        self.path: list[str | int] = []  # one token per open container: its current member

    def document(self) -> object:
        """The text's value, or ``JsonInvalid``."""
        if self.text.startswith("\ufeff"):
            self.refuse("byte_order_mark")
        self.skip_space()
        self.note(self.at)
        value, entered = self.value()
        root = value
        while entered or self.open:
            entered = self.step(entered)
        self.skip_space()
        if self.at < len(self.text):
            self.refuse("trailing_data")
        return root

    def step(self, first: bool) -> bool:
        """Reads up to the next member's value, or closes the container; True if one was opened."""
        container = self.open[-1]
        closer = "}" if isinstance(container, dict) else "]"
        self.skip_space()
        char = self.text[self.at : self.at + 1]
        if char == closer:
            self.at += 1
            self.open.pop()
            self.path.pop()
            return False
        if not first:
            if char != ",":
                self.refuse("not_json")
            self.at += 1
            self.skip_space()
        if isinstance(container, dict):
            key = self.member_key(container)
            value, entered = self.value()
            container[key] = value
        else:
            self.path[len(self.open) - 1] = len(container)
            self.note(self.at)
            value, entered = self.value()
            container.append(value)
        return entered

    def member_key(self, container: dict[str, object]) -> str:
        start = self.at
        level = len(self.open) - 1
        if self.text[start : start + 1] != '"':
            self.refuse("not_json", path=self.path[:level])
        key = self.string(self.path[:level])
        self.path[level] = key
        if key in container:
            self.refuse("duplicate_key", at=start)
        self.note(start)
        self.skip_space()
        if self.text[self.at : self.at + 1] != ":":
            self.refuse("not_json")
        self.at += 1
        self.skip_space()
        return key

    def value(self) -> tuple[object, bool]:
        """A scalar, or a container that was just opened (then the second is True)."""
        self.patience -= 1
        if self.patience < 0:
            raise PatienceEnded
        char = self.text[self.at : self.at + 1]
        if char == '"':
            return self.string(self.path), False
        if char and char in "{[":
            if len(self.open) >= self.max_depth:
                self.refuse("too_deep")
            container: dict[str, object] | list[object] = {} if char == "{" else []
            self.at += 1
            self.open.append(container)
            self.path.append("")
            return container, True
        if word := _WORD.match(self.text, self.at):
            if word[0] in _NOT_FINITE:
                self.refuse("not_finite")
            if word[0] not in _WORDS:
                self.refuse("not_json")
            self.at = word.end()
            return _WORDS[word[0]], False
        return self.number(), False

    def number(self) -> int | float:
        match = _NUMBER.match(self.text, self.at)
        if match is None:
            self.refuse("not_json")
        literal = match[0]
        convert: Callable[[str], int | float] = floating if match[1] or match[2] else integer
        try:
            value = convert(literal)
        except Refused as refused:
            self.refuse(refused.reason)
        if self.max_digits is not None and significant_digits(literal) > self.max_digits:
            self.refuse("number_too_precise")
        self.at = match.end()
        return value

    def string(self, path: list[str | int]) -> str:
        start = self.at
        body = _STRING_BODY.match(self.text, start + 1)
        end = body.end() if body else start + 1
        if self.text[end : end + 1] != '"':
            self.refuse("not_json", at=end, path=path)
        content = self.text[start + 1 : end]
        if "\\" in content:
            content = _ESCAPE.sub(_unescape, content)
        if fault := _FORBIDDEN.search(content):
            reason = "nul_character" if fault[0] == "\x00" else "lone_surrogate"
            self.refuse(reason, at=start, path=path)
        self.at = end + 1
        return content if content.isascii() else unicodedata.normalize("NFC", content)

    def skip_space(self) -> None:
        space = _SPACE.match(self.text, self.at)
        self.at = space.end() if space else self.at

    def note(self, place: int) -> None:
        if self.places is not None:
            self.places[pointer(*self.path)] = place

    def refuse(
        self, reason: str, at: int | None = None, path: list[str | int] | None = None
    ) -> NoReturn:
        line, column = locate(line_starts(self.text), self.at if at is None else at)
        where = pointer(*(self.path if path is None else path))
        raise JsonInvalid(reason, line, column, where, self.source)


def _unescape(escape: re.Match[str]) -> str:
    written = escape[0]
    if written[1] != "u":
        return _SHORT_ESCAPES.get(written[1], written[1])
    if len(written) > len("\\uFFFF"):
        high, low = int(written[2:6], 16), int(written[8:], 16)
        return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
    return chr(int(written[2:], 16))
