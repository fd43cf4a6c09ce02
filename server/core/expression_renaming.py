"""An expression with another key in the place of one: only the words that mean it are written anew.

Apart from evaluation, because here the text counts: spaces, brackets and comments stay.
"""

from collections.abc import Callable, Sequence
from typing import cast

from server.core import expression_tokens
from server.core.expression_syntax import MACROS, Node, placed
from server.core.expression_tokens import ExpressionInvalid, Token
from server.core.json_text import pointer, tokens

Path = tuple[str, ...]
#: Which part of a path is the key that is renamed; None where it is another one. The second
#: argument: whether the path was written from the root, as a JSON Pointer.
Which = Callable[[Path, bool], int | None]


def with_key(text: str, which: Which, new: str) -> str:
    """*text* with *new* for the parts that *which* names; as it is where it cannot be read."""
    try:
        root, names = placed(text)
    except ExpressionInvalid:
        return text
    found = _Reads(names)
    found.walk(root)
    changes: dict[int, tuple[Token, str]] = {}
    for path, words in found.chains:
        place = which(path, False)
        word = None if place is None else words[place]
        if word is not None:
            written = new if word.kind == "word" else _quoted(word, new)
            changes[word.start] = (word, written)
    for path_text, word in found.pointers:
        written = pointer_with_key(path_text, which, new)
        if written != path_text:
            changes[word.start] = (word, _quoted(word, written))
    for origin, relation in found.compared:
        for word in expression_tokens.tokens(relation.text):
            if word.kind == "text" and which((*origin, str(word.value)), False) is not None:
                start = relation.start + word.start
                changes[start] = (word._replace(start=start), _quoted(word, new))
    for start in sorted(changes, reverse=True):
        word, written = changes[start]
        text = text[: word.start] + written + text[word.end :]
    return text


def pointer_with_key(path: str, which: Which, new: str) -> str:
    """A JSON Pointer, or the plain name of a cell of the own line, with the new key."""
    absolute = path.startswith("/")
    try:
        parts = tokens(path) if absolute else (path,)
    except ValueError:
        return path
    place = which(parts, absolute)
    if place is None:
        return path
    renamed = (*parts[:place], new, *parts[place + 1 :])
    return pointer(*renamed) if absolute else new


def _quoted(word: Token, text: str) -> str:
    """Keys and pointers hold neither quotes nor backslashes."""
    sign = word.text[0]
    return f"{sign}{text}{sign}"


class _Reads:
    """The member chains of a tree with the word of each part, and the literal paths it reads."""

    def __init__(self, names: dict[int, Token]) -> None:
        self._names = names
        self.chains: list[tuple[Path, Sequence[Token | None]]] = []
        self.pointers: list[tuple[str, Token]] = []
        #: Comparisons of the name of a row: whose rows, and the text of the comparison.
        self.compared: list[tuple[Path, Token]] = []
        # What a macro variable stands for: an item of what stands at that path, where it is known.
        self._origins: dict[int, Path | None] = {}

    def walk(self, node: Node) -> None:
        if not isinstance(node, tuple):
            return
        if node[0] in ("prev", "lastYear"):
            word = self._names.get(id(node))
            if word is not None and word.kind == "text":
                self.pointers.append((cast(str, node[1]), word))
        elif node[0] in ("other", "value"):
            return  # of another form
        elif node[0] in MACROS:
            slot = cast(int, node[1])
            self.walk(node[3])
            self._origins[slot] = self._items(node[3])
            for part in node[4:]:
                self.walk(part)
        elif node[0] in ("name", "get", "at"):
            self._keep(node)
        else:
            if node[0] in ("==", "!=", "in"):
                self._compare(node)
            for part in node[1:]:
                self.walk(part)

    def _compare(self, node: tuple[Node, ...]) -> None:
        """``row in ["02", "03"]``, and the same of the variable of a macro over rows."""
        for side in node[1:]:
            if side == ("name", "row"):
                self.compared.append((("row",), self._names[id(node)]))
            elif isinstance(side, tuple) and side[0] == "var":
                origin = self._origins.get(cast(int, side[1]))
                if origin is not None and origin[-1] == "*":
                    self.compared.append((origin[:-1], self._names[id(node)]))

    def _keep(self, node: Node) -> None:
        chain = self._chain(node)
        if chain is not None:
            self.chains.append(chain)

    def _items(self, source: Node) -> Path | None:
        while isinstance(source, tuple) and source[0] == "filter":
            source = source[3]
        if isinstance(source, tuple) and source[0] in ("name", "var", "get", "at"):
            # Read once already by ``walk``: indexes in it are walked again, which changes nothing.
            chain = self._chain(source)
            return None if chain is None else (*chain[0], "*")
        return None

    def _chain(self, node: Node) -> tuple[Path, list[Token | None]] | None:
        if not isinstance(node, tuple) or node[0] not in ("name", "var", "get", "at"):
            self.walk(node)
            return None
        if node[0] == "name":
            return (cast(str, node[1]),), [self._names.get(id(node))]
        if node[0] == "var":
            origin = self._origins.get(cast(int, node[1]))
            return None if origin is None else (origin, [None] * len(origin))
        whole, index = self._chain(node[1]), node[2]
        if isinstance(index, tuple):
            self.walk(index)
        if whole is None:
            return None
        word = self._names.get(id(node))
        if isinstance(index, str):
            known = word if word is not None and word.kind in ("word", "text") else None
            return (*whole[0], index), [*whole[1], known]
        part = f"{index:.0f}" if isinstance(index, float) else "*"
        return (*whole[0], part), [*whole[1], None]
