"""Whose a report is when that was said with a date: units that answer for it, owners of forms."""

from collections.abc import Callable
from datetime import date

import pytest

from server.core.access import SYSTEM, Grant, Role
from server.core.directory import FormOwner
from server.errors import NotFound
from server.services.reminder_reports import DueReports
from server.services.review import SubmissionView
from tests.world import GOOD, World

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def handed(world: World) -> str:
    """The commune's report, for which the neighbour answers by now; the id of what is owed."""
    store = world.services.obligations.obligations
    [report] = store.find("households", "u-commune", "2024")
    store.set_responsible(report.id, "u-neighbour")
    return report.id


@pytest.fixture
def new_head(world: World) -> str:
    """Who signs for the neighbour."""
    account = world.accounts["other_district_reporter"]
    world.services.accounts.grant(SYSTEM, account, Grant(Role.SIGNER, "u-neighbour"))
    return "other_district_reporter"


def waiting(world: World, username: str) -> list[tuple[str, tuple[str, ...]]]:
    found = world.services.approvals.inbox(world.actor(username)).items
    return [
        (item.view.unit.id, tuple(sorted(move.event for move in item.view.moves))) for item in found
    ]


def test_the_head_of_the_unit_that_answers_signs_and_the_one_before_has_nothing(
    world: World, new_head: str, decide: Callable[..., SubmissionView]
) -> None:
    handed(world)
    view = world.services.submissions.start(
        world.actor("neighbour_reporter"),
        form="households",
        org_unit="u-commune",
        period="2024",
        answers=GOOD,
    )
    view = decide(view, "neighbour_reporter", "submit")

    [(unit, moves)] = waiting(world, new_head)
    assert (unit, "sign" in moves) == ("u-commune", True)
    assert waiting(world, "commune_signer") == []
    signed = decide(view, new_head, "sign")
    assert signed.submission.revision == 1
    assert waiting(world, new_head) == []
    assert [unit for unit, _moves in waiting(world, "district_approver")] == ["u-commune"]


def test_a_page_of_the_inbox_does_not_lose_what_was_handed_over(
    world: World, new_head: str, start: Callable[..., SubmissionView], decide: Callable[..., object]
) -> None:
    """Handed over after it was sent to be signed: it moves from one list to the other."""
    decide(start(), "commune_reporter", "submit")
    assert [unit for unit, _moves in waiting(world, "commune_signer")] == ["u-commune"]

    handed(world)

    assert waiting(world, "commune_signer") == []
    assert [unit for unit, _moves in waiting(world, new_head)] == ["u-commune"]


def test_the_letter_of_a_round_reaches_every_unit_that_owes_by_it(world: World) -> None:
    services = world.services
    obligation = services.obligations.get(world.actor("admin"), handed(world))
    assert obligation.round is not None
    assert services.rounds.letters([obligation]) == {}
    services.rounds.attach_letter(world.actor("admin"), obligation.round, PDF, "Công văn.pdf")

    found = services.rounds.letters([obligation])

    assert found[obligation.id].name == "Công văn.pdf"
    assert services.rounds.letter_file(found[obligation.id]).read_bytes() == PDF
    for username in ("commune_reporter", "neighbour_reporter", "district_approver", "admin"):
        assert services.obligations.get(world.actor(username), obligation.id) == obligation
    with pytest.raises(NotFound):
        services.obligations.get(world.actor("other_district_reporter"), obligation.id)


def test_the_people_of_a_form_follow_its_dated_owner(world: World) -> None:
    services = world.services
    workflow = services.catalogue.workflow("commune_district_province")
    before = {(one.forms, one.owner, one.form) for one in services.staffing.routes()}
    owner = FormOwner("06", "households", "u-district", "QĐ 5", valid_from=date(2025, 1, 1))

    services.assignments.save_owner(world.actor("admin"), owner)

    after = {(one.forms, one.owner, one.form) for one in services.staffing.routes()}
    assert all(form == "" for _forms, _owner, form in before)
    assert {form for forms, _owner, form in after if "households" in forms} == {"households"}
    assert all(form == "" for forms, _owner, form in after if "households" not in forms)
    assert services.staffing.gaps(workflow, ["u-commune"], "06", "households") == ()


def test_a_reminder_names_the_owner_of_the_period(world: World) -> None:
    services = world.services
    [report] = services.obligations.obligations.find("households", "u-commune", "2024")
    reports = DueReports(
        services.obligations.obligations, services.submissions.submissions, services.rounds.reviewer
    )
    today = services.clock.today()
    before = reports.bare(report, today, None, None).issuer
    owner = FormOwner("06", "households", "u-district", "QĐ 5", valid_from=date(2024, 12, 1))

    services.assignments.save_owner(world.actor("admin"), owner)

    district = services.reference.unit("u-district", date(2024, 12, 31))
    assert before == services.reference.unit("u-province", date(2024, 12, 31)).name
    assert reports.bare(report, today, None, None).issuer == district.name
