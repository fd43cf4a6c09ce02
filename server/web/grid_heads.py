"""The headings of a grid on the screen: groups above their columns, and full names of columns."""

from dataclasses import dataclass

from server.core.layout import Column, Grid


@dataclass(frozen=True, slots=True)
class Head:
    """A heading: over *span* columns, or over both rows of headings."""

    title: str
    span: int
    tall: bool


def heads_of(grid: Grid) -> tuple[tuple[Head, ...], tuple[Column, ...]]:
    """Two rows of headings: groups above their columns, the other columns over both rows."""
    if not grid.groups:
        return (), grid.columns
    grouped = {key: title for title, keys in grid.groups for key in keys}
    upper: list[Head] = []
    lower: list[Column] = []
    last: str | None = None
    for column in grid.columns:
        title = grouped.get(column.key)
        if title is None:
            upper.append(Head(column.title, 1, True))
        elif title == last:
            upper[-1] = Head(title, upper[-1].span + 1, False)
        else:
            upper.append(Head(title, 1, False))
        if title is not None:
            lower.append(column)
        last = title
    return tuple(upper), tuple(lower)


def full_titles(grid: Grid) -> dict[str, str]:
    """What a column is called where its group's heading is not above it."""
    grouped = {key: title for title, keys in grid.groups for key in keys}
    return {
        column.key: f"{grouped[column.key]}: {column.title}"
        if column.key in grouped
        else column.title
        for column in grid.columns
    }
