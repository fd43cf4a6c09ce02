"""Comments on cells and reports: written by those who have a part in the report, read by all
who may read it.

A comment changes no figure and no edit. It is an event of the report; its text stands with the
event's personal values, so that it can be erased without breaking the chain.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from server.core.access import Actor
from server.core.answer_paths import PathUnknown, place_of
from server.core.comment import (
    LONGEST,
    Comment,
    Mark,
    is_answered,
    marks_of,
    placed_now,
    side_of,
)
from server.core.personal import MASK, is_personal
from server.core.ports import Clock, NewId, Transaction
from server.core.submission import Submission
from server.core.vietnamese import nfc
from server.errors import AccessDenied, NotFound, RequestInvalid
from server.services.review import Reviewer, Surroundings
from server.storage.events import EventStore
from server.storage.submissions import SubmissionStore


@dataclass(frozen=True, slots=True)
class Thread:
    """What began a thread, a comment or the mark of a return, with the answers to it."""

    head: Comment | Mark
    answers: tuple[Comment, ...]
    is_open: bool

    @property
    def id(self) -> str:
        """What an answer names in ``answers_to``."""
        return self.head.id if isinstance(self.head, Comment) else self.head.event

    @property
    def path(self) -> str:
        return self.head.path


@dataclass(frozen=True, slots=True)
class Comments:
    """Use cases of the threads beside the cells."""

    submissions: SubmissionStore
    events: EventStore
    reviewer: Reviewer
    transaction: Transaction
    clock: Clock
    new_id: NewId

    def of(self, actor: Actor, submission_id: str) -> list[Comment]:
        """All comments of a report, the oldest first; ``NotFound`` when out of scope."""
        _, around = self._found(actor, submission_id)
        found = self._placed(submission_id)
        if actor.sees_personal(around.unit.id, around.above):
            return found
        return [
            replace(one, text=MASK) if one.path and is_personal(around.form, one.path) else one
            for one in found
        ]

    def threads(self, actor: Actor, submission_id: str) -> list[Thread]:
        """The threads of a report, those of its cells and its own, the oldest first.

        A mark stands open while its report waits for an answer: only the newest return's does.
        """
        comments = self.of(actor, submission_id)
        marks = marks_of(list(self.events.of(f"submission/{submission_id}")))
        heads: list[Comment | Mark] = [
            *marks,
            *(one for one in comments if one.answers_to is None),
        ]
        heads.sort(key=lambda head: head.written_at)
        return [_thread(head, comments) for head in heads]

    def may_write(self, actor: Actor, submission_id: str) -> bool:
        """Whether the actor has a part in the report."""
        submission, around = self._found(actor, submission_id)
        return self._side(actor, submission, around) is not None

    def write(
        self,
        actor: Actor,
        submission_id: str,
        *,
        text: str,
        path: str = "",
        answers_to: str | None = None,
    ) -> Comment:
        """Write about a cell, or about the report where *path* is empty.

        Raises:
            NotFound: no such report in scope, or no such thread to answer.
            RequestInvalid: a path that the form does not have, or no text, or too much of it.
            AccessDenied: the actor only reads this report.
        """
        with self.transaction():
            submission, around = self._found(actor, submission_id)
            if answers_to is not None:
                path = self._answered_path(submission_id, answers_to, path)
            if path and (around.form.kind == "survey" or place_of(around.form, path).cell is None):
                raise PathUnknown(path)  # a survey's return has no cells of its own
            written = _checked(text)
            side = self._side(actor, submission, around)
            if side is None:
                raise AccessDenied(action="comment")
            behalf = self._behalf(actor, submission, around)
            comment = Comment(
                id=self.new_id(),
                submission=submission_id,
                path=path,
                author=actor.account,
                side=side,
                written_at=self.clock.now(),
                text=written,
                answers_to=answers_to,
            )
            self.submissions.add_comment(comment)
            self.events.append(
                subject=f"submission/{submission_id}",
                name="submission.commented",
                actor=actor.account,
                happened_at=comment.written_at,
                details={
                    "comment": comment.id,
                    "path": path,
                    "answers_to": answers_to,
                    **behalf,
                },
                personal={"text": written},
            )
            return comment

    def resolve(self, actor: Actor, submission_id: str, comment_id: str) -> Comment:
        """Settle the thread that a comment began; a settled one stays as it is.

        Raises:
            NotFound: no such report in scope, or no such comment that begins a thread.
            AccessDenied: the actor only reads this report.
        """
        with self.transaction():
            submission, around = self._found(actor, submission_id)
            found = self._comment(submission_id, comment_id)
            if self._side(actor, submission, around) is None:
                raise AccessDenied(action="comment")
            behalf = self._behalf(actor, submission, around)
            now = self.clock.now()
            if self.submissions.resolve_comment(found.id, by=actor.account, at=now):
                self.events.append(
                    subject=f"submission/{submission_id}",
                    name="submission.comment_resolved",
                    actor=actor.account,
                    happened_at=now,
                    details={"comment": found.id, "path": found.path, **behalf},
                )
            return self._comment(submission_id, comment_id)

    def _found(self, actor: Actor, submission_id: str) -> tuple[Submission, Surroundings]:
        submission = self.submissions.get(submission_id)
        return submission, self.reviewer.around(actor, submission)

    def _placed(self, submission_id: str) -> list[Comment]:
        """The comments where their cells stand now: the form may have gone on."""
        history = list(self.events.of(f"submission/{submission_id}"))
        return placed_now(self.submissions.comments(submission_id), history)

    def _comment(self, submission_id: str, comment_id: str) -> Comment:
        for comment in self.submissions.comments(submission_id):
            if comment.id == comment_id and comment.answers_to is None:
                return comment
        raise NotFound(kind="comment")

    def _answered_path(self, submission_id: str, answers_to: str, path: str) -> str:
        """Where the answered thread stands; a return has one for each of its marks."""
        for comment in self._placed(submission_id):
            if comment.id == answers_to and comment.answers_to is None:
                return comment.path
        marked = [
            mark.path
            for mark in marks_of(list(self.events.of(f"submission/{submission_id}")))
            if mark.event == answers_to
        ]
        if path not in marked:
            raise NotFound(kind="comment")
        return path

    @staticmethod
    def _side(actor: Actor, submission: Submission, around: Surroundings) -> str | None:
        speaker = actor.within(around.form.code)
        return side_of(speaker, around.workflow, around.places, submission.org_unit)

    def _behalf(
        self, actor: Actor, submission: Submission, around: Surroundings
    ) -> dict[str, object]:
        """In whose name the actor speaks, for the event; nothing when in the actor's own."""
        if self._side(actor.handed_by(None), submission, around) is None:
            for principal in actor.principals:
                if self._side(actor.handed_by(principal), submission, around) is not None:
                    return {"on_behalf_of": principal}
        return {}


def _thread(head: Comment | Mark, comments: Sequence[Comment]) -> Thread:
    if isinstance(head, Comment):
        answers = [one for one in comments if one.answers_to == head.id]
        return Thread(head, tuple(answers), head.resolved_at is None)
    answers = [one for one in comments if one.answers_to == head.event and one.path == head.path]
    waits = head.last and bool(head.path) and not is_answered(head, list(comments))
    return Thread(head, tuple(answers), waits)


def _checked(text: str) -> str:
    """The text as it is kept: NFC, no space around it, of characters that can be read."""
    written = nfc(text.replace("\r\n", "\n")).strip()
    if not written:
        raise RequestInvalid(reason="text-missing", path="/text")
    if len(written) > LONGEST:
        raise RequestInvalid(reason="text-too-long", path="/text")
    if not all(letter.isprintable() or letter in "\n\t" for letter in written):
        raise RequestInvalid(reason="text-unreadable", path="/text")
    return written
