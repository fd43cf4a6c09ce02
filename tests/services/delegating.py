"""People around a delegation: a leader who hands over signing, a colleague who takes it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from server.core.access import SYSTEM, Role
from server.core.delegation import Delegation
from server.services.accounts import NewAccount
from server.services.delegations import Wish
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
