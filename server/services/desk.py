"""One report opened for a decision: everything the desk shows of it, read once.

Against two things it is compared: what was sent before (an edition may be chosen), and what the
unit sent for the period before.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from server.core.access import Actor
from server.core.answer_changes import same
from server.core.answers import diff, seal
from server.core.difference import (
    changed_results,
    from_period,
    incomparable,
    without_sealing,
)
from server.core.event import Event
from server.core.personal import mask_changes
from server.core.submission import Change, Revision
from server.services.masking import masked, masked_revision, note_look
from server.services.review import Reviewer, SubmissionView
from server.storage.events import EventStore
from server.storage.submissions import SubmissionStore

_NO_CHANGES: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Opened:
    """A report with its differences, as the reader may see it.

    *sent* are the changed cells since edition *since* (none on a first sending), *period* those
    that differ from the period before; the results are cells that the server calculated. Blocks
    that are *incomparable* have no lines in common with the period before.
    """

    view: SubmissionView
    events: tuple[Event, ...]
    since: int | None
    before: Revision | None
    sent: tuple[Change, ...] = ()
    sent_results: tuple[Change, ...] = ()
    period: tuple[Change, ...] = ()
    period_results: tuple[Change, ...] = ()
    meanwhile: tuple[Change, ...] = ()
    incomparable: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Desk:
    """Use cases of the page on which a report is decided."""

    submissions: SubmissionStore
    events: EventStore
    reviewer: Reviewer

    def opened(
        self,
        actor: Actor,
        submission_id: str,
        *,
        since: int | None = None,
        seen_change: int | None = None,
    ) -> Opened:
        """The report with what changed since edition *since*, by default the one before.

        *seen_change* is the newest changed cell that an earlier page knew of: ``meanwhile`` is
        what was changed after it. ``NotFound`` when the report is out of scope.
        """
        submission = self.submissions.get(submission_id)
        view = self.reviewer.view(actor, submission)
        note_look(actor, view)
        events = tuple(self.events.of(f"submission/{submission_id}"))
        # What left the unit is sealed as the newest sending: compare it with the one before.
        usual = submission.revision - 1 if view.state.sent else submission.revision
        number = since if since is not None and 1 <= since <= submission.revision else usual
        if view.form.kind == "survey":
            return Opened(masked(view), events, None, None)
        before = self.reviewer.edition(view, number) if number >= 1 else None
        now = _now(view)
        sent, sent_results = _NO_CHANGES, _NO_CHANGES
        if before is not None:
            since_then = diff(view.form, before.answers, before.statuses, *now)
            sent = without_sealing(view.form, since_then, before.statuses)
            sent_results = changed_results(view.form, before.computed, view.verdict.computed)
        period, period_results = _NO_CHANGES, _NO_CHANGES
        strange: frozenset[str] = frozenset()
        if view.previous is not None:
            earlier = (view.previous.answers, view.previous.statuses)
            strange = incomparable(view.form, earlier[0], now[0])
            period = from_period(view.form, earlier, now, strange)
            period_results = changed_results(
                view.form, view.previous.computed, view.verdict.computed, strange
            )
        meanwhile = _NO_CHANGES if seen_change is None else self._after(submission_id, seen_change)

        def shown(changes: Sequence[Change]) -> tuple[Change, ...]:
            return tuple(changes) if view.personal else mask_changes(view.form, tuple(changes))

        if before is not None and not view.personal:
            before = masked_revision(view.form, before)
        return Opened(
            view=masked(view),
            events=events,
            since=None if before is None else number,
            before=before,
            sent=shown(sent),
            sent_results=shown(sent_results),
            period=shown(period),
            period_results=shown(period_results),
            meanwhile=shown(meanwhile),
            incomparable=strange,
        )

    def newest_change(self, submission_id: str) -> int:
        """The number of the newest changed cell of a report; 0 when none was changed."""
        return self.submissions.newest_change(submission_id)

    def _after(self, submission_id: str, number: int) -> tuple[Change, ...]:
        """Each cell that was changed after that change: what it was then, what it is now."""
        found: dict[str, Change] = {}
        for kept in self.submissions.changes(submission_id, after=number):
            change = kept.change
            first = found.get(change.path)
            old = change.old if first is None else first.old
            found[change.path] = Change(change.path, old, change.new, change.status)
        return tuple(change for change in found.values() if not same(change.old, change.new))


def _now(view: SubmissionView) -> tuple[dict[str, object], dict[str, str]]:
    """The draft as it would be sealed: sealing writes down what did not arise."""
    submission = view.submission
    if submission.nil:
        return dict(submission.answers), dict(submission.statuses)
    return seal(view.form, submission.answers, submission.statuses, view.period.end)
