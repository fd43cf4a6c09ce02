"""Exports as jobs: asked once, run by the worker, fetched by who asked."""

from tests.web.api.conftest import As
from tests.world import GOOD, PERIOD, World

ASKED = {"form": "households", "period": PERIOD}


def test_an_export_is_asked_run_and_fetched(as_: As, world: World) -> None:
    reporter = as_("commune_reporter")
    reporter.start(GOOD)

    asked = reporter("POST", "/exports/csv", ASKED, key="e1")
    again = reporter("POST", "/exports/csv", ASKED, key="e1")
    path = asked.headers["Location"].removeprefix("/api/v1")
    waiting = reporter.get(f"{path}/result")
    assert world.services.jobs.run_one()
    done = reporter.get(path)
    result = reporter.get(f"{path}/result", buffered=True)

    assert (asked.status_code, asked.json["state"], again.data) == (202, "queued", asked.data)
    assert waiting.status_code == 404
    assert set(done.json) == {"id", "state", "done", "total", "report"}
    assert done.json["state"] == "done"
    assert result.content_type == "text/csv; charset=utf-8"
    assert "attachment" in result.headers["Content-Disposition"]
    assert "Cổ Linh" in result.text
    listed = reporter.get("/exports").json["items"]
    assert [(item["id"], item["format"], item["form"]) for item in listed] == [
        (asked.json["id"], "csv", "households")
    ]


def test_anothers_job_reads_like_a_missing_one(as_: As) -> None:
    asked = as_("commune_reporter")("POST", "/exports/csv", ASKED, key="e1")
    stranger = as_("other_district_reporter")

    for tail in ("", "/result"):
        foreign = stranger.get(f"/jobs/{asked.json['id']}{tail}")
        missing = stranger.get(f"/jobs/{'0' * 24}{tail}")
        assert (foreign.status_code, foreign.data) == (404, missing.data)


def test_an_export_asks_for_a_known_format_and_a_key(as_: As) -> None:
    reporter = as_("commune_reporter")

    assert reporter("POST", "/exports/strange", ASKED, key="k").status_code == 404
    assert reporter("POST", "/exports/csv", ASKED).status_code == 400
    foreign = reporter("POST", "/exports/csv", {**ASKED, "org_unit": "u-far"}, key="k")
    assert foreign.status_code == 404


def test_no_import_format_is_installed(as_: As) -> None:
    reporter = as_("commune_reporter")

    keyless = reporter("POST", "/imports?format=xlsx", data=b"x")
    refused = reporter("POST", "/imports?format=xlsx&dry_run=true", data=b"x", key="k")

    assert keyless.status_code == 400
    assert (refused.status_code, refused.json["code"]) == (422, "import-refused")
