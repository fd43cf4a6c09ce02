"""Judging definitions before they are published: forms, workflows, code lists.

Each stage rests on the one before: text, meta-schema, structure, meaning, the form's own tests.
A definition with faults in one stage is not asked about in the next, so that one slip does not
bury its author under what follows from it.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from server.core.definition_catalogue import (
    Installed,
    refuse_code_lists,
    refuse_indicators,
    refuse_retired_lists,
    refuse_settings,
)
from server.core.definition_elsewhere import refuse_elsewhere
from server.core.definition_expressions import refuse_each, refuse_meanings, refuse_unreadable
from server.core.definition_layout import refuse_layout
from server.core.definition_migration import refuse_migration
from server.core.definition_schema import refuse_by_schema
from server.core.definition_structure import (
    refuse_calculated_requirements,
    refuse_references,
    refuse_sizes,
    refuse_structure,
)
from server.core.definition_survey import refuse_feed_tests, refuse_survey
from server.core.definition_tests import refuse_tests
from server.core.definition_text import refuse_texts
from server.core.definition_workflow import refuse_workflow
from server.core.form import compile_form
from server.core.json_text import Document, JsonInvalid, read
from server.core.refusal import Refusal, Refusals
from server.core.shape import mapping, sequence

__all__ = [
    "Installed",
    "Refusal",
    "check_codelist",
    "check_form",
    "check_workflow",
    "read_definition",
]

_DAY: Final = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_CODE_LIST_SCHEMA: Final[Mapping[str, object]] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["code", "version", "title", "items"],
    "properties": {
        "$schema": {"type": "string"},
        "code": {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,63}$"},
        "version": {"type": "integer", "minimum": 1, "maximum": 9999},
        "title": {"type": "string", "minLength": 1, "maxLength": 300},
        "i18n": {"type": "object"},
        "source": {"type": "string"},
        "constructed": {"type": "boolean"},
        "items": {
            "type": "array",
            "minItems": 1,
            "maxItems": 5000,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["code", "title"],
                "properties": {
                    "code": {"type": "string", "pattern": "^[0-9a-z_]{1,64}$"},
                    "title": {"type": "string", "minLength": 1, "maxLength": 300},
                    "i18n": {"type": "object"},
                    "aliases": {"type": "array", "items": {"type": "string", "minLength": 1}},
                    "numbering2": {"type": "string"},
                    "numbering2Verified": {"type": "boolean"},
                    "minority": {"type": "boolean"},
                    "validFrom": {"type": "string", "pattern": _DAY},
                    "validTo": {"type": "string", "pattern": _DAY},
                },
            },
        },
    },
}


def check_form(text: str, installed: Installed) -> list[Refusal]:
    """Why the form definition *text* cannot be published; empty when it can."""

    def further(refusals: Refusals, source: Mapping[str, object]) -> None:
        refuse_references(refusals, source)
        if refusals:
            return
        refuse_structure(refusals, source)
        refuse_code_lists(refusals, source, installed)
        refuse_retired_lists(refusals, source, installed)
        refuse_unreadable(refusals, source)
        refuse_settings(refusals, source, installed)
        if refusals:
            return
        form = compile_form(source, installed.codelists)
        refuse_calculated_requirements(refusals, source, form.shape)
        refuse_indicators(refusals, source, form.shape, installed)
        refuse_sizes(refusals, source, form.shape)
        refuse_layout(refusals, source, form.shape)
        refuse_each(refusals, source, form.shape)
        if refusals:
            return
        refuse_elsewhere(refusals, source, form, installed)
        refuse_meanings(refusals, source, form)
        refuse_migration(refusals, source, form)
        refuse_survey(refusals, source, form, installed)
        if not refusals:
            refuse_tests(refusals, source, form)
            refuse_feed_tests(refusals, source, form)

    return _checked(text, installed.form_schema, further)


def check_workflow(text: str, installed: Installed) -> list[Refusal]:
    """Why the workflow *text* cannot be published; empty when it can."""
    return _checked(text, installed.workflow_schema, refuse_workflow)


def check_codelist(text: str) -> list[Refusal]:
    """Why the code list *text* cannot be published; empty when it can."""
    return _checked(text, _CODE_LIST_SCHEMA, _refuse_codes)


def _refuse_codes(refusals: Refusals, source: Mapping[str, object]) -> None:
    """A code that stands twice, has no such day, or ends before it begins."""
    seen: set[object] = set()
    for place, item in enumerate(sequence(source["items"])):
        code = mapping(item)["code"]
        if code in seen:
            message = f"code {code!r} stands twice in the list"
            refusals.add(f"/items/{place}/code", "duplicate-code", message, item=code)
        seen.add(code)
        first, last = (str(mapping(item).get(key, "")) for key in ("validFrom", "validTo"))
        for key, day in (("validFrom", first), ("validTo", last)):
            if day and not _is_day(day):
                message = f"there is no day {day}"
                refusals.add(f"/items/{place}/{key}", "not-a-day", message, day=day)
        if first and last and last < first:
            message = f"code {code!r} ends on {last}, before it begins on {first}"
            refusals.add(f"/items/{place}/validTo", "ends-before-begin", message, item=code)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _checked(
    text: str,
    schema: Mapping[str, object],
    further: Callable[[Refusals, Mapping[str, object]], None],
) -> list[Refusal]:
    document = read_definition(text)
    if isinstance(document, Refusal):
        return [document]
    refusals = Refusals(document)
    refuse_texts(refusals, document, text)
    refuse_by_schema(refusals, document.value, schema)
    if not refusals:
        further(refusals, mapping(document.value))
    return sorted(refusals.found, key=lambda refusal: (refusal.line, refusal.column))


def read_definition(text: str) -> Document | Refusal:
    """The document with the places of its values, or why it is no JSON."""
    try:
        return read(text, "")
    except JsonInvalid as fault:
        code = f"json-{fault.reason.replace('_', '-')}"
        message = f"not readable: {fault.reason.replace('_', ' ')}"
        return Refusal(fault.line, fault.path, code, message, fault.column)
