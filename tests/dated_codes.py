"""A form by a code list with days: for tests of what an ended code means at every door."""

import json
from datetime import date
from typing import Any

from server.core.access import SYSTEM
from server.core.obligation import Round
from tests.world import PERIOD, World

LIST, FORM = "goods", "goods_sold"
ENDED = {"code": "03", "title": "Muối", "validTo": "2024-06-30"}
ITEMS = (
    {"code": "01", "title": "Gạo"},
    {"code": "02", "title": "Ngô"},
    {"code": "03", "title": "Muối"},
)


def goods(version: int = 1, items: tuple[dict[str, Any], ...] = ITEMS) -> str:
    """The text of the list."""
    listed = {
        "code": LIST, "version": version, "title": "Mặt hàng", "constructed": True,
        "source": "", "items": list(items),
    }  # fmt: skip
    return json.dumps(listed, ensure_ascii=False)


def ended_goods(version: int = 1) -> str:
    """The list whose third code ended in the middle of 2024."""
    return goods(version, (*ITEMS[:2], ENDED))


def goods_form(version: int = 1) -> dict[str, Any]:
    """Amounts by goods in a grid, and one cell that chooses from the same list."""
    amount = {"title": "Số lượng", "type": "integer", "minimum": 0, "maximum": 9999}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Hàng bán ở chợ", "type": "object", "additionalProperties": False,
        "x-form": {
            "code": FORM, "version": version, "kind": "report", "periodType": "year",
            "workflow": "commune_district_province", "assignedTo": {"levels": ["commune"]},
            "owner": "06", "due": {"commune": "P15D"}, "constructed": True, "prefix": "HB01",
            "i18n": {"en": {"title": "Goods sold"}},
        },
        "properties": {
            "rows": {
                "title": "Mặt hàng", "type": "object", "x-rows": {"codelist": LIST},
                "additionalProperties": {"$ref": "#/$defs/row"},
            },
            "main": {"title": "Mặt hàng chính", "type": "string", "x-codelist": LIST},
        },
        "$defs": {
            "row": {
                "type": "object", "additionalProperties": False, "properties": {"amount": amount},
            }
        },
        "x-layout": {
            "sections": [
                {"key": "rows", "title": "Theo loại", "rowHeader": "Mặt hàng", "grid": ["rows"]},
                {"key": "main", "title": "Chung", "fields": ["main"]},
            ]
        },
        "x-tests": [{"name": "đúng", "answers": {"rows": {"01": {"amount": 1}}}, "findings": []}],
    }  # fmt: skip


def publish_goods(world: World, listed: str, version: int = 1) -> None:
    """The list as it is told, then the form over it."""
    world.services.catalogue.publish(listed, "codelist", SYSTEM)
    form = json.dumps(goods_form(version), ensure_ascii=False)
    world.services.catalogue.publish(form, "form", SYSTEM)


def open_goods(world: World, **more: Any) -> None:
    """A round that asks all communes for the form."""
    given: dict[str, Any] = {
        "id": "round-goods", "code": "HB-2024", "title": "Hàng bán", "period": PERIOD,
        "letter_number": "9/BDT", "letter_on": date(2024, 12, 1), "contact": "Phòng",
        "phone": "0209", "level": "official", "forms": (FORM,), "opens_on": date(2024, 12, 1),
    }  # fmt: skip
    world.services.rounds.open(world.actor("admin"), Round(**{**given, **more}))


def start_goods(world: World, answers: dict[str, Any]) -> Any:
    """The commune's report."""
    return world.services.submissions.start(
        world.actor("commune_reporter"), form=FORM, org_unit="u-commune", period=PERIOD,
        answers=answers,
    )  # fmt: skip
