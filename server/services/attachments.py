"""Files attached to reports and to their cells.

The bytes are on the disk before the row that names them is written. What is attached changes only
while the report can be filled; a sealed edition lists what was attached to it by digest.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from server.core.access import Actor
from server.core.answer_paths import place_of
from server.core.attachment import (
    Attachment,
    AttachmentKind,
    NameRefused,
    clean_name,
    type_of,
)
from server.core.ports import Clock, NewId, Transaction
from server.core.signed_copy import SignedCopyRule, awaited_until
from server.core.vietnamese import nfc
from server.core.workflow_parts import file_fields
from server.errors import (
    AccessDenied,
    AttachmentRefused,
    InputInvalid,
    NotFound,
    PartClosed,
    PeriodClosed,
    RequestInvalid,
    TransitionRefused,
)
from server.services.review import Reviewer, SubmissionView
from server.storage.attachments import AttachmentFiles, AttachmentStore
from server.storage.events import EventStore
from server.storage.submissions import SubmissionStore

_ORPHANS_LIVE = timedelta(days=1)
_SHORTEST_REASON = 5
_LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class AttachmentLimits:
    """What may be attached: bytes of one file, files of one report."""

    most_bytes: int
    most_per_report: int


@dataclass(frozen=True, slots=True)
class Attachments:
    """Use cases of attached files."""

    store: AttachmentStore
    files: AttachmentFiles
    submissions: SubmissionStore
    events: EventStore
    reviewer: Reviewer
    transaction: Transaction
    clock: Clock
    new_id: NewId
    limits: AttachmentLimits

    def list_(self, actor: Actor, submission_id: str) -> list[Attachment]:
        """What is attached to the report and to its cells now."""
        self.reviewer.reach(actor, self.submissions.get(submission_id))
        return self.store.of(submission_id)

    def get(self, actor: Actor, submission_id: str, attachment_id: str) -> Attachment:
        """One attachment that is there; ``NotFound`` for removed ones."""
        self.reviewer.reach(actor, self.submissions.get(submission_id))
        found = self.store.get(submission_id, attachment_id)
        if found.removed_at is not None:
            raise NotFound(kind="attachment")
        return found

    def file(self, found: Attachment) -> Path:
        """Where the bytes of an attachment stand; ``NotFound`` when the folder has lost them."""
        path = self.files.path(found.sha256)
        if not path.is_file():
            raise NotFound(kind="attachment-file")
        return path

    def add(
        self,
        actor: Actor,
        submission_id: str,
        content: bytes,
        *,
        name: str,
        path: str = "",
        kind: str = AttachmentKind.DOCUMENT,
    ) -> Attachment:
        """Attach a file; the same bytes at the same place again are the same attachment.

        Raises:
            AttachmentRefused: too large, too many, or no type that is taken.
            AccessDenied, PartClosed, TransitionRefused, PeriodClosed: not the actor's, or not now.
            PathUnknown: the form has nothing at *path*.
        """
        if kind not in set(AttachmentKind):
            raise RequestInvalid(reason="kind", path="/kind")
        self._addable(actor, submission_id, path, AttachmentKind(kind))
        if not content:
            raise _refusal("empty")
        if len(content) > self.limits.most_bytes:
            raise _refusal("too-large", most=self.limits.most_bytes)
        known = type_of(content)
        if known is None:
            raise _refusal("type")
        try:
            cleaned = clean_name(name, known)
        except NameRefused as refused:
            raise _refusal("ending", wanted=list(refused.wanted)) from None
        digest = self.files.put(content)
        with self.transaction():
            self.submissions.hold(submission_id)
            view = self._addable(actor, submission_id, path, AttachmentKind(kind))
            if AttachmentKind(kind) is AttachmentKind.SIGNED_COPY and not view.fills:
                raise AccessDenied(action="signed_copy")
            there = self.store.of(submission_id)
            for one in there:
                if (one.sha256, one.path, str(one.kind)) == (digest, path, kind):
                    return one
            if len(there) >= self.limits.most_per_report:
                raise _refusal("too-many", most=self.limits.most_per_report)
            added = Attachment(
                id=self.new_id(),
                submission=submission_id,
                path=path,
                kind=AttachmentKind(kind),
                name=cleaned,
                media_type=known.media_type,
                size=len(content),
                sha256=digest,
                added_by=actor.account,
                added_at=self.clock.now(),
            )
            self.store.add(added)
            self._record(actor, added, "attachment_added", {"kind": kind, "sha256": digest})
        # A sweep may have taken an old copy of the same bytes while its row was being written.
        self.files.put(content)
        return added

    def remove(self, actor: Actor, submission_id: str, attachment_id: str, reason: str) -> None:
        """Take a file off the report, with the reason; its row and bytes stay for the record."""
        text = nfc(reason).strip()
        with self.transaction():
            self.submissions.hold(submission_id)
            self.reviewer.reach(actor, self.submissions.get(submission_id))
            found = self.store.get(submission_id, attachment_id)
            if found.removed_at is not None:
                raise NotFound(kind="attachment")
            self._changeable(actor, submission_id, found.path)
            if not _SHORTEST_REASON <= len(text) <= _LONGEST_REASON:
                fault = {"path": "/reason", "code": "reason", "message": ""}
                raise InputInvalid(errors=[fault])
            now = self.clock.now()
            self.store.remove(found.id, by=actor.account, at=now, reason=text)
            told = {"sha256": found.sha256, "reason": text}
            self._record(actor, found, "attachment_removed", told)

    def copy_awaited_until(self, view: SubmissionView) -> date | None:
        """Until when the signed copy of what was sent on paper is to follow; None when it is not.

        It may come later as well: the day only says from when on it is late.
        """
        rule = SignedCopyRule.of(view.form.settings.get("signedCopy"))
        if rule.within is None or not view.state.sent:
            return None
        history = self.events.of(f"submission/{view.submission.id}")
        holidays = self.reviewer.reference.holidays()
        return awaited_until(rule, self.store.of(view.submission.id), history, holidays)

    def may_add_copy(self, view: SubmissionView) -> bool:
        """Whether the actor of *view* may attach the signed copy that is still to follow."""
        return view.fills and self.copy_awaited_until(view) is not None

    def may_change(self, view: SubmissionView) -> bool:
        """Whether the actor of *view* may attach files to the report now."""
        return view.editable and not view.obligation.is_shut(self.clock.today())

    def sweep(self) -> int:
        """Delete bytes older than a day that no row names; how many."""
        count = 0
        for path in self.files.old(_ORPHANS_LIVE):
            if not self.store.names_content(path.name):
                path.unlink(missing_ok=True)
                count += 1
        return count

    def _addable(
        self, actor: Actor, submission_id: str, path: str, kind: AttachmentKind
    ) -> SubmissionView:
        """The report, when *actor* may add such a file at *path*: while it is filled, or later.

        Later: the signed copy that is to follow, and a file that an open move asks its actor for.
        """
        view = self.reviewer.view(actor, self.submissions.get(submission_id))
        if not path and not view.state.editable:
            if kind is AttachmentKind.SIGNED_COPY and self.may_add_copy(view):
                return view
            if kind is AttachmentKind.DOCUMENT and any(
                file_fields(move.input) for move in view.moves
            ):
                return view
        return self._changeable(actor, submission_id, path)

    def _changeable(self, actor: Actor, submission_id: str, path: str) -> SubmissionView:
        """The report, when *actor* may change what is attached at *path*."""
        view = self.reviewer.view(actor, self.submissions.get(submission_id))
        if not (view.fills or view.hands.any):
            raise AccessDenied(action="attach")
        if not view.state.editable:
            raise TransitionRefused(event="attach", state=view.submission.state, never=False)
        if view.obligation.is_shut(self.clock.today()):
            raise PeriodClosed(state="closed")
        if path:
            place_of(view.form, path)
            if view.hands.locked(path):
                fault = {"path": path, "code": "part-closed", "message": ""}
                raise PartClosed(parts=[view.hands.key_of(path)], errors=[fault])
        return view

    def _record(
        self, actor: Actor, one: Attachment, name: str, details: Mapping[str, object]
    ) -> None:
        self.events.append(
            subject=f"submission/{one.submission}",
            name=f"submission.{name}",
            actor=actor.account,
            happened_at=self.clock.now(),
            details={"attachment": one.id, "path": one.path, **details},
        )


def _refusal(reason: str, **facts: object) -> AttachmentRefused:
    fault = {"path": "/file", "code": reason, "message": ""}
    return AttachmentRefused(reason=reason, errors=[fault], **facts)
