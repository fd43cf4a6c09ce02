"""The parent after its children: a level above waits until the reports below are approved."""

import json
from datetime import date

import pytest

from server.core.access import SYSTEM, Grant, Role
from server.core.obligation import Round
from server.errors import GuardFailed
from server.services.review import SubmissionView
from tests.definitions.shipped import ROOT, json_of
from tests.world import GOOD, PERIOD, World, household_form

FORM = "tree_report"
CLERKS = {"u-commune": "commune_reporter", "u-neighbour": "neighbour_reporter"}


@pytest.fixture
def district(world: World) -> SubmissionView:
    """The district's own report on the communes' form; its approval waits for theirs."""
    services, admin = world.services, world.actor("admin")
    document = json_of(ROOT / "workflows/department_province/v01.json")
    for move in document["transitions"]:
        if move["event"] == "approve":
            move["guards"] = ["not_own_work", "children_done"]
    form = household_form(FORM)
    form["x-form"] |= {  # type: ignore[operator]
        "prefix": "CAY01",
        "assignedTo": {"levels": ["commune", "district"]},
        "due": {"commune": "P15D", "district": "P22D"},
        "workflow": {"commune": "commune_district_province", "district": "department_province"},
    }
    for text, kind in ((document, "workflow"), (form, "form")):
        services.catalogue.publish(json.dumps(text), kind, SYSTEM)  # type: ignore[arg-type]
    services.rounds.open(
        admin,
        Round(
            id="round-tree",
            code="CAY-2024",
            title="Báo cáo hai cấp",
            period=PERIOD,
            letter_number="03/BDT",
            letter_on=date(2024, 12, 1),
            contact="Phòng Tổng hợp",
            phone="0209 000 000",
            level="official",
            forms=(FORM,),
            opens_on=date(2024, 12, 1),
        ),
    )
    for username, role in (
        ("commune_reporter", Role.REPORTER),
        ("commune_signer", Role.SIGNER),
        ("neighbour_reporter", Role.REPORTER),
    ):
        services.accounts.grant(SYSTEM, world.accounts[username], Grant(role, "u-district"))
    return report(world, "commune_reporter", "u-district")


def report(world: World, by: str, unit: str) -> SubmissionView:
    return world.services.submissions.start(
        world.actor(by), form=FORM, org_unit=unit, period=PERIOD, answers=GOOD
    )


def test_the_parent_is_approved_after_the_last_of_its_children(world, district, decide) -> None:
    letter = {"signer_title": "Chủ tịch", "letter_number": "12/BC", "signed_on": "2025-01-24"}
    parent = decide(district, "commune_reporter", "send", supplied=letter)
    waiting = []
    for unit, clerk in CLERKS.items():
        with pytest.raises(GuardFailed) as refused:
            decide(parent, "province_approver", "approve")
        assert refused.value.facts["guard"] == "children_done"
        waiting.append(sorted(refused.value.facts["org_units"]))
        child = decide(report(world, clerk, unit), clerk, "send", supplied=letter)
        child = decide(child, "district_approver", "approve")
        decide(child, "province_approver", "approve")

    approved = decide(parent, "province_approver", "approve")

    assert waiting == [["u-commune", "u-neighbour"], ["u-neighbour"]]
    assert approved.state.final
