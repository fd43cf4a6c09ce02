"""The small province's own people against its workflows."""

from server.core.access import SYSTEM, Grant, Role
from tests.world import World


def gaps(world: World, *units: str):
    workflow = world.services.catalogue.workflow("commune_district_province")
    found = world.services.staffing.gaps(workflow, units)
    return [(gap.org_unit, gap.state, gap.why) for gap in found]


def test_the_commune_with_all_its_people_has_no_gap(world):
    assert gaps(world, "u-commune", "u-gone") == []


def test_a_commune_without_a_head_stops_at_the_signature(world):
    assert gaps(world, "u-neighbour", "u-commune") == [
        ("u-neighbour", "awaiting_signature", "nobody")
    ]


def test_a_district_without_an_approver_stops_what_its_communes_send(world):
    found = gaps(world, "u-far")

    assert ("u-far", "submitted", "nobody") in found


def test_who_can_no_longer_sign_in_counts_for_nothing(world):
    head = world.services.accounts.by_username("commune_signer")

    world.services.accounts.set_active(SYSTEM, head.id, active=False)

    assert gaps(world, "u-commune") == [("u-commune", "awaiting_signature", "nobody")]


def test_a_new_grant_closes_the_gap(world):
    clerk = world.services.accounts.by_username("other_district_reporter")

    world.services.accounts.grant(SYSTEM, clerk.id, Grant(Role.SIGNER, "u-neighbour"))

    assert gaps(world, "u-neighbour") == []
