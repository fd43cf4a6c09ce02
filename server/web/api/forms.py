"""Definitions: published forms, the verdict of their rules, published workflows."""

from collections.abc import Callable

from flask import Response, request

from server.web.api.bodies import cut, findings_of, form_item, page_of, respond, text_of
from server.web.api.requests import (
    OBJECT,
    TEXT,
    identity,
    json_body,
    whole_number,
    window,
)
from server.web.api.resolving import form_named, unit_named
from server.web.api.routing import PAGING, operation
from server.web.session import current_actor, services


@operation("GET", "/forms", "The newest version of each form", answer="FormList", query=PAGING)
def list_forms() -> Response:
    shown = cut(services().catalogue.forms(), lambda form: form.code, window())
    lives = services().retirements.versions
    return page_of(shown, lambda form: form_item(form, lives("form", form.code)))


@operation(
    "GET", "/forms/{code}", "A compiled form definition", answer="Definition", query=("version",)
)
def get_form(code: str) -> Response:
    form = form_named(code, whole_number("version"))
    return _tagged(form.digest, lambda: text_of(form.document))


@operation(
    "POST",
    "/forms/{code}/validate",
    "What the rules say about answers; nothing is stored",
    answer="Verdict",
    body="Validation",
)
def validate_form(code: str) -> Response:
    form = form_named(code)
    body = json_body({"answers": OBJECT}, {"statuses": OBJECT, "org_unit": TEXT, "period": TEXT})
    org_unit, period = body.maybe_text("org_unit"), body.maybe_text("period")
    if org_unit is not None:
        org_unit = identity(org_unit, "org_unit")
        if period is not None:
            unit_named(org_unit, period)
    verdict = services().submissions.validate(
        current_actor(),
        form.code,
        body.mapping("answers"),
        body.statuses(),
        org_unit=org_unit,
        period=period,
    )
    return respond(
        {
            "findings": findings_of(verdict),
            "computed": verdict.computed,
        }
    )


@operation(
    "GET",
    "/workflows",
    "The newest version of each workflow, as published",
    answer="WorkflowList",
    query=PAGING,
)
def list_workflows() -> Response:
    catalogue = services().catalogue
    shown = cut(catalogue.workflows(), lambda workflow: workflow.code, window())
    return page_of(
        shown, lambda workflow: catalogue.workflow_document(workflow.code, workflow.version)
    )


@operation(
    "GET",
    "/workflows/{code}",
    "A workflow as published",
    answer="Definition",
    query=("version",),
)
def get_workflow(code: str) -> Response:
    catalogue = services().catalogue
    workflow = catalogue.workflow(identity(code, "workflow"), whole_number("version"))
    return _tagged(
        workflow.digest,
        lambda: text_of(catalogue.workflow_document(workflow.code, workflow.version)),
    )


def _tagged(digest: str, text: Callable[[], bytes]) -> Response:
    """A definition under its digest; who has it already gets 304 and nothing to read again."""
    headers = {"ETag": f'"{digest}"'}
    if request.if_none_match.contains(digest):
        return Response(status=304, headers=headers)
    return Response(text(), 200, headers, content_type="application/json")
