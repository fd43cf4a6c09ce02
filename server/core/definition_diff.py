"""The difference of two versions of a definition as operations, one for each thing a human did.

The operations are found by doing them: each one is carried out on a copy of the older document,
and the next one starts from there, so that what is left over in the end is nothing. Identity is
the key; a key that went and came with the same label, or that ``x-migrate`` tells of, was renamed.
Forms, workflows and code lists alike: only the grammar below knows where their parts stand.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from copy import deepcopy
from itertools import product
from typing import Any, Final

from server.core.definition_apply import Document, Operation, carry_out
from server.core.definition_grammar import Kind, grammar_of
from server.core.definition_passing import akin, passing_names, saved_by
from server.core.definition_patch import matching, patches, same, similarity, text
from server.core.json_text import pointer, tokens

_SHOWN: Final = ("fields", "grid")
#: How alike two parts must be to be one of which key and label changed. What is told with the
#: fewest operations wins, and of two that are equally short the more cautious one.
_ALIKE: Final = (1.1, 0.5, 0.0)
#: So many pairs are held against what the definition says; beyond only likeness tells which key
#: became which.
_MOST_PAIRS: Final = 40


def diff(before: Mapping[str, object], after: Mapping[str, object]) -> list[Operation]:
    """The operations that make *after* of *before*, key order included.

    >>> old = {"code": "a", "version": 1, "items": [{"code": "x", "title": "X"}]}
    >>> new = {"code": "a", "version": 2, "items": []}
    >>> [operation["op"] for operation in diff(old, new)]
    ['remove', 'set']
    """
    best: list[Operation] | None = None
    near = akin(before, after)
    for alike in _ALIKE:
        searches = [
            _Search(before, after, along=along, alike=alike, near=near, backward=backward)
            for along, backward in ((True, False), (True, True), (False, False))
            if near or not backward
        ]
        found = min((search.run() for search in searches), key=len)
        if best is None or len(found) < len(best):
            best = found
        if not any(search.unpaired for search in searches):
            break
    return best or []


def renames(document: Mapping[str, object]) -> dict[str, str]:
    """By old key, the new key of what ``x-migrate`` says was renamed; columns and root alike."""
    declared = document.get("x-migrate")
    steps = declared.get("steps") if isinstance(declared, Mapping) else None
    found: dict[str, str] = {}
    for step in steps if isinstance(steps, list) else ():
        if isinstance(step, Mapping) and step.get("op") in ("rename", "move"):
            old, new = str(step.get("from", "")), str(step.get("to", ""))
            if old.startswith("/") and new.startswith("/"):
                found.setdefault(tokens(old)[-1], tokens(new)[-1])
    return found


class _Search:
    """One walk; *along* lets the operations do what an editor's act drags along.

    What drags along depends on what was done before it: *backward* begins with the lines.
    """

    def __init__(
        self,
        before: Mapping[str, object],
        after: Mapping[str, object],
        *,
        along: bool,
        alike: float,
        near: bool,
        backward: bool,
    ) -> None:
        self.work: Document = deepcopy(dict(before))
        self.after = after
        self.along = along
        self.alike = alike
        self.backward = backward
        self.pairs = _MOST_PAIRS
        self.akin = along and near
        self.unpaired = False
        self.found: list[Operation] = []
        self.declared = renames(after)

    def run(self) -> list[Operation]:
        kind = grammar_of(self.after)
        self._keys(kind, "", self.after)
        self._sections()
        self._parts(kind, "", self.after)
        return self.found

    def _do(self, operation: Operation) -> None:
        carry_out(self.work, operation)
        self.found.append(operation)

    def _held(self, path: str) -> Any:
        held: Any = self.work
        for token in tokens(path) if path else ():
            held = held[int(token)] if isinstance(held, list) else held[token]
        return held

    # What came, went, moved

    def _keys(self, kind: Kind, path: str, after: Mapping[str, Any]) -> None:
        """Everything with a key of its own first, because the rest of the document names it."""
        held = self._held(path)
        for name, part in sorted(kind.keyed.items(), reverse=not self.backward):
            if _both(held, after, name, dict):
                place = path + pointer(name)
                self._keyed(place, after[name])
                for key, wanted in after[name].items():
                    below = self._held(place).get(key)
                    if isinstance(below, dict) and isinstance(wanted, dict):
                        self._keys(part, place + pointer(key), wanted)
        for name, part in kind.single.items():
            if _both(held, after, name, dict):
                self._keys(part, path + pointer(name), after[name])

    def _keyed(self, path: str, after: Mapping[str, Any]) -> None:
        held: Document = self._held(path)
        gone = [key for key in held if key not in after]
        new = [key for key in after if key not in held]
        for old, key in self._renamed(path, held, after, gone, new):
            gone.remove(old)
            self._do({"op": "rename", "path": path + pointer(old), "key": key, **self._along()})
        for key in gone:
            last = self._passed(path, key) if self.akin else key
            self._do({"op": "remove", "path": path + pointer(last), **self._along()})
        held = self._held(path)
        wanted = list(after)
        for key in _out_of_order(list(held), wanted):
            behind = _behind(wanted, key, held)
            self._do({"op": "move", "path": path + pointer(key), "behind": behind})
        for key in wanted:
            if key not in self._held(path):
                self._add(path, key, after[key], _behind(wanted, key, self._held(path)))

    def _passed(self, path: str, key: str) -> str:
        """The key that a part had when it went: another one where expressions still say so."""
        own = path + pointer(key)
        for place, name in passing_names(self.work, own, self.after):
            self._do({"op": "rename", "path": place, "key": name, **self._along()})
            if place == own:
                own = path + pointer(name)
        return tokens(own)[-1]

    def _along(self) -> Operation:
        return {"along": True} if self.along else {}

    def _renamed(
        self,
        path: str,
        held: Document,
        after: Mapping[str, Any],
        gone: list[str],
        new: list[str],
    ) -> list[tuple[str, str]]:
        pairs = []
        left, free = list(gone), list(new)
        for old in gone:
            told = self.declared.get(old)
            if told in free:
                pairs.append((old, told))
                left.remove(old)
                free.remove(told)
        many = len(left) * len(free) > self.pairs
        self.pairs -= 0 if many else len(left) * len(free)
        found = [
            (self._saved(path, old, key, many), similarity(held[old], after[key]), old, key)
            for old, key in product(left, free)
        ]
        # What the rest of the definition says counts before how alike two parts are.
        for saved, _, old, key in sorted(found, key=lambda one: one[:2], reverse=True):
            if old in left and key in free and (saved > 0 or self._one(held[old], after[key])):
                pairs.append((old, key))
                left.remove(old)
                free.remove(key)
        self.unpaired = self.unpaired or bool(free and left)
        return [pair for old in gone for pair in pairs if pair[0] == old]

    def _saved(self, path: str, old: str, key: str, many: bool) -> int:
        if many or not self.akin:
            return 0
        return saved_by(self.work, path + pointer(old), key, self.after)

    def _one(self, held: object, wanted: object) -> bool:
        """Whether both may be one part under two keys."""
        label = _label(held)
        if label is not None and label == _label(wanted):
            return True
        return similarity(held, wanted) >= self.alike

    def _add(self, path: str, key: str, value: object, behind: str | None) -> None:
        operation: Operation = {
            "op": "add", "path": path + pointer(key), "behind": behind, "value": deepcopy(value)
        }  # fmt: skip
        if self.along and path == "/properties":
            section = self._section_of(key)
            if section is not None:
                operation |= {"along": True, "section": section}
        self._do(operation)

    def _section_of(self, key: str) -> int | None:
        """The section of the present layout behind or in which the newer one shows the key."""
        sections = _sections(self.work)
        names = [section.get("key") for section in sections]
        before: int | None = None
        for section in _sections(self.after):
            own = section.get("key")
            place = names.index(own) if own in names else None
            for shown in _SHOWN:
                if key in section.get(shown, ()):
                    return before if place is None else place
            before = before if place is None else place
        return None

    def _sections(self) -> None:
        """A property that stands in another section than before moved there."""
        target = {
            key: (section.get("key"), name)
            for section in _sections(self.after)
            for name in _SHOWN
            for key in section.get(name, ())
        }
        for number, section in enumerate(_sections(self.work)):
            for name in _SHOWN:
                for key in list(section.get(name, ())):
                    wanted = target.get(key, (section.get("key"), name))
                    if wanted == (section.get("key"), name):
                        continue
                    for place, other in enumerate(_sections(self.work)):
                        if other.get("key") == wanted[0] and isinstance(other.get(wanted[1]), list):
                            self._put_into(number, name, key, place, wanted[1])
                            break

    def _put_into(self, number: int, name: str, key: str, place: int, shown: str) -> None:
        code = _sections(self.work)[place].get("key")
        wanted = next(one[shown] for one in _sections(self.after) if one.get("key") == code)
        held = _sections(self.work)[place][shown]
        behind = _behind(wanted, key, held)
        at = 0 if behind is None else held.index(behind) + 1
        base = "/x-layout/sections"
        self._do(
            {
                "op": "place", "path": f"{base}/{number}/{name}", "key": key,
                "to": f"{base}/{place}/{shown}", "at": at,
            }
        )  # fmt: skip

    # What is written otherwise

    def _parts(self, kind: Kind, path: str, after: Mapping[str, Any]) -> None:
        held = self._held(path)
        apart = set()
        for name, part in kind.keyed.items():
            if _both(held, after, name, dict):
                apart.add(name)
                for key, wanted in after[name].items():
                    below = path + pointer(name, key)
                    self._cell(part, below, held[name][key], wanted, (held, after, key))
        for name, part in kind.single.items():
            if _both(held, after, name, dict):
                apart.add(name)
                self._parts(part, path + pointer(name), after[name])
        for name, part in kind.listed.items():
            if _both(held, after, name, list) and _objects(held[name]) and _objects(after[name]):
                apart.add(name)
                self._listed(part, path + pointer(name), after[name])
        self._write(path, after, apart)

    def _cell(
        self,
        kind: Kind,
        path: str,
        held: object,
        wanted: object,
        around: tuple[Document, Mapping[str, Any], str],
    ) -> None:
        """A part with a key; whether it must be answered stands in a list of what is around it."""
        line, after, key = around
        if not (isinstance(held, dict) and isinstance(wanted, dict)):
            if not same(held, wanted):
                above = pointer(*tokens(path)[:-1])
                change = {"at": pointer(key), "to": deepcopy(wanted)}
                self._do({"op": "set", "path": above, "changes": [change]})
            return
        required = key in after.get("required", ())
        turned = self.along and required is not (key in line.get("required", ()))
        if turned:
            apart = {*kind.keyed, *kind.single, *kind.listed}
            changes = patches(held, wanted, self._apart(held, wanted, apart))
            operation = {"op": "set", "path": path, "changes": changes, "required": required}
            self._do(operation)
        self._parts(kind, path, wanted)

    def _apart(self, held: Document, wanted: Mapping[str, Any], names: set[str]) -> set[str]:
        return {name for name in names if name in held and name in wanted}

    def _write(self, path: str, after: Mapping[str, Any], apart: set[str]) -> None:
        changes = patches(self._held(path), after, apart)
        if changes:
            self._do({"op": "set", "path": path, "changes": changes})

    def _listed(self, kind: Kind, path: str, after: Sequence[Any]) -> None:
        """Items of a list: told apart by code, key or name, and else by how alike they are."""
        pairs = matching(self._held(path), after)
        for place in reversed(range(len(self._held(path)))):
            if place not in pairs:
                self._do({"op": "remove", "path": f"{path}/{place}"})
        order = [pairs[place] for place in sorted(pairs)]
        for number in _out_of_order(order, list(range(len(after)))):
            place = order.index(number)
            order.pop(place)
            # Those that stand before it in the end are settled; the last of them is its neighbour.
            settled = [one for one in order if one < number]
            to = order.index(max(settled)) + 1 if settled else 0
            order.insert(to, number)
            self._do({"op": "move", "path": f"{path}/{place}", "to": to})
        for number, wanted in enumerate(after):
            if number not in order:
                order.insert(number, number)
                value = deepcopy(wanted)
                self._do({"op": "add", "path": f"{path}/{number}", "value": value})
        for number, wanted in enumerate(after):
            self._parts(kind, f"{path}/{number}", wanted)


def _both(held: object, after: Mapping[str, Any], name: str, kind: type) -> bool:
    return (
        isinstance(held, dict)
        and isinstance(held.get(name), kind)
        and isinstance(after.get(name), kind)
    )


def _objects(items: list[Any]) -> bool:
    return all(isinstance(item, dict) for item in items)


def _sections(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    layout = document.get("x-layout")
    sections = layout.get("sections") if isinstance(layout, Mapping) else None
    return [one for one in sections if isinstance(one, dict)] if isinstance(sections, list) else []


def _label(held: object) -> str | None:
    title = held.get("title") if isinstance(held, Mapping) else None
    return text(title) if title is not None else None


def _behind(wanted: Sequence[str], key: str, held: Any) -> str | None:
    """The nearest key that stands before *key* in the end and is there already."""
    for other in reversed(wanted[: wanted.index(key)]):
        if other in held:
            return other
    return None


def _out_of_order(held: Sequence[Any], wanted: Sequence[Any]) -> list[Any]:
    """The fewest that have to move, in the order in which they end up."""
    rank = {one: place for place, one in enumerate(wanted)}
    ranks = [rank[one] for one in held]
    tails: list[int] = []
    ends: list[int] = []
    links: list[int | None] = []
    for number, one in enumerate(ranks):
        place = bisect_left(tails, one)
        links.append(ends[place - 1] if place else None)
        tails[place : place + 1] = [one]
        ends[place : place + 1] = [number]
    kept = set()
    last = ends[-1] if ends else None
    while last is not None:
        kept.add(held[last])
        last = links[last]
    return [one for one in wanted if one in rank and one not in kept and one in set(held)]
