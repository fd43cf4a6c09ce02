"""What a workflow asks of whoever fires an event: its JSON Schema as fields, and their answers.

Apart from ``submission_events`` because the approval desk asks the same of approvers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from werkzeug.datastructures import FileStorage

from server.core.vietnamese import format_date, nfc
from server.core.vietnamese_numbers import DateUnclear, parse_date
from server.core.workflow_parts import FILE, file_fields
from server.services.supplied_files import SentFile
from server.web.submission_words import gettext as _

_PREFIX = "input-"
_LONG_TEXT = 200
_MOST = 10_000


@dataclass(frozen=True, slots=True)
class InputField:
    """One property of the schema as a field of the page."""

    name: str
    title: str
    kind: str  # text, long, date, choice, file
    required: bool
    value: str
    choices: tuple[tuple[str, str], ...] = ()
    max_length: int | None = None


def fields_of(schema: Mapping[str, object] | None, texts: Mapping[str, str]) -> list[InputField]:
    """The fields of *schema*, with what was typed before."""
    required = _required(schema)
    fields = []
    for key, declared in _properties(schema).items():
        longest = declared.get("maxLength")
        fields.append(
            InputField(
                name=f"{_PREFIX}{key}",
                title=str(declared.get("title", key)),
                kind=_kind(declared),
                required=key in required,
                value=texts.get(key, ""),
                choices=_choices(declared),
                max_length=longest if isinstance(longest, int) else None,
            )
        )
    return fields


def supplied_of(
    schema: Mapping[str, object] | None, posted: Mapping[str, str]
) -> tuple[dict[str, object], dict[str, str]]:
    """The values to hand to the workflow, and the texts as they were typed."""
    supplied: dict[str, object] = {}
    texts: dict[str, str] = {}
    for key, declared in _properties(schema).items():
        if _kind(declared) == "file":
            continue  # comes as a file beside the texts
        text = nfc(posted.get(f"{_PREFIX}{key}", "")[:_MOST]).strip()
        texts[key] = text
        if text:
            supplied[key] = _value(declared, text)
    return supplied, texts


def files_of(
    schema: Mapping[str, object] | None, sent: Mapping[str, FileStorage]
) -> dict[str, SentFile]:
    """The files that were sent for the fields that ask for one."""
    found = {}
    for key in file_fields(schema):
        file = sent.get(f"{_PREFIX}{key}")
        if file is not None and file.filename:
            found[key] = SentFile(file.filename, file.read())
    return found


def unread_of(schema: Mapping[str, object] | None, supplied: Mapping[str, object]) -> list[str]:
    """The properties whose text is no day, though the schema asks for one."""
    return [
        key
        for key, declared in _properties(schema).items()
        if _kind(declared) == "date" and key in supplied and not _is_day(supplied[key])
    ]


def messages_of(
    schema: Mapping[str, object] | None, texts: Mapping[str, str], errors: object
) -> list[dict[str, str]]:
    """What is wrong with which field, in words; the schema's own messages are English."""
    wrong = {
        str(error.get("path", "")).lstrip("/").split("/")[0]
        for error in (errors if isinstance(errors, Sequence) else ())
        if isinstance(error, Mapping)
    }
    found = []
    required = _required(schema)
    for key, declared in _properties(schema).items():
        title, text = str(declared.get("title", key)), texts.get(key, "")
        if _kind(declared) == "file":
            # A refused page keeps no file: it has to be chosen again, whatever else is wrong.
            if key not in wrong and not (wrong and key in required):
                continue
            message = _("%(title)s: chọn tệp PDF, ảnh, Word hoặc Excel.", title=title)
        elif key in required and not text:
            message = _("Nhập %(title)s.", title=title)
        elif key not in wrong:
            continue
        elif _kind(declared) == "date":
            message = _("%(title)s: nhập ngày/tháng/năm, như 05/01/2025.", title=title)
        elif len(text) < _whole(declared.get("minLength")):
            message = _(
                "%(title)s: nhập ít nhất %(count)s ký tự.",
                title=title,
                count=declared["minLength"],
            )
        elif "maxLength" in declared and len(text) > _whole(declared["maxLength"]):
            message = _(
                "%(title)s: nhập nhiều nhất %(count)s ký tự.",
                title=title,
                count=declared["maxLength"],
            )
        else:
            message = _("%(title)s: nội dung chưa đúng. Nhập lại.", title=title)
        found.append({"field": f"{_PREFIX}{key}", "message": message})
    return found


def _properties(schema: Mapping[str, object] | None) -> dict[str, Mapping[str, object]]:
    """The properties that a page can ask for; marks on cells are set in the figures."""
    declared = {} if schema is None else schema.get("properties", {})
    if not isinstance(declared, Mapping):
        return {}
    return {
        str(key): part
        for key, part in declared.items()
        if isinstance(part, Mapping) and part.get("type") in ("string", "boolean", "integer")
    }


def _required(schema: Mapping[str, object] | None) -> frozenset[str]:
    declared = () if schema is None else schema.get("required", ())
    return frozenset(declared) if isinstance(declared, list | tuple) else frozenset()


def _kind(declared: Mapping[str, object]) -> str:
    if declared.get("format") in ("date", FILE):
        return "file" if declared["format"] == FILE else "date"
    if "enum" in declared or declared.get("type") == "boolean":
        return "choice"
    return "long" if _whole(declared.get("maxLength")) > _LONG_TEXT else "text"


def _choices(declared: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    if declared.get("type") == "boolean":
        return (("true", _("Có")), ("false", _("Không")))
    allowed, labels = declared.get("enum"), declared.get("x-labels")
    titles = labels if isinstance(labels, Mapping) else {}
    if not isinstance(allowed, list | tuple):
        return ()
    return tuple((str(value), str(titles.get(str(value), value))) for value in allowed)


def _value(declared: Mapping[str, object], text: str) -> object:
    if declared.get("format") == "date":
        try:
            return parse_date(text).isoformat()
        except DateUnclear:
            return text  # the schema refuses it, and the page says how to write a day
    if declared.get("type") == "boolean":
        return text == "true"
    if declared.get("type") == "integer" and text.isascii() and text.isdigit():
        return int(text)
    return text


def _is_day(value: object) -> bool:
    try:
        date.fromisoformat(str(value))
    except ValueError:
        return False
    return True


def shown_value(value: object) -> str:
    """A supplied value as history shows it."""
    if isinstance(value, str):
        try:
            return format_date(date.fromisoformat(value))
        except ValueError:
            return value
    return str(value)


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0
