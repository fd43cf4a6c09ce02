"""Periods as callers name them: a bad id is a bad request, not a missing thing."""

from server.core.period import Period
from server.errors import RequestInvalid


def asked_period(text: str) -> Period:
    """The period of that id; ``RequestInvalid`` at ``/period`` for anything else."""
    try:
        return Period.asked(text)
    except ValueError:
        raise RequestInvalid(reason="period", path="/period") from None
