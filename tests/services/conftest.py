"""The small province on both databases, for every test of a use case."""

from collections.abc import Callable
from pathlib import Path

import pytest

from server.core.submission import Change
from server.services.review import SubmissionView
from tests.database_fixtures import *  # noqa: F403
from tests.world import GOOD, PERIOD, World, copied_world

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


def change(path: str, old: object, new: object, status: str | None = None) -> Change:
    return Change(path, old, new, status)
