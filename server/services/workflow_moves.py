"""Running reports of earlier workflow versions move to a newer one by the declared maps.

Apart from ``approvals``: nobody decides anything here, a report is only taken from one machine to
the same place of another. Reports that have come to an end stay where they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from server.core.access import SYSTEM, Actor, Right
from server.core.ports import Clock, Transaction
from server.core.workflow import State, Workflow
from server.core.workflow_lineage import lineage, state_after
from server.errors import AccessDenied, Conflict, InputInvalid, Stale
from server.services.catalogue import Catalogue
from server.storage.events import EventStore
from server.storage.submissions import SubmissionStore

EVENT: Final = "submission.workflow_changed"
_BATCH: Final = 200


@dataclass(frozen=True, slots=True)
class StateMove:
    """The running reports in one state of an earlier version, and where they would go.

    *refused*: None, ``unmapped`` (the newer version has no state for them), ``sent`` or ``final``
    (the state there would say something else about what was sent or approved, which no map can
    bring about).
    """

    earlier: int
    source: State
    target: State | None
    count: int
    refused: str | None


@dataclass(frozen=True, slots=True)
class MovePlan:
    """What moving would do, state by state; states without reports are left out.

    *earlier*: the versions that maps lead from, the nearest first.
    """

    workflow: Workflow
    earlier: tuple[int, ...]
    states: tuple[StateMove, ...]

    @property
    def count(self) -> int:
        return sum(one.count for one in self.states)

    @property
    def refused(self) -> tuple[StateMove, ...]:
        return tuple(one for one in self.states if one.refused is not None)


@dataclass(frozen=True, slots=True)
class MoveResult:
    """How many reports moved now, and how many are still on an earlier version."""

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

    def plan(
        self, actor: Actor, code: str, version: int | None = None, *, earlier: int | None = None
    ) -> MovePlan:
        """What moving to that version (the newest unless named) would do.

        From every version that its map leads from, directly or over the maps of those between,
        or from *earlier* alone.

        Raises:
            InputInvalid: the version declares no map, or none leads from *earlier*.
        """
        if actor != SYSTEM and not actor.may(Right.ADMINISTER):
            raise AccessDenied(action="move_workflow")
        workflow = self.catalogue.workflow(code, version)
        versions = {one.version: one for one in self.catalogue.every_workflow() if one.code == code}
        ways = lineage(versions, workflow.version)
        if earlier is not None:
            ways = {number: way for number, way in ways.items() if number == earlier}
        if not ways:
            missing = {"path": "/map", "code": "map-missing", "message": "no map is declared"}
            raise InputInvalid(errors=[missing])
        counts = self.submissions.standing()
        return MovePlan(
            workflow,
            tuple(ways),
            tuple(
                _state_move(versions[number], state, count, way)
                for number, way in ways.items()
                for state in versions[number].states.values()
                if not state.final and (count := counts.get((code, number, state.code), 0))
            ),
        )

    def carry_out(
        self,
        actor: Actor,
        code: str,
        version: int | None = None,
        *,
        earlier: int | None = None,
        limit: int = 1000,
    ) -> MoveResult:
        """Move what runs on earlier versions, one transaction and one event row a report.

        Asking again goes on where it stopped; a report that has moved is not moved twice, and one
        that somebody writes at the same moment is left for the next time.

        Raises:
            InputInvalid: the version declares no map.
            Conflict: reports stand in a state that the map leads nowhere; nothing is moved.
        """
        plan = self.plan(actor, code, version, earlier=earlier)
        if plan.refused:
            raise Conflict(kind="workflow_map", states=[one.source.code for one in plan.refused])
        moved = 0
        for number in plan.earlier:
            moved += self._carry_out(actor, plan, number, limit - moved)
        left = self.plan(actor, code, plan.workflow.version, earlier=earlier)
        return MoveResult(moved, left.count)

    def _carry_out(self, actor: Actor, plan: MovePlan, earlier: int, limit: int) -> int:
        """Move at most *limit* reports of one earlier version; how many."""
        states = [one.source.code for one in plan.states if one.earlier == earlier]
        moved, after = 0, ""
        while moved < limit and (
            found := self.submissions.on_workflow(
                f"{plan.workflow.code}/{earlier}",
                states,
                after=after,
                limit=min(_BATCH, limit - moved),
            )
        ):
            moved += sum(self._move(actor, plan, submission) for submission in found)
            after = found[-1]
        return moved

    def _move(self, actor: Actor, plan: MovePlan, submission_id: str) -> bool:
        """Move one report; false when somebody else was here first."""
        try:
            with self.transaction():
                self.submissions.hold(submission_id)
                submission = self.submissions.get(submission_id)
                targets = {
                    (one.earlier, one.source.code): one.target.code
                    for one in plan.states
                    if one.target is not None
                }
                target = targets.get((submission.workflow_version, submission.state))
                if target is None:
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
                        "workflow_before": f"{submission.workflow}/{submission.workflow_version}",
                    },
                )
        except Stale:
            return False
        return True


def _state_move(earlier: Workflow, source: State, count: int, way: Sequence[Workflow]) -> StateMove:
    """Where *count* reports in a state of *earlier* would go at the end of *way*."""
    code = state_after(earlier.version, source.code, way)
    if code is None:
        return StateMove(earlier.version, source, None, count, "unmapped")
    target = way[-1].states[code]
    refused = None
    if target.final:
        refused = "final"
    elif target.sent != source.sent:
        refused = "sent"
    return StateMove(earlier.version, source, target, count, refused)
