"""What a keeper of accounts reaches, on both databases; the attempts at more are in security."""

import pytest

from server.core.access import SYSTEM, Grant, Right, Role
from server.errors import AccessDenied, Conflict, NotFound
from server.services.accounts import NewAccount
from tests.world import World

NEW = NewAccount("moi", "Người mới", None, Role.SIGNER, "u-commune")


@pytest.fixture
def keeper(world: World) -> World:
    """The district's approver keeps the accounts of its communes."""
    account = world.accounts["district_approver"]
    world.services.accounts.grant(SYSTEM, account, Grant(Role.REPORTER, "u-district", manages=True))
    return world


def test_the_flag_is_kept_and_opens_the_page_to_nobody_else(keeper: World) -> None:
    assert keeper.actor("district_approver").may(Right.MANAGE_ACCOUNTS)
    for username in ("commune_signer", "province_approver", "admin"):
        assert not keeper.actor(username).may(Right.MANAGE_ACCOUNTS)
        assert keeper.services.accounts_below.units(keeper.actor(username)) == []


def test_a_keeper_has_the_communes_of_the_district_and_their_people(keeper: World) -> None:
    service, actor = keeper.services.accounts_below, keeper.actor("district_approver")
    people = {one.account.username: one.roles for one in service.people(actor)}

    assert [unit.id for unit in service.units(actor)] == ["u-neighbour", "u-commune"]
    assert people == {
        "commune_reporter": (Role.REPORTER,),
        "commune_signer": (Role.SIGNER,),
        "neighbour_reporter": (Role.REPORTER,),
    }


def test_an_account_is_made_with_its_code_or_not_at_all(keeper: World) -> None:
    service, actor = keeper.services.accounts_below, keeper.actor("district_approver")
    account, code = service.create(actor, NEW)
    redeemed, _token = keeper.services.accounts.redeem_code(
        "moi", code, "đường về bản xa", "192.0.2.1"
    )
    before = keeper.count("event")
    with pytest.raises(Conflict):
        service.create(actor, NEW)

    assert redeemed.id == account.id
    assert keeper.count("event") == before


@pytest.mark.parametrize(
    ("role", "unit", "refusal"),
    [
        (Role.SIGNER, "u-district", NotFound),
        (Role.SIGNER, "u-far", NotFound),
        (Role.ADMIN, "u-commune", AccessDenied),
        (Role.APPROVER, "u-commune", AccessDenied),
    ],
)
def test_more_than_that_is_refused(
    keeper: World, role: Role, unit: str, refusal: type[Exception]
) -> None:
    before = keeper.count("account")
    with pytest.raises(refusal):
        keeper.services.accounts_below.create(
            keeper.actor("district_approver"), NewAccount("moi", "Người mới", None, role, unit)
        )

    assert keeper.count("account") == before
