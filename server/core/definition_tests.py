"""A definition's own tests (``x-tests``) and example files, judged by the one verdict engine."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from server.core.answer_engine import engine_of
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
    """The verdict on ``{answers, statuses?, unit?, period?}`` and what it is held against.

    ``previous`` and ``lastYear`` hold what was typed; their results are calculated here, as of
    their period. ``others`` holds by form code the answers as sent, results included, and
    ``history`` by path the earlier numbers, oldest first.
    """
    context = context_of(form, example)
    answers, statuses = _answers(example)
    return check(form, answers, statuses, context)


def context_of(form: Form, example: Mapping[str, object]) -> Context:
    """What an example is judged with; a usual unit and period where it names none."""
    levels = strings(mapping(form.settings.get("assignedTo", {})).get("levels", ("commune",)))
    unit = mapping(example.get("unit", {}))
    level = str(unit.get("level", levels[0]))
    view = UnitView(
        code=str(unit.get("code", "01864")),
        level=level,
        kind=str(unit.get("kind", _KINDS[level])),
    )
    period = Period.parse(str(example.get("period", _PERIODS[form.period_type])))
    context = Context(
        view,
        period,
        others={code: _answers(mapping(held)) for code, held in _map(example, "others").items()},
        history={path: _numbers(values) for path, values in _map(example, "history").items()},
    )
    if "previous" in example:
        answers, statuses = _answers(mapping(example["previous"]))
        before = with_results(form, answers, statuses, Context(view, period.previous()))
        context = replace(context, previous=before, previous_statuses=statuses)
    earlier = period.last_year()
    if earlier == period.previous() and "lastYear" not in example:
        # A yearly report's last year is the period before.
        last_year, reasons = context.previous, context.previous_statuses
        context = replace(context, last_year=last_year, last_year_statuses=reasons)
    elif earlier is not None and "lastYear" in example:
        answers, statuses = _answers(mapping(example["lastYear"]))
        before = with_results(form, answers, statuses, Context(view, earlier))
        context = replace(context, last_year=before, last_year_statuses=statuses)
    return context


def _map(example: Mapping[str, object], key: str) -> Mapping[str, object]:
    return mapping(example.get(key, {}))


def _numbers(values: object) -> tuple[float, ...]:
    return tuple(float(str(value)) for value in sequence(values))


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
                f"{path}/findings",
                "test-failed",
                message,
                name=test["name"],
                missing=missing,
                surplus=surplus,
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
    for earlier in ("previous", "lastYear"):
        if earlier in test:
            statuses = mapping(mapping(test[earlier]).get("statuses", {}))
            held[f"{path}/{earlier}/statuses"] = statuses
    held[f"{path}/history"] = _map(test, "history")
    for code in _map(test, "others"):
        if code not in engine_of(form).other_forms:
            message = f"no rule of the form looks at the form {code}"
            refusals.add(f"{path}/others/{code}", "test-other-unread", message, form=code)
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
        refusals.add(f"{path}/period", "test-period", message, period=str(test["period"]))


def _has_number(form: Form, answers: Mapping[str, object]) -> bool:
    return any(
        isinstance(value, int | float) and not isinstance(value, bool)
        for _, value in cells_of(form, answers)
    )
