"""The JSON Schemas of survey records: one household each, and the return they make up."""

from collections.abc import Mapping
from typing import Final

from server.web.api.schema_words import (
    ID,
    JUDGED,
    NUMBER,
    OBJECT,
    STATUSES,
    TEXT,
    Schema,
    closed,
    listed,
    or_null,
)

_RECORD = {
    "id": ID,
    "submission": ID,
    "number": NUMBER,
    "edit": NUMBER,
    "state": {"enum": ["valid", "errors", "draft"]},
}

SURVEY_SCHEMAS: Final[Mapping[str, Schema]] = {
    "RecordList": listed(closed({**_RECORD, "answers": OBJECT, "statuses": STATUSES})),
    "Record": closed(
        {
            **_RECORD,
            **JUDGED,
            "same": {"type": "array", "items": closed({"record": ID, "number": NUMBER})},
            "version": NUMBER,
        },
        "version",
    ),
    "Deletion": closed({"reason": {"type": "string", "minLength": 5, "maxLength": 500}}),
    "Expected": closed({"expected": {"type": "integer", "minimum": 0, "maximum": 1_000_000}}),
    "RecordSummary": closed(
        {
            "expected": or_null(NUMBER),
            "count": NUMBER,
            "done": NUMBER,
            "states": {"type": "object", "additionalProperties": NUMBER},
            "tallies": {
                "type": "array",
                "items": closed({"code": TEXT, "title": TEXT, "count": NUMBER}),
            },
            "same": {
                "type": "array",
                "items": closed({"rule": NUMBER, "numbers": {"type": "array", "items": NUMBER}}),
            },
            "totals": {
                "type": "array",
                "items": closed(
                    {
                        "indicator": TEXT,
                        "measure_unit": TEXT,
                        "dimensions": {"type": "object", "additionalProperties": TEXT},
                        "value": or_null({"type": "number"}),
                    }
                ),
            },
        }
    ),
    "NewRecord": closed({"answers": OBJECT, "statuses": STATUSES}, "statuses"),
}
