"""Signing and approving: the right person, the edit that was seen, one event for each move."""

import json
from dataclasses import replace
from datetime import date

import pytest

from server.core.access import SYSTEM
from server.core.event import is_chained
from server.core.submission import Edit
from server.errors import (
    AnswersInvalid,
    GuardFailed,
    InputInvalid,
    NotFound,
    ReasonMissing,
    Stale,
    TransitionRefused,
)
from tests.services.conftest import change
from tests.world import CROWDED, GOOD, REASON, ROUND, household_form

NOTE = {"note": "Số hộ chưa khớp với danh sách."}


def test_a_report_goes_from_the_clerk_to_the_province(world, start, decide):
    view = start()
    states = []

    for username, event in (
        ("commune_reporter", "submit"),
        ("commune_signer", "sign"),
        ("district_approver", "approve"),
        ("province_approver", "approve"),
    ):
        view = decide(view, username, event)
        states.append(view.submission.state)

    assert states == ["awaiting_signature", "submitted", "district_approved", "approved"]
    assert view.obligation.state(world.services.clock.today()) == "approved"
    history = world.services.submissions.history(world.actor("admin"), view.submission.id)
    assert [event.name for event in history] == [
        "submission.started",
        "submission.submit",
        "submission.sign",
        "submission.approve",
        "submission.approve",
    ]
    assert is_chained(history)


def test_signing_seals_a_revision_with_a_receipt(world, start, advance):
    view = advance(start(), 2)

    revision = world.services.submissions.revision(
        world.actor("commune_reporter"), view.submission.id, 1
    )

    assert revision.answers == GOOD
    assert revision.computed == {"all_people": 25}
    assert revision.receipt == "BK24-HO01-01858-1"
    history = world.services.submissions.history(world.actor("admin"), view.submission.id)
    assert history[-1].details["digest"] == revision.digest


def test_every_sending_of_a_year_gets_a_receipt_of_its_own(world, advance):
    """Months of a form, and two closings of one month; a receipt names the period and counts on."""
    services = world.services
    form = household_form("monthly")
    form["x-form"] |= {"periodType": "month", "prefix": "TH03"}
    services.catalogue.publish(json.dumps(form), "form", SYSTEM)
    receipts = []
    for code, period in (("a", "2024-11"), ("b", "2024-12"), ("c", "2024-12")):
        asked = replace(
            services.rounds.get(ROUND), id=code, code=code, period=period, forms=("monthly",),
            opens_on=date(2024, 12, 2),
        )  # fmt: skip
        services.rounds.open(world.actor("admin"), asked)
        view = services.submissions.start(
            world.actor("commune_reporter"), form="monthly", org_unit="u-commune", period=period,
            round=code, answers=GOOD,
        )  # fmt: skip
        sent = advance(view, 2).submission
        receipts.append(services.submissions.revision(world.actor("admin"), sent.id, 1).receipt)
    assert receipts == ["BK2411-TH03-01858-1", "BK2412-TH03-01858-1", "BK2412-TH03-01858-2"]


@pytest.mark.parametrize(
    ("steps", "username", "event"),
    [
        (0, "commune_signer", "sign"),
        (0, "district_approver", "approve"),
        (1, "commune_reporter", "sign"),
        (2, "province_approver", "approve"),
        (2, "commune_reporter", "approve"),
        (3, "district_approver", "approve"),
        (4, "province_approver", "approve"),
        (2, "admin", "approve"),
    ],
)
def test_a_refused_move_leaves_no_trace(world, start, advance, decide, steps, username, event):
    view = advance(start(), steps)
    before = (world.count("event"), world.count("submission_revision"))

    with pytest.raises(TransitionRefused):
        decide(view, username, event)

    now = world.services.submissions.get(world.actor("admin"), view.submission.id)
    assert now.submission == view.submission
    assert (world.count("event"), world.count("submission_revision")) == before


def test_nobody_decides_on_another_edit_than_the_one_shown(world, start, advance, decide):
    view = advance(start(), 2)

    with pytest.raises(Stale) as refusal:
        world.services.approvals.decide(
            world.actor("district_approver"),
            view.submission.id,
            "approve",
            seen=Edit(view.submission.edit - 1),
        )

    assert refusal.value.facts["current"]["state"] == "submitted"


def test_a_return_needs_a_reason_and_the_second_sending_is_the_second_revision(
    world, start, advance, decide
):
    view = advance(start(), 2)
    with pytest.raises(InputInvalid):
        decide(view, "district_approver", "return")

    view = decide(view, "district_approver", "return", supplied=NOTE)
    assert (view.submission.state, view.obligation.progress) == ("returned", "returned")
    view, _ = world.services.submissions.save_cells(
        world.actor("commune_reporter"), view.submission.id, [change("/households", 6, 8)]
    )
    view = advance(view, 2)

    assert view.submission.revision == 2
    reporter = world.actor("commune_reporter")
    changed = world.services.submissions.diff(reporter, view.submission.id, 1, 2)
    assert [(one.path, one.old, one.new) for one in changed] == [("/households", 6, 8)]


def test_errors_block_and_name_the_cell(world, start, decide):
    view = start(answers={"people": {"male": 1, "female": 1}, "households": 5})

    with pytest.raises(AnswersInvalid) as refusal:
        decide(view, "commune_reporter", "submit")

    assert [finding.path for finding in refusal.value.facts["findings"]] == ["/households"]


def test_a_warning_asks_for_a_reason_which_the_revision_keeps(world, start, decide):
    view = start(answers=CROWDED)
    with pytest.raises(ReasonMissing):
        decide(view, "commune_reporter", "submit")

    view = decide(view, "commune_reporter", "submit", reasons=[REASON])
    view = decide(view, "commune_signer", "sign")

    revision = world.services.submissions.revision(
        world.actor("district_approver"), view.submission.id, 1
    )
    assert list(revision.reasons) == [REASON]


def test_a_nil_report_is_signed_like_any_other(world, start, advance):
    view = start(answers={})
    view = world.services.submissions.make_nil(
        world.actor("commune_reporter"), view.submission.id, seen=view.submission.edit
    )

    view = advance(view, 4)

    assert (view.submission.state, view.submission.nil) == ("approved", True)


def test_who_filled_the_report_cannot_sign_it_even_with_both_roles(world, start, decide):
    from server.core.access import SYSTEM, Grant, Role  # noqa: PLC0415 - only this test grants

    account = world.services.accounts.by_username("commune_reporter")
    world.services.accounts.grant(SYSTEM, account.id, Grant(Role.SIGNER, "u-commune"))
    view = decide(start(), "commune_reporter", "submit")

    with pytest.raises(GuardFailed):
        decide(view, "commune_reporter", "sign")


def test_the_signer_takes_back_what_nobody_has_looked_at(start, advance, decide):
    view = decide(advance(start(), 2), "commune_signer", "recall")

    assert view.submission.state == "draft"
    assert view.obligation.progress == "started"


def test_the_inbox_shows_each_actor_what_waits_for_them(world, start, advance):
    view = start()
    inbox = world.services.approvals.inbox
    waiting = {"commune_signer": 1, "district_approver": 2, "province_approver": 3}

    for steps in (1, 2, 3):
        view = advance(view, steps) if steps == 1 else _one_more(world, view, steps)
        for username, turn in waiting.items():
            found = [item.view.submission.id for item in inbox(world.actor(username)).items]
            assert found == ([view.submission.id] if turn == steps else [])


def _one_more(world, view, steps):
    username, event = {2: ("commune_signer", "sign"), 3: ("district_approver", "approve")}[steps]
    return world.services.approvals.decide(
        world.actor(username), view.submission.id, event, seen=view.submission.edit
    )


def test_bulk_approval_reports_each_result_by_itself(world, start, advance):
    view = advance(start(), 2)
    chosen = [(view.submission.id, view.submission.edit), ("missing", Edit(1))]

    results = world.services.approvals.decide_many(
        world.actor("district_approver"), "approve", chosen
    )

    assert results[0].error is None
    assert isinstance(results[1].error, NotFound)
