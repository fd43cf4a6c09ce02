"""Reporting rates: how many reports of a group were due, sent, in time, late but excused, late.

An extension excuses, it makes nothing timely, so the excused stand apart. The group is the subject
of the obligation and never the unit that answers for it now: denominators of the past stay.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from server.core.obligation import Obligation, Progress, Timeliness

#: Put behind the name of a group: its consolidated reports, which are counted by themselves.
CONSOLIDATED = "/consolidated"


@dataclass(frozen=True, slots=True)
class Rate:
    """The counts of one group; ``actual`` is the sum of what was in time, excused and late.

    ``overdue`` and ``waived`` are not sent though due: without an extension, and within one.
    ``approved`` are those of ``actual`` that nobody has to decide on any more.
    """

    group: str
    expected: int = 0
    actual: int = 0
    on_time: int = 0
    excused: int = 0
    late: int = 0
    overdue: int = 0
    waived: int = 0
    approved: int = 0

    @property
    def missing(self) -> int:
        """Not sent, whether due or not."""
        return self.expected - self.actual


def is_sent(obligation: Obligation) -> bool:
    """Whether the report has left its unit and did not come back."""
    return obligation.progress in (Progress.SENT, Progress.FINAL)


def rates_of(
    obligations: Iterable[Obligation], today: date, group: Callable[[Obligation], str]
) -> list[Rate]:
    """The rates of each group, by its name."""
    counts: dict[str, list[int]] = {}
    for one in obligations:
        count = counts.setdefault(group(one), [0] * 8)
        sent, timely = is_sent(one), one.timeliness(today)
        count[0] += 1
        count[1] += sent
        count[2] += timely is Timeliness.ON_TIME
        count[3] += sent and timely is Timeliness.EXCUSED
        count[4] += sent and timely is Timeliness.LATE
        count[5] += not sent and timely is Timeliness.LATE
        count[6] += not sent and timely is Timeliness.EXCUSED
        count[7] += one.progress is Progress.FINAL
    return [Rate(name, *counts[name]) for name in sorted(counts)]


def share(part: int, whole: int) -> float | None:
    """*part* in percent of *whole*; none where there is nothing to compare with.

    >>> share(12, 15), share(0, 0)
    (80.0, None)
    """
    return 100 * part / whole if whole else None
