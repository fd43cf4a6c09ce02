"""The one verdict on answers: schema, calculations, relevance, required cells, own rules.

Screen, server, import, print and the definition's own tests all ask ``check``; nothing else
decides whether a report is right.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from server.core.answer_changes import Applied, Conflict, apply_changes, diff, seal
from server.core.answer_demands import empty_cells, unasked_values
from server.core.answer_engine import engine_of
from server.core.answer_paths import (
    Answers,
    PathUnknown,
    Statuses,
    cell_title,
    validate_paths,
    without_calculated,
)
from server.core.answer_schema import duplicate_rows, merged, schema_findings, status_findings
from server.core.answer_validity import lapsed_values
from server.core.calculation import Calculator
from server.core.finding import Finding
from server.core.form import Form
from server.core.period import Period
from server.core.unusual_cells import history_of, unusual_cells, without_answered
from server.core.validity import lapsed_rows
from server.core.values_view import view_of

__all__ = [
    "Answers",
    "Applied",
    "Conflict",
    "Context",
    "PathUnknown",
    "Statuses",
    "UnitView",
    "Verdict",
    "apply_changes",
    "cell_title",
    "check",
    "diff",
    "history_of",
    "missing",
    "seal",
    "validate_paths",
    "with_results",
    "without_answered",
    "without_calculated",
]


@dataclass(frozen=True, slots=True)
class UnitView:
    """What expressions see of the reporting unit."""

    code: str
    level: str
    kind: str


@dataclass(frozen=True, slots=True)
class Context:
    """What a judgement rests on beside the answers.

    *previous* are the answers of the previous period's report together with its results,
    *last_year* those of the same period of last year; *others* has by form code what the unit sent
    on other forms for this period, answers with results and statuses; *history* the unit's own
    earlier numbers by path, oldest first. Only what the form's engine asks for is looked at.
    """

    unit: UnitView
    period: Period
    previous: Answers | None = None
    previous_statuses: Statuses = field(default_factory=dict)
    last_year: Answers | None = None
    last_year_statuses: Statuses = field(default_factory=dict)
    others: Mapping[str, tuple[Answers, Statuses]] = field(default_factory=dict)
    history: Mapping[str, tuple[float, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """``computed`` has the shape of the answers and holds calculated values only."""

    findings: tuple[Finding, ...]
    computed: Mapping[str, object]
    relevant_off: frozenset[str]


def check(form: Form, answers: Answers, statuses: Statuses, context: Context) -> Verdict:
    """Judge *answers*; they may be of any shape, as drafts are.

    Raises:
        PathUnknown: a status stands at a path that the form does not have.
    """
    engine = engine_of(form)
    calculator = _calculated(form, answers, statuses, context)
    computed = calculator.document()
    lapsed = lapsed_rows(form.shape, context.period.end) if form.dated else {}
    findings = [
        *schema_findings(form, engine.validator, answers, computed),
        *duplicate_rows(form, answers),
        *status_findings(form, answers, statuses),
        *empty_cells(form, answers, statuses, calculator, engine, lapsed=lapsed),
        *unasked_values(form, answers, calculator.off),
        *lapsed_values(form, answers, statuses, context.period.end),
    ]
    for rule in engine.checks:
        findings.extend(rule.findings(calculator, lapsed))
    if engine.outliers is not None and context.history:
        findings.extend(unusual_cells(form, calculator, context.history, engine.outliers))
    return Verdict(tuple(findings), computed, frozenset(calculator.off))


def with_results(
    form: Form, answers: Answers, statuses: Statuses, context: Context
) -> dict[str, object]:
    """The answers together with what is calculated from them: a later report's *previous*."""
    computed = _calculated(form, answers, statuses, context).document()
    return merged(form, answers, computed)


def missing(form: Form, answers: Answers, statuses: Statuses, context: Context) -> tuple[str, ...]:
    """Pointers of the cells that are asked, required, and have neither a value nor a reason."""
    calculator = _calculated(form, answers, statuses, context)
    lapsed = lapsed_rows(form.shape, context.period.end) if form.dated else {}
    empty = empty_cells(form, answers, statuses, calculator, engine_of(form), lapsed=lapsed)
    return tuple(dict.fromkeys(finding.path for finding in empty))


def _calculated(form: Form, answers: Answers, statuses: Statuses, context: Context) -> Calculator:
    engine = engine_of(form)
    previous = last_year = None
    if engine.uses_previous and context.previous is not None:
        previous = view_of(
            form.shape, context.previous, context.previous_statuses, with_calculated=True
        )
    if engine.uses_last_year and context.last_year is not None:
        last_year = view_of(
            form.shape, context.last_year, context.last_year_statuses, with_calculated=True
        )
    period = context.period
    calculator = Calculator(
        view_of(form.shape, answers, statuses),
        previous,
        {"code": context.unit.code, "level": context.unit.level, "kind": context.unit.kind},
        {"id": period.id, "type": str(period.type), "year": period.year},
        last_year=last_year,
        others=context.others,
    )
    calculator.run(engine.steps)
    return calculator
