"""A small survey of visits: personal cells, a roster, rules of sameness, tallies, feeds."""

from typing import Any

FORM = "visits"


def visits_form() -> dict[str, Any]:
    """One sheet is a visited household."""
    text = {"type": "string", "maxLength": 80}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Phiếu thăm hộ",
        "type": "object",
        "additionalProperties": False,
        "x-form": {
            "code": FORM,
            "version": 1,
            "kind": "survey",
            "periodType": "year",
            "workflow": "survey_return",
            "assignedTo": {"levels": ["commune"]},
            "owner": "06",
            "due": {"commune": "P15D"},
            "constructed": True,
            "prefix": "TH01",
            "i18n": {"en": {"title": "Visits"}},
        },
        "required": ["village", "number"],
        "properties": {
            "village": {"title": "Thôn", **text, "x-carry": True},
            "number": {"title": "Hộ số", "type": "integer", "minimum": 1, "maximum": 999},
            "head": {"title": "Tên chủ hộ", **text, "x-personal": True},
            "area": {
                "title": "Diện tích",
                "type": "number",
                "minimum": 0,
                "maximum": 9999,
                "multipleOf": 0.1,
            },
            "members": {
                "title": "Thành viên",
                "type": "array",
                "maxItems": 20,
                "items": {"$ref": "#/$defs/member"},
            },
            "persons": {
                "title": "Số người",
                "type": "integer",
                "x-calculate": "count(members)",
            },
        },
        "$defs": {
            "member": {
                "type": "object",
                "additionalProperties": False,
                "required": ["sex"],
                "properties": {
                    "name": {"title": "Họ tên", **text, "x-personal": True},
                    "sex": {"title": "Giới tính", "type": "string", "x-codelist": "sex"},
                    "age": {
                        "title": "Tuổi",
                        "type": "integer",
                        "minimum": 0,
                        "maximum": 120,
                        "x-personal": True,
                    },
                },
            }
        },
        "x-layout": {
            "sections": [
                {
                    "key": "main",
                    "title": "Hộ",
                    "fields": ["village", "number", "head", "area", "persons"],
                },
                {"key": "people", "title": "Thành viên", "grid": ["members"], "rowHeader": "STT"},
            ]
        },
        "x-checks": [
            {
                "code": "grown",
                "severity": "warning",
                "rule": "sum(members.map(m, m.age)) >= 18",
                "message": "Tổng số tuổi là {left}, thường từ {right}.",
                "paths": ["/area"],
            },
            {
                "code": "roomy",
                "severity": "error",
                "rule": "area <= 500",
                "message": "Diện tích {left} lớn hơn {right}.",
                "paths": ["/area"],
            },
        ],
        "x-unique": [["/village", "/number"]],
        "x-tally": [
            {"code": "visited", "title": "hộ đã thăm", "where": "persons > 0", "done": True},
            {"code": "absent", "title": "hộ vắng", "where": "persons == 0"},
        ],
        "x-feeds": [
            {
                "indicator": "0101",
                "op": "count",
                "each": "/members",
                "dimensions": {"sex": "/members/sex"},
            },
            {"indicator": "0109", "op": "count", "where": "persons > 0"},
            {"indicator": "1006", "op": "sum", "value": "/area"},
        ],
        "x-tests": [
            {
                "name": "đúng",
                "answers": visit(1, ("male", 40), ("female", 35)),
                "findings": [],
                "feeds": [
                    {"indicator": "0101", "dimensions": {"sex": "male"}, "value": 1},
                    {"indicator": "0101", "dimensions": {"sex": "female"}, "value": 1},
                    {"indicator": "0109", "dimensions": {}, "value": 1},
                    {"indicator": "1006", "dimensions": {}, "value": 10.5},
                ],
            }
        ],
    }


def visit(
    number: int, *people: tuple[str, int], village: str = "Thôn Nà", area: float = 10.5
) -> dict[str, Any]:
    """The answers of one sheet; *people* are sex and age."""
    return {
        "village": village,
        "number": number,
        "head": f"Chủ hộ {number}",
        "area": area,
        "members": [
            {"_id": f"m{at}", "name": f"Người {number}.{at}", "sex": sex, "age": age}
            for at, (sex, age) in enumerate(people, start=1)
        ],
    }


FAMILY = (("male", 40), ("female", 38), ("female", 9))
