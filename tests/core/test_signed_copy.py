"""The signed copy: what a form says of it, which copy counts, until when one is awaited."""

from datetime import UTC, date, datetime, timedelta

import pytest

from server.core.attachment import Attachment, AttachmentKind
from server.core.event import Event
from server.core.signed_copy import SignedCopyRule, awaited_until, copies_since

FRIDAY = datetime(2025, 1, 24, 3, tzinfo=UTC)
LATER = SignedCopyRule.of("P5D")


def event(name: str, attachment: str = "") -> Event:
    details = {"attachment": attachment} if attachment else {}
    return Event("e", "submission/1", 1, f"submission.{name}", "clerk", FRIDAY, details, "", "")


def copy(name: str, kind: AttachmentKind = AttachmentKind.SIGNED_COPY, *, removed: bool = False):
    gone = FRIDAY if removed else None
    return Attachment(
        name, "1", "", kind, f"{name}.pdf", "application/pdf", 9, name, "clerk", FRIDAY,
        removed_at=gone,
    )  # fmt: skip


ADDED, SENT, SIGNED = event("attachment_added", "a"), event("send"), event("sign")


@pytest.mark.parametrize(
    ("history", "attached", "found"),
    [
        ([ADDED], [copy("a")], ["a"]),
        ([ADDED, SENT], [copy("a")], []),
        ([ADDED, SENT, event("return"), event("attachment_added", "b")],
         [copy("a"), copy("b")], ["b"]),
        ([ADDED], [copy("a", removed=True)], []),
        ([ADDED], [copy("a", AttachmentKind.DOCUMENT)], []),
        ([], [copy("a")], []),
    ],
)  # fmt: skip
def test_only_a_copy_of_this_edition_counts(history, attached, found):
    assert [one.id for one in copies_since(attached, history)] == found


@pytest.mark.parametrize(
    ("rule", "history", "attached", "day"),
    [
        (LATER, [SENT], [], date(2025, 1, 31)),
        (LATER, [ADDED, SENT], [copy("a")], None),
        (LATER, [SENT, ADDED], [copy("a")], None),
        (LATER, [ADDED, SENT, event("return"), SENT], [copy("a")], date(2025, 1, 31)),
        (LATER, [SIGNED], [], None),
        (LATER, [SENT, event("return"), SIGNED], [], None),
        (LATER, [], [], None),
        (SignedCopyRule.of("required"), [SENT], [], None),
        (SignedCopyRule.of("none"), [SENT], [], None),
        (SignedCopyRule.of(None), [SENT], [], None),
    ],
)
def test_a_copy_is_awaited_after_a_sending_without_one(rule, history, attached, day):
    assert awaited_until(rule, attached, history, set()) == day


def test_days_off_do_not_count():
    off = {date(2025, 1, 24) + timedelta(days=number) for number in range(3, 8)}  # Tết

    assert awaited_until(LATER, [], [SENT], off) == date(2025, 2, 7)
