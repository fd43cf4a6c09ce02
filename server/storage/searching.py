"""Accent-free search that finds the same on both databases: a folded needle in a folded column."""

import re
from collections.abc import Sized

_SPECIAL = re.compile(r"([\\%_])")

#: Ends a condition ``column LIKE ?`` whose value is a ``contains`` pattern.
ESCAPED = r"ESCAPE '\'"


def contains(folded: str) -> str:
    """The ``LIKE`` pattern for "contains *folded*"; wildcards in the text stand for themselves."""
    return "%" + _SPECIAL.sub(r"\\\1", folded) + "%"


def marks(values: Sized) -> str:
    """As many ``?`` as there are values, for ``IN (...)``."""
    return ", ".join("?" * len(values))
