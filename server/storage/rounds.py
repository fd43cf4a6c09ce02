"""Collection rounds kept: the letter, its dates, its file, and how far the reports of each are."""

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import date

from server.core.json_text import dumps
from server.core.obligation import Letter, Progress, Round, RoundDates
from server.errors import Conflict, NotFound
from server.storage.database import Database
from server.storage.fields import day, day_text
from server.storage.searching import marks

_COLUMNS = (
    "id, code, title, period, letter_number, letter_on, contact, phone, level, forms, opens_on,"
    " dates, ad_hoc, letter_name, letter_type, letter_size, letter_sha256"
)
_DAYS = ("opens", "due", "grace", "closes")


class RoundStore:
    """Rounds by id and by period."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, round: Round) -> None:
        """Keeps a collection round.

        Raises:
            Conflict: its id or code is taken.
        """
        letter = round.letter
        added = self._database.run(
            f"INSERT INTO round ({_COLUMNS})"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (
                round.id,
                round.code,
                round.title,
                round.period,
                round.letter_number,
                day_text(round.letter_on),
                round.contact,
                round.phone,
                round.level,
                dumps(list(round.forms)),
                day_text(round.opens_on),
                _dates_text(round.dates),
                round.ad_hoc,
                letter and letter.name,
                letter and letter.media_type,
                letter and letter.size,
                letter and letter.sha256,
            ),
        )
        if not added:
            raise Conflict(kind="round", code=round.code)

    def widen(self, round: Round) -> None:
        """Notes the forms and dates that a round has now; what it was opened with stays owed."""
        self._database.run(
            "UPDATE round SET forms = ?, dates = ?, edit = edit + 1 WHERE id = ?",
            (dumps(list(round.forms)), _dates_text(round.dates), round.id),
        )

    def put_letter(self, round_id: str, letter: Letter) -> None:
        """Names the file of the letter; the bytes are on the disk already."""
        changed = self._database.run(
            "UPDATE round SET letter_name = ?, letter_type = ?, letter_size = ?,"
            " letter_sha256 = ?, edit = edit + 1 WHERE id = ?",
            (letter.name, letter.media_type, letter.size, letter.sha256, round_id),
        )
        if not changed:
            raise NotFound(kind="round", id=round_id)

    def letters(self, round_ids: Collection[str]) -> Mapping[str, Letter]:
        """By id of these rounds the letter, of those that have its file."""
        if not round_ids:
            return {}
        rows = self._database.rows(
            "SELECT id, letter_name, letter_type, letter_size, letter_sha256 FROM round"
            f" WHERE id IN ({marks(round_ids)}) AND letter_sha256 IS NOT NULL",
            tuple(sorted(round_ids)),
        )
        return {id_: Letter(name, kind, int(size), sha) for id_, name, kind, size, sha in rows}

    def all(self, period: str | None = None) -> list[Round]:
        """All rounds, the newest letter first."""
        where, values = ("WHERE period = ?", (period,)) if period else ("", ())
        rows = self._database.rows(
            f"SELECT {_COLUMNS} FROM round {where} ORDER BY letter_on DESC, id DESC", values
        )
        return [_round(row) for row in rows]

    def get(self, round_id: str) -> Round:
        """One round; raise ``NotFound``."""
        row = self._database.row(f"SELECT {_COLUMNS} FROM round WHERE id = ?", (round_id,))
        if row is None:
            raise NotFound(kind="round", id=round_id)
        return _round(row)

    def put_contact(self, round_id: str, contact: str, phone: str) -> None:
        """Names whom the units ask from now on."""
        self._database.run(
            "UPDATE round SET contact = ?, phone = ? WHERE id = ?", (contact, phone, round_id)
        )

    def lock(self, round_id: str) -> None:
        """Holds the round until the transaction ends; raise ``NotFound``."""
        if not self._database.lock("round", round_id):
            raise NotFound(kind="round", id=round_id)

    def progress(self, today: date) -> Mapping[str, tuple[Mapping[Progress, int], int]]:
        """By round: how many reports are how far, and how many are late and not sent."""
        rows = self._database.rows(
            "SELECT round_id, progress, COUNT(*),"
            " SUM(CASE WHEN due_on < ? AND (grace_on IS NULL OR grace_on < ?) AND closed = ?"
            " THEN 1 ELSE 0 END)"
            " FROM obligation WHERE round_id IS NOT NULL GROUP BY round_id, progress",
            (day_text(today), day_text(today), False),
        )
        found: dict[str, tuple[dict[Progress, int], int]] = {}
        for round_id, word, count, late in rows:
            counts, before = found.get(round_id, ({}, 0))
            progress = Progress(word)
            unsent = progress in (Progress.NONE, Progress.STARTED)
            counts[progress] = int(count)
            found[round_id] = (counts, before + (int(late) if unsent else 0))
        return found


def _dates_text(dates: tuple[RoundDates, ...]) -> str:
    return dumps(
        [
            {
                name: value.isoformat() if isinstance(value, date) else value
                for name, value in asdict(line).items()
                if value
            }
            for line in dates
        ]
    )


def _dates(text: str) -> tuple[RoundDates, ...]:
    return tuple(
        RoundDates(
            level=line.get("level", ""),
            form=line.get("form", ""),
            **{name: date.fromisoformat(line[name]) for name in _DAYS if name in line},
        )
        for line in json.loads(text)
    )


def _round(row: tuple) -> Round:
    return Round(
        id=row[0],
        code=row[1],
        title=row[2],
        period=row[3],
        letter_number=row[4],
        letter_on=day(row[5]),
        contact=row[6],
        phone=row[7],
        level=row[8],
        forms=tuple(json.loads(row[9])),
        opens_on=day(row[10]),
        dates=_dates(row[11]),
        ad_hoc=bool(row[12]),
        letter=None if row[16] is None else Letter(row[13], row[14], int(row[15]), row[16]),
    )
