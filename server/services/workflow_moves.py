"""Running reports of an earlier workflow version move to a newer one by its declared ``map``.

Apart from ``approvals``: nobody decides anything here, a report is only taken from one machine to
the same place of another. Reports that have come to an end stay where they are.
"""

from dataclasses import dataclass
from typing import Final

from server.core.access import SYSTEM, Actor, Right
from server.core.ports import Clock, Transaction
from server.core.workflow import State, Workflow
from server.errors import AccessDenied, Conflict, InputInvalid, Stale
from server.services.catalogue import Catalogue
from server.storage.events import EventStore
from server.storage.submissions import SubmissionStore

EVENT: Final = "submission.workflow_changed"
_BATCH: Final = 200


@dataclass(frozen=True, slots=True)
class StateMove:
    """The running reports in one state of the earlier version, and where they would go.

    *refused*: None, ``unmapped`` (the newer version has no state for them), ``sent`` or ``final``
    (the state there would say something else about what was sent or approved, which no map can
    bring about).
    """

    source: State
    target: State | None
    count: int
    refused: str | None


@dataclass(frozen=True, slots=True)
class MovePlan:
    """What moving would do, state by state; states without reports are left out."""

    workflow: Workflow
    earlier: int
    states: tuple[StateMove, ...]

    @property
    def count(self) -> int:
        return sum(one.count for one in self.states)

    @property
    def refused(self) -> tuple[StateMove, ...]:
        return tuple(one for one in self.states if one.refused is not None)


@dataclass(frozen=True, slots=True)
class MoveResult:
    """How many reports moved now, and how many are still on the earlier version."""

    moved: int
    left: int


@dataclass(frozen=True, slots=True)
class WorkflowMoves:
    """Use cases of moving. Built once, in ``server.app``."""

    catalogue: Catalogue
    submissions: SubmissionStore
    events: EventStore
    transaction: Transaction
    clock: Clock

    def plan(self, actor: Actor, code: str, version: int | None = None) -> MovePlan:
        """What moving to that version (the newest unless named) would do.

        Raises:
            InputInvalid: the version declares no map.
        """
        if actor != SYSTEM and not actor.may(Right.ADMINISTER):
            raise AccessDenied(action="move_workflow")
        workflow = self.catalogue.workflow(code, version)
        if workflow.map is None:
            missing = {"path": "/map", "code": "map-missing", "message": "no map is declared"}
            raise InputInvalid(errors=[missing])
        earlier = self.catalogue.workflow(code, workflow.map.version)
        counts = self.submissions.standing(f"{code}/{earlier.version}")
        return MovePlan(
            workflow,
            earlier.version,
            tuple(
                self._state_move(workflow, earlier, state, count)
                for state in earlier.states.values()
                if not state.final and (count := counts.get((code, earlier.version, state.code), 0))
            ),
        )

    def carry_out(
        self, actor: Actor, code: str, version: int | None = None, *, limit: int = 1000
    ) -> MoveResult:
        """Move what runs on the earlier version, one transaction and one event row a report.

        Asking again goes on where it stopped; a report that has moved is not moved twice, and one
        that somebody writes at the same moment is left for the next time.

        Raises:
            InputInvalid: the version declares no map.
            Conflict: reports stand in a state that the map leads nowhere; nothing is moved.
        """
        plan = self.plan(actor, code, version)
        if plan.refused:
            raise Conflict(kind="workflow_map", states=[one.source.code for one in plan.refused])
        states = [one.source.code for one in plan.states]
        moved, after = 0, ""
        earlier = f"{code}/{plan.earlier}"
        while moved < limit and (
            found := self.submissions.on_workflow(
                earlier, states, after=after, limit=min(_BATCH, limit - moved)
            )
        ):
            moved += sum(self._move(actor, plan, submission) for submission in found)
            after = found[-1]
        return MoveResult(moved, self.plan(actor, code, plan.workflow.version).count)

    def _state_move(
        self, workflow: Workflow, earlier: Workflow, source: State, count: int
    ) -> StateMove:
        code = workflow.moved_state(earlier.version, source.code)
        if code is None:
            return StateMove(source, None, count, "unmapped")
        target = workflow.states[code]
        refused = None
        if target.final:
            refused = "final"
        elif target.sent != source.sent:
            refused = "sent"
        return StateMove(source, target, count, refused)

    def _move(self, actor: Actor, plan: MovePlan, submission_id: str) -> bool:
        """Move one report; false when somebody else was here first."""
        try:
            with self.transaction():
                self.submissions.hold(submission_id)
                submission = self.submissions.get(submission_id)
                target = {
                    one.source.code: one.target.code
                    for one in plan.states
                    if one.target is not None
                }.get(submission.state)
                if submission.workflow_version != plan.earlier or target is None:
                    return False
                now = self.clock.now()
                self.submissions.change_workflow(
                    submission,
                    version=plan.workflow.version,
                    state=target,
                    by=actor.account,
                    at=now,
                )
                self.events.append(
                    subject=f"submission/{submission.id}",
                    name=EVENT,
                    actor=actor.account,
                    happened_at=now,
                    details={
                        "from": submission.state,
                        "to": target,
                        "edit": submission.edit,
                        "revision": submission.revision,
                        "workflow": f"{submission.workflow}/{plan.workflow.version}",
                        "workflow_before": f"{submission.workflow}/{plan.earlier}",
                    },
                )
        except Stale:
            return False
        return True
