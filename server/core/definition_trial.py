"""Trying a definition that is not published: its tests one by one, and a single expression.

An expression is tried as a calculated cell of its own, so that the checker that publishes and the
engine that judges reports say about it what they would say about any other.
"""

import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final

from server.core.answer_paths import find_row, rows_of
from server.core.answers import Verdict
from server.core.definition_outline import line_path
from server.core.definition_tests import judge
from server.core.expressions import ExpressionInvalid
from server.core.form import Form, compile_form
from server.core.indicator import CodeList
from server.core.json_text import tokens
from server.core.refusal import Refusal
from server.core.shape import BlockKind, mapping, sequence, strings

#: The cell that holds the expression on trial.
TRIED: Final = "expression_on_trial"
_TYPES: Final[Mapping[str, Mapping[str, object]]] = {
    "number": {"type": "number", "multipleOf": 0.0001},
    "boolean": {"type": "boolean"},
    "string": {"type": "string"},
}
_WRONG_TYPE: Final = "expression-wrong-type"
_MOST_ROWS: Final = 60
Check = Callable[[str], list[Refusal]]


@dataclass(frozen=True, slots=True)
class TestRun:
    """One of the definition's own tests: which findings it names and which came out."""

    __test__ = False  # no class of tests, whatever pytest makes of its name

    number: int
    name: str
    expected: tuple[str, ...]
    found: tuple[str, ...]
    verdict: Verdict | None
    fault: str = ""

    @property
    def passed(self) -> bool:
        return self.verdict is not None and set(self.expected) == set(self.found)


@dataclass(frozen=True, slots=True)
class ExpressionRun:
    """What an expression gives: its *type* and *values* by row, or what speaks against it."""

    type: str | None
    values: tuple[tuple[str, object], ...] = ()
    refusals: tuple[Refusal, ...] = ()


def compiled(document: Mapping[str, object], codelists: Mapping[str, CodeList]) -> Form | None:
    """The form of a draft; None while it is too faulty to be drawn."""
    try:
        form = compile_form(document, codelists)
        return form if form.layout.sections else None
    except (ArithmeticError, AttributeError, ExpressionInvalid, LookupError, TypeError, ValueError):
        return None


def tests_of(document: Mapping[str, object]) -> list[Mapping[str, Any]]:
    """The tests that are objects."""
    declared = document.get("x-tests")
    held = declared if isinstance(declared, list) else []
    return [test for test in held if isinstance(test, Mapping)]


def run_tests(form: Form, document: Mapping[str, object]) -> list[TestRun]:
    """Each test with what came out; one that cannot be judged says why."""
    return [_run(form, number, test) for number, test in enumerate(tests_of(document))]


def _run(form: Form, number: int, test: Mapping[str, Any]) -> TestRun:
    name = str(test.get("name", ""))
    try:
        expected = strings(test.get("findings", ()))
        verdict = judge(form, test)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as fault:
        return TestRun(number, name, (), (), None, f"{type(fault).__name__}: {fault}")
    found = tuple(sorted({finding.code for finding in verdict.findings}))
    return TestRun(number, name, tuple(sorted(expected)), found, verdict)


def try_expression(
    document: Mapping[str, object],
    codelists: Mapping[str, CodeList],
    text: str,
    *,
    block: str,
    test: int,
    check: Check,
) -> ExpressionRun:
    """*text* as a cell of the document, or of each row of *block*, on the answers of a test."""
    for type_, declared in _TYPES.items():
        tried, path = _with(document, block, {"title": "?", **declared, "x-calculate": text})
        # Its other tests say nothing of the expression, and to run them takes most of the time.
        alone = {**tried, "x-tests": tests_of(document)[test : test + 1]}
        refusals = check(json.dumps(alone, ensure_ascii=False))
        own = [one for one in refusals if one.path == path or one.path.startswith(f"{path}/")]
        if own and all(one.code == _WRONG_TYPE for one in own):
            continue
        others = [one for one in refusals if not one.path.startswith("/x-tests")]
        if own or others:
            return ExpressionRun(None, refusals=tuple(own or others))
        values = _values(tried, codelists, block, test)
        return ExpressionRun(type_, tuple(values))
    return ExpressionRun(None, refusals=tuple(own))


def _with(
    document: Mapping[str, object], block: str, cell: Mapping[str, object]
) -> tuple[dict[str, Any], str]:
    """The document with one cell more, and the pointer of that cell."""
    tried: dict[str, Any] = deepcopy(dict(document))
    if not block:
        tried["properties"][TRIED] = cell
        section = {"key": TRIED, "title": "?", "fields": [TRIED]}
        tried["x-layout"]["sections"].append(section)
        return tried, f"/properties/{TRIED}"
    path = line_path(document, f"/properties/{block}") or f"/properties/{block}"
    held: Any = tried
    for token in tokens(path):
        held = held[token]
    held["properties"][TRIED] = cell
    return tried, f"{path}/properties/{TRIED}"


def _values(
    document: Mapping[str, object], codelists: Mapping[str, CodeList], block: str, test: int
) -> list[tuple[str, object]]:
    form = compile_form(document, codelists)
    example = mapping(sequence(document["x-tests"])[test])
    computed = judge(form, example).computed
    if not block:
        return [("", computed.get(TRIED))]
    held = form.shape.blocks[block]
    answers = mapping(example["answers"])
    if held.kind is BlockKind.ROSTER:
        names = [(name, str(number)) for number, (name, _) in enumerate(rows_of(held, answers), 1)]
    else:
        names = [(key, line.title) for key, line in held.lines.items()]
    return [
        (title, (find_row(held, computed, name) or {}).get(TRIED))
        for name, title in names[:_MOST_ROWS]
    ]
