"""The year of ``year_plan``, lived by the real services, with workers that die."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from server.core.access import SYSTEM, Actor, Role
from server.core.obligation import Round
from server.core.ports import LOCAL
from server.hooks.door import Door, GuardedChannel
from server.services.accounts import NewAccount
from server.storage.database import Database
from tests.reliability import year_plan as plan
from tests.reliability.reminder_world import KeptChannel, ReminderWorld, TurnedClock, make, opened
from tests.reliability.seams import SEAMS, KillableChannel, Killed, Killer, seams
from tests.world import GOOD, household_form


def _beginning() -> TurnedClock:
    return TurnedClock(datetime(2024, 12, 9, 6, tzinfo=LOCAL))


@dataclass
class Year:
    """One year of one province with one seed."""

    database: Database
    folder: Path
    units: int
    chance: random.Random
    last: date = plan.LAST
    kills: float = 0.35
    reopen: Callable[[Database], Database] | None = None
    killer: Killer = field(default_factory=Killer)
    sink: KeptChannel = field(default_factory=KeptChannel)
    clock: TurnedClock = field(default_factory=_beginning)
    reports: dict[str, plan.Report] = field(default_factory=dict)
    due_acts: dict[date, list[plan.Act]] = field(default_factory=dict)
    passes: list[tuple[datetime, bool]] = field(default_factory=list)
    """When a worker looked for steps, and whether it lived to the end."""
    held: int = 0
    clerk: str = "leaver"

    def live(self) -> None:
        """All days, one after the other; at the end nothing waits."""
        self.world = self._founded()
        rounds, day = plan.openings(), plan.FIRST
        with seams(self.killer):
            while day <= self.last:
                self._day(day, rounds.get(day, []))
                day += timedelta(days=1)
        for _hour in range(48):
            self.clock.turn(hours=1)
            self._flush()

    def actor(self, username: str) -> Actor:
        accounts = self.world.services.accounts
        return accounts.actor(accounts.by_username(username))

    def _day(self, day: date, openings: list[plan.Opening]) -> None:
        self.clock.set(day, 6, 30)
        for opening in openings:
            self._open(opening)
        self._people(day)
        acts = self.due_acts.pop(day, [])
        runs = day not in plan.AWAY
        if day == plan.DAY_OUT:
            self.sink.down = True
        if runs:
            self.clock.set(day, self.chance.choice((7, 8, 9, 10)))
            if day == plan.HOUR_OUT:
                self._an_hour_without_mail()
            if self._worker(self.kills):
                if self.chance.random() < 0.5:
                    self._do(acts)  # a unit acts while the worker is dead
                    acts = []
                self._worker(self.kills / 2)
                self._worker(0)
            if day == plan.LEAP:
                self._leap()
            if day == plan.BACK:
                self.clock.turn(days=-1)
                self._worker(0)
        self.clock.set(day, 12)
        self._do(acts)
        if day == plan.DAY_OUT + timedelta(days=1):
            self.sink.down = False
        if runs:
            self.clock.set(day, 15)
            if self._worker(self.kills / 3):
                self._worker(0)

    def _worker(self, danger: float) -> bool:
        """A turn of a worker; whether it died of it, and another one was started."""
        self.clock.turn(minutes=5)  # past the lease of a mail that a dead worker held
        if self.chance.random() < danger:
            self.killer.arm(self.chance.choice(SEAMS), self.chance.choice((1, 1, 1, 2, 3, 8)))
        looked = plan.works(self.clock.today())
        self.passes += [(self.clock.instant, False)] * looked
        try:
            self.world.services.reminders.send_due(self.clock.today())
            if looked:
                self.passes[-1] = (self.clock.instant, True)
            self._flush()
        except Killed:
            if self.reopen is not None:
                self.database = self.reopen(self.database)
            self.world = self._opened()
            return True
        finally:
            self.killer.disarm()
        return False

    def _flush(self) -> None:
        while self.world.services.mail.flush():
            pass

    def _leap(self) -> None:
        """The clock of the machine leaps by more than a year and is put right again."""
        before, mails = self.clock.instant, len(self.sink.mails)
        self.clock.turn(days=400)
        self.world.services.reminders.send_due(self.clock.today())
        self._flush()
        self.held += self.world.services.reminders.held() is not None
        assert len(self.sink.mails) == mails
        self.clock.instant = before

    def _an_hour_without_mail(self) -> None:
        self.sink.down = True
        self._worker(0)
        for _turn in range(6):
            self.clock.turn(minutes=10)
            self._flush()
        self.sink.down = False

    # What people do

    def _open(self, opening: plan.Opening) -> None:
        code = f"{opening.form}-{opening.period}"
        made = self.world.services.rounds.open(
            self.actor("admin"),
            Round(
                id=code, code=code, title=code, period=opening.period, letter_number="01/BDT",
                letter_on=self.clock.today(), contact="Phòng Tổng hợp", phone="0209 000 000",
                level="official", forms=(opening.form,), opens_on=opening.opens,
            ),
        )  # fmt: skip
        assert made == self.units
        store = self.world.services.obligations.obligations
        for report in plan.reports(opening, self.units, self.clock.instant):
            [owed] = store.find(report.form, f"u{report.unit:04}", report.period)
            self.reports[owed.id] = report
            for day, acts in plan.fate(report, self.chance).items():
                self.due_acts.setdefault(day, []).extend(acts)

    def _people(self, day: date) -> None:
        """The address that comes at last; the clerk who leaves."""
        services = self.world.services
        if day == plan.ADDRESS_GIVEN:
            place = f"u{plan.WITHOUT_ADDRESS:04}"
            unit = replace(services.reference.unit(place), email="moi@x.example")
            services.reference.save_unit(unit, SYSTEM)
        if day == plan.LAST_DAY_OF_LEAVER:
            ids = [services.accounts.by_username(one).id for one in ("leaver", "successor")]
            services.handovers.carry_out(self.actor("admin"), *ids, day)
        if day == plan.LAST_DAY_OF_LEAVER + timedelta(days=1):
            self.clerk = "successor"

    def _do(self, acts: list[plan.Act]) -> None:
        if acts:
            self.clock.turn(minutes=1)
        for act in acts:
            {"send": self._send, "return": self._return, "ask": self._ask}[act.what](act)

    def _send(self, act: plan.Act) -> None:
        report, services = act.report, self.world.services
        unit = f"u{report.unit:04}"
        who = self.clerk if report.unit == plan.HANDED_OVER else f"clerk_{report.unit}"
        [owed] = services.obligations.obligations.find(report.form, unit, report.period)
        reporter = self.actor(who)
        if owed.submission is None:
            view = services.submissions.start(
                reporter, form=report.form, org_unit=unit, period=report.period, answers=GOOD
            )
        else:
            view = services.submissions.get(reporter, owed.submission)
        for actor, event in ((reporter, "submit"), (self.actor(f"head_{report.unit}"), "sign")):
            view = services.approvals.decide(
                actor, view.submission.id, event, seen=view.submission.edit
            )
        report.befell.append((self.clock.instant, "sent"))

    def _return(self, act: plan.Act) -> None:
        report, services = act.report, self.world.services
        [owed] = services.obligations.obligations.find(
            report.form, f"u{report.unit:04}", report.period
        )
        approver = self.actor(f"approver_{report.unit % 2}")
        view = services.submissions.get(approver, owed.submission or "")
        services.approvals.decide(
            approver, view.submission.id, "return", seen=view.submission.edit,
            supplied={"note": "Xem lại số nữ."},
        )  # fmt: skip
        report.befell.append((self.clock.instant, "returned"))

    def _ask(self, act: plan.Act) -> None:
        report, services = act.report, self.world.services
        assert act.until is not None
        who = self.clerk if report.unit == plan.HANDED_OVER else f"clerk_{report.unit}"
        [owed] = services.obligations.obligations.find(
            report.form, f"u{report.unit:04}", report.period
        )
        asked = services.extensions.ask(
            self.actor(who), owed.id, until=act.until, reason="Lũ quét, đường bị chia cắt."
        )
        services.extensions.grant(
            self.actor(f"approver_{report.unit % 2}"), asked.id, until=act.until
        )
        report.extended = (self.clock.instant, plan.working(act.until, report.unit))

    # The province

    def _founded(self) -> ReminderWorld:
        made = make(self.database, self.folder, units=self.units, districts=2, clock=self.clock)
        services = made.services
        for day, title in plan.OFF.items():
            services.reference.put_holiday(day, title, "off", SYSTEM)
        for day, title in plan.WORKED.items():
            services.reference.put_holiday(day, title, "working", SYSTEM)
        for day in plan.LOCAL_OFF:
            feasting = f"u{plan.FEASTING:04}"
            services.reference.put_holiday(day, "Lễ hội", "off", SYSTEM, org_unit=feasting)
        for number in (plan.WITHOUT_ADDRESS, plan.NEVER_AN_ADDRESS):
            unit = services.reference.unit(f"u{number:04}")
            services.reference.save_unit(replace(unit, email=None), SYSTEM)
        for number, code in enumerate(plan.FORMS):
            services.catalogue.publish(_form(code, f"HO1{number}"), "form", SYSTEM)
        for username, email, role, place in self._accounts():
            services.accounts.create(SYSTEM, NewAccount(username, username, email, role, place))
        return self._opened()

    def _accounts(self) -> list[tuple[str, str | None, Role, str]]:
        place = f"u{plan.HANDED_OVER:04}"
        found: list[tuple[str, str | None, Role, str]] = [
            ("admin", None, Role.ADMIN, "p"),
            ("leaver", "leaver@x.example", Role.REPORTER, place),
            ("successor", "successor@x.example", Role.READER, place),
            *((f"approver_{n}", None, Role.APPROVER, f"d{n}") for n in range(2)),
        ]
        for number in range(self.units):
            found.append((f"head_{number}", None, Role.SIGNER, f"u{number:04}"))
            if number != plan.HANDED_OVER:
                found.append((f"clerk_{number}", None, Role.REPORTER, f"u{number:04}"))
        return found

    def _opened(self) -> ReminderWorld:
        """The application anew on what the database holds, with the mail server of before."""
        made = opened(self.database, self.folder, channel=False, clock=self.clock)
        guarded = GuardedChannel("email", Door("kept"), self.sink)
        made.services.plugins._channels["email"] = KillableChannel(guarded, self.killer)  # type: ignore[assignment]
        return made


def _form(code: str, prefix: str) -> str:
    due, closes = plan.FORMS[code]
    form = household_form(code)
    settings = form["x-form"]
    assert isinstance(settings, dict)
    settings |= {
        "periodType": plan.TYPES[code], "prefix": prefix,
        "due": {"commune": f"P{due}D"}, "closes": {"commune": f"P{closes}D"},
    }  # fmt: skip
    return json.dumps(form, ensure_ascii=False)
