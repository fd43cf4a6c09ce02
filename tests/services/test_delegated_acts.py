"""What a deputy does is done in the leader's name, and opens no way to one's own work."""

from collections.abc import Callable
from datetime import date

import pytest

from server.core.access import SYSTEM, Grant, Role
from server.core.delegation import Delegation
from server.core.submission import Change
from server.errors import GuardFailed, NotFound, TransitionRefused
from server.services.approvals import Decision
from server.services.delegations import stood_for
from server.services.review import SubmissionView
from tests.services.delegating import DEPUTY, delegate, deputy, join, submitted
from tests.world import World

__all__ = ["delegate", "deputy", "submitted"]  # fixtures


# What a deputy may do


def test_the_deputy_signs_in_the_name_of_the_leader(
    world: World,
    delegate: Callable[..., Delegation],
    submitted: SubmissionView,
    decide: Callable[..., SubmissionView],
) -> None:
    delegate()
    seen = world.services.submissions.get(world.actor(DEPUTY), submitted.submission.id)
    waiting = world.services.approvals.inbox(world.actor(DEPUTY)).items
    signed = decide(submitted, DEPUTY, "sign")

    history = world.services.submissions.history(world.actor(DEPUTY), signed.submission.id)
    leader = world.accounts["commune_signer"]
    assert stood_for(world.actor(DEPUTY), seen) == leader
    assert [item.view.submission.id for item in waiting] == [submitted.submission.id]
    assert history[-1].actor == world.accounts[DEPUTY]
    assert history[-1].details["on_behalf_of"] == leader
    assert signed.state.sent


def test_who_holds_the_right_himself_acts_in_his_own_name(
    world: World,
    delegate: Callable[..., Delegation],
    submitted: SubmissionView,
    decide: Callable[..., SubmissionView],
) -> None:
    delegate()
    signed = decide(submitted, "commune_signer", "sign")

    history = world.services.submissions.history(
        world.actor("commune_signer"), signed.submission.id
    )
    assert "on_behalf_of" not in history[-1].details


def test_without_a_delegation_the_colleague_signs_nothing(
    deputy: str, submitted: SubmissionView, decide: Callable[..., SubmissionView]
) -> None:
    with pytest.raises((NotFound, TransitionRefused)):
        decide(submitted, DEPUTY, "sign")


def test_a_delegation_for_other_forms_lets_nobody_sign_this_one(
    world: World,
    delegate: Callable[..., Delegation],
    submitted: SubmissionView,
    decide: Callable[..., SubmissionView],
) -> None:
    delegate(forms=("household_survey",))

    assert world.services.approvals.inbox(world.actor(DEPUTY)).items == ()
    with pytest.raises(TransitionRefused):
        decide(submitted, DEPUTY, "sign")


def test_the_deputy_of_an_approver_decides_in_bulk_in_his_name(
    world: World,
    delegate: Callable[..., Delegation],
    submitted: SubmissionView,
    decide: Callable[..., SubmissionView],
) -> None:
    join(world, "district_deputy", Role.READER, "u-district")
    delegate("district_approver", "district_deputy")
    sent = decide(submitted, "commune_signer", "sign").submission

    results = world.services.approvals.decide_many(
        world.actor("district_deputy"), "approve", [(sent.id, sent.edit)]
    )

    history = world.services.submissions.history(world.actor("district_deputy"), sent.id)
    assert results == [Decision(sent.id, None)]
    assert history[-1].details["on_behalf_of"] == world.accounts["district_approver"]


def test_a_comment_and_an_extension_of_a_deputy_say_in_whose_name(
    world: World,
    delegate: Callable[..., Delegation],
    submitted: SubmissionView,
    decide: Callable[..., SubmissionView],
) -> None:
    join(world, "district_deputy", Role.READER, "u-district")
    delegate("district_approver", "district_deputy")
    sent = decide(submitted, "commune_signer", "sign")
    actor = world.actor("district_deputy")
    world.services.comments.write(actor, sent.submission.id, text="Xem lại ô này.", path="/note")
    world.services.obligations.excuse(
        actor, sent.obligation.id, until=date(2025, 2, 20), reason="Bão lũ"
    )

    events = world.services.ledger.events
    said = events.of(f"submission/{sent.submission.id}")[-1]
    excused = events.of(f"obligation/{sent.obligation.id}")[-1]
    principal = world.accounts["district_approver"]
    assert said.name == "submission.commented"
    assert excused.name == "obligation.excused"
    assert said.details["on_behalf_of"] == excused.details["on_behalf_of"] == principal


# Nobody approves what they entered


def test_a_deputy_does_not_sign_what_he_typed(
    world: World,
    delegate: Callable[..., Delegation],
    start: Callable[..., SubmissionView],
    decide: Callable[..., SubmissionView],
) -> None:
    world.services.accounts.grant(SYSTEM, world.accounts[DEPUTY], Grant(Role.REPORTER, "u-commune"))
    delegate()
    view = start()
    view, _met = world.services.submissions.save_cells(
        world.actor(DEPUTY), view.submission.id, [Change("/households", 6, 7)]
    )
    view = decide(view, "commune_reporter", "submit")

    with pytest.raises(GuardFailed):
        decide(view, DEPUTY, "sign")


def test_a_deputy_does_not_sign_for_a_leader_who_typed(
    world: World,
    delegate: Callable[..., Delegation],
    start: Callable[..., SubmissionView],
    decide: Callable[..., SubmissionView],
) -> None:
    leader = world.accounts["commune_signer"]
    world.services.accounts.grant(SYSTEM, leader, Grant(Role.REPORTER, "u-commune"))
    delegate()
    view = start()
    view, _met = world.services.submissions.save_cells(
        world.actor("commune_signer"), view.submission.id, [Change("/households", 6, 7)]
    )
    view = decide(view, "commune_reporter", "submit")

    with pytest.raises(GuardFailed):
        decide(view, DEPUTY, "sign")


def test_a_deputy_does_not_approve_above_what_he_signed_below(
    world: World,
    delegate: Callable[..., Delegation],
    submitted: SubmissionView,
    decide: Callable[..., SubmissionView],
) -> None:
    world.services.accounts.grant(
        SYSTEM, world.accounts[DEPUTY], Grant(Role.APPROVER, "u-district")
    )
    delegate()
    signed = decide(submitted, DEPUTY, "sign")
    [result] = world.services.approvals.decide_many(
        world.actor(DEPUTY), "approve", [(signed.submission.id, signed.submission.edit)]
    )

    assert isinstance(result.error, GuardFailed)


def test_a_leader_does_not_approve_above_what_was_signed_in_his_name(
    world: World,
    delegate: Callable[..., Delegation],
    submitted: SubmissionView,
    decide: Callable[..., SubmissionView],
) -> None:
    leader = world.accounts["commune_signer"]
    world.services.accounts.grant(SYSTEM, leader, Grant(Role.APPROVER, "u-district"))
    delegate()
    signed = decide(submitted, DEPUTY, "sign")

    with pytest.raises(GuardFailed):
        decide(signed, "commune_signer", "approve")


def test_nobody_approves_by_a_second_role_what_they_typed_before_it_was_sent(
    world: World,
    start: Callable[..., SubmissionView],
    decide: Callable[..., SubmissionView],
) -> None:
    join(world, "second_clerk", Role.REPORTER, "u-commune")
    world.services.accounts.grant(
        SYSTEM, world.accounts["second_clerk"], Grant(Role.APPROVER, "u-district")
    )
    view = start()
    view, _met = world.services.submissions.save_cells(
        world.actor("second_clerk"), view.submission.id, [Change("/households", 6, 7)]
    )
    view = decide(decide(view, "commune_reporter", "submit"), "commune_signer", "sign")

    with pytest.raises(GuardFailed):
        decide(view, "second_clerk", "approve")
