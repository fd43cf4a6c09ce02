"""Single cells of a form for its workbook: what each takes, and what each shows."""

from server.core.answer_paths import Answers, Statuses, place_of, value_at
from server.core.form import Form
from server.core.layout import Column, Field
from server.core.workbook_values import Held


def held_at(form: Form, path: str, answers: Answers, statuses: Statuses) -> Held:
    """What a cell shows: its value, or the reason said of it, of its line or of its block."""
    place = place_of(form, path)
    value = value_at(answers, place)
    status = statuses.get(path)
    if value is None and status is None:
        status = next((statuses[above] for above in place.above if above in statuses), None)
    return Held(value, status)


def cells_by_name(form: Form) -> dict[tuple[str, str], Column | Field]:
    """What each cell takes, by its block (``""`` for a root cell) and its key."""
    found: dict[tuple[str, str], Column | Field] = {}
    for section in form.layout.sections:
        for field in section.fields:
            found[cell_name(field.path)] = field
        grid = section.grid
        if grid is not None:
            blocks = {row.path.split("/")[1] for row in grid.rows}
            blocks |= {grid.roster.key} if grid.roster is not None else set()
            found.update(
                ((block, column.key), column) for block in blocks for column in grid.columns
            )
    return found


def cell_name(path: str) -> tuple[str, str]:
    """The block and the key of the cell at *path*."""
    parts = path[1:].split("/")
    return (parts[0] if len(parts) > 1 else "", parts[-1])
