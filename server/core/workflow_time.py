"""Time in a workflow: the last day of a state's deadline, counted in working days.

A deadline of ``P5D`` that begins on a Monday ends with the next Monday; on Tuesday it has passed.
"""

import re
from datetime import date
from typing import Final

from server.core.calendar import DaysOff, add_working_days
from server.core.workflow_parts import State

_DURATION: Final = re.compile(r"P(?:([0-9]{1,2})W)?(?:([0-9]{1,3})D)?", re.ASCII)
_WORKING_WEEK: Final = 5


def working_days(duration: str) -> int:
    """How many working days a duration of a workflow file has; a week has five.

    >>> working_days("P5D"), working_days("P2W"), working_days("P1W3D")
    (5, 10, 8)
    """
    match = _DURATION.fullmatch(duration)
    if match is None or match[0] == "P":
        raise ValueError(duration)
    return int(match[1] or 0) * _WORKING_WEEK + int(match[2] or 0)


def last_day(since: date, duration: str, calendar: DaysOff) -> date:
    """The last day in time for what began on *since*; *calendar* holds the days off.

    >>> last_day(date(2025, 1, 24), "P3D", {date(2025, 1, 27)})
    datetime.date(2025, 1, 30)
    """
    return add_working_days(since, working_days(duration), calendar)


def overdue(state: State, since: date, today: date, calendar: DaysOff) -> bool:
    """Whether a report that is in *state* since that day has stayed there past its deadline."""
    return state.deadline is not None and today > last_day(since, state.deadline, calendar)
