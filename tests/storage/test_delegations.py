"""Which delegations stand on a day, asked of the database alone."""

from datetime import date, timedelta

import pytest

from server.core.access import Grant, Role
from server.core.account import Account
from server.core.delegation import Delegation
from server.storage.delegations import DelegationStore
from tests.storage.conftest import NOW, World

TODAY = NOW.date()


@pytest.fixture
def store(world: World) -> DelegationStore:
    for name in ("leader", "deputy"):
        world.accounts.add(Account(name, name, name, None, "u2", None, True, False, NOW))
    return DelegationStore(world.database)


def handed(world: World, store: DelegationStore, grant: Grant, first: date, last: date) -> int:
    number = world.accounts.add_grant("leader", grant)
    return store.add(
        Delegation(
            0, number, grant.role, grant.org_unit, "leader", "deputy", ("a", "b"), first, last,
            "vắng mặt", NOW,
        )
    )  # fmt: skip


@pytest.mark.parametrize(
    ("first", "last", "stands"), [(0, 0, True), (-2, 5, True), (1, 3, False), (-3, -1, False)]
)
def test_it_stands_from_the_first_day_to_the_last(
    world: World, store: DelegationStore, first: int, last: int, stands: bool
) -> None:
    days = TODAY + timedelta(days=first), TODAY + timedelta(days=last)
    number = handed(world, store, Grant(Role.SIGNER, "u2"), *days)

    found = store.standing("deputy", TODAY)
    assert [one.id for one in found] == ([number] if stands else [])
    assert store.standing("leader", TODAY) == []


def test_it_is_read_as_it_was_written(world: World, store: DelegationStore) -> None:
    number = handed(world, store, Grant(Role.APPROVER, "u2"), TODAY, TODAY)

    [found] = store.of(deputy="deputy")
    assert found == store.get(number) == store.of(principal="leader")[0]
    assert (found.role, found.org_unit, found.forms) == (Role.APPROVER, "u2", ("a", "b"))
    assert (found.valid_from, found.valid_to, found.granted_at) == (TODAY, TODAY, NOW)


@pytest.mark.parametrize("end", ["grant", "account", "revoked"])
def test_it_falls_with_its_grant_its_owner_and_by_revoking(
    world: World, store: DelegationStore, end: str
) -> None:
    past = TODAY - timedelta(days=1)
    grant = Grant(Role.SIGNER, "u2", None, past if end == "grant" else None)
    number = handed(world, store, grant, TODAY, TODAY)
    if end == "account":
        world.database.run("UPDATE account SET active = ? WHERE id = ?", (False, "leader"))
    if end == "revoked":
        assert store.revoke(number, by="leader", at=NOW)
        assert not store.revoke(number, by="leader", at=NOW)

    assert store.standing("deputy", TODAY) == []
