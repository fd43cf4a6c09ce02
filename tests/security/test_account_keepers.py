"""A district keeps the accounts of its communes and nothing more: every way to more is refused."""

import re
from collections.abc import Iterator

import pytest
from werkzeug.test import TestResponse

from server.core.access import SYSTEM, Grant, Role
from server.services.accounts import NewAccount
from server.services.delegations import Wish
from tests.security.site import Site, Visitor
from tests.security.two_districts import mark_of

KEEPER = "account_keeper"
NEW = {
    "username": "moi.colinh",
    "name": "Người mới",
    "email": "",
    "role": "reporter",
    "org_unit": "u-commune",
}


@pytest.fixture
def keeper(site: Site) -> Iterator[Visitor]:
    """Somebody of the district's office with the flag; what the test does is taken back."""
    accounts = site.world.services.accounts
    with site.undone():
        account = accounts.create(
            SYSTEM, NewAccount(KEEPER, "Người giữ", None, Role.REPORTER, "u-district")
        )
        accounts.grant(SYSTEM, account.id, Grant(Role.REPORTER, "u-district", manages=True))
        site.world.accounts[KEEPER] = account.id
        yield site.new_visitor(KEEPER)
    del site.world.accounts[KEEPER]


def create(keeper: Visitor, **changes: str) -> TestResponse:
    return keeper.post("/accounts-below", {**NEW, **changes})


def code(keeper: Visitor, account: str) -> TestResponse:
    return keeper.post(f"/accounts-below/{account}/code")


def give(site: Site, username: str, grant: Grant) -> str:
    account = site.world.accounts[username]
    site.world.services.accounts.grant(SYSTEM, account, grant)
    return account


def test_a_keeper_makes_a_clerk_who_can_sign_in_with_the_code(site: Site, keeper: Visitor) -> None:
    page = create(keeper)
    [secret] = re.findall(r'<code class="secret">([^<]+)</code>', page.text)
    accounts = site.world.services.accounts
    account, _token = accounts.redeem_code(NEW["username"], secret, "đường về bản xa", "192.0.2.1")
    events = site.world.services.ledger.events.of(f"account/{account.id}")

    assert accounts.actor(account).grants == (Grant(Role.REPORTER, "u-commune"),)
    assert events[0].actor == site.world.accounts[KEEPER]


def test_a_keeper_closes_opens_and_gives_a_new_code(site: Site, keeper: Visitor) -> None:
    clerk, store = site.world.accounts["near_clerk"], site.world.services.accounts.store
    given = code(keeper, clerk)
    keeper.post(f"/accounts-below/{clerk}/active", {"active": "0"})
    closed = store.get(clerk).active
    keeper.post(f"/accounts-below/{clerk}/active", {"active": "1"})

    assert given.status_code == 200
    assert not closed
    assert store.get(clerk).active


@pytest.mark.parametrize("unit", ["u-district", "u-far", "u-other-district", "u-province", "x", ""])
def test_no_account_at_the_own_unit_above_or_elsewhere(
    site: Site, keeper: Visitor, unit: str
) -> None:
    before = site.snapshot()
    answer = create(keeper, org_unit=unit)

    assert answer.status_code in {404, 422}
    assert site.snapshot() == before


@pytest.mark.parametrize("role", ["admin", "approver", "reader", "manages", ""])
def test_no_other_role_than_clerk_and_leader(site: Site, keeper: Visitor, role: str) -> None:
    before = site.snapshot()
    answer = create(keeper, role=role)

    assert answer.status_code in {403, 422}
    assert site.snapshot() == before


@pytest.mark.parametrize("username", ["admin", "ADMIN", "near_clerk", "ａdmin"])
def test_a_name_that_exists_is_refused_and_its_account_untouched(
    site: Site, keeper: Visitor, username: str
) -> None:
    before = site.snapshot()
    answer = create(keeper, username=username)

    assert answer.status_code == 422
    assert site.snapshot() == before


def test_extra_fields_give_nothing_more(site: Site, keeper: Visitor) -> None:
    create(keeper, personal="yes", manages="yes", active="0", id="x", must_change="0")
    account = site.world.services.accounts.by_username(NEW["username"])

    assert site.world.services.accounts.actor(account).grants == (
        Grant(Role.REPORTER, "u-commune"),
    )


@pytest.mark.parametrize(
    "username",
    ["admin", "district_approver", "province_reader", "far_clerk", "far_signer", KEEPER],
)
def test_accounts_elsewhere_do_not_exist_for_a_keeper(
    site: Site, keeper: Visitor, username: str
) -> None:
    account, before = site.world.accounts[username], site.snapshot()
    answers = [
        code(keeper, account),
        keeper.post(f"/accounts-below/{account}/active", {"active": "0"}),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert site.snapshot() == before


@pytest.mark.parametrize(
    "grant",
    [
        Grant(Role.ADMIN, "u-province"),
        Grant(Role.ADMIN, "u-commune"),
        Grant(Role.APPROVER, "u-district"),
        Grant(Role.REPORTER, "u-far"),
        Grant(Role.READER, "u-commune", personal=True),
        Grant(Role.REPORTER, "u-commune", manages=True),
    ],
)
def test_who_reaches_further_by_any_grant_is_no_longer_kept(
    site: Site, keeper: Visitor, grant: Grant
) -> None:
    """A one-time code for such an account would be a way up."""
    account = give(site, "near_clerk", grant)

    assert code(keeper, account).status_code == 404
    assert account not in keeper.get("/accounts-below").text


def test_a_deputy_of_somebody_above_is_no_longer_kept(site: Site, keeper: Visitor) -> None:
    services = site.world.services
    approver, today = site.world.actor("district_approver"), services.clock.today()
    clerk = site.world.accounts["near_clerk"]
    member = services.accounts.store.add_grant(clerk, Grant(Role.READER, "u-district"))
    [grant] = services.delegations.delegable(approver)
    services.delegations.grant(approver, Wish(grant.id, clerk, today, today, "Đi công tác"))
    services.accounts.store.end_grant(member, today.replace(day=1))

    assert code(keeper, clerk).status_code == 404


def test_the_list_holds_the_own_communes_alone(keeper: Visitor) -> None:
    shown = keeper.get("/accounts-below").text

    assert mark_of("near") in shown
    assert mark_of("beside") in shown
    assert mark_of("far") not in shown


def test_the_flag_shows_no_report(site: Site, keeper: Visitor) -> None:
    for commune in site.communes.values():
        for thing in (commune.report, commune.draft, commune.survey):
            assert keeper.get(f"/submissions/{thing}").status_code == 404
            assert keeper.api("GET", f"/submissions/{thing}").status_code == 404
    lists = [
        keeper.get(url).text for url in ("/work", "/api/v1/submissions", "/api/v1/obligations")
    ]
    assert not any(mark_of(name) in page for page in lists for name in site.communes)


def test_without_the_flag_there_is_no_such_page(site: Site) -> None:
    for username in ("commune_signer", "district_approver", "province_reader", "admin"):
        assert site.visitor(username).get("/accounts-below").status_code == 403
