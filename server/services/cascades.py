"""What is reopened with a report: the final reports that were summed from it, level by level.

Apart from ``approvals``, which carries the moves out; here is only the search for them. A sum that
is not final yet stays where it is: it shows that it is stale, and is not passed on like that.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from server.core.access import Actor
from server.core.shape import mapping
from server.core.workflow import Move
from server.errors import GuardFailed, NotFound, TransitionRefused
from server.services.review import Reviewer, SubmissionView
from server.storage.consolidations import ConsolidationStore
from server.storage.submissions import SubmissionStore


@dataclass(frozen=True, slots=True)
class Cascades:
    """Finds the reopenings that follow from one."""

    store: ConsolidationStore
    submissions: SubmissionStore
    reviewer: Reviewer

    def above(self, actor: Actor, child: str) -> Iterator[tuple[SubmissionView, Move]]:
        """Each final report that holds figures of *child*, held, with its own reopening.

        Raises:
            GuardFailed: one of them is not for *actor* to reopen.
        """
        found, waiting = {child}, [child]
        while waiting:
            for parent in self.store.parents_of(waiting.pop(0)):
                if parent in found:
                    continue
                found.add(parent)
                waiting.append(parent)
                self.submissions.hold(parent)
                kept = self.submissions.get(parent)
                workflow = self.reviewer.catalogue.workflow(kept.workflow, kept.workflow_version)
                if workflow.states[kept.state].final:
                    yield self._reopening(actor, parent)

    def _reopening(self, actor: Actor, parent: str) -> tuple[SubmissionView, Move]:
        kept = self.submissions.get(parent)
        try:
            view = self.reviewer.view(actor, kept)
            return view, view.workflow.fire(
                "reopen",
                state=kept.state,
                actor=actor.within(view.form.code),
                places=view.places,
                facts=view.facts,
                visit=view.visit,
            )
        except (NotFound, TransitionRefused):
            raise GuardFailed(guard="cascade", org_units=[kept.org_unit]) from None


def supplied_above(move: Move, given: Mapping[str, object]) -> dict[str, object]:
    """What the reopening of a sum takes over of what was supplied below: what it asks for too."""
    asked = {} if move.input is None else mapping(move.input["properties"])
    return {key: value for key, value in given.items() if key in asked}
