"""What leaves the services for people without the right to personal data: the same, masked.

Decisions, sealing and projections work on the values themselves; every service masks what it
hands out to be read.
"""

from dataclasses import replace

import structlog

from server.core.access import Actor
from server.core.form import Form
from server.core.personal import (
    MASK,
    mask_findings,
    mask_personal,
    mask_statuses,
    personal_cells,
)
from server.core.submission import Revision, SurveyRecord
from server.services.review import SubmissionView

log = structlog.get_logger()


def masked(view: SubmissionView) -> SubmissionView:
    """The view as its reader may see it."""
    form = view.form
    if view.personal or not personal_cells(form):
        return view
    submission, verdict, context = view.submission, view.verdict, view.context
    return replace(
        view,
        submission=replace(
            submission,
            answers=mask_personal(form, submission.answers),
            statuses=mask_statuses(form, submission.statuses),
        ),
        verdict=replace(
            verdict,
            findings=mask_findings(form, verdict.findings),
            computed=mask_personal(form, verdict.computed),
        ),
        # What went before is shown through ``previous``; whoever reads this way fills nothing.
        context=type(context)(context.unit, context.period),
        previous=None if view.previous is None else masked_revision(form, view.previous),
    )


def masked_revision(form: Form, revision: Revision) -> Revision:
    """A sealed edition without its personal values; digest and receipt stay those of the whole."""
    return replace(
        revision,
        answers=mask_personal(form, revision.answers),
        statuses=mask_statuses(form, revision.statuses),
        computed=mask_personal(form, revision.computed),
    )


def masked_record(form: Form, record: SurveyRecord) -> SurveyRecord:
    """A survey record without its personal values."""
    return replace(
        record,
        answers=mask_personal(form, record.answers),
        statuses=mask_statuses(form, record.statuses),
        # Why a record was deleted is told in free words, which may name people.
        deleted_reason=None if record.deleted_reason is None else MASK,
    )


def note_look(actor: Actor, view: SubmissionView, **what: object) -> None:
    """Log that somebody outside the unit looked at personal values: who and where, never what."""
    if view.personal and personal_cells(view.form) and not actor.owns_personal(view.unit.id):
        log.info("personal.seen", account=actor.account, submission=view.submission.id, **what)
