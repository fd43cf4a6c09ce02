"""Thông báo: what happened to the reports a person has to do with, and how many are unread."""

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from server.core.access import Right
from server.core.notice import OF_DEFINITIONS, Notice, NoticeKind
from server.core.period import Period
from server.core.vietnamese_numbers import format_date
from server.web.acting import doer_of
from server.web.language import gettext as _
from server.web.policy import policy
from server.web.session import current_actor, services

blueprint = Blueprint("notices", __name__)
_PAGE = 50
_MOST_DIGITS = 15


@dataclass(frozen=True, slots=True)
class Line:
    """One notice as it is read."""

    notice: Notice
    title: str
    about: str
    who: str


@blueprint.get("/notices")
@policy(Right.SIGNED_IN)
def index() -> ResponseReturnValue:
    """The newest first; reading the list marks nothing."""
    actor = current_actor()
    text = request.args.get("after", "")
    known = text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
    after = int(text) if known else None
    found = services().notices.of(actor, after, _PAGE + 1)
    shown = found[:_PAGE]
    return render_template(
        "notices/index.html",
        lines=[_line(notice) for notice in shown],
        unread=services().notices.unread(actor),
        following=url_for(".index", after=shown[-1].id) if len(found) > _PAGE else None,
        first=url_for(".index") if after is not None else None,
    )


@blueprint.post("/notices/<int(max=999_999_999_999):number>/open")
@policy(Right.SIGNED_IN)
def open_(number: int) -> ResponseReturnValue:
    """Mark it as read and go to its report."""
    actor = current_actor()
    notice = services().notices.open(actor, number)
    if notice.kind in OF_DEFINITIONS:
        return redirect(_of_draft(notice), 303)
    if notice.kind is NoticeKind.EXTENSION_ASKED:
        return redirect(url_for("extensions.index"), 303)
    if notice.submission is None:
        return redirect(url_for("work.index"), 303)
    awaited = (NoticeKind.ARRIVED, NoticeKind.ESCALATED)
    if notice.kind in awaited and actor.may(Right.APPROVE):
        return redirect(url_for("approvals.review", submission_id=notice.submission), 303)
    return redirect(url_for("submissions.page", submission_id=notice.submission), 303)


@blueprint.post("/notices/read")
@policy(Right.SIGNED_IN)
def read_all() -> ResponseReturnValue:
    """Mark all as read."""
    services().notices.read_all(current_actor())
    flash(_("Đã đánh dấu đã đọc tất cả."), "success")
    return redirect(url_for(".index"), 303)


def _of_draft(notice: Notice) -> str:
    """Where a draft is reviewed; whoever administers no more finds their work."""
    if not current_actor().is_admin:
        return url_for("work.index")
    return draft_address(notice.facts["kind"], notice.facts["draft"])


def draft_address(kind: str, draft: str) -> str:
    """The page on which a draft is reviewed and published."""
    view = "indicator_proposals" if kind == "indicators" else "definition_editor"
    return url_for(f"{view}.review", draft_id=draft)


def _line(notice: Notice) -> Line:
    facts = notice.facts
    if notice.kind in OF_DEFINITIONS:
        about = _(
            "%(title)s, phiên bản %(version)s", title=facts["title"], version=facts["version"]
        )
        return Line(notice, _title(notice), about, doer_of(facts["by"], facts))
    form = services().catalogue.form(facts["form"]).title
    unit = services().reference.unit(facts["unit"]).name
    about = f"{form}, {unit}, {Period.parse(facts['period']).title.lower()}"
    if notice.kind is NoticeKind.OPENED:
        due = format_date(date.fromisoformat(facts["until"]))
        about = _(
            "%(round)s: %(count)s báo cáo phải gửi, hạn sớm nhất %(day)s, %(unit)s",
            round=facts["round"], count=facts["count"], day=due, unit=unit,
        )  # fmt: skip
    if notice.kind is NoticeKind.DATES_CHANGED:
        due = format_date(date.fromisoformat(facts["until"]))
        about = _(
            "%(round)s: %(count)s báo cáo đổi hạn theo công văn số %(letter)s, hạn sớm nhất"
            " %(day)s, %(unit)s",
            round=facts["round"], count=facts["count"], letter=facts["letter"], day=due, unit=unit,
        )  # fmt: skip
    return Line(
        notice=notice,
        title=_title(notice),
        about=about,
        who=doer_of(facts["by"], facts),
    )


def form_changed_words(notice: Notice) -> str:
    """That the form of a report has changed, and how much had no place in it."""
    facts = notice.facts
    if facts["dropped"] == "0":
        return _("Biểu mẫu của báo cáo đã sang phiên bản %(version)s", version=facts["version"])
    return _(
        "Biểu mẫu của báo cáo đã sang phiên bản %(version)s, %(count)s số cũ không còn chỗ",
        version=facts["version"],
        count=facts["dropped"],
    )


def _title(notice: Notice) -> str:
    if notice.kind is NoticeKind.EXTENDED and notice.facts.get("until"):
        until = format_date(date.fromisoformat(notice.facts["until"]))
        return _("Được gia hạn đến %(day)s", day=until)
    if notice.kind is NoticeKind.FORM_CHANGED:
        return form_changed_words(notice)
    titles = {
        NoticeKind.ARRIVED: _("Báo cáo chờ anh/chị ký hoặc duyệt"),
        NoticeKind.RETURNED: _("Trả lại để sửa"),
        NoticeKind.APPROVED: _("Báo cáo đã được duyệt"),
        NoticeKind.EXTENDED: _("Được gia hạn"),
        NoticeKind.CLOSED: _("Đã chốt số liệu"),
        NoticeKind.REOPENED: _("Mở lại để điều chỉnh"),
        NoticeKind.COMMENTED: _("Có ý kiến về số liệu"),
        NoticeKind.OPENED: _("Đợt báo cáo mới"),
        NoticeKind.EXTENSION_ASKED: _("Đề nghị gia hạn chờ anh/chị xem"),
        NoticeKind.EXTENSION_REFUSED: _("Đề nghị gia hạn không được chấp nhận"),
        NoticeKind.REOPEN_ASKED: _("Đề nghị mở lại báo cáo chờ anh/chị xem"),
        NoticeKind.REOPEN_REFUSED: _("Đề nghị mở lại không được chấp nhận"),
        NoticeKind.DATES_CHANGED: _("Đợt báo cáo đổi hạn"),
        NoticeKind.ESCALATED: _("Báo cáo chờ quá hạn xử lý, nay chuyển anh/chị"),
        NoticeKind.REVIEW_ASKED: _("Bản sửa chờ anh/chị duyệt"),
        NoticeKind.REVIEW_RETURNED: _("Bản sửa bị trả lại để sửa"),
        NoticeKind.REVIEW_PUBLISHED: _("Bản sửa đã được duyệt và ban hành"),
    }
    return titles[notice.kind]
