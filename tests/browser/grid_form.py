"""A form with every kind of cell that a grid can hold, and a page on which it is filled.

Six fixed lines (whole numbers with and without a minus, decimals, texts, a date, a choice, a
calculated cell, one that is not asked), their total, and a roster of lines that come and go.
"""

import json
from collections.abc import Mapping
from datetime import date
from typing import cast

from playwright.sync_api import BrowserContext, Page

from server.core.access import SYSTEM
from server.core.obligation import Round
from server.services.review import SubmissionView
from tests.browser.filling_page import go_on, start
from tests.world import World

FORM = "grid_cells"
LINES = tuple(f"r{number}" for number in range(1, 7))
TYPED = ("a", "b", "d", "name", "day", "kind")


def grid_form() -> dict[str, object]:
    """The definition as it is published."""
    lines = {line: {"title": f"Chỉ tiêu {line[1:]}", "$ref": "#/$defs/line"} for line in LINES}
    totals = {
        key: {
            "title": _titles()[key],
            **({"type": "number", "multipleOf": 0.01} if key == "d" else {"type": "integer"}),
            "x-calculate": f"sum(rows.map(r, rows[r].{key}))",
        }
        for key in ("a", "b", "d", "sum")
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Biểu thử ô",
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
            "prefix": "OT01",
            "i18n": {"en": {"title": "Cells to try"}},
        },
        "properties": {
            "total": {
                "title": "Tổng số",
                "type": "object",
                "additionalProperties": False,
                "properties": totals,
            },
            "rows": {
                "title": "Các chỉ tiêu",
                "type": "object",
                "additionalProperties": False,
                "properties": lines,
            },
            "people": {
                "title": "Danh sách",
                "type": "array",
                "maxItems": 30,
                "items": {"$ref": "#/$defs/person"},
            },
            "note": {"title": "Ghi chú", "type": "string", "maxLength": 2000},
        },
        "$defs": {"line": _line(), "person": _person()},
        "x-layout": {
            "sections": [
                {
                    "key": "cells",
                    "title": "Các ô",
                    "rowHeader": "Chỉ tiêu",
                    "grid": ["rows", "total"],
                },
                {
                    "key": "people",
                    "title": "Danh sách",
                    "rowHeader": "Người",
                    "grid": ["people"],
                },
                {"key": "note", "title": "Ghi chú", "fields": ["note"]},
            ]
        },
        "x-checks": [
            {
                "code": "ordered",
                "severity": "warning",
                "each": "/rows",
                "rule": "b <= 900",
                "message": "{row}: cột hai lớn khác thường.",
                "paths": ["b"],
            }
        ],
        "x-tests": [{"name": "đúng", "answers": {"rows": {"r1": {"a": 1}}}, "findings": []}],
    }


def _titles() -> Mapping[str, str]:
    return {
        "a": "Cột một",
        "b": "Cột hai",
        "d": "Diện tích",
        "sum": "Cộng",
        "name": "Tên gọi",
        "day": "Ngày",
        "kind": "Loại",
        "off": "Không ghi",
    }


def _line() -> dict[str, object]:
    count: dict[str, object] = {"type": "integer", "minimum": 0, "maximum": 999_999_999}
    cells: Mapping[str, dict[str, object]] = {
        "a": count,
        "b": {"type": "integer", "minimum": -1000, "maximum": 1_000_000},
        "d": {"type": "number", "multipleOf": 0.01, "minimum": 0, "maximum": 1_000_000},
        "sum": {"type": "integer", "x-calculate": "a + b"},
        "name": {"type": "string", "maxLength": 200},
        "day": {"type": "string", "format": "date"},
        "kind": {"type": "boolean"},
        "off": {**count, "x-relevant": 'unit.level == "province"'},
    }
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {key: {"title": _titles()[key], **cell} for key, cell in cells.items()},
    }


def _person() -> dict[str, object]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["age"],
        "properties": {
            "name": {"title": "Họ tên", "type": "string", "maxLength": 200},
            "age": {"title": "Tuổi", "type": "integer", "minimum": 0, "maximum": 130},
        },
    }


def publish(world: World) -> None:
    """Open the form for the communes of *world*."""
    world.services.catalogue.publish(json.dumps(grid_form(), ensure_ascii=False), "form", SYSTEM)
    opened = Round(
        id="round-grid",
        code="GRID-2024",
        title="Biểu thử",
        period="2024",
        letter_number="56/BDT",
        letter_on=date(2024, 12, 1),
        contact="Phòng Chính sách",
        phone="0209 000 000",
        level="official",
        forms=(FORM,),
        opens_on=date(2024, 12, 1),
    )
    world.services.rounds.open(world.actor("admin"), opened)


def grid_page(context: BrowserContext, address: str, world: World) -> tuple[Page, SubmissionView]:
    """The form's filling page in *context*, empty."""
    publish(world)
    view = start(world, FORM)
    return go_on(context, address, view), view


def texts(page: Page) -> dict[str, str]:
    """What every cell of the page shows that shows something."""
    found = page.evaluate(
        "Object.fromEntries([...document.querySelectorAll('td.cell')]"
        ".filter((cell) => cell.textContent).map((cell) => [cell.id, cell.textContent]))"
    )
    return cast(dict[str, str], found)


def focused(page: Page) -> str:
    """The id of the cell that has the keyboard, also while it is being typed in."""
    found = page.evaluate(
        "() => { const at = document.activeElement;"
        " return (at.closest('td') || at).id || at.tagName.toLowerCase(); }"
    )
    return cast(str, found)
