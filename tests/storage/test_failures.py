"""A fault of the database is named by what the caller can do about it."""

import apsw
import peewee
import psycopg
import pytest

from server.storage.failures import reason_of


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (apsw.BusyError(), "busy"),
        (apsw.LockedError(), "busy"),
        (apsw.FullError(), "disk-full"),
        (apsw.IOError(), "disk"),
        (apsw.ReadOnlyError(), "read-only"),
        (apsw.ConstraintError(), None),
        (psycopg.errors.QueryCanceled(), "timeout"),
        (psycopg.errors.LockNotAvailable(), "busy"),
        (psycopg.errors.DeadlockDetected(), "busy"),
        (psycopg.errors.TooManyConnections(), "busy"),
        (psycopg.errors.DiskFull(), "disk-full"),
        (psycopg.errors.AdminShutdown(), "unreachable"),
        (psycopg.errors.ConnectionFailure(), "unreachable"),
        (psycopg.errors.ReadOnlySqlTransaction(), "read-only"),
        (psycopg.OperationalError("server closed the connection unexpectedly"), "unreachable"),
        (psycopg.errors.UniqueViolation(), None),
        (psycopg.errors.SyntaxError(), None),
        (KeyError(), None),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_the_reason_is_found_under_peewees_wrapping(fault, reason):
    assert reason_of(fault) == reason
    assert reason_of(peewee.OperationalError(fault)) == reason


def test_an_error_of_peewee_itself_is_a_bug():
    assert reason_of(peewee.InterfaceError("Error, database must be initialized")) is None
