"""A workflow played on a page: by whom, why not, days, one step back; nothing is written."""

import html
import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest

from server.core.access import SYSTEM, Grant, Role
from tests.definitions.shipped import ROOT, json_of
from tests.web.admin.test_workflow_pages import CODE, text_of
from tests.world import World

PAGE = f"/admin/workflows/simulate/?id={CODE}/1&unit=u-commune"
SUBMIT, SIGN, APPROVE = 0, 2, 6


@pytest.fixture
def play(as_, world: World):
    """``play((SUBMIT, "commune_reporter"), "w6")`` is the page after these turns."""
    admin = as_("admin")

    def played(*turns: tuple[int, str] | str, **supposed: str) -> str:
        steps = "~".join(
            turn if isinstance(turn, str) else f"{turn[0]}.{world.accounts[turn[1]]}"
            for turn in turns
        )
        more = "".join(f"&{name}={value}" for name, value in supposed.items())
        answer = admin.get(f"{PAGE}&steps={steps}{more}")
        assert answer.status_code == 200
        return answer.text

    return played


SENT = ((SUBMIT, "commune_reporter"), (SIGN, "commune_signer"))


def links(page: str) -> dict[str, dict[str, list[str]]]:
    """The links into the play by what they say, as the arguments of their addresses."""
    address = r"/admin/workflow[^\"]*/(?:simulate|play)/[^\"]*"
    found = re.findall(rf'<a [^>]*href="({address})"[^>]*>(.*?)</a>', page)
    return {
        re.sub(r"<[^>]+>", "", said).strip(): parse_qs(urlsplit(html.unescape(leads_to)).query)
        for leads_to, said in found
    }


def test_the_first_position_offers_the_clerk_what_can_be_done(play, world) -> None:
    page = play()

    assert "Đang nhập" in text_of(page)
    link = links(page)["commune reporter: Trình ký"]
    assert link["steps"] == [f"{SUBMIT}.{world.accounts['commune_reporter']}"]
    assert link["unit"] == ["u-commune"]


def test_following_the_links_leads_to_the_end_and_nothing_is_written(play, as_, world) -> None:
    before = [world.count(table) for table in ("event", "submission", "draft_change")]
    page = play()
    for said in (
        "commune reporter: Trình ký",
        "commune signer: Ký duyệt và gửi",
        "district approver: Duyệt",
        "province approver: Duyệt",
    ):
        steps = links(page)[said]["steps"][0]
        page = play(*steps.split("~"))

    assert "Tỉnh đã duyệt" in text_of(page).partition("Báo cáo đang ở")[2][:60]
    assert [world.count(table) for table in ("event", "submission", "draft_change")] == before


def test_a_step_back_is_the_position_before(play) -> None:
    page = play(*SENT)

    back = links(page)["Lùi một bước"]["steps"][0]

    assert play(*back.split("~")).partition('id="now"')[2] == play(SENT[0]).partition('id="now"')[2]


def test_whoever_vouched_is_named_with_the_reason_why_not(play, world) -> None:
    clerk = world.services.accounts.by_username("commune_reporter")
    world.services.accounts.grant(SYSTEM, clerk.id, Grant(Role.SIGNER, "u-commune"))

    page = text_of(play(SENT[0]))

    assert "commune reporter: không được duyệt báo cáo do chính mình lập hoặc ký" in page


def test_days_pass_and_somebody_else_may_stand_in(play) -> None:
    page = play(*SENT)
    wait = links(page)["Chờ đến khi quá hạn (6 ngày làm việc)"]["steps"][0]

    late = text_of(play(*wait.split("~")))

    assert "Đã ở đây 6 ngày làm việc." in late
    assert "Người duyệt, Bắc Kạn (làm thay vì quá hạn)" in late


def test_a_guard_that_is_supposed_not_to_be_met_shuts_the_step(play) -> None:
    page = play(**{"no.answers_valid": "1"})

    assert "commune reporter: Trình ký" not in links(page)
    assert "Chưa thực hiện được vì chưa đạt: số liệu không còn lỗi" in text_of(page)


def test_an_address_that_no_longer_fits_is_played_as_far_as_it_goes(play) -> None:
    page = text_of(play(SENT[0], (SIGN, "commune_reporter"), "w3"))

    assert "không còn thực hiện được: không có vai trò cần thiết" in page
    assert "Đã đi qua commune reporter: Trình ký, đến Chờ lãnh đạo ký" in page


def test_the_facts_that_conditions_ask_for_can_be_supposed(as_, world) -> None:
    document = json_of(ROOT / f"workflows/{CODE}/v01.json")
    approve = document["transitions"][APPROVE]
    approve["when"] = 'nil || findings.warnings > 2 || value("/households") > 5'
    quick = {
        **approve,
        "when": 'nil == false && findings.warnings <= 2 && value("/households") <= 5',
    }
    document["transitions"].append({**quick, "to": "approved"})
    document["version"] = 2
    world.services.catalogue.publish(json.dumps(document), "workflow", SYSTEM)
    steps = "~".join(f"{number}.{world.accounts[name]}" for number, name in SENT)
    page = f"/admin/workflows/simulate/?id={CODE}/2&unit=u-commune&steps={steps}"
    admin = as_("admin")

    few = text_of(admin.get(f"{page}&findings.warnings=1&value./households=3").text)
    many = text_of(admin.get(f"{page}&findings.warnings=3&value./households=3").text)

    shut = "Chưa thực hiện được vì điều kiện chưa đúng: "
    assert f"Huyện đã duyệt Người duyệt, huyện {shut}" in few
    assert f"Tỉnh đã duyệt Người duyệt, huyện {shut}" in many
    assert "báo cáo không phát sinh" in few and "số cảnh báo" in few


def test_a_guest_cannot_play(as_) -> None:
    assert as_("province_approver").get(PAGE).status_code == 403
