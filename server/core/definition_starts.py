"""What a new form or workflow begins with: the least that the checks accept."""

from typing import Final

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_MOST: Final = 999_999_999
_REASON: Final = {"$ref": "#/$defs/reason"}


def new_form(code: str, title: str, workflow: str) -> dict[str, object]:
    """A yearly report of the communes with one figure and one test."""
    return {
        "$schema": DIALECT,
        "title": title,
        "type": "object",
        "additionalProperties": False,
        "x-form": {
            "code": code,
            "version": 1,
            "kind": "report",
            "periodType": "year",
            "workflow": workflow,
            "assignedTo": {"levels": ["commune"]},
            "due": {"commune": "P15D"},
        },
        "required": ["total"],
        "properties": {
            "total": {"title": "Tổng số", "type": "integer", "minimum": 0, "maximum": _MOST}
        },
        "x-layout": {"sections": [{"key": "main", "title": title, "fields": ["total"]}]},
        "x-checks": [],
        "x-tests": [{"name": "Báo cáo đúng", "answers": {"total": 1}, "findings": []}],
    }


def new_workflow(code: str, title: str) -> dict[str, object]:
    """The unit's head signs, the province approves or returns, closes and reopens."""
    at_province = {"role": "approver", "at": "province"}
    return {
        "$schema": "../_meta/workflow.schema.json",
        "code": code,
        "version": 1,
        "title": title,
        "initial": "draft",
        "states": {
            "draft": {"title": "Đang nhập", "editable": True},
            "awaiting_signature": {"title": "Chờ lãnh đạo ký"},
            "submitted": {"title": "Đã gửi, chờ tỉnh duyệt", "sent": True, "deadline": "P7D"},
            "returned": {"title": "Trả lại để sửa", "editable": True},
            "approved": {"title": "Tỉnh đã duyệt", "sent": True, "final": True},
        },
        "transitions": [
            {
                "event": "submit",
                "from": ["draft", "returned"],
                "to": "awaiting_signature",
                "by": {"role": "reporter", "at": "unit"},
                "guards": ["answers_valid", "marks_answered"],
            },
            {
                "event": "sign",
                "from": ["awaiting_signature"],
                "to": "submitted",
                "by": {"role": "signer", "at": "unit"},
                "guards": ["not_own_work"],
            },
            {
                "event": "return",
                "from": ["awaiting_signature"],
                "to": "draft",
                "by": {"role": "signer", "at": "unit"},
                "input": _REASON,
            },
            {
                "event": "approve",
                "from": ["submitted"],
                "to": "approved",
                "by": at_province,
                "guards": ["not_own_work"],
            },
            {
                "event": "return",
                "from": ["submitted"],
                "to": "returned",
                "by": at_province,
                "input": _REASON,
            },
            {
                "event": "reopen",
                "from": ["approved"],
                "to": "returned",
                "by": {"role": "signer", "at": "province"},
                "input": _REASON,
            },
        ],
        "$defs": {
            "reason": {
                "type": "object",
                "required": ["note"],
                "properties": {
                    "note": {"title": "Lý do", "type": "string", "minLength": 5, "maxLength": 2000}
                },
            }
        },
    }
