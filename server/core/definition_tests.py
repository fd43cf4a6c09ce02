"""A definition's own tests (``x-tests``) and example files, judged by the one verdict engine."""

from collections.abc import Mapping
from typing import Final

from server.core.answer_paths import PathUnknown, calculated_paths, cells_of, place_of
from server.core.answers import Context, UnitView, Verdict, check, with_results
from server.core.form import Form
from server.core.json_text import pointer
from server.core.period import Period
from server.core.refusal import Refusals
from server.core.shape import mapping, sequence, strings

_KINDS: Final = {"province": "tinh", "district": "huyen", "commune": "xa", "department": "so"}
_PERIODS: Final = {
    "year": "2024",
    "half_year": "2024-S1",
    "quarter": "2024-Q1",
    "month": "2024-01",
    "school_year": "2024-SY",
    "five_year": "2021-Y5",
    "term": "2021-T5",
    "cutoff_year": "2024-C1214",
    "cutoff_month": "2024-01-C14",
}


def judge(form: Form, example: Mapping[str, object]) -> Verdict:
    """The verdict on ``{answers, statuses?, unit?, period?, previous?}``.

    ``previous`` holds what was typed; its results are calculated here, as of the period before.
    """
    context = context_of(form, example)
    answers, statuses = _answers(example)
    return check(form, answers, statuses, context)


def context_of(form: Form, example: Mapping[str, object]) -> Context:
    """Unit, period and previous report of an example; a usual unit and period where it has none."""
    levels = strings(mapping(form.settings.get("assignedTo", {})).get("levels", ("commune",)))
    unit = mapping(example.get("unit", {}))
    level = str(unit.get("level", levels[0]))
    view = UnitView(
        code=str(unit.get("code", "01864")),
        level=level,
        kind=str(unit.get("kind", _KINDS[level])),
    )
    period = Period.parse(str(example.get("period", _PERIODS[form.period_type])))
    if "previous" not in example:
        return Context(view, period)
    answers, statuses = _answers(mapping(example["previous"]))
    before = with_results(form, answers, statuses, Context(view, period.previous()))
    return Context(view, period, before, statuses)


def _answers(example: Mapping[str, object]) -> tuple[Mapping[str, object], dict[str, str]]:
    statuses = {path: str(status) for path, status in mapping(example.get("statuses", {})).items()}
    return mapping(example["answers"]), statuses


def refuse_tests(refusals: Refusals, source: Mapping[str, object], form: Form) -> None:
    """Refuse tests that do not hold, and a form without a clean test that has a number."""
    clean = False
    for place, declared in enumerate(sequence(source["x-tests"])):
        test, path = mapping(declared), f"/x-tests/{place}"
        before = len(refusals.found)
        _refuse_paths(refusals, path, test, form)
        _refuse_period(refusals, path, test, form)
        if len(refusals.found) > before:
            continue
        verdict = judge(form, test)
        expected = set(strings(test["findings"]))
        found = {finding.code for finding in verdict.findings}
        if found != expected:
            missing, surplus = sorted(expected - found), sorted(found - expected)
            message = f"test {test['name']!r}: expected {sorted(expected)}, found {sorted(found)}"
            refusals.add(
                f"{path}/findings", "test-failed", message, missing=missing, surplus=surplus
            )
        clean = clean or (not expected and _has_number(form, mapping(test["answers"])))
    if not clean:
        message = "no test without findings has a number in its answers"
        refusals.add("/x-tests", "clean-test-missing", message)


def _refuse_paths(refusals: Refusals, path: str, test: Mapping[str, object], form: Form) -> None:
    answers = mapping(test["answers"])
    for calculated in calculated_paths(form, answers):
        message = f"answers hold the calculated value {calculated}"
        refusals.add(f"{path}/answers", "test-calculated", message, cell=calculated)
    held = {f"{path}/statuses": mapping(test.get("statuses", {}))}
    if "previous" in test:
        previous = mapping(test["previous"])
        held[f"{path}/previous/statuses"] = mapping(previous.get("statuses", {}))
    for where, statuses in held.items():
        for status in statuses:
            try:
                place_of(form, status)
            except PathUnknown:
                message = f"the form has no cell {status}"
                refusals.add(where + pointer(status), "path-unknown", message, marked=status)


def _refuse_period(refusals: Refusals, path: str, test: Mapping[str, object], form: Form) -> None:
    if "period" not in test:
        return
    try:
        fits = Period.parse(str(test["period"])).type == form.period_type
    except ValueError:
        fits = False
    if not fits:
        message = f"{test['period']!r} is no period of type {form.period_type}"
        refusals.add(f"{path}/period", "test-period", message)


def _has_number(form: Form, answers: Mapping[str, object]) -> bool:
    return any(
        isinstance(value, int | float) and not isinstance(value, bool)
        for _, value in cells_of(form, answers)
    )
