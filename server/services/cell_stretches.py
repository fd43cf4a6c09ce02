"""What a cell was called while its report was on each version of its form.

A report that went to a newer version keeps the changes of before under the names of then; what is
read as one line of a cell, or asked of its newest change, has to know both.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from server.core.answer_migration import Route
from server.core.answer_origins import origins
from server.core.answer_paths import PathUnknown, Place, cell_title, place_of
from server.core.comment import carried
from server.core.event import Event
from server.core.form import Form
from server.core.submission import DraftChange
from server.services.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class Stretch:
    """A cell on one version: the places it had there, until when, and the move that ended it."""

    form: Form
    places: tuple[Place, ...]
    ended: Event | None = None
    as_is: bool = True  # whether a value went on from here as it was

    @property
    def paths(self) -> frozenset[str]:
        """The cell itself, and the line and the block whose changes are changes of it."""
        return frozenset(path for one in self.places for path in (one.path, *one.above))

    @property
    def names(self) -> tuple[tuple[str, str], ...]:
        """The pointer and the title of each place."""
        return tuple((one.path, cell_title(self.form, one.path)) for one in self.places)


@dataclass(frozen=True, slots=True)
class CellStretches:
    """Follows the moves of a report to newer versions, forwards and backwards."""

    catalogue: Catalogue

    def of(self, form: Form, place: Place, history: Sequence[Event]) -> list[Stretch]:
        """The stretches of the cell that the present *form* has at *place*, the last first."""
        found = [Stretch(form, (place,))]
        for event, route in reversed(self._moves(form, history)):
            paths = {path for one in found[-1].places for path in origins(route, one.path)}
            places = tuple(place_of(route.older, path) for path in sorted(paths))
            found.append(Stretch(route.older, places, event, _as_is(route, places)))
        return found

    def now(
        self, form: Form, history: Sequence[Event], changes: Iterable[DraftChange]
    ) -> list[DraftChange]:
        """The changes where their cells stand now; of two that met in one place the newer one."""
        moves = self._moves(form, history)
        found: dict[str, DraftChange] = {}
        for kept in changes:
            for path in _paths_now(moves, kept):
                known = found.get(path)
                if known is None or known.id < kept.id:
                    found[path] = replace(kept, change=replace(kept.change, path=path))
        return sorted(found.values(), key=lambda one: one.id)

    def _moves(self, form: Form, history: Sequence[Event]) -> list[tuple[Event, Route]]:
        """The moves of the report that still hold, the first first."""
        found = []
        for event in carried(list(history)):
            older = self.catalogue.form(form.code, int(str(event.details["from"])))
            newer = self.catalogue.form(form.code, int(str(event.details["to"])))
            found.append((event, Route.of(older, newer)))
        return found


def within(stretches: Sequence[Stretch], changes: Iterable[DraftChange]) -> list[list[DraftChange]]:
    """By stretch, the changes that were made in it.

    A change in the same instant as a move was made before it where the cell was called so then.
    """
    found: list[list[DraftChange]] = [[] for _ in stretches]
    for kept in changes:
        for number, stretch in enumerate(stretches):
            before = stretches[number + 1].ended if number + 1 < len(stretches) else None
            after = stretch.ended
            if kept.change.path not in stretch.paths:
                continue
            if after is not None and kept.at > after.happened_at:
                continue
            if before is not None and not _follows(kept, before.happened_at, stretches[number + 1]):
                continue
            found[number].append(kept)
            break
    return found


def _follows(kept: DraftChange, moved_at: datetime, earlier: Stretch) -> bool:
    if kept.at == moved_at:
        return kept.change.path not in earlier.paths
    return kept.at > moved_at


def _as_is(route: Route, places: Iterable[Place]) -> bool:
    fates = [route.fate(one.path) for one in places]
    return not any(fate.steps or fate.merged or fate.split for fate in fates)


def _paths_now(moves: Sequence[tuple[Event, Route]], kept: DraftChange) -> tuple[str, ...]:
    paths: tuple[str, ...] = (kept.change.path,)
    for event, route in moves:
        if kept.at > event.happened_at:
            continue
        paths = tuple(
            target
            for path in paths
            for target in (route.targets(path) if _stands(route.older, path) else (path,))
        )
    return paths


def _stands(form: Form, path: str) -> bool:
    try:
        place_of(form, path)
    except PathUnknown:
        return False
    return True
