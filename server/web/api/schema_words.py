"""The words that the JSON Schemas of ``openapi.json`` are written with."""

from collections.abc import Mapping
from typing import Final

Schema = Mapping[str, object]

TEXT: Final[Schema] = {"type": "string"}
ID: Final[Schema] = {"type": "string", "description": "Opaque."}
NUMBER: Final[Schema] = {"type": "integer"}
FLAG: Final[Schema] = {"type": "boolean"}
DAY: Final[Schema] = {"type": "string", "format": "date"}
INSTANT: Final[Schema] = {"type": "string", "format": "date-time"}
OBJECT: Final[Schema] = {"type": "object"}
ANY: Final[Schema] = {}
STATUSES: Final[Schema] = {
    "type": "object",
    "description": "Why a value is absent, by JSON Pointer.",
    "additionalProperties": {
        "enum": ["none_arose", "not_available", "not_applicable", "confidential", "estimated"]
    },
}
TEXTS: Final[Schema] = {"type": "array", "items": TEXT}


def or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def closed(properties: Mapping[str, Schema], *optional: str) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def listed(schema: Schema) -> Schema:
    return closed(
        {"items": {"type": "array", "items": schema}, "next": or_null(TEXT)},
    )


#: What the server says about answers, wherever it says it.
JUDGED: Final[Mapping[str, Schema]] = {
    "answers": OBJECT,
    "statuses": STATUSES,
    "computed": OBJECT,
    "findings": {"type": "array", "items": ref("Finding")},
}
