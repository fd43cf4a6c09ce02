"""Notices: what happened that a person should know of, one for each person and event."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

#: Older ones are forgotten; the history of the report keeps what happened.
KEPT_FOR = timedelta(days=90)


class NoticeKind(StrEnum):
    """What happened, from the reader's side."""

    ARRIVED = "arrived"
    RETURNED = "returned"
    APPROVED = "approved"
    EXTENDED = "extended"
    CLOSED = "closed"
    REOPENED = "reopened"
    COMMENTED = "commented"
    OPENED = "opened"
    EXTENSION_ASKED = "extension_asked"
    EXTENSION_REFUSED = "extension_refused"
    REOPEN_ASKED = "reopen_asked"
    REOPEN_REFUSED = "reopen_refused"
    DATES_CHANGED = "dates_changed"
    ESCALATED = "escalated"
    FORM_CHANGED = "form_changed"
    REVIEW_ASKED = "review_asked"
    REVIEW_RETURNED = "review_returned"
    REVIEW_PUBLISHED = "review_published"


#: About a draft of a definition, not about a report.
OF_DEFINITIONS = frozenset(
    {NoticeKind.REVIEW_ASKED, NoticeKind.REVIEW_RETURNED, NoticeKind.REVIEW_PUBLISHED}
)


@dataclass(frozen=True, slots=True)
class Notice:
    """*facts* are codes and days (form, unit, period, who, until), never what a cell holds.

    Those about a definition have its kind, code, version, title and draft instead.
    """

    account: str
    event: str
    kind: NoticeKind
    submission: str | None
    created_at: datetime
    facts: Mapping[str, str] = field(default_factory=dict)
    read_at: datetime | None = None
    id: int = 0
