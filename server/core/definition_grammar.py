"""Where the parts of a form, a workflow and a code list stand, for comparing two of them.

A part is what one human act is about; the rest of an object are its attributes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True)
class Kind:
    """An object that an operation can be about, and the parts of it that are such themselves."""

    single: Mapping[str, "Kind"] = field(default_factory=dict)
    keyed: Mapping[str, "Kind"] = field(default_factory=dict)
    listed: Mapping[str, "Kind"] = field(default_factory=dict)


PART: Final = Kind()
ROW: Final = Kind(keyed={"properties": PART})
BLOCK: Final = Kind(keyed={"properties": ROW}, single={"items": ROW})
SECTION: Final = Kind(listed={"groups": PART})
FORM: Final = Kind(
    single={
        "x-form": PART,
        "x-layout": Kind(listed={"sections": SECTION}),
        "x-migrate": Kind(listed={"steps": PART}),
    },
    keyed={"properties": BLOCK, "$defs": ROW},
    listed={"x-checks": PART, "x-tests": PART, "x-tally": PART, "x-feeds": PART},
)
WORKFLOW: Final = Kind(keyed={"states": PART}, listed={"transitions": PART})
CODELIST: Final = Kind(listed={"items": PART})


def grammar_of(document: Mapping[str, object]) -> Kind:
    """The grammar that a definition follows, by its keys."""
    if "states" in document or "transitions" in document:
        return WORKFLOW
    if "properties" in document or "x-form" in document:
        return FORM
    return CODELIST
