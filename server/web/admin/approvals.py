"""Chờ tôi duyệt, chờ tôi ký: the desk. The inbox, one report at a time, and several at once.

A decision names the report and the edit that the page showed; the service acts on exactly that
edit or refuses. Every write ends in a redirect, and no report leaves the list without a word.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from flask import flash, make_response, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from server.core.access import Right, Role
from server.core.submission import Edit
from server.core.workflow import EVENTS
from server.errors import BieumauError, GuardFailed, InputInvalid, NotFound, RequestInvalid, Stale
from server.services.approvals import InboxItem
from server.web.acting import behalf_note
from server.web.admin.approval_review import Asked, posted_marks, review_of
from server.web.admin.bulk_approval import chosen_items, outcome_of, results_of
from server.web.admin.safe_view import SafeBaseView
from server.web.formats import clock, day
from server.web.problems import problem_of
from server.web.session import current_actor, services
from server.web.submission_inputs import messages_of, supplied_of
from server.web.submission_states import Badge, badge_of, event_title, late_badge, next_step
from server.web.submissions import posted_edit

#: Reports that can be approved at once: their names must fit into an address.
MOST_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class InboxRow:
    """One line of the inbox as it is read."""

    item: InboxItem
    badge: Badge
    late: Badge | None
    decide_by: date
    overdue: int  # days past that day
    action: str
    behalf: str  # whom the person stands for, by a delegation
    token: str | None  # what a tick stands for: the id and the edit that the list showed


class ApprovalDesk(SafeBaseView):
    """For whoever signs or approves somewhere, not only for administrators."""

    right = Right.APPROVE
    title = _l("Chờ tôi duyệt")

    @expose("/")
    def inbox(self) -> ResponseReturnValue:
        """What waits for this person, the longest overdue first."""
        rows = _rows()
        form, only_late = request.args.get("form", ""), request.args.get("late") == "1"
        shown = [
            row
            for row in rows
            if (not form or row.item.view.form.code == form) and (row.overdue or not only_late)
        ]
        forms = {row.item.view.form.code: row.item.view.form.title for row in rows}
        approves = bool(current_actor().units(Role.APPROVER))
        return self.render(
            "admin/approvals/inbox.html",
            heading=_("Chờ tôi duyệt") if approves else _("Chờ tôi ký"),
            rows=shown,
            total=len(rows),
            late=sum(row.overdue > 0 for row in rows),
            warned=sum(bool(row.item.warnings) for row in rows),
            forms=sorted(forms.items(), key=lambda pair: pair[1]),
            most=MOST_AT_ONCE,
            bulk=any(row.token for row in shown),
        )

    @expose("/next/")
    def next_item(self) -> ResponseReturnValue:
        """The report that follows ``?after=`` in the inbox; back to the list after the last."""
        return redirect(self._address_after(request.args.get("after", "")), 303)

    @expose("/<submission_id>/")
    def review(self, submission_id: str) -> ResponseReturnValue:
        """One report with everything the decision needs; nothing here changes it."""
        return self._page(submission_id)

    @expose("/<submission_id>/decide/", methods=("POST",))
    def decide(self, submission_id: str) -> ResponseReturnValue:
        """Carry out the decision on the edit that the page showed."""
        event, seen = request.form.get("event", ""), posted_edit()
        if event not in EVENTS:
            raise RequestInvalid(reason="event", path="/event")
        actor = current_actor()
        view = services().submissions.get(actor, submission_id)
        move = next((move for move in view.moves if move.event == event), None)
        supplied, texts = supplied_of(None if move is None else move.input, request.form)
        marks = posted_marks(view) if event == "return" else []
        if marks:
            supplied["marks"] = marks
        following = self._address_after(submission_id)
        try:
            services().approvals.decide(actor, submission_id, event, seen=seen, supplied=supplied)
        except Stale as stale:
            flash(_stale_words(stale), "warning")
            return redirect(
                self.get_url(".review", submission_id=submission_id, show="changes"), 303
            )
        except InputInvalid as error:
            wrong = messages_of(move.input if move else None, texts, error.facts.get("errors"))
            asked = Asked(event, texts, tuple(wrong), tuple(marks))
            return make_response(self._page(submission_id, asked), 422)
        except NotFound:
            raise
        except GuardFailed as error:
            flash(problem_of(error).detail, "error")
        except BieumauError as error:
            flash(problem_of(error).detail, "warning")
        else:
            name = f"{view.form.title}, {view.unit.name}"
            flash(_("%(event)s: %(name)s.", event=event_title(event), name=name), "success")
            return redirect(following, 303)
        return redirect(self.get_url(".review", submission_id=submission_id), 303)

    @expose("/summary/")
    def summary(self) -> ResponseReturnValue:
        """Everything that was ticked, once more, before several reports are approved."""
        items = chosen_items(request.args.getlist("chosen")[:MOST_AT_ONCE])
        if not items:
            flash(_("Chọn ít nhất một báo cáo trong danh sách."), "info")
            return redirect(self.get_url(".inbox"), 303)
        return self.render("admin/approvals/summary.html", items=items)

    @expose("/bulk/", methods=("POST",))
    def bulk(self) -> ResponseReturnValue:
        """Approve each by itself; the page after says for each what became of it."""
        items = chosen_items(request.form.getlist("chosen")[:MOST_AT_ONCE])
        wanted = [(item.id, Edit(item.edit)) for item in items]
        decisions = services().approvals.decide_many(current_actor(), "approve", wanted)
        outcome = [outcome_of(decision) for decision in decisions]
        return redirect(self.get_url(".results", item=outcome), 303)

    @expose("/results/")
    def results(self) -> ResponseReturnValue:
        """What became of each report."""
        results = results_of(request.args.getlist("item")[:MOST_AT_ONCE])
        done = [result for result in results if result.done]
        failed = [result for result in results if not result.done]
        return self.render("admin/approvals/results.html", done=done, failed=failed)

    def _page(self, submission_id: str, asked: Asked | None = None) -> str:
        review = review_of(current_actor(), submission_id, request.args.get("show", ""), asked)
        behalf = behalf_note(current_actor(), review.view)
        return self.render(
            "admin/approvals/review.html", review=review, behalf=behalf, errors=review.errors
        )

    def _address_after(self, submission_id: str) -> str:
        """The inbox's next report: the one below, from the end on the first one."""
        ids = [row.item.view.submission.id for row in _rows()]
        at = ids.index(submission_id) if submission_id in ids else -1
        following = [*ids[at + 1 :], *ids[: max(at, 0)]]
        if not following:
            return self.get_url(".inbox")
        return str(self.get_url(".review", submission_id=following[0]))


def _rows() -> list[InboxRow]:
    """The inbox by the day on which the decision is due, the longest overdue first."""
    today = services().clock.today()
    rows = [_row(item, today) for item in services().approvals.inbox(current_actor()).items]
    return sorted(rows, key=lambda row: row.decide_by)  # equal days stay in the order of units


def _row(item: InboxItem, today: date) -> InboxRow:
    submission = item.view.submission
    events = {move.event for move in item.view.moves}
    step = next_step(item.view)
    # The step's own time; while the report waits inside the unit, the day it must leave it.
    decide_by = step.due_on if step is not None and step.due_on is not None else item.due_on
    return InboxRow(
        item=item,
        badge=badge_of(item.view.workflow, submission.state),
        late=late_badge(item.view.obligation, today),
        decide_by=decide_by,
        overdue=max(0, (today - decide_by).days),
        behalf=behalf_note(current_actor(), item.view),
        action=event_title("sign" if "sign" in events else "approve"),
        token=f"{submission.id}.{submission.edit}" if "approve" in events else None,
    )


def _stale_words(stale: Stale) -> str:
    """Who changed the report, when, and which sending it is now."""
    current = stale.facts.get("current")
    facts: Mapping[str, object] = current if isinstance(current, Mapping) else {}
    at = datetime.fromisoformat(str(facts["at"])) if facts.get("at") else services().clock.now()
    who = services().accounts.name_of(str(facts.get("by") or ""))
    moment = clock(at)
    if day(at) != day(services().clock.now()):
        moment = _("%(time)s ngày %(day)s", time=moment, day=day(at))
    shown = request.form.get("revision", "")
    revision = facts.get("revision")
    if isinstance(revision, int) and shown.isdigit() and revision > int(shown):
        text = _(
            "Báo cáo đã được gửi lại lần %(number)s lúc %(time)s. Xem phần thay đổi rồi duyệt.",
            number=revision,
            time=moment,
        )
        return text + " " + _("Người thực hiện: %(name)s.", name=who)
    return _(
        "%(name)s đã thay đổi báo cáo này lúc %(time)s, sau khi anh/chị mở. Xem bản hiện tại rồi "
        "quyết định.",
        name=who,
        time=moment,
    )
