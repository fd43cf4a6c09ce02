"""Survey records beyond their unit: what others see masked, and the figures they become."""

import pytest

from server.core.access import SYSTEM, Grant, Role
from server.core.personal import MASK
from server.core.submission import Change
from tests.core.make_survey import FAMILY, visit, visits_form
from tests.survey_world import Survey, open_survey
from tests.world import World


@pytest.fixture
def survey(world: World) -> Survey:
    return open_survey(world)


def clerk(survey: Survey):
    return survey.world.actor("commune_reporter")


def observations(survey: Survey, *, final_only: bool) -> dict[str, int | None]:
    survey.world.services.dispatch.run()
    found = survey.world.services.reports.observations.totals(
        ["0101", "0109", "1006"], periods=["2024"], final_only=final_only
    )
    return {one.indicator: one.scaled for one in found}


# Masking


READERS = ("district_approver", "province_approver", "province_reader", "admin")


@pytest.mark.parametrize("username", READERS)
def test_personal_values_are_masked_for_those_above(survey: Survey, username: str) -> None:
    record = survey.add(visit(7, *FAMILY)).record.id
    reader = survey.world.actor(username)

    found = survey.records.get(reader, survey.id, record)
    (listed,) = survey.records.list_(reader, survey.id).items

    assert found.record.answers["head"] == listed.answers["head"] == MASK
    assert found.record.answers["members"][0]["name"] == MASK
    assert "Chủ hộ" not in repr(found) + repr(listed)


@pytest.mark.parametrize("username", ["commune_reporter", "commune_signer"])
def test_the_unit_itself_sees_them(survey: Survey, username: str) -> None:
    record = survey.add(visit(7, *FAMILY)).record.id

    found = survey.records.get(survey.world.actor(username), survey.id, record)

    assert found.record.answers["head"] == "Chủ hộ 7"


@pytest.mark.parametrize(
    ("unit", "seen"), [("u-district", True), ("u-province", True), ("u-other-district", False)]
)
def test_a_personal_grant_shows_them_there_and_below(survey: Survey, unit: str, seen: bool) -> None:
    record = survey.add(visit(7, *FAMILY)).record.id
    accounts = survey.world.services.accounts
    grant = Grant(Role.READER, unit, personal=True)
    accounts.grant(SYSTEM, survey.world.accounts["province_reader"], grant)

    found = survey.records.get(survey.world.actor("province_reader"), survey.id, record)

    assert (found.record.answers["head"] == "Chủ hộ 7") is seen


def test_reports_with_personal_cells_are_masked_as_well(world: World) -> None:
    form = visits_form()
    form["x-form"] |= {"kind": "report", "workflow": "commune_district_province"}
    for keyword in ("x-unique", "x-tally", "x-feeds"):
        del form[keyword]
    del form["properties"]["village"]["x-carry"]
    del form["x-tests"][0]["feeds"]
    report = open_survey(world, form)
    clerk_, service = world.actor("commune_reporter"), world.services.submissions
    view = service.get(clerk_, report.id)
    service.save_answers(clerk_, report.id, seen=view.submission.edit, answers=visit(7, *FAMILY))
    report.send()
    sent = report.view("district_approver")
    approver = world.actor("district_approver")
    report.fire("district_approver", "return", supplied={"note": "Ghi lại tên chủ hộ."})
    service.save_cells(clerk_, report.id, [Change("/head", "Chủ hộ 7", "Chủ hộ khác")])

    shown = service.get(approver, report.id)
    sealed = service.revision(approver, report.id, 1)
    changes = service.diff(approver, report.id, 1)
    (inboxed,) = [item.view for item in world.services.approvals.inbox(approver).items] or [sent]

    assert "Chủ hộ" not in repr([shown, sealed, changes, inboxed, sent])
    assert [change.path for change in changes] == ["/head"]
    assert service.get(clerk_, report.id).submission.answers["head"] == "Chủ hộ khác"
    assert service.revision(clerk_, report.id, 1).answers["head"] == "Chủ hộ 7"


# Observations


def test_a_sent_return_yields_provisional_and_an_accepted_one_final_figures(
    survey: Survey,
) -> None:
    survey.add(visit(1, *FAMILY))
    survey.add(visit(2, ("male", 30), area=4.5))
    before = observations(survey, final_only=False)
    survey.send()
    sent = observations(survey, final_only=False)
    not_final = observations(survey, final_only=True)
    survey.fire("province_approver", "approve")

    assert before == {}
    assert sent == {"0101": 4, "0109": 2, "1006": 150}
    assert not_final == {}
    assert observations(survey, final_only=True) == sent


def test_a_returned_return_takes_its_figures_back(survey: Survey) -> None:
    survey.add(visit(1, *FAMILY))
    survey.send()
    sent = observations(survey, final_only=False)
    survey.fire("province_approver", "return", supplied={"note": "Ghi lại diện tích."})

    assert sent and observations(survey, final_only=False) == {}


def test_rebuilding_changes_no_figure(survey: Survey) -> None:
    survey.add(visit(1, *FAMILY))
    survey.send()
    before = observations(survey, final_only=False)

    for _ in range(2):
        survey.world.services.dispatch.rebuild()

    assert observations(survey, final_only=False) == before


def test_the_sealed_digest_covers_the_sheets(survey: Survey) -> None:
    record = survey.add(visit(1, *FAMILY)).record.id
    survey.send()
    first = survey.world.services.submissions.revision(clerk(survey), survey.id, 1).digest
    survey.fire("province_approver", "return", supplied={"note": "Ghi lại diện tích."})
    changes = [Change("/area", 10.5, 11)]
    survey.records.save(clerk(survey), survey.id, record, changes)
    survey.send()

    second = survey.world.services.submissions.revision(clerk(survey), survey.id, 2).digest
    assert first != second
