"""Approving several reports at once: what was chosen, and what became of each.

Both travel in the address, so that the pages can be reloaded and gone back to without acting.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from server.errors import BieumauError, NotFound
from server.services.approvals import Decision
from server.services.review import SubmissionView
from server.web.problem_catalogue import CATALOGUE
from server.web.problems import problem, problem_of
from server.web.rendering import figures_of
from server.web.session import current_actor, services
from server.web.submission_texts import ShownFinding

_DIGITS = 18
_DONE = "done"


@dataclass(frozen=True, slots=True)
class ChosenItem:
    """One ticked report; *fresh* while it is still as the list showed it."""

    id: str
    edit: int
    view: SubmissionView
    fresh: bool
    warnings: tuple[tuple[ShownFinding, str], ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one report."""

    id: str
    title: str
    done: bool
    reason: str


def chosen_items(tokens: Sequence[str]) -> list[ChosenItem]:
    """The reports behind ``id.edit`` tokens; what this person cannot see is left out."""
    found = []
    for token in dict.fromkeys(tokens):
        name, _dot, number = token.rpartition(".")
        if not (number.isascii() and number.isdigit() and len(number) <= _DIGITS):
            continue
        try:
            view = services().submissions.get(current_actor(), name)
        except NotFound:
            continue
        found.append(_item(view, int(number)))
    return found


def _item(view: SubmissionView, edit: int) -> ChosenItem:
    submission = view.submission
    said = {(reason["code"], reason["path"]): reason["text"] for reason in submission.reasons}
    return ChosenItem(
        id=submission.id,
        edit=edit,
        view=view,
        fresh=submission.edit == edit and any(move.event == "approve" for move in view.moves),
        warnings=tuple(
            (finding, said.get((finding.code, finding.path), ""))
            for finding in figures_of(view).warnings
        ),
    )


def outcome_of(decision: Decision) -> str:
    """``id.done`` or ``id.code`` of the error."""
    if decision.error is None:
        return f"{decision.submission}.{_DONE}"
    return f"{decision.submission}.{problem_of(decision.error).code}"


def results_of(tokens: Sequence[str]) -> list[Result]:
    """The outcomes in words; unknown reports and codes are left out."""
    found = []
    for token in dict.fromkeys(tokens):
        name, _dot, code = token.rpartition(".")
        if code != _DONE and code not in CATALOGUE:
            continue
        found.append(
            Result(
                id=name,
                title=_title(name),
                done=code == _DONE,
                reason="" if code == _DONE else problem(code).detail,
            )
        )
    return found


def _title(submission_id: str) -> str:
    try:
        view = services().submissions.get(current_actor(), submission_id)
    except BieumauError:
        return _("Báo cáo ngoài phạm vi của anh/chị")
    return f"{view.form.title}, {view.unit.name}, {view.period.title}"
