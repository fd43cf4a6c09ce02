"""The attributes of a part of a definition as fields of a form, and what was posted of them.

A field is named by the keyword it stands for, with dots into the objects inside
(``x-i18n.en.title``). What a field does not show stays as it is, so the form view and the JSON
view can be used by turns.
"""

import json
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final

Choices = tuple[tuple[str, str], ...]
#: What stands in a text field for a value that is more than a word.
_JSON: Final = ("{", "[")


@dataclass(frozen=True, slots=True)
class Field:
    """One attribute. *kind*: text, long, code, number, flag, choice, many or value.

    ``code`` is an expression, ``many`` a list of words, ``value`` a word or JSON.
    """

    name: str
    label: str
    kind: str = "text"
    choices: Choices = ()
    hint: str = ""


@dataclass(frozen=True, slots=True)
class ShownField:
    """A field with what the definition holds there, as text; several of ``many`` with choices."""

    field: Field
    value: str
    chosen: tuple[str, ...] = ()


class FieldsInvalid(ValueError):
    """A posted value is not what its field takes; the argument is the field's label."""


def shown(fields: Sequence[Field], held: Mapping[str, Any], required: bool) -> list[ShownField]:
    """The fields with the values that stand there."""
    return [
        _shown(one, required if one.name == "required?" else _at(held, one.name)) for one in fields
    ]


def posted(
    fields: Sequence[Field], held: Mapping[str, Any], form: Mapping[str, Any]
) -> dict[str, Any]:
    """The attributes of the operation ``set``: by keyword, None for what is to go.

    Raises:
        FieldsInvalid: a number is none, or JSON cannot be read.
    """
    changed: dict[str, Any] = {}
    for one in fields:
        value = _read(one, form)
        if one.name == "required?":
            changed[one.name] = bool(value)
            continue
        before = _at(held, one.name)
        # A limit of 0 stands and can be taken away; an empty text or list is as good as none.
        gone = value is None and not before and (type(before) is bool or before != 0)
        if gone or (value == before and type(value) is type(before)):
            continue
        top, _dot, inner = one.name.partition(".")
        if not inner:
            changed[top] = value
            continue
        whole = changed.get(top, deepcopy(held.get(top)))
        changed[top] = _with(whole if isinstance(whole, dict) else {}, inner, value)
    return changed


def _read(one: Field, form: Mapping[str, Any]) -> Any:
    if one.kind == "many" and one.choices:
        known = [value for value, _title in one.choices]
        return [value for value in known if value in form.getlist(one.name)] or None  # type: ignore[attr-defined]
    text = str(form.get(one.name, "")).strip()
    if one.kind == "flag":
        return True if text else None
    if not text:
        return None
    if one.kind == "number":
        return _number(one, text)
    if one.kind == "many":
        return [word for word in text.replace(",", " ").split() if word]
    if one.kind == "value" and text.startswith(_JSON):
        try:
            return json.loads(text)
        except ValueError:
            raise FieldsInvalid(one.label) from None
    return text.replace("\r\n", "\n")


def _number(one: Field, text: str) -> int | float:
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        raise FieldsInvalid(one.label) from None
    if number != number or number in (float("inf"), float("-inf")):  # noqa: PLR0124 - NaN
        raise FieldsInvalid(one.label)
    return int(number) if number.is_integer() else number


def _at(held: Mapping[str, Any], name: str) -> Any:
    value: Any = held
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _with(held: dict[str, Any], name: str, value: Any) -> dict[str, Any] | None:
    """*held* with the value inside; None when nothing is left of it."""
    top, _dot, inner = name.partition(".")
    if inner:
        below = held.get(top)
        value = _with(below if isinstance(below, dict) else {}, inner, value)
    if value is None:
        held.pop(top, None)
    else:
        held[top] = value
    return held or None


def _shown(one: Field, value: Any) -> ShownField:
    if one.kind == "many" and isinstance(value, list):
        words = tuple(str(item) for item in value)
        return ShownField(one, " ".join(words), words)
    if one.kind == "flag":
        return ShownField(one, "1" if value is True else "")
    if value is None:
        return ShownField(one, "")
    if isinstance(value, str):
        return ShownField(one, value)
    return ShownField(one, json.dumps(value, ensure_ascii=False))
