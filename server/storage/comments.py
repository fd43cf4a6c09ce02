"""Comments kept: written once; a thread that is settled says so once."""

from datetime import datetime

from server.core.comment import Comment
from server.storage.database import Database
from server.storage.fields import instant, instant_of, instant_text

_COLUMNS = (
    "id, submission_id, path, author, side, written_at, text, answers_to, resolved_at, resolved_by"
)


class CommentStore:
    """The part of ``SubmissionStore`` that holds what people wrote to each other."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_comment(self, comment: Comment) -> None:
        """Keeps a comment."""
        self._database.run(
            f"INSERT INTO comment ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                comment.id,
                comment.submission,
                comment.path,
                comment.author,
                comment.side,
                instant_text(comment.written_at),
                comment.text,
                comment.answers_to,
                instant_text(comment.resolved_at),
                comment.resolved_by,
            ),
        )

    def comments(self, submission_id: str) -> list[Comment]:
        """The comments of a report in the order in which they were written."""
        rows = self._database.rows(
            f"SELECT {_COLUMNS} FROM comment WHERE submission_id = ? ORDER BY id", (submission_id,)
        )
        return [_comment(row) for row in rows]

    def resolve_comment(self, comment_id: str, *, by: str, at: datetime) -> bool:
        """Settles the thread that the comment began; false when it was settled before."""
        changed = self._database.run(
            "UPDATE comment SET resolved_at = ?, resolved_by = ?"
            " WHERE id = ? AND resolved_at IS NULL",
            (instant_text(at), by, comment_id),
        )
        return bool(changed)


def _comment(row: tuple) -> Comment:
    id_, submission, path, author, side, at, text, answers_to, resolved_at, resolved_by = row
    return Comment(
        id=id_,
        submission=submission,
        path=path,
        author=author,
        side=side,
        written_at=instant(at),
        text=text,
        answers_to=answers_to,
        resolved_at=instant_of(resolved_at),
        resolved_by=resolved_by,
    )
