"""Somebody leaves: rights, sections and delegations go over in one act, or not at all."""

from datetime import date, timedelta

import pytest

from server.core.access import SYSTEM, Grant, Right, Role
from server.errors import AccessDenied, InputInvalid
from server.services.delegations import Wish
from server.services.review import SubmissionView
from tests.divided import start
from tests.world import FRIDAY, World

TODAY = FRIDAY.today()
LAST = TODAY - timedelta(days=1)
OWN = "unit.main"
LEAVER, SUCCESSOR = "commune_reporter", "commune_second"


@pytest.fixture
def view(divided: World) -> SubmissionView:
    """A report with a section that was given to who leaves."""
    view = start(divided)
    divided.services.parts.assign(
        divided.actor(LEAVER), view.submission.id, OWN, divided.accounts[LEAVER]
    )
    return view


def hand_over(world: World, last_day: date = LAST, leaver: str = LEAVER) -> None:
    world.services.handovers.carry_out(
        world.actor("admin"), world.accounts[leaver], world.accounts[SUCCESSOR], last_day
    )


def test_the_plan_says_what_will_move_and_changes_nothing(
    divided: World, view: SubmissionView
) -> None:
    before = divided.count("event")
    plan = divided.services.handovers.plan(
        divided.actor("admin"), divided.accounts[LEAVER], divided.accounts[SUCCESSOR], LAST
    )

    assert [kept.grant.role for kept in plan.moved] == [Role.REPORTER]
    assert [(part.submission, part.key) for part in plan.parts] == [(view.submission.id, OWN)]
    assert len(plan.tokens) == 1
    assert divided.count("event") == before


def test_rights_sections_sessions_and_tokens_go_over_together(
    divided: World, view: SubmissionView
) -> None:
    services, leaver = divided.services, divided.accounts[LEAVER]
    services.accounts.grant(SYSTEM, leaver, Grant(Role.READER, "u-district", personal=True))
    _account, session = services.accounts.redeem_code(
        LEAVER, services.accounts.issue_code(SYSTEM, leaver), "đường về bản xa", "192.0.2.1"
    )
    hand_over(divided)

    successor = divided.actor(SUCCESSOR)
    assert divided.actor(LEAVER).grants == ()
    assert services.accounts.session(session) is None
    assert services.accounts.account_of_token(divided.tokens[LEAVER]) is None
    assert Grant(Role.READER, "u-district", TODAY) in successor.grants
    assert not any(grant.personal for grant in successor.grants)
    [part] = [one for one in services.parts.parts.parts(view.submission.id) if one.key == OWN]
    assert part.assignee == divided.accounts[SUCCESSOR]


def test_it_stands_in_the_histories_of_both_people_and_of_the_report(
    divided: World, view: SubmissionView
) -> None:
    hand_over(divided)
    events = divided.services.ledger.events
    left = events.of(f"account/{divided.accounts[LEAVER]}")[-1]
    took = events.of(f"account/{divided.accounts[SUCCESSOR]}")[-1]
    given = events.of(f"submission/{view.submission.id}")[-1]

    assert (left.name, took.name) == ("account.handed_over", "account.took_over")
    assert left.details == took.details
    assert left.actor == divided.accounts["admin"]
    assert (given.name, given.details["from"]) == (
        "submission.part_assigned",
        divided.accounts[LEAVER],
    )


def test_a_day_to_come_leaves_the_rights_until_then(divided: World) -> None:
    hand_over(divided, TODAY + timedelta(days=6))
    accounts = divided.services.accounts
    leaver = accounts.store.kept_grants(account=divided.accounts[LEAVER])
    successor = accounts.store.kept_grants(account=divided.accounts[SUCCESSOR])

    assert divided.actor(LEAVER).may(Right.FILL)
    assert leaver[0].grant.valid_to == TODAY + timedelta(days=6)
    assert len(successor) == 1  # holds the same right already


def test_administration_ends_and_goes_to_nobody(divided: World) -> None:
    admin = Grant(Role.ADMIN, "u-province")
    divided.services.accounts.grant(SYSTEM, divided.accounts[LEAVER], admin)
    hand_over(divided)

    assert not divided.actor(LEAVER).is_admin
    assert not divided.actor(SUCCESSOR).is_admin


def test_delegations_from_and_to_who_leaves_end(divided: World) -> None:
    service = divided.services.delegations
    leader = divided.actor("commune_signer")
    [grant] = service.delegable(leader)
    service.grant(leader, Wish(grant.id, divided.accounts[LEAVER], TODAY, TODAY, "Đi công tác"))
    divided.services.accounts.grant(
        SYSTEM, divided.accounts[LEAVER], Grant(Role.SIGNER, "u-commune")
    )
    leaver = divided.actor(LEAVER)
    [own] = service.delegable(leaver)
    service.grant(leaver, Wish(own.id, divided.accounts[SUCCESSOR], TODAY, TODAY, "Đi công tác"))
    hand_over(divided)

    assert all(one.revoked_at for one in service.given(leader))
    assert all(one.revoked_at for one in service.given(leaver))


@pytest.mark.parametrize(
    ("successor", "last_day", "field"),
    [
        ("neighbour_reporter", LAST, "/successor"),
        (LEAVER, LAST, "/successor"),
        (SUCCESSOR, TODAY - timedelta(days=2), "/last_day"),
    ],
)
def test_a_stranger_or_a_day_gone_by_is_refused(
    divided: World, successor: str, last_day: date, field: str
) -> None:
    before = divided.count("event")
    with pytest.raises(InputInvalid) as refused:
        divided.services.handovers.carry_out(
            divided.actor("admin"),
            divided.accounts[LEAVER],
            divided.accounts[successor],
            last_day,
        )

    listed = refused.value.facts["errors"]
    assert isinstance(listed, list)
    assert [one["path"] for one in listed] == [field]
    assert divided.count("event") == before


@pytest.mark.parametrize(("username", "leaver"), [("commune_signer", LEAVER), ("admin", "admin")])
def test_only_an_administrator_hands_over_and_never_the_own_account(
    divided: World, username: str, leaver: str
) -> None:
    with pytest.raises(AccessDenied):
        divided.services.handovers.plan(
            divided.actor(username),
            divided.accounts[leaver],
            divided.accounts[SUCCESSOR],
            LAST,
        )
