"""Delegation, handover, accounts below and notices in a real browser: accessible and narrow."""

from collections.abc import Callable

import pytest

from server.core.access import SYSTEM, Grant, Role
from server.services.accounts import NewAccount
from server.services.delegations import Wish
from server.services.review import SubmissionView
from tests.web.admin.test_screens import Open, address, faults, open_
from tests.world import CROWDED, FRIDAY, REASON, World

__all__ = ["address", "open_"]  # fixtures of the screens of the back office
pytestmark = [pytest.mark.long, pytest.mark.browser]


@pytest.fixture
def pages(world: World, sent: Callable[..., SubmissionView]) -> list[tuple[str, str]]:
    """Who looks at which page, each with something on it."""
    services, today = world.services, FRIDAY.today()
    new = NewAccount("deputy", "Lường Văn Ba", "ba@example.vn", Role.READER, "u-district")
    deputy = services.accounts.create(SYSTEM, new).id
    world.accounts["deputy"] = deputy
    approver = world.actor("district_approver")
    [grant] = services.delegations.delegable(approver)
    wish = Wish(grant.id, deputy, today, today, "Đi công tác tại tỉnh", ("households",))
    number = services.delegations.grant(approver, wish).id
    manages = Grant(Role.REPORTER, "u-district", manages=True)
    services.accounts.grant(SYSTEM, approver.account, manages)
    report = sent(CROWDED, reasons=[REASON]).submission.id
    services.dispatch.run()
    late = services.urging.late(world.actor("district_approver"))[0].obligation.id
    services.urging.note(world.actor("district_approver"), late, "call", "Đã gọi, hẹn 27/01.")
    return [
        ("district_approver", "/urging"),
        ("district_approver", f"/urging/reports/{late}"),
        ("district_approver", "/urging/log"),
        ("district_approver", "/urging/log?unit=u-neighbour"),
        ("district_approver", "/account/delegations"),
        ("deputy", "/account/delegations"),
        ("deputy", "/admin/approvals/"),
        ("deputy", f"/admin/approvals/{report}/"),
        ("deputy", "/account"),
        ("district_approver", "/accounts-below"),
        ("district_approver", "/notices"),
        ("commune_reporter", "/notices"),
        ("admin", "/admin/delegations/"),
        ("admin", f"/admin/delegations/details/?id={number}"),
        ("admin", f"/admin/accounts/details/?id={approver.account}"),
        ("admin", f"/admin/accounts/handover/?id={approver.account}"),
    ]


@pytest.mark.parametrize("width", [360, pytest.param(1280, marks=pytest.mark.long)])
def test_no_page_of_duties_has_a_fault_or_runs_over_the_side(
    open_: Open,
    pages: list[tuple[str, str]],
    width: int,
) -> None:
    for username, path in pages:
        page = open_(username, path, width=width)
        for part in page.locator("main details").all():
            part.evaluate("part => { part.open = true }")
        assert faults(page) == [], (username, path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        page.close()


@pytest.mark.parametrize("width", [360, pytest.param(1280, marks=pytest.mark.long)])
def test_the_plan_of_a_handover_is_shown_and_fits(
    open_: Open,
    pages: list[tuple[str, str]],
    world: World,
    width: int,
) -> None:
    page = open_("admin", pages[-1][1], width=width)
    page.get_by_label("Người nhận bàn giao").select_option(world.accounts["deputy"])
    page.get_by_role("button", name="Xem trước").click()
    page.get_by_role("button", name="Bàn giao").wait_for()

    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
