"""Moves that time makes: which reports may be due, and what happens to one that is.

Whether a report is due is decided under its lock, by ``Approvals``; here is only the search.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from server.core.calendar import DaysOff
from server.core.ports import LOCAL
from server.core.workflow import Move
from server.core.workflow_time import working_days
from server.services.review import Reviewer, SubmissionView
from server.storage.submissions import SubmissionStore

_BATCH = 200


@dataclass(frozen=True, slots=True)
class DueMove:
    """A move that time makes now, and what stands in its event row beside it."""

    move: Move
    given: Mapping[str, object]


def due_candidates(
    reviewer: Reviewer, submissions: SubmissionStore, now: datetime
) -> Iterator[str]:
    """Reports that have been long enough in a state which time may end, weekends not counted."""
    for workflow in reviewer.catalogue.every_workflow():
        for timed in workflow.timed:
            since, after = now - timedelta(days=working_days(timed.after)), ""
            version = f"{workflow.code}/{workflow.version}"
            while found := submissions.resting(
                version, timed.sources, since, after=after, limit=_BATCH
            ):
                yield from found
                after = found[-1]


def due_move(view: SubmissionView, today: date, calendar: DaysOff) -> DueMove | None:
    """What time does to the report now; None when its day has not come."""
    submission = view.submission
    if submission.state_since is None:
        return None
    timed = view.workflow.due(
        submission.state,
        since=submission.state_since.astimezone(LOCAL).date(),
        today=today,
        calendar=calendar,
        facts=view.facts,
        visit=view.visit,
    )
    if timed is None:
        return None
    move = Move(
        timed.event,
        submission.state,
        timed.target,
        timed.guards,
        None,
        transition=timed.number,
    )
    note = {} if timed.note is None else {"note": timed.note}
    return DueMove(move, note)
