"""One page of a list: its items and where the next one begins."""

from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """*next* is the id after which the following page starts, or ``None`` at the end."""

    items: tuple[Item, ...]
    next: str | None = None

    @classmethod
    def cut(cls, found: list[Item], limit: int, key: str = "id") -> "Page[Item]":
        """Make a page of *found*, which was read with one item more than *limit*."""
        if len(found) <= limit:
            return cls(tuple(found))
        shown = tuple(found[:limit])
        return cls(shown, str(getattr(shown[-1], key)))
