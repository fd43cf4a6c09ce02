"""Closing a round in one act: all of it or nothing, and only who heads the province."""

import time
from dataclasses import replace

import pytest

from server.core.access import SYSTEM, Grant, Role
from server.core.event import is_chained
from server.core.obligation import Obligation
from server.core.submission import Revision, Submission
from server.errors import AccessDenied, GuardFailed, NotFound, RequestInvalid, Stale
from tests.consolidation_world import ROUND, Summing
from tests.world import UNITS

NOTE = "Các xã này gửi bổ sung theo Công văn số 12/BDT."


@pytest.fixture
def summing(world) -> Summing:
    return Summing.on(world)


def final(summing, unit="u-commune"):
    view = summing.approved(unit, 10, 12, 6)
    return summing.decide(view, "province_approver", "approve")


def closing_of(summing, by="province_signer"):
    return summing.world.services.rounds_closing.summary(summing.world.actor(by), ROUND)


def close(summing, by="province_signer", expected=1, exceptions=None, note=NOTE):
    closing = closing_of(summing, by)
    named = [one.obligation.id for one in closing.open] if exceptions is None else exceptions
    return summing.world.services.rounds_closing.close(
        summing.world.actor(by), ROUND, expected=expected, exceptions=named, note=note
    )


def test_the_summary_counts_what_is_ready_and_names_what_is_open(summing):
    final(summing)
    summing.sent("u-neighbour", 7, 8)

    closing = closing_of(summing)

    assert [one.org_unit for one in closing.ready] == ["u-commune"]
    assert {one.unit.id: one.state for one in closing.open} == {
        "u-neighbour": "Đã gửi, chờ huyện duyệt", "u-far": None, "u-district": None,
        "u-other-district": None, "u-province": None,
    }  # fmt: skip
    [form] = closing.forms
    assert (form.ready, form.closed, form.open) == (1, 0, 5)


def test_one_act_closes_all_that_are_approved(summing):
    first, second = final(summing), final(summing, "u-neighbour")

    assert close(summing, expected=2) == 2

    events = summing.world.services.submissions.events
    for view in (first, second):
        now = summing.world.services.submissions.submissions.get(view.submission.id)
        assert now.state == "closed"
        history = events.of(f"submission/{now.id}")
        assert history[-1].name == "submission.close" and is_chained(history)
        assert history[-1].details["digest"] == history[-2].details["digest"]
    [*_, closed] = events.of(f"round/{ROUND}")
    assert closed.name == "round.closed"
    assert (closed.details["closed"], closed.details["note"]) == (2, NOTE)
    assert len(closed.details["exceptions"]) == 4


def test_what_is_open_must_be_named_and_explained(summing):
    view = final(summing)

    with pytest.raises(GuardFailed) as refused:
        close(summing, exceptions=[])
    with pytest.raises(RequestInvalid):
        close(summing, note=" ")
    with pytest.raises(RequestInvalid):
        close(summing, exceptions=[
            *(one.obligation.id for one in closing_of(summing).open), "unknown",
        ])  # fmt: skip

    assert refused.value.facts["guard"] == "round_complete"
    assert len(refused.value.facts["obligations"]) == 5
    now = summing.world.services.submissions.submissions.get(view.submission.id)
    assert now.state == "approved"


def test_a_returned_report_holds_the_round_until_it_is_named(summing):
    final(summing)
    view = summing.sent("u-neighbour", 7, 8)
    note = {"note": "Đề nghị kiểm tra lại số liệu."}
    summing.decide(view, "district_approver", "return", supplied=note)
    others = [one.obligation.id for one in closing_of(summing).open if one.unit.id != "u-neighbour"]

    with pytest.raises(GuardFailed) as refused:
        close(summing, exceptions=others)

    assert refused.value.facts["obligations"] == [view.obligation.id]
    assert close(summing) == 1


def test_a_summary_that_is_no_longer_true_closes_nothing(summing):
    final(summing)

    with pytest.raises(Stale):
        close(summing, expected=2)

    assert closing_of(summing).closed == 0


@pytest.mark.parametrize("by", ["province_approver", "district_signer", "admin"])
def test_only_the_head_of_the_province_closes(summing, by):
    final(summing)

    with pytest.raises(AccessDenied):
        close(summing, by=by)


def test_an_unknown_round_is_not_found(summing):
    with pytest.raises(NotFound):
        summing.world.services.rounds_closing.summary(
            summing.world.actor("province_signer"), "nothing"
        )


def test_a_closed_report_changes_only_by_reopening(summing):
    services = summing.world.services
    services.accounts.grant(
        SYSTEM, summing.world.accounts["province_signer"], Grant(Role.READER, "u-province")
    )
    view = final(summing)
    close(summing)

    given = {"note": "Xã đề nghị sửa số hộ.", "letter_number": "9/BDT"}
    reopened = summing.decide(view, "province_signer", "reopen", supplied=given)

    assert reopened.submission.state == "reopened"
    assert view.obligation.id in {one.obligation.id for one in closing_of(summing).open}


def test_a_thousand_reports_close_within_ten_seconds(summing):
    view = final(summing)
    store = summing.world.services.submissions.submissions
    like, sealed = store.get(view.submission.id), store.revision(view.submission.id, 1)
    _multiply(summing, like, sealed, 999)

    started = time.perf_counter()
    closed = close(summing, expected=1000)

    assert closed == 1000
    assert time.perf_counter() - started < 10


def _multiply(summing, like: Submission, sealed: Revision, count: int) -> None:
    """As many more communes of the district, each with an approved report like this one."""
    services = summing.world.services
    store, owed = services.submissions.submissions, services.obligations.obligations
    pattern: Obligation = owed.get(like.obligation)
    ids = [f"more-{at:04}" for at in range(count)]
    units = [replace(UNITS["commune"], id=id_, code=f"m{id_[5:]}", name=id_) for id_ in ids]
    with services.submissions.transaction():
        services.reference.add_units(units, SYSTEM)
        owed.add_many([replace(pattern, id=id_, org_unit=id_, submission=None) for id_ in ids])
        for id_ in ids:
            store.add(replace(like, id=id_, obligation=id_, org_unit=id_))
            store.add_revision(replace(sealed, submission=id_, receipt=id_))
