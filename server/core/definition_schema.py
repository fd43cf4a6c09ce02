"""Definitions against their meta-schema, by jsonschema, in words an author can act on."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.exceptions import best_match
from referencing import Registry

from server.core.json_text import pointer
from server.core.refusal import Refusals

_MOST: Final = 50
_CODES: Final = {
    "additionalProperties": "unknown-keyword",
    "unevaluatedProperties": "unknown-keyword",
    "required": "missing-keyword",
    "dependentRequired": "missing-keyword",
    "type": "wrong-type",
    "enum": "value-not-allowed",
    "const": "value-not-allowed",
    "pattern": "wrong-form",
    "propertyNames": "key-not-allowed",
    "contains": "entry-missing",
    "false schema": "unknown-keyword",
}
_LIMITS: Final = frozenset(
    {"minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "multipleOf"}
)
_SHOWN: Final = 80


def refuse_by_schema(refusals: Refusals, value: object, schema: Mapping[str, object]) -> None:
    """Add what the meta-schema says of *value*; nothing outside the schema is ever fetched."""
    validator = Draft202012Validator(dict(schema), registry=Registry())
    errors = sorted(_leaves(validator.iter_errors(value)), key=_place)
    told = [error for error in errors if error.validator != "unevaluatedProperties"]
    paths = [_place(error)[1] for error in told]
    for error in errors:
        place = _place(error)[1]
        # A keyword is also called unknown when only its value is wrong: then that is what to tell.
        if error.validator == "unevaluatedProperties" and any(
            path[: len(place)] == place for path in paths
        ):
            continue
        told.append(error)
    for error in list(dict.fromkeys(told))[:_MOST]:
        _refuse(refusals, error)


def _leaves(errors: Iterable[ValidationError]) -> Iterator[ValidationError]:
    """Errors of alternatives are replaced by the one that fits best."""
    for error in errors:
        best = best_match([error])
        yield error if best is None else best


def _place(error: ValidationError) -> tuple[int, tuple[str, ...]]:
    path = tuple(str(part) for part in error.absolute_path)
    return len(path), path


def _refuse(refusals: Refusals, error: ValidationError) -> None:
    keyword = str(error.validator)
    path = pointer(*error.absolute_path)
    if "propertyNames" in error.absolute_schema_path and isinstance(error.instance, str):
        name = error.instance
        message = f"key {_short(name)} is not allowed here"
        refusals.add(path + pointer(name), "key-not-allowed", message, key=name)
    elif keyword in ("additionalProperties", "unevaluatedProperties"):
        for name in _unexpected(error):
            message = f"unknown keyword {_short(name)}"
            refusals.add(path + pointer(name), "unknown-keyword", message, keyword=name)
    else:
        code = _CODES.get(keyword, "wrong-value")
        refusals.add(path, code, _reason(error, keyword), rule=keyword, **_facts(error, keyword))


def _unexpected(error: ValidationError) -> list[str]:
    instance: Any = error.instance
    # The message quotes the keys; which of them are unexpected is known to the validator alone.
    return [key for key in instance if repr(key) in error.message] or list(instance)[:1]


def _reason(error: ValidationError, keyword: str) -> str:
    if keyword == "false schema":
        return "this keyword is not allowed here"
    if keyword == "pattern":
        return f"{_short(error.instance)} does not have the form {error.validator_value}"
    if keyword == "enum":
        allowed = ", ".join(str(value) for value in error.validator_value)
        return f"{_short(error.instance)} is not one of: {allowed}"
    if keyword == "not":
        return f"{_short(error.instance)} is not allowed here"
    if keyword == "contains":
        return "at least one entry is missing that the meta-schema asks for"
    message: str = error.message
    return message if len(message) <= 3 * _SHOWN else f"{message[: 3 * _SHOWN]} ..."


def _facts(error: ValidationError, keyword: str) -> dict[str, object]:
    """What the meta-schema asks for, for whoever says it in another language."""
    wanted: Any = error.validator_value
    if keyword in ("required", "dependentRequired"):
        # One error for each missing key; its message alone says which one it is about.
        named = (
            wanted if keyword == "required" else [key for keys in wanted.values() for key in keys]
        )
        return {"key": next((key for key in named if repr(key) in error.message), "")}
    if keyword == "enum":
        return {"wanted": ", ".join(str(value) for value in wanted), "given": str(error.instance)}
    if keyword in ("const", "type", "pattern") or keyword in _LIMITS:
        told = ", ".join(wanted) if isinstance(wanted, list) else str(wanted)
        return {"wanted": told, "given": _short(error.instance)}
    return {}


def _short(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]} ..."
