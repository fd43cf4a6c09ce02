"""Groups of units: kept by administrators, seen first by their officers, never a right."""

import re
from collections.abc import Callable
from datetime import date

import pytest

from server.core.access import Grant, Role
from server.core.assignment import AssignmentRule
from server.core.unit_group import GroupUnit, UnitGroup
from server.errors import AccessDenied, InputInvalid
from server.services.accounts import NewAccount
from server.services.delegations import Wish
from server.services.review import SubmissionView
from server.services.unit_groups import GroupWish
from tests.web.admin.conftest import As, decide
from tests.world import GOOD, World

Sent = Callable[..., SubmissionView]
DESK, GROUPS = "/admin/approvals/", "/admin/unit-groups/"
NEIGHBOUR_ONLY = (GroupUnit("u-neighbour", date(2025, 1, 1)),)


def officer(world: World) -> str:
    return world.accounts["district_approver"]


def colleague(world: World) -> str:
    """A second approver of the district."""
    accounts = world.services.accounts
    line = NewAccount("second_approver", "second approver", None, Role.APPROVER, "u-district")
    return accounts.create(world.actor("admin"), line).id


def found_group(
    world: World, members: tuple[GroupUnit, ...] = NEIGHBOUR_ONLY, **more: object
) -> UnitGroup:
    given = {"officers": (officer(world),), "substitutes": (), **more}
    wish = GroupWish(name="Nhóm 1", members=members, **given)  # type: ignore[arg-type]
    return world.services.unit_groups.add(world.actor("admin"), wish)


def shown(page: str) -> list[str]:
    return re.findall(r"data-open>([^<]+)<", page)


def test_an_officer_sees_the_own_group_first_and_everything_on_demand(
    as_: As, sent: Sent, world: World
) -> None:
    sent()
    found_group(world)
    person = as_("district_approver")

    own, every = person.get(DESK).text, person.get(f"{DESK}?group=all").text

    assert shown(own) == []
    assert "Ngoài nhóm còn 1 báo cáo chờ" in own
    assert shown(every) == ["Cổ Linh"]


def test_a_group_is_no_right_a_report_outside_it_can_be_decided(
    as_: As, sent: Sent, world: World
) -> None:
    view = sent()
    found_group(world)

    as_("district_approver").post(
        f"{DESK}{view.submission.id}/decide/", event="approve", edit=view.submission.edit
    )

    assert world.services.submissions.submissions.get(view.submission.id).state != "submitted"


def test_a_group_of_units_out_of_reach_opens_nothing(as_: As, world: World) -> None:
    far = (GroupUnit("u-far", date(2025, 1, 1)),)
    group = found_group(world, far)
    person = as_("district_approver")

    assert shown(person.get(f"{DESK}?group={group.id}").text) == []
    assert world.services.unit_groups.in_reach(world.actor("district_approver")) == []


def test_whoever_acts_for_the_officer_has_the_group_too(world: World) -> None:
    deputy = colleague(world)
    found_group(world)
    service, accounts = world.services, world.services.accounts
    before = service.unit_groups.own(world.actor("second_approver"))
    (own,) = service.delegations.delegable(world.actor("district_approver"))
    service.delegations.grant(
        world.actor("district_approver"),
        Wish(own.id, deputy, date(2025, 1, 24), date(2025, 1, 31), "Đi công tác tuần này"),
    )

    assert before == []
    assert [one.name for one in service.unit_groups.own(accounts.actor_of(deputy))] == ["Nhóm 1"]


def test_a_substitute_has_the_group_only_while_its_officer_is_away(world: World) -> None:
    stands_in = colleague(world)
    found_group(world, substitutes=(stands_in,))
    service, accounts = world.services, world.services.accounts
    before = service.unit_groups.own(world.actor("second_approver"))
    third = NewAccount("third_approver", "third approver", None, Role.APPROVER, "u-district")
    other = accounts.create(world.actor("admin"), third).id
    (own,) = service.delegations.delegable(world.actor("district_approver"))
    service.delegations.grant(
        world.actor("district_approver"),
        Wish(own.id, other, date(2025, 1, 24), date(2025, 1, 31), "Nghỉ phép một tuần"),
    )

    assert before == []
    assert len(service.unit_groups.own(world.actor("second_approver"))) == 1


def test_the_board_shows_the_officers_group_first(as_: As, world: World) -> None:
    found_group(world)
    person = as_("district_approver")

    own, every = person.get("/progress").text, person.get("/progress?group=all").text

    assert "Bộc Bố" in own
    assert "Cổ Linh" not in own
    assert "Cổ Linh" in every


def test_a_unit_that_is_unticked_leaves_on_the_day_before_and_stays_written_down(
    as_: As, world: World
) -> None:
    group, person = found_group(world), as_("admin")

    saved = person.post(
        f"{GROUPS}{group.id}/",
        edit=1,
        name="Nhóm 1",
        officer=officer(world),
        unit=["u-commune"],
        **{"from": "24/01/2025"},
    )
    kept = world.services.unit_groups.get(group.id)

    assert saved.status_code == 303
    assert kept.units(date(2025, 1, 23)) == {"u-neighbour"}
    assert kept.units(date(2025, 1, 24)) == {"u-commune"}
    assert world.count("event WHERE name = 'unit_group.changed'") == 1


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"name": ""}, "Nhập tên nhóm"),
        ({"unit": []}, "Chọn ít nhất một đơn vị."),
        ({"from": "hôm nay"}, "Nhập ngày dạng ngày/tháng/năm."),
    ],
)
def test_what_is_missing_in_a_group_is_said_and_nothing_is_kept(
    as_: As, world: World, fields: dict[str, object], message: str
) -> None:
    given = {"name": "Nhóm 2", "unit": ["u-commune"], "from": "24/01/2025", "edit": 1, **fields}

    page = as_("admin").post(f"{GROUPS}new/", **given)

    assert page.status_code == 422
    assert message in page.text
    assert world.count("unit_group") == 0


def test_a_group_is_forgotten_with_its_members_and_people(as_: As, world: World) -> None:
    group = found_group(world, substitutes=(colleague(world),))

    as_("admin").post(f"{GROUPS}{group.id}/delete/")

    assert world.services.unit_groups.all() == []
    assert world.count("unit_group_unit") == world.count("unit_group_officer") == 0
    assert world.count("event WHERE name = 'unit_group.removed'") == 1


def test_a_group_without_officers_serves_rules_and_holds_units_of_every_level(
    as_: As, world: World
) -> None:
    person = as_("admin")
    form = person.get(f"{GROUPS}new/").text

    made = person.post(
        f"{GROUPS}new/", edit=1, name="Khu vực III",
        unit=["u-commune", "u-district"], **{"from": "01/01/2025"},
    )  # fmt: skip
    [group] = world.services.unit_groups.all()
    ruled = person.post(
        "/admin/assignments/new/", form="households", title="Theo nhóm", group=group.id,
        without_codes="01837",
    )  # fmt: skip

    assert [form.index(f"<legend>{level}</legend>") for level in ("Xã", "Huyện", "Tỉnh")] == sorted(
        form.index(f"<legend>{level}</legend>") for level in ("Xã", "Huyện", "Tỉnh")
    )
    assert (made.status_code, ruled.status_code) == (303, 303)
    assert group.units(date(2025, 1, 1)) == {"u-commune", "u-district"}
    assert "chưa có người phụ trách" not in person.get(GROUPS).text
    listed = person.get("/admin/assignments/").text
    assert "Mọi đơn vị của nhóm “Khu vực III”; trừ Bộc Bố" in listed
    [rule] = world.services.assignments.store.all()
    edited = person.get(f"/admin/assignments/edit/?id={rule.id}").text
    assert re.search(rf'<option selected value="{group.id}">Khu vực III</option>', edited)


def test_a_group_that_a_rule_names_says_so_instead_of_going(as_: As, world: World) -> None:
    group, person = found_group(world), as_("admin")
    rule = AssignmentRule("households", "Theo nhóm", group=group.id)
    world.services.assignments.save(world.actor("admin"), rule)

    sheet = person.get(f"{GROUPS}{group.id}/").text
    answer = person.post(f"{GROUPS}{group.id}/delete/")

    assert "Quy tắc phân công dùng nhóm này" in sheet
    assert "Xóa nhóm" not in sheet
    assert answer.status_code == 303
    assert (
        "Không xóa được nhóm: quy tắc phân công “Theo nhóm” dùng nhóm này."
        in person.get(answer.location).text
    )
    assert world.services.unit_groups.all() == [group]


def test_only_administrators_keep_groups_and_only_approvers_look_after_them(
    as_: As, world: World
) -> None:
    clerk = world.accounts["commune_reporter"]
    wish = GroupWish("Nhóm 1", NEIGHBOUR_ONLY, (clerk,), ())

    with pytest.raises(InputInvalid):
        world.services.unit_groups.add(world.actor("admin"), wish)
    with pytest.raises(AccessDenied):
        world.services.unit_groups.add(world.actor("district_approver"), wish)
    assert as_("district_approver").get(GROUPS).status_code == 403


def test_every_ticked_report_of_the_group_is_approved_at_once(
    as_: As, sent: Sent, world: World
) -> None:
    head = Grant(Role.SIGNER, "u-neighbour")
    world.services.accounts.grant(world.actor("admin"), world.accounts["commune_signer"], head)
    sent()
    view = world.services.submissions.start(
        world.actor("neighbour_reporter"),
        form="households",
        org_unit="u-neighbour",
        period="2024",
        answers=GOOD,
    )
    view = decide(world, view, "neighbour_reporter", "submit")
    decide(world, view, "commune_signer", "sign")
    found_group(world)
    person = as_("district_approver")
    chosen = re.findall(r'name="chosen" value="([^"]+)"', person.get(DESK).text)

    page = person.get(person.post(f"{DESK}bulk/", chosen=chosen).location).text

    assert page.count('data-outcome="done"') == 1
    assert [item.view.unit.name for item in world.services.approvals.inbox(
        world.actor("district_approver")).items] == ["Cổ Linh"]  # fmt: skip
