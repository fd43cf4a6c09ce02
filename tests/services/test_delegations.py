"""Delegation: who may hand what to whom, for how long, and that it opens no way to own work."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from server.core.access import SYSTEM, Grant, Right, Role
from server.core.delegation import Delegation
from server.core.submission import Change
from server.errors import GuardFailed, InputInvalid, NotFound, TransitionRefused
from server.services.accounts import NewAccount
from server.services.approvals import Decision
from server.services.delegations import Wish, stood_for
from server.services.review import SubmissionView
from tests.world import FRIDAY, World

TODAY = FRIDAY.today()
REASON = "Đi công tác dài ngày"
DEPUTY = "commune_deputy"


@pytest.fixture
def deputy(world: World) -> str:
    """A colleague of the commune's leader without any right to act."""
    return join(world, DEPUTY, Role.READER, "u-commune")


@pytest.fixture
def delegate(world: World, deputy: str) -> Callable[..., Delegation]:
    """``delegate(to="x", valid_to=…)`` lets the commune's leader hand over signing."""

    def delegated(by: str = "commune_signer", to: str = DEPUTY, **more: object) -> Delegation:
        service, actor = world.services.delegations, world.actor(by)
        wish = Wish(
            grant=service.delegable(actor)[0].id,
            deputy=world.accounts[to],
            valid_from=TODAY,
            valid_to=TODAY + timedelta(days=7),
            reason=REASON,
        )
        return service.grant(actor, replace(wish, **more))

    return delegated


@pytest.fixture
def submitted(
    start: Callable[..., SubmissionView], decide: Callable[..., SubmissionView]
) -> SubmissionView:
    return decide(start(), "commune_reporter", "submit")


def join(world: World, username: str, role: Role, unit: str) -> str:
    new = NewAccount(username, username, None, role, unit)
    world.accounts[username] = world.services.accounts.create(SYSTEM, new).id
    return world.accounts[username]


def codes(refused: pytest.ExceptionInfo[InputInvalid]) -> list[tuple[str, str]]:
    listed = refused.value.facts["errors"]
    assert isinstance(listed, list)
    return [(one["path"], one["code"]) for one in listed]


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


# Who may hand over what


@pytest.mark.parametrize("username", ["commune_reporter", "province_reader", "admin"])
def test_filling_reading_and_administration_are_not_handed_over(
    world: World, username: str
) -> None:
    assert world.services.delegations.delegable(world.actor(username)) == []


def test_what_was_received_is_not_handed_on(
    world: World, delegate: Callable[..., Delegation]
) -> None:
    received = delegate()
    third = join(world, "third", Role.READER, "u-commune")
    service, actor = world.services.delegations, world.actor(DEPUTY)
    wish = Wish(received.grant, third, TODAY, TODAY, REASON)

    assert actor.may(Right.SIGN)
    assert service.delegable(actor) == []
    with pytest.raises(NotFound):
        service.grant(actor, wish)


def test_nobody_hands_over_the_grant_of_another(
    world: World, delegate: Callable[..., Delegation]
) -> None:
    service = world.services.delegations
    foreign = service.delegable(world.actor("district_approver"))[0].id

    with pytest.raises(NotFound):
        delegate(grant=foreign)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"deputy": "neighbour_reporter"}, ("/deputy", "not-of-the-unit")),
        ({"deputy": "commune_signer"}, ("/deputy", "not-of-the-unit")),
        ({"valid_from": TODAY - timedelta(days=1)}, ("/valid_from", "past")),
        ({"valid_to": TODAY - timedelta(days=1)}, ("/valid_to", "before-first")),
        ({"valid_to": TODAY + timedelta(days=366)}, ("/valid_to", "too-long")),
        ({"reason": "bận"}, ("/reason", "reason")),
        ({"forms": ("nothing",)}, ("/forms", "unknown")),
    ],
)
def test_a_wish_that_does_not_do_is_refused_and_leaves_no_trace(
    world: World,
    delegate: Callable[..., Delegation],
    change: dict[str, object],
    expected: tuple[str, str],
) -> None:
    if "deputy" in change:
        change = {"deputy": world.accounts[str(change["deputy"])]}
    before = world.count("event")
    with pytest.raises(InputInvalid) as refused:
        delegate(**change)

    assert codes(refused) == [expected]
    assert (world.count("delegation"), world.count("event")) == (0, before)


def test_the_same_person_is_not_asked_twice_for_the_same_days(
    delegate: Callable[..., Delegation],
) -> None:
    delegate()
    with pytest.raises(InputInvalid) as refused:
        delegate(valid_from=TODAY + timedelta(days=7), valid_to=TODAY + timedelta(days=9))

    assert codes(refused) == [("/deputy", "already")]


# Until when


@pytest.mark.parametrize(
    ("instant", "may"),
    [
        (datetime(2025, 1, 26, 16, 59, 59, tzinfo=UTC), False),
        (datetime(2025, 1, 26, 17, 0, tzinfo=UTC), True),
        (datetime(2025, 1, 28, 16, 59, 59, tzinfo=UTC), True),
        (datetime(2025, 1, 28, 17, 0, tzinfo=UTC), False),
    ],
)
def test_a_delegation_holds_from_midnight_to_midnight_in_vietnam(
    world: World, delegate: Callable[..., Delegation], instant: datetime, may: bool
) -> None:
    delegate(valid_from=date(2025, 1, 27), valid_to=date(2025, 1, 28))
    accounts = replace(world.services.accounts, clock=replace(FRIDAY, instant=instant))

    assert accounts.actor_of(world.accounts[DEPUTY]).may(Right.SIGN) is may


def test_revoking_takes_it_away_at_once_and_is_in_both_histories(
    world: World, delegate: Callable[..., Delegation]
) -> None:
    number = delegate().id
    service = world.services.delegations
    service.revoke(world.actor("commune_signer"), number)
    service.revoke(world.actor("commune_signer"), number)

    assert not world.actor(DEPUTY).may(Right.SIGN)
    for username in ("commune_signer", DEPUTY):
        history = world.services.ledger.events.of(f"account/{world.accounts[username]}")
        names = [event.name for event in history]
        assert names[-2:] == ["delegation.granted", "delegation.revoked"]


@pytest.mark.parametrize("username", [DEPUTY, "district_approver"])
def test_only_who_gave_it_or_an_administrator_revokes(
    world: World, delegate: Callable[..., Delegation], username: str
) -> None:
    number = delegate().id
    with pytest.raises(NotFound):
        world.services.delegations.revoke(world.actor(username), number)

    assert world.actor(DEPUTY).may(Right.SIGN)
    world.services.delegations.revoke(world.actor("admin"), number)
    assert not world.actor(DEPUTY).may(Right.SIGN)


def test_it_ends_with_the_grant_it_rests_on(
    world: World, delegate: Callable[..., Delegation]
) -> None:
    found = delegate()
    world.services.accounts.end_grant(
        SYSTEM, found.principal, found.grant, TODAY - timedelta(days=1)
    )

    assert not world.actor(DEPUTY).may(Right.SIGN)


def test_it_rests_while_the_account_of_the_leader_is_closed(
    world: World, delegate: Callable[..., Delegation]
) -> None:
    found = delegate()
    world.services.accounts.set_active(SYSTEM, found.principal, False)

    assert not world.actor(DEPUTY).may(Right.SIGN)


def test_the_database_refuses_to_rewrite_or_delete_a_delegation(
    world: World, delegate: Callable[..., Delegation]
) -> None:
    number = delegate().id
    database = world.application.database
    for statement in (
        "UPDATE delegation SET valid_to = '2030-01-01' WHERE id = ?",
        "DELETE FROM delegation WHERE id = ?",
    ):
        with pytest.raises(Exception, match="append-only"), database.transaction():
            database.run(statement, (number,))
