"""Parts follow the dated owner: whoever a decree puts in an office's place finds its open work.

A part is of the owner of the period's last day. Where that owner is declared after the report was
started, the part that was written down goes over; who handed it in or waived it stays written.
"""

from dataclasses import dataclass

from server.core.access import Actor
from server.core.period import Period
from server.core.ports import Clock
from server.services.reference import Reference
from server.storage.events import EventStore
from server.storage.parts import PartStore


@dataclass(frozen=True, slots=True)
class PartOwners:
    """Used where owners are declared, inside that transaction."""

    parts: PartStore
    reference: Reference
    events: EventStore
    clock: Clock

    def follow(self, actor: Actor, code: str) -> int:
        """Give the parts of the owner *code* to whom they belong by the owners of now; how many."""
        trees, moved = self.reference.trees_within(), 0
        for found in self.parts.of_owner(code):
            tree = trees(found.org_unit, Period.parse(found.period))
            owner = tree.owner(found.form, code)
            if owner is None or owner.id == found.owner_unit:
                continue
            self.parts.move(found.submission, code, owner.id)
            self.events.append(
                subject=f"submission/{found.submission}",
                name="submission.part_owner_changed",
                actor=actor.account,
                happened_at=self.clock.now(),
                details={"part": code, "from": found.owner_unit, "to": owner.id},
            )
            moved += 1
        return moved
