"""Definitions broken in all the ways in which files arrive broken: 200 texts, always the same."""

import json
import random
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from typing import Any, Final

Document = dict[str, Any]
COUNT: Final = 200
_WRONG: Final[tuple[tuple[str, object], ...]] = (
    ("/title", 5),
    ("/type", "array"),
    ("/properties", []),
    ("/required", "people"),
    ("/x-form/version", "two"),
    ("/x-form/periodType", "week"),
    ("/x-form/kind", None),
    ("/x-form/due", "P15D"),
    ("/properties/households/type", "float"),
    ("/properties/households/maximum", "many"),
    ("/properties/households/title", ""),
    ("/properties/note/maxLength", -1),
    ("/properties/people/properties", 7),
    ("/x-layout/sections", {}),
    ("/x-layout/sections/0/fields", "people"),
    ("/x-checks/0/severity", "fatal"),
    ("/x-checks/0/rule", 1),
    ("/x-tests", []),
    ("/x-tests/0/answers", []),
    ("/x-tests/0/findings", "none"),
)
_DANGLING: Final[tuple[tuple[str, object], ...]] = (
    ("/x-form/workflow", "no_such_workflow"),
    ("/x-form/owner", "99999"),
    ("/x-form/consolidates", "no_such_form"),
    ("/required/0", "nobody"),
    ("/properties/people", {"title": "Nhân khẩu", "$ref": "#/$defs/nothing"}),
    ("/properties/people/x-dimension", "no_such_list"),
    ("/properties/people/properties/male/x-indicator", "no_such_indicator"),
    ("/properties/people/properties/male/x-member", "nobody"),
    ("/properties/all_people/x-calculate", "people.male + people.children"),
    ("/properties/all_people/x-calculate", "people.male +"),
    ("/properties/note/x-codelist", "no_such_list"),
    ("/properties/note/x-relevant", "weather == 'fine'"),
    ("/x-layout/sections/0/fields/0", "nobody"),
    ("/x-checks/0/rule", "houses > 0"),
    ("/x-checks/0/rule", "sum(people.male, 1)"),
    ("/x-checks/0/paths/0", "/nowhere"),
    ("/x-checks/0/message", "Số {unknown}."),
    ("/x-checks/1/code", "households_have_people"),
    ("/x-tests/0/answers/nobody", 1),
    ("/x-tests/0/findings/0", "no_such_finding"),
)


def broken_texts(document: Mapping[str, object]) -> list[tuple[str, str]]:
    """What is wrong, and the text of *document* with that wrong."""
    chance = random.Random(21)
    makers: tuple[Callable[[Document, random.Random], Iterator[str]], ...] = (
        _cut,
        _of_wrong_type,
        _dangling,
        _waiting_in_a_ring,
        _said_twice,
        _no_number,
        _marked,
        _decomposed,
    )
    names = [maker.__name__.strip("_") for maker in makers]
    running = [maker(deepcopy(dict(document)), chance) for maker in makers]
    found: dict[str, str] = {}
    while len(found) < COUNT:
        for name, texts in zip(names, running, strict=True):
            text = next(texts, None)
            if text is not None and len(found) < COUNT:
                found.setdefault(text, name)
    return [(name, text) for text, name in found.items()]


def _text(document: Mapping[str, object]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2)


def _with(document: Document, path: str, value: object) -> str:
    changed = deepcopy(document)
    *above, last = path.removeprefix("/").split("/")
    held: Any = changed
    for token in above:
        held = held[int(token)] if isinstance(held, list) else held[token]
    if isinstance(held, list):
        held[int(last) :] = [value]
    else:
        held[last] = value
    return _text(changed)


def _cut(document: Document, chance: random.Random) -> Iterator[str]:
    text = _text(document).rstrip("}\n ")
    while True:
        yield text[: chance.randrange(1, len(text))]


def _of_wrong_type(document: Document, _chance: random.Random) -> Iterator[str]:
    for path, value in _WRONG:
        yield _with(document, path, value)


def _dangling(document: Document, _chance: random.Random) -> Iterator[str]:
    for path, value in _DANGLING:
        yield _with(document, path, value)


def _waiting_in_a_ring(document: Document, _chance: random.Random) -> Iterator[str]:
    for length in range(1, 21):
        changed = deepcopy(document)
        keys = [f"ring_{number}" for number in range(length)]
        for number, key in enumerate(keys):
            waits = keys[(number + 1) % length]
            cell = {"title": key, "type": "integer", "x-calculate": f"{waits} + 1"}
            changed["properties"][key] = cell
        changed["x-layout"]["sections"][0]["fields"] += keys
        yield _text(changed)


def _said_twice(document: Document, _chance: random.Random) -> Iterator[str]:
    text = _text(document)
    for place in [at for at in range(len(text)) if text.startswith('"title": ', at)][:20]:
        yield f'{text[:place]}"title": "Hai lần", {text[place:]}'


def _no_number(document: Document, _chance: random.Random) -> Iterator[str]:
    for word in ("NaN", "Infinity", "-Infinity", "01", "+1", "1.", ".5", "0x1F", "1e999", "--1"):
        for key in ("maximum", "minimum"):
            text = _with(document, f"/properties/households/{key}", 424_242)
            yield text.replace("424242", word)


def _marked(document: Document, chance: random.Random) -> Iterator[str]:
    yield "\ufeff" + _text(document)
    text = _text(document)
    while True:
        at = chance.randrange(len(text))
        yield text[:at] + chance.choice("\x00\x07\x1b") + text[at:]


def _decomposed(document: Document, _chance: random.Random) -> Iterator[str]:
    for path in ("/title", "/properties/households/title", "/properties/note/title"):
        title = "Hộ và nhân khẩu của xã"
        yield _with(document, path, unicodedata.normalize("NFD", title))
    yield unicodedata.normalize("NFD", _text(document))
