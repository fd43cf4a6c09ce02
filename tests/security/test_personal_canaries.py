"""Personal values carry a mark; who has no right to them finds it on no route and in no file."""

from dataclasses import replace

import pytest

from server.core.access import SYSTEM, Grant, Role
from server.core.submission import Change
from tests.core.make_survey import FAMILY, visit, visits_form
from tests.security.conftest import MakeSite
from tests.security.site import Site
from tests.survey_world import Survey, open_survey

MARK = "bimathonhan"
READERS = ("district_approver", "province_reader", "admin")
REASON = "Nhập trùng với phiếu khác."


@pytest.fixture
def marked(make_site: MakeSite) -> Site:
    """A survey with a deleted sheet, and a report that was returned and changed since."""
    site = make_site()
    survey = open_survey(site.world)
    survey.records.expect(site.world.actor("commune_reporter"), survey.id, 3)
    record = survey.add(_personal(1)).record.id
    gone = survey.add(_personal(2)).record.id
    clerk = site.world.actor("commune_reporter")
    survey.records.delete(clerk, survey.id, gone, reason=f"{MARK} đã chuyển đi")
    report = _report(site)
    near = replace(site.communes["near"], survey=survey.id, record=record, report=report.id)
    site.communes = {"near": near}
    return site


def _personal(number: int) -> dict[str, object]:
    sheet = visit(number, *FAMILY)
    members = [{**member, "name": f"{MARK} {number}"} for member in sheet["members"]]
    return {**sheet, "head": f"{MARK} {number}", "members": members}


def _report(site: Site) -> Survey:
    form = visits_form()
    form["x-form"] |= {
        "code": "visit_report",
        "prefix": "TH02",
        "kind": "report",
        "workflow": "commune_district_province",
    }
    for keyword in ("x-unique", "x-tally", "x-feeds"):
        del form[keyword]
    del form["properties"]["village"]["x-carry"]
    del form["x-tests"][0]["feeds"]
    report = open_survey(site.world, form, "round-visit-report")
    service, clerk = site.world.services.submissions, site.world.actor("commune_reporter")
    seen = report.view().submission.edit
    service.save_answers(clerk, report.id, seen=seen, answers=_personal(3))
    report.send()
    report.fire("district_approver", "return", supplied={"note": "Ghi lại tên chủ hộ."})
    change = Change("/head", f"{MARK} 3", f"{MARK} 4")
    service.save_cells(clerk, report.id, [change])
    report.send()
    return report


def _addresses(site: Site) -> list[str]:
    near = site.communes["near"]
    below = f"/submissions/{near.report}"
    more = [
        f"/records/{near.survey}?q={MARK}",
        f"/api/v1/submissions/{near.survey}/records?q={MARK}",
        f"{below}/history?from=1",
        f"{below}/history?from=1&to=2",
        f"/api/v1{below}/diff?from=1",
        f"/admin/approvals/{near.report}?way=changes",
        f"/submissions/{near.survey}/history",
    ]
    return [url for url in site.addresses() if not url.endswith("/print")] + more


@pytest.mark.parametrize("role", READERS)
def test_nobody_above_finds_a_personal_value_on_any_route(marked: Site, role: str) -> None:
    pages = list(marked.visited(marked.visitor(role), _addresses(marked)))
    near = marked.communes["near"]

    leaks = [page.url for page in pages if MARK in page.text and MARK not in page.url]
    read = {page.url for page in pages if page.status == 200 and "•••" in page.text}

    assert leaks == []
    assert f"/records/{near.survey}/{near.record}" in read
    assert f"/api/v1/submissions/{near.survey}/records" in read
    assert any(near.report in url for url in read)


def test_the_clerk_of_the_unit_finds_them(marked: Site) -> None:
    near, visitor = marked.communes["near"], marked.visitor("commune_reporter")

    assert MARK in visitor.get(f"/records/{near.survey}/{near.record}").text
    assert MARK in visitor.get(f"/api/v1/submissions/{near.report}").text


@pytest.mark.parametrize("form", ["visits", "visit_report"])
@pytest.mark.parametrize("role", ["commune_reporter", "province_reader"])
def test_an_export_holds_no_personal_value_for_anybody(marked: Site, role: str, form: str) -> None:
    visitor, services = marked.visitor(role), marked.world.services
    asked = visitor.api(
        "POST", "/exports/csv", {"form": form, "period": "2024"}, Idempotency_Key=form
    )
    assert services.jobs.run_one()

    result = visitor.get(f"{asked.headers['Location']}/result").text

    assert MARK not in result
    assert "/area" in result and "/village" in result


def test_a_print_for_somebody_above_is_masked(marked: Site) -> None:
    services, near = marked.world.services, marked.communes["near"]
    shown = services.submissions.get(marked.world.actor("district_approver"), near.report)
    whole = services.submissions.get(marked.world.actor("commune_signer"), near.report)

    assert MARK not in repr(shown) and MARK in repr(whole)
    printed = services.exports.print_(marked.world.actor("district_approver"), near.report, "pdf")
    assert printed.take().startswith(b"%PDF")


def test_the_personal_grant_opens_them_and_says_so_in_the_log(
    marked: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    world, near = marked.world, marked.communes["near"]
    grant = Grant(Role.READER, "u-district", personal=True)
    world.services.accounts.grant(SYSTEM, world.accounts["province_reader"], grant)

    shown = world.services.records.get(world.actor("province_reader"), near.survey, near.record)

    assert shown.record.answers["head"] == f"{MARK} 1"
    logged = capsys.readouterr().out
    assert "personal.seen" in logged and near.record in logged and MARK not in logged
