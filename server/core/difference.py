"""Two editions of a report compared for a reader: typed cells, calculated ones, kinds of nothing.

Apart from ``answer_changes``, whose changes can be applied: here also what was calculated differs,
and what says "nothing" in two ways is no difference.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal

from server.core.answer_changes import diff, same
from server.core.answer_paths import PathUnknown, place_of, row_path, rows_of
from server.core.form import Form
from server.core.shape import BlockKind
from server.core.submission import Change
from server.core.values_view import NONE_AROSE

Document = Mapping[str, object]
Statuses = Mapping[str, str]
Number = int | float | Decimal


def without_sealing(form: Form, changes: Sequence[Change], before: Statuses) -> tuple[Change, ...]:
    """The changes without lines of which only one side says that nothing arose there.

    Sealing writes that down, so a draft and its sealed edition differ in it and in nothing else.
    """
    return tuple(change for change in changes if not _only_sealed(form, change, before))


def changed_results(
    form: Form, before: Document, after: Document, without: Collection[str] = ()
) -> tuple[Change, ...]:
    """The calculated cells that two sets of results differ in, besides blocks left out."""
    old, new = dict(_results(form, before)), dict(_results(form, after))
    return tuple(
        Change(path, old.get(path), new.get(path))
        for path in dict.fromkeys([*new, *old])
        if path.split("/")[1] not in without and not same(old.get(path), new.get(path))
    )


def from_period(
    form: Form,
    earlier: tuple[Document, Statuses],
    now: tuple[Document, Statuses],
    without: Collection[str] = (),
) -> tuple[Change, ...]:
    """How the figures of a period differ from those of an *earlier* one, typed cell by typed cell.

    An empty cell and one where nothing arose are alike; *without* names blocks that are left out.
    """
    (old, old_statuses), (new, new_statuses) = earlier, now
    old_statuses = _known(form, old_statuses)
    found = []
    for change in diff(form, old, old_statuses, new, new_statuses):
        place = place_of(form, change.path)
        if place.cell is None or (place.block is not None and place.block.key in without):
            continue
        was = old_statuses.get(change.path)
        nothing = change.old is None and change.new is None
        if nothing and {was, change.status} <= {None, NONE_AROSE}:
            continue
        found.append(change)
    return tuple(found)


def share_of(old: object, new: object) -> tuple[Decimal, Decimal | None] | None:
    """By how much a number changed, and by how many percent; None where either is no number.

    >>> share_of(80, 100)
    (Decimal('20'), Decimal('25.0'))
    >>> share_of(0, 5)
    (Decimal('5'), None)
    """
    was, now = _number(old), _number(new)
    if was is None or now is None:
        return None
    by = now - was
    return by, None if was == 0 else round(by * 100 / abs(was), 1)


def _known(form: Form, statuses: Statuses) -> dict[str, str]:
    """Without the reasons at places that this edition of the form has no more."""
    kept = {}
    for path, status in statuses.items():
        try:
            place_of(form, path)
        except PathUnknown:
            continue
        kept[path] = status
    return kept


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)


def _only_sealed(form: Form, change: Change, before: Statuses) -> bool:
    if change.old is not None or change.new is not None:
        return False
    if place_of(form, change.path).cell is not None:
        return False
    return {before.get(change.path), change.status} == {None, NONE_AROSE}


def _results(form: Form, computed: Document) -> Iterator[tuple[str, object]]:
    for key, cell in form.shape.cells.items():
        if cell.calculate is not None and computed.get(key) is not None:
            yield f"/{key}", computed[key]
    for block in form.shape.blocks.values():
        for row, held in rows_of(block, computed):
            line = block.item or block.lines[row]
            path = row_path(block, row)
            for column, found in line.cells.items():
                if found.calculate is not None and held.get(column) is not None:
                    yield f"{path}/{column}", held[column]


def incomparable(form: Form, old: Document, new: Document) -> frozenset[str]:
    """The rosters of which the two documents have no line in common: which was which?"""
    found = set()
    for block in form.shape.blocks.values():
        if block.kind is BlockKind.ROSTER:
            names = [{row for row, _ in rows_of(block, held)} for held in (old, new)]
            if names[0].isdisjoint(names[1]):
                found.add(block.key)
    return frozenset(found)
