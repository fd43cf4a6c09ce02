"""Delegation: who may hand what to whom, and for how long."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from server.core.access import SYSTEM, Right, Role
from server.core.delegation import Delegation
from server.errors import InputInvalid, NotFound
from server.services.delegations import Wish
from tests.services.delegating import DEPUTY, REASON, TODAY, delegate, deputy, join
from tests.world import FRIDAY, World

__all__ = ["delegate", "deputy"]  # fixtures


def codes(refused: pytest.ExceptionInfo[InputInvalid]) -> list[tuple[str, str]]:
    listed = refused.value.facts["errors"]
    assert isinstance(listed, list)
    return [(one["path"], one["code"]) for one in listed]


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
