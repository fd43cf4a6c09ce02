"""Consolidated reports end to end: owed, summed, corrected, stale, signed and sent up."""

import pytest

from server.core.consolidation import CORRECTION
from server.core.org_unit import Level
from server.errors import (
    AccessDenied,
    CellsSummed,
    GuardFailed,
    NotFound,
    RequestInvalid,
    Stale,
)
from server.services.board import BoardFilter, RateGroup
from server.services.children import Condition
from tests.consolidation_world import FORM, PAPER, ROUND, Summing
from tests.services.conftest import change
from tests.world import PERIOD

WHY = "Cộng thiếu một hộ đã chuyển đến trong tháng 12."


@pytest.fixture
def summing(world) -> Summing:
    return Summing.on(world)


def sheet_of(summing, view):
    return summing.world.services.consolidations.sheet(
        summing.world.actor("district_reporter"), view.submission.id
    )


def conditions(summing, view):
    return {child.unit.id: child.condition for child in sheet_of(summing, view).standing.children}


def corrected(summing, view, path, old, new, reason=WHY):
    now = summing.world.services.submissions.submissions.get(view.submission.id)
    return summing.world.services.consolidations.correct(
        summing.world.actor("district_reporter"),
        now.id,
        [change(path, old, new)],
        seen=now.edit,
        reason=reason,
    )


def test_a_round_asks_the_levels_above_for_their_sums(summing):
    owed = summing.world.services.obligations.obligations.list_(round=ROUND)

    due = {item.org_unit: item.due_on.isoformat() for item in owed}
    assert set(due) == {
        "u-commune", "u-neighbour", "u-far", "u-district", "u-other-district", "u-province",
    }  # fmt: skip
    assert (due["u-commune"], due["u-district"], due["u-province"]) == (
        "2025-01-15", "2025-01-22", "2025-02-17",
    )  # fmt: skip


def test_the_sums_are_those_of_approved_children_and_the_missing_are_named(summing):
    summing.approved("u-commune", 10, 12, 6)
    summing.sent("u-neighbour", 7, 8)  # not approved by the district yet

    view = summing.started()

    assert view.submission.answers == {"people": {"male": 10, "female": 12}, "households": 6}
    assert view.verdict.computed == {"all_people": 22}
    standing = sheet_of(summing, view).standing
    assert (standing.taken, standing.expected) == (1, 2)
    assert [child.unit.id for child in standing.missing] == ["u-neighbour"]


def test_consolidating_again_takes_what_was_approved_since(summing):
    summing.approved("u-commune", 10, 12, 6)
    view = summing.started()
    summing.approved("u-neighbour", 7, 8, 4)
    assert conditions(summing, view)["u-neighbour"] is Condition.READY

    view = summing.again(view)

    assert view.submission.answers["people"] == {"male": 17, "female": 20}
    assert sheet_of(summing, view).standing.complete


def test_nobody_types_a_sum(summing):
    summing.approved("u-commune", 10, 12)
    view = summing.started()
    actor = summing.world.actor("district_reporter")

    with pytest.raises(CellsSummed):
        summing.world.services.submissions.save_cells(
            actor, view.submission.id, [change("/people/male", 10, 11)]
        )
    with pytest.raises(CellsSummed):
        summing.world.services.submissions.make_nil(
            actor, view.submission.id, seen=view.submission.edit
        )
    saved, _ = summing.world.services.submissions.save_cells(
        actor, view.submission.id, [change("/note", None, "Đã họp thống nhất.")]
    )
    assert saved.submission.answers["note"] == "Đã họp thống nhất."


def test_a_report_cannot_be_started_with_typed_sums(summing):
    with pytest.raises(CellsSummed):
        summing.world.services.submissions.start(
            summing.world.actor("district_reporter"),
            form=FORM, org_unit="u-district", period=PERIOD, answers={"households": 3},
        )  # fmt: skip
    assert summing.world.count("consolidation_source") == 0


def test_a_correction_needs_a_reason_and_keeps_it_with_the_cell(summing):
    summing.approved("u-commune", 10, 12, 6)
    view = summing.started()

    with pytest.raises(RequestInvalid):
        corrected(summing, view, "/households", 6, 7, reason=" ab ")
    view = corrected(summing, view, "/households", 6, 7)

    [one] = sheet_of(summing, view).corrections
    assert (one.path, one.sum, one.value, one.reason) == ("/households", 6, 7, WHY)
    assert {"code": CORRECTION, "path": "/households", "text": WHY} in view.submission.reasons
    back = corrected(summing, view, "/households", 7, 6, reason="")
    assert sheet_of(summing, back).corrections == ()
    assert back.submission.reasons == ()


def test_only_sums_are_corrected_and_only_by_who_fills(summing):
    summing.approved("u-commune", 10, 12)
    view = summing.started()
    service = summing.world.services.consolidations

    with pytest.raises(RequestInvalid):
        corrected(summing, view, "/note", None, "x")
    with pytest.raises(AccessDenied):
        service.correct(
            summing.world.actor("district_approver"),
            view.submission.id, [change("/households", 5, 7)],
            seen=view.submission.edit, reason=WHY,
        )  # fmt: skip
    with pytest.raises(Stale):
        service.consolidate(
            summing.world.actor("district_reporter"),
            view.submission.id,
            seen=0,  # type: ignore[arg-type]
        )


def test_corrections_survive_new_sums(summing):
    summing.approved("u-commune", 10, 12, 6)
    view = corrected(summing, summing.started(), "/households", 6, 7)
    summing.approved("u-neighbour", 7, 8, 4)

    view = summing.again(view)

    assert view.submission.answers["households"] == 7
    assert view.submission.answers["people"] == {"male": 17, "female": 20}
    [one] = sheet_of(summing, view).corrections
    assert (one.sum, one.value, one.reason) == (10, 7, WHY)


def test_a_child_that_changes_makes_the_sums_stale_and_shows_its_cells(summing):
    child = summing.approved("u-commune", 10, 12, 6)
    view = summing.started()
    note = {"note": "Đề nghị kiểm tra lại số liệu."}
    summing.decide(child, "province_approver", "return", supplied=note)
    assert conditions(summing, view)["u-commune"] is Condition.WITHDRAWN
    now = summing.world.services.submissions.submissions.get(child.submission.id)
    summing.world.services.submissions.save_cells(
        summing.world.actor("commune_reporter"), now.id, [change("/households", 6, 8)]
    )
    summing.decide(child, "commune_reporter", "send", supplied=PAPER)
    summing.decide(child, "district_approver", "approve")

    preview = summing.world.services.consolidations.preview(
        summing.world.actor("district_reporter"), view.submission.id
    )

    assert conditions(summing, view)["u-commune"] is Condition.CHANGED
    assert [(one.path, one.old, one.new) for one in preview.changes] == [("/households", 6, 8)]
    [changed] = preview.changed
    assert [(one.path, one.new) for one in changed.changes] == [("/households", 8)]
    view = summing.again(view)
    assert (view.submission.answers["households"], sheet_of(summing, view).standing.stale) == (
        8,
        (),
    )


def test_missing_children_need_a_reason_and_stale_ones_new_sums(summing):
    child = summing.approved("u-commune", 10, 12, 6)
    view = summing.started()
    with pytest.raises(GuardFailed) as refused:
        summing.decide(view, "district_reporter", "submit")
    assert refused.value.facts["reason"] == "missing"
    view = summing.world.services.consolidations.explain(
        summing.world.actor("district_reporter"),
        view.submission.id,
        "Xã Bộc Bố chưa gửi, gửi bổ sung sau.",
        seen=view.submission.edit,
    )
    answers = {"people": {"male": 11, "female": 12}, "households": 6}
    summing.resent(child, answers)
    with pytest.raises(GuardFailed) as refused:
        summing.decide(view, "district_reporter", "submit")
    assert refused.value.facts["reason"] == "stale"

    summing.again(view)
    view = summing.decide(view, "district_reporter", "submit")

    assert view.submission.state == "awaiting_signature"


def test_the_sums_are_signed_and_sent_up_with_their_own_number_and_receipt(summing):
    summing.approved("u-commune", 10, 12, 6)
    summing.approved("u-neighbour", 7, 8, 4)
    view = summing.decide(summing.started(), "district_reporter", "submit")
    view = summing.decide(view, "district_signer", "sign", supplied={"letter_number": "7/BC-UBND"})
    view = summing.decide(view, "province_approver", "approve")

    history = summing.world.services.submissions.history(
        summing.world.actor("admin"), view.submission.id
    )
    assert view.workflow.code == "consolidated"
    assert view.state.final
    signed = next(event for event in history if event.name == "submission.sign")
    assert signed.details["letter_number"] == "7/BC-UBND"
    assert signed.details["receipt"] == "BK24-TH01-060-1"
    taken = next(event for event in history if event.name == "submission.consolidated")
    assert (taken.details["taken"], len(taken.details["sources"])) == (2, 2)


def test_the_province_sums_the_districts(summing):
    summing.approved("u-commune", 10, 12, 6)
    summing.approved("u-neighbour", 7, 8, 4)
    view = summing.decide(summing.started(), "district_reporter", "submit")
    view = summing.decide(view, "district_signer", "sign", supplied={"letter_number": "7/BC-UBND"})
    summing.decide(view, "province_approver", "approve")

    province = summing.started("u-province", "province_reporter")

    assert province.submission.answers["people"] == {"male": 17, "female": 20}
    shares = summing.world.services.consolidations.breakdown(
        summing.world.actor("province_reporter"), province.submission.id, "/people/male"
    )
    assert [(one.child.unit.id, one.given.value) for one in shares] == [("u-district", 17)]


def test_a_cell_is_broken_down_by_child(summing):
    summing.approved("u-commune", 10, 12, 6)
    summing.approved("u-neighbour", 7, 8, 4)
    view = summing.started()
    service = summing.world.services.consolidations

    shares = service.breakdown(
        summing.world.actor("district_approver"), view.submission.id, "/people/male"
    )

    assert {one.child.unit.id: one.given.value for one in shares} == {
        "u-commune": 10, "u-neighbour": 7,
    }  # fmt: skip
    with pytest.raises(NotFound):
        service.breakdown(summing.world.actor("district_approver"), view.submission.id, "/note")


def test_a_sum_is_nobodys_own_figure_and_yields_no_observations(summing):
    summing.approved("u-commune", 10, 12, 6)
    summing.approved("u-neighbour", 7, 8, 4)
    view = summing.decide(summing.started(), "district_reporter", "submit")
    summing.decide(view, "district_signer", "sign", supplied={"letter_number": "7/BC-UBND"})

    while summing.world.services.dispatch.run():
        pass

    figures = summing.world.services.reports.figures(
        summing.world.actor("admin"), indicator="0101", period=PERIOD, status="provisional"
    )
    assert [int(figure.value) for figure in figures if figure.value is not None] == [37]


def test_the_rates_count_the_reports_that_are_summed_not_the_sums(summing):
    rates = summing.world.services.reports.reporting_rates(
        summing.world.actor("admin"), form=FORM, period=PERIOD
    )

    assert [(rate.group, rate.expected) for rate in rates] == [
        (FORM, 3),
        (f"{FORM}/consolidated", 3),
    ]
    by_level = summing.world.services.reports.reporting_rates(
        summing.world.actor("admin"), form=FORM, period=PERIOD, group_by="level"
    )
    assert {rate.group: rate.expected for rate in by_level} == {
        "commune": 3, "district/consolidated": 2, "province/consolidated": 1,
    }  # fmt: skip


def test_the_board_shows_what_the_round_asks_and_counts_the_sums_apart(summing):
    services, admin = summing.world.services, summing.world.actor("admin")
    lines = services.board.lines(admin, BoardFilter(round=ROUND))

    assert len(lines) == len(list(services.rounds.owed(ROUND))) == 6
    assert {line.unit.id for line in lines if line.consolidated} == {
        "u-district", "u-other-district", "u-province",
    }  # fmt: skip
    for level, units in (("district", 2), ("province", 1), ("commune", 3)):
        found = services.board.lines(admin, BoardFilter(round=ROUND, level=Level(level)))
        assert len(found) == units
    for by in RateGroup:
        whole = services.board.rates(lines, by)
        own = services.board.rates([line for line in lines if not line.consolidated], by)
        assert [rate for rate in whole if not rate.group.endswith("/consolidated")] == own
        assert sum(rate.expected for rate in whole) == 6
    officer = summing.world.actor("province_approver")
    urged = {
        one.obligation.id for one in services.urging.late(officer) if one.obligation.round == ROUND
    }
    shown = services.board.lines(officer, BoardFilter(round=ROUND))
    assert urged <= {line.obligation.id for line in shown if line.days_late}


def test_other_districts_see_nothing_of_it(summing):
    view = summing.started()

    with pytest.raises(NotFound):
        summing.world.services.consolidations.sheet(
            summing.world.actor("other_district_approver"), view.submission.id
        )


def test_nil_children_make_a_nil_report(summing):
    for unit, reporter in (
        ("u-commune", "commune_reporter"),
        ("u-neighbour", "neighbour_reporter"),
    ):
        actor = summing.world.actor(reporter)
        view = summing.world.services.submissions.start(
            actor, form=FORM, org_unit=unit, period=PERIOD
        )
        view = summing.world.services.submissions.make_nil(
            actor, view.submission.id, seen=view.submission.edit
        )
        summing.decide(view, reporter, "send", supplied=PAPER)
        summing.decide(view, "district_approver", "approve")

    view = summing.started()

    assert view.submission.nil and view.submission.answers == {}


def test_a_refused_start_leaves_no_trace(summing):
    with pytest.raises(RequestInvalid):
        summing.world.services.consolidations.start(
            summing.world.actor("commune_reporter"), form=FORM, org_unit="u-commune", period=PERIOD
        )

    assert summing.world.count("submission") == 0
