"""A year on paper: forms, days off, rounds and what each unit will do, drawn from one seed.

Written down beside the server: dates are counted here again, from the letter of the forms and the
list of days off, so that the verdict on the simulated year does not ask the code that it judges.
"""

import calendar
import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from server.core.ports import LOCAL

FIRST, LAST = date(2024, 12, 9), date(2025, 12, 31)
#: Days after the end of the period: due, and taken no more.
FORMS = {"monthly": (5, 25), "quarterly": (10, 17), "yearly": (15, 40)}
TYPES = {"monthly": "month", "quarterly": "quarter", "yearly": "year"}
STEPS = {"D-7": -7, "D-1": -1, "D+1": 1, "D+5": 5, "D+10": 10}
#: From which step on the levels above get a copy, as the plugin has it.
DISTRICT_FROM, PROVINCE_FROM = 5, 10
TOO_LATE = timedelta(days=7)
OFF = {
    date(2025, 1, 1): "Tết Dương lịch",
    **{date(2025, 1, day): "Tết Nguyên đán" for day in range(27, 32)},
    date(2025, 4, 7): "Giỗ Tổ Hùng Vương",
    date(2025, 4, 30): "Ngày Chiến thắng",
    date(2025, 5, 1): "Quốc tế lao động",
    date(2025, 5, 2): "Nghỉ hoán đổi",
    date(2025, 9, 1): "Quốc khánh",
    date(2025, 9, 2): "Quốc khánh",
}
WORKED = {date(2025, 4, 26): "Làm bù"}
#: A feast of one unit: on the first working days after the due date of January's reports.
LOCAL_OFF = {date(2025, 2, 6), date(2025, 2, 7)}
WITHOUT_ADDRESS, HANDED_OVER, FEASTING, NEVER_AN_ADDRESS = 0, 1, 2, 3
ADDRESS_GIVEN, LAST_DAY_OF_LEAVER = date(2025, 4, 10), date(2025, 3, 6)
#: Days on which no worker ran, the hour and the day without mail server, the leaps of the clock.
AWAY = {
    *(date(2025, 3, day) for day in range(12, 22)),
    *(date(2025, 4, day) for day in range(4, 10)),
    *(date(2025, 8, day) for day in (5, 6, 7)),
}
HOUR_OUT, DAY_OUT = date(2025, 2, 4), date(2025, 4, 15)
LEAP, BACK = date(2025, 5, 6), date(2025, 3, 6)


def works(day: date, unit: int | None = None) -> bool:
    """Whether that office works; the country's without a unit."""
    if unit == FEASTING and day in LOCAL_OFF:
        return False
    return day in WORKED or (day.weekday() < 5 and day not in OFF)


def working(day: date, unit: int | None = None, step: int = 1) -> date:
    while not works(day, unit):
        day += timedelta(days=step)
    return day


@dataclass
class Report:
    """One expected report: its dates as they should be, and what really befell it when."""

    form: str
    unit: int
    period: str
    opens: date
    due: date
    closes: date
    created: datetime
    befell: list[tuple[datetime, str]] = field(default_factory=list)
    """``sent`` or ``returned``, with the moment."""
    extended: tuple[datetime, date] | None = None

    def step_on(self, step: str) -> date:
        days = STEPS[step]
        return working(self.due + timedelta(days=days), self.unit, -1 if days <= 0 else 1)

    def standing(self, at: datetime) -> str | None:
        """Why nobody is urged at that moment; none when the report is simply owed."""
        known = [what for when, what in self.befell if when <= at]
        if known:
            return {"sent": "submitted", "returned": "returned"}[known[-1]]
        day = at.astimezone(LOCAL).date()
        if self.extended and self.extended[0] <= at and day <= self.extended[1]:
            return "excused"
        return "closed" if day > self.closes else None


@dataclass(frozen=True)
class Act:
    """What a unit, or the office above it, does on a day."""

    report: Report
    what: str  # send, return, ask
    until: date | None = None


@dataclass
class Opening:
    """A round: opened on a day, by which its reports may be begun from another."""

    form: str
    period: str
    opens: date
    closes_period: date


def openings() -> dict[date, list[Opening]]:
    """The rounds of the year by the day on which they are opened: early, in advance, late."""
    found: dict[date, list[Opening]] = {}
    ends = [date(2024, 12, 31)]
    ends += [date(2025, month, calendar.monthrange(2025, month)[1]) for month in range(1, 12)]
    for number, end in enumerate(ends):
        wanted = [("monthly", f"{end:%Y-%m}")]
        if end.month % 3 == 0:
            wanted.append(("quarterly", f"{end.year}-Q{end.month // 3}"))
        if end.month == 12:
            wanted.append(("yearly", str(end.year)))
        for form, period in wanted:
            due = end + timedelta(days=FORMS[form][0])
            written, opens = [(14, 14), (14, 3), (4, 4), (10, 10)][number % 4]
            day = due - timedelta(days=written)
            found.setdefault(day, []).append(
                Opening(form, period, due - timedelta(days=opens), end)
            )
    return found


def reports(opening: Opening, units: int, created: datetime) -> list[Report]:
    due, closes = FORMS[opening.form]
    end = opening.closes_period
    return [
        Report(
            opening.form, unit, opening.period, opening.opens,
            working(end + timedelta(days=due), unit),
            working(end + timedelta(days=closes), unit), created,
        )
        for unit in range(units)
    ]  # fmt: skip


def fate(report: Report, chance: random.Random) -> dict[date, list[Act]]:
    """What will be done about one report, by day."""
    opens = max(report.opens, report.created.astimezone(LOCAL).date())
    acts: dict[date, list[Act]] = {}

    def on(day: date, what: str, until: date | None = None) -> date:
        acts.setdefault(day, []).append(Act(report, what, until))
        return day

    def within(first: date, last: date) -> date:
        return first + timedelta(days=chance.randint(0, max(0, (last - first).days)))

    kind = chance.choices(
        ("in time", "late", "returned", "extended", "never"), (30, 25, 15, 18, 12)
    )[0]
    if kind == "in time":
        on(within(opens, report.due), "send")
    elif kind == "late":
        late = report.due + timedelta(days=1)
        on(within(late, min(late + timedelta(days=16), report.closes)), "send")
    elif kind == "returned":
        sent = on(within(opens, report.due), "send")
        back = on(within(sent + timedelta(days=1), sent + timedelta(days=3)), "return")
        if chance.random() < 0.8:
            on(within(back + timedelta(days=1), back + timedelta(days=8)), "send")
    elif kind == "extended":
        first = max(opens, report.due - timedelta(days=4))
        asked = within(first, min(report.due + timedelta(days=3), report.closes))
        least = max(asked, report.due) + timedelta(days=1)
        until = min(least + timedelta(days=chance.randint(0, 9)), report.closes)
        if until > max(asked, report.due):
            on(asked, "ask", until)
            given = working(until, report.unit)
            if chance.random() < 0.6:
                on(within(asked + timedelta(days=1), given), "send")
    return acts
