"""Lịch hạn gửi: what is due on which day of a month, and the same for a calendar program.

The page asks for a signed-in person; the feed's address is itself the secret, so that programs
which cannot sign in can read it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Final, cast

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from server.core.access import Right
from server.core.obligation import ObligationState
from server.core.period import Period, PeriodType
from server.services.due_calendar import DueReport
from server.web.board_words import state_badge
from server.web.configuration import WebSettings
from server.web.language import gettext as _
from server.web.policy import policy, public
from server.web.session import current_actor, services
from server.web.submission_states import Badge

blueprint = Blueprint("due_calendar", __name__)
_MOST_YEAR: Final = 9000


@dataclass(frozen=True, slots=True)
class OwnDue:
    """A report of the reader's own unit."""

    due: DueReport
    badge: Badge
    address: str


@dataclass(frozen=True, slots=True)
class DueBelow:
    """What units below owe on one form for one period."""

    form: str
    period: str
    count: int
    done: int
    address: str


@dataclass(frozen=True, slots=True)
class DueDay:
    """One day with what is due on it."""

    on: date
    own: tuple[OwnDue, ...]
    below: tuple[DueBelow, ...]
    count: int
    open: int


@dataclass(frozen=True, slots=True)
class Square:
    """One day of the table of a month; *due* is none when nothing is due on it."""

    on: date
    due: DueDay | None


@blueprint.get("/calendar")
@policy(Right.SIGNED_IN)
def index() -> ResponseReturnValue:
    """A month, day by day."""
    today = services().clock.today()
    month = _month(request.args.get("month", "")) or Period.of(PeriodType.MONTH, today)
    due = services().due_calendar.between(current_actor(), month.start, month.end)
    days = _days(due)
    return render_template(
        "due_calendar/index.html",
        month=month,
        before=month.previous(),
        after=month.next(),
        now=Period.of(PeriodType.MONTH, today),
        days=days,
        weeks=_weeks(month, days),
        weekdays=_weekdays(),
        count=len(due),
        open=sum(not one.done for one in due),
        tomorrow=today + timedelta(days=1),
        own_feed=services().calendar_feeds.created_at(current_actor()) is not None,
    )


@blueprint.get("/account/calendar")
@policy(Right.SIGNED_IN)
def own_feed() -> ResponseReturnValue:
    """Whether the person has an address, and how to get or end it."""
    return _feed_page()


@blueprint.post("/account/calendar")
@policy(Right.SIGNED_IN)
def make_feed() -> ResponseReturnValue:
    """A new address, shown this once; the former one ends."""
    secret = services().calendar_feeds.make(current_actor())
    settings = cast(WebSettings, current_app.extensions["bieumau.settings"])
    return _feed_page(settings.server.public_url.rstrip("/") + url_for(".feed", token=secret))


@blueprint.post("/account/calendar/revoke")
@policy(Right.SIGNED_IN)
def revoke_feed() -> ResponseReturnValue:
    """End the address."""
    services().calendar_feeds.revoke(current_actor())
    flash(_("Đã thu hồi địa chỉ lịch."), "success")
    return redirect(url_for(".own_feed"), 303)


@blueprint.get("/calendar/feeds/<token>.ics")
@public
def feed(token: str) -> ResponseReturnValue:
    """The person's due dates for a calendar program; whoever has the address may read it."""
    text = services().calendar_feeds.read(token)
    response = Response(text, content_type="text/calendar; charset=utf-8")
    response.headers.set("Content-Disposition", "inline", filename="lich-han-gui.ics")
    response.add_etag()
    return response.make_conditional(request)


def _feed_page(address: str = "") -> str:
    return render_template(
        "due_calendar/feed.html",
        created_at=services().calendar_feeds.created_at(current_actor()),
        address=address,
    )


def _month(text: str) -> Period | None:
    try:
        found = Period.asked(text)
    except ValueError:
        return None
    return found if found.type is PeriodType.MONTH and found.year < _MOST_YEAR else None


def _days(due: Sequence[DueReport]) -> list[DueDay]:
    found = []
    for on, group in groupby(due, key=lambda one: one.on):
        reports = list(group)
        own = tuple(_own(one) for one in reports if one.own)
        below = tuple(_below(one for one in reports if not one.own))
        still_open = sum(not one.done for one in reports)
        found.append(DueDay(on, own, below, len(reports), still_open))
    return found


def _weeks(month: Period, days: Sequence[DueDay]) -> list[list[Square | None]]:
    """The month in weeks from Monday to Sunday; days of other months are left empty."""
    known = {day.on: day for day in days}
    first = month.start - timedelta(days=month.start.weekday())
    weeks = (month.end - first).days // 7 + 1
    squares = [first + timedelta(days=number) for number in range(weeks * 7)]
    shown = [
        Square(on, known.get(on)) if month.start <= on <= month.end else None for on in squares
    ]
    return [shown[start : start + 7] for start in range(0, len(shown), 7)]


def _weekdays() -> list[tuple[str, str]]:
    """The heads of the columns: short, and in full for those who hear them."""
    return [
        (_("T2"), _("Thứ Hai")),
        (_("T3"), _("Thứ Ba")),
        (_("T4"), _("Thứ Tư")),
        (_("T5"), _("Thứ Năm")),
        (_("T6"), _("Thứ Sáu")),
        (_("T7"), _("Thứ Bảy")),
        (_("CN"), _("Chủ nhật")),
    ]


def _own(one: DueReport) -> OwnDue:
    submission = one.obligation.submission
    late = one.state is ObligationState.LATE
    days = one.obligation.days_late(services().clock.today())
    return OwnDue(
        due=one,
        badge=Badge(_("Chậm %(days)s ngày", days=days), "red") if late else state_badge(one.state),
        address=(
            url_for("submissions.page", submission_id=submission)
            if submission
            else url_for("work.index")
        ),
    )


def _below(due: Iterable[DueReport]) -> Iterable[DueBelow]:
    """By form and period, as they come."""
    for (form, period), group in groupby(due, key=lambda one: (one.form.code, one.period)):
        reports = list(group)
        yield DueBelow(
            form=reports[0].form.title,
            period=period.title,
            count=len(reports),
            done=sum(one.done for one in reports),
            address=url_for("board.index", form=form, period=period.id, group="all"),
        )
