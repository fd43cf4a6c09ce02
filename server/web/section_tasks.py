"""The task list above the figures: each section with what is left to do, and the whole."""

from dataclasses import dataclass

from server.core.json_text import dumps
from server.core.section_progress import SectionProgress, SectionState, section_progress
from server.services.review import SubmissionView
from server.web.session import services
from server.web.submission_states import Badge
from server.web.submission_words import gettext as _


@dataclass(frozen=True, slots=True)
class SectionTask:
    """One line: where it leads, what it says."""

    key: str
    title: str
    badge: Badge


@dataclass(frozen=True, slots=True)
class SectionTasks:
    """The list; *told* is what ``static/js/tasks.js`` needs to keep it true."""

    tasks: tuple[SectionTask, ...]
    summary: str
    told: str


def tasks_of(view: SubmissionView) -> SectionTasks:
    """The task list of a report that is being filled."""
    submission = view.submission
    changed = services().submissions.submissions.changed_paths(submission.id)
    found = section_progress(
        view.form, submission.answers, submission.statuses, view.verdict.findings, changed
    )
    asked = [task for task in found if not task.calculated]
    return SectionTasks(
        tasks=tuple(SectionTask(task.key, task.title, _badge(task)) for task in asked),
        summary=_summary(asked),
        told=dumps(
            {
                "sections": [
                    {"key": task.key, "properties": task.properties, "opened": task.opened}
                    for task in asked
                ],
                "texts": _texts(),
            }
        ),
    )


def _texts() -> dict[str, str]:
    return {
        "unopened": _("Chưa mở"),
        "doing": _("Đang làm"),
        "missing": _("Còn thiếu {count} ô"),
        "errors": _("Có {count} lỗi"),
        "done": _("Xong"),
        "summary": _("Xong {done}/{count} phần."),
        "summaryMissing": _("Xong {done}/{count} phần, còn thiếu {missing} ô."),
    }


def _badge(task: SectionProgress) -> Badge:
    kinds = {
        SectionState.UNOPENED: "grey",
        SectionState.DOING: "blue",
        SectionState.MISSING: "blue",
        SectionState.ERRORS: "red",
        SectionState.DONE: "green",
    }
    count = task.errors if task.state is SectionState.ERRORS else task.missing
    return Badge(_texts()[task.state].format(count=count), kinds[task.state])


def _summary(tasks: list[SectionProgress]) -> str:
    missing = sum(task.missing for task in tasks)
    done = sum(task.state is SectionState.DONE for task in tasks)
    key = "summaryMissing" if missing else "summary"
    return _texts()[key].format(done=done, count=len(tasks), missing=missing)
