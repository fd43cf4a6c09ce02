"""What services tell of survey records: one with its verdict, a page of them, how far a return is.

Each is shown as the reader of the return may see it: personal values of others are hidden.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from server.core.answers import Verdict
from server.core.personal import mask_findings, mask_personal
from server.core.submission import SurveyRecord
from server.core.survey import (
    SORTS,
    RecordQuery,
    RecordState,
    Same,
    Standing,
    Tally,
    standing_of,
)
from server.errors import RequestInvalid
from server.services.masking import masked_record
from server.services.review import SubmissionView


@dataclass(frozen=True, slots=True)
class RecordView:
    """A record with the verdict of the rules on it, and the records that it repeats."""

    record: SurveyRecord
    verdict: Verdict
    same: tuple[Same, ...] = ()
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True)
class RecordPage:
    """A page of a return's list: *found* are all that the query finds."""

    records: tuple[SurveyRecord, ...]
    found: int
    number: int
    size: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.found // self.size))


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a return is: *done* of *expected*; *tallies* are the kinds the form counts apart."""

    expected: int | None
    count: int
    done: int
    states: Mapping[RecordState, int]
    tallies: tuple[tuple[Tally, int], ...]
    same: tuple[tuple[int, tuple[int, ...]], ...]

    @property
    def faulty(self) -> int:
        """Sheets that stop the return from being passed on."""
        return self.count - self.states[RecordState.VALID]


def standing_in(
    view: SubmissionView,
    answers: Mapping[str, object],
    statuses: Mapping[str, str],
    verdict: Verdict,
) -> Standing:
    return standing_of(view.form, answers, statuses, view.context, verdict)


def asked_by(view: SubmissionView, query: RecordQuery | None) -> RecordQuery:
    """The query as this reader may ask it: nobody finds by what is hidden from them."""
    asked = query or RecordQuery()
    if asked.sort not in SORTS:
        raise RequestInvalid(reason="sort", path="/sort")
    if asked.state is not None and asked.state not in set(RecordState):
        raise RequestInvalid(reason="state", path="/state")
    return replace(asked, personal=view.personal)


def shown_to(view: SubmissionView, records: Sequence[SurveyRecord]) -> list[SurveyRecord]:
    if view.personal:
        return list(records)
    return [masked_record(view.form, record) for record in records]


def hidden_from(view: SubmissionView, found: RecordView) -> RecordView:
    """The record as the reader of *view* may see it."""
    if view.personal:
        return found
    verdict = replace(
        found.verdict,
        findings=mask_findings(view.form, found.verdict.findings),
        computed=mask_personal(view.form, found.verdict.computed),
    )
    return replace(found, record=masked_record(view.form, found.record), verdict=verdict)
