"""JSON at the door: strict reading of request bodies, canonical writing, digests.

Fast, because every saved cell passes here: the standard library's scanner does the work, and
the positional reader (``json_reader``, offered here as well) is asked only to name a fault.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from decimal import Decimal
from hashlib import sha256
from typing import Final, NoReturn

from server.core.json_numbers import Refused, floating, integer, significant_digits
from server.core.json_reader import (
    MAX_DEPTH,
    Document,
    JsonInvalid,
    PatienceEnded,
    Reader,
    line_starts,
    locate,
    pointer,
    read,
    tokens,
)

__all__ = [
    "MAX_BYTES",
    "MAX_DEPTH",
    "MAX_DIGITS",
    "Document",
    "JsonInvalid",
    "digest",
    "dumps",
    "loads",
    "pointer",
    "read",
    "tokens",
]

MAX_BYTES: Final = 10 * 1024 * 1024
MAX_DIGITS: Final = 15  # what a double, a spreadsheet and a browser can all hold exactly

_FORBIDDEN: Final = re.compile("[\x00\ud800-\udfff]")
_MARK: Final = "\ufeff"


# To name the place of a fault takes time in proportion to what stands before it; beyond so
# many values the body is hostile, and its sender gets the reason without the path.
_PATIENCE: Final = 100_000


def loads(text: str | bytes, *, max_depth: int = MAX_DEPTH, max_bytes: int = MAX_BYTES) -> object:
    """The value of a request body, or ``JsonInvalid``.

    Integers are ``int``, other numbers ``float`` with at most 15 significant digits, so that
    both are exact; strings and keys are NFC, and keys that NFC makes equal are duplicates.
    """
    decoded = _decoded(text, max_bytes)
    try:
        if decoded.startswith(_MARK):
            raise Refused("byte_order_mark")
        value: object = _DECODER.decode(decoded)
        _check_depth(value, max_depth)
        if "\\u" in decoded or not _is_plain(decoded):
            value = _cleaned(value)
    except (Refused, RecursionError, json.JSONDecodeError) as fault:
        return _read_closely(decoded, max_depth, fault)
    return value


def dumps(value: object) -> str:
    """Canonical JSON (RFC 8785): sorted keys, no spaces, NFC not touched, equal numbers alike.

    ``ValueError`` for what JSON cannot hold exactly: NaN, or a Decimal beyond a double.
    """
    try:
        return _ENCODER.encode(_canonical(value))
    except _Tiny:
        return _spelled(value)


def digest(value: object) -> str:
    """SHA-256 of the canonical JSON, in hex."""
    return sha256(dumps(value).encode()).hexdigest()


def _decoded(text: str | bytes, max_bytes: int) -> str:
    if isinstance(text, str):
        # A character has at least one byte, so most texts need no encoding to be measured.
        if len(text) > max_bytes or (
            len(text) * 4 > max_bytes and len(text.encode("utf-8", "surrogatepass")) > max_bytes
        ):
            raise JsonInvalid("too_large", 1, 1, "")
        return text
    if len(text) > max_bytes:
        raise JsonInvalid("too_large", 1, 1, "")
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError as fault:
        before = text[: fault.start].decode("utf-8")
        line, column = locate(line_starts(before), len(before))
        raise JsonInvalid("invalid_utf8", line, column, "") from None


def _read_closely(text: str, max_depth: int, fault: Exception) -> object:
    """Names the place of the fault. The reader decides: if it finds none, there is none."""
    reader = Reader(text, max_depth=max_depth, max_digits=MAX_DIGITS, patience=_PATIENCE)
    try:
        return reader.document()
    except PatienceEnded:
        line, column, reason = 1, 1, "too_deep"
        if isinstance(fault, Refused):
            reason = fault.reason
        elif isinstance(fault, json.JSONDecodeError):
            line, column = fault.lineno, fault.colno
            reason = "trailing_data" if fault.msg == "Extra data" else "not_json"
        raise JsonInvalid(reason, line, column, "") from None


def _is_plain(text: str) -> bool:
    """True when no string of the text can need NFC or hide a surrogate (parts of NFC are NFC)."""
    return text.isascii() or (
        unicodedata.is_normalized("NFC", text) and not _FORBIDDEN.search(text)
    )


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Refused("duplicate_key")
    return members


def _integer(literal: str) -> int:
    if len(literal) > MAX_DIGITS and significant_digits(literal) > MAX_DIGITS:
        raise Refused("number_too_precise")
    return integer(literal)


def _floating(literal: str) -> float:
    if len(literal) > MAX_DIGITS and significant_digits(literal) > MAX_DIGITS:
        raise Refused("number_too_precise")
    return floating(literal)


def _constant(_: str) -> NoReturn:
    raise Refused("not_finite")


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_int=_integer,
    parse_float=_floating,
    parse_constant=_constant,
)


def _check_depth(value: object, max_depth: int) -> None:
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(max_depth):
        if not level:
            return
        level = [
            child
            for container in level
            for child in _children(container)
            if isinstance(child, dict | list)
        ]
    if level:
        raise Refused("too_deep")


def _children(container: dict[str, object] | list[object]) -> Iterable[object]:
    return container.values() if isinstance(container, dict) else container


def _cleaned(value: object) -> object:
    """The same value in NFC; at most ``max_depth`` deep, so recursion is safe."""
    if isinstance(value, str):
        if fault := _FORBIDDEN.search(value):
            raise Refused("nul_character" if fault[0] == "\x00" else "lone_surrogate")
        return unicodedata.normalize("NFC", value)
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    if isinstance(value, dict):
        return _object([(str(_cleaned(key)), _cleaned(item)) for key, item in value.items()])
    return value


_ENCODER: Final = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
)
#: Nearly everything that is written; exact types, because an enumeration is a ``str`` as well.
_AS_IT_IS: Final = frozenset({str, int, bool, type(None)})


#: Python writes smaller numbers with an exponent, RFC 8785 only those below a hundredth of it.
_TINY: Final = 1e-4
_PLAIN_FROM: Final = 1e-6


class _Tiny(Exception):
    """A number that the encoder would write otherwise than RFC 8785."""


def _spelled(value: object) -> str:
    """*value* with tiny numbers in it: rare enough to be written piece by piece."""
    if isinstance(value, Mapping):
        pairs = (f"{dumps(key)}:{_spelled(value[key])}" for key in sorted(value))
        return f"{{{','.join(pairs)}}}"
    if isinstance(value, list | tuple):
        return f"[{','.join(map(_spelled, value))}]"
    if isinstance(value, float | Decimal) and 0 < abs(float(value)) < _TINY:
        nearest = float(value)
        if isinstance(value, Decimal) and value != Decimal(repr(nearest)):
            raise ValueError(f"no exact JSON number: {value}")
        if abs(nearest) >= _PLAIN_FROM:
            return f"{Decimal(repr(nearest)):f}"
        mantissa, _, exponent = repr(nearest).partition("e")
        return f"{mantissa}e{int(exponent)}"
    return _ENCODER.encode(_canonical(value))


def _canonical(value: object) -> object:
    if type(value) in _AS_IT_IS:
        return value
    if isinstance(value, Decimal):
        nearest = float(value)
        if value != Decimal(repr(nearest)):
            raise ValueError(f"no exact JSON number: {value}")
        value = nearest
    if isinstance(value, float):
        if 0 < abs(value) < _TINY:
            raise _Tiny
        return int(value) if value.is_integer() else value
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise TypeError("keys of a JSON object are strings")
        return {
            key: item if type(item) in _AS_IT_IS else _canonical(item)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [_canonical(item) for item in value]
    return value
