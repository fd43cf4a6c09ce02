"""What a draft of a form still has to say about answers of the version before, and in which words.

Fields are named as ``x-migrate`` names them, with ``*`` for lines that are alike.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from server.core.answer_migration import Route
from server.core.answer_paths import PathUnknown
from server.core.definition_impact import field_title, fields_of
from server.core.definition_migration import in_some_line
from server.core.form import Form
from server.core.shape import Cell, mapping

#: So alike two titles are when one is offered for the other.
_ALIKE = 0.6


@dataclass(frozen=True, slots=True)
class Field:
    """A typed field of one version."""

    path: str
    title: str
    type: str


@dataclass(frozen=True, slots=True)
class Lost:
    """A field of the version before that has no place yet, and the new one it may have become."""

    field: Field
    guess: str


@dataclass(frozen=True, slots=True)
class Plan:
    """All fields of both versions, those without a place, and those that are new."""

    older: tuple[Field, ...]
    newer: tuple[Field, ...]
    lost: tuple[Lost, ...]
    new: tuple[Field, ...]


def plan_of(older: Form, newer: Form) -> Plan:
    """What the declared steps of *newer* leave open."""
    route = Route.of(older, newer)
    before, after = tuple(_typed(older)), tuple(_typed(newer))
    known = {field.path for field in before}
    reached = {
        target for step in route.steps if step.sources != step.targets for target in step.targets
    }
    new = tuple(one for one in after if one.path not in known and one.path not in reached)
    lost = [one for one in before if _is_lost(route, one.path)]
    return Plan(before, after, tuple(Lost(one, _guess(one, new)) for one in lost), new)


def titled(form: Form, path: object) -> str:
    """The title of a field, a line or a block; the pointer itself where the form has none."""
    try:
        return field_title(form, str(path))
    except PathUnknown:
        return str(path)


def examples_carried(
    route: Route, before: Sequence[object], now: Sequence[object]
) -> list[dict[str, object]]:
    """The examples (``x-tests``) of a draft, with the answers that those of the version before had
    taken along; an example that is new stays as it is.
    """
    known = {str(mapping(one).get("name")): mapping(one) for one in before}
    found = []
    for one in now:
        example = dict(mapping(one))
        source = known.get(str(example.get("name")))
        found.append(example if source is None else _example(route, example, source))
    return found


def _example(
    route: Route, example: dict[str, object], source: Mapping[str, object]
) -> dict[str, object]:
    for part in ("previous", "lastYear"):
        if part in source and part in example:
            example[part] = _example(route, dict(mapping(example[part])), mapping(source[part]))
    if "answers" in source:
        statuses = {key: str(held) for key, held in mapping(source.get("statuses", {})).items()}
        moved = route.migrated(mapping(source["answers"]), statuses)
        example["answers"] = moved.answers
        if statuses:
            example["statuses"] = moved.statuses
    return example


def _typed(form: Form) -> list[Field]:
    found: list[Field] = []
    for path, cell in fields_of(form):
        if cell.calculate is None:
            found.append(Field(path, titled(form, path), _type(cell)))
    return found


def _type(cell: Cell) -> str:
    return str(cell.schema.get("type", ""))


def _is_lost(route: Route, path: str) -> bool:
    fate = route.fate(in_some_line(route.older, path))
    return fate.path is None and not fate.dropped


def _guess(lost: Field, new: Sequence[Field]) -> str:
    """The new field of the same kind whose title is most like that one's; empty when none is."""
    scored: Mapping[str, float] = {
        one.path: SequenceMatcher(None, lost.title, one.title).ratio()
        for one in new
        if one.type == lost.type
    }
    best = max(scored, key=lambda path: scored[path], default="")
    return best if scored.get(best, 0) >= _ALIKE else ""
