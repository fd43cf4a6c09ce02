"""A simulated year: every step of every report sent once, or suppressed with the right reason."""

import copy
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from server.storage.database import Database
from tests.reliability.seams import SEAMS
from tests.reliability.simulated_year import Year
from tests.reliability.year_verdict import Record, Trace, judge

#: What a worse server would have left behind; the verdict must find each.
WRONGS: dict[str, Callable[[Record], object]] = {
    "sent, and called suppressed": lambda record: _alter(
        record, "sent", outcome="submitted", message_id=None
    ),
    "suppressed, and called sent": lambda record: _alter(record, "submitted", outcome="sent"),
    "another reason": lambda record: _alter(record, "excused", outcome="returned"),
    "another recipient": lambda record: _alter(record, "sent", recipient="u9@x.example"),
    "taken later": lambda record: _alter(record, "submitted", taken_at=LATER),
    "settled later": lambda record: _alter(record, "sent", settled_at=LATER),
    "no trace": lambda record: record.traces.popitem(),
    "twice claimed": lambda record: record.claims.append(record.claims[0]),
    "a recipient twice": lambda record: _rows(record, "sent").append(_rows(record, "sent")[0]),
    "a mail too many": lambda record: record.taken.append(record.taken[-1]),
    "a mail lost": lambda record: record.taken.remove(record.taken[-1]),
    "another mail that day": lambda record: record.mails.append(
        ("<other@x.example>", *record.mails[0][1:])
    ),
}
LATER = datetime(2025, 5, 8, 1, tzinfo=UTC)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_small_year_settles_each_step_once(database: Database, tmp_path: Path) -> None:
    """Its first five months, with all that ever befalls a worker."""
    chance = random.Random(11)
    year = Year(database, tmp_path, units=4, chance=chance, last=date(2025, 5, 8), kills=0.9)

    year.live()
    record = Record.of(year)
    found = judge(year, record)

    _told(year, found, 0)
    assert set(year.killer.fired) == set(SEAMS)
    for name, spoil in WRONGS.items():
        spoiled = copy.deepcopy(record)
        spoil(spoiled)
        with pytest.raises(AssertionError):
            judge(year, spoiled)
            pytest.fail(f"the verdict does not see: {name}", pytrace=False)


@pytest.mark.long
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_whole_year_of_a_province_settles_each_step_once(
    fresh_database: Database, database_kind: str, tmp_path: Path, seed: int
) -> None:
    """130 units, 2,210 reports, 11,050 steps; the database is opened anew after each kill."""

    def reopened(kept: Database) -> Database:
        kept.close()
        url = f"sqlite:///{tmp_path / 'bieumau.db'}"
        if database_kind != "sqlite":
            url = str(fresh_database.engine.database)
        return Database.open(url, unsafe_for_tests=True)

    began = time.monotonic()
    year = Year(fresh_database, tmp_path, 130, random.Random(seed), kills=0.9, reopen=reopened)

    year.live()
    found = judge(year, Record.of(year))

    _told(year, found, time.monotonic() - began)
    assert set(year.killer.fired) == set(SEAMS)
    year.database.close()


def _told(year: Year, found: Counter[str], seconds: float) -> None:
    sys.stdout.write(
        f"\n{len(year.reports)} reports, {found.total()} steps: {dict(found.most_common())};"
        f" {len(year.sink.mails)} mails, {year.killer.doubled.total()} of them doubles;"
        f" {year.killer.fired.total()} kills: {dict(year.killer.fired)}; {seconds:.0f} s\n"
    )


def _rows(record: Record, outcome: str) -> list[Trace]:
    """The rows of the first step that ended so."""
    return next(rows for rows in record.traces.values() if rows[0].outcome == outcome)


def _alter(record: Record, ended: str, **changes: object) -> None:
    rows = _rows(record, ended)
    rows[0] = replace(rows[0], **changes)  # type: ignore[arg-type]
