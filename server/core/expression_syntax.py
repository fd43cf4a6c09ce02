"""Tokens to a checked syntax tree: grammar, known functions, limits of size.

The tree is made of nested tuples, operator first, and is at the same time the JSON that the
browser evaluates (``static/js/expressions.js``): numbers, texts, true, false and null stand
for themselves, ``("name", n)`` is a value of the document, ``("var", slot)`` a macro variable.
"""

import re
from typing import NamedTuple, TypeAlias

from server.core.expression_tokens import RESERVED, ExpressionInvalid, Token, tokens

MAX_DEPTH = 24
MAX_NODES = 1000

Node: TypeAlias = "float | str | bool | tuple[Node, ...] | None"

COMPARISONS = frozenset(["==", "!=", "<", "<=", ">", ">="])
MACROS = frozenset(["all", "exists", "exists_one", "filter", "map"])
# Name -> fewest and most arguments; None is "as many as the limit of nodes allows".
_FUNCTIONS: dict[str, tuple[int, int | None]] = {
    "sum": (1, 1),
    "avg": (1, 1),
    "count": (1, 1),
    "size": (1, 1),
    "round": (1, 2),
    "near": (3, 3),
    "coalesce": (1, None),
    "change": (2, 2),
}
FUNCTIONS = frozenset(_FUNCTIONS)
# Functions whose arguments are read as they are written, not evaluated.
READERS = frozenset(["prev", "lastYear", "other", "value", "has"])
_METHODS = {"startsWith": 1, "endsWith": 1, "contains": 1, "size": 0}
_LITERALS: dict[str, Node] = {"true": True, "false": False, "null": None}
_PREVIOUS_PATH = re.compile(r"(?:/.*|[A-Za-z_][A-Za-z0-9_]*)\Z")
_FORM_CODE = re.compile(r"[a-z][a-z0-9_]{0,63}\Z")
_NEEDS_PATH = {"prev": "prev-needs-path", "lastYear": "last-year-needs-path"}


class Parsed(NamedTuple):
    """The tree of one text and what the parser alone knows about the text."""

    root: Node
    slots: int  # variables that are bound at the same time
    comparison: tuple[str, str, str] | None


class _Term(NamedTuple):
    node: Node
    depth: int
    start: int  # where its text begins and ends, parentheses included
    end: int
    relation: tuple[str, str, str] | None = None


def read(text: str) -> Parsed:
    """The tree of *text*; raises ``ExpressionInvalid``."""
    parser = _Parser(text)
    term = parser.whole()
    return Parsed(term.node, parser.slots, term.relation)


def placed(text: str) -> tuple[Node, dict[int, Token]]:
    """The tree, and by ``id`` of its nodes the word or literal that names what a node reads, of
    a comparison its whole text.

    The ids hold as long as the tree does.
    """
    parser = _Parser(text)
    return parser.whole().node, parser.names


class _Parser:
    """Recursive descent, one method per step of precedence."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = tokens(text)
        self._next = 0
        self._nesting = 0
        self._nodes = 0
        self._bound: list[str] = []
        self.slots = 0
        self.names: dict[int, Token] = {}

    def whole(self) -> _Term:
        term = self._expression()
        if self._peek().kind != "end":
            raise self._refusal("syntax")
        return term

    def _peek(self) -> Token:
        return self._tokens[self._next]

    def _take(self) -> Token:
        self._next += 1
        return self._tokens[self._next - 1]

    def _is(self, *signs: str) -> bool:
        token = self._peek()
        return token.text in signs and token.kind in {"sign", "word"}

    def _accept(self, sign: str) -> bool:
        if self._is(sign):
            self._next += 1
            return True
        return False

    def _expect(self, sign: str) -> Token:
        if not self._is(sign):
            raise self._refusal("syntax")
        return self._take()

    def _refusal(self, reason: str, token: Token | None = None) -> ExpressionInvalid:
        return ExpressionInvalid(reason=reason, column=(token or self._peek()).start + 1)

    def _term(self, node: Node, depth: int, start: int) -> _Term:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise ExpressionInvalid(reason="too-many-nodes", column=start + 1)
        if depth > MAX_DEPTH:
            raise ExpressionInvalid(reason="too-deep", column=start + 1)
        return _Term(node, depth, start, self._tokens[self._next - 1].end)

    def _join(self, operator: str, *parts: _Term, start: int | None = None) -> _Term:
        deepest = max((part.depth for part in parts), default=0)
        begin = parts[0].start if start is None else start
        return self._term((operator, *(part.node for part in parts)), deepest + 1, begin)

    def _expression(self) -> _Term:
        self._nesting += 1
        if self._nesting > MAX_DEPTH:
            raise self._refusal("too-deep")
        term = self._any()
        if self._accept("?"):
            chosen = self._any()
            self._expect(":")
            term = self._join("?", term, chosen, self._expression())
        self._nesting -= 1
        return term

    def _any(self) -> _Term:
        parts = [self._every()]
        while self._accept("||"):
            parts.append(self._every())
        return parts[0] if len(parts) == 1 else self._join("||", *parts)

    def _every(self) -> _Term:
        parts = [self._relation()]
        while self._accept("&&"):
            parts.append(self._relation())
        return parts[0] if len(parts) == 1 else self._join("&&", *parts)

    def _relation(self) -> _Term:
        left = self._sum()
        if not self._is(*COMPARISONS, "in"):
            return left
        operator = self._take()
        right = self._sum()
        if self._is(*COMPARISONS, "in"):
            # 1 <= x <= 5 compares a truth with a number: never what its author meant.
            raise self._refusal("chained-comparison")
        term = self._join(operator.text, left, right)
        whole = Token("relation", self._text[left.start : right.end], left.start)
        self._named(term, whole)
        if operator.text not in COMPARISONS:
            return term
        sides = self._text[left.start : left.end], self._text[right.start : right.end]
        return term._replace(relation=(sides[0], operator.text, sides[1]))

    def _sum(self) -> _Term:
        term = self._product()
        while self._is("+", "-"):
            term = self._join(self._take().text, term, self._product())
        return term

    def _product(self) -> _Term:
        term = self._unary()
        while self._is("*", "/", "%"):
            term = self._join(self._take().text, term, self._unary())
        return term

    def _unary(self) -> _Term:
        first = self._peek()
        if not self._is("!", "-"):
            return self._member()
        count = 0
        while self._accept(first.text):
            count += 1
        if self._is("!", "-"):
            raise self._refusal("syntax")
        term = self._member()
        for _ in range(count):
            term = self._join("!" if first.text == "!" else "neg", term, start=first.start)
        return term

    def _member(self) -> _Term:
        term = self._primary()
        while self._is(".", "["):
            if self._take().text == "[":
                first = self._peek()
                index = self._expression()
                self._expect("]")
                term = self._named(self._join("at", term, index), first)
                continue
            word = self._take()
            if word.kind != "word" or word.text in {"in", "true", "false", "null"}:
                raise self._refusal("syntax", word)
            if self._is("("):
                term = self._method(term, word)
            else:
                got = self._term(("get", term.node, word.text), term.depth + 1, term.start)
                term = self._named(got, word)
        return term

    def _named(self, term: _Term, word: Token) -> _Term:
        self.names[id(term.node)] = word
        return term

    def _method(self, receiver: _Term, word: Token) -> _Term:
        if word.text in MACROS:
            return self._macro(receiver, word)
        if word.text not in _METHODS:
            raise self._refusal("unknown-function", word)
        arguments = self._arguments()
        if len(arguments) != _METHODS[word.text]:
            raise self._refusal("wrong-arity", word)
        return self._join(word.text, receiver, *arguments)

    def _macro(self, source: _Term, word: Token) -> _Term:
        """``(macro, slot, weight, source, body[, condition])``; weight is the body's node count."""
        self._expect("(")
        variable = self._take()
        if variable.kind != "word" or variable.text in RESERVED:
            raise self._refusal("macro-needs-variable", variable)
        slot = len(self._bound)
        self._bound.append(variable.text)
        self.slots = max(self.slots, slot + 1)
        before = self._nodes
        parts = []
        while self._accept(","):
            parts.append(self._expression())
        self._bound.pop()
        if len(parts) != 1 and (word.text, len(parts)) != ("map", 2):
            raise self._refusal("wrong-arity", word)
        self._expect(")")
        parts.reverse()  # CEL writes the condition of map before the body
        weight = self._nodes - before
        nodes = (part.node for part in parts)
        depth = 1 + max(source.depth, *(part.depth for part in parts))
        return self._term((word.text, slot, weight, source.node, *nodes), depth, source.start)

    def _arguments(self, closing: str = ")") -> list[_Term]:
        self._take()
        found: list[_Term] = []
        while not self._is(closing):
            found.append(self._expression())
            if not self._is(closing):
                self._expect(",")
                if closing == ")" and self._is(closing):
                    raise self._refusal("syntax")
        self._take()
        return found

    def _primary(self) -> _Term:
        token = self._peek()
        if token.kind in {"number", "text"}:
            self._take()
            return self._term(token.value, 1, token.start)
        if token.kind == "word":
            return self._word(self._take())
        if self._is("["):
            return self._join("list", *self._arguments("]"), start=token.start)
        self._expect("(")
        inner = self._expression()
        self._expect(")")
        return inner._replace(start=token.start, end=self._tokens[self._next - 1].end)

    def _word(self, word: Token) -> _Term:
        if self._is("("):
            return self._call(word)
        if word.text in _LITERALS:
            return self._term(_LITERALS[word.text], 1, word.start)
        if word.text in RESERVED:
            raise self._refusal("syntax" if word.text == "in" else "reserved-word", word)
        for slot in reversed(range(len(self._bound))):
            if self._bound[slot] == word.text:
                return self._term(("var", slot), 1, word.start)
        return self._named(self._term(("name", word.text), 1, word.start), word)

    def _call(self, word: Token) -> _Term:
        if word.text not in _FUNCTIONS and word.text not in READERS:
            raise self._refusal("unknown-function", word)
        first = self._tokens[min(self._next + 1, len(self._tokens) - 1)]
        arguments = self._arguments()
        if word.text in READERS:
            return self._special(word, arguments, first)
        fewest, most = _FUNCTIONS[word.text]
        if len(arguments) < fewest or (most is not None and len(arguments) > most):
            raise self._refusal("wrong-arity", word)
        return self._join(word.text, *arguments, start=word.start)

    def _special(self, word: Token, arguments: list[_Term], first: Token) -> _Term:
        if len(arguments) != (2 if word.text == "other" else 1):
            raise self._refusal("wrong-arity", word)
        node = arguments[0].node
        if word.text in _NEEDS_PATH:
            if not isinstance(node, str) or not _PREVIOUS_PATH.match(node):
                raise self._refusal(_NEEDS_PATH[word.text], word)
        elif word.text == "other":
            path = arguments[1].node
            if not isinstance(node, str) or not _FORM_CODE.match(node):
                raise self._refusal("other-needs-form", word)
            if not isinstance(path, str) or not path.startswith("/"):
                raise self._refusal("other-needs-path", word)
        elif word.text == "value":
            if not isinstance(node, str) or not node.startswith("/"):
                raise self._refusal("value-needs-path", word)
        elif not isinstance(node, tuple) or node[0] != "get":
            raise self._refusal("has-needs-member", word)
        return self._named(self._join(word.text, *arguments, start=word.start), first)
