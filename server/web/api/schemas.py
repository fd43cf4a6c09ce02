"""The JSON Schemas of ``openapi.json``: what requests hold and what answers look like."""

from collections.abc import Mapping
from typing import Final

Schema = Mapping[str, object]

_TEXT: Final[Schema] = {"type": "string"}
_ID: Final[Schema] = {"type": "string", "description": "Opaque."}
_NUMBER: Final[Schema] = {"type": "integer"}
_FLAG: Final[Schema] = {"type": "boolean"}
_DAY: Final[Schema] = {"type": "string", "format": "date"}
_INSTANT: Final[Schema] = {"type": "string", "format": "date-time"}
_OBJECT: Final[Schema] = {"type": "object"}
_ANY: Final[Schema] = {}
_STATUSES: Final[Schema] = {
    "type": "object",
    "description": "Why a value is absent, by JSON Pointer.",
    "additionalProperties": {
        "enum": ["none_arose", "not_available", "not_applicable", "confidential", "estimated"]
    },
}
_TEXTS: Final[Schema] = {"type": "array", "items": _TEXT}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _closed(properties: Mapping[str, Schema], *optional: str) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _list(schema: Schema) -> Schema:
    return _closed(
        {"items": {"type": "array", "items": schema}, "next": _or_null(_TEXT)},
    )


_ATTACHMENT = {
    "id": _ID,
    "submission": _ID,
    "path": _TEXT,
    "kind": {"enum": ["document", "signed_copy"]},
    "name": _TEXT,
    "media_type": _TEXT,
    "size": _NUMBER,
    "sha256": _TEXT,
    "added_by": _ID,
    "added_at": _INSTANT,
}
_FORM = {
    "code": _TEXT,
    "version": _NUMBER,
    "kind": {"enum": ["report", "survey"]},
    "title": _TEXT,
    "period_type": _TEXT,
    "digest": _TEXT,
}
_CODELIST = {
    "code": _TEXT,
    "version": _NUMBER,
    "title": _TEXT,
    "constructed": _FLAG,
    "source": _TEXT,
}
_SUBMISSION = {
    "id": _ID,
    "form": _TEXT,
    "version": _NUMBER,
    "workflow": _TEXT,
    "workflow_version": _NUMBER,
    "org_unit": _ID,
    "period": _TEXT,
    "round": _or_null(_ID),
    "state": _TEXT,
    "edit": _NUMBER,
    "revision": _NUMBER,
    "nil": _FLAG,
}
_JUDGED = {
    "answers": _OBJECT,
    "statuses": _STATUSES,
    "computed": _OBJECT,
    "findings": {"type": "array", "items": _ref("Finding")},
}
_RECORD = {
    "id": _ID,
    "submission": _ID,
    "number": _NUMBER,
    "edit": _NUMBER,
    "state": {"enum": ["valid", "errors", "draft"]},
}
_COMMENT = {
    "id": _ID,
    "kind": {"enum": ["comment", "mark"]},
    "path": _TEXT,
    "at": _INSTANT,
    "by": _ID,
    "by_name": _TEXT,
    "side": {"enum": ["unit", "office"]},
    "text": _TEXT,
    "answers_to": _or_null(_ID),
    "resolved_at": _or_null(_INSTANT),
    "resolved_by_name": _or_null(_TEXT),
}
_JOB = {
    "id": _ID,
    "state": {"enum": ["queued", "running", "done", "failed", "cancelled"]},
    "done": _NUMBER,
    "total": _NUMBER,
    "report": _ANY,
}

SCHEMAS: Final[Mapping[str, Schema]] = {
    "Problem": {
        "type": "object",
        "description": "RFC 9457; `current` tells a refused writer who won.",
        "properties": {
            "type": _TEXT,
            "code": _TEXT,
            "title": _TEXT,
            "status": _NUMBER,
            "detail": _TEXT,
            "errors": {"type": "array", "items": _OBJECT},
            "current": _OBJECT,
        },
        "required": ["type", "code", "title", "status", "detail", "errors"],
    },
    "Definition": {"type": "object", "description": "A definition as it was published."},
    "Finding": _closed(
        {
            "path": _TEXT,
            "code": _TEXT,
            "severity": {"enum": ["error", "warning", "info"]},
            "message": _TEXT,
            "paths": _TEXTS,
            "left": {"type": "number"},
            "right": {"type": "number"},
            "rule": _TEXT,
            "fix": _TEXT,
        },
        "left",
        "right",
        "rule",
        "fix",
    ),
    "FormList": _list(_closed(_FORM)),
    "WorkflowList": _list(_ref("Definition")),
    "Validation": _closed(
        {"answers": _OBJECT, "statuses": _STATUSES, "org_unit": _ID, "period": _TEXT},
        "statuses",
        "org_unit",
        "period",
    ),
    "Verdict": _closed({name: _JUDGED[name] for name in ("findings", "computed")}),
    "IndicatorList": _list(
        _closed(
            {
                "code": _TEXT,
                "title": _TEXT,
                "title_en": _TEXT,
                "group": _TEXT,
                "group_title": _TEXT,
                "measures": {
                    "type": "array",
                    "items": _closed({"unit": _TEXT, "aggregation": _TEXT}),
                },
                "dimensions": _TEXTS,
                "lowest_level": _TEXT,
                "frequency": _TEXT,
                "owners": _TEXTS,
                "owner_units": _TEXTS,
                "source": _TEXT,
                "constructed": _FLAG,
            }
        )
    ),
    "CodelistList": _list(_closed(_CODELIST)),
    "Codelist": _closed(
        {
            **_CODELIST,
            "items": {
                "type": "array",
                "items": _closed(
                    {
                        "code": _TEXT,
                        "title": _TEXT,
                        "title_en": _or_null(_TEXT),
                        "aliases": _TEXTS,
                        "minority": _FLAG,
                    }
                ),
            },
        }
    ),
    "OrgUnitList": _list(
        _closed(
            {
                "id": _ID,
                "code": _TEXT,
                "name": _TEXT,
                "level": {"enum": ["province", "district", "commune", "department"]},
                "parent": _or_null(_ID),
                "valid_from": _or_null(_DAY),
                "valid_to": _or_null(_DAY),
            }
        )
    ),
    "ObligationList": _list(
        _closed(
            {
                "id": _ID,
                "form": _TEXT,
                "org_unit": _ID,
                "responsible_unit": _ID,
                "period": _TEXT,
                "round": _or_null(_ID),
                "opens_on": _DAY,
                "due_on": _DAY,
                "grace_on": _or_null(_DAY),
                "closes_on": _or_null(_DAY),
                "state": {
                    "enum": [
                        "upcoming",
                        "open",
                        "late",
                        "returned",
                        "submitted",
                        "approved",
                        "excused",
                        "closed",
                    ]
                },
                "days_late": _NUMBER,
                "submission": _or_null(_ID),
            }
        )
    ),
    "SubmissionList": _list(_closed(_SUBMISSION)),
    "Submission": _closed(
        {
            **_SUBMISSION,
            **_JUDGED,
            "events": {
                "type": "array",
                "items": _closed({"event": _TEXT, "input": _OBJECT}, "input"),
            },
        }
    ),
    "Start": _closed(
        {
            "form": _TEXT,
            "org_unit": _ID,
            "period": _TEXT,
            "round": _or_null(_ID),
            "answers": _OBJECT,
            "statuses": _STATUSES,
        },
        "round",
        "answers",
        "statuses",
    ),
    "Changes": _closed(
        {
            "changes": {
                "type": "array",
                "items": _closed(
                    {
                        "path": _TEXT,
                        "from": _ANY,
                        "to": _ANY,
                        "status": _or_null(_TEXT),
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
                "items": _closed({"code": _TEXT, "path": _TEXT, "text": _TEXT}),
            },
        },
        "reasons",
    ),
    "Draft": {
        "anyOf": [
            _closed(
                {"answers": _OBJECT, "statuses": _STATUSES, "nil": {"const": False}},
                "statuses",
                "nil",
            ),
            _closed({"nil": {"const": True}}),
        ]
    },
    "Transition": _closed(
        {
            "event": _TEXT,
            "input": _OBJECT,
            "reasons": {
                "type": "array",
                "items": _closed({"code": _TEXT, "path": _TEXT, "text": _TEXT}),
            },
        },
        "input",
        "reasons",
    ),
    "EventList": _list(
        _closed(
            {
                "sequence": _NUMBER,
                "event": _TEXT,
                "at": _INSTANT,
                "by": _ID,
                "by_name": _TEXT,
                "details": _OBJECT,
                "hash": _TEXT,
            }
        )
    ),
    "Revision": _closed(
        {
            "submission": _ID,
            "revision": _NUMBER,
            "nil": _FLAG,
            "answers": _OBJECT,
            "statuses": _STATUSES,
            "computed": _OBJECT,
            "reasons": {"type": "array", "items": _OBJECT},
            "digest": _TEXT,
            "receipt": _TEXT,
            "sealed_at": _INSTANT,
            "sealed_by": _ID,
        }
    ),
    "ChangeList": _list(
        _closed({"path": _TEXT, "from": _ANY, "to": _ANY, "status": _TEXT}, "status")
    ),
    "ThreadList": _list(
        _closed(
            {
                **_COMMENT,
                "cell": _or_null(_TEXT),
                "open": _FLAG,
                "answers": {"type": "array", "items": _ref("Comment")},
            }
        )
    ),
    "Comment": _closed(_COMMENT),
    "NewComment": _closed(
        {"text": _TEXT, "path": _TEXT, "answers_to": _or_null(_ID)}, "path", "answers_to"
    ),
    "Attachment": _closed(_ATTACHMENT),
    "AttachmentList": _list(_closed(_ATTACHMENT)),
    "RecordList": _list(_closed({**_RECORD, "answers": _OBJECT, "statuses": _STATUSES})),
    "Record": _closed(
        {
            **_RECORD,
            **_JUDGED,
            "same": {"type": "array", "items": _closed({"record": _ID, "number": _NUMBER})},
        }
    ),
    "Deletion": _closed({"reason": {"type": "string", "minLength": 5, "maxLength": 500}}),
    "Expected": _closed({"expected": {"type": "integer", "minimum": 0, "maximum": 1_000_000}}),
    "RecordSummary": _closed(
        {
            "expected": _or_null(_NUMBER),
            "count": _NUMBER,
            "done": _NUMBER,
            "states": {"type": "object", "additionalProperties": _NUMBER},
            "tallies": {
                "type": "array",
                "items": _closed({"code": _TEXT, "title": _TEXT, "count": _NUMBER}),
            },
            "same": {
                "type": "array",
                "items": _closed({"rule": _NUMBER, "numbers": {"type": "array", "items": _NUMBER}}),
            },
            "totals": {
                "type": "array",
                "items": _closed(
                    {
                        "indicator": _TEXT,
                        "measure_unit": _TEXT,
                        "dimensions": {"type": "object", "additionalProperties": _TEXT},
                        "value": _or_null({"type": "number"}),
                    }
                ),
            },
        }
    ),
    "NewRecord": _closed({"answers": _OBJECT, "statuses": _STATUSES}, "statuses"),
    "Job": _closed(_JOB),
    "Export": _closed({"form": _TEXT, "period": _TEXT, "org_unit": _or_null(_ID)}, "org_unit"),
    "ExportList": _list(
        _closed(
            {
                **_JOB,
                "format": _TEXT,
                "form": _TEXT,
                "period": _TEXT,
                "org_unit": _or_null(_ID),
                "created_at": _INSTANT,
                "name": _or_null(_TEXT),
            }
        )
    ),
    "ObservationList": _list(
        _closed(
            {
                "indicator": _TEXT,
                "measure_unit": _TEXT,
                "org_unit": _or_null(_ID),
                "period": _TEXT,
                "dimensions": {"type": "object", "additionalProperties": _TEXT},
                "value": _or_null({"type": "number"}),
                "additive": _FLAG,
                "reports": _NUMBER,
                "status": {"enum": ["final", "provisional"]},
            }
        )
    ),
    "RateList": _list(
        _closed(
            {
                "group": _TEXT,
                "form": _TEXT,
                "period": _TEXT,
                "expected": _NUMBER,
                "actual": _NUMBER,
                "on_time": _NUMBER,
            }
        )
    ),
}
