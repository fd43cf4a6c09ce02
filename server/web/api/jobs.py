"""Files in and out: exports and imports as background jobs, their results, official prints."""

from flask import Response, send_file

from server.core.job import Job
from server.errors import ImportRefused, NotFound, RequestInvalid
from server.services.idempotency import StoredAnswer
from server.web.api.bodies import Json, etag, instant, page_of, respond, text_of
from server.web.api.requests import (
    TEXT,
    answered_once,
    identity,
    json_body,
    key_required,
    parameter,
    required_parameter,
    window,
)
from server.web.api.resolving import form_named, submission_named, unit_named
from server.web.api.routing import PAGING, PREFIX, operation
from server.web.session import current_actor, services


@operation("GET", "/jobs/{job_id}", "How far a job is", answer="Job")
def get_job(job_id: str) -> Response:
    return respond(_job(services().exports.job(current_actor(), identity(job_id, "job"))))


@operation(
    "GET",
    "/jobs/{job_id}/result",
    "The file of a finished job",
    media=("application/octet-stream",),
)
def get_result(job_id: str) -> Response:
    found = services().exports.result(current_actor(), identity(job_id, "job"))
    response = send_file(
        found.path, as_attachment=True, download_name=found.name, conditional=False
    )
    response.content_type = found.media_type
    return response


@operation("GET", "/exports", "The caller's own exports", answer="ExportList", query=PAGING)
def list_exports() -> Response:
    shown = window()
    page = services().exports.list_(current_actor(), after=shown.after, limit=shown.limit)
    return page_of(page, _export)


@operation(
    "POST",
    "/exports/{format}",
    "Export every report of a form and period in scope, in a format of an installed plugin",
    answer="Job",
    body="Export",
    status=202,
    keyed=True,
)
def start_export(format: str) -> Response:
    exports = services().exports
    if format not in {code for code, _ in exports.formats()}:
        raise NotFound(kind="format")
    body = json_body({"form": TEXT, "period": TEXT}, {"org_unit": TEXT})
    org_unit = body.maybe_text("org_unit")
    if org_unit is not None:
        unit_named(org_unit, body.text("period"))

    def start() -> StoredAnswer:
        job = exports.start(
            current_actor(),
            format,
            form=form_named(body.text("form")).code,
            period=body.text("period"),
            org_unit=org_unit,
        )
        headers = {
            "Content-Type": "application/json",
            "Location": f"{PREFIX}/jobs/{job.id}",
        }
        return StoredAnswer(202, headers, text_of(_job(job)))

    return answered_once(start)


@operation(
    "POST",
    "/imports",
    "Take a file in; the formats are those of the installed plugins",
    answer="Job",
    query=("format", "dry_run"),
    required=("format",),
    status=202,
    keyed=True,
    upload=True,
)
def start_import() -> Response:
    key_required()
    if parameter("dry_run") not in (None, "true", "false"):
        raise RequestInvalid(reason="flag", path="/dry_run")
    raise ImportRefused(
        reason="format-unknown", path="/format", format=required_parameter("format")
    )


@operation(
    "GET",
    "/submissions/{submission_id}/print",
    "The official layout as a file",
    query=("format",),
    media=("application/pdf",),
)
def print_submission(submission_id: str) -> Response:
    named = submission_named(submission_id)
    format_ = parameter("format") or "pdf"
    found = services().exports.print_(current_actor(), named.id, format_)
    response = Response(found.take(), 200, etag(named.edit))
    response.content_type = found.media_type
    response.headers.set("Content-Disposition", "inline", filename=found.name)
    return response


def _job(job: Job) -> Json:
    return {
        "id": job.id,
        "state": str(job.state),
        "done": job.done,
        "total": job.total,
        "report": job.report,
    }


def _export(job: Job) -> Json:
    asked = {name: job.input.get(name) for name in ("form", "period", "org_unit")}
    return {
        **_job(job),
        "format": job.kind.partition(":")[2],
        **asked,
        "created_at": instant(job.created_at),
        "name": job.result_name,
    }
