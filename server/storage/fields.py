"""Columns that read and write alike on SQLite and PostgreSQL.

APSW binds no dates and no instants, so both travel as ISO text; PostgreSQL casts them.
The plain functions serve statements that are written by hand.
"""

import json
from datetime import UTC, date, datetime
from enum import StrEnum

import peewee

from server.core.json_text import dumps


def instant_text(value: datetime | None) -> str | None:
    """UTC with microseconds, of fixed width, so that text order is time order."""
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError("an instant needs its time zone")
    return value.astimezone(UTC).isoformat(timespec="microseconds")


def instant_of(stored: str | datetime | None) -> datetime | None:
    """The aware UTC instant of a stored one."""
    if stored is None:
        return None
    value = datetime.fromisoformat(stored) if isinstance(stored, str) else stored
    return value.astimezone(UTC)


def instant(stored: str | datetime) -> datetime:
    """As ``instant_of``, of a column that is never empty."""
    value = datetime.fromisoformat(stored) if isinstance(stored, str) else stored
    return value.astimezone(UTC)


def day_text(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def day_of(stored: str | date | None) -> date | None:
    """The day of a stored one."""
    return date.fromisoformat(stored) if isinstance(stored, str) else stored


def day(stored: str | date) -> date:
    """As ``day_of``, of a column that is never empty."""
    return date.fromisoformat(stored) if isinstance(stored, str) else stored


class InstantField(peewee.Field):
    """An aware UTC instant."""

    field_type = "INSTANT"

    def db_value(self, value: datetime | str | None) -> str | None:
        return instant_text(datetime.fromisoformat(value) if isinstance(value, str) else value)

    def python_value(self, value: str | datetime | None) -> datetime | None:
        return instant_of(value)


class DayField(peewee.Field):
    """A calendar day."""

    field_type = "DATE"

    def db_value(self, value: date | str | None) -> str | None:
        return value if isinstance(value, str) else day_text(value)

    def python_value(self, value: str | date | None) -> date | None:
        return day_of(value)


class FirstDayField(DayField):
    """The first day of a stretch; "since ever" is the earliest day, so that it can be unique."""

    def db_value(self, value: date | str | None) -> str | None:
        return super().db_value(date.min if value is None else value)

    def python_value(self, value: str | date | None) -> date | None:
        found = super().python_value(value)
        return None if found == date.min else found


class JsonField(peewee.TextField):
    """Canonical JSON text, byte-equal on both databases, Vietnamese letters as they are."""

    def db_value(self, value: object) -> str | None:
        return None if value is None else dumps(value)

    def python_value(self, value: str | None) -> object:
        return None if value is None else json.loads(value)


class CodeField(peewee.TextField):
    """A word of an enumeration of the core; the schema checks it as well."""

    def db_value(self, value: str | None) -> str | None:
        # The driver of PostgreSQL would write an enumeration's name instead of its value.
        return value.value if isinstance(value, StrEnum) else value
