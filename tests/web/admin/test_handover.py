"""The page Bàn giao công việc: choose, look, confirm."""

import re

import pytest

from server.core.access import SYSTEM, Right, Role
from server.services.accounts import NewAccount
from tests.web.admin.conftest import As
from tests.web.admin.test_delegations import text
from tests.world import World


@pytest.fixture
def address(world: World) -> str:
    new = NewAccount("moi", "Người mới đến", None, Role.READER, "u-commune")
    world.accounts["moi"] = world.services.accounts.create(SYSTEM, new).id
    return f"/admin/accounts/handover/?id={world.accounts['commune_reporter']}"


def test_the_plan_is_shown_before_anything_moves(world: World, as_: As, address: str) -> None:
    admin = as_("admin")
    fields = {"successor": world.accounts["moi"], "last_day": "23/01/2025"}
    account = admin.get(address.replace("handover", "details"))
    preview = admin.post(address, **fields)
    before = world.actor("moi").may(Right.FILL)
    done = admin.post(address, **fields, confirmed="yes")

    assert address in account.text
    assert preview.status_code == 200
    assert "Quyền chuyển sang (1)" in text(preview)
    assert "Người lập biểu, Cổ Linh" in text(preview)
    assert not before
    assert done.status_code == 303
    assert "Đã bàn giao công việc cho Người mới đến." in text(admin.get(done.location))
    assert world.actor("moi").may(Right.FILL)
    assert not world.actor("commune_reporter").may(Right.FILL)
    for username in ("moi", "commune_reporter"):
        log = admin.get(f"/admin/audit/?search=account/{world.accounts[username]}")
        assert re.search("(Nhận bàn|Bàn) giao công việc", text(log))


@pytest.mark.parametrize(
    ("successor", "last_day", "message"),
    [
        ("neighbour_reporter", "24/01/2025", "Chọn một người cùng đơn vị"),
        ("moi", "20/01/2025", "không được trước hôm qua"),
        ("moi", "hôm nay", "Nhập ngày theo dạng"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_moves(
    world: World, as_: As, address: str, successor: str, last_day: str, message: str
) -> None:
    answer = as_("admin").post(
        address, successor=world.accounts[successor], last_day=last_day, confirmed="yes"
    )

    assert answer.status_code == 422
    assert message in text(answer)
    assert world.actor("commune_reporter").may(Right.FILL)


def test_nobody_hands_over_the_own_work(world: World, as_: As) -> None:
    admin = as_("admin")
    answer = admin.get(f"/admin/accounts/handover/?id={world.accounts['admin']}")

    assert answer.status_code == 303
    assert "của chính mình" in text(admin.get(answer.location))
