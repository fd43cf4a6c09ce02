"""The description, the reference page and the routes say the same."""

import re
from pathlib import Path

from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from werkzeug.test import TestResponse

from server.web.api.routing import OPERATIONS, PREFIX
from tests.web.api.conftest import As
from tests.world import GOOD, PERIOD, World

REFERENCE = Path(__file__).parents[3] / "docs" / "api.md"


def _routes(as_: As) -> set[tuple[str, str]]:
    return {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule).removeprefix(PREFIX))
        for rule in as_("admin").client.application.url_map.iter_rules()
        if rule.endpoint.startswith("api.")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_every_route_is_an_operation(as_: As) -> None:
    assert {(one.method, one.path) for one in OPERATIONS} == _routes(as_)


def test_the_reference_page_lists_every_route_with_its_parameters(as_: As) -> None:
    listed = re.findall(r"^\| `([A-Z]+) (\S+?)(?:\?(\S*))?` \|", REFERENCE.read_text(), re.M)

    assert {(method, path) for method, path, _ in listed} == _routes(as_)
    assert {
        (method, path): tuple(name for name in query.split("&") if name)
        for method, path, query in listed
    } == {(one.method, one.path): one.query for one in OPERATIONS}


def test_the_description_holds_every_route_and_form(as_: As, world: World) -> None:
    answer = as_("admin").get("/openapi.json")
    again = as_("admin").get("/openapi.json", headers={"If-None-Match": answer.headers["ETag"]})

    assert answer.json["openapi"] == "3.1.0"
    assert {
        (method.upper(), path.removeprefix(PREFIX))
        for path, methods in answer.json["paths"].items()
        for method in methods
    } == _routes(as_)
    assert "form.households.v1" in answer.json["components"]["schemas"]
    assert again.status_code == 304
    start = answer.json["paths"]["/api/v1/submissions"]["post"]
    assert {"Idempotency-Key"} == {one["name"] for one in start["parameters"]}


def test_answers_keep_to_the_schemas_of_the_description(as_: As, draft: TestResponse) -> None:
    description = as_("admin").get("/openapi.json").json
    registry = Registry().with_resource("urn:description", Resource.opaque(description))
    path = f"/submissions/{draft.json['id']}"
    paths = {
        "/forms": "/forms",
        "/forms/households": "/forms/{code}",
        "/workflows": "/workflows",
        "/indicators": "/indicators",
        "/codelists": "/codelists",
        "/codelists/sex": "/codelists/{code}",
        "/org-units": "/org-units",
        "/obligations": "/obligations",
        "/submissions": "/submissions",
        path: "/submissions/{submission_id}",
        f"{path}/history": "/submissions/{submission_id}/history",
        "/exports": "/exports",
        f"/observations?indicator=0101&period={PERIOD}": "/observations",
        f"/reporting-rates?form=households&period={PERIOD}": "/reporting-rates",
    }

    for address, template in paths.items():
        answers = description["paths"][PREFIX + template]["get"]["responses"]["200"]
        reference = answers["content"]["application/json"]["schema"]["$ref"]
        validator = Draft202012Validator({"$ref": f"urn:description{reference}"}, registry=registry)
        body = as_("commune_reporter").get(address).json
        assert [error.message for error in validator.iter_errors(body)] == [], address


def test_a_form_in_the_description_judges_answers(as_: As) -> None:
    schemas = as_("admin").get("/openapi.json").json["components"]["schemas"]

    validator = Draft202012Validator(schemas["form.households.v1"])

    assert validator.is_valid(GOOD)
    assert not validator.is_valid({**GOOD, "strange": 1})
