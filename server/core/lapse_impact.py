"""How many values of reports would fall under codes that a newer list ends, field by field.

Pure and fed by a stream, as ``definition_impact``; a value that is found already in the version
that its report stands on is no news and is not counted.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from server.core.answer_paths import Answers, PathUnknown, Statuses, place_of, value_at
from server.core.answer_validity import lapsed_values
from server.core.form import Form
from server.core.shape import BlockKind


@dataclass(frozen=True, slots=True)
class LapsedField:
    """The values of one field under one code; *code* is the line's, or the one chosen."""

    path: str
    title: str
    code: str
    code_title: str
    values: int


@dataclass
class LapseCounter:
    """Counts under *newer*; ``add`` takes one report and the version that it stands on."""

    newer: Form
    reports: int = 0
    touched: int = 0
    _counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    _titles: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)

    def add(self, older: Form, answers: Answers, statuses: Statuses, day: date) -> None:
        self.reports += 1
        before = {one.path for one in lapsed_values(older, answers, statuses, day)}
        found = [
            one.path
            for one in lapsed_values(self.newer, answers, statuses, day)
            if one.path not in before
        ]
        for path in found:
            self._count(path, answers)
        self.touched += bool(found)

    def fields(self) -> tuple[LapsedField, ...]:
        """The fields with any such value, in the order of their paths and codes."""
        return tuple(
            LapsedField(path, self._titles[path, code][0], code, self._titles[path, code][1], count)
            for (path, code), count in sorted(self._counts.items())
        )

    def _count(self, path: str, answers: Answers) -> None:
        try:
            place = place_of(self.newer, path)
        except PathUnknown:
            return
        block, cell = place.block, place.cell
        title = cell.title if cell is not None else (block.title if block is not None else path)
        if block is not None and block.kind is BlockKind.CODELIST and place.line is not None:
            column = "" if cell is None else f"/{cell.key}"
            key = f"{block.path}/*{column}", place.line.key
            code_title = place.line.title
        else:
            code = str(value_at(answers, place))
            where = path
            if block is not None and block.kind is BlockKind.ROSTER and cell is not None:
                where = f"{block.path}/*/{cell.key}"
            key = where, code
            labels = {} if cell is None else cell.schema.get("x-labels", {})
            code_title = str(labels.get(code, code)) if isinstance(labels, Mapping) else code
        self._counts[key] += 1
        self._titles[key] = title, code_title
