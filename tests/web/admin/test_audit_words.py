"""The audit log speaks: every event the source records has words in both languages."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from pathlib import Path

import pytest
from flask_babel import force_locale

from server.core.workflow import EVENTS
from server.web.admin.words import happened
from tests.world import ROOT, World

#: What no reading of one module can tell: module, expression, all that it may be.
SPELLED: dict[tuple[str, str], frozenset[str]] = {
    ("approvals", "move.event"): frozenset(EVENTS),
    ("catalogue", "subject.partition('/')[0]"): frozenset(
        {"form", "workflow", "codelist", "indicators"}
    ),
    ("handovers", "name"): frozenset({"handed_over", "took_over"}),
    ("impact_jobs", "kind"): frozenset({"impact", "backtest"}),
    ("retirements", "kind"): frozenset({"form", "workflow", "codelist"}),
    ("urging", "kind"): frozenset({"mail", "call", "copied", "letter"}),
}
_Function = ast.FunctionDef


class Unknown(Exception):
    """An expression whose values cannot be read; write them into ``SPELLED``."""


@dataclass(frozen=True)
class Module:
    """One module's source, asked for the names of the events it records."""

    name: str
    tree: ast.Module
    constants: dict[str, ast.expr]

    def recorded(self) -> Iterator[str]:
        for function in self._functions:
            for call in self._calls(function):
                named = {one.arg: one.value for one in call.keywords}
                if _is_append(call) and {"subject", "name", "actor"} <= named.keys():
                    yield from self._values(named["name"], function)

    @cached_property
    def _functions(self) -> list[_Function]:
        return [node for node in ast.walk(self.tree) if isinstance(node, _Function)]

    @staticmethod
    def _calls(node: ast.AST) -> list[ast.Call]:
        return [one for one in ast.walk(node) if isinstance(one, ast.Call)]

    def _values(self, node: ast.expr, function: _Function) -> set[str]:
        spelled = SPELLED.get((self.name, ast.unparse(node)))
        if spelled is not None:
            return set(spelled)
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return {node.value}
        if isinstance(node, ast.IfExp):
            return self._values(node.body, function) | self._values(node.orelse, function)
        if isinstance(node, ast.JoinedStr):
            parts = [
                self._values(one.value if isinstance(one, ast.FormattedValue) else one, function)
                for one in node.values
            ]
            return {"".join(one) for one in product(*parts)}
        if isinstance(node, ast.Name):
            if node.id in {one.arg for one in function.args.args + function.args.kwonlyargs}:
                return self._given(node.id, function)
            if node.id in self.constants:
                return self._values(self.constants[node.id], function)
        raise Unknown(f"{self.name}: {ast.unparse(node)}")

    def _given(self, parameter: str, function: _Function) -> set[str]:
        """What the callers of *function* in this module give for that parameter."""
        place = [one.arg for one in function.args.args].index(parameter) - 1  # without self
        found: set[str] = set()
        for caller in self._functions:
            for call in self._calls(caller):
                called = getattr(call.func, "attr", getattr(call.func, "id", ""))
                if called != function.name or _is_append(call):
                    continue
                named = {one.arg: one.value for one in call.keywords}
                given = named.get(parameter) or call.args[place]
                found |= self._values(given, caller)
        if not found:
            raise Unknown(f"{self.name}: {parameter} of {function.name}")
        return found


def _is_append(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr == "append"


def recorded() -> set[str]:
    trees = {
        path: ast.parse(path.read_text("utf-8")) for path in sorted((ROOT / "server").rglob("*.py"))
    }
    constants = {_dotted(path): dict(_constants(tree)) for path, tree in trees.items()}
    found: set[str] = set()
    for path, tree in trees.items():
        known = dict(constants[_dotted(path)])
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                there = constants.get(node.module, {})
                known |= {
                    one.asname or one.name: there[one.name]
                    for one in node.names
                    if one.name in there
                }
        found |= set(Module(path.stem, tree, known).recorded())
    return found


def _dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def _constants(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else ()
        if isinstance(node, ast.AnnAssign):
            targets = (node.target,)
        value = getattr(node, "value", None)
        if isinstance(value, ast.Constant | ast.JoinedStr):
            yield from ((one.id, value) for one in targets if isinstance(one, ast.Name))
        if isinstance(value, ast.Tuple) and targets and isinstance(targets[0], ast.Tuple):
            pairs = zip(targets[0].elts, value.elts, strict=True)
            yield from ((one.id, given) for one, given in pairs if isinstance(one, ast.Name))


@pytest.fixture(scope="module")
def events() -> set[str]:
    return recorded()


def test_the_reading_of_the_source_finds_names_however_they_are_written(events: set[str]) -> None:
    assert len(events) > 80
    assert {
        "reminder_plan.changed", "account.granted", "obligation.urged_by_call", "form.retired",
        "submission.approve", "round.opened", "mail.retried",
    } <= events  # fmt: skip


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_event_of_the_source_has_words(events: set[str], world: World, language: str) -> None:
    with world.application.web().test_request_context("/"), force_locale(language):
        mute = sorted(name for name in events if happened(name) == name)
        vietnamese = sorted(name for name in events if _is_foreign(happened(name), language))

    assert mute == []
    assert vietnamese == []


def _is_foreign(text: str, language: str) -> bool:
    """Whether an English text still has letters that only Vietnamese has."""
    return language == "en" and any(ord(letter) > 0x7F for letter in text)
