"""The clerk of Cổ Linh at the workbook of a report: asked for, filled elsewhere, brought back."""

from server.core.submission import Change
from server.services.review import SubmissionView
from server.services.workbooks import Outcome, Preview
from tests.world import World


def start(world: World, form: str, username: str = "commune_reporter", **more: object):  # type: ignore[no-untyped-def]
    unit = {"commune_reporter": "u-commune", "neighbour_reporter": "u-neighbour"}[username]
    return world.services.submissions.start(
        world.actor(username), form=form, org_unit=unit, period="2024", **more
    )


def download(world: World, view: SubmissionView) -> bytes:
    actor = world.actor("commune_reporter")
    return world.services.workbooks.download(actor, view.submission.id).take()


def upload(world: World, view: SubmissionView, content: bytes) -> Preview:
    actor = world.actor("commune_reporter")
    return world.services.workbooks.upload(actor, view.submission.id, content)


def confirm(world: World, found: Preview, **take: bool) -> Outcome:
    return world.services.workbooks.confirm(
        world.actor("commune_reporter"),
        found.view.submission.id,
        found.token,
        seen=found.view.submission.edit,
        take={path: True for path, taken in take.items() if taken},
    )


def save(world: World, view: SubmissionView, *changes: Change) -> None:
    world.services.submissions.save_cells(
        world.actor("commune_reporter"), view.submission.id, changes
    )


def now(world: World, view: SubmissionView) -> SubmissionView:
    return world.services.submissions.get(world.actor("commune_reporter"), view.submission.id)
