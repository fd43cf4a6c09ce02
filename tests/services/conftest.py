"""The small province on both databases, for every test of a use case."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from server.core.access import SYSTEM, Actor, Role
from server.core.definition_draft import DefinitionDraft
from server.core.submission import Change
from server.services.accounts import NewAccount
from server.services.definition_drafts import DefinitionDrafts
from server.services.indicator_sheets import IndicatorSheets
from server.services.review import SubmissionView
from tests.database_fixtures import *  # noqa: F403
from tests.divided import divide, doing, saving
from tests.divided import start as start_divided
from tests.world import GOOD, PERIOD, ROOT, World, copied_world

CHAIN = (
    ("commune_reporter", "submit"),
    ("commune_signer", "sign"),
    ("district_approver", "approve"),
    ("province_approver", "approve"),
)


@pytest.fixture
def world(furnished: World, tmp_path: Path) -> World:
    plugins = ("csv_export", "deadline_reminders")
    return copied_world(furnished, furnished.application.database, tmp_path, plugins)


@pytest.fixture
def second(world: World) -> Actor:
    """Another administrator."""
    world.accounts["second"] = world.services.accounts.create(
        world.actor("admin"), NewAccount("second", "Người thứ hai", None, Role.ADMIN, "u-province")
    ).id
    return world.actor("second")


@pytest.fixture
def world_with_workbooks(furnished: World, tmp_path: Path) -> World:
    """The small province with the workbook format."""
    return copied_world(
        furnished, furnished.application.database, tmp_path, plugins=("xlsx_workbook",)
    )


@pytest.fixture
def sheets(world: World) -> IndicatorSheets:
    """The changes of the catalogue, with the 132 shipped indicators in force."""
    install_indicators(world)
    return world.services.indicator_sheets


@pytest.fixture
def start(world: World) -> Callable[..., SubmissionView]:
    """``start(answers=…)`` starts the commune's report as its reporter."""

    def started(**given: object) -> SubmissionView:
        given.setdefault("answers", GOOD)
        return world.services.submissions.start(
            world.actor("commune_reporter"),
            form="households",
            org_unit="u-commune",
            period=PERIOD,
            **given,  # type: ignore[arg-type]
        )

    return started


@pytest.fixture
def decide(world: World) -> Callable[..., SubmissionView]:
    """``decide(view, "commune_signer", "sign")`` fires an event on exactly that edit."""

    def decided(view: SubmissionView, username: str, event: str, **given: object) -> SubmissionView:
        return world.services.approvals.decide(
            world.actor(username),
            view.submission.id,
            event,
            seen=view.submission.edit,
            **given,  # type: ignore[arg-type]
        )

    return decided


@pytest.fixture
def advance(
    decide: Callable[..., SubmissionView],
) -> Callable[[SubmissionView, int], SubmissionView]:
    """``advance(view, 2)`` takes the first steps of submit, sign, approve, approve."""

    def advanced(view: SubmissionView, steps: int) -> SubmissionView:
        for username, event in CHAIN[:steps]:
            view = decide(view, username, event)
        return view

    return advanced


# A report with a part of the department of roads; see ``tests.divided``


@pytest.fixture
def divided(world: World) -> World:
    """The small province with the form that two units fill."""
    return divide(world)


@pytest.fixture
def view(divided: World) -> SubmissionView:
    """Its report, begun by the commune."""
    return start_divided(divided)


@pytest.fixture
def save(divided: World, view: SubmissionView) -> Callable[..., SubmissionView]:
    """``save("roads_reporter", "/bridges", 3)`` writes one cell of it."""
    return saving(divided, view)


@pytest.fixture
def do(divided: World, view: SubmissionView) -> Callable[..., None]:
    """``do("roads_reporter", "hand_in", ROADS)`` acts on one of its parts."""
    return doing(divided, view)


def change(path: str, old: object, new: object, status: str | None = None) -> Change:
    return Change(path, old, new, status)


def install_indicators(world: World) -> None:
    """The shipped indicators and the code lists that they are parted by."""
    path = ROOT / "form_definitions/_indicators/indicators.json"
    world.services.catalogue.put_indicators(json.loads(path.read_text("utf-8")), SYSTEM)
    for name in ("ethnic_group", "sex"):
        text = (ROOT / f"form_definitions/_codelists/{name}.json").read_text("utf-8")
        world.services.catalogue.publish(text, "codelist", SYSTEM)


def sheet_of(*rows: tuple[str, ...]) -> str:
    """A sheet of indicators with a few of its columns, as the page carries it."""
    heading = ("Mã", "Tên chỉ tiêu", "Hết áp dụng sau ngày")
    return json.dumps([heading, *rows], ensure_ascii=False)


@pytest.fixture
def admin(world: World) -> Actor:
    return world.actor("admin")


@pytest.fixture
def drafts(world: World) -> DefinitionDrafts:
    return world.services.definition_drafts


@pytest.fixture
def draft(drafts: DefinitionDrafts, admin: Actor) -> DefinitionDraft:
    return drafts.revise(admin, "form", "households")
