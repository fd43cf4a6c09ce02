"""People: one at a time, from a sheet, their codes, their grants, their tokens."""

import re
from io import BytesIO

import pytest

from server.core.access import Role
from tests.web.admin.conftest import As, Person
from tests.world import World

IMPORT = "/admin/accounts/import/"
GOOD_SHEET = (
    "username,name,email,role,org_unit\n"
    "hoa.cl,Lý Thị Hoa,,reporter,01858\n"
    "dung.bb,Nông Văn Dũng,dung@example.vn,Thủ trưởng đơn vị,01837\n"
)
BAD_SHEET = (
    "username;name;email;role;org_unit\n"
    "hoa.cl;Lý Thị Hoa;;reporter;01858\n"
    "HOA.CL;Ai đó;;reporter;01858\n"
    "admin;Trùng tên;;reporter;01858\n"
    "moi.1;;không phải thư;nhà vua;99999\n"
    "thieu;cột\n"
)
CODE = re.compile(r'<code class="secret">([^<]+)</code>')


def upload(person: Person, content: bytes) -> object:
    return person.post(IMPORT, sheet=(BytesIO(content), "people.csv"))


def page_of(world: World, username: str) -> str:
    return f"id={world.accounts[username]}"


def test_a_person_is_created_with_a_role_at_the_unit(as_: As, world: World) -> None:
    response = as_("admin").post(
        "/admin/accounts/new/",
        username="mai.cl",
        name="Triệu Thị Mai",
        org_unit="u-commune",
        role="signer",
    )

    assert response.status_code == 303
    assert world.actor("mai.cl").units(Role.SIGNER) == {"u-commune"}


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"username": "ADMIN"}, "Tên đăng nhập này đã có."),
        ({"org_unit": ""}, "Chọn đơn vị công tác"),
        ({"email": "a b@c"}, "Thư điện tử không đúng dạng."),
        ({"role": "king"}, "Chọn một mục trong danh sách."),
    ],
)
def test_a_wrong_person_is_refused(
    as_: As, world: World, changed: dict[str, str], message: str
) -> None:
    given = {"username": "mai.cl", "name": "Mai", "org_unit": "u-commune", "role": "signer"}
    before = world.count("account")

    response = as_("admin").post("/admin/accounts/new/", **(given | changed))

    assert message in response.text
    assert world.count("account") == before


def test_a_bad_sheet_shows_every_refused_line_and_saves_nothing(as_: As, world: World) -> None:
    before = world.count("account")

    response = upload(as_("admin"), BAD_SHEET.encode())

    assert response.status_code == 422
    for message in (
        "4 trên 5 dòng chưa nhập được",
        "Trùng tên đăng nhập với dòng 2.",
        "Tên đăng nhập này đã có.",
        "Thiếu họ tên.",
        "Không có vai trò nhà vua.",
        "Không có đơn vị nào mang mã 99999 hôm nay.",
        "Dòng phải có đúng 5 cột",
    ):
        assert message in response.text
    assert 'name="confirmed"' not in response.text
    assert world.count("account") == before


def test_a_good_sheet_is_shown_before_anything_is_saved(as_: As, world: World) -> None:
    before = world.count("account")

    response = upload(as_("admin"), GOOD_SHEET.encode("utf-8-sig"))

    assert response.status_code == 200
    assert "Tạo 2 tài khoản" in response.text
    assert world.count("account") == before


def test_a_confirmed_sheet_gives_codes_that_open_the_accounts(as_: As, world: World) -> None:
    response = as_("admin").post(IMPORT, confirmed="yes", text=GOOD_SHEET)

    codes = CODE.findall(response.text)
    assert len(codes) == 2
    account, _token = world.services.accounts.redeem_code(
        "hoa.cl", codes[0], "đường về bản xa", "127.0.0.1"
    )
    assert account.name == "Lý Thị Hoa"
    assert world.actor("dung.bb").units(Role.SIGNER) == {"u-neighbour"}


def test_a_sheet_confirmed_twice_makes_nobody_twice(as_: As, world: World) -> None:
    admin = as_("admin")
    admin.post(IMPORT, confirmed="yes", text=GOOD_SHEET)
    before = world.count("account")

    response = admin.post(IMPORT, confirmed="yes", text=GOOD_SHEET)

    assert response.status_code == 422
    assert world.count("account") == before


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "Chọn tệp CSV."),
        (b"\xff\xfe\x00bad", "CSV UTF-8"),
        (b"x" * 200_001, "200 kB"),
        (b"username,name,email,role,org_unit\n", "Tệp không có dòng nào."),
        (b"a,b,c,reporter,01858\n" * 1001, "1.000 dòng"),
    ],
)
def test_a_file_that_is_no_sheet_is_refused(as_: As, content: bytes, message: str) -> None:
    person = as_("admin")
    response = upload(person, content) if content else person.post(IMPORT)

    assert response.status_code == 422
    assert message in response.text


def test_a_new_code_is_shown_once(as_: As, world: World) -> None:
    admin = as_("admin")

    response = admin.post(f"/admin/accounts/code/?{page_of(world, 'commune_signer')}")

    assert len(CODE.findall(response.text)) == 1
    details = admin.get(f"/admin/accounts/details/?{page_of(world, 'commune_signer')}")
    assert CODE.findall(details.text) == []


def test_a_closed_account_cannot_go_on(as_: As, world: World) -> None:
    reader = as_("province_reader")
    assert reader.get("/account").status_code == 200

    as_("admin").post(f"/admin/accounts/active/?{page_of(world, 'province_reader')}", active="0")

    assert reader.get("/account").status_code == 303


def test_nobody_closes_their_own_account(as_: As, world: World) -> None:
    admin = as_("admin")

    admin.post(f"/admin/accounts/active/?{page_of(world, 'admin')}", active="0")

    assert admin.get("/admin/").status_code == 200


def test_a_grant_holds_from_its_day(as_: As, world: World) -> None:
    admin = as_("admin")
    path = f"/admin/accounts/grant/?{page_of(world, 'province_reader')}"

    admin.post(path, role="approver", org_unit="u-district", valid_from="25/01/2025")
    assert world.actor("province_reader").units(Role.APPROVER) == frozenset()
    admin.post(path, role="approver", org_unit="u-other-district", valid_from="24/01/2025")

    assert world.actor("province_reader").units(Role.APPROVER) == {"u-other-district"}


@pytest.mark.parametrize(
    "changed",
    [{"role": "king"}, {"org_unit": "nowhere"}, {"valid_from": "x"}, {"valid_to": "1/1/20"}],
)
def test_a_wrong_grant_is_refused(as_: As, world: World, changed: dict[str, str]) -> None:
    given = {"role": "approver", "org_unit": "u-district", "valid_from": "24/01/2025"}
    before = world.count("account_grant")

    as_("admin").post(
        f"/admin/accounts/grant/?{page_of(world, 'province_reader')}", **(given | changed)
    )

    assert world.count("account_grant") == before


def test_an_ended_grant_no_longer_holds(as_: As, world: World) -> None:
    account = world.accounts["district_approver"]
    kept = world.services.accounts.store.kept_grants(account=account)[0]

    as_("admin").post(f"/admin/accounts/grant/end/?id={account}", grant=kept.id)

    assert world.actor("district_approver").grants == ()


def test_a_grant_of_somebody_else_is_not_ended_through_this_page(as_: As, world: World) -> None:
    kept = world.services.accounts.store.kept_grants(account=world.accounts["district_approver"])[0]

    response = as_("admin").post(
        f"/admin/accounts/grant/end/?{page_of(world, 'province_reader')}", grant=kept.id
    )

    assert response.status_code == 404
    assert world.actor("district_approver").units(Role.APPROVER) == {"u-district"}


def test_a_token_is_shown_once_and_can_be_taken_back(as_: As, world: World) -> None:
    admin, account = as_("admin"), world.accounts["province_reader"]

    page = admin.post(f"/admin/accounts/token/?id={account}", name="Kho dữ liệu tỉnh")
    token = CODE.findall(page.text)[0]
    assert world.services.accounts.account_of_token(token) is not None
    newest = world.services.accounts.store.tokens(account)[-1]
    admin.post(f"/admin/accounts/token/end/?id={account}", token=newest.id)

    assert world.services.accounts.account_of_token(token) is None


def test_name_and_address_change_but_not_the_username(as_: As, world: World) -> None:
    account = world.services.accounts.by_username("province_reader")

    as_("admin").post(
        f"/admin/accounts/edit/?id={account.id}",
        username="other",
        name="Ma Thị Lan",
        email="lan@example.vn",
        org_unit="u-district",
        edit=str(account.edit),
    )

    changed = world.services.accounts.by_username("province_reader")
    assert (changed.name, changed.email, changed.org_unit) == (
        "Ma Thị Lan",
        "lan@example.vn",
        "u-district",
    )
