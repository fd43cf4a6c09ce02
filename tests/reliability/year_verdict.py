"""What should have become of every step of a simulated year, by the plan and the calendar alone.

Of the server's tables only the traces are read: what was claimed, delivered, mailed.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from server.core.ports import LOCAL, Mail
from server.storage.fields import instant
from tests.reliability import year_plan as plan
from tests.reliability.seams import AFTER_SMTP, NOTED
from tests.reliability.simulated_year import Year

SEND = "send"


@dataclass(frozen=True)
class Trace:
    """One row of what became of a step."""

    recipient: str | None
    outcome: str
    taken_at: datetime
    settled_at: datetime | None
    message_id: str | None


@dataclass
class Record:
    """All that the server left behind of its reminders, and what the mail server took."""

    traces: dict[tuple[str, str], list[Trace]]
    claims: list[tuple[str, str]]
    mails: list[tuple[str, str, str, datetime]]
    """Message-ID, recipient, state, when it was written."""
    told: int
    """Events that say that somebody was reminded."""
    taken: list[Mail]

    @classmethod
    def of(cls, year: Year) -> "Record":
        rows = year.world.rows
        [(told,)] = rows("SELECT COUNT(*) FROM event WHERE name = 'obligation.reminded'")
        mails = rows("SELECT message_id, recipient, state, created_at FROM mail")
        kept = [(id_, to, state, instant(at)) for id_, to, state, at in mails]
        return cls(_traces(year), year.world.claims(), kept, told, list(year.sink.mails))

    @property
    def mailed(self) -> dict[tuple[str, date], datetime]:
        """When each person's mail of a day was written."""
        return {(to, at.astimezone(LOCAL).date()): at for _id, to, _state, at in self.mails}


def judge(year: Year, record: Record) -> Counter[str]:
    """Check all of the year; how many obligations x steps ended in which way."""
    traces, mailed, passes = record.traces, record.mailed, sorted(year.passes)
    _check_mails(year, record)
    wanted = {(id_, step) for id_, report in year.reports.items() for step in plan.STEPS}
    assert set(traces) <= wanted
    claims = Counter(record.claims)
    assert set(claims) == set(traces) and set(claims.values()) == {1}
    for id_, step in wanted - set(traces):  # only what had not come yet when the year ended
        report = year.reports[id_]
        assert not any(lived and expected(report, step, at) for at, lived in passes), (id_, step)
    found: Counter[str] = Counter()
    for (id_, step), rows in traces.items():
        found[_judged(year.reports[id_], step, rows, passes, mailed)] += 1
    assert record.told == sum(row.outcome == "sent" for rows in traces.values() for row in rows)
    return found


def expected(report: plan.Report, step: str, at: datetime) -> str | None:
    """What a worker that looks at that moment must do: send, suppress, or (none) leave alone."""
    day = at.astimezone(LOCAL).date()
    come = [(report.step_on(one), days, one) for one, days in plan.STEPS.items()]
    come = [one for one in come if one[0] <= day]
    if at < report.created or step not in {one for _on, _days, one in come}:
        return None
    reached = bool(recipients(report, step, day))
    if step != max(come)[2]:
        return "merged" if reached else "no-address"
    standing = report.standing(at)
    if standing:
        return standing
    if day - report.step_on(step) > plan.TOO_LATE:
        return "too-late" if reached else "no-address"
    if day < report.opens or not plan.works(day, report.unit) or not reached:
        return None
    return SEND


def recipients(report: plan.Report, step: str, day: date) -> set[str]:
    """Whom a step reaches on that day."""
    found = set()
    unit, days = report.unit, plan.STEPS[step]
    if unit == plan.WITHOUT_ADDRESS and day >= plan.ADDRESS_GIVEN:
        found.add("moi@x.example")
    elif unit not in (plan.WITHOUT_ADDRESS, plan.NEVER_AN_ADDRESS):
        found.add(f"u{unit:04}@x.example")
    if unit == plan.HANDED_OVER:
        left = day > plan.LAST_DAY_OF_LEAVER
        found.add("successor@x.example" if left else "leaver@x.example")
    if days >= plan.DISTRICT_FROM:
        found.add(f"d{unit % 2}@x.example")
    if days >= plan.PROVINCE_FROM:
        found.add("p@x.example")
    return found


def _judged(
    report: plan.Report,
    step: str,
    rows: list[Trace],
    passes: list[tuple[datetime, bool]],
    mailed: dict[tuple[str, date], datetime],
) -> str:
    [taken] = {row.taken_at for row in rows}
    where = (report, step, rows)
    assert taken in {at for at, _lived in passes}, where
    missed = [at for at, lived in passes if lived and at < taken and expected(report, step, at)]
    assert not missed, (where, missed)  # nothing waits that could have been settled before
    right = expected(report, step, taken)
    if right != SEND:
        assert [(row.recipient, row.outcome) for row in rows] == [(None, right)], (where, right)
        return str(right)
    day = taken.astimezone(LOCAL).date()
    whom = [row.recipient for row in rows]
    assert sorted(map(str, whom)) == sorted(recipients(report, step, day)), where
    for row in rows:
        assert row.settled_at is not None, where
        assert row.outcome == (report.standing(row.settled_at) or "sent"), where
        assert (row.message_id is not None) == (row.outcome == "sent"), where
        settled = row.settled_at.astimezone(LOCAL).date()
        if settled != day:  # only because the person had the mail of that day already
            assert mailed[str(row.recipient), day] <= taken, where
            between = {at.astimezone(LOCAL).date() for at, lived in passes if lived}
            assert not any(day < one < settled for one in between), where
    outcomes = {row.outcome for row in rows}
    return "sent" if "sent" in outcomes else f"{'/'.join(sorted(outcomes))} (when written)"


def _check_mails(year: Year, record: Record) -> None:
    """Every mail arrived; twice only where a worker died between the mail server and its note."""
    ids = [id_ for id_, _to, _state, _at in record.mails]
    assert {state for _id, _to, state, _at in record.mails} == {"sent"}
    assert len(record.mailed) == len(ids) == len(set(ids))  # one mail for a person and day
    arrived = Counter(mail.message_id for mail in record.taken)
    assert set(arrived) == set(ids)
    twice = Counter({id_: count - 1 for id_, count in arrived.items() if count > 1})
    assert twice == year.killer.doubled
    assert twice.total() == year.killer.fired[AFTER_SMTP] + year.killer.fired[NOTED]
    assert len(set(record.taken)) == len(ids)  # a double is the very same mail
    assert year.held == 1


def _traces(year: Year) -> dict[tuple[str, str], list[Trace]]:
    found: dict[tuple[str, str], list[Trace]] = {}
    for id_, step, recipient, outcome, taken, settled, message in year.world.rows(
        "SELECT obligation_id, step, recipient, outcome, taken_at, settled_at, message_id"
        " FROM reminder_delivery"
    ):
        at = None if settled is None else instant(settled)
        found.setdefault((id_, step), []).append(
            Trace(recipient, outcome, instant(taken), at, message)
        )
    return found
