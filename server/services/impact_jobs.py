"""The impact of a draft and the trial of its new checks on a long history, done by the worker.

What was found is kept with the job, for the very edit of the draft that it was asked for; a short
history is counted while the person waits.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, cast

from server.core.access import Actor
from server.core.definition_draft import DefinitionDraft
from server.core.definition_impact import FieldImpact
from server.core.definition_reach import Reach
from server.core.form import Form
from server.core.job import ENDED, Job, JobState
from server.core.lapse_impact import LapsedField
from server.core.ports import Clock, NewId, Transaction
from server.errors import NotFound
from server.services.backtests import Backtest, Backtests, Flagged
from server.services.definition_drafts import DefinitionDrafts
from server.services.exports import LEASE_SECONDS
from server.services.impact import Impact, ImpactStudies, Stage
from server.storage.events import EventStore
from server.storage.jobs import JobStore

IMPACT: Final = "impact"
BACKTEST: Final = "backtest"
#: So many reports are counted in a second or so, and tried by new checks in a few.
MOST_AT_ONCE: Final = {IMPACT: 5000, BACKTEST: 300}


@dataclass(frozen=True, slots=True)
class ImpactJobs:
    """Use cases of looking ahead in the background. Built once, in the composition."""

    studies: ImpactStudies
    backtests: Backtests
    drafts: DefinitionDrafts
    jobs: JobStore
    events: EventStore
    transaction: Transaction
    clock: Clock
    new_id: NewId

    def is_long(self, kind: str, draft: DefinitionDraft) -> bool:
        """Whether the history of the draft's form is too long for a page to wait for it."""
        return self.studies.store.count(draft.code) > MOST_AT_ONCE[kind]

    def last(self, kind: str, draft: DefinitionDraft) -> Job | None:
        """The newest job for the draft as it is now; another edit needs another count."""
        for job in self.jobs.list_(kind=f"{kind}:{draft.id}", limit=10):
            if job.input.get("edit") == draft.edit:
                return job
        return None

    def start(self, actor: Actor, kind: str, draft_id: str) -> Job:
        """Queue it; one that waits or runs for the same edit is enough.

        Raises:
            AccessDenied, NotFound: not an administrator, or no such draft.
        """
        if kind not in MOST_AT_ONCE:
            raise NotFound(kind="job")
        with self.transaction():
            draft = self.drafts.get(actor, draft_id)
            known = self.last(kind, draft)
            if known is not None and known.state not in ENDED:
                return known
            job = Job(
                id=self.new_id(),
                kind=f"{kind}:{draft.id}",
                state=JobState.QUEUED,
                account=actor.account,
                created_at=self.clock.now(),
                total=self.studies.store.count(draft.code),
                input={"draft": draft.id, "edit": draft.edit},
            )
            self.jobs.add(job)
            self.events.append(
                subject=f"job/{job.id}",
                name=f"{kind}.started",
                actor=actor.account,
                happened_at=job.created_at,
                details={"draft": draft.id, "code": draft.code, "edit": draft.edit},
            )
        return job

    def run(self, job: Job, actor: Actor) -> None:
        """Count; called by the worker."""
        draft = self.drafts.get(actor, str(job.input["draft"]))
        newer = self.compiled(draft)

        def tell(done: int, total: int) -> None:
            with self.transaction():
                self.jobs.progress(job.id, done, total, self.clock.now(), LEASE_SECONDS)

        report: dict[str, object]
        if job.kind.startswith(IMPACT):
            found = self.studies.of(actor, newer, first=draft.valid_from, progress=tell)
            report = _written(found)
        else:
            tried = self.backtests.of(
                actor, newer, progress=lambda done: tell(done, max(done, job.total))
            )
            report = {"checks": [asdict(one) for one in tried]}
        with self.transaction():
            self.jobs.finish(job.id, JobState.DONE, report=report, at=self.clock.now())

    def impact(self, job: Job, draft: DefinitionDraft) -> Impact | None:
        """What a finished job found; None while it is none."""
        if job.state is not JobState.DONE:
            return None
        return _read(self.compiled(draft), job.report)

    def tried(self, job: Job) -> tuple[Backtest, ...] | None:
        """As ``impact``, of the new checks."""
        if job.state is not JobState.DONE:
            return None
        listed = cast(list[dict[str, Any]], job.report["checks"])
        return tuple(
            Backtest(**{**one, "named": tuple(Flagged(**each) for each in one["named"])})
            for one in listed
        )

    def compiled(self, draft: DefinitionDraft) -> Form:
        return self.studies.compiled(draft.text)


def _written(found: Impact) -> dict[str, object]:
    return {
        "older": list(found.older),
        "fields": [asdict(one) for one in found.fields],
        "staying": [asdict(one) for one in found.staying],
        "left_behind": [asdict(one) for one in found.left_behind],
        "lapsed": [asdict(one) for one in found.lapsed],
        "stages": [asdict(one) for one in found.stages],
        "taken": found.taken,
        "sealed": found.sealed,
        "owed": found.owed,
        "reach": asdict(found.reach),
    }


def _read(newer: Form, kept: Mapping[str, Any]) -> Impact:
    return Impact(
        newer=newer,
        older=tuple(kept["older"]),
        fields=_fields(kept["fields"]),
        staying=_fields(kept["staying"]),
        left_behind=_fields(kept["left_behind"]),
        lapsed=tuple(LapsedField(**one) for one in kept["lapsed"]),
        stages=tuple(Stage(**{**one, "units": tuple(one["units"])}) for one in kept["stages"]),
        taken=kept["taken"],
        sealed=kept["sealed"],
        owed=kept["owed"],
        reach=Reach(**{key: tuple(told) for key, told in kept["reach"].items()}),
    )


def _fields(kept: list[Mapping[str, Any]]) -> tuple[FieldImpact, ...]:
    return tuple(FieldImpact(**one) for one in kept)
