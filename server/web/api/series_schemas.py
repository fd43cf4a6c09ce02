"""Schemas of the API's series: an indicator over the years."""

from collections.abc import Mapping
from typing import Final

from server.core.series import Turn
from server.web.api.schema_words import NUMBER, TEXT, Schema, closed, or_null

SERIES_SCHEMAS: Final[Mapping[str, Schema]] = {
    "Series": closed(
        {
            "indicator": TEXT,
            "status": {"enum": ["final", "provisional"]},
            "valid_from": or_null(TEXT),
            "valid_to": or_null(TEXT),
            "points": {
                "type": "array",
                "items": closed(
                    {
                        "period": TEXT,
                        "measure_unit": TEXT,
                        "value": or_null({"type": "number"}),
                        "reports": NUMBER,
                        "expected": NUMBER,
                        "counted": NUMBER,
                        "complete": or_null({"type": "boolean"}),
                    }
                ),
            },
            "definition_changes": {
                "type": "array",
                "items": closed(
                    {
                        "period": TEXT,
                        "form": TEXT,
                        "version": NUMBER,
                        "changes": {
                            "type": "array",
                            "items": closed(
                                {
                                    "kind": {"enum": [str(turn) for turn in Turn]},
                                    "before": TEXT,
                                    "after": TEXT,
                                }
                            ),
                        },
                    }
                ),
            },
        }
    ),
}
