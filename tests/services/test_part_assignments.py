"""One section of a report given to one clerk: closed to the others, and waited for."""

from collections.abc import Callable

import pytest

from server.errors import (
    AccessDenied,
    GuardFailed,
    InputInvalid,
    PartClosed,
)
from server.services.review import SubmissionView
from tests.divided import ROADS
from tests.world import World


def test_a_section_given_to_one_clerk_is_closed_to_the_others(
    divided: World,
    view: SubmissionView,
    save: Callable[..., SubmissionView],
    do: Callable[..., None],
) -> None:
    second = divided.accounts["commune_second"]
    do("commune_reporter", "assign", "unit.main", second)

    save("commune_second", "/households", 7, 6)
    save("commune_reporter", "/lines/dirt/count", 3, 2)
    with pytest.raises(PartClosed):
        save("commune_reporter", "/households", 8, 7)


def test_a_stand_in_takes_the_section_over(
    divided: World, save: Callable[..., SubmissionView], do: Callable[..., None]
) -> None:
    do("commune_reporter", "assign", "unit.main", divided.accounts["commune_second"])
    do("commune_reporter", "assign", "unit.main", divided.accounts["commune_reporter"])
    save("commune_reporter", "/households", 7, 6)
    do("commune_second", "assign", "unit.main", None)

    assert save("commune_second", "/households", 8, 7).submission.answers["households"] == 8


def test_a_section_that_was_given_away_is_waited_for(
    divided: World,
    view: SubmissionView,
    do: Callable[..., None],
    decide: Callable[..., SubmissionView],
) -> None:
    do("commune_reporter", "assign", "unit.main", divided.accounts["commune_second"])
    do("roads_reporter", "hand_in", ROADS)

    with pytest.raises(GuardFailed):
        decide(view, "commune_reporter", "submit")
    with pytest.raises(AccessDenied):
        do("commune_reporter", "hand_in", "unit.main")
    do("commune_second", "hand_in", "unit.main")
    assert decide(view, "commune_reporter", "submit").submission.state == "awaiting_signature"


@pytest.mark.parametrize(
    "username", ["neighbour_reporter", "commune_signer", "roads_reporter", "admin"]
)
def test_a_section_is_given_to_people_who_fill_for_the_unit_alone(
    divided: World, do: Callable[..., None], username: str
) -> None:
    with pytest.raises(InputInvalid):
        do("commune_reporter", "assign", "unit.main", divided.accounts[username])


def test_a_department_gives_its_part_to_one_of_its_people(
    divided: World, save: Callable[..., SubmissionView], do: Callable[..., None]
) -> None:
    do("roads_reporter", "assign", ROADS, divided.accounts["roads_second"])

    with pytest.raises(AccessDenied):
        do("commune_reporter", "assign", ROADS, None)
    with pytest.raises(PartClosed):
        save("roads_reporter", "/bridges", 3)
    assert save("roads_second", "/bridges", 3).submission.answers["bridges"] == 3


def test_an_undivided_report_has_no_parts_until_a_section_is_given_away(
    divided: World, start: Callable[..., SubmissionView]
) -> None:
    view, clerk = start(), divided.actor("commune_reporter")
    parts = divided.services.parts

    assert parts.of(clerk, view.submission.id) == []
    assert [one.key for one in parts.assignable(clerk, view.submission.id)] == ["main"]
    parts.assign(clerk, view.submission.id, "unit.main", divided.accounts["commune_second"])
    assert [one.part.key for one in parts.of(clerk, view.submission.id)] == ["unit.main"]
    assert parts.assignable(clerk, view.submission.id) == ()
