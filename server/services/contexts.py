"""What a judgement rests on beside the answers, read from the store: only what the rules look at.

Apart from ``review`` because a form whose rules look at its own document alone costs no query.
"""

from collections.abc import Sequence
from dataclasses import replace

from server.core.answer_engine import engine_of
from server.core.answer_schema import merged
from server.core.answers import Answers, Context, Statuses, UnitView, history_of
from server.core.form import Form
from server.core.org_unit import OrgUnit
from server.core.past import with_computed
from server.core.period import Period
from server.core.submission import Revision
from server.services.editions import Editions
from server.storage.submissions import SubmissionStore

#: How many earlier periods a unit's own history reaches back.
_HISTORY = 12


def context_of(
    store: SubmissionStore,
    form: Form,
    unit: OrgUnit,
    period: Period,
    previous: Revision | None,
    *,
    editions: Editions | None = None,
) -> Context:
    """The context of a report of *unit*; *previous* is what it sent for the period before.

    With *editions*, what was sent in an older version of the form is read as *form* asks it.
    """
    engine = engine_of(form)
    before, statuses = _with_results(form, previous)
    context = Context(
        unit=UnitView(code=unit.code, level=str(unit.level), kind=unit.kind),
        period=period,
        previous=before,
        previous_statuses=statuses,
    )
    if engine.uses_last_year:
        year_ago = _year_ago(store, form, unit, period, previous, editions=editions)
        before, statuses = _with_results(form, year_ago)
        context = replace(context, last_year=before, last_year_statuses=statuses)
    if engine.other_forms:
        context = replace(context, others=_others(store, engine.other_forms, unit, period))
    if engine.outliers is not None:
        context = replace(context, history=_history(store, form, unit, period, editions))
    return context


def _year_ago(
    store: SubmissionStore,
    form: Form,
    unit: OrgUnit,
    period: Period,
    previous: Revision | None,
    *,
    editions: Editions | None,
) -> Revision | None:
    earlier = period.last_year()
    if earlier is None:
        return None
    if earlier == period.previous():
        return previous
    found = store.latest_revision_of(form.code, unit.id, earlier.id)
    if found is None or editions is None:
        return found
    return editions.read_as(form, found, unit, earlier)


def _others(
    store: SubmissionStore, forms: Sequence[str], unit: OrgUnit, period: Period
) -> dict[str, tuple[Answers, Statuses]]:
    """What the unit last sent on other forms for the same period."""
    sent = store.sent_by(unit.id, forms, [period.id])
    return {
        code: (with_computed(revision.answers, revision.computed), revision.statuses)
        for (code, _), revision in sorted(sent.items())
    }


def _history(
    store: SubmissionStore, form: Form, unit: OrgUnit, period: Period, editions: Editions | None
) -> dict[str, tuple[float, ...]]:
    """The unit's own earlier figures of this form, oldest first."""
    periods: list[str] = []
    for _ in range(_HISTORY):
        period = period.previous()
        periods.insert(0, period.id)
    sent = store.sent_by(unit.id, [form.code], periods)
    found = [(id_, sent[form.code, id_]) for id_ in periods if (form.code, id_) in sent]
    if editions is not None:
        found = [(id_, editions.read_as(form, one, unit, Period.parse(id_))) for id_, one in found]
    return history_of(form, ((one.answers, one.statuses, one.nil) for _, one in found))


def _with_results(form: Form, revision: Revision | None) -> tuple[Answers | None, Statuses]:
    if revision is None:
        return None, {}
    return merged(form, revision.answers, revision.computed), revision.statuses
