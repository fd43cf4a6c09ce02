"""What follows from events: observations, notices, sealed checkpoints, exports, reminders."""

import csv
from decimal import Decimal

import pytest

from server.errors import AccessDenied, NotFound, RequestInvalid
from tests.world import CROWDED, PERIOD, REASON


def _figures(world, username="province_reader", **given):
    return world.services.reports.figures(
        world.actor(username), indicator="0101", period=PERIOD, **given
    )


def test_figures_are_provisional_once_sent_and_final_once_approved(world, start, advance, decide):
    view = advance(start(), 2)
    world.services.dispatch.run()
    provisional = _figures(world, status="provisional")
    final_before = _figures(world)

    view = decide(view, "district_approver", "approve")
    decide(view, "province_approver", "approve")
    world.services.dispatch.run()

    assert [figure.value for figure in provisional] == [Decimal(25)]
    assert final_before == []
    assert [figure.value for figure in _figures(world)] == [Decimal(25)]


def test_figures_are_grouped_by_district_and_by_dimension(world, start, advance):
    advance(start(), 4)
    world.services.dispatch.run()

    grouped = _figures(world, group_by=["district", "sex"])

    assert [(one.org_unit, one.dimensions, one.value) for one in grouped] == [
        ("u-district", {"sex": "female"}, Decimal(13)),
        ("u-district", {"sex": "male"}, Decimal(12)),
    ]


def test_a_returned_report_takes_its_figures_back(world, start, advance, decide):
    view = advance(start(), 2)
    world.services.dispatch.run()

    decide(view, "district_approver", "return", supplied={"note": "Xem lại số nữ."})
    world.services.dispatch.run()

    assert _figures(world, status="provisional") == []


def test_the_projection_can_be_thrown_away_and_rebuilt(world, start, advance):
    advance(start(), 4)
    world.services.dispatch.run()
    before = _figures(world, group_by=["commune", "sex"])

    assert world.services.dispatch.rebuild() == 1

    assert _figures(world, group_by=["commune", "sex"]) == before


def test_an_unknown_group_is_refused_and_a_foreign_unit_not_found(world):
    with pytest.raises(RequestInvalid):
        _figures(world, group_by=["religion"])
    with pytest.raises(NotFound):
        _figures(world, "district_approver", org_unit="u-far")


def test_events_are_sealed_into_checkpoints_that_chain(world, start, advance):
    first = world.services.ledger.seal()
    advance(start(), 2)
    second = world.services.ledger.seal()

    assert first is not None
    assert second is not None
    assert second.first_leaf == first.first_leaf + first.leaves
    found = world.services.ledger.verify(first.head)
    assert found.faults == ()
    assert found.checkpoints == 2
    assert world.services.ledger.seal() is None


def test_a_changed_event_is_found_by_the_check_of_the_ledger(world, start):
    start()
    world.services.ledger.seal()
    database = world.application.database
    tamper = "UPDATE event SET actor = 'somebody' WHERE name = 'submission.started'"
    on_table = " ON event" if database.kind == "postgresql" else ""

    with pytest.raises(Exception, match="append-only"), database.transaction():
        database.run(tamper)
    # Who owns the database can still take the guard away; the chain then shows it.
    database.run(f"DROP TRIGGER event_no_update{on_table}")
    database.run(tamper)

    faults = world.services.ledger.verify().faults
    assert any("chain broken: submission/" in fault for fault in faults)


def test_only_admins_read_the_audit_log(world):
    assert world.services.ledger.recent(world.actor("admin"), limit=5).items
    with pytest.raises(AccessDenied):
        world.services.ledger.recent(world.actor("province_reader"))


def test_an_export_holds_every_cell_in_scope_and_nothing_else(world, start, decide):
    view = start(answers=CROWDED)
    decide(view, "commune_reporter", "submit", reasons=[REASON])
    services = world.services

    mine = services.exports.start(
        world.actor("district_approver"), "csv", form="households", period=PERIOD
    )
    theirs = services.exports.start(
        world.actor("other_district_reporter"), "csv", form="households", period=PERIOD
    )
    while services.jobs.run_one():
        pass

    result = services.exports.result(world.actor("district_approver"), mine.id)
    with result.path.open(encoding="utf-8-sig", newline="") as text:
        lines = [row for row in csv.reader(text) if "/people/male" in row]
    assert len(lines) == 1
    assert "120" in lines[0]
    other = services.exports.result(world.actor("other_district_reporter"), theirs.id)
    assert "/people/male" not in other.path.read_text(encoding="utf-8-sig")
    with pytest.raises(NotFound):
        services.exports.result(world.actor("other_district_reporter"), mine.id)


def test_the_reminder_goes_to_those_who_owe_and_to_nobody_twice(world, start, advance):
    advance(start(), 2)

    planned = world.services.reminders.plan(world.services.clock.today())
    why = {
        one.obligation.org_unit: one.suppressed
        for one in planned
        if one.obligation.form == "households"
    }

    # The commune has sent; its neighbour and the far one have not, but nobody knows their address.
    assert why == {"u-commune": "submitted", "u-neighbour": "no-address", "u-far": "no-address"}
    assert {one.step for one in planned} == {"D+5"}


def test_reporting_rates_count_expected_sent_and_timely_reports(world, start, advance):
    advance(start(), 2)

    [rate] = world.services.reports.reporting_rates(
        world.actor("admin"), form="households", period=PERIOD
    )

    assert (rate.expected, rate.actual, rate.on_time) == (3, 1, 0)
