"""The expression profile against the shared vectors, Google's CEL engine and its own limits."""

import json
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from cel_expr_python import cel
from hypothesis import example, given
from hypothesis import strategies as st

from server.core.expression_tokens import tokens
from server.core.expression_values import NOISE_BELOW, rounded
from server.core.expressions import (
    NOT_EVALUABLE,
    ExpressionInvalid,
    evaluate,
    parse,
    why_not_evaluable,
)

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "expression_vectors.json").read_text(encoding="utf-8")
)
VALID = [vector for vector in VECTORS if "invalid" not in vector]
INVALID = [vector for vector in VECTORS if "invalid" in vector]
# Rows marked "profile" use what plain CEL lacks or decides otherwise; decision 0006 lists it.
PLAIN = [vector for vector in VALID if "profile" not in vector]


def named(vector: dict[str, Any]) -> str:
    text: str = vector["expression"]
    return text if len(text) < 60 else f"{text[:57]}..."


def typed(value: object) -> object:
    """A value in which true and 1 differ, as they do in CEL and in JSON."""
    if isinstance(value, list | tuple):
        return [typed(item) for item in value]
    return ("number", float(value)) if type(value) in {int, float} else (type(value), value)


def nothing_before(path: str) -> None:
    return None


def google(text: str, values: Mapping[str, object]) -> object:
    """The verdict of Google's engine on the same text with every whole number made a double."""
    written = [
        f"{token.text}.0" if token.kind == "number" and token.text.isdecimal() else token.text
        for token in tokens(text)
    ]
    variables = dict.fromkeys(parse(text).names, cel.Type.DYN)
    # Unchecked: the checker refuses mixed literals, which answers without a type bring anyway.
    program = cel.NewEnv(variables=variables).compile(" ".join(written), disable_check=True)
    result = program.eval(data=as_doubles(dict(values)))
    return NOT_EVALUABLE if result.type() == cel.Type.ERROR else result.plain_value()


def as_doubles(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: as_doubles(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_doubles(item) for item in value]
    return float(value) if type(value) is int else value


def test_the_vectors_are_many_and_each_is_there_once():
    keys = [json.dumps(vector, sort_keys=True) for vector in VECTORS]

    assert len(keys) == len(set(keys))
    assert len(PLAIN) >= 150


@pytest.mark.parametrize("vector", VALID, ids=named)
def test_a_vector_has_its_result(vector):
    expression = parse(vector["expression"])
    others = vector.get("others", {})
    given = (
        vector.get("values", {}),
        vector.get("previous", {}).get,
        vector.get("lastYear", {}).get,
        lambda form, path: others.get(form, {}).get(path),
    )

    result = evaluate(expression, *given)

    if "result" in vector:
        assert typed(result) == typed(vector["result"])
        assert why_not_evaluable(expression, *given) is None
    else:
        assert result is NOT_EVALUABLE
        assert why_not_evaluable(expression, *given) == vector["reason"]


@pytest.mark.parametrize("vector", PLAIN, ids=named)
def test_google_agrees_wherever_plain_cel_can_say_it(vector):
    values = vector.get("values", {})

    verdict = google(vector["expression"], values)

    if "result" in vector:
        assert typed(verdict) == typed(vector["result"])
    else:
        assert verdict is NOT_EVALUABLE


@pytest.mark.parametrize("vector", INVALID, ids=named)
def test_a_faulty_text_is_refused_with_reason_and_column(vector):
    with pytest.raises(ExpressionInvalid) as refusal:
        parse(vector["expression"])

    assert refusal.value.facts == {"reason": vector["invalid"], "column": vector["column"]}


def test_a_text_beyond_the_length_limit_is_refused_before_it_is_read():
    with pytest.raises(ExpressionInvalid) as refusal:
        parse("(" * 1_000_000)

    assert refusal.value.reason == "too-long"


@pytest.mark.parametrize(
    ("text", "names", "paths"),
    [
        ("total", {"total"}, [("total",)]),
        ("births.male + births.female", {"births"}, [("births", "male"), ("births", "female")]),
        ('rows["02"].total', {"rows"}, [("rows", "02", "total")]),
        ("sum(rows.map(k, rows[k].total))", {"rows"}, [("rows",), ("rows", "*", "total")]),
        ("rows[row].total", {"rows", "row"}, [("row",), ("rows", "*", "total")]),
        ("list[0].x", {"list"}, [("list", "0", "x")]),
        ("members.all(m, m.age > low)", {"members", "low"},
         [("members",), ("members", "*", "age"), ("low",)]),
        ("members.filter(m, true).all(m, m.age > 1)", {"members"},
         [("members",), ("members", "*", "age")]),
        ("[a, b].all(x, x > 0)", {"a", "b"}, [("a",), ("b",)]),
        ("x.all(x, x > 0) && x.y", {"x"}, [("x",), ("x", "y")]),
        ("has(a.b) ? unit.code in c : prev('/d') > 1", {"a", "unit", "c"},
         [("a", "b"), ("unit", "code"), ("c",)]),
        ("sum([1, 2]) > 'a'.size()", set(), []),
    ],
)  # fmt: skip
def test_names_and_paths_are_known_without_evaluation(text, names, paths):
    expression = parse(text)

    assert expression.names == names
    assert list(expression.paths) == paths


def test_the_paths_of_the_previous_period_are_known_without_evaluation():
    expression = parse("prev('/rows/02/total') + prev('total') > [1].map(x, prev('total'))[0]")

    assert expression.previous == ("/rows/02/total", "total")


def test_what_is_read_of_last_year_and_of_other_forms_is_known_without_evaluation():
    expression = parse(
        "lastYear('total') > 1 || [1].all(x, x < other('sheet', '/hh') - lastYear('/a/b'))"
        " || change(total, other('sheet', '/hh')) > 5"
    )

    assert expression.last_year == ("total", "/a/b")
    assert expression.others == (("sheet", "/hh"),)
    assert (expression.previous, expression.names) == ((), {"total"})


def test_the_new_functions_stand_in_the_tree_like_the_old_ones():
    tree = parse("change(lastYear('/a'), other('sheet', '/hh'))").to_json()

    assert tree == ["change", ["lastYear", "/a"], ["other", "sheet", "/hh"]]


@pytest.mark.parametrize(
    ("text", "comparison"),
    [
        ("a <= b + 1", ("a", "<=", "b + 1")),
        ("  (a + b) == c.d  ", ("(a + b)", "==", "c.d")),
        ("((a != b))", ("a", "!=", "b")),
        ("sum([a, b]) >= rows['01'].x", ("sum([a, b])", ">=", "rows['01'].x")),
        ("a < b && c", None),
        ("a in b", None),
        ("!(a < b)", None),
        ("a < b ? c : d", None),
        ("a + b", None),
    ],
)
def test_the_sides_of_a_comparison_are_kept_as_written(text, comparison):
    assert parse(text).comparison == comparison


def test_each_side_of_a_comparison_is_an_expression_of_its_own():
    left, _, right = parse("(a + b) * 2 >= c - 1").comparison

    assert evaluate(parse(left), {"a": 1, "b": 2}, nothing_before) == 6.0
    assert evaluate(parse(right), {"c": 2}, nothing_before) == 1.0


def test_the_tree_for_the_browser_is_plain_json():
    tree = parse("rows.all(k, rows[k].total >= 0.5 && k != 'x')").to_json()

    assert json.loads(json.dumps(tree)) == tree
    assert tree[:3] == ["all", 0, 10]


def test_values_may_be_whole_numbers_of_any_size():
    assert evaluate(parse("a + 1"), {"a": 2}, nothing_before) == 3.0
    assert why_not_evaluable(parse("a + 1"), {"a": 10**400}, nothing_before) == "not-finite"


@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan])
def test_a_number_that_is_not_finite_never_leaves(number):
    for text in ["a", "[a]", "a + 1", "a - a", "round(a, 2)"]:
        assert evaluate(parse(text), {"a": number}, nothing_before) is NOT_EVALUABLE


def test_an_error_of_the_reader_of_the_previous_period_is_not_swallowed():
    def broken(path: str) -> object:
        raise LookupError(path)

    with pytest.raises(LookupError):
        evaluate(parse("prev('total') > 1 || true"), {}, broken)


def test_the_third_result_is_never_taken_for_true():
    assert not NOT_EVALUABLE


numbers = st.floats(min_value=-1e12, max_value=1e12, allow_nan=False) | st.integers(-1000, 1000)
literals = numbers.map(lambda number: f"({float(number)!r})" if number < 0 else repr(float(number)))


def binary(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(parts, st.sampled_from("+-*/"), parts).map(
        lambda sides: f"({' '.join(sides)})"
    )


arithmetic = st.recursive(literals | st.sampled_from(["a", "b"]), binary, max_leaves=12)


@given(text=arithmetic, a=numbers, b=numbers)
def test_google_computes_the_same_numbers(text, a, b):
    values = {"a": a, "b": b}

    ours, theirs = evaluate(parse(text), values, nothing_before), google(text, values)

    if ours is NOT_EVALUABLE:
        # Only a step that is infinite or no number at all has no result.
        steps = sub_expressions(text)
        assert any(not math.isfinite(google(step, values)) for step in steps)
    else:
        assert ours == theirs


@given(now=numbers, before=numbers)
def test_a_change_is_what_google_computes_from_its_parts(now, before):
    ours = evaluate(parse("change(a, b)"), {"a": now, "b": before}, nothing_before)

    if before == 0:
        assert ours is None
    else:
        theirs = google("(a - b) / b * 100", {"a": now, "b": before})
        assert ours == theirs or (ours is NOT_EVALUABLE and not math.isfinite(theirs))


@given(now=st.integers(0, 10**6), before=st.integers(1, 10**6))
def test_a_change_leads_from_the_earlier_figure_to_the_later(now, before):
    percent = evaluate(parse("change(a, b)"), {"a": now, "b": before}, nothing_before)

    assert math.isclose(before * (1 + percent / 100), now, rel_tol=1e-9, abs_tol=1e-6)
    assert (percent > 0) is (now > before)
    assert percent >= -100


def sub_expressions(text: str) -> list[str]:
    opened: list[int] = []
    found = [text]
    for at, character in enumerate(text):
        if character == "(":
            opened.append(at)
        elif character == ")":
            found.append(text[opened.pop() : at + 1])
    return found


@given(number=st.floats(allow_nan=False, allow_infinity=False), decimals=st.integers(0, 15))
@example(number=10000000.44140625, decimals=8)
@example(number=999999999999.9996, decimals=3)
def test_rounding_moves_a_number_by_at_most_half_a_step_and_then_stays(number, decimals):
    once = rounded(number, float(decimals))

    assert rounded(once, float(decimals)) == once
    steps = 0.5 * 10**-decimals
    if 0 < abs(number) < NOISE_BELOW:  # first to its fifteenth digit
        steps += 0.5 * 10 ** (math.floor(math.log10(abs(number))) - 14)
    assert abs(once - number) <= steps * (1 + 1e-12) + math.ulp(number)
    assert rounded(-number, float(decimals)) == -once


@given(st.text(max_size=60) | st.text(alphabet="ab1.'\"\\[](),?:!-+*/%<>=&| \n", max_size=60))
def test_any_text_is_either_read_or_refused(text):
    check_read_or_refused(text)


ATOMS = ["a", "rows", "1", "'x'", "null", "[", "]", "(", ")", ".", ",", "all", "map", "has", "prev"]
ATOMS += ["lastYear", "other", "change", "'/a'"]
ATOMS += ["sum", "+", "-", "!", "&&", "||", "==", "<", "in", "?", ":", "x", "coalesce", "size"]


@given(st.lists(st.sampled_from(ATOMS), max_size=25).map(" ".join))
def test_any_row_of_words_is_either_read_or_refused(text):
    check_read_or_refused(text)


def check_read_or_refused(text: str) -> None:
    values = {"a": 1, "rows": {"01": {"a": None}}, "x": [1, None, "y"]}
    previous: Callable[[str], object] = nothing_before
    try:
        expression = parse(text)
    except ExpressionInvalid as refusal:
        assert 1 <= refusal.column <= len(text) + 1
    else:
        json.dumps(expression.to_json())
        result = evaluate(expression, values, previous)
        assert result is NOT_EVALUABLE or typed(result) is not None
