"""The form on which typing is measured: 132 fixed lines of eight numbers, each with its sum.

In two blocks of 66, because a block holds at most 120 lines. The largest grid of the domain, with a
total line over all of it and an error rule for each line, so that every figure that is typed has
something to move.
"""

FORM = "bench_wide"
ROWS = 132
COLUMNS = 8
BLOCKS = ("first", "second")
_LINES = [f"r{number:02}" for number in range(1, ROWS // len(BLOCKS) + 1)]
_KEYS = [f"c{number}" for number in range(1, COLUMNS + 1)]


def wide_form() -> dict[str, object]:
    """The definition as it is published."""
    totals = {
        key: _calculated(
            f"Cột {key}", " + ".join(f"sum({name}.map(r, {name}[r].{key}))" for name in BLOCKS)
        )
        for key in [*_KEYS, "all"]
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Biểu rộng để đo",
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
            "prefix": "DO02",
            "i18n": {"en": {"title": "Bench form with many rows"}},
        },
        "required": [*BLOCKS],
        "properties": {
            "total": {
                "title": "Tổng số",
                "type": "object",
                "additionalProperties": False,
                "properties": totals,
            },
            **{name: _block(name) for name in BLOCKS},
        },
        "$defs": {
            "line": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    **{key: _count(f"Cột {key[1:]}") for key in _KEYS},
                    "all": _calculated("Cộng", " + ".join(_KEYS)),
                },
            }
        },
        "x-layout": {
            "sections": [
                {
                    "key": "table",
                    "title": "Các chỉ tiêu",
                    "rowHeader": "Chỉ tiêu",
                    "grid": ["total", *BLOCKS],
                }
            ]
        },
        "x-checks": [_check(name) for name in BLOCKS],
        "x-tests": [{"name": "đúng", "answers": wide_answers(), "findings": []}],
    }


def row_paths() -> list[str]:
    """The pointers of the lines, in their order."""
    return [f"/{name}/{line}" for name in BLOCKS for line in _LINES]


def wide_answers() -> dict[str, object]:
    """A full document without findings."""
    line = {key: 100 + number for number, key in enumerate(_KEYS)}
    return {name: {key: dict(line) for key in _LINES} for name in BLOCKS}


def _block(name: str) -> dict[str, object]:
    lines = {
        line: {"title": f"Chỉ tiêu {name} {line[1:]}", "$ref": "#/$defs/line"} for line in _LINES
    }
    return {
        "title": "Các chỉ tiêu",
        "type": "object",
        "additionalProperties": False,
        "properties": lines,
    }


def _check(name: str) -> dict[str, object]:
    return {
        "code": f"{name}_agrees",
        "severity": "error",
        "each": f"/{name}",
        "rule": "c1 <= c2 + c3",
        "message": "{row}: cột 1 ({left}) lớn hơn cột 2 cộng cột 3 ({right}).",
        "paths": ["c1"],
    }


def _count(title: str) -> dict[str, object]:
    return {"title": title, "type": "integer", "minimum": 0, "maximum": 999_999}


def _calculated(title: str, formula: str) -> dict[str, object]:
    return {"title": title, "type": "integer", "x-calculate": formula}
