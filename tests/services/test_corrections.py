"""Corrections by decision: a new sealed edition of a final report, and nothing else moves."""

from datetime import date

import pytest

from server.core.access import SYSTEM, Grant, Role
from server.core.event import is_chained
from server.errors import (
    AccessDenied,
    AnswersInvalid,
    Conflict,
    InputInvalid,
    RequestInvalid,
    Stale,
    TransitionRefused,
)
from server.services.children import Condition
from tests.consolidation_world import PERIOD, Summing
from tests.services.conftest import change

DECISION = {"decision_number": "15/QĐ-BDT", "decided_on": date(2025, 1, 23)}
WHY = "Kiểm tra lại sổ hộ khẩu, thiếu một hộ."
MORE = change("/households", 6, 7)


@pytest.fixture
def summing(world) -> Summing:
    found = Summing.on(world)
    world.services.accounts.grant(
        SYSTEM, world.accounts["province_signer"], Grant(Role.READER, "u-province")
    )
    return found


@pytest.fixture
def report(summing):
    view = summing.approved("u-commune", 10, 12, 6)
    return summing.decide(view, "province_approver", "approve")


def correct(summing, view, *changes, by="province_signer", **given):
    now = summing.world.services.submissions.submissions.get(view.submission.id)
    facts = {"seen": now.edit, "reason": WHY, **DECISION, **given}
    return summing.world.services.corrections.correct(
        summing.world.actor(by), now.id, list(changes) or [MORE], **facts
    )


def test_a_correction_seals_a_new_edition_and_leaves_the_state(summing, report):
    view = correct(summing, report)

    assert (view.submission.state, view.submission.revision) == ("approved", 2)
    assert view.submission.answers["households"] == 7
    services = summing.world.services
    first, second = services.submissions.revisions(summing.world.actor("admin"), view.submission.id)
    assert (first.answers["households"], second.answers["households"]) == (6, 7)
    assert second.receipt == "BK24-TH01-01858-2"
    history = services.submissions.events.of(f"submission/{view.submission.id}")
    assert is_chained(history)
    details = history[-1].details
    assert history[-1].name == "submission.correct"
    assert details["changed"] == ["/households"]
    assert details["decision_number"] == "15/QĐ-BDT"
    assert (details["decided_on"], details["note"]) == ("2025-01-23", WHY)
    assert details["digest"] == second.digest
    assert services.corrections.last(view.submission.id) == history[-1]


def test_a_closed_report_is_corrected_as_well(summing, report):
    summing.decide(report, "province_signer", "close")

    assert correct(summing, report).submission.state == "closed"


def test_sums_made_before_are_no_longer_those_of_the_report(summing, report):
    district = summing.started()

    correct(summing, report)

    services = summing.world.services
    sheet = services.consolidations.sheet(
        summing.world.actor("district_reporter"), district.submission.id
    )
    [stale] = sheet.standing.stale
    assert (stale.unit.id, stale.condition) == ("u-commune", Condition.CHANGED)


def test_the_figures_of_the_indicator_follow(summing, report):
    correct(summing, report, change("/people/male", 10, 14))

    while summing.world.services.dispatch.run():
        pass

    figures = summing.world.services.reports.figures(
        summing.world.actor("admin"), indicator="0101", period=PERIOD
    )
    assert [int(one.value) for one in figures if one.value is not None] == [26]


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"decision_number": " "}, "/decision_number"),
        ({"decided_on": date(2025, 1, 25)}, "/decided_on"),
        ({"reason": "abc"}, "/reason"),
    ],
)
def test_a_correction_names_its_decision(summing, report, given, path):
    with pytest.raises(InputInvalid) as refused:
        correct(summing, report, **given)

    assert [one["path"] for one in refused.value.facts["errors"]] == [path]


@pytest.mark.parametrize("by", ["province_approver", "admin"])
def test_only_the_head_of_the_province_corrects(summing, report, by):
    with pytest.raises(AccessDenied):
        correct(summing, report, by=by)


def test_a_report_that_is_not_final_is_returned_instead(summing):
    view = summing.sent("u-commune", 10, 12, 6)

    with pytest.raises(TransitionRefused):
        correct(summing, view)


def test_what_the_rules_block_is_not_corrected_into_a_report(summing, report):
    with pytest.raises(AnswersInvalid):
        correct(summing, report, change("/households", 6, 900))

    now = summing.world.services.submissions.submissions.get(report.submission.id)
    assert (now.edit, now.revision) == (report.submission.edit, 1)


def test_a_correction_is_made_on_what_was_seen(summing, report):
    with pytest.raises(Stale):
        correct(summing, report, seen=report.submission.edit - 1)
    with pytest.raises(Conflict):
        correct(summing, report, change("/households", 5, 7))
    with pytest.raises(RequestInvalid):
        correct(summing, report, change("/households", 6, 6))


def test_a_correction_ends_with_the_next_reopening(summing, report):
    correct(summing, report)
    given = {"note": "Xã đề nghị sửa số hộ.", "letter_number": "9/BDT"}

    summing.decide(report, "province_signer", "reopen", supplied=given)

    assert summing.world.services.corrections.last(report.submission.id) is None
