"""Expression text to tokens: the words, numbers and quoted texts of the CEL profile.

Apart from the parser because the rules for letters, digits and escapes have nothing to do
with precedence. Every pattern is linear, so no text can make the reader hang.
"""

import math
import re
from typing import NamedTuple

MAX_LENGTH = 20_000

RESERVED = frozenset(
    [
        *("as", "break", "const", "continue", "else", "false", "for", "function", "if", "import"),
        *("in", "let", "loop", "namespace", "null", "package", "return", "true", "var", "void"),
        "while",
    ]
)
_LAST_CHARACTER = 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)

_TOKEN = re.compile(
    r"""(?P<space>(?:[ \t\r\n\f]|//[^\n]*)+)
    |(?P<number>(?:[0-9]+\.[0-9]+|\.[0-9]+|[0-9]+)(?:[eE][+-]?[0-9]+)?)
    |(?P<word>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<text>"(?:[^"\\\r\n]|\\[^\r\n])*"|'(?:[^'\\\r\n]|\\[^\r\n])*')
    |(?P<sign>&&|\|\||[=!<>]=|[-+*/%<>!?:.,()\[\]])""",
    re.VERBOSE,
)
_ESCAPE = re.compile(
    r"\\(?:[xX](?P<x>[0-9A-Fa-f]{2})|u(?P<u>[0-9A-Fa-f]{4})|U(?P<U>[0-9A-Fa-f]{8})"
    r"|(?P<octal>[0-3][0-7]{2})|(?P<plain>.))"
)
_PLAIN_ESCAPES = dict(zip("abfnrtv\\?\"'`", "\a\b\f\n\r\t\v\\?\"'`", strict=True))


class ExpressionInvalid(Exception):
    """The text is no expression of the profile. Facts: ``reason`` (a code), ``column`` (from 1)."""

    def __init__(self, *, reason: str, column: int) -> None:
        super().__init__(f"{reason} at column {column}")
        self.reason = reason
        self.column = column
        self.facts: dict[str, object] = {"reason": reason, "column": column}


class Token(NamedTuple):
    """One word of the text; *value* is the number or the unescaped text of a literal."""

    kind: str
    text: str
    start: int
    value: float | str = ""

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def tokens(text: str) -> list[Token]:
    """All tokens of *text*, closed by one of kind ``end``.

    >>> [token.text for token in tokens("a >= 1.5 // why")]
    ['a', '>=', '1.5', '']
    """
    if len(text) > MAX_LENGTH:
        raise ExpressionInvalid(reason="too-long", column=MAX_LENGTH + 1)
    found = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise ExpressionInvalid(reason="syntax", column=at + 1)
        kind, word = match.lastgroup or "", match.group()
        if kind == "number":
            found.append(Token(kind, word, at, _number(text, match)))
        elif kind == "text":
            found.append(Token(kind, word, at, _unescaped(word[1:-1], at + 1)))
        elif kind != "space":
            found.append(Token(kind, word, at))
        at = match.end()
    found.append(Token("end", "", len(text)))
    return found


def _number(text: str, match: re.Match[str]) -> float:
    # 5u and 0x1F are other types of CEL; here every number is a double.
    if re.match(r"[A-Za-z_]", text[match.end() : match.end() + 1]):
        raise ExpressionInvalid(reason="syntax", column=match.end() + 1)
    number = float(match.group())
    if not math.isfinite(number):
        raise ExpressionInvalid(reason="number-out-of-range", column=match.start() + 1)
    return number


def _unescaped(text: str, start: int) -> str:
    def character(match: re.Match[str]) -> str:
        plain = match["plain"]
        if plain is not None:
            if plain in _PLAIN_ESCAPES:
                return _PLAIN_ESCAPES[plain]
            raise ExpressionInvalid(reason="bad-escape", column=start + match.start() + 1)
        octal = match["octal"]
        code = int(octal, 8) if octal else int(match["x"] or match["u"] or match["U"], 16)
        # Half a surrogate pair is no character: UTF-8 and one of the engines refuse it.
        if code > _LAST_CHARACTER or code in _SURROGATES:
            raise ExpressionInvalid(reason="bad-escape", column=start + match.start() + 1)
        return chr(code)

    return _ESCAPE.sub(character, text) if "\\" in text else text
