"""The later life of a published definition: in force, superseded by a newer one, retired.

Nothing published is ever deleted; from the day after its last one nothing new begins with it.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final, Literal

#: What has a last day; a code list only as a whole.
RetiredKind = Literal["form", "workflow", "codelist"]
#: In the place of a version: the definition with all its versions.
WHOLE: Final = 0


class LifeState(StrEnum):
    """*ending*: its last day is said and has not passed."""

    IN_FORCE = "in_force"
    ENDING = "ending"
    SUPERSEDED = "superseded"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Retirement:
    """A decision on the last day of a definition (*version* ``WHOLE``) or of one version of it.

    The newest decision holds; one without *last_on* takes an earlier one back.
    """

    kind: str
    code: str
    version: int
    last_on: date | None
    reason: str
    decided_by: str
    decided_at: datetime


def ended(last_on: date | None, day: date) -> bool:
    return last_on is not None and day > last_on


def earlier(one: date | None, other: date | None) -> date | None:
    """The nearer end of two, where either is said."""
    said = [day for day in (one, other) if day is not None]
    return min(said, default=None)


def state_of(*, newest: bool, last_on: date | None, today: date) -> LifeState:
    """Of a version whose last day, its own or that of the whole, is *last_on*."""
    if ended(last_on, today):
        return LifeState.RETIRED
    if not newest:
        return LifeState.SUPERSEDED
    return LifeState.IN_FORCE if last_on is None else LifeState.ENDING
