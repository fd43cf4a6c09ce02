"""The late board: scope, filters, and rates that are the same as plain SQL over the tables."""

from dataclasses import replace
from datetime import date
from random import Random

import pytest

from server.core.obligation import ObligationState, RoundDates
from server.core.org_unit import Level
from server.core.reporting_rate import Rate
from server.errors import NotFound, RequestInvalid
from server.services.board import BoardFilter, RateGroup
from server.storage.database import Database
from tests.bench.board import counted, scatter
from tests.bench.rounds import ROUND, add_communes, add_forms
from tests.world import World

#: The group of a report in SQL; a unit has one stretch in this world.
GROUPS = {
    RateGroup.UNIT: "o.org_unit_id",
    RateGroup.DISTRICT: "u.parent_id",
    RateGroup.FORM: "o.form",
    RateGroup.PERIOD: "o.period",
    RateGroup.LEVEL: "u.level",
}
LOCAL_DAY = {
    "sqlite": "date(o.sent_at, '+7 hours')",
    "postgresql": "(o.sent_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date",
}


def spread(world: World, seed: int, communes: int = 20, forms: int = 3) -> None:
    """A round whose reports are as far as chance has it."""
    add_communes(world, communes)
    codes = add_forms(world, forms)
    dates = (
        RoundDates(level="commune", opens=date(2024, 12, 1), due=date(2025, 1, 10)),
        RoundDates(level="commune", form=codes[0], grace=date(2025, 1, 15)),
    )
    round_ = replace(ROUND, forms=codes, opens_on=date(2024, 12, 1), dates=dates)
    world.services.rounds.open(world.actor("admin"), round_)
    with world.application.database.transaction():
        scatter(world, list(world.services.rounds.owed(round_.id)), Random(seed))


def rates_by_sql(database: Database, by: RateGroup) -> list[Rate]:
    sent = "o.progress IN ('sent', 'final')"
    day = LOCAL_DAY[database.kind]
    until = f"CASE WHEN {sent} THEN {day} ELSE '2025-01-24' END"
    excused = f"(o.excused_until IS NOT NULL AND {until} <= o.excused_until)"
    counted = "CASE WHEN o.grace_on > o.due_on THEN o.grace_on ELSE o.due_on END"
    late = f"{until} > {counted}"
    kinds = (
        "1 = 1",
        sent,
        f"{sent} AND {day} <= {counted}",
        f"{sent} AND {late} AND {excused}",
        f"{sent} AND {late} AND NOT {excused}",
        f"NOT {sent} AND {late} AND NOT {excused}",
        f"NOT {sent} AND {late} AND {excused}",
        "o.progress = 'final'",
    )
    sums = ", ".join(f"SUM(CASE WHEN {kind} THEN 1 ELSE 0 END)" for kind in kinds)
    rows = database.rows(
        f"SELECT {GROUPS[by]}, {sums} FROM obligation o"
        f" JOIN org_unit_stretch u ON u.org_unit_id = o.org_unit_id GROUP BY {GROUPS[by]}"
    )
    return sorted((Rate(row[0], *map(int, row[1:])) for row in rows), key=lambda rate: rate.group)


@pytest.mark.parametrize("seed", [1, 2])
def test_rates_are_those_of_plain_sql_whatever_they_are_counted_by(world: World, seed: int) -> None:
    spread(world, seed)
    assert world.application.database.row("SELECT COUNT(*) FROM obligation WHERE grace_on > due_on")
    board, database = world.services.board, world.application.database

    lines = board.lines(world.actor("province_reader"), BoardFilter())

    for by in RateGroup:
        found = board.rates(lines, by)
        assert found == rates_by_sql(database, by), by
        assert all(one.actual == one.on_time + one.excused + one.late for one in found)
    [form, *_rest] = [one for one in board.rates(lines, RateGroup.FORM) if one.excused]
    [same] = world.services.reports.reporting_rates(
        world.actor("province_reader"), form=form.group, period="2024"
    )
    assert same == form


def test_the_number_of_statements_does_not_grow_with_the_reports(world: World) -> None:
    reader, board = world.actor("province_reader"), world.services.board

    def asked() -> tuple[int, int]:
        board.lines(reader, BoardFilter())  # reference data is read anew once after a change
        with counted(world.application.database) as statements:
            lines = board.lines(reader, BoardFilter())
        return len(lines), len(statements)

    few, before = asked()
    spread(world, 3, communes=30, forms=5)
    many, after = asked()

    assert few == 6 and many == 156
    assert after == before


def test_nobody_sees_a_unit_out_of_scope_and_a_place_shows_what_is_below(world: World) -> None:
    board = world.services.board

    def units(username: str, **wanted: object) -> set[str]:
        found = board.lines(world.actor(username), BoardFilter(**wanted))  # type: ignore[arg-type]
        return {line.unit.id for line in found}

    assert units("commune_reporter") == {"u-commune"}
    assert units("district_approver") == {"u-commune", "u-neighbour"}
    assert units("province_reader", place="u-other-district") == {"u-far"}
    assert units("province_reader", units=frozenset({"u-neighbour"})) == {"u-neighbour"}
    assert units("province_reader", level=Level.DISTRICT) == set()
    assert units("province_reader", state=ObligationState.APPROVED) == set()
    assert units("province_reader", least_late=10) == set()
    assert len(units("province_reader", least_late=9)) == 3
    with pytest.raises(NotFound):
        units("district_approver", place="u-far")
    with pytest.raises(NotFound):
        board.place(world.actor("district_approver"), "u-far")
    with pytest.raises(RequestInvalid):
        units("province_reader", period="2024-13")


def test_the_last_reminder_and_the_last_call_stand_beside_the_report(world: World) -> None:
    services, officer = world.services, world.actor("district_approver")
    [late, *_rest] = [
        line for line in services.board.lines(officer, BoardFilter()) if line.days_late
    ]
    services.urging.note(officer, late.obligation.id, "call", "đã gọi, hẹn 27/01")

    found = {
        line.obligation.id: (line.reminded_on, line.called_on)
        for line in services.board.lines(officer, BoardFilter())
    }

    assert found.pop(late.obligation.id) == (None, date(2025, 1, 24))
    assert set(found.values()) == {(None, None)}
