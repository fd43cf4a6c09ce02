"""A person's due dates for a calendar program, under an address that only the person knows.

The feed names forms, periods and units, never people. Its bytes change only with what it tells, so
that a program that asks again can be answered "as before".
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from urllib.parse import urlencode, urlsplit

from server.core.access import Actor
from server.core.ical import Entry, calendar_text
from server.core.ports import LOCAL, Clock, Transaction
from server.core.vietnamese import format_date
from server.errors import NotFound
from server.services.accounts import Accounts
from server.services.due_calendar import DueCalendar, DueReport
from server.storage.calendar_feeds import CalendarFeedStore
from server.storage.events import EventStore
from server.storage.urgings import MailPreference, MailPreferenceStore

_BEFORE, _AFTER = timedelta(days=92), timedelta(days=400)
_ZONE = "Asia/Ho_Chi_Minh"
_Changes = dict[str, tuple[int, datetime | None]]
_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "vi": {
        "name": "Biểu mẫu: lịch hạn gửi",
        "due": "Hạn gửi: {what}",
        "done": "Đã gửi: {what}",
        "own": "{unit}. {what}. Hạn gửi {day}.",
        "units": "Hạn gửi: {what} ({count} đơn vị)",
        "below": "{what}. Hạn gửi {day}. Đã gửi {sent}/{count}.",
    },
    "en": {
        "name": "Bieumau: due dates",
        "due": "Due: {what}",
        "done": "Sent: {what}",
        "own": "{unit}. {what}. Due {day}.",
        "units": "Due: {what} ({count} units)",
        "below": "{what}. Due {day}. Sent {sent}/{count}.",
    },
}


@dataclass(frozen=True, slots=True)
class CalendarFeeds:
    """Use cases of the person's own address, and of the program that reads it."""

    store: CalendarFeedStore
    due: DueCalendar
    accounts: Accounts
    preferences: MailPreferenceStore
    events: EventStore
    transaction: Transaction
    clock: Clock
    new_secret: Callable[[], str]
    public_url: str

    def created_at(self, actor: Actor) -> datetime | None:
        """Since when the actor has an address; it cannot be shown again."""
        return self.store.created_at(actor.account)

    def make(self, actor: Actor) -> str:
        """A new secret for the actor; the former one ends."""
        secret, now = self.new_secret(), self.clock.now()
        with self.transaction():
            self.store.revoke(actor.account, now)
            self.store.add(actor.account, _digest(secret), now)
            self._record(actor, "calendar_feed_made", now)
        return secret

    def revoke(self, actor: Actor) -> None:
        """End the actor's address; nothing happens when there is none."""
        now = self.clock.now()
        with self.transaction():
            if self.store.revoke(actor.account, now):
                self._record(actor, "calendar_feed_revoked", now)

    def read(self, secret: str) -> str:
        """The calendar behind a secret, in the language and with the rights of its person today.

        The secret is looked up by its digest, so the time of an answer tells nothing about it.

        Raises:
            NotFound: no such address, revoked, or the account is shut.
        """
        account = self.store.account_of(_digest(secret))
        if account is None or not self.accounts.store.get(account).active:
            raise NotFound(kind="calendar_feed")
        today = self.clock.today()
        due = self.due.between(self.accounts.actor_of(account), today - _BEFORE, today + _AFTER)
        changes = self.store.changes([one.obligation.id for one in due])
        groups: dict[tuple[object, ...], list[DueReport]] = {}
        for one in due:
            owed = one.obligation
            key = (owed.id,) if one.own else (owed.form, owed.period, owed.round or "", one.on)
            groups.setdefault(key, []).append(one)
        wish = self.preferences.of([account]).get(account, MailPreference())
        entries = [
            self._own(group[0], changes, wish.language)
            if group[0].own
            else self._below(group, changes, wish.language)
            for group in groups.values()
        ]
        return calendar_text(entries, name=_WORDS[wish.language]["name"], zone=_ZONE)

    def _own(self, one: DueReport, changes: _Changes, language: str) -> Entry:
        words, what = _WORDS[language], _titled(one, language)
        path = f"/submissions/{one.obligation.submission}" if one.obligation.submission else "/work"
        return Entry(
            uid=f"{one.obligation.id}@{self._domain}",
            on=one.on,
            summary=words["done" if one.done else "due"].format(what=what),
            description=words["own"].format(unit=one.unit.name, what=what, day=format_date(one.on)),
            address=f"{self.public_url.rstrip('/')}{path}",
            sequence=changes[one.obligation.id][0] - 1,
            changed_at=_changed_at([one], changes),
        )

    def _below(self, group: Sequence[DueReport], changes: _Changes, language: str) -> Entry:
        """One entry for all units below that owe the same on the same day."""
        first, count, words = group[0], len(group), _WORDS[language]
        owed, what = first.obligation, _titled(first, language)
        sent = sum(one.done for one in group)
        query = urlencode({"form": owed.form, "period": owed.period})
        name = f"{owed.form}/{owed.period}/{owed.round or ''}/{first.on.isoformat()}"
        return Entry(
            uid=f"{_digest(name)[:32]}@{self._domain}",
            on=first.on,
            summary=words["units"].format(what=what, count=count),
            description=words["below"].format(
                what=what, day=format_date(first.on), sent=sent, count=count
            ),
            address=f"{self.public_url.rstrip('/')}/progress?{query}",
            sequence=sum(changes[one.obligation.id][0] - 1 for one in group),
            changed_at=_changed_at(group, changes),
        )

    @property
    def _domain(self) -> str:
        return urlsplit(self.public_url).hostname or "localhost"

    def _record(self, actor: Actor, name: str, at: datetime) -> None:
        self.events.append(
            subject=f"account/{actor.account}",
            name=f"account.{name}",
            actor=actor.account,
            happened_at=at,
            details={},
        )


def _titled(one: DueReport, language: str) -> str:
    period, title = one.period.label(language), one.form.title
    if language == "en":
        title = one.form.title_en or title
    return f"{title}, {period[:1].lower()}{period[1:]}"


def _changed_at(group: Sequence[DueReport], changes: _Changes) -> datetime:
    """When something of these was changed last: at the earliest when they opened."""
    opened = max(datetime.combine(one.obligation.opens_on, time(), LOCAL) for one in group)
    known = [moment for one in group if (moment := changes[one.obligation.id][1]) is not None]
    return max(known, default=opened)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
