"""Nobody approves what they entered: not by a second role, not by a deputy, by no route at all."""

from collections.abc import Callable

import pytest
from werkzeug.test import TestResponse

from server.core.access import SYSTEM, Grant, Role
from server.services.delegations import Wish
from tests.security.site import Site, Visitor

AUTHOR = "near_clerk"  # typed every figure of the report and passed it on
BYSTANDER = "province_reader"
DISTRICT = "u-district"


def by_page(visitor: Visitor, report: str, edit: int) -> TestResponse:
    return visitor.post(f"/submissions/{report}/events/approve", {"edit": str(edit)})


def by_desk(visitor: Visitor, report: str, edit: int) -> TestResponse:
    fields = {"event": "approve", "edit": str(edit)}
    return visitor.post(f"/admin/approvals/{report}/decide/", fields)  # type: ignore[arg-type]


def in_bulk(visitor: Visitor, report: str, edit: int) -> TestResponse:
    return visitor.post("/admin/approvals/bulk/", {"chosen": f"{report}.{edit}"})


def by_api(visitor: Visitor, report: str, edit: int) -> TestResponse:
    return visitor.api(
        "POST", f"/submissions/{report}/transitions", {"event": "approve"}, If_Match=f'"{edit}"'
    )


PATHS = (by_page, by_desk, in_bulk, by_api)


def second_role(site: Site) -> str:
    """The author also approves at the district."""
    give(site, AUTHOR, Role.APPROVER)
    return AUTHOR


def deputy_who_typed(site: Site) -> str:
    """The author is the deputy of the district's approver."""
    give(site, AUTHOR, Role.READER)
    hand_over(site, "district_approver", AUTHOR)
    return AUTHOR


def deputy_of_who_typed(site: Site) -> str:
    """The author approves at the district and lets a colleague do it."""
    give(site, AUTHOR, Role.APPROVER)
    give(site, BYSTANDER, Role.READER)
    hand_over(site, AUTHOR, BYSTANDER)
    return BYSTANDER


def deputy_of_a_stranger(site: Site) -> str:
    """A colleague of the approver, neither of whom had anything to do with the report."""
    give(site, BYSTANDER, Role.READER)
    hand_over(site, "district_approver", BYSTANDER)
    return BYSTANDER


def give(site: Site, username: str, role: Role) -> None:
    accounts = site.world.services.accounts
    accounts.grant(SYSTEM, site.world.accounts[username], Grant(role, DISTRICT))


def hand_over(site: Site, principal: str, deputy: str) -> None:
    service, actor = site.world.services.delegations, site.world.actor(principal)
    today = site.world.services.clock.today()
    [grant] = service.delegable(actor)
    service.grant(actor, Wish(grant.id, site.world.accounts[deputy], today, today, "Đi công tác"))


def state_of(site: Site) -> str:
    report = site.communes["near"].report
    return site.world.services.submissions.submissions.get(report).state


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("disguise", [second_role, deputy_who_typed, deputy_of_who_typed])
def test_the_author_of_the_figures_approves_them_on_no_path(
    site: Site,
    disguise: Callable[[Site], str],
    path: Callable[[Visitor, str, int], TestResponse],
) -> None:
    report = site.communes["near"].report
    with site.undone():
        visitor, before = site.new_visitor(disguise(site)), state_of(site)
        answer = path(visitor, report, site.edit_of(report))
        after = state_of(site)

    assert after == before
    assert answer.status_code in ({403} if path is by_api else {303, 403, 422})


@pytest.mark.parametrize("path", PATHS)
def test_a_deputy_of_a_stranger_approves_on_each_path_and_it_says_for_whom(
    site: Site, path: Callable[[Visitor, str, int], TestResponse]
) -> None:
    report = site.communes["near"].report
    with site.undone():
        visitor, before = site.new_visitor(deputy_of_a_stranger(site)), state_of(site)
        path(visitor, report, site.edit_of(report))
        after = state_of(site)
        last = site.world.services.ledger.events.of(f"submission/{report}")[-1]

    assert after != before
    assert last.name == "submission.approve"
    assert last.actor == site.world.accounts[BYSTANDER]
    assert last.details["on_behalf_of"] == site.world.accounts["district_approver"]
