"""The browser's evaluator against the server's: shared vectors, all pairs of types, rounding."""

import itertools
import json
import random
import struct
from pathlib import Path
from typing import Any

from server.core.expression_values import MAX_DECIMALS, rounded
from server.core.expressions import evaluate, parse, why_not_evaluable

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "static/js/expressions.js"
VECTORS = ROOT / "tests/core/expression_vectors.json"
MOST_BYTES = 12_000

RUN_ALL = """async (rows) => {
  const { evaluate, whyNotEvaluable, NOT_EVALUABLE } = await import("/static/js/expressions.js");
  return rows.map(([tree, values, past = {}, lastYear = {}, others = {}]) => {
    const around = {
      previous: (path) => past[path],
      lastYear: (path) => lastYear[path],
      other: (form, path) => (others[form] || {})[path],
    };
    const result = evaluate(tree, values, around);
    const reason = whyNotEvaluable(tree, values, around);
    if ((result === NOT_EVALUABLE) !== (reason !== null)) throw new Error(JSON.stringify(tree));
    return reason === null ? { result } : { reason };
  });
}"""
ROUND_ALL = """async (pairs) => {
  const { round } = await import("/static/js/expressions.js");
  return pairs.map(([number, decimals]) => round(number, decimals));
}"""


def on_server(text: str, values: dict[str, Any]) -> dict[str, object]:
    expression = parse(text)
    reason = why_not_evaluable(expression, values, {}.get)
    return {"reason": reason} if reason else {"result": evaluate(expression, values, {}.get)}


def typed(value: object) -> object:
    """A value in which true and 1 differ, and 1 and 1.0 do not."""
    if isinstance(value, list):
        return [typed(item) for item in value]
    if isinstance(value, dict):
        return {key: typed(item) for key, item in value.items()}
    return ("number", float(value)) if type(value) in {int, float} else (type(value), value)


def test_every_vector_has_its_result_in_the_browser(page):
    vectors = [row for row in json.loads(VECTORS.read_text("utf-8")) if "invalid" not in row]
    rows = [
        [parse(row["expression"]).to_json()]
        + [row.get(part, {}) for part in ("values", "previous", "lastYear", "others")]
        for row in vectors
    ]

    verdicts = page.evaluate(RUN_ALL, rows)

    wrong = [
        (row["expression"], verdict)
        for row, verdict in zip(vectors, verdicts, strict=True)
        if typed(verdict) != typed({key: row[key] for key in ("result", "reason") if key in row})
    ]
    assert wrong == []


def test_every_operator_agrees_with_the_server_on_every_pair_of_types(page):
    operators = ["+", "-", "*", "/", "%", "<", "<=", ">", ">=", "==", "!=", "in", "&&", "||"]
    calls = ["round(a, b)", "near(a, b, 0.1)", "coalesce(a, b)", "a[b]", "a.startsWith(b)"]
    calls += ["a.contains(b)", "a.all(x, x == b)", "a.exists(x, x > b)", "a ? b : 1", "sum([a, b])"]
    calls += ["a.map(x, [x, b])", "avg([a, b])", "count([a, b])", "size(a)", "sum(a)", "has(a.x)"]
    calls += ["change(a, b)"]
    texts = [f"a {operator} b" for operator in operators] + calls
    samples = [None, True, False, 0, 1, -2.5, 1e308, "", "x", "1", [], [1, None], ["x"], {}]
    samples += [{"x": 1}, {"x": None}, {"10": 1, "02": 2}]
    cases = [(text, {"a": a, "b": b}) for text, a, b in itertools.product(texts, samples, samples)]

    verdicts = page.evaluate(RUN_ALL, [[parse(text).to_json(), given, {}] for text, given in cases])

    wrong = [
        (*case, verdict)
        for case, verdict in zip(cases, verdicts, strict=True)
        if typed(verdict) != typed(on_server(*case))
    ]
    assert wrong == []


def test_rounding_agrees_with_the_server_to_the_last_bit(page):
    chance = random.Random(20_26)
    short = [
        [chance.randrange(10**12) / 10 ** chance.randrange(13), chance.randrange(13)]
        for _ in range(3000)
    ]
    ties = [[(2 * n + 1) / 2 / 10**d, d] for d in range(8) for n in range(-60, 60)]
    bits = [struct.unpack("<d", chance.randbytes(8))[0] for _ in range(3000)]
    wild = [[number, chance.randrange(MAX_DECIMALS + 1)] for number in bits if abs(number) < 1e308]
    pairs = short + ties + wild

    results = page.evaluate(ROUND_ALL, pairs)

    wrong = [
        (number, decimals, result)
        for (number, decimals), result in zip(pairs, results, strict=True)
        if float(result) != rounded(number, float(decimals))
    ]
    assert wrong == []


def test_the_script_stays_small_and_never_makes_code_of_text():
    text = SCRIPT.read_text("utf-8")

    assert len(text.encode()) < MOST_BYTES
    assert "eval(" not in text.replace("evaluate(", "")
    assert "Function(" not in text
