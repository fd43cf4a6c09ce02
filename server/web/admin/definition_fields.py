"""The attributes of a part of a definition as fields of a form, and what was posted of them.

A field is named by the keyword it stands for, with dots into the objects inside
(``x-i18n.en.title``). What a field does not show stays as it is, so the form view and the JSON
view can be used by turns.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any, Final

Choices = tuple[tuple[str, str], ...]
#: What stands in a text field for a value that is more than a word.
_JSON: Final = ("{", "[")
_DAYS: Final = re.compile(r"-?[0-9]{1,3}")
_ONLY_DAYS: Final = re.compile(r"(-?)P([0-9]{1,3})D")
_DURATION: Final = re.compile(
    r"-?P(?=[0-9])([0-9]{1,2}Y)?([0-9]{1,2}M)?([0-9]{1,2}W)?([0-9]{1,3}D)?"
)


@dataclass(frozen=True, slots=True)
class Field:
    """One attribute. *kind*: text, long, code, number, days, flag, choice, many or value.

    ``code`` is an expression, ``many`` a list of words, ``value`` a word or JSON, ``days`` a
    duration typed as a number of days. With *parts* it has a value for each of these keys, or,
    where it is *common*, one for all; a part of *filled* without its own value gets that one.
    """

    name: str
    label: str
    kind: str = "text"
    choices: Choices = ()
    hint: str = ""
    parts: Choices = ()
    common: str = ""
    filled: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ShownField:
    """A field with what the definition holds there, as text; several of ``many`` with choices.

    After a refusal the value is what was posted; *stands* is what another person wrote meanwhile.
    *parts* are the names, titles and values of the inputs of a field with parts.
    """

    field: Field
    value: str
    chosen: tuple[str, ...] = ()
    stands: str = ""
    parts: tuple[tuple[str, str, str], ...] = ()


class FieldsInvalid(ValueError):
    """A posted value is not what its field takes; the arguments are the field's label and name."""


def shown(fields: Sequence[Field], held: Mapping[str, Any], required: bool) -> list[ShownField]:
    """The fields with the values that stand there."""
    return [
        _shown(one, required if one.name == "required?" else _at(held, one.name)) for one in fields
    ]


def typed(fields: Sequence[ShownField], form: Any, *, late: bool) -> list[ShownField]:
    """The fields with what was posted in them; *late*: beside what stands there by now."""
    found = []
    for one in fields:
        name = one.field.name
        value = str(form.get(name, "")).replace("\r\n", "\n")
        chosen = tuple(form.getlist(name))
        if one.parts:
            parts = tuple((key, title, str(form.get(key, ""))) for key, title, _now in one.parts)
            now = "; ".join(f"{title}: {value}" for _key, title, value in one.parts if value)
            stands = now if late and parts != one.parts else ""
            found.append(ShownField(one.field, "", (), stands, parts))
            continue
        if one.field.kind == "many" and one.field.choices:
            value = " ".join(chosen)
        other = late and value.strip() != one.value.strip()
        found.append(ShownField(one.field, value, chosen, one.value if other else ""))
    return found


def posted(
    fields: Sequence[Field], held: Mapping[str, Any], form: Mapping[str, Any]
) -> dict[str, Any]:
    """The attributes of the operation ``set``: by keyword, None for what is to go.

    Raises:
        FieldsInvalid: a number is none, or JSON cannot be read.
    """
    changed: dict[str, Any] = {}
    for one in fields:
        before = _at(held, one.name)
        value = _by_part(one, before, form) if one.parts else _read(one, form)
        if one.name == "required?":
            changed[one.name] = bool(value)
            continue
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
    if one.kind == "days":
        return _duration(one, text)
    if one.kind == "many":
        return [word for word in text.replace(",", " ").split() if word]
    if one.kind == "value" and text.startswith(_JSON):
        try:
            return json.loads(text)
        except ValueError:
            raise FieldsInvalid(one.label, one.name) from None
    return text.replace("\r\n", "\n")


def _by_part(one: Field, before: Any, form: Mapping[str, Any]) -> Any:
    """One value for all, or by part; what has no input here stays."""
    inputs = {key: replace(one, name=f"{one.name}:{key}", parts=()) for key, _title in one.parts}
    read = {key: _read(own, form) for key, own in inputs.items()}
    own = {key: value for key, value in read.items() if value is not None}
    common = _read(replace(one, parts=()), form) if one.common else None
    if not own:
        return common
    kept = before if isinstance(before, Mapping) else {}
    found = {key: value for key, value in kept.items() if key not in read}
    if common is not None:
        own |= {key: common for key in one.filled if key not in own}
    order = [*kept, *(key for key in read if key not in kept)]
    return {key: {**found, **own}[key] for key in order if key in found or key in own}


def _duration(one: Field, text: str) -> str:
    """Days as the dialect writes them; who knows its own way may write that."""
    if _DURATION.fullmatch(text):
        return text
    if not _DAYS.fullmatch(text):
        raise FieldsInvalid(one.label, one.name.partition(":")[0])
    days = int(text)
    return f"{'-' if days < 0 else ''}P{abs(days)}D"


def _as_days(value: str) -> str:
    """A duration of days alone as their number; any other as it stands."""
    match = _ONLY_DAYS.fullmatch(value)
    return f"{match[1]}{int(match[2])}" if match else value


def _number(one: Field, text: str) -> int | float:
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        raise FieldsInvalid(one.label, one.name) from None
    if number != number or number in (float("inf"), float("-inf")):  # noqa: PLR0124 - NaN
        raise FieldsInvalid(one.label, one.name)
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
    if one.parts:
        return ShownField(one, "", parts=tuple(_parts(one, value)))
    if one.kind == "days" and isinstance(value, str):
        return ShownField(one, _as_days(value))
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


def _parts(one: Field, value: Any) -> Iterator[tuple[str, str, str]]:
    def told(held: Any) -> str:
        text = held if isinstance(held, str) else ""
        return _as_days(text) if one.kind == "days" else text

    own = value if isinstance(value, Mapping) else {}
    if one.common:
        yield one.name, one.common, told(value)
    for key, title in one.parts:
        yield f"{one.name}:{key}", title, told(own.get(key))
