"""The first page: everything that waits for this person, for all units, forms and periods.

What is chosen to be seen stands in the address, so that Back and a kept link show it again.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from urllib.parse import urlencode

from flask import Blueprint, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from server.core.access import Actor, Right, Role
from server.core.definition_draft import DefinitionDraft
from server.core.extension import ExtensionState
from server.core.notice import NoticeKind
from server.core.obligation import ObligationState
from server.core.period import Period
from server.services.waiting import InboxItem
from server.services.work import WorkItem
from server.web.acting import behalf_note
from server.web.notices import draft_address, form_changed_words
from server.web.policy import policy
from server.web.round_letters import with_letters
from server.web.session import current_actor, services
from server.web.submission_states import (
    Badge,
    badge_of,
    current_due,
    due_words,
    late_badge,
    obligation_badge,
)
from server.web.submission_words import gettext as _

blueprint = Blueprint("work", __name__)
_SENT_STATES: Final = (ObligationState.SUBMITTED, ObligationState.APPROVED)
_LATE_STATES: Final = (ObligationState.LATE, ObligationState.EXCUSED)
#: More reports than this are hard to take in without choosing among them.
_FEW: Final = 4
#: As many of the newest notices are looked through.
_NOTICES: Final = 100


@dataclass(frozen=True, slots=True)
class WorkRow:
    """One line as it is read; *editable*: its cells may be filled now."""

    item: WorkItem
    period: str
    badge: Badge
    late: Badge | None
    due_on: date
    due: str
    action: str
    editable: bool


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A draft of a definition that waits for this person."""

    title: str
    version: int
    who: str
    at: datetime
    note: str
    address: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A way to narrow the list: what it is called, how many reports it leaves, its address."""

    title: str
    count: int
    address: str
    current: bool


#: What a report can wait for; a late draft is both late and a draft.
_WAITS: Final[Mapping[str, Callable[[WorkRow], bool]]] = {
    "late": lambda row: row.item.state in _LATE_STATES or row.item.days_late > 0,
    "returned": lambda row: row.item.state is ObligationState.RETURNED,
    "draft": lambda row: row.editable and row.item.state is not ObligationState.RETURNED,
    "fresh": lambda row: row.item.submission is None,
    "leader": lambda row: row.item.submission is not None and not row.editable,
}


@blueprint.get("/work")
@policy(Right.SIGNED_IN)
def index() -> ResponseReturnValue:
    """Everything that waits for this person."""
    actor, today = current_actor(), services().clock.today()
    rows = [work_row(item, today) for item in services().work.of(actor, sent=False)]
    chosen = {name: request.args.get(name, "") for name in ("state", "unit", "period")}
    within = _of_place(rows, chosen)
    waiting = list(services().approvals.inbox(actor).items)
    to_sign = [item for item in waiting if _offers(item, "sign")]
    wanted = _WAITS.get(chosen["state"])
    asked = services().extensions.of([row.item.obligation.id for row in rows])
    return render_template(
        "work/index.html",
        owed=within if wanted is None else [row for row in within if wanted(row)],
        all=len(rows),
        letters=with_letters(actor, [row.item.obligation for row in rows]),
        asked={key for key, found in asked.items() if found[-1].state is ExtensionState.OPEN},
        choices=_choices(within, chosen) if len(rows) > _FEW else (),
        units=_options((row.item.unit.id, row.item.unit.name) for row in rows),
        periods=_options((row.item.obligation.period, row.period) for row in rows),
        chosen=chosen,
        sent=services().work.count_sent(actor),
        to_sign=to_sign,
        behalf={item.view.submission.id: behalf_note(actor, item.view) for item in to_sign},
        to_approve=len(waiting) - len(to_sign),
        desk=_desk(),
        approves=bool(actor.units(Role.APPROVER)),
        fills=bool(actor.units(Role.REPORTER)),
        signs=bool(actor.units(Role.SIGNER)),
        today=today,
        reforms=_form_changes(actor),
        reviews=[_draft(one) for one in services().definition_issues.waiting(actor)],
        corrections=[_draft(one) for one in services().definition_issues.returned(actor)],
    )


@blueprint.get("/sent")
@policy(Right.FILL)
def sent() -> ResponseReturnValue:
    """Reports of the person's own units that have left them, the latest period first."""
    actor, today = current_actor(), services().clock.today()
    rows = [work_row(item, today) for item in services().work.of(actor, sent=True)]
    rows.sort(key=lambda row: Period.parse(row.item.obligation.period).end, reverse=True)
    chosen = {name: request.args.get(name, "") for name in ("unit", "period")}
    return render_template(
        "work/sent.html",
        rows=_of_place(rows, chosen),
        all=len(rows),
        units=_options((row.item.unit.id, row.item.unit.name) for row in rows),
        periods=_options((row.item.obligation.period, row.period) for row in rows),
        chosen=chosen,
    )


def work_row(item: WorkItem, today: date) -> WorkRow:
    """How one expected report reads in a list of its unit."""
    obligation, submission = item.obligation, item.submission
    editable = False
    if submission is None:
        badge = obligation_badge(item.state)
    else:
        workflow = services().catalogue.workflow(submission.workflow, submission.workflow_version)
        editable = workflow.states[submission.state].editable
        badge = badge_of(workflow, submission.state, missing=item.missing)
        if submission.nil and item.state not in _SENT_STATES:
            badge = Badge(_("Không phát sinh"), "outline")
    return WorkRow(
        item=item,
        period=Period.parse(obligation.period).title,
        badge=badge,
        late=late_badge(obligation, today),
        due_on=current_due(obligation, today),
        due=due_words(obligation, today),
        action=_action(item, editable),
        editable=editable,
    )


def _action(item: WorkItem, editable: bool) -> str:
    if item.submission is None:
        return _("Nhập số liệu") if item.may_fill else ""
    return _("Tiếp tục nhập") if item.may_fill and editable else _("Xem")


def _of_place(rows: Sequence[WorkRow], chosen: Mapping[str, str]) -> list[WorkRow]:
    return [
        row
        for row in rows
        if chosen["unit"] in ("", row.item.unit.id)
        and chosen["period"] in ("", row.item.obligation.period)
    ]


def _choices(rows: Sequence[WorkRow], chosen: Mapping[str, str]) -> list[Choice]:
    titles = {
        "": _("Tất cả"),
        "late": _("Chậm"),
        "returned": _("Trả lại để sửa"),
        "draft": _("Đang nhập"),
        "fresh": _("Chưa nhập"),
        "leader": _("Chờ lãnh đạo ký"),
    }
    found = []
    for name, title in titles.items():
        count = sum(map(_WAITS[name], rows)) if name else len(rows)
        if count or name in ("", chosen["state"]):
            asked = {key: text for key, text in {**chosen, "state": name}.items() if text}
            address = f"{url_for('.index')}?{urlencode(asked)}" if asked else url_for(".index")
            found.append(Choice(title, count, address, name == chosen["state"]))
    return found


def _options(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Each value once, in the order in which it comes; nothing where there is no choice."""
    found = dict(pairs)
    return list(found.items()) if len(found) > 1 else []


def _offers(item: InboxItem, event: str) -> bool:
    return any(move.event == event for move in item.view.moves)


def _form_changes(actor: Actor) -> dict[str, str]:
    """What the person has not read yet of reports whose form has changed, by report."""
    found: dict[str, str] = {}
    for notice in services().notices.of(actor, limit=_NOTICES):
        if notice.kind is NoticeKind.FORM_CHANGED and notice.read_at is None and notice.submission:
            found.setdefault(notice.submission, form_changed_words(notice))
    return found


def _draft(draft: DefinitionDraft) -> DraftRow:
    sender = draft.sent_by or draft.changed_by
    return DraftRow(
        title=draft.title,
        version=draft.version,
        who=services().accounts.name_of(sender),
        at=draft.changed_at,
        note=draft.version_notes if draft.sent_by else draft.note,
        address=draft_address(draft.kind, draft.id),
    )


def _desk() -> str | None:
    """The address of the approval desk, where this installation has one."""
    if "approvals.inbox" in current_app.view_functions:
        return url_for("approvals.inbox")
    return None
