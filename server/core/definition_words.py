"""A difference of two definitions in sentences, Vietnamese and English, by titles and not by codes.

The sentences are made while the operations are done once more on the older document: what is
removed can only be named before it goes.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final

from server.core.definition_apply import carry_out, held_at
from server.core.definition_diff import renames
from server.core.definition_word_list import ATTRIBUTES, KINDS, SENTENCES, TYPES
from server.core.json_text import pointer, tokens

_LONGEST: Final = 90
_PLAIN: Final = (str, int, float)
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
    declared = renames(after)
    found: list[Sentence] = []
    for operation in operations:
        found += _OF[operation["op"]](work, operation, declared)
        carry_out(work, operation)
    return found


def _set(
    work: dict[str, Any], operation: Mapping[str, Any], _declared: Mapping[str, str]
) -> Iterator[Sentence]:
    path = str(operation["path"])
    part = _Part.at(work, path)
    if "required" in operation:
        name = "required" if operation["required"] else "optional"
        yield part.say("rules", name)
    seen: set[str] = set()
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
        yield _attribute(work, part, name, change)


def _attribute(
    work: dict[str, Any], part: "_Part", name: str, change: Mapping[str, Any]
) -> Sentence:
    subject, label, english = ATTRIBUTES.get(name, ("other", name, name))
    whole = len(tokens(str(change["at"]))) == 1 if change["at"] else False
    old = part.held.get(name) if isinstance(part.held, Mapping) else None
    facts = {"label": label, "label_en": english}
    if "splice" in change:
        gone, new = _spliced(work, part.path, change)
        return part.say(subject, "list", **facts, gone=gone or "0", new=new or "0")
    if not whole:
        return part.say(subject, "inside", **facts)
    if change.get("gone"):
        return part.say(subject, "dropped", **facts, old=_short(old))
    new = change["to"]
    if name == "type":
        return part.say(
            "retyped", "retyped", old=_word(old, 0), new=_word(new, 0),
            old_en=_word(old, 1), new_en=_word(new, 1),
        )  # fmt: skip
    if name == "x-migrate":
        steps = ", ".join(_step(one) for one in new.get("steps", ()))
        return part.say(subject, "migrating", steps=_cut(steps))
    if name == "title":
        return part.say("retitled", "retitled", old=_short(old), new=_short(new))
    sentence = "given" if old is None else "changed"
    return part.say(subject, sentence, **facts, old=_short(old), new=_short(new))


def _spliced(work: dict[str, Any], path: str, change: Mapping[str, Any]) -> tuple[str, str]:
    held = held_at(work, path + str(change["at"]))
    gone = [one for start, count, _ in change["splice"] for one in held[start : start + count]]
    new = [one for _, _, values in change["splice"] for one in values]
    return _short(gone), _short(new)


def _added(
    work: dict[str, Any], operation: Mapping[str, Any], _declared: Mapping[str, str]
) -> Iterator[Sentence]:
    path = str(operation["path"])
    part = _Part(path, operation["value"], *_around(work, path))
    yield part.say("migration" if part.kind == "step" else "added", "added")


def _removed(
    work: dict[str, Any], operation: Mapping[str, Any], _declared: Mapping[str, str]
) -> Iterator[Sentence]:
    part = _Part.at(work, str(operation["path"]))
    yield part.say("migration" if part.kind == "step" else "removed", "removed")


def _renamed(
    work: dict[str, Any], operation: Mapping[str, Any], declared: Mapping[str, str]
) -> Iterator[Sentence]:
    path, key = str(operation["path"]), str(operation["key"])
    old = tokens(path)[-1]
    part = _Part.at(work, path)
    answers = part.kind in ("cell", "column", "block", "row")
    name = "rekeyed" if declared.get(old) == key or not answers else "undeclared"
    yield part.say("renamed", name, old=old, new=key)


def _moved(
    work: dict[str, Any], operation: Mapping[str, Any], _declared: Mapping[str, str]
) -> Iterator[Sentence]:
    yield _Part.at(work, str(operation["path"])).say("moved", "moved")


def _placed(
    work: dict[str, Any], operation: Mapping[str, Any], _declared: Mapping[str, str]
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
        if "op" in held:
            return _cut(_step(held))
        for name in ("title", "message", "name", "code", "event"):
            if isinstance(held.get(name), str) and held[name].strip():
                return _cut(str(held[name]))
    return "" if fallback.isdigit() else fallback


def _step(step: Mapping[str, Any]) -> str:
    """What a step of ``x-migrate`` does, by its pointers."""
    if "path" in step:
        return f"{step['op']} {step['path']}"
    ends = [
        " + ".join(one) if isinstance(one, list) else str(one)
        for one in (step.get("from", ""), step.get("to", ""))
    ]
    return f"{step.get('op')} {ends[0]} → {ends[1]}"


def _word(value: object, language: int) -> str:
    found = TYPES.get(str(value))
    return found[language] if found else _short(value)


def _short(value: object) -> str:
    if isinstance(value, str):
        return _cut(value)
    if isinstance(value, list) and all(isinstance(one, _PLAIN) for one in value):
        return _cut(", ".join(map(str, value)))
    if isinstance(value, Mapping) and all(isinstance(one, _PLAIN) for one in value.values()):
        return _cut("; ".join(f"{key}: {one}" for key, one in value.items()))
    return _cut(json.dumps(value, ensure_ascii=False))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
