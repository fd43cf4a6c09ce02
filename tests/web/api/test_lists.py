"""Definitions, reference data and lists: shapes, tags, pages."""

from dataclasses import replace
from datetime import date

import pytest
from werkzeug.test import TestResponse

from server.core.access import SYSTEM
from tests.web.api.conftest import As
from tests.world import GOOD, PERIOD, ROUND, UNITS, World


def test_a_form_is_served_under_its_digest(as_: As, world: World) -> None:
    reader, form = as_("province_reader"), world.services.catalogue.form("households")

    listed = reader.get("/forms").json["items"]
    served = reader.get("/forms/households?version=1")
    again = reader.get("/forms/households", headers={"If-None-Match": served.headers["ETag"]})

    assert [item["code"] for item in listed] == ["household_survey", "households"]
    assert set(listed[0]) == {
        "code", "version", "kind", "title", "period_type", "digest", "valid_to", "versions",
    }  # fmt: skip
    assert (listed[1]["valid_to"], listed[1]["versions"]) == (
        None,
        [
            {
                "version": 1,
                "digest": form.digest,
                "state": "in_force",
                "first_period": None,
                "valid_to": None,
            }
        ],
    )
    assert served.headers["ETag"] == f'"{form.digest}"'
    assert served.json == form.document
    assert served.json["x-tests"]
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    "path",
    ["/forms/strange", "/forms/households?version=2", "/workflows/x", "/codelists/x", "/nothing"],
)
def test_what_is_not_published_is_not_found(as_: As, path: str) -> None:
    answer = as_("admin").get(path)

    assert (answer.status_code, answer.json["code"]) == (404, "not-found")


def test_answers_can_be_judged_without_being_stored(as_: As, world: World) -> None:
    crowded = {"people": {"male": 90, "female": 1}, "households": 2}

    answer = as_("province_reader")("POST", "/forms/households/validate", {"answers": crowded})

    assert answer.json["computed"] == {"all_people": 91}
    assert [(one["path"], one["code"], one["severity"]) for one in answer.json["findings"]] == [
        ("/households", "crowded", "warning")
    ]
    assert world.count("submission") == 0


def test_a_published_workflow_is_served_as_it_was_written(as_: As, world: World) -> None:
    listed = as_("admin").get("/workflows").json["items"]
    served = as_("admin").get("/workflows/commune_district_province")

    assert [item["code"] for item in listed] == ["commune_district_province", "survey_return"]
    assert served.json in listed
    assert served.json["states"]["draft"]["editable"] is True
    assert served.headers["ETag"].strip('"')


def test_reference_data_has_its_shape(as_: As) -> None:
    reader = as_("commune_reporter")

    indicator = reader.get("/indicators?limit=1").json["items"][0]
    codelist = reader.get("/codelists/sex").json
    unit = reader.get("/org-units?level=commune&q=co linh").json["items"]

    assert indicator["measures"] == [{"unit": "người", "aggregation": "sum"}]
    assert [item["code"] for item in codelist["items"]] == ["male", "female"]
    assert [item["code"] for item in reader.get("/codelists").json["items"]] == ["sex"]
    assert unit == [
        {
            "id": "u-commune", "code": "01858", "name": "Cổ Linh", "level": "commune",
            "parent": "u-district", "valid_from": None, "valid_to": None,
        }
    ]  # fmt: skip


def test_an_expected_report_has_exactly_the_fields_of_the_contract(
    as_: As, draft: TestResponse
) -> None:
    reader = as_("commune_reporter")

    item = reader.get(f"/obligations?form=households&period={PERIOD}&state=late").json["items"]

    assert [set(one) for one in item] == [
        {
            "id", "form", "org_unit", "responsible_unit", "period", "round", "opens_on", "due_on",
            "grace_on", "closes_on", "state", "days_late", "submission",
        }
    ]  # fmt: skip
    assert (item[0]["due_on"], item[0]["days_late"]) == ("2025-01-15", 9)
    assert (item[0]["submission"], item[0]["round"]) == (draft.json["id"], ROUND)


@pytest.mark.parametrize(
    ("path", "key", "expected"),
    [
        ("/org-units", "id", len(UNITS)),
        ("/obligations", "id", 6),
        ("/indicators", "code", None),
        ("/forms", "code", 2),
    ],
)
def test_pages_join_to_the_whole_list(as_: As, path: str, key: str, expected: int | None) -> None:
    reader = as_("admin")
    whole = [item[key] for item in reader.get(f"{path}?limit=500").json["items"]]

    found, cursor = [], ""
    while True:
        page = reader("GET", path, query_string={"limit": "1", "cursor": cursor}).json
        assert len(page["items"]) == 1
        found += [item[key] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = page["next"]

    assert found == whole
    assert len(set(found)) == len(found)
    assert expected in (None, len(found))


def test_figures_are_not_final_before_the_last_approval(as_: As, world: World) -> None:
    reporter, signer = as_("commune_reporter"), as_("commune_signer")
    signer.fire(reporter.fire(reporter.start(GOOD), "submit"), "sign")
    world.services.dispatch.run(100)
    path = f"/observations?indicator=0101&period={PERIOD}"

    final = as_("province_reader").get(path)
    provisional = as_("province_reader").get(f"{path}&status=provisional&group_by=commune")

    assert final.json["items"] == []
    assert provisional.json["items"] == [
        {
            "indicator": "0101", "measure_unit": "người", "org_unit": "u-commune",
            "period": PERIOD, "dimensions": {}, "value": 25, "additive": True, "reports": 1,
            "status": "provisional",
        }
    ]  # fmt: skip


def test_figures_come_as_csv_and_sdmx_for_who_asks(as_: As, world: World) -> None:
    reporter, signer = as_("commune_reporter"), as_("commune_signer")
    signer.fire(reporter.fire(reporter.start(GOOD), "submit"), "sign")
    world.services.dispatch.run(100)
    path = f"/observations?indicator=0101&period={PERIOD}&status=provisional&group_by=commune,sex"

    table = as_("admin").get(path, headers={"Accept": "text/csv"})
    sdmx = as_("admin").get(path, headers={"Accept": "application/vnd.sdmx.data+csv"})

    assert table.content_type == "text/csv; charset=utf-8"
    assert table.text.splitlines() == [
        "indicator,measure_unit,org_unit,org_unit_code,org_unit_name,period,sex,value,additive,"
        "reports,status",
        "0101,người,u-commune,01858,Cổ Linh,2024,female,13,true,1,provisional",
        "0101,người,u-commune,01858,Cổ Linh,2024,male,12,true,1,provisional",
    ]
    assert sdmx.content_type.startswith("application/vnd.sdmx.data+csv; version=2.0.0")
    assert sdmx.text.splitlines()[:2] == [
        "STRUCTURE,STRUCTURE_ID,ACTION,INDICATOR,UNIT_MEASURE,REF_AREA,TIME_PERIOD,SEX,"
        "OBS_VALUE,OBS_STATUS",
        "dataflow,BIEUMAU:OBSERVATIONS(1.0),I,0101,người,01858,2024,female,13,P",
    ]


def test_reporting_rates_count_expected_sent_and_timely(as_: As) -> None:
    reporter, signer = as_("commune_reporter"), as_("commune_signer")
    signer.fire(reporter.fire(reporter.start(GOOD), "submit"), "sign")

    rates = as_("district_approver").get(
        f"/reporting-rates?form=households&period={PERIOD}&group_by=district"
    )

    assert rates.json == {
        "items": [
            {
                "group": "u-district", "form": "households", "period": PERIOD,
                "expected": 2, "actual": 1, "on_time": 0, "excused": 0, "late": 1,
                "overdue": 1, "waived": 0,
            }
        ],
        "next": None,
    }  # fmt: skip


def test_figures_are_not_told_on_boundaries_of_another_time(as_: As, world: World) -> None:
    path = f"/observations?indicator=0101&period={PERIOD}&as_of="
    merged = replace(UNITS["far_commune"], id="u-new", code="01899", valid_from=date(2025, 7, 1))
    world.services.reference.add_units([merged], SYSTEM)

    assert as_("admin").get(f"{path}2024-12-31").status_code == 200
    later = as_("admin").get(f"{path}2025-07-01")
    assert (later.status_code, later.json["errors"][0]["code"]) == (400, "as-of-other-boundaries")
