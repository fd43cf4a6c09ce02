"""What a confirmed comparison saves: the cells that only the file changed, and those chosen."""

from collections.abc import Iterator, Mapping
from typing import Final

from server.core.answer_paths import Answers, Statuses, place_of, value_at
from server.core.form import Form
from server.core.submission import Change
from server.core.workbook_merge import Comparison, Side

_ORIGIN: Final = "imported"

#: What to do with a cell that both sides changed: True takes the file's.
Choices = Mapping[str, bool]


def changes_of(
    form: Form, comparison: Comparison, choices: Choices, answers: Answers, statuses: Statuses
) -> tuple[Change, ...]:
    """What to save: all that only the file changed, and what was chosen from the file."""
    changes: list[Change] = []
    for found in comparison.differences:
        if found.side is Side.ONLINE or (
            found.side is Side.BOTH and not choices.get(found.path, False)
        ):
            continue
        if found.removed:
            changes += _removal(form, found.path, answers, statuses)
        else:
            old = _own(form, found.path, answers, statuses)
            file = found.file
            changes.append(Change(found.path, old, file.value, file.status, _ORIGIN))
    return tuple(changes)


def _own(form: Form, path: str, answers: Answers, statuses: Statuses) -> object:
    """What the writer of a change says they saw: the cell's own value or reason."""
    value = value_at(answers, place_of(form, path))
    return statuses.get(path) if value is None else value


def _removal(form: Form, path: str, answers: Answers, statuses: Statuses) -> Iterator[Change]:
    """First the cells of the line are emptied, then the empty line goes."""
    place = place_of(form, path)
    assert place.line is not None
    for key, cell in place.line.cells.items():
        old = _own(form, f"{path}/{key}", answers, statuses)
        if cell.calculate is None and old is not None:
            yield Change(f"{path}/{key}", old, None, origin=_ORIGIN)
    empty: dict[str, object] = {}
    yield Change(path, empty, None, origin=_ORIGIN)
