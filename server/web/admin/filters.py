"""Filters of the lists: each has a name in the address, so a filtered list is a link."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask_admin.contrib.peewee.filters import BasePeeweeFilter
from flask_babel import lazy_gettext as _l

from server.core.ports import LOCAL
from server.core.vietnamese import DateUnclear, parse_date
from server.web.session import services

Options = Sequence[tuple[str, str]]


class ListFilter(BasePeeweeFilter):
    """A choice of one of a few values of a column."""

    def __init__(
        self, key: str, name: str, column: Any, options: Options | Callable[[], Options] = ()
    ) -> None:
        super().__init__(column, name)
        self.key = key
        self._options = options

    @property
    def choices(self) -> Options:
        """Asked at each request: some come from the database."""
        return self._options() if callable(self._options) else self._options

    def operation(self) -> str:
        return ""

    def validate(self, value: str) -> bool:
        return any(value == key for key, _title in self.choices)

    def apply(self, query: Any, value: Any) -> Any:
        return query.where(self.column == value)


class YesNoFilter(ListFilter):
    """Of a column that is true or false."""

    def clean(self, value: str) -> bool:
        return value == "1"


class DayFilter(ListFilter):
    """From a day on, or with *until* up to it, of a column of instants; days are local ones."""

    def __init__(self, key: str, name: str, column: Any, *, until: bool = False) -> None:
        super().__init__(key, name, column)
        self._until = until

    def validate(self, value: str) -> bool:
        try:
            parse_date(value)
        except DateUnclear:
            return False
        return True

    def clean(self, value: str) -> datetime:
        day: date = parse_date(value)
        start = datetime.combine(day, time.min, LOCAL).astimezone(UTC)
        return start + timedelta(days=1) if self._until else start

    def apply(self, query: Any, value: Any) -> Any:
        return query.where(self.column < value if self._until else self.column >= value)


class ConditionFilter(ListFilter):
    """A choice whose meaning is no plain comparison: *conditions* gives it for each value."""

    def __init__(
        self,
        key: str,
        name: str,
        options: Options | Callable[[], Options],
        condition: Callable[[str], Any],
    ) -> None:
        super().__init__(key, name, None, options)
        self._condition = condition

    def apply(self, query: Any, value: Any) -> Any:
        return query.where(self._condition(value))


def in_force(row: Any) -> ConditionFilter:
    """Whether dated rows hold today or have ended."""

    def condition(value: str) -> Any:
        today = services().clock.today()
        ended = row.valid_to.is_null(False) & (row.valid_to < today)
        return ended if value == "ended" else ~ended & (row.valid_from <= today)

    options = [("now", _l("Đang hiệu lực")), ("ended", _l("Đã kết thúc"))]
    return ConditionFilter("holds", _l("Hiệu lực"), options, condition)
