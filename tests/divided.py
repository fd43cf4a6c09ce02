"""A report of several hands in the small province of ``tests.world``: a form in which a department
fills a section and a column, two clerks in the commune, one in the department.
"""

import json
from collections.abc import Callable
from dataclasses import replace

from server.core.access import SYSTEM, Role
from server.core.obligation import Round
from server.core.org_unit import Level, OrgUnit
from server.core.part import PartState
from server.core.submission import Change
from server.services.accounts import NewAccount
from server.services.review import SubmissionView
from tests.world import FRIDAY, PERIOD, World, household_form

FORM = "shared_sheet"
ROADS = "d_sgtvt"
ROADS_UNIT = OrgUnit(
    "u-roads", ROADS, "Sở Giao thông vận tải", Level.DEPARTMENT, "so", "u-province", None, None
)
#: What the commune's own cells hold when they are filled.
OWN = {
    "people": {"male": 12, "female": 13},
    "households": 6,
    "lines": {"dirt": {"count": 2}, "concrete": {"count": 1}},
}
PEOPLE = (
    ("commune_second", Role.REPORTER, "u-commune"),
    ("roads_reporter", Role.REPORTER, "u-roads"),
    ("roads_second", Role.REPORTER, "u-roads"),
    ("roads_reader", Role.READER, "u-roads"),
)


def shared_form(code: str = FORM) -> dict[str, object]:
    """Sections ``main`` (the unit), ``roads`` (a department), ``lines`` (a grid of both)."""
    form = household_form(code)
    count = {"type": "integer", "minimum": 0, "maximum": 999999}
    line = {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "count": {"title": "Số tuyến", **count},
            "length": {"title": "Chiều dài", "x-owner": ROADS, **count},
        },
    }
    form["title"] = "Đường thôn"
    form["x-form"] = {**form["x-form"], "prefix": "DT01"}  # type: ignore[dict-item]
    form["properties"] = {
        **form["properties"],  # type: ignore[dict-item]
        "bridges": {"title": "Số cầu", **count},
        "opinion": {"title": "Ý kiến của xã", "type": "string", "maxLength": 200,
                    "x-owner": "01858"},
        "lines": {
            "title": "Đường",
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "dirt": {"title": "Đường đất", **line},
                "concrete": {"title": "Đường bê tông", **line},
            },
        },
        "works": {
            "title": "Công trình",
            "type": "array",
            "maxItems": 20,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "name": {"title": "Tên", "type": "string", "maxLength": 100},
                    "cost": {"title": "Kinh phí", "x-owner": ROADS, **count},
                },
            },
        },
    }  # fmt: skip
    form["x-layout"] = {
        "sections": [
            {
                "key": "main",
                "title": "Hộ và nhân khẩu",
                "fields": ["people", "households", "all_people", "note"],
            },
            {"key": "roads", "title": "Cầu", "owner": ROADS, "fields": ["bridges", "opinion"]},
            {
                "key": "lines",
                "title": "Đường",
                "owner": "unit",
                "grid": ["lines"],
                "rowHeader": "Loại đường",
            },
            {"key": "works", "title": "Công trình", "grid": ["works"]},
        ]
    }
    return form


def divide(world: World) -> World:
    """Publish the form for the communes of *world* and let its people in."""
    services = world.services
    services.reference.add_units([ROADS_UNIT], SYSTEM)
    services.catalogue.publish(json.dumps(shared_form(), ensure_ascii=False), "form", SYSTEM)
    for username, role, unit in PEOPLE:
        name = username.replace("_", " ")
        account = services.accounts.create(SYSTEM, NewAccount(username, name, None, role, unit))
        world.accounts[username] = account.id
        world.tokens[username] = services.accounts.create_token(SYSTEM, account.id, "tests")
    services.rounds.open(world.actor("admin"), _round())
    return world


def start(world: World, answers: dict[str, object] | None = None) -> SubmissionView:
    """Cổ Linh starts its report."""
    return world.services.submissions.start(
        world.actor("commune_reporter"),
        form=FORM,
        org_unit="u-commune",
        period=PERIOD,
        answers=OWN if answers is None else answers,
    )


def _round() -> Round:
    base = Round(
        id="round-shared",
        code="DUONG-2024",
        title="Đường thôn năm 2024",
        period=PERIOD,
        letter_number="03/SGTVT",
        letter_on=FRIDAY.today(),
        contact="Phòng Hạ tầng",
        phone="0209 000 000",
        level="official",
        forms=(),
        opens_on=FRIDAY.today(),
    )
    return replace(base, forms=(FORM,))


def saving(world: World, view: SubmissionView) -> Callable[..., SubmissionView]:
    """``save("roads_reporter", "/bridges", 3)`` types one cell over what stands there."""

    def saved(username: str, path: str, new: object, old: object = None) -> SubmissionView:
        found, met = world.services.submissions.save_cells(
            world.actor(username), view.submission.id, [Change(path, old, new)]
        )
        assert not met
        return found

    return saved


def doing(world: World, view: SubmissionView) -> Callable[..., None]:
    """``do("roads_reporter", "hand_in", ROADS)`` does something with a part."""

    def done(username: str, action: str, key: str, *more: object) -> None:
        act = getattr(world.services.parts, action)
        act(world.actor(username), view.submission.id, key, *more)

    return done


def part_state(world: World, view: SubmissionView, key: str = ROADS) -> PartState:
    """How a part of the report stands now."""
    shown = world.services.parts.of(world.actor("commune_reporter"), view.submission.id)
    return next(one.part.state for one in shown if one.part.key == key)


def history_names(world: World, view: SubmissionView) -> list[str]:
    """What happened to the report, without the word that all of it begins with."""
    history = world.services.submissions.history(
        world.actor("commune_reporter"), view.submission.id
    )
    return [event.name.removeprefix("submission.") for event in history]
