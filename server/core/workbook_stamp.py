"""The stamp of a workbook: what it was made from, so that a file can be taken back safely.

It names the form, its version and the submission, and says of each open cell which path it is and
what stood in it. A digest finds damage. It is no signature on purpose: a stamp grants nothing (who
may save what is asked at the upload), and a workbook filled over weeks must outlive a change of
the server's keys.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from server.core.json_text import JsonInvalid, digest, dumps, loads
from server.core.shape import mapping, sequence

FORMAT: Final = 1
_MOST_BYTES: Final = 20_000_000


class StampDamaged(Exception):
    """The text is no stamp of ours, or not as it was written."""


@dataclass(frozen=True, slots=True)
class StampCell:
    """An open cell: its place, its path, and value and status as they were."""

    row: int
    column: int
    path: str
    value: object
    status: str | None


@dataclass(frozen=True, slots=True)
class StampSheet:
    """One worksheet; *labels* are texts that must still stand where they stood."""

    name: str
    cells: tuple[StampCell, ...]
    labels: tuple[tuple[int, int, str], ...]
    locked: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a workbook was made from; *title* says it in words."""

    title: str
    form: str
    version: int
    digest: str
    submission: str
    edit: int
    org_unit: str
    period: str
    created_at: str
    sheets: tuple[StampSheet, ...]

    def text(self) -> str:
        """The stamp as it stands in the file."""
        body = {
            "title": self.title,
            "form": self.form,
            "version": self.version,
            "digest": self.digest,
            "submission": self.submission,
            "edit": self.edit,
            "org_unit": self.org_unit,
            "period": self.period,
            "created_at": self.created_at,
            "sheets": [_sheet_body(sheet) for sheet in self.sheets],
        }
        return dumps({"bieumau": FORMAT, "digest": digest(body), "body": body})


def read_stamp(text: str) -> Stamp:
    """The stamp in *text*; ``StampDamaged`` when it is not whole."""
    try:
        whole = mapping(loads(text, max_bytes=_MOST_BYTES))
        body = mapping(whole["body"])
        if whole["bieumau"] != FORMAT or whole["digest"] != digest(body):
            raise StampDamaged
        return Stamp(
            title=str(body["title"]),
            form=str(body["form"]),
            version=int(str(body["version"])),
            digest=str(body["digest"]),
            submission=str(body["submission"]),
            edit=int(str(body["edit"])),
            org_unit=str(body["org_unit"]),
            period=str(body["period"]),
            created_at=str(body["created_at"]),
            sheets=tuple(_sheet(mapping(sheet)) for sheet in sequence(body["sheets"])),
        )
    except (JsonInvalid, KeyError, TypeError, ValueError) as fault:
        raise StampDamaged from fault


def _sheet_body(sheet: StampSheet) -> dict[str, object]:
    return {
        "name": sheet.name,
        "cells": [
            [cell.row, cell.column, cell.path, cell.value, cell.status] for cell in sheet.cells
        ],
        "labels": [list(label) for label in sheet.labels],
        "locked": [list(place) for place in sheet.locked],
    }


def _sheet(body: Mapping[str, object]) -> StampSheet:
    return StampSheet(
        name=str(body["name"]),
        cells=tuple(_cell(sequence(cell)) for cell in sequence(body["cells"])),
        labels=tuple(
            (_whole(row), _whole(column), str(text))
            for row, column, text in map(sequence, sequence(body["labels"]))
        ),
        locked=tuple(
            (_whole(row), _whole(column)) for row, column in map(sequence, sequence(body["locked"]))
        ),
    )


def _cell(facts: Sequence[object]) -> StampCell:
    row, column, path, value, status = facts
    kept = None if status is None else str(status)
    return StampCell(_whole(row), _whole(column), str(path), value, kept)


def _whole(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError(value)
    return value
