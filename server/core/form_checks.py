"""The form's own rules (``x-checks``): evaluated, worded, and pinned to the cells they mark."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Final

from server.core.calculation import Calculator, Rule
from server.core.expression_values import rounded
from server.core.expressions import Expression, parse
from server.core.finding import Finding, Severity, Words
from server.core.form_scope import Scope
from server.core.json_text import tokens
from server.core.rule_words import (
    ENGLISH,
    VIETNAMESE,
    Language,
    fix_in_words,
    line_title,
    rule_in_words,
)
from server.core.shape import Block, BlockKind, Shape, mapping, sequence, strings
from server.core.values_view import RowView
from server.core.vietnamese import format_number

_PLACEHOLDER: Final = re.compile(r"\{(left|right|difference|row)\}")
#: Sides of a comparison are shown without the noise of binary fractions.
_SHOWN_DECIMALS: Final = 9.0
NOTHING: Final[Mapping[str, Collection[str]]] = {}


@dataclass(frozen=True, slots=True)
class CompiledCheck:
    """One entry of ``x-checks``. ``paths`` are pointers, or in ``each`` also plain column names."""

    code: str
    severity: Severity
    words: Words
    english: Words
    block: Block | None
    rule: Rule
    sides: tuple[Rule, Rule] | None
    paths: tuple[str, ...]

    def findings(
        self, calculator: Calculator, lapsed: Mapping[str, Collection[str]] = NOTHING
    ) -> Iterator[Finding]:
        """One finding where the rule is false; where it has no result, there is none.

        Lines that are none in the period (*lapsed*, by block) and hold nothing are not asked about.
        """
        if self.block is None:
            if calculator.result(self.rule) is False:
                yield self._finding(calculator, None)
            return
        if self.block.path in calculator.off:
            return
        untouched: object = None  # the result on absent lines, which are all alike
        gone = lapsed.get(self.block.key, ())
        for row in calculator.view.rows[self.block.key]:
            if row.held is None and row.key in gone:
                continue
            if row.held is None and self._alike(calculator, row):
                if untouched is None:
                    untouched = calculator.result(self.rule, self.block, row)
                result = untouched
            else:
                result = calculator.result(self.rule, self.block, row)
            if result is False:
                yield self._finding(calculator, row)

    def _alike(self, calculator: Calculator, row: RowView) -> bool:
        """Whether nothing tells this absent line from another: not its name, not its past."""
        if "row" in self.rule.expression.names:
            return False
        return self.block is None or not calculator.has_past(self.rule, self.block, row.key)

    def _finding(self, calculator: Calculator, row: RowView | None) -> Finding:
        left, right = self._both_sides(calculator, row)
        facts = {}
        if left is not None and right is not None:
            facts["left"] = format_number(left)
            facts["right"] = format_number(right)
            apart = abs(float(left) - float(right))
            if isfinite(apart):
                facts["difference"] = format_number(_clean(apart))
        paths = tuple(self._pointer(path, row) for path in self.paths)
        if not paths:
            paths = ("" if row is None else row.path,)
        words = self._filled(self.words, row, facts, VIETNAMESE)
        return Finding(
            path=paths[0],
            code=self.code,
            severity=self.severity,
            message=words.message,
            left=left,
            right=right,
            paths=paths,
            rule=words.rule,
            fix=words.fix,
            english=self._filled(self.english, row, facts, ENGLISH),
        )

    def _filled(
        self, words: Words, row: RowView | None, facts: Mapping[str, str], language: Language
    ) -> Words:
        title = "" if row is None else _row_title(row, self.block, language)

        def fact(found: re.Match[str]) -> str:
            return title if found[1] == "row" else facts.get(found[1], "…")

        def filled(text: str | None) -> str | None:
            return None if text is None else _PLACEHOLDER.sub(fact, text)

        return Words(filled(words.message) or "", filled(words.rule), filled(words.fix))

    def _both_sides(
        self, calculator: Calculator, row: RowView | None
    ) -> tuple[float | int | None, float | int | None]:
        if self.sides is None:
            return None, None
        values = [calculator.result(side, self.block, row) for side in self.sides]
        numbers = [_clean(value) for value in values if isinstance(value, float)]
        return (numbers[0], numbers[1]) if len(numbers) == len(values) else (None, None)

    @staticmethod
    def _pointer(path: str, row: RowView | None) -> str:
        return path if path.startswith("/") or row is None else row.pointer(path)


def compiled_checks(document: Mapping[str, object], shape: Shape) -> tuple[CompiledCheck, ...]:
    """The rules of a compiled definition, in its order."""
    return tuple(
        _compiled(mapping(check), shape) for check in sequence(document.get("x-checks", ()))
    )


def each_scope(check: Mapping[str, object], shape: Shape) -> Scope:
    """Where a rule stands: on the document, or on each line of the block that ``each`` names."""
    each = check.get("each")
    if each is None:
        return Scope(shape)
    block = shape.blocks[tokens(str(each))[0]]
    return Scope(shape, block, next(iter(block.samples)))


def _compiled(check: Mapping[str, object], shape: Shape) -> CompiledCheck:
    scope = each_scope(check, shape)
    expression = parse(str(check["rule"]))
    severity = Severity(str(check["severity"]))
    english = mapping(mapping(check.get("i18n", {})).get("en", {}))
    return CompiledCheck(
        code=str(check["code"]),
        severity=severity,
        words=Words(
            str(check["message"]),
            _text(check, "explain") or rule_in_words(expression, scope, VIETNAMESE),
            _text(check, "fix") or fix_in_words(expression, scope, severity, VIETNAMESE),
        ),
        english=Words(
            _text(english, "message") or str(check["message"]),
            _text(english, "explain") or rule_in_words(expression, scope, ENGLISH),
            _text(english, "fix") or fix_in_words(expression, scope, severity, ENGLISH),
        ),
        block=scope.block,
        rule=Rule.of(expression, scope),
        sides=_sides(expression, scope),
        paths=strings(check.get("paths", ())) or scope.cell_paths(expression),
    )


def _sides(expression: Expression, scope: Scope) -> tuple[Rule, Rule] | None:
    if expression.comparison is None:
        return None
    left, _, right = expression.comparison
    return Rule.of(parse(left), scope), Rule.of(parse(right), scope)


def _text(words: Mapping[str, object], key: str) -> str | None:
    text = words.get(key)
    return None if text is None else str(text)


def _row_title(row: RowView, block: Block | None, language: Language) -> str:
    if block is not None and block.kind is BlockKind.ROSTER:
        return f"{block.title} {row.key}"
    return line_title(row.line, language)


def _clean(value: float) -> float | int:
    shown = rounded(float(value), _SHOWN_DECIMALS)
    return int(shown) if shown.is_integer() else shown
