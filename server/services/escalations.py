"""Reports that outlast the deadline of their state: those to whom it passes are told, once a stay.

That they may act is in the workflow (``escalate``) and holds without this; here they come to know.
The event row is the notice's source, so the report's history shows it too.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from server.core.access import SYSTEM
from server.core.ports import LOCAL, Clock, Transaction
from server.core.workflow_time import last_day, overdue, working_days
from server.services.review import Reviewer
from server.storage.escalations import EscalationStore
from server.storage.events import EventStore
from server.storage.submissions import SubmissionStore

ESCALATED = "submission.escalated"
_BATCH = 200


@dataclass(frozen=True, slots=True)
class Escalations:
    """Work of time."""

    store: EscalationStore
    submissions: SubmissionStore
    events: EventStore
    reviewer: Reviewer
    transaction: Transaction
    clock: Clock

    def tell_due(self) -> int:
        """Note every stay that has outlasted its deadline and was not told of; how many are new."""
        told = 0
        for submission_id in self._candidates():
            with self.transaction():
                told += self._tell(submission_id)
        return told

    def _candidates(self) -> Iterator[str]:
        """Reports that have been long enough in such a state, days off not counted."""
        now = self.clock.now()
        for workflow in self.reviewer.catalogue.every_workflow():
            for state in workflow.states.values():
                if state.deadline is None or state.escalate is None:
                    continue
                since, after = now - timedelta(days=working_days(state.deadline)), ""
                version = f"{workflow.code}/{workflow.version}"
                while found := self.store.untold(
                    version, [state.code], since, after=after, limit=_BATCH
                ):
                    yield from found
                    after = found[-1]

    def _tell(self, submission_id: str) -> bool:
        """Judged under the report's lock: it may have moved on since it was found."""
        self.submissions.hold(submission_id)
        submission = self.submissions.get(submission_id)
        workflow = self.reviewer.catalogue.workflow(
            submission.workflow, submission.workflow_version
        )
        state, since = workflow.states[submission.state], submission.state_since
        if state.deadline is None or state.escalate is None or since is None:
            return False
        began, holidays = since.astimezone(LOCAL).date(), self.reviewer.reference.holidays()
        if not overdue(state, began, self.clock.today(), holidays):
            return False
        now = self.clock.now()
        if not self.store.claim(submission_id, state.code, since, now):
            return False
        self.events.append(
            subject=f"submission/{submission_id}",
            name=ESCALATED,
            actor=SYSTEM.account,
            happened_at=now,
            details={
                "state": state.code,
                "since": began.isoformat(),
                "until": last_day(began, state.deadline, holidays).isoformat(),
            },
        )
        return True
