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


def deputy_by_api(site: Site) -> str:
    """The author approves at the district and hands that over by a program."""
    give(site, AUTHOR, Role.APPROVER)
    give(site, BYSTANDER, Role.READER)
    hand_over_by_api(site, AUTHOR, BYSTANDER)
    return BYSTANDER


def deputy_who_typed_by_api(site: Site) -> str:
    """The approver hands over by a program, to the author."""
    give(site, AUTHOR, Role.READER)
    hand_over_by_api(site, "district_approver", AUTHOR)
    return AUTHOR


def give(site: Site, username: str, role: Role) -> None:
    accounts = site.world.services.accounts
    accounts.grant(SYSTEM, site.world.accounts[username], Grant(role, DISTRICT))


def hand_over(site: Site, principal: str, deputy: str) -> None:
    service, actor = site.world.services.delegations, site.world.actor(principal)
    today = site.world.services.clock.today()
    [grant] = service.delegable(actor)
    service.grant(actor, Wish(grant.id, site.world.accounts[deputy], today, today, "Đi công tác"))


def hand_over_by_api(site: Site, principal: str, deputy: str) -> None:
    visitor = site.new_visitor(principal)
    offered = visitor.api("GET", "/delegations/grants").json["items"]
    [grant] = [one["grant"] for one in offered if one["org_unit"] == DISTRICT]
    day = site.world.services.clock.today().isoformat()
    wish = {
        "grant": grant,
        "deputy": site.world.accounts[deputy],
        "valid_from": day,
        "valid_to": day,
        "reason": "Đi công tác",
    }
    made = visitor.api("POST", "/delegations", wish, Idempotency_Key="hand-over")
    assert made.status_code == 201, made.json


def state_of(site: Site) -> str:
    report = site.communes["near"].report
    return site.world.services.submissions.submissions.get(report).state


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "disguise",
    [
        second_role, deputy_who_typed, deputy_of_who_typed, deputy_by_api, deputy_who_typed_by_api,
    ],
)  # fmt: skip
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


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/submissions/{report}/consolidation", None),
        ("/submissions/{report}/consolidation/reason", {"reason": "Gửi bổ sung sau."}),
        (
            "/submissions/{report}/consolidation/corrections",
            {"changes": [{"path": "/households", "from": 6, "to": 7}], "reason": "Cộng thiếu."},
        ),
        ("/submissions/{report}/parts/unit.main", {"action": "hand_in"}),
        ("/submissions/{report}/parts/unit", {"action": "waive", "reason": "Không có số liệu."}),
        ("/rounds/round-2024/closing", {"expected": 1, "note": "Gửi bổ sung sau."}),
        (
            "/submissions/{report}/corrections",
            {
                "changes": [{"path": "/households", "from": 6, "to": 7}],
                "decision_number": "1/QĐ",
                "decided_on": "2025-01-20",
                "reason": "Kiểm tra lại sổ.",
            },
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
@pytest.mark.parametrize("disguise", [second_role, deputy_who_typed, deputy_of_who_typed])
def test_no_other_act_of_the_api_moves_the_authors_report_on(
    site: Site, disguise: Callable[[Site], str], path: str, body: object
) -> None:
    report = site.communes["near"].report
    with site.undone():
        visitor, before = site.new_visitor(disguise(site)), state_of(site)
        edit = site.edit_of(report)
        answer = visitor.api("POST", path.format(report=report), body, If_Match=f'"{edit}"')
        after = state_of(site)
        edited = site.edit_of(report)

    assert (after, edited) == (before, edit)
    assert answer.status_code in {400, 403, 404, 409}, answer.json


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
