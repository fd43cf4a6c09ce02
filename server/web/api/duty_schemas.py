"""The JSON Schemas of who does what on reports: delegations, parts, sums, closing, evidence."""

from collections.abc import Mapping
from typing import Final

from server.web.api.schema_words import (
    ANY,
    DAY,
    FLAG,
    ID,
    INSTANT,
    NUMBER,
    OBJECT,
    TEXT,
    TEXTS,
    Schema,
    closed,
    listed,
    or_null,
    ref,
)

_PERSON = closed({"id": ID, "name": TEXT})
_HELD = closed({"role": TEXT, "org_unit": ID, "valid_from": or_null(DAY), "valid_to": or_null(DAY)})
_SECTIONS: Schema = {"type": "array", "items": closed({"key": TEXT, "title": TEXT})}
_CHANGES: Schema = {
    "type": "array",
    "items": closed(
        {"path": TEXT, "from": ANY, "to": ANY, "status": or_null(TEXT)}, "from", "to", "status"
    ),
}
_COUNTS = {"expected": NUMBER, "taken": NUMBER, "missing": NUMBER, "changed": NUMBER}
_ROUND = {"id": ID, "code": TEXT, "title": TEXT, "period": TEXT, "forms": TEXTS}
_NOTICE = closed(
    {
        "id": ID,
        "kind": TEXT,
        "submission": or_null(ID),
        "form": or_null(TEXT),
        "org_unit": or_null(ID),
        "period": or_null(TEXT),
        "until": or_null(DAY),
        "by_name": or_null(TEXT),
        "on_behalf_of_name": or_null(TEXT),
        "created_at": INSTANT,
        "read_at": or_null(INSTANT),
    }
)

DUTY_SCHEMAS: Final[Mapping[str, Schema]] = {
    "Delegation": closed(
        {
            "id": ID,
            "role": {"enum": ["signer", "approver"]},
            "org_unit": ID,
            "principal": ID,
            "principal_name": TEXT,
            "deputy": ID,
            "deputy_name": TEXT,
            "forms": TEXTS,
            "valid_from": DAY,
            "valid_to": DAY,
            "reason": TEXT,
            "state": {"enum": ["upcoming", "in_force", "over", "revoked"]},
            "granted_at": INSTANT,
            "revoked_at": or_null(INSTANT),
        }
    ),
    "DelegationList": listed(ref("Delegation")),
    "DelegableList": listed(
        closed(
            {
                "grant": ID,
                "role": {"enum": ["signer", "approver"]},
                "org_unit": ID,
                "valid_to": or_null(DAY),
                "colleagues": {"type": "array", "items": _PERSON},
            }
        )
    ),
    "NewDelegation": closed(
        {
            "grant": ID,
            "deputy": ID,
            "valid_from": DAY,
            "valid_to": DAY,
            "reason": TEXT,
            "forms": TEXTS,
        },
        "forms",
    ),
    "HandoverPlan": closed(
        {
            "leaver": ID,
            "successor": ID,
            "successor_name": TEXT,
            "last_day": DAY,
            "moved": {"type": "array", "items": _HELD},
            "ended": {"type": "array", "items": _HELD},
            "parts": {"type": "array", "items": closed({"submission": ID, "part": TEXT})},
            "delegations": {"type": "array", "items": ID},
            "sessions": NUMBER,
            "tokens": TEXTS,
        }
    ),
    "Notice": _NOTICE,
    "NoticeList": listed(ref("Notice")),
    "NoticesRead": closed({"read": NUMBER}),
    "ConsolidationList": listed(
        closed(
            {
                "obligation": ID,
                "form": TEXT,
                "org_unit": ID,
                "period": TEXT,
                "round": or_null(ID),
                "due_on": DAY,
                "submission": or_null(ID),
                "state": or_null(TEXT),
                "may_start": FLAG,
                **_COUNTS,
            }
        )
    ),
    "StartConsolidation": closed(
        {"form": TEXT, "org_unit": ID, "period": TEXT, "round": or_null(ID)}, "round"
    ),
    "Consolidation": closed(
        {
            "consolidated": FLAG,
            **_COUNTS,
            "complete": FLAG,
            "reason": TEXT,
            "children": {
                "type": "array",
                "items": closed(
                    {
                        "org_unit": ID,
                        "submission": or_null(ID),
                        "state": or_null(TEXT),
                        "condition": {
                            "enum": ["taken", "changed", "withdrawn", "ready", "waiting"]
                        },
                        "revision": or_null(NUMBER),
                        "digest": or_null(TEXT),
                    }
                ),
            },
            "corrections": {
                "type": "array",
                "items": closed(
                    {
                        "path": TEXT,
                        "sum": ANY,
                        "value": ANY,
                        "status": or_null(TEXT),
                        "reason": TEXT,
                    }
                ),
            },
        }
    ),
    "MissingReason": closed({"reason": TEXT}),
    "SumCorrections": closed({"changes": _CHANGES, "reason": TEXT}),
    "DecisionCorrection": closed(
        {"changes": _CHANGES, "decision_number": TEXT, "decided_on": DAY, "reason": TEXT}
    ),
    "RoundList": listed(closed(_ROUND)),
    "Closing": closed(
        {
            **_ROUND,
            "ready": {"type": "array", "items": ID},
            "open": {
                "type": "array",
                "items": closed(
                    {"obligation": ID, "org_unit": ID, "form": TEXT, "submission": or_null(ID)}
                ),
            },
            "counts": {
                "type": "array",
                "items": closed({"form": TEXT, "ready": NUMBER, "closed": NUMBER, "open": NUMBER}),
            },
            "past": {
                "type": "array",
                "items": closed({"at": INSTANT, "by": ID, "details": OBJECT}),
            },
        }
    ),
    "Close": closed({"expected": NUMBER, "exceptions": TEXTS, "note": TEXT}, "exceptions", "note"),
    "Closed": closed({"round": ID, "closed": NUMBER}),
    "PartList": listed(
        closed(
            {
                "part": TEXT,
                "org_unit": ID,
                "sections": _SECTIONS,
                "state": {"enum": ["open", "handed_in", "waived"]},
                "assignee": or_null(ID),
                "assignee_name": or_null(TEXT),
                "done_by_name": or_null(TEXT),
                "done_at": or_null(INSTANT),
                "reason": or_null(TEXT),
                "actions": TEXTS,
                "colleagues": {"type": "array", "items": _PERSON},
            }
        )
    ),
    "OwedPartList": listed(
        closed(
            {
                "part": TEXT,
                "submission": ID,
                "form": TEXT,
                "org_unit": ID,
                "owner": ID,
                "period": TEXT,
                "sections": _SECTIONS,
            }
        )
    ),
    "PartAction": closed(
        {
            "action": {"enum": ["hand_in", "take_back", "waive", "assign"]},
            "reason": TEXT,
            "assignee": or_null(ID),
        },
        "reason",
        "assignee",
    ),
    "Evidence": closed(
        {
            "format": {"const": "bieumau-evidence/1"},
            "digest": TEXT,
            "document": OBJECT,
            "form_digest": or_null(TEXT),
            "workflow_digest": or_null(TEXT),
            "findings": {
                "type": "array",
                "items": closed(
                    {"severity": TEXT, "code": TEXT, "path": TEXT, "reason": or_null(TEXT)}
                ),
            },
            "sealed_in": NUMBER,
            "events": {"type": "array", "items": OBJECT},
            "proof": or_null(OBJECT),
            "checkpoint": or_null(OBJECT),
        }
    ),
}
