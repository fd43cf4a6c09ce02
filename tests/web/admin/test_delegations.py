"""The page Ủy quyền, and how a deputy reads everywhere in whose name something is done."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from werkzeug.test import TestResponse

from server.core.access import SYSTEM, Role
from server.services.accounts import NewAccount
from server.services.review import SubmissionView
from server.services.sheets import signatures
from tests.web.admin.conftest import As
from tests.world import GOOD, PERIOD, World

NAME = "Phó chủ tịch Lường Văn Ba"
LEADER = "commune_signer"


@pytest.fixture(autouse=True)
def deputy(world: World) -> str:
    new = NewAccount("deputy", NAME, None, Role.READER, "u-commune")
    world.accounts["deputy"] = world.services.accounts.create(SYSTEM, new).id
    return world.accounts["deputy"]


@pytest.fixture
def submitted(world: World) -> SubmissionView:
    """Cổ Linh's report waits for its leader."""
    clerk = world.actor("commune_reporter")
    view = world.services.submissions.start(
        clerk, form="households", org_unit="u-commune", period=PERIOD, answers=GOOD
    )
    return world.services.approvals.decide(
        clerk, view.submission.id, "submit", seen=view.submission.edit
    )


@pytest.fixture
def delegate(world: World, as_: As) -> Callable[..., TestResponse]:
    """``delegate(reason="…")`` is the page after the leader filled the form."""

    def delegated(**more: str) -> TestResponse:
        leader = as_(LEADER)
        page = leader.get("/account/delegations").text
        [grant] = re.findall(r'<select[^>]*id="grant".*?<option value="(\d+)"', page, re.DOTALL)
        fields = {
            "grant": grant,
            "deputy": world.accounts["deputy"],
            "valid_from": "24/01/2025",
            "valid_to": "31/01/2025",
            "reason": "Đi học tập trung",
        }
        answer = leader.post("/account/delegations", **(fields | more))
        return leader.get(answer.location) if answer.status_code == 303 else answer

    return delegated


def text(answer: TestResponse) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def test_a_leader_hands_over_and_takes_back(
    world: World, as_: As, delegate: Callable[..., TestResponse]
) -> None:
    shown = delegate()
    browser = as_(LEADER)
    [revoke] = re.findall(r'action="(/account/delegations/\d+/revoke)"', shown.text)
    browser.get("/account/delegations")
    after = browser.get(browser.post(revoke).location)

    assert f"{NAME} Thủ trưởng đơn vị, Cổ Linh Mọi biểu mẫu" in text(shown)
    assert "Đang hiệu lực" in text(shown)
    assert "Đã thu hồi" in text(after)
    assert revoke not in after.text


def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(
    world: World, as_: As, delegate: Callable[..., TestResponse]
) -> None:
    refused = delegate(deputy="", valid_to="31/02/2025", reason="Nghỉ phép năm")
    short = delegate(reason="bận", valid_to="23/01/2025")

    assert refused.status_code == short.status_code == 422
    assert 'href="#valid_to"' in refused.text
    assert "Nghỉ phép năm" in refused.text
    assert "Ghi lý do, từ 5 đến 500 ký tự." in text(short)
    assert "Ngày cuối phải từ ngày đầu trở đi." in text(short)
    assert world.count("delegation") == 0


def test_everything_that_is_missing_is_said_at_once(as_: As) -> None:
    answer = as_("commune_signer").post("/account/delegations", valid_from="24/01/2025")

    said = text(answer)
    assert answer.status_code == 422
    for message in ("Nhập ngày theo dạng", "Chọn một người cùng đơn vị", "Ghi lý do, từ 5"):
        assert message in said


def test_a_deputy_reads_in_whose_name_before_and_after_signing(
    world: World, as_: As, delegate: Callable[..., TestResponse], submitted: SubmissionView
) -> None:
    leader = world.services.accounts.name_of(world.accounts[LEADER])
    delegate()
    browser, id_ = as_("deputy"), submitted.submission.id
    for page in (
        "/work",
        "/account",
        "/admin/approvals/",
        f"/admin/approvals/{id_}/",
        f"/submissions/{id_}/review?event=sign",
    ):
        assert f"Thay mặt ông/bà {leader}" in text(browser.get(page)), page
    edit = str(submitted.submission.edit)
    done = browser.post(f"/submissions/{id_}/events/sign", edit=edit)
    words = f"{NAME}, thay mặt ông/bà {leader}"

    assert done.status_code == 303
    assert words in text(browser.get(done.location))
    assert words in text(browser.get(f"/submissions/{id_}/history"))
    assert words in text(as_("district_approver").get(f"/admin/approvals/{id_}/"))
    assert words in text(as_("admin").get("/admin/audit/?search=submission/"))


def test_the_print_says_under_whose_authority_it_was_signed(
    world: World, as_: As, delegate: Callable[..., TestResponse], submitted: SubmissionView
) -> None:
    delegate()
    leader = world.services.accounts.name_of(world.accounts[LEADER])
    actor = world.actor("deputy")
    view = world.services.approvals.decide(
        actor, submitted.submission.id, "sign", seen=submitted.submission.edit
    )
    names = world.services.exports._names(view)
    head = signatures(view.unit, names)[-1]

    assert head.name == f"{NAME} (thay mặt {leader})"
    assert "TUQ. CHỦ TỊCH" in head.lines


def test_an_administrator_sees_and_revokes_every_delegation(
    world: World, as_: As, delegate: Callable[..., TestResponse]
) -> None:
    delegate()
    browser = as_("admin")
    listed = browser.get("/admin/delegations/?search=luong&holds=now")
    [details] = re.findall(r'href="(/admin/delegations/details/\?id=\d+)"', listed.text)
    shown = browser.get(details)
    [revoke] = re.findall(r'action="(/admin/delegations/revoke/\?id=\d+)"', shown.text)
    after = browser.get(browser.post(revoke).location)

    assert NAME in text(listed)
    assert "Đi học tập trung" in text(shown)
    assert "Đã thu hồi" in text(after)
    assert not world.actor("deputy").units(Role.SIGNER)


@pytest.mark.parametrize("username", ["commune_reporter", "province_reader"])
def test_who_signs_and_approves_nothing_has_no_such_page(as_: As, username: str) -> None:
    browser = as_(username)

    assert browser.get("/account/delegations").status_code == 403
    assert "Ủy quyền" not in text(browser.get("/account"))
