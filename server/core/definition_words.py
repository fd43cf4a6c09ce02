"""A difference of two definitions in sentences, Vietnamese and English, by titles and not by codes.

The sentences are made while the operations are done once more on the older document: what is
removed can only be named before it goes.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final

from server.core.definition_apply import carry_out, held_at
from server.core.definition_diff import renames
from server.core.definition_step_words import step_said
from server.core.definition_value_words import cut, worded, worded_inside, worded_pair
from server.core.definition_word_list import ATTRIBUTES, KINDS, SENTENCES, TYPES
from server.core.json_text import pointer, tokens

#: That it is another version goes without saying.
_SILENT: Final = ("/x-form/version", "/version")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One thing that is otherwise: ``subject`` is its group, ``path`` where, in both languages.

    *subject*: added, removed, renamed, moved, retyped, retitled, limits, rules, codes, dates,
    migration or other.
    """

    subject: str
    path: str
    text: str
    english: str


def sentences(
    before: Mapping[str, object],
    after: Mapping[str, object],
    operations: Sequence[Mapping[str, Any]],
) -> list[Sentence]:
    """What *operations*, the difference of the two, say to a person."""
    work = deepcopy(dict(before))
    ends = _Ends(before, after, renames(after))
    found: list[Sentence] = []
    for operation in operations:
        found += _OF[operation["op"]](work, operation, ends)
        carry_out(work, operation)
    return found


@dataclass(frozen=True, slots=True)
class _Ends:
    """Both versions, and the keys that the newer one declares as renamed."""

    before: Mapping[str, Any]
    after: Mapping[str, Any]
    renamed: Mapping[str, str]

    def steps(self, steps: Sequence[Mapping[str, Any]]) -> dict[str, str]:
        def said(language: int) -> str:
            return "; ".join(step_said(one, self.before, self.after, language) for one in steps)

        return _two("steps", said)


def _set(work: dict[str, Any], operation: Mapping[str, Any], ends: "_Ends") -> Iterator[Sentence]:
    path = str(operation["path"])
    part = _Part.at(work, path)
    if "required" in operation:
        name = "required" if operation["required"] else "optional"
        yield part.say("rules", name)
    seen: set[str] = set()
    changed = deepcopy(work)
    carry_out(changed, operation)
    for change in operation["changes"]:
        at = str(change["at"])
        if path + at in _SILENT:
            continue
        name = tokens(at)[0] if at else ""
        if "order" in change and not at:
            continue  # how the attributes of one part are ordered says nothing
        if name in seen:
            continue
        seen.add(name)
        if name == "x-migrate" and "to" in change:
            steps = ends.steps(change["to"].get("steps", ()))
            yield part.say("migration", "migrating", **steps)
            continue
        yield _attribute(work, part, name, change, _Part.at(changed, path).held)


def _attribute(
    work: dict[str, Any], part: "_Part", name: str, change: Mapping[str, Any], after: object
) -> Sentence:
    subject, label, english = ATTRIBUTES.get(name, ("other", name, name))
    whole = len(tokens(str(change["at"]))) == 1 if change["at"] else False
    old = part.held.get(name) if isinstance(part.held, Mapping) else None
    facts = {"label": label, "label_en": english}
    if "splice" in change:
        gone, new = _spliced(work, part.path, change)
        return part.say(subject, "list", **facts, **_twice("gone", gone), **_twice("new", new))
    held = after.get(name) if isinstance(after, Mapping) else None
    if not whole or (isinstance(old, Mapping) and isinstance(held, Mapping)):
        what = _two("what", lambda language: worded_inside(name, old, held, language))
        return part.say(subject, "inside", **facts, **what)
    if change.get("gone"):
        was = _two("old", lambda language: worded(name, old, language))
        return part.say(subject, "dropped", **facts, **was)
    new = change["to"]
    if name == "type":
        return part.say(
            "retyped", "retyped", old=_word(old, 0), new=_word(new, 0),
            old_en=_word(old, 1), new_en=_word(new, 1),
        )  # fmt: skip
    if name == "title":
        return part.say("retitled", "retitled", old=_short(old), new=_short(new))
    sentence = "given" if old is None else "changed"
    pairs = [worded_pair(name, old, new, language) for language in (0, 1)]
    said = {"old": pairs[0][0], "new": pairs[0][1], "old_en": pairs[1][0], "new_en": pairs[1][1]}
    return part.say(subject, sentence, **facts, **said)


def _two(fact: str, said: Callable[[int], str]) -> dict[str, str]:
    """The fact of a sentence in both languages."""
    return {fact: said(0), f"{fact}_en": said(1)}


def _twice(fact: str, value: str) -> dict[str, str]:
    """A list that may be empty."""
    return {fact: value or "không có gì", f"{fact}_en": value or "nothing"}


def _spliced(work: dict[str, Any], path: str, change: Mapping[str, Any]) -> tuple[str, str]:
    held = held_at(work, path + str(change["at"]))
    gone = [one for start, count, _ in change["splice"] for one in held[start : start + count]]
    new = [one for _, _, values in change["splice"] for one in values]
    return _short(gone), _short(new)


def _added(work: dict[str, Any], operation: Mapping[str, Any], ends: "_Ends") -> Iterator[Sentence]:
    path = str(operation["path"])
    part = _Part(path, operation["value"], *_around(work, path))
    if part.kind == "step":
        yield part.say("migration", "migrating", **ends.steps([operation["value"]]))
        return
    begins = part.held.get("validFrom") if part.kind == "code" else None
    if begins:
        days = _two("day", lambda language: worded("validFrom", begins, language))
        yield part.say("added", "added_from", **days)
        return
    yield part.say("added", "added")


def _removed(
    work: dict[str, Any], operation: Mapping[str, Any], ends: "_Ends"
) -> Iterator[Sentence]:
    part = _Part.at(work, str(operation["path"]))
    if part.kind == "step":
        yield part.say("migration", "migrating_no_more", **ends.steps([part.held]))
        return
    yield part.say("removed", "removed")


def _renamed(
    work: dict[str, Any], operation: Mapping[str, Any], ends: "_Ends"
) -> Iterator[Sentence]:
    path, key = str(operation["path"]), str(operation["key"])
    old = tokens(path)[-1]
    part = _Part.at(work, path)
    answers = part.kind in ("cell", "column", "block", "row")
    name = "rekeyed" if ends.renamed.get(old) == key or not answers else "undeclared"
    yield part.say("renamed", name, old=old, new=key)


def _moved(
    work: dict[str, Any], operation: Mapping[str, Any], _ends: "_Ends"
) -> Iterator[Sentence]:
    yield _Part.at(work, str(operation["path"])).say("moved", "moved")


def _placed(
    work: dict[str, Any], operation: Mapping[str, Any], _ends: "_Ends"
) -> Iterator[Sentence]:
    part = _Part.at(work, pointer("properties", str(operation["key"])))
    section = held_at(work, pointer(*tokens(str(operation["to"]))[:-1]))
    yield part.say("moved", "placed", section=_short(section.get("title", "")))


_OF: Final = {
    "set": _set,
    "add": _added,
    "remove": _removed,
    "rename": _renamed,
    "move": _moved,
    "place": _placed,
}


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a definition, what it is, what it is called, and what it belongs to."""

    path: str
    held: Any
    around: str

    @classmethod
    def at(cls, work: dict[str, Any], path: str) -> "_Part":
        try:
            held = held_at(work, path)
        except (KeyError, IndexError, ValueError, TypeError):
            held = {}
        return cls(path, held, *_around(work, path))

    @property
    def kind(self) -> str:
        parts = tokens(self.path) if self.path else ()
        return _kind(parts, self.held)

    def say(self, subject: str, sentence: str, **facts: str) -> Sentence:
        said = []
        for language in (0, 1):
            if language:
                facts = facts | {
                    name.removesuffix("_en"): facts[name] for name in facts if name.endswith("_en")
                }
            said.append(SENTENCES[sentence][language].format(part=self._name(language), **facts))
        capital = [one[:1].upper() + one[1:] for one in said]
        return Sentence(subject, self.path, capital[0], capital[1])

    def _name(self, language: int) -> str:
        noun = KINDS[self.kind][language]
        title = _title(self.held, tokens(self.path)[-1] if self.path else "")
        named = f"{noun} “{title}”" if title and self.kind not in _WITHOUT_NAME else noun
        joint = " của " if language == 0 else " of "
        return f"{named}{joint}“{self.around}”" if self.around else named


_WITHOUT_NAME: Final = ("document", "settings", "layout", "migration")
_BY_HOLDER: Final = {
    "x-checks": "check",
    "x-tests": "test",
    "x-tally": "tally",
    "x-feeds": "feed",
    "sections": "section",
    "groups": "group",
    "steps": "step",
    "states": "state",
    "transitions": "transition",
}
_ROOTS: Final = {
    "x-form": "settings",
    "x-layout": "layout",
    "x-migrate": "migration",
}


def _kind(parts: tuple[str, ...], held: object) -> str:
    if not parts:
        return "document"
    if len(parts) == 1:
        return _ROOTS.get(parts[0], "part")
    above = parts[-2]
    if above in _BY_HOLDER:
        return _BY_HOLDER[above]
    if above == "items":
        return "code"
    if parts[0] == "$defs" and len(parts) == len(("$defs", "name")):
        return "lines"
    if above == "properties" and len(parts) > len(("properties", "key")):
        return "row" if isinstance(held, Mapping) and _holds(held) else "column"
    if above == "properties":
        return "block" if isinstance(held, Mapping) and _holds(held) else "cell"
    return "part"


def _holds(held: Mapping[str, Any]) -> bool:
    return held.get("type") in ("object", "array") or "$ref" in held


def _around(work: dict[str, Any], path: str) -> tuple[str]:
    """What a column belongs to: the title of its block, or of the block that uses the lines."""
    parts = tokens(path) if path else ()
    if len(parts) < len(("properties", "rows", "properties")) or parts[-2] != "properties":
        return ("",)
    if parts[0] == "properties":
        return (_title(work.get("properties", {}).get(parts[1]), parts[1]),)
    used = f"#/$defs/{parts[1]}"
    for key, held in work.get("properties", {}).items():
        if used in json.dumps(held):
            return (_title(held, key),)
    return ("",)


def _title(held: object, fallback: str) -> str:
    if isinstance(held, Mapping):
        for name in ("title", "message", "name", "code", "event"):
            if isinstance(held.get(name), str) and held[name].strip():
                return cut(str(held[name]))
    return "" if fallback.isdigit() else fallback


def _word(value: object, language: int) -> str:
    found = TYPES.get(str(value))
    return found[language] if found else _short(value)


def _short(value: object) -> str:
    return worded("", value, 0)
