"""How long it takes to look at and to open a round of 200 units and 40 forms."""

import json
import statistics
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from time import perf_counter

from server.core.access import SYSTEM
from server.core.obligation import Round, RoundDates
from server.core.org_unit import Level, OrgUnit
from server.core.vietnam_days import national_days
from server.storage.database import Database
from tests.world import World, household_form, make_world

UNITS, FORMS = 200, 40
ROUND = Round(
    id="bench-0",
    code="bench-0",
    title="Đợt đo",
    period="2024",
    letter_number="1/BDT",
    letter_on=date(2025, 1, 2),
    contact="Phòng Tổng hợp",
    phone="0209",
    level="official",
    forms=(),
    opens_on=date(2025, 1, 2),
    dates=(RoundDates(level="commune", due=date(2025, 2, 16), closes=date(2025, 4, 7)),),
)


def measure_rounds(url: str, folder: Path, *, repetitions: int = 5) -> dict[str, object]:
    """Milliseconds of the preview and of opening, each on a round of its own."""
    database = Database.open(url)
    database.migrate()
    world = make_world(database, folder)
    codes = _furnish(world)
    admin, service = world.actor("admin"), world.services.rounds
    previews, openings, count = [], [], 0
    for number in range(repetitions):
        asked = replace(ROUND, id=f"bench-{number}", code=f"bench-{number}", forms=codes)
        started = perf_counter()
        matrix = service.preview(asked)
        previews.append((perf_counter() - started) * 1000)
        started = perf_counter()
        count = service.open(admin, asked)
        openings.append((perf_counter() - started) * 1000)
        assert count == len(matrix.owed) == UNITS * FORMS
    database.close()
    return {
        "reports": count,
        "preview_ms_median": round(statistics.median(previews), 1),
        "open_ms_median": round(statistics.median(openings), 1),
        "open_ms_most": round(max(openings), 1),
    }


def worded_rounds(found: Mapping[str, object]) -> list[str]:
    """The figures as lines to read."""
    lines = []
    for database, figures in found.items():
        assert isinstance(figures, Mapping)
        lines.append(f"{database}: " + ", ".join(f"{key} {one}" for key, one in figures.items()))
    return lines


def _furnish(world: World) -> tuple[str, ...]:
    """Communes up to 200, 40 forms that all of them owe, and the holidays of two years."""
    add_communes(world, UNITS)
    codes = add_forms(world, FORMS)
    for year in (2024, 2025):
        for entry in national_days(year):
            world.services.reference.put_holiday(entry.day, entry.title, entry.kind, SYSTEM)
    return codes


def add_communes(world: World, count: int) -> None:
    """Communes until there are *count*."""
    there = sum(
        unit.level is Level.COMMUNE for unit in world.services.reference.units(ROUND.opens_on)
    )
    world.services.reference.add_units(
        [
            OrgUnit(
                f"u-bench-{number}", f"8{number:04}", f"Xã {number}", Level.COMMUNE, "xa",
                "u-district", None, None,
            )
            for number in range(count - there)
        ],
        SYSTEM,
    )  # fmt: skip


def add_forms(world: World, count: int) -> tuple[str, ...]:
    """*count* forms that every commune owes."""
    codes = tuple(f"bench_{number:02}" for number in range(count))
    for code in codes:
        form = household_form(code)
        settings = form["x-form"]
        assert isinstance(settings, dict)
        settings["prefix"] = code.replace("bench_", "BE").upper()
        world.services.catalogue.publish(json.dumps(form, ensure_ascii=False), "form", SYSTEM)
    return codes
