"""Chờ tôi duyệt, chờ tôi ký: the desk. The inbox, one report at a time, and several at once.

A decision names the report and the edit that the page showed; the service acts on exactly that
edit or refuses. Every write ends in a redirect, and no report leaves the list without a word.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import flash, make_response, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from server.core.access import Right, Role
from server.core.submission import Edit
from server.core.vietnamese import collation_key
from server.core.workflow import EVENTS
from server.errors import BieumauError, GuardFailed, InputInvalid, NotFound, RequestInvalid, Stale
from server.services.waiting import InboxItem
from server.web.acting import behalf_note
from server.web.admin.approval_review import Asked, posted_marks, review_of
from server.web.admin.bulk_approval import chosen_items, outcome_of, results_of
from server.web.admin.desk_filter import DeskFilter
from server.web.admin.safe_view import SafeBaseView
from server.web.differences import Way
from server.web.formats import clock, day
from server.web.group_choice import ReaderGroups, groups_of_reader
from server.web.guard_words import objections
from server.web.problems import problem_of
from server.web.session import current_actor, services
from server.web.submission_inputs import files_of, messages_of, supplied_of
from server.web.submission_states import Badge, badge_of, event_title, late_badge
from server.web.submissions import posted_edit

#: Reports that can be approved at once: their names must fit into an address.
MOST_AT_ONCE = 100
#: Reports that are looked through; of those the first are drawn, and the page says how many follow.
_MOST_WAITING = 5000
_MOST_ROWS = 500
#: Stands for the id of a report where one address serves for many rows.
_ANY = "-any-"


@dataclass(frozen=True, slots=True)
class InboxRow:
    """One line of the inbox as it is read."""

    item: InboxItem
    badge: Badge
    late: Badge | None
    overdue: int  # days past the day on which the decision is due
    behalf: str  # whom the person stands for, by a delegation
    token: str | None  # what a tick stands for: the id and the edit that the list showed


@dataclass(frozen=True, slots=True)
class Inbox:
    """The list of one request: what the filter shows of what waits in the chosen group."""

    filter: DeskFilter
    groups: ReaderGroups
    waiting: Sequence[InboxItem]  # of the group, whatever else was chosen
    shown: Sequence[InboxItem]
    elsewhere: int  # what waits outside the group

    @property
    def narrowed_to_own(self) -> bool:
        """Whether the reader sees their own group because nothing else was chosen."""
        return bool(self.groups.own) and not self.filter["group"]

    def forms(self) -> list[tuple[str, str]]:
        found = {item.view.form.code: item.view.form.title for item in self.waiting}
        return sorted(found.items(), key=lambda pair: collation_key(pair[1]))

    def periods(self) -> list[tuple[str, str]]:
        found = {item.view.period.id: item.view.period for item in self.waiting}
        ordered = sorted(found.values(), key=lambda period: period.end, reverse=True)
        return [(period.id, period.title) for period in ordered]


class ApprovalDesk(SafeBaseView):
    """For whoever signs or approves somewhere, not only for administrators."""

    right = Right.APPROVE
    title = _l("Chờ tôi duyệt")

    @expose("/")
    def inbox(self) -> ResponseReturnValue:
        """What waits for this person, the longest overdue first."""
        inbox, today = _inbox(), services().clock.today()
        badges: dict[tuple[str, int, str], Badge] = {}
        rows = [_row(item, today, badges) for item in inbox.shown[:_MOST_ROWS]]
        approves = bool(current_actor().units(Role.APPROVER))
        return self.render(
            "admin/approvals/inbox.html",
            heading=_("Chờ tôi duyệt") if approves else _("Chờ tôi ký"),
            inbox=inbox,
            rows=rows,
            more=max(0, len(inbox.shown) - _MOST_ROWS),
            total=len(inbox.waiting),
            late=sum(_overdue(item, today) > 0 for item in inbox.waiting),
            warned=sum(bool(item.warnings) for item in inbox.waiting),
            most=MOST_AT_ONCE,
            bulk=any(row.token for row in rows),
            address=self.get_url(".review", submission_id=_ANY, **inbox.filter.given).split(_ANY),
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
            services().supplied_files.decide(
                actor,
                submission_id,
                event,
                seen=seen,
                supplied=supplied,
                files=files_of(None if move is None else move.input, request.files),
            )
        except Stale as stale:
            flash(_stale_words(stale), "warning")
            shown = {
                "since": request.form.get("revision", ""),
                "seen": request.form.get("seen", ""),
            }
            if any(texts.values()) or marks:  # what was typed stays on the page
                asked = Asked(event, texts, (), tuple(marks))
                page = self._page(submission_id, asked, Way.of({"show": "changes", **shown}))
                return make_response(page, 412)
            return redirect(self._address(submission_id, **shown), 303)
        except InputInvalid as error:
            wrong = messages_of(move.input if move else None, texts, error.facts.get("errors"))
            asked = Asked(event, texts, tuple(wrong), tuple(marks))
            return make_response(self._page(submission_id, asked), 422)
        except NotFound:
            raise
        except GuardFailed as error:
            for one in objections(view, error):
                flash(one["message"], "error")
        except BieumauError as error:
            flash(problem_of(error).detail, "warning")
        else:
            name = f"{view.form.title}, {view.unit.name}"
            flash(_("%(event)s: %(name)s.", event=event_title(event), name=name), "success")
            return redirect(following, 303)
        return redirect(self._address(submission_id), 303)

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

    def _page(self, submission_id: str, asked: Asked | None = None, way: Way | None = None) -> str:
        way = Way.of(request.args) if way is None else way
        review = review_of(current_actor(), submission_id, way, asked)
        return self.render(
            "admin/approvals/review.html",
            review=review,
            filter=DeskFilter.of(request.args).given,
            behalf=behalf_note(current_actor(), review.view),
            errors=review.errors,
        )

    def _address_after(self, submission_id: str) -> str:
        """The inbox's next report: the one below, from the end on the first one."""
        inbox = _inbox()
        ids = [item.view.submission.id for item in inbox.shown]
        at = ids.index(submission_id) if submission_id in ids else -1
        following = [*ids[at + 1 :], *ids[: max(at, 0)]]
        if not following:
            return str(self.get_url(".inbox", **inbox.filter.given))
        return self._address(following[0])

    def _address(self, submission_id: str, **more: str) -> str:
        """The page of a report; the filter of the list goes along."""
        given = {**DeskFilter.of(request.args).given, **more}
        return str(self.get_url(".review", submission_id=submission_id, **given))


def _inbox() -> Inbox:
    """The list as the address asks for it, by the day on which the decision is due."""
    actor, chosen = current_actor(), DeskFilter.of(request.args)
    today = services().clock.today()
    groups = groups_of_reader()
    units = groups.units(chosen["group"])
    found = services().approvals.inbox(actor, limit=_MOST_WAITING).items
    waiting = [item for item in found if units is None or item.view.submission.org_unit in units]
    return Inbox(
        filter=chosen,
        groups=groups,
        waiting=waiting,
        shown=[item for item in waiting if chosen.keeps(item, _overdue(item, today))],
        elsewhere=len(found) - len(waiting),
    )


def _row(item: InboxItem, today: date, badges: dict[tuple[str, int, str], Badge]) -> InboxRow:
    view, submission = item.view, item.view.submission
    state = (submission.workflow, submission.workflow_version, submission.state)
    if state not in badges:
        badges[state] = badge_of(view.workflow, submission.state)
    approves = any(move.event == "approve" for move in view.moves)
    return InboxRow(
        item=item,
        badge=badges[state],
        late=late_badge(view.obligation, today),
        overdue=_overdue(item, today),
        behalf=behalf_note(current_actor(), view),
        token=f"{submission.id}.{submission.edit}" if approves else None,
    )


def _overdue(item: InboxItem, today: date) -> int:
    return max(0, (today - item.decide_on).days)


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
