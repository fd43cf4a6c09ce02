"""The form that is measured: 60 whole numbers, and a table of 54 ethnic groups with 6 columns.

As large as the largest forms of the domain, and like them with totals, an error rule and a
warning rule, so that the measured verdict has all its parts.
"""

from random import Random

FORM = "bench_document"
FIELDS = 60
ROWS = 54
COLUMNS = 6
_GROUPS = [f"{number:02}" for number in range(1, ROWS + 1)]


def bench_form() -> dict[str, object]:
    """The definition as it is published."""
    columns = [f"c{number}" for number in range(1, COLUMNS + 1)]
    fields = [f"f{number:02}" for number in range(1, FIELDS + 1)]
    totals = {
        column: {
            "title": f"Cột {column[1:]}",
            "type": "integer",
            "x-calculate": f"sum(rows.map(code, rows[code].{column}))",
        }
        for column in columns
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Biểu để đo",
        "type": "object",
        "additionalProperties": False,
        "x-form": {
            "code": FORM,
            "version": 1,
            "kind": "report",
            "periodType": "year",
            "workflow": "commune_district_province",
            "assignedTo": {"levels": ["commune"]},
            "owner": "06",
            "due": {"commune": "P15D"},
            "constructed": True,
            "prefix": "DO01",
            "i18n": {"en": {"title": "Bench document"}},
        },
        "required": [*fields, "rows"],
        "properties": {
            **{field: _count(f"Chỉ tiêu {field[1:]}") for field in fields},
            "all": {
                "title": "Tổng các chỉ tiêu",
                "type": "integer",
                "x-calculate": f"sum([{', '.join(fields)}])",
            },
            "total": {
                "title": "Tổng số",
                "type": "object",
                "additionalProperties": False,
                "properties": totals,
            },
            "rows": {
                "title": "Chia theo dân tộc",
                "type": "object",
                "x-rows": {"codelist": "ethnic_group", "exclude": ["55", "99"]},
                "x-dimension": "ethnic_group",
                "additionalProperties": {"$ref": "#/$defs/row"},
            },
        },
        "$defs": {
            "row": {
                "type": "object",
                "additionalProperties": False,
                "required": columns,
                "properties": {column: _count(f"Cột {column[1:]}") for column in columns},
            }
        },
        "x-layout": {
            "sections": [
                {"key": "fields", "title": "Chỉ tiêu", "fields": [*fields, "all"]},
                {
                    "key": "table",
                    "title": "Chia theo dân tộc",
                    "rowHeader": "Dân tộc",
                    "grid": ["total", "rows"],
                },
            ]
        },
        "x-checks": [
            {
                "code": "columns_agree",
                "severity": "error",
                "rule": "total.c1 <= total.c2 + total.c3",
                "message": "Cột 1 ({left}) lớn hơn cột 2 cộng cột 3 ({right}).",
                "paths": ["/total/c1"],
            },
            {
                "code": "row_agrees",
                "severity": "error",
                "each": "/rows",
                "rule": "c4 <= c5 + c6",
                "message": "{row}: cột 4 ({left}) lớn hơn cột 5 cộng cột 6 ({right}).",
                "paths": ["c4"],
            },
            {
                "code": "many",
                "severity": "warning",
                "rule": "f01 <= 900000",
                "message": "Chỉ tiêu 01 lớn khác thường.",
                "paths": ["/f01"],
            },
        ],
        "x-tests": [{"name": "đúng", "answers": bench_answers(Random(1)), "findings": []}],
    }


def bench_answers(random: Random) -> dict[str, object]:
    """A full document without findings, another one at each call."""
    fields = {f"f{number:02}": random.randint(0, 900_000) for number in range(1, FIELDS + 1)}
    return {**fields, "rows": {code: _row(random) for code in _GROUPS}}


def _row(random: Random) -> dict[str, int]:
    rest = {f"c{number}": random.randint(1000, 99_999) for number in (2, 3, 5, 6)}
    return {"c1": random.randint(0, rest["c2"]), "c4": random.randint(0, rest["c5"]), **rest}


def _count(title: str) -> dict[str, object]:
    return {"title": title, "type": "integer", "minimum": 0, "maximum": 999_999}
