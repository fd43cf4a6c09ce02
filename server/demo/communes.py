"""The 108 communes of the time up to 30/06/2025, read from the shipped unit list."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

UNITS = Path(__file__).parents[2] / "form_definitions" / "_org_units" / "org_units.csv"
_LAST_DAY = "2025-06-30"


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune of the time up to 30/06/2025."""

    code: str
    district: str
    kind: str
    name: str

    @property
    def rural(self) -> bool:
        return self.kind == "xa"


@cache
def communes() -> tuple[Commune, ...]:
    """The 108 communes in the order of their codes."""
    with UNITS.open(encoding="utf-8", newline="") as text:
        found = [
            Commune(row["code"], row["parent_code"], row["type"], row["name_vi"])
            for row in csv.DictReader(text)
            if row["level"] == "commune" and row["valid_to"] == _LAST_DAY
        ]
    return tuple(sorted(found, key=lambda commune: commune.code))
