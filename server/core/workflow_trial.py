"""A workflow that is not published yet, as far as it can be drawn and played.

What the proof objects to (a state that nobody reaches, two ways at once) is best seen by playing
it; a draft whose parts do not fit together is no machine at all.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from server.core.refusal import Refusal
from server.core.workflow import Workflow

#: Objections to a machine that runs; every other refusal says that a part is wrong or missing.
PLAYABLE: Final = frozenset(
    {
        *("state-unreachable", "state-dead-end", "return-loop", "condition-never"),
        *("transition-clash", "duties-joined", "duties-unguarded", "escalation-clash"),
        *("escalation-idle", "condition-too-wide", "signed-alone", "role-decides-nothing"),
        *("nothing-final", "final-state-left", "transition-to-itself", "input-reserved"),
        *("map-not-earlier", "draft-code", "draft-version", "limits-crossed"),
    }
)


def playable(document: Mapping[str, object] | None, refusals: Sequence[Refusal]) -> Workflow | None:
    """The machine of a draft's *document*; None while its parts do not fit together."""
    if document is None or any(one.code not in PLAYABLE for one in refusals):
        return None
    return Workflow.of(document)
