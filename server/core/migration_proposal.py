"""The steps of ``x-migrate`` that follow from an act in the editor: a key that changes, a part that
goes elsewhere.

Whoever renames a column thinks of its name, not of the reports that hold figures under the old one.
A step leads from where the value stood in the version before to where it stands in the draft, so
that renaming twice is one step and renaming back is none.
"""

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final

from server.core.definition_places import Path, answer_places, places_of
from server.core.json_text import pointer, tokens

Document = dict[str, Any]
_LEADS: Final = ("rename", "move")


#: What a kept act of the editor says of the steps that it wrote.
CARRIES: Final = "carries"
_BEGAN: Final = "began"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A draft with its steps brought up to date; ``steps`` are those that the act wrote.

    *began* says that nothing was declared before, *ended* that the last step is gone again.
    """

    document: Document
    steps: tuple[Mapping[str, str], ...]
    began: bool = False
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Base:
    """The version that a draft began from."""

    version: int
    document: Mapping[str, Any]


def followed(
    base: Base,
    before: Mapping[str, Any],
    after: Document,
    act: Mapping[str, object],
    earlier: Iterable[Mapping[str, object]],
) -> tuple[Document, Mapping[str, object]]:
    """The draft after *act* with the steps that follow from it, and the act as it is kept.

    *earlier* are the acts that led to *before*, the newest first: where the very first step came
    from an act and is gone again, nothing is declared any more, as before.
    """
    path, op = str(act.get("path", "")), act.get("op")
    if op == "rename":
        to: str | None = pointer(*tokens(path)[:-1], str(act["key"]))
    elif op == "remove":
        to = None
    elif op == "transfer":
        to = pointer(*tokens(str(act["into"])), tokens(path)[-1])
    else:
        return after, act
    way = "move" if op == "transfer" else "rename"
    found = proposed(base, before, after, path=path, to=to, op=way)
    if found is None:
        return after, act
    if found.ended and _began_by_act(earlier):
        found.document.pop("x-migrate")
    kept = {CARRIES: list(found.steps)} | ({_BEGAN: True} if found.began else {})
    return found.document, {**act, **kept}


def carried_by(acts: Iterable[Mapping[str, object]]) -> frozenset[tuple[str, str]]:
    """From where to where the acts of the editor led, each pair once."""
    return frozenset(
        (str(one["from"]), str(one["to"]))
        for act in acts
        for one in _dicts(act.get(CARRIES))
        if "from" in one and "to" in one
    )


def _began_by_act(earlier: Iterable[Mapping[str, object]]) -> bool:
    """Whether it was an act that declared something first, and not a person."""
    for act in earlier:
        values = act.get("values")
        if act.get(_BEGAN):
            return True
        if act.get("op") == "text" or (isinstance(values, dict) and "x-migrate" in values):
            return False
    return False


def proposed(
    base: Base,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    *,
    path: str,
    to: str | None,
    op: str = "rename",
) -> Proposal | None:
    """*after* an act that took the part at *path* of *before* to *to*, or away (None).

    None when the act concerns no answers of *base*.
    """
    olds = answer_places(before, path)
    news = [None] * len(olds) if to is None else answer_places(after, to)
    declared = after.get("x-migrate")
    if not olds or len(olds) != len(news) or not _well_formed(declared, base.version):
        return None
    steps = deepcopy(declared["steps"]) if isinstance(declared, dict) else []
    follower = _Follower(frozenset(places_of(base.document)), steps)
    for old, new in zip(olds, news, strict=True):
        if new is None:
            follower.gone(old)
        else:
            follower.went(old, new, op)
    if follower.steps == (declared["steps"] if isinstance(declared, dict) else []):
        return None
    document: Document = deepcopy(dict(after))
    document["x-migrate"] = {"from": base.version, "steps": follower.steps}
    written = tuple({"from": one["from"], "to": one["to"]} for one in follower.written)
    return Proposal(document, written, began=declared is None, ended=not follower.steps)


class _Follower:
    """The declared steps while one act is followed."""

    def __init__(self, known: frozenset[Path], steps: list[Document]) -> None:
        self._known = known
        self.steps = steps
        self.written: list[Document] = []

    def went(self, old: Path, new: Path, op: str) -> None:
        """The part that stood at *old* stands at *new*."""
        origin = self._origin(old)
        own = [one for one in self._leading() if _parts(one["to"]) == old]
        led = bool(own) or self._named(old, ("to",), ("split", "merge"))
        taken = self._named(old, ("from",), (*_LEADS, "split", "merge")) or self._dropped(old)
        self._rewrite(old, new)
        if not led and not taken and origin in self._known:
            step = {"op": op, "from": pointer(*origin), "to": pointer(*new)}
            self.steps.insert(self._place(len(origin)), step)
            own = [step]
        for step in own:
            step["op"] = op if op == "move" else step["op"]
        for step in list(self._leading()):
            if _parts(step["to"]) == self._implied(step):
                self.steps.remove(step)
        self.written += [step for step in own if step in self.steps]

    def gone(self, old: Path) -> None:
        """Nothing stands at *old* any more, so that nothing can be led there."""
        for step in list(self._leading()):
            if _after(old, _parts(step["to"])) is not None:
                self.steps.remove(step)

    def _leading(self) -> Iterator[Document]:
        return (one for one in list(self.steps) if one["op"] in _LEADS)

    def _origin(self, place: Path) -> Path:
        """Where the base has what the draft has at *place*."""
        best: tuple[Path, Path] | None = None
        for step in self._leading():
            rest = _after(_parts(step["to"]), place)
            if rest is not None and (best is None or len(rest) < len(best[1])):
                best = (_parts(step["from"]), rest)
        return place if best is None else (*best[0], *best[1])

    def _implied(self, step: Document) -> Path:
        """Where the others lead what the step leads."""
        source = _parts(step["from"])
        best: tuple[Path, Path] | None = None
        for other in self._leading():
            rest = _after(_parts(other["from"]), source)
            if other is not step and rest and (best is None or len(rest) < len(best[1])):
                best = (_parts(other["to"]), rest)
        return source if best is None else (*best[0], *best[1])

    def _named(self, place: Path, keys: tuple[str, ...], ops: tuple[str, ...]) -> bool:
        return any(
            _parts(one) == place
            for step in self.steps
            if step["op"] in ops
            for key in keys
            for one in _listed(step.get(key))
        )

    def _dropped(self, place: Path) -> bool:
        return any(one["op"] == "drop" and _parts(one["path"]) == place for one in self.steps)

    def _rewrite(self, old: Path, new: Path) -> None:
        """Everything that names places of the draft follows; what names those of the base stays."""
        for step in self.steps:
            for key in ("path", "to"):
                if key not in step or (key == "path" and step["op"] == "drop"):
                    continue
                held = step[key]
                moved = [_moved(one, old, new) for one in _listed(held)]
                step[key] = moved if isinstance(held, list) else moved[0]

    def _place(self, length: int) -> int:
        """Cells before the lines and blocks around them, and all before what is done to values."""
        for place, step in enumerate(self.steps):
            if step["op"] not in _LEADS or len(_parts(step["from"])) < length:
                return place
        return len(self.steps)


def _moved(held: str, old: Path, new: Path) -> str:
    rest = _after(old, _parts(held))
    return held if rest is None else pointer(*new, *rest)


def _after(above: Path, place: Path) -> Path | None:
    """What follows *above* in *place*; None where *place* is elsewhere."""
    return place[len(above) :] if place[: len(above)] == above else None


def _parts(held: object) -> Path:
    try:
        return tokens(str(held))
    except ValueError:
        return ()


def _listed(held: object) -> list[str]:
    return [str(one) for one in held] if isinstance(held, list) else [str(held)]


def _well_formed(declared: object, version: int) -> bool:
    """Whether steps can be read and are those from *version*; a draft may hold anything."""
    if declared is None:
        return True
    steps = declared.get("steps") if isinstance(declared, dict) else None
    if not isinstance(declared, dict) or declared.get("from") != version:
        return False
    return isinstance(steps, list) and all(
        isinstance(one, dict) and ("path" in one or ("from" in one and "to" in one))
        and isinstance(one.get("op"), str)
        for one in steps
    )  # fmt: skip


def _dicts(held: object) -> list[Mapping[str, Any]]:
    return [one for one in held if isinstance(one, dict)] if isinstance(held, list) else []
