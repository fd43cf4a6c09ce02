"""Reopening with cascade: what was summed from a report is reopened in the same act, or nothing."""

import json

import pytest

from server.core.access import SYSTEM, Grant, Role
from server.core.consolidation import INCOMPLETE
from server.errors import GuardFailed
from server.services.children import Condition
from server.services.review import SubmissionView
from tests.consolidation_world import Summing
from tests.definitions.shipped import ROOT, json_of


@pytest.fixture
def summing(world) -> Summing:
    found = Summing.on(world)
    # A head of the province decides on reports of communes, so sees them.
    found.world.services.accounts.grant(
        SYSTEM, found.world.accounts["province_signer"], Grant(Role.READER, "u-province")
    )
    return found


def publish_cascade(summing: Summing, by: object = None) -> None:
    """The communes' workflow in a version whose reopening takes the sums along."""
    document = json_of(ROOT / "workflows/commune_district_province/v01.json")
    document["version"] = 2
    [reopening] = [move for move in document["transitions"] if move["event"] == "reopen"]
    reopening["cascade"] = True
    reopening["by"] = by or reopening["by"]
    summing.world.services.catalogue.publish(json.dumps(document), "workflow", SYSTEM)


MISSING = [{"code": INCOMPLETE, "path": "", "text": "Đơn vị còn lại gửi sau."}]
REOPENING = {"note": "Nhập sót một thôn.", "letter_number": "9/CV"}


def summed_up(summing: Summing) -> tuple[SubmissionView, ...]:
    """A commune's report, the district's sum of it and the province's sum of that, all final."""
    child = summing.approved("u-commune", 10, 12, 6)
    summing.approved("u-neighbour", 7, 8, 4)
    summing.decide(child, "province_approver", "approve")
    sums = []
    for unit, clerk, head in (
        ("u-district", "district_reporter", "district_signer"),
        ("u-province", "province_reporter", "province_signer"),
    ):
        view = summing.decide(summing.started(unit, clerk), clerk, "submit", reasons=MISSING)
        view = summing.decide(view, head, "sign", supplied={"letter_number": "7/BC-UBND"})
        sums.append(summing.decide(view, "province_approver", "approve"))
    return child, *sums


def state_of(summing: Summing, view: SubmissionView) -> str:
    return summing.world.services.submissions.submissions.get(view.submission.id).state


def test_reopening_a_report_reopens_the_final_sums_of_it_for_the_same_reason(summing):
    publish_cascade(summing)
    reports = summed_up(summing)

    summing.decide(reports[0], "province_signer", "reopen", supplied=REOPENING)

    assert [state_of(summing, one) for one in reports] == ["reopened"] * 3
    admin = summing.world.actor("admin")
    for above in reports[1:]:
        last = summing.world.services.submissions.history(admin, above.submission.id)[-1]
        assert last.name == "submission.reopen"
        assert last.details["cascade_of"] == reports[0].submission.id
        assert last.details["note"] == REOPENING["note"]


def test_who_may_not_reopen_the_sum_reopens_nothing(summing):
    publish_cascade(summing, {"role": "approver", "at": "district"})
    reports = summed_up(summing)
    before = summing.world.count("event")

    with pytest.raises(GuardFailed) as refused:
        summing.decide(reports[0], "district_approver", "reopen", supplied=REOPENING)

    assert (refused.value.facts["guard"], refused.value.facts["org_units"]) == (
        "cascade",
        ["u-district"],
    )
    assert [state_of(summing, one) for one in reports] == ["approved"] * 3
    assert summing.world.count("event") == before


def test_a_sum_that_is_not_final_stays_and_is_not_passed_on(summing):
    publish_cascade(summing)
    child = summing.approved("u-commune", 10, 12, 6)
    summing.decide(child, "province_approver", "approve")
    view = summing.decide(summing.started(), "district_reporter", "submit", reasons=MISSING)

    summing.decide(child, "province_signer", "reopen", supplied=REOPENING)

    assert state_of(summing, view) == "awaiting_signature"
    with pytest.raises(GuardFailed):
        summing.decide(view, "district_signer", "sign", supplied={"letter_number": "7/BC"})


def test_without_the_word_the_sums_stay_and_are_stale(summing):
    reports = summed_up(summing)

    summing.decide(reports[0], "province_signer", "reopen", supplied=REOPENING)

    assert [state_of(summing, one) for one in reports[1:]] == ["approved", "approved"]
    sheet = summing.world.services.consolidations.sheet(
        summing.world.actor("district_reporter"), reports[1].submission.id
    )
    stood = {child.unit.id: child.condition for child in sheet.standing.children}
    assert stood["u-commune"] is Condition.WITHDRAWN


def test_sums_that_are_no_longer_true_are_not_approved(summing):
    child = summing.approved("u-commune", 10, 12, 6)
    view = summing.decide(summing.started(), "district_reporter", "submit", reasons=MISSING)
    view = summing.decide(view, "district_signer", "sign", supplied={"letter_number": "7/BC"})
    note = {"note": "Đề nghị kiểm tra lại số liệu."}
    summing.decide(child, "province_approver", "return", supplied=note)

    with pytest.raises(GuardFailed) as refused:
        summing.decide(view, "province_approver", "approve")

    assert (refused.value.facts["guard"], refused.value.facts["reason"]) == (
        "children_done",
        "stale",
    )
    assert summing.decide(view, "province_approver", "return", supplied=note).state.editable
