"""What expressions read outside their own document: earlier reports, and other forms' reports.

An earlier report is of the same form and has its shape. Of another form only single numbers are
read, by pointer: neither the server nor the browser holds that form's definition while it judges.
"""

from collections.abc import Callable, Mapping

from server.core.answer_paths import Answers, Statuses
from server.core.json_text import tokens
from server.core.shape import Block
from server.core.values_view import NONE_AROSE, RowView, View, previous_value


def nothing_before(path: str) -> object:
    """``prev`` and ``lastYear`` when there is no such report."""
    return None


class Past:
    """An earlier report, read by pointer, or from a line by the name of a cell of that line."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._rows: dict[str, dict[str, RowView]] = {}

    def row(self, block: Block, key: str) -> RowView | None:
        """The same line of that report."""
        if block.key not in self._rows:
            self._rows[block.key] = {row.key: row for row in self._view.rows[block.key]}
        return self._rows[block.key].get(key)

    def reader(self, block: Block | None, row: RowView | None) -> Callable[[str], object]:
        """How a rule reads the report, on a line when one is given."""
        line = None if block is None or row is None else self.row(block, row.key)

        def read(path: str) -> object:
            if path.startswith("/"):
                return previous_value(self._view, tokens(path))
            return None if line is None else line.values.get(path)

        return read


def with_computed(answers: Answers, computed: Mapping[str, object]) -> dict[str, object]:
    """Another form's answers with its results among them, without knowing that form.

    Lines of a roster stay as they are: ``other`` never reads them.
    """
    whole = dict(answers)
    for key, result in computed.items():
        held = whole.get(key)
        if isinstance(result, Mapping) and (held is None or isinstance(held, Mapping)):
            whole[key] = with_computed(held or {}, result)
        elif not isinstance(result, list | tuple):
            whole[key] = result
    return whole


def reader_of_others(
    reports: Mapping[str, tuple[Answers, Statuses]],
) -> Callable[[str, str], object]:
    """``other``: a number of another form's report, 0 for what did not arise, null for the rest.

    *reports* hold by form code the answers with the results among them, and the statuses.
    """

    def read(form: str, path: str) -> object:
        report = reports.get(form)
        return None if report is None else _number_at(*report, path)

    return read


def _number_at(answers: Answers, statuses: Statuses, path: str) -> object:
    above = path
    while above:
        status = statuses.get(above)
        if status is not None and status != "estimated":
            return 0.0 if status == NONE_AROSE else None
        above = above.rpartition("/")[0]
    value: object = answers
    for token in tokens(path):
        if not isinstance(value, Mapping):
            return None
        value = value.get(token)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value
