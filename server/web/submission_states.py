"""Where a report stands, in words: badges, the due date, what comes next and who has it now.

Texts and colours of states for every list and head; the machine itself is ``core.workflow``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from server.core.event import Event
from server.core.obligation import Obligation, ObligationState
from server.core.org_unit import Level
from server.core.ports import LOCAL
from server.core.vietnamese import format_date
from server.core.workflow import Workflow
from server.core.workflow_time import last_day
from server.core.workflow_visit import is_partial
from server.services.review import SubmissionView
from server.web.session import services
from server.web.submission_words import gettext as _

#: Owns the ethnic-affairs forms; its branch in a district has a name of its own.
_ETHNIC_AFFAIRS = "d_bdt"


@dataclass(frozen=True, slots=True)
class Badge:
    """The text of a state and the kind of its badge in ``macros/parts.html``."""

    title: str
    kind: str


@dataclass(frozen=True, slots=True)
class NextStep:
    """Who holds the report now, and until when."""

    title: str
    unit: str
    due_on: date | None


def event_title(event: str) -> str:
    """The button of an event, in the words of the offices."""
    titles = {
        "submit": _("Trình ký"),
        "sign": _("Ký duyệt và gửi"),
        "send": _("Gửi báo cáo (bản ký giấy)"),
        "approve": _("Duyệt"),
        "return": _("Trả lại để sửa"),
        "recall": _("Rút lại"),
        "close": _("Chốt số liệu"),
        "reopen": _("Mở lại"),
    }
    return titles[event]


def event_done(event: Event, workflow: Workflow) -> str:
    """An event of a submission's history as a past step; the code itself for what is new to us.

    An approval is named by the state it led to, so that each level is told apart.
    """
    code = event.name.partition(".")[2]
    reached = workflow.states.get(str(event.details.get("to", "")))
    among = is_partial(event.details)
    if code == "approve" and reached is not None and not among:
        return _(reached.title)
    titles = {
        "started": _("Bắt đầu nhập"),
        "part_assigned": _("Đã giao một phần"),
        "part_handed_in": _("Đã báo xong một phần"),
        "part_taken_back": _("Đã mở lại một phần"),
        "part_waived": _("Không chờ một phần"),
        "part_owner_changed": _("Một phần chuyển sang cơ quan khác"),
        "attachment_added": _("Đã đính kèm tệp"),
        "attachment_removed": _("Đã bỏ tệp đính kèm"),
        "submit": _("Đã trình ký"),
        "sign": _("Đã ký duyệt và gửi"),
        "send": _("Đã gửi (bản ký giấy)"),
        "approve": _("Đã duyệt"),
        "return": _("Đã trả lại để sửa"),
        "recall": _("Đã rút lại"),
        "close": _("Đã chốt số liệu"),
        "reopen": _("Đã mở lại để điều chỉnh"),
        "correct": _("Đã đính chính"),
        "consolidated": _("Đã tổng hợp từ cấp dưới"),
        "commented": _("Đã ghi ý kiến"),
        "comment_resolved": _("Đã đánh dấu xong ý kiến"),
        "escalated": _("Quá hạn xử lý, đã báo cấp được chuyển"),
        "reopen_asked": _("Đã đề nghị mở lại"),
        "reopen_refused": _("Không mở lại"),
        "record_added": _("Đã thêm phiếu"),
        "record_deleted": _("Đã xóa phiếu"),
        "record_restored": _("Đã khôi phục phiếu"),
        "records_expected": _("Đã ghi số phiếu dự kiến"),
        "workflow_changed": _("Đã chuyển sang phiên bản quy trình mới"),
        "form_changed": _("Đã chuyển sang phiên bản biểu mẫu mới"),
        "form_restored": _("Đã trở lại phiên bản biểu mẫu cũ"),
        "value_given_up": _("Đã bỏ số không còn chỗ trong biểu mẫu"),
    }
    done = titles.get(code, code)
    return f"{done} ({event.details['signed']}/{event.details['of']})" if among else done


def badge_of(workflow: Workflow, state: str, *, missing: int | None = None) -> Badge:
    """The badge of a report in that state."""
    found = workflow.states[state]
    into = {move.event for move in workflow.transitions if move.target == state}
    title = _(found.title)
    if "close" in into:
        return Badge(title, "closed")
    if found.final:
        return Badge(title, "green")
    if found.sent and "approve" in into:
        return Badge(title, "outline")
    if "reopen" in into or ("return" in into and state != workflow.initial):
        return Badge(title, "amber")
    if found.editable and missing:
        return Badge(_("%(title)s (còn thiếu %(count)s ô)", title=title, count=missing), "blue")
    return Badge(title, "blue")


def obligation_badge(state: ObligationState) -> Badge:
    """The badge of a report that nobody has started, or whose state is known only roughly."""
    badges: Mapping[ObligationState, tuple[str, str]] = {
        ObligationState.UPCOMING: (_("Chưa đến kỳ"), "grey"),
        ObligationState.OPEN: (_("Chưa nhập"), "grey"),
        ObligationState.GRACE: (_("Chưa nhập"), "grey"),
        ObligationState.LATE: (_("Chưa nhập"), "grey"),
        ObligationState.EXCUSED: (_("Chưa nhập"), "grey"),
        ObligationState.RETURNED: (_("Trả lại để sửa"), "amber"),
        ObligationState.SUBMITTED: (_("Đã gửi"), "blue"),
        ObligationState.APPROVED: (_("Đã duyệt"), "green"),
        ObligationState.CLOSED: (_("Đã khóa"), "closed"),
    }
    return Badge(*badges[state])


def late_badge(obligation: Obligation, today: date) -> Badge | None:
    """How late the report is: red, or amber with an extension; none in time."""
    days = days_late(obligation, today)
    if not days:
        return None
    if obligation.state(today) is ObligationState.EXCUSED and obligation.excused_until:
        until = format_date(obligation.excused_until)
        return Badge(_("Chậm, được gia hạn đến %(day)s", day=until), "amber")
    return Badge(_("Chậm %(days)s ngày", days=days), "red")


def days_late(obligation: Obligation, today: date) -> int:
    """Days past the due date; until the sending once it was sent."""
    sent_on = obligation.sent_at.astimezone(LOCAL).date() if obligation.sent_at else None
    return obligation.days_late(today, sent_on)


def due_words(obligation: Obligation, today: date) -> str:
    """How far the due date is: "Còn 3 ngày", "Hạn hôm nay"; empty once the report was sent."""
    state = obligation.state(today)
    if state in (ObligationState.SUBMITTED, ObligationState.APPROVED, ObligationState.CLOSED):
        return ""
    due = current_due(obligation, today)
    left = (due - today).days
    if left > 0:
        return _("Còn %(days)s ngày", days=left)
    if left == 0:
        return _("Hạn là hôm nay")
    if state is ObligationState.GRACE:
        return _("Đã đến hạn, tính chậm sau ngày %(day)s", day=format_date(obligation.late_after))
    return ""


def current_due(obligation: Obligation, today: date) -> date:
    """The day by which the report must leave the unit now: a return or an extension may set it."""
    state = obligation.state(today)
    if state is ObligationState.RETURNED and obligation.return_due_on is not None:
        return obligation.return_due_on
    if state is ObligationState.EXCUSED and obligation.excused_until is not None:
        return obligation.excused_until
    return obligation.due_on


def lock_reason(view: SubmissionView) -> str:
    """Why nothing can be typed; empty when it can."""
    if view.editable:
        return ""
    state = view.state
    if view.obligation.closed:
        return _("Đã khóa vì kỳ này đã chốt.")
    closes_on = view.obligation.closes_on
    if closes_on and view.state.editable and view.obligation.is_shut(services().clock.today()):
        return _("Đã khóa sau ngày %(day)s.", day=format_date(closes_on))
    if state.editable:
        return _("Chỉ người lập biểu của đơn vị nhập được số liệu.")
    if state.final:
        return _("Đã khóa vì báo cáo đã duyệt.")
    if state.sent:
        return _("Đã khóa vì báo cáo đã gửi.")
    return _("Đã khóa trong khi chờ ký.")


def next_step(view: SubmissionView) -> NextStep | None:
    """Who must act next; none where the report rests."""
    source = view.submission.state
    for event in ("sign", "approve"):
        for move in view.workflow.transitions:
            if move.event == event and source in move.sources and move.at in view.places:
                office = office_title(view, view.places[move.at])
                return NextStep(event_title(event), office, _step_due(view))
    return None


def office_title(view: SubmissionView, unit_id: str) -> str:
    """The office that checks a report at that unit: the ethnic-affairs body for its own forms."""
    unit = services().reference.unit(unit_id, view.period.end)
    owner = str(view.form.settings.get("owner", ""))
    if owner != _ETHNIC_AFFAIRS or unit.level not in (Level.DISTRICT, Level.PROVINCE):
        return unit.name
    if unit.level is Level.PROVINCE:
        found = services().reference.tree(view.period.end).owner(view.form.code, owner)
        return unit.name if found is None else found.name
    return _("Phòng Dân tộc %(unit)s", unit=f"{unit.name[:1].lower()}{unit.name[1:]}")


def _step_due(view: SubmissionView) -> date | None:
    since, deadline = view.submission.state_since, view.state.deadline
    if deadline is None or since is None:
        return None
    return last_day(since.astimezone(LOCAL).date(), deadline, services().reference.holidays())
