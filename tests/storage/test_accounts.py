"""People, their grants, and how they get in."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from server.core.access import Grant, Role
from server.core.account import Account, Session
from server.errors import Conflict, NotFound, Stale
from tests.storage.conftest import NOW

DAY = timedelta(days=1)


def account(id_="a1", username="mai.colinh", **changes):
    facts = {
        "name": "Lý Thị Mai",
        "email": "mai@colinh.vn",
        "org_unit": "u2",
        "password_hash": None,
        "active": True,
        "must_change": False,
        "created_at": NOW,
    } | changes
    return Account(id_, username, **facts)


@pytest.fixture
def accounts(world):
    world.accounts.add(account())
    return world.accounts


def test_an_account_reads_back(accounts):
    assert accounts.get("a1") == account()
    with pytest.raises(NotFound):
        accounts.get("a2")


@pytest.mark.parametrize("written", ["mai.colinh", "MAI.ColInh", " mai.colinh ", "ｍai.colinh"])
def test_a_user_name_is_one_name_however_it_is_written(accounts, written):
    assert accounts.by_username(written) == account()
    with pytest.raises(Conflict):
        accounts.add(account("a2", written))
    assert accounts.by_username("mai") is None


def test_people_are_found_without_accents(accounts):
    accounts.add(account("a2", "tu", name="Hoàng Văn Tú"))
    accounts.add(account("a3", "dao", name="Đào Văn Ân"))

    def found(text):
        return [one.name for one in accounts.search(text)]

    assert found("van") == ["Đào Văn Ân", "Hoàng Văn Tú"]
    assert found("ly thi") == found("COLINH") == ["Lý Thị Mai"]


def test_lists_filter_and_page(accounts):
    accounts.add(account("a2", "tu", org_unit="u3"))
    accounts.add(account("a3", "nam", org_unit="u3", active=False))

    def ids(**filters):
        return [one.id for one in accounts.list_(**filters)]

    assert ids(limit=2) == ["a1", "a2"]
    assert ids(after="a2") == ["a3"]
    assert ids(org_units={"u3"}, active=True) == ["a2"]
    assert ids(org_units=[]) == []
    assert accounts.names(["a1", "a3"]) == {"a1": "Lý Thị Mai", "a3": "Lý Thị Mai"}


def test_an_account_is_written_only_on_the_edit_that_was_read(accounts):
    read = accounts.get("a1")
    updated = accounts.update(replace(read, name="Lý Thị Mai Hoa", active=False))

    with pytest.raises(Stale):
        accounts.update(replace(read, name="Khác"))

    assert updated == accounts.get("a1")
    assert (updated.name, updated.active, updated.edit) == ("Lý Thị Mai Hoa", False, 2)
    assert accounts.search("hoa") == [updated]


def test_a_password_is_set_and_taken_away(accounts):
    accounts.set_password("a1", "argon", must_change=True)
    assert (accounts.get("a1").password_hash, accounts.get("a1").must_change) == ("argon", True)

    accounts.set_password("a1", None)

    assert (accounts.get("a1").password_hash, accounts.get("a1").must_change) == (None, False)
    with pytest.raises(NotFound):
        accounts.set_password("a2", "x")


def test_grants_are_dated_and_end(accounts):
    first = Grant(Role.REPORTER, "u2", date(2025, 1, 1))
    number = accounts.add_grant("a1", first)
    accounts.add_grant("a1", Grant(Role.ADMIN, "u1"))

    accounts.end_grant(number, date(2025, 6, 30))

    assert accounts.grants("a1") == (
        replace(first, valid_to=date(2025, 6, 30)),
        Grant(Role.ADMIN, "u1"),
    )
    assert [kept.account for kept in accounts.kept_grants(org_units={"u2"})] == ["a1"]
    assert accounts.kept_grants(org_units=set()) == []
    with pytest.raises(NotFound):
        accounts.end_grant(0, date(2025, 6, 30))


def session(token_hash="t1", **changes):
    facts = {
        "account": "a1",
        "opened_at": NOW,
        "seen_at": NOW,
        "expires_at": NOW + DAY,
        "address": "127.0.0.1",
    } | changes
    return Session(token_hash, **facts)


def test_a_session_is_known_by_the_hash_of_its_secret(accounts):
    accounts.open_session(session())

    accounts.touch("t1", NOW + DAY / 2, NOW + 2 * DAY)

    assert accounts.session("t1") == session(seen_at=NOW + DAY / 2, expires_at=NOW + 2 * DAY)
    assert accounts.session("t2") is None
    accounts.touch("t1", NOW + DAY)
    assert accounts.session("t1").expires_at == NOW + 2 * DAY


def test_sessions_end_one_by_one_all_but_one_or_by_age(accounts):
    for number in range(1, 5):
        accounts.open_session(session(f"t{number}", expires_at=NOW + number * DAY))
    accounts.close_session("t4")

    assert accounts.purge_sessions(NOW + 1.5 * DAY) == 1
    assert accounts.close_sessions("a1", but="t3") == 1
    assert [one.token_hash for one in accounts.sessions("a1")] == ["t3"]


def test_a_token_speaks_for_an_active_account_until_it_ends(accounts):
    number = accounts.add_token("a1", "h1", "nightly", NOW)
    assert accounts.account_by_token("h1") == "a1"
    assert accounts.account_by_token("h2") is None

    accounts.update(replace(accounts.get("a1"), active=False))
    assert accounts.account_by_token("h1") is None
    accounts.update(replace(accounts.get("a1"), active=True))
    accounts.end_token(number, NOW + DAY)

    assert accounts.account_by_token("h1") is None
    assert [token.ended_at for token in accounts.tokens("a1")] == [NOW + DAY]
    with pytest.raises(NotFound):
        accounts.end_token(0, NOW)


def test_a_one_time_code_works_once_and_in_time(accounts):
    accounts.add_code("a1", "old", NOW + DAY)
    accounts.add_code("a1", "new", NOW + DAY)

    assert accounts.use_code("old", NOW) is None
    assert accounts.use_code("new", NOW + DAY) is None
    assert accounts.use_code("new", NOW) == "a1"
    assert accounts.use_code("new", NOW) is None


def test_failed_tries_are_counted_since_a_time(accounts):
    for hours in range(3):
        accounts.count_failure("mai", NOW + timedelta(hours=hours))
    accounts.count_failure("127.0.0.1", NOW)

    assert accounts.failures("mai", NOW + timedelta(hours=1)) == 2
    assert accounts.purge_failures(NOW + timedelta(minutes=1)) == 2
    accounts.clear("mai")
    assert accounts.failures("mai", NOW) == 0
