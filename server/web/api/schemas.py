"""The JSON Schemas of ``openapi.json``: what requests hold and what answers look like."""

from collections.abc import Mapping
from typing import Final

from server.web.api.duty_schemas import DUTY_SCHEMAS
from server.web.api.reference_schemas import REFERENCE_SCHEMAS
from server.web.api.schema_words import (
    ANY,
    DAY,
    FLAG,
    ID,
    INSTANT,
    JUDGED,
    NUMBER,
    OBJECT,
    STATUSES,
    TEXT,
    TEXTS,
    Schema,
    closed,
    listed,
    or_null,
    ref,
)
from server.web.api.series_schemas import SERIES_SCHEMAS
from server.web.api.survey_schemas import SURVEY_SCHEMAS

_ATTACHMENT = {
    "id": ID,
    "submission": ID,
    "path": TEXT,
    "kind": {"enum": ["document", "signed_copy"]},
    "name": TEXT,
    "media_type": TEXT,
    "size": NUMBER,
    "sha256": TEXT,
    "added_by": ID,
    "added_at": INSTANT,
}
_FORM = {
    "code": TEXT,
    "version": NUMBER,
    "kind": {"enum": ["report", "survey"]},
    "title": TEXT,
    "period_type": TEXT,
    "digest": TEXT,
    "valid_to": or_null(DAY),
    "versions": {
        "type": "array",
        "items": closed(
            {
                "version": NUMBER,
                "digest": TEXT,
                "state": {"enum": ["in_force", "ending", "superseded", "retired"]},
                "first_period": or_null(TEXT),
                "valid_to": or_null(DAY),
            }
        ),
    },
}
_SUBMISSION = {
    "id": ID,
    "form": TEXT,
    "version": NUMBER,
    "workflow": TEXT,
    "workflow_version": NUMBER,
    "org_unit": ID,
    "period": TEXT,
    "round": or_null(ID),
    "state": TEXT,
    "edit": NUMBER,
    "revision": NUMBER,
    "nil": FLAG,
}
_COMMENT = {
    "id": ID,
    "kind": {"enum": ["comment", "mark"]},
    "path": TEXT,
    "at": INSTANT,
    "by": ID,
    "by_name": TEXT,
    "side": {"enum": ["unit", "office"]},
    "text": TEXT,
    "answers_to": or_null(ID),
    "resolved_at": or_null(INSTANT),
    "resolved_by_name": or_null(TEXT),
}
_JOB = {
    "id": ID,
    "state": {"enum": ["queued", "running", "done", "failed", "cancelled"]},
    "done": NUMBER,
    "total": NUMBER,
    "report": ANY,
}

SCHEMAS: Final[Mapping[str, Schema]] = {
    **REFERENCE_SCHEMAS,
    **SERIES_SCHEMAS,
    **SURVEY_SCHEMAS,
    **DUTY_SCHEMAS,
    "Problem": {
        "type": "object",
        "description": "RFC 9457; `current` tells a refused writer who won.",
        "properties": {
            "type": TEXT,
            "code": TEXT,
            "title": TEXT,
            "status": NUMBER,
            "detail": TEXT,
            "errors": {"type": "array", "items": OBJECT},
            "current": OBJECT,
        },
        "required": ["type", "code", "title", "status", "detail", "errors"],
    },
    "Definition": {"type": "object", "description": "A definition as it was published."},
    "Finding": closed(
        {
            "path": TEXT,
            "code": TEXT,
            "severity": {"enum": ["error", "warning", "info"]},
            "message": TEXT,
            "paths": TEXTS,
            "left": {"type": "number"},
            "right": {"type": "number"},
            "rule": TEXT,
            "fix": TEXT,
        },
        "left",
        "right",
        "rule",
        "fix",
    ),
    "FormList": listed(closed(_FORM)),
    "WorkflowList": listed(ref("Definition")),
    "Validation": closed(
        {"answers": OBJECT, "statuses": STATUSES, "org_unit": ID, "period": TEXT},
        "statuses",
        "org_unit",
        "period",
    ),
    "Verdict": closed({name: JUDGED[name] for name in ("findings", "computed")}),
    "ObligationList": listed(
        closed(
            {
                "id": ID,
                "form": TEXT,
                "org_unit": ID,
                "responsible_unit": ID,
                "period": TEXT,
                "round": or_null(ID),
                "opens_on": DAY,
                "due_on": DAY,
                "grace_on": or_null(DAY),
                "closes_on": or_null(DAY),
                "state": {
                    "enum": [
                        "upcoming",
                        "open",
                        "grace",
                        "late",
                        "returned",
                        "submitted",
                        "approved",
                        "excused",
                        "closed",
                    ]
                },
                "days_late": NUMBER,
                "submission": or_null(ID),
            }
        )
    ),
    "SubmissionList": listed(closed(_SUBMISSION)),
    "Submission": closed(
        {
            **_SUBMISSION,
            **JUDGED,
            "reasons": {
                "type": "array",
                "items": closed({"code": TEXT, "path": TEXT, "text": TEXT}),
            },
            "events": {
                "type": "array",
                "items": closed({"event": TEXT, "input": OBJECT}, "input"),
            },
        }
    ),
    "Start": closed(
        {
            "form": TEXT,
            "org_unit": ID,
            "period": TEXT,
            "round": or_null(ID),
            "answers": OBJECT,
            "statuses": STATUSES,
        },
        "round",
        "answers",
        "statuses",
    ),
    "Changes": closed(
        {
            "changes": {
                "type": "array",
                "items": closed(
                    {
                        "path": TEXT,
                        "from": ANY,
                        "to": ANY,
                        "status": or_null(TEXT),
                        "origin": {"enum": ["typed", "copied", "pasted", "imported"]},
                    },
                    "from",
                    "to",
                    "status",
                    "origin",
                ),
            },
            "reasons": {
                "type": "array",
                "items": closed({"code": TEXT, "path": TEXT, "text": TEXT}),
            },
            "version": {"type": "integer", "minimum": 1},
            "given_up": {
                "type": "array",
                "items": closed({"path": TEXT, "to": ANY, "status": or_null(TEXT)}, "to", "status"),
            },
        },
        "reasons",
        "version",
        "given_up",
    ),
    "Draft": {
        "anyOf": [
            closed(
                {"answers": OBJECT, "statuses": STATUSES, "nil": {"const": False}},
                "statuses",
                "nil",
            ),
            closed({"nil": {"const": True}}),
        ]
    },
    "Transition": closed(
        {
            "event": TEXT,
            "input": OBJECT,
            "reasons": {
                "type": "array",
                "items": closed({"code": TEXT, "path": TEXT, "text": TEXT}),
            },
        },
        "input",
        "reasons",
    ),
    "EventList": listed(
        closed(
            {
                "sequence": NUMBER,
                "event": TEXT,
                "at": INSTANT,
                "by": ID,
                "by_name": TEXT,
                "details": OBJECT,
                "hash": TEXT,
            }
        )
    ),
    "Revision": closed(
        {
            "submission": ID,
            "revision": NUMBER,
            "nil": FLAG,
            "answers": OBJECT,
            "statuses": STATUSES,
            "computed": OBJECT,
            "reasons": {"type": "array", "items": OBJECT},
            "digest": TEXT,
            "receipt": TEXT,
            "sealed_at": INSTANT,
            "sealed_by": ID,
        }
    ),
    "ChangeList": listed(closed({"path": TEXT, "from": ANY, "to": ANY, "status": TEXT}, "status")),
    "ThreadList": listed(
        closed(
            {
                **_COMMENT,
                "cell": or_null(TEXT),
                "open": FLAG,
                "answers": {"type": "array", "items": ref("Comment")},
            }
        )
    ),
    "Comment": closed(_COMMENT),
    "NewComment": closed(
        {"text": TEXT, "path": TEXT, "answers_to": or_null(ID)}, "path", "answers_to"
    ),
    "ReopenRequest": closed(
        {"id": ID, "submission": ID, "at": INSTANT, "by": ID, "by_name": TEXT, "reason": TEXT}
    ),
    "NewReopenRequest": closed({"reason": TEXT}),
    "Attachment": closed(_ATTACHMENT),
    "AttachmentList": listed(closed(_ATTACHMENT)),
    "Job": closed(_JOB),
    "Export": closed({"form": TEXT, "period": TEXT, "org_unit": or_null(ID)}, "org_unit"),
    "ExportList": listed(
        closed(
            {
                **_JOB,
                "format": TEXT,
                "form": TEXT,
                "period": TEXT,
                "org_unit": or_null(ID),
                "created_at": INSTANT,
                "name": or_null(TEXT),
            }
        )
    ),
    "ObservationList": listed(
        closed(
            {
                "indicator": TEXT,
                "measure_unit": TEXT,
                "org_unit": or_null(ID),
                "period": TEXT,
                "dimensions": {"type": "object", "additionalProperties": TEXT},
                "value": or_null({"type": "number"}),
                "additive": FLAG,
                "reports": NUMBER,
                "status": {"enum": ["final", "provisional"]},
            }
        )
    ),
    "RateList": listed(
        closed(
            {
                "group": TEXT,
                "form": TEXT,
                "period": TEXT,
                "expected": NUMBER,
                "actual": NUMBER,
                "on_time": NUMBER,
                "excused": NUMBER,
                "late": NUMBER,
                "overdue": NUMBER,
                "waived": NUMBER,
            }
        )
    ),
}
