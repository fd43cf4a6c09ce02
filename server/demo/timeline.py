"""The story's clock: acts at their moments, played in order on the settable clock."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from server.core.ports import LOCAL
from server.machine import ShiftedClock

Act = Callable[[], object]


def local(day: date, hour: int, minute: int = 0) -> datetime:
    """A moment on that day in Vietnam."""
    return datetime.combine(day, time(hour, minute), LOCAL)


def workday(moment: datetime) -> datetime:
    """The same hour on the next working day, if it is a weekend."""
    while moment.weekday() > 4:  # noqa: PLR2004 - Saturday and Sunday
        moment += timedelta(days=1)
    return moment


@dataclass
class Timeline:
    """Acts waiting for their moment; at the same moment the one that was added first goes first."""

    clock: ShiftedClock
    _acts: list[tuple[datetime, Act]] = field(default_factory=list)

    def at(self, moment: datetime, act: Act) -> None:
        self._acts.append((moment, act))

    def play(self, until: datetime, tell: Callable[[date], None] = lambda _: None) -> int:
        """Carry out all acts before *until*; return how many. Later ones are left out."""
        due = sorted((pair for pair in self._acts if pair[0] < until), key=lambda pair: pair[0])
        self._acts.clear()
        for moment, act in due:
            self.clock.set(moment)
            tell(moment.date())
            act()
        self.clock.set(until)
        return len(due)
