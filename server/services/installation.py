"""Loading what ships with the project: code lists, indicators, workflows, forms, units, villages.

Runs again and again without harm: what is published stays, what is new is added.
"""

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from server.core.access import SYSTEM
from server.core.json_text import loads
from server.core.org_unit import Level, OrgUnit, Village
from server.core.ports import NewId, Transaction
from server.services.catalogue import Catalogue
from server.services.definitions import definition_files
from server.services.reference import Reference
from server.storage.org_units import OrgUnitChange

_LEVELS = [Level.PROVINCE, Level.DISTRICT, Level.DEPARTMENT, Level.COMMUNE]


@dataclass(frozen=True, slots=True)
class Installation:
    """Use cases of filling an empty installation."""

    catalogue: Catalogue
    reference: Reference
    transaction: Transaction
    new_id: NewId

    def install(self, root: Path, tell: Callable[[str], None] = lambda _: None) -> None:
        """Publish every shipped definition under *root* and load its reference data.

        Raises:
            DefinitionInvalid: a file is refused; nothing of it is stored.
        """
        shipped = root / "form_definitions"
        # Owners and units of forms are checked against the tree, so the tree comes first.
        if not self.reference.codes():
            tell("org units")
            self.load_units(shipped / "_org_units")
            self.load_villages(shipped / "_villages" / "villages.csv")
        for kind, path in definition_files(root):
            if kind == "codelist":
                self.catalogue.publish(path.read_text(encoding="utf-8"), kind, SYSTEM)
        if not self.catalogue.indicators():
            tell("indicators")
            document = loads((shipped / "_indicators" / "indicators.json").read_bytes())
            if isinstance(document, dict):
                self.catalogue.put_indicators(document, SYSTEM)
        files = [found for found in definition_files(root) if found[0] != "codelist"]
        forms = frozenset(path.parent.name for kind, path in files if kind == "form")
        for kind, path in files:
            tell(f"{kind} {path.parent.name}/{path.stem}")
            text = path.read_text(encoding="utf-8")
            self.catalogue.publish(text, kind, SYSTEM, alongside=forms)

    def load_units(self, folder: Path) -> int:
        """The dated units of ``org_units.csv`` with their changes; each row is one unit.

        Official codes are reused, so a row's identity is its code together with its first day.
        """
        rows = list(_rows(folder / "org_units.csv"))
        rows.sort(key=lambda row: _LEVELS.index(Level(row["level"])))
        units: list[OrgUnit] = []
        for row in rows:
            valid_from, valid_to = _day(row["valid_from"]), _day(row["valid_to"])
            units.append(
                OrgUnit(
                    id=self.new_id(),
                    code=row["code"],
                    name=row["name_vi"],
                    level=Level(row["level"]),
                    kind=row["type"],
                    parent=_parent(units, row["parent_code"], valid_to or date.max),
                    valid_from=valid_from,
                    valid_to=valid_to,
                )
            )
        with self.transaction():
            self.reference.add_units(units, SYSTEM)
            for row in _rows(folder / "org_unit_changes.csv"):
                self._load_change(units, row)
        return len(units)

    def load_villages(self, path: Path) -> int:
        """The dated villages of ``villages.csv``; constructed ones say so in their file."""
        units = self.reference.units(date(2025, 1, 1))
        communes = {unit.code: unit.id for unit in units if unit.level is Level.COMMUNE}
        villages = [
            Village(
                id=self.new_id(),
                org_unit=communes[row["commune_code"]],
                number=int(row["no"]),
                name=row["name"],
                kind=row["kind"],
                extremely_poor=row["extremely_poor"] == "1",
                road=row["road"],
                valid_from=_day(row["valid_from"]),
                valid_to=_day(row["valid_to"]),
            )
            for row in _rows(path)
        ]
        self.reference.add_villages(villages, SYSTEM)
        return len(villages)

    def _load_change(self, units: list[OrgUnit], row: Mapping[str, str]) -> None:
        day = date.fromisoformat(row["effective_date"])
        before = [one for one in units if one.code == row["old_code"] and _ends(one) < day]
        after = [
            one
            for one in units
            if one.code == row["new_code"] and (one.valid_from or date.min) == day
        ]
        self.reference.store.add_change(
            OrgUnitChange(
                id=self.new_id(),
                kind=row["kind"],
                old_unit=max(before, key=_ends).id if before else None,
                new_unit=after[0].id if after else None,
                effective_on=day,
                decree=row["source"],
                note=row["note"],
            )
        )


def _parent(units: list[OrgUnit], code: str, on: date) -> str | None:
    """The unit of that code that lives on the child's last day; roots have none in the file."""
    return next(
        (
            unit.id
            for unit in units
            if unit.code == code and (unit.valid_from or date.min) <= on <= _ends(unit)
        ),
        None,
    )


def _ends(unit: OrgUnit) -> date:
    return unit.valid_to or date.max


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as text:
        yield from csv.DictReader(text)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
