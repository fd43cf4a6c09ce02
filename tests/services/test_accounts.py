"""Signing in: right and wrong passwords, one-time codes, sessions, tokens."""

from dataclasses import replace
from datetime import timedelta

import pytest

from server.app import build
from server.core.access import SYSTEM, Role
from server.core.ports import FixedClock
from server.errors import Conflict, InputInvalid, SignInRefused
from server.services.accounts import NewAccount
from server.settings import SecuritySettings
from tests.world import FRIDAY

GOOD_PASSWORD = "núi Pha Đén có sương"
HERE = "192.0.2.7"


@pytest.fixture
def clerk(world):
    [(account, code)] = world.services.accounts.import_sheet(
        SYSTEM, [NewAccount("Hoa.CL", "Nông Thị Hoa", None, Role.REPORTER, "u-commune")]
    )
    return account, code


def test_a_one_time_code_sets_the_password_once(world, clerk):
    accounts = world.services.accounts
    _, code = clerk

    account, token = accounts.redeem_code("hoa.cl", code.lower(), GOOD_PASSWORD, HERE)

    assert accounts.session(token)[1].id == account.id
    with pytest.raises(SignInRefused):
        accounts.redeem_code("hoa.cl", code, "another long password", HERE)


def test_the_password_is_kept_as_argon2id_with_enough_memory(world, clerk):
    shipped = replace(world.application.settings, security=SecuritySettings())
    accounts = build(shipped, FRIDAY, world.application.database).services.accounts
    account, _ = accounts.redeem_code("hoa.cl", clerk[1], GOOD_PASSWORD, HERE)

    kept = world.services.accounts.by_username("hoa.cl").password_hash
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert account.username == "Hoa.CL"


@pytest.mark.parametrize("password", ["short", "hoa.cl hoa.cl", "thongke2025", "aaaaaaaaaaaaaaaa"])
def test_weak_passwords_are_refused_and_the_code_stays_good(world, clerk, password):
    accounts = world.services.accounts

    with pytest.raises(InputInvalid):
        accounts.redeem_code("hoa.cl", clerk[1], password, HERE)

    assert accounts.redeem_code("hoa.cl", clerk[1], GOOD_PASSWORD, HERE)


def test_names_sign_in_whatever_their_case_and_decomposed_passwords_match(world, clerk):
    accounts = world.services.accounts
    accounts.redeem_code("hoa.cl", clerk[1], GOOD_PASSWORD, HERE)
    import unicodedata  # noqa: PLC0415 - what a Mac would send

    account, _ = accounts.sign_in("HOA.cl", unicodedata.normalize("NFD", GOOD_PASSWORD), HERE)

    assert account.name == "Nông Thị Hoa"


def test_unknown_names_and_wrong_passwords_read_the_same(world, clerk):
    accounts = world.services.accounts
    accounts.redeem_code("hoa.cl", clerk[1], GOOD_PASSWORD, HERE)

    facts = []
    for username in ("hoa.cl", "nobody"):
        with pytest.raises(SignInRefused) as refusal:
            accounts.sign_in(username, "a wrong password", HERE)
        facts.append(refusal.value.facts)

    assert facts[0] == facts[1]


def test_guessing_is_slowed_down_and_the_owner_gets_in_from_elsewhere(world, clerk):
    accounts = world.services.accounts
    accounts.redeem_code("hoa.cl", clerk[1], GOOD_PASSWORD, HERE)
    for _ in range(accounts.rules.tries):
        with pytest.raises(SignInRefused):
            accounts.sign_in("hoa.cl", "a wrong password", "203.0.113.9")

    with pytest.raises(SignInRefused) as refusal:
        accounts.sign_in("hoa.cl", GOOD_PASSWORD, "203.0.113.9")

    assert refusal.value.facts["reason"] == "too-many"
    assert accounts.sign_in("hoa.cl", GOOD_PASSWORD, HERE)


def test_signing_out_and_closing_the_account_end_sessions(world, clerk):
    accounts = world.services.accounts
    account, first = accounts.redeem_code("hoa.cl", clerk[1], GOOD_PASSWORD, HERE)
    _, second = accounts.sign_in("hoa.cl", GOOD_PASSWORD, HERE)

    accounts.sign_out(first)
    assert accounts.session(first) is None
    assert accounts.session(second) is not None
    accounts.set_active(SYSTEM, account.id, False)

    assert accounts.session(second) is None
    with pytest.raises(SignInRefused):
        accounts.sign_in("hoa.cl", GOOD_PASSWORD, HERE)


def test_what_has_ended_is_forgotten_and_what_lives_stays(world, clerk):
    accounts = world.services.accounts
    _, token = accounts.redeem_code("hoa.cl", clerk[1], GOOD_PASSWORD, HERE)
    with pytest.raises(SignInRefused):
        accounts.sign_in("hoa.cl", "a wrong password", HERE)

    accounts.purge()
    assert accounts.session(token) is not None
    assert world.count("sign_in_failure") > 0

    later = FixedClock(world.services.clock.now() + timedelta(days=2))
    replace(accounts, clock=later).purge()
    assert (world.count("session"), world.count("sign_in_failure")) == (0, 0)


def test_a_username_that_looks_the_same_is_taken(world, clerk):
    with pytest.raises(Conflict):
        world.services.accounts.create(
            SYSTEM, NewAccount("ＨＯＡ.cl", "Người khác", None, Role.READER, "u-commune")
        )


def test_secrets_are_not_found_in_the_database(world, clerk):
    accounts = world.services.accounts
    account, session = accounts.redeem_code("hoa.cl", clerk[1], GOOD_PASSWORD, HERE)
    token = accounts.create_token(SYSTEM, account.id, "test")

    for table in ("account", "session", "api_token", "one_time_code", "event"):
        text = repr(world.application.database.rows(f"SELECT * FROM {table}"))
        assert not any(secret in text for secret in (GOOD_PASSWORD, session, token, clerk[1]))
