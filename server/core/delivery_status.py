"""Mails that came back (RFC 3464): which of ours it was, and why it did not arrive."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.policy import compat32

_MESSAGE_ID = re.compile(r"<[^<>\s]{3,250}>")


@dataclass(frozen=True, slots=True)
class ReturnedMail:
    """One mail of ours that another server gave up."""

    message_id: str
    why: str


def read_returned_mail(content: bytes) -> ReturnedMail | None:
    """What a returned mail says; ``None`` for a notice of delay, or for any other mail."""
    message = message_from_bytes(content, policy=compat32)
    failed, why = False, ""
    for fields in _fields(message):
        if str(fields.get("Action", "")).strip().lower() == "failed":
            failed = True
            said = fields.get("Diagnostic-Code") or fields.get("Status") or "failed"
            why = why or " ".join(str(said).split())[:500]
    found = next(_original_ids(message), None) if failed else None
    return None if found is None else ReturnedMail(found, why)


def _fields(message: Message) -> Iterator[Message]:
    """The groups of fields of the machine-readable part, one for each recipient."""
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            groups = part.get_payload()
            if isinstance(groups, list):
                yield from (group for group in groups if isinstance(group, Message))


def _original_ids(message: Message) -> Iterator[str]:
    """Message-IDs of the mail that is returned, whole or only its headers."""
    for part in message.walk():
        if part.get_content_type() == "text/rfc822-headers":
            payload = part.get_payload(decode=True)
            inner = message_from_bytes(payload) if isinstance(payload, bytes) else None
        elif part.get_content_type() == "message/rfc822":
            inside = part.get_payload()
            first = inside[0] if isinstance(inside, list) and inside else None
            inner = first if isinstance(first, Message) else None
        else:
            continue
        if inner is not None:
            yield from _MESSAGE_ID.findall(str(inner.get("Message-ID", "")))[:1]
