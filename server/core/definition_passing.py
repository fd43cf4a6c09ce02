"""Which key became which, told by what else the definition says: expressions, transitions.

A key that was renamed and removed stands in neither version, but the expressions that were left
behind still say it; who looks for the fewest operations has to find it there.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any, Final

from server.core import definition_consequences as consequences
from server.core.definition_apply import Document, held_at
from server.core.definition_renaming import texts_of
from server.core.json_text import pointer, tokens

_WORD: Final = re.compile(r"[a-z][a-z0-9_]{0,63}", re.ASCII)
#: So many renamings of one part are looked for: its own key and those of two cells in it.
_MOST: Final = 3
#: With more new words than that in its expressions it is another definition.
_MOST_WORDS: Final = 8


def akin(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether the one may have become the other by a few acts, as its expressions tell."""
    known, said = (Counter(texts_of(dict(one))) for one in (before, after))
    return len(set(_words(said - known)) - set(_words(known))) <= _MOST_WORDS


def told_by(document: Mapping[str, Any]) -> Counter[str]:
    """What a definition says of its own keys, as often as it does."""
    said = Counter(texts_of(dict(document)))
    transitions = document.get("transitions")
    for one in transitions if isinstance(transitions, list) else ():
        if isinstance(one, Mapping):
            said[json.dumps([one.get("event"), one.get("from"), one.get("to")])] += 1
    return said


def saved_by(work: Document, path: str, key: str, after: Mapping[str, Any]) -> int:
    """How much more of what *after* says is there once the part at *path* has that key."""
    tried = deepcopy(work)
    consequences.renamed(tried, path, key)
    wanted = told_by(after)
    return (wanted & told_by(tried)).total() - (wanted & told_by(work)).total()


def passing_names(work: Document, path: str, after: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What of the part at *path* was renamed before it went: each place, and its key from then on.

    Nothing where the renamings would not be fewer than the expressions they explain.
    """
    wanted, before = Counter(texts_of(dict(after))), Counter(texts_of(work))
    known = _words(before)
    unknown = sorted(set(_words(wanted - before)) - set(known))
    tried, found = deepcopy(work), list[tuple[str, str]]()
    while unknown and len(found) < _MOST:
        best = _best(tried, path, unknown, _words(wanted))
        if best is None:
            break
        place, word = best
        found.append(best)
        unknown.remove(word)
        _rename(tried, place, word)
        if place == path:
            path = pointer(*tokens(path)[:-1], word)
    explained = (wanted & Counter(texts_of(tried))).total() - (wanted & before).total()
    return found if explained > len(found) else []


def _best(
    work: Document, path: str, words: list[str], wanted: Counter[str]
) -> tuple[str, str] | None:
    """The renaming after which most of the words are those that are wanted."""
    present = (wanted & _words(Counter(texts_of(work)))).total()
    best: tuple[int, str, str] | None = None
    for place in (path, *_cells(work, path)):
        for word in words:
            if word in held_at(work, pointer(*tokens(place)[:-1])):
                continue
            tried = deepcopy(work)
            consequences.renamed(tried, place, word)
            gain = (wanted & _words(Counter(texts_of(tried)))).total() - present
            if gain > 0 and (best is None or gain > best[0]):
                best = gain, place, word
    return None if best is None else best[1:]


def _rename(work: Document, path: str, key: str) -> None:
    consequences.renamed(work, path, key)
    parts = tokens(path)
    consequences.rekey(held_at(work, pointer(*parts[:-1])), parts[-1], key)


def _cells(work: Document, path: str) -> Iterator[str]:
    """The cells below a block, whose own key may have been the one that was renamed."""
    held = held_at(work, path)
    cells = held.get("properties") if isinstance(held, dict) else None
    for key in cells if isinstance(cells, dict) else ():
        yield path + pointer("properties", key)


def _words(texts: Counter[str]) -> Counter[str]:
    found: Counter[str] = Counter()
    for text, times in texts.items():
        for word in _WORD.findall(text):
            found[word] += times
    return found
