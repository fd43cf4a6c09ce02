"""Reasons that people give for warnings and for unusual figures; they travel with the report.

A reason is ``{code, path, text}``: which rule, at which cell, in whose words.
"""

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

Reason: TypeAlias = Mapping[str, str]

LONGEST: Final = 2000


def with_reasons(kept: Sequence[Reason], given: Sequence[Reason]) -> tuple[Reason, ...]:
    """The reasons after *given* were written: one for each rule and cell; an empty text ends it.

    >>> with_reasons(
    ...     [{"code": "a4", "path": "/x", "text": "Đúng."}],
    ...     [{"code": "a4", "path": "/x", "text": " "}, {"code": "a5", "path": "/y", "text": "?"}],
    ... )
    ({'code': 'a5', 'path': '/y', 'text': '?'},)
    """
    by_cell = {(reason["code"], reason["path"]): reason for reason in [*kept, *given]}
    return tuple(by_cell[key] for key in sorted(by_cell) if by_cell[key]["text"].strip())
