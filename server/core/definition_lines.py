"""Two texts of a definition line by line, for who compares a file with what the database holds."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import unified_diff
from typing import Literal

from server.core.definition_draft import readable
from server.core.definition_writing import written

_AROUND = 2


@dataclass(frozen=True, slots=True)
class Line:
    """One line: in both, in the first text only (``-``), in the second only (``+``), or a gap."""

    mark: Literal[" ", "-", "+", "…"]
    text: str


def lines_between(before: str, after: str) -> list[Line]:
    """What differs with two lines around it; spaces and line ends of JSON do not count."""
    one, other = readable(before.lstrip("\ufeff")), readable(after.lstrip("\ufeff"))
    if one is not None and other is not None:
        # Written alike, so that a difference of spaces is none.
        before = written(one)
        after = written(other, before)
    return list(_lines(before.splitlines(), after.splitlines()))


def _lines(before: list[str], after: list[str]) -> Iterator[Line]:
    told = unified_diff(before, after, lineterm="", n=_AROUND)
    first = True
    for number, line in enumerate(told):
        if number < 2:  # noqa: PLR2004 - the names of two files
            continue
        if line.startswith("@@"):
            if not first:
                yield Line("…", "")
            first = False
            continue
        mark: Literal[" ", "-", "+"] = "-" if line[0] == "-" else "+" if line[0] == "+" else " "
        yield Line(mark, line[1:])
