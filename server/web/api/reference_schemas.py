"""The JSON Schemas of what reports are made of: indicators, codelists, units."""

from collections.abc import Mapping
from typing import Final

from server.web.api.schema_words import (
    DAY,
    FLAG,
    ID,
    NUMBER,
    TEXT,
    TEXTS,
    Schema,
    closed,
    listed,
    or_null,
)

_CODELIST = {
    "code": TEXT,
    "version": NUMBER,
    "title": TEXT,
    "constructed": FLAG,
    "source": TEXT,
    "last_on": or_null(DAY),
}

REFERENCE_SCHEMAS: Final[Mapping[str, Schema]] = {
    "IndicatorList": listed(
        closed(
            {
                "code": TEXT,
                "title": TEXT,
                "title_en": TEXT,
                "group": TEXT,
                "group_title": TEXT,
                "measures": {
                    "type": "array",
                    "items": closed({"unit": TEXT, "aggregation": TEXT}),
                },
                "dimensions": TEXTS,
                "lowest_level": TEXT,
                "frequency": TEXT,
                "owners": TEXTS,
                "owner_units": TEXTS,
                "owners_from": or_null(DAY),
                "former_owners": {
                    "type": "array",
                    "items": closed(
                        {
                            "owners": TEXTS,
                            "owner_units": TEXTS,
                            "valid_from": or_null(DAY),
                            "valid_to": DAY,
                        }
                    ),
                },
                "source": TEXT,
                "constructed": FLAG,
                "ministry_code": or_null(TEXT),
                "valid_from": or_null(DAY),
                "valid_to": or_null(DAY),
            }
        )
    ),
    "CodelistList": listed(closed(_CODELIST)),
    "Codelist": closed(
        {
            **_CODELIST,
            "items": {
                "type": "array",
                "items": closed(
                    {
                        "code": TEXT,
                        "title": TEXT,
                        "title_en": or_null(TEXT),
                        "aliases": TEXTS,
                        "numbering2": or_null(TEXT),
                        "minority": FLAG,
                        "valid_from": or_null(DAY),
                        "valid_to": or_null(DAY),
                    }
                ),
            },
        }
    ),
    "OrgUnitList": listed(
        closed(
            {
                "id": ID,
                "code": TEXT,
                "name": TEXT,
                "level": {"enum": ["province", "district", "commune", "department"]},
                "parent": or_null(ID),
                "valid_from": or_null(DAY),
                "valid_to": or_null(DAY),
            }
        )
    ),
}
