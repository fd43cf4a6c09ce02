"""Saves from pages that say which version of the form they show: what they ask, what is left."""

from collections.abc import Mapping
from typing import Final

from server.core.submission import STATUSES, Change
from server.errors import RequestInvalid
from server.services.earlier_cells import EarlierSave, Unplaced
from server.services.record_views import RecordView
from server.services.review import SubmissionView
from server.web.api.bodies import conflict
from server.web.api.changes import MOST_CHANGES
from server.web.api.requests import ANY, LIST, TEXT, Body, members
from server.web.api.short_answers import told_conflicts
from server.web.problems import Problem, problem

#: What such a save may name beside its changes.
VERSIONED: Final[Mapping[str, str]] = {"version": ANY, "given_up": LIST}
_NEWEST: Final = 999_999


def version_of(body: Body) -> int | None:
    """The version of the form that the page shows; None where it does not say."""
    version = body.value("version")
    if version is None:
        if body.list_("given_up"):
            raise RequestInvalid(reason="member-missing", path="/version")
        return None
    if isinstance(version, bool) or not isinstance(version, int) or not 0 < version < _NEWEST:
        raise RequestInvalid(reason="type", path="/version")
    return version


def given_up_of(body: Body) -> list[Change]:
    """Values without a place that somebody knowingly gives up."""
    listed = body.list_("given_up")
    if len(listed) > MOST_CHANGES:
        raise RequestInvalid(reason="too-many", path="/given_up")
    found = []
    for number, item in enumerate(listed):
        place = f"/given_up/{number}"
        cell = members(item, place, {"path": TEXT}, {"to": ANY, "status": TEXT})
        status = cell.maybe_text("status")
        if status is not None and status not in STATUSES:
            raise RequestInvalid(reason="status", path=f"{place}/status")
        found.append(Change(cell.text("path"), None, cell.value("to"), status))
    return found


def left_of(
    found: EarlierSave[SubmissionView] | EarlierSave[RecordView],
    submission_id: str | None,
    *,
    version: int,
) -> Problem | None:
    """What was not saved, by the cells of the page; None when everything was.

    *submission_id* names the report whose history knows who wrote the other value.
    """
    asked = {now: path for path, now in found.moved.items()}
    told = (
        [conflict(one) for one in found.conflicts]
        if submission_id is None
        else told_conflicts(submission_id, found.conflicts)
    )
    met: list[Mapping[str, object]] = [
        {**one, "path": asked.get(str(one["path"]), one["path"]), "now": one["path"]}
        for one in told
    ]
    lost = [_lost(one) for one in found.unplaced]
    if not met and not lost:
        return None
    code, errors, view = "form-changed" if lost else "conflict", [*met, *lost], found.view
    if isinstance(view, SubmissionView):
        current = view.submission.summary()
        return problem(code, errors=errors, version=version, current=current)
    return problem(code, errors=errors, version=version)


def _lost(one: Unplaced) -> dict[str, object]:
    change = one.change
    return {
        "path": change.path,
        "code": "no-place",
        "message": one.title,
        "mine": change.status if change.new is None else change.new,
        "into": list(one.into),
    }
