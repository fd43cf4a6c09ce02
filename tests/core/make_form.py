"""Small forms for tests: one of every kind of property, and whatever a test adds."""

import copy
from typing import Any

from server.core.answers import Context, UnitView
from server.core.form import Form, compile_form
from server.core.indicator import CodeList, CodeListItem
from server.core.period import Period

COMMUNE = UnitView("01864", "commune", "xa")
YEAR = Period.parse("2024")
HERE = Context(COMMUNE, YEAR)


def make_list(code: str, **items: str) -> CodeList:
    found = tuple(CodeListItem(key.lstrip("_"), title) for key, title in items.items())
    return CodeList(code, 1, code, found, False, "")


LISTS = {
    "group": make_list("group", _01="Kinh", _02="Tày", _08="Mông", _99="Không xác định"),
    "sex": make_list("sex", male="Nam", female="Nữ"),
    "age": make_list("age", child="Trẻ em", adult="Người lớn"),
}

_COUNT = {"type": "integer", "minimum": 0, "maximum": 99999}

SOURCE: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Biểu thử",
    "type": "object",
    "additionalProperties": False,
    "x-form": {
        "code": "sample",
        "version": 3,
        "kind": "report",
        "periodType": "year",
        "workflow": {"commune": "w1", "commune_without_district": "w3", "consolidated": "w4"},
        "due": {"commune": "P15D", "province": "P1M15D"},
        "closes": "P2M",
        "grace": "P3D",
        "i18n": {"en": {"title": "Sample form"}},
    },
    "required": ["rows", "confirmed"],
    "properties": {
        "all": {
            "title": "Tổng số",
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "male": {
                    "title": "Nam",
                    "type": "integer",
                    "x-calculate": "sum(rows.map(c, rows[c].male))",
                },
                "total": {
                    "title": "Chung",
                    "type": "integer",
                    "x-calculate": "sum(rows.map(c, rows[c].total))",
                },
            },
        },
        "rows": {
            "title": "Dân tộc",
            "type": "object",
            "x-rows": {"codelist": "group", "exclude": ["99"]},
            "x-dimension": "group",
            "additionalProperties": {"$ref": "#/$defs/row"},
        },
        "schools": {
            "title": "Trường",
            "type": "object",
            "additionalProperties": False,
            "required": ["primary"],
            "properties": {
                "primary": {"$ref": "#/$defs/school", "title": "Tiểu học"},
                "secondary": {"$ref": "#/$defs/school", "title": "Trung học"},
            },
        },
        "members": {
            "title": "Thành viên",
            "type": "array",
            "maxItems": 20,
            "items": {"$ref": "#/$defs/member"},
        },
        "confirmed": {"title": "Số xác nhận", **_COUNT},
        "confirmed_on": {
            "title": "Ngày xác nhận",
            "type": "string",
            "format": "date",
            "x-required-when": "confirmed > 0",
        },
        "road": {
            "title": "Có đường",
            "type": "boolean",
            "x-labels": {"true": "Có", "false": "Chưa"},
        },
        "road_km": {
            "title": "Đường, km",
            "type": "number",
            "multipleOf": 0.01,
            "minimum": 0,
            "maximum": 500,
            "x-relevant": "road == true",
        },
        "share": {
            "title": "Tỷ lệ nam",
            "type": "number",
            "multipleOf": 0.01,
            "maximum": 100,
            "x-calculate": "all.male / all.total * 100",
            "x-indicator": {"code": "0108", "measureUnit": "%"},
        },
        "zone": {"title": "Khu vực", "type": "string", "x-codelist": "age"},
        "note": {"title": "Ghi chú", "type": "string", "maxLength": 20, "x-personal": True},
    },
    "$defs": {
        "row": {
            "type": "object",
            "additionalProperties": False,
            "required": ["male", "female"],
            "properties": {
                "male": {
                    "title": "Nam",
                    **_COUNT,
                    "x-indicator": {"code": "0101", "exclude": ["01"]},
                    "x-member": {"sex": "male"},
                    "x-measure-unit": "người",
                },
                "female": {"title": "Nữ", **_COUNT},
                "total": {"title": "Chung", "type": "integer", "x-calculate": "male + female"},
            },
        },
        "school": {
            "type": "object",
            "additionalProperties": False,
            "required": ["pupils"],
            "properties": {
                "pupils": {"title": "Học sinh", **_COUNT},
                "girls": {"title": "Nữ", **_COUNT},
            },
        },
        "member": {
            "type": "object",
            "additionalProperties": False,
            "required": ["age"],
            "properties": {
                "age": {"title": "Tuổi", "type": "integer", "minimum": 0, "maximum": 130},
                "name": {"title": "Họ tên", "type": "string", "maxLength": 40, "x-personal": True},
                "adult": {
                    "title": "Số người lớn",
                    "type": "integer",
                    "x-calculate": "age >= 18 ? 1 : 0",
                },
            },
        },
    },
    "x-layout": {
        "sections": [
            {
                "key": "main",
                "title": "Dân số",
                "grid": ["all", "rows"],
                "rowHeader": "Dân tộc",
                "codeHeader": "Mã",
                "groups": [{"title": "Theo giới", "columns": ["male", "female"]}],
                "formulas": {"total": "3=1+2"},
            },
            {"key": "schools", "title": "Trường", "grid": ["schools"], "rowHeader": "Cấp"},
            {"key": "people", "title": "Người", "grid": ["members"], "rowHeader": "TT"},
            {
                "key": "other",
                "title": "Khác",
                "fields": [
                    *("confirmed", "confirmed_on", "road", "road_km", "share", "zone", "note")
                ],
            },
        ],
        "paper": "A3",
        "orientation": "landscape",
    },
    "x-checks": [
        {
            "code": "a2",
            "severity": "error",
            "rule": "coalesce(all.total, confirmed) == coalesce(confirmed, all.total)",
            "message": "Cộng được {left}, xác nhận {right} (lệch {difference}).",
            "paths": ["/confirmed"],
        },
        {
            "code": "a5",
            "severity": "warning",
            "rule": "female <= male * 2",
            "message": "{row}: nữ {left}, quá hai lần nam ({right}).",
            "each": "/rows",
        },
        {
            "code": "a6",
            "severity": "info",
            "rule": 'total > 0 || prev("total") < 20 || prev("total") == null',
            "message": "{row}: năm trước có, nay không.",
            "each": "/rows",
            "paths": ["total"],
        },
    ],
    "x-tests": [
        {
            "name": "đủ",
            "answers": {
                "rows": {"01": {"male": 5, "female": 4}},
                "confirmed": 9,
                "confirmed_on": "2025-01-02",
            },
            "findings": [],
        }
    ],
}

#: Answers that nothing can be said against.
CLEAN: dict[str, Any] = {
    "rows": {"01": {"male": 5, "female": 4}, "02": {"male": 10, "female": 11}},
    "confirmed": 30,
    "confirmed_on": "2025-01-02",
}


def make_source(**properties: object) -> dict[str, Any]:
    """The sample definition, with properties that replace its own or come to it."""
    source = copy.deepcopy(SOURCE)
    for key, declared in properties.items():
        if key not in source["properties"]:
            source["x-layout"]["sections"][3]["fields"].append(key)
        source["properties"][key] = declared
    return source


def make_form(**properties: object) -> Form:
    return compile_form(make_source(**properties), LISTS)


def clean(**changes: object) -> dict[str, Any]:
    answers = copy.deepcopy(CLEAN)
    answers.update(changes)
    return {key: value for key, value in answers.items() if value is not None}
