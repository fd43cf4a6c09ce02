"""What a failing database means to the caller: come back later, or a bug of ours.

Apart because screens may not know the database library: they see one error with a
stable code and a reason, whatever driver raised it.
"""

import apsw
import peewee
import psycopg

_BY_SQLITE_ERROR: dict[type[Exception], str] = {
    apsw.BusyError: "busy",
    apsw.LockedError: "busy",
    apsw.FullError: "disk-full",
    apsw.IOError: "disk",
    apsw.CantOpenError: "disk",
    apsw.ReadOnlyError: "read-only",
    apsw.InterruptError: "timeout",
}
#: SQLSTATE codes and their classes (the first two characters).
_BY_SQLSTATE = {
    "57014": "timeout",
    "55P03": "busy",
    "40001": "busy",
    "40P01": "busy",
    "53300": "busy",
    "53100": "disk-full",
    "25006": "read-only",
    "08": "unreachable",
    "57": "unreachable",
    "53": "busy",
    "58": "disk",
}


def reason_of(fault: BaseException) -> str | None:
    """Why the database could not serve, or ``None`` when the statement itself is at fault."""
    if isinstance(fault, peewee.PeeweeException):
        origin = getattr(fault, "orig", None)
        return reason_of(origin) if isinstance(origin, BaseException) else None
    for kind, reason in _BY_SQLITE_ERROR.items():
        if isinstance(fault, kind):
            return reason
    if isinstance(fault, psycopg.Error):
        state = fault.sqlstate
        if state is None:
            # The driver's own words: the connection is gone or could not be made.
            return "unreachable" if isinstance(fault, psycopg.OperationalError) else None
        return _BY_SQLSTATE.get(state) or _BY_SQLSTATE.get(state[:2])
    return None
