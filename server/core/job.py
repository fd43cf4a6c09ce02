"""Jobs: long work that runs in the worker, with its progress and its result."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class JobState(StrEnum):
    """The states of the API."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


#: A job in one of these changes no more.
ENDED = frozenset({JobState.DONE, JobState.FAILED, JobState.CANCELLED})


@dataclass(frozen=True, slots=True)
class Job:
    """One export, import or print run; ``input`` is all it needs to run again after a crash."""

    id: str
    kind: str
    state: JobState
    account: str
    created_at: datetime
    done: int = 0
    total: int = 0
    report: Mapping[str, object] = field(default_factory=dict)
    result_name: str | None = None
    result_path: str | None = None
    input: Mapping[str, object] = field(default_factory=dict)
    tries: int = 0
    ended_at: datetime | None = None
