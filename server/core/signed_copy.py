"""The signed paper of the paper path: whether a form wants its copy, and until which day.

``x-form.signedCopy`` says ``required`` (no sending without it), a duration such as ``P5D`` (it may
follow within so many working days) or ``none`` (not needed). A form that says nothing takes a copy
and asks for none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from server.core.attachment import Attachment, AttachmentKind
from server.core.calendar import DaysOff
from server.core.event import Event
from server.core.ports import LOCAL
from server.core.workflow_time import last_day

REQUIRED, NOT_NEEDED = "required", "none"
_SEALING = ("submission.sign", "submission.send")
_SENDING = "submission.send"


@dataclass(frozen=True, slots=True)
class SignedCopyRule:
    """What a form says of the signed copy; *within* is a duration in working days."""

    required: bool = False
    needed: bool = True
    within: str | None = None

    @classmethod
    def of(cls, declared: object) -> "SignedCopyRule":
        """The rule of ``x-form.signedCopy``.

        >>> SignedCopyRule.of("P5D").within, SignedCopyRule.of("required").required
        ('P5D', True)
        """
        if declared == REQUIRED:
            return cls(required=True)
        if declared == NOT_NEEDED:
            return cls(needed=False)
        return cls(within=None if declared is None else str(declared))


def copies_since(
    attached: Sequence[Attachment], history: Sequence[Event], *, before_last: bool = False
) -> list[Attachment]:
    """The signed copies that were attached after the last sending, or the one before it.

    The paper of an edition that was returned is no proof of the next one.
    """
    sealed = [place for place, event in enumerate(history) if event.name in _SEALING]
    if before_last:
        sealed = sealed[:-1]
    first = sealed[-1] + 1 if sealed else 0
    added = {
        event.details.get("attachment")
        for event in history[first:]
        if event.name == "submission.attachment_added"
    }
    return [
        one
        for one in attached
        if one.kind is AttachmentKind.SIGNED_COPY and one.removed_at is None and one.id in added
    ]


def awaited_until(
    rule: SignedCopyRule,
    attached: Sequence[Attachment],
    history: Sequence[Event],
    calendar: DaysOff,
) -> date | None:
    """The last day in time of a copy that is still to follow; None where none is awaited."""
    sealed = [event for event in history if event.name in _SEALING]
    if rule.within is None or not sealed or sealed[-1].name != _SENDING:
        return None
    if copies_since(attached, history, before_last=True):
        return None
    sent_on = sealed[-1].happened_at.astimezone(LOCAL).date()
    return last_day(sent_on, rule.within, calendar)
