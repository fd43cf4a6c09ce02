"""The same communes after 01/07/2025: 37 new ones, their figures as sums of the old."""

import csv
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from functools import cache

from server.core.org_unit import OrgUnit
from server.demo.answers_poverty import rate
from server.demo.apportioning import hashed
from server.demo.communes import UNITS
from server.demo.figures import figures

MERGED_ON = date(2025, 7, 1)


@cache
def parts() -> Mapping[str, tuple[str, ...]]:
    """New code: the old codes that went into it. Thượng Quan alone stayed what it was."""
    old = {commune.code for commune in figures().communes}
    found: dict[str, list[str]] = defaultdict(list)
    with UNITS.with_name("org_unit_changes.csv").open(encoding="utf-8", newline="") as text:
        for row in csv.DictReader(text):
            if row["effective_date"] == MERGED_ON.isoformat() and row["old_code"] in old:
                found[row["new_code"]].append(row["old_code"])
    return {code: tuple(sorted(codes)) for code, codes in sorted(found.items())}


def population_of(unit: OrgUnit) -> dict[str, object]:
    """DS-01 of 2025 for a new commune."""
    population = figures().population["2024"]
    block = "rural" if unit.kind == "xa" else "urban"
    rows: dict[str, dict[str, int]] = {}
    total = 0
    for code in parts()[unit.code]:
        for group, number in population.groups[code].items():
            if number:
                males = population.group_males[code][group]
                row = rows.setdefault(group, {f"{block}_male": 0, f"{block}_female": 0})
                row[f"{block}_male"] += males
                row[f"{block}_female"] += number - males
    for group, row in rows.items():
        for column in row:
            row[column] += row[column] * hashed(f"2025|{unit.code}|{group}", 12) // 1000
            total += row[column]
    return {"rows": rows, "police_total": total, "police_date": "2026-01-05"}


def poverty_of(unit: OrgUnit) -> dict[str, object]:
    """NGHEO-02 of 2025: it opens with the sum of what the old communes closed with."""
    found = figures()
    codes = parts()[unit.code]
    opening = sum(found.near_poor[code].closing for code in codes)
    minority = sum(found.near_poor[code].closing_minority for code in codes)
    households = sum(found.households[code] for code in codes)
    of_minority = sum(found.minority_households[code] for code in codes)
    escaped, arisen = opening * 22 // 100, opening * 11 // 100
    closing = opening - escaped + arisen
    return {
        "commune": {
            "hh_total": households,
            "hh_dtts": of_minority,
            "open_count": opening,
            "open_rate": rate(opening, households),
            "open_dtts": minority,
            "open_dtts_rate": rate(minority, of_minority),
            "escaped": escaped,
            "relapsed": 0,
            "arisen": arisen,
            "close_dtts": closing * minority // opening if opening else 0,
        },
        "decision": f"Quyết định số {200 + int(unit.code) % 300}/QĐ-UBND ngày 04/12/2025",
    }
