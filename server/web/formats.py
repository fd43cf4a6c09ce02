"""How values read on screen: dates, times, numbers and states, as template filters.

Days are those of Asia/Ho_Chi_Minh; instants come in UTC and are shown in local time.
"""

from datetime import date, datetime

from flask import Flask

from server.core.ports import LOCAL
from server.core.vietnamese import format_date, format_number, format_percent
from server.web.language import gettext as _


def day(value: date | datetime | None) -> str:
    """24/01/2025; an em dash where there is no day."""
    if value is None:
        return "—"
    return format_date(value.astimezone(LOCAL).date() if isinstance(value, datetime) else value)


def day_named(value: date) -> str:
    """thứ Sáu 24/01/2025."""
    names = (
        _("thứ Hai"),
        _("thứ Ba"),
        _("thứ Tư"),
        _("thứ Năm"),
        _("thứ Sáu"),
        _("thứ Bảy"),
        _("Chủ nhật"),
    )
    return f"{names[value.weekday()]} {format_date(value)}"


def instant(value: datetime | None) -> str:
    """14:05 24/01/2025, local time."""
    return "—" if value is None else f"{clock(value)} {day(value)}"


def clock(value: datetime) -> str:
    """14:05, local time."""
    return f"{value.astimezone(LOCAL):%H:%M}"


def number(value: float | None, decimals: int | None = None) -> str:
    """1.234,5; nothing for no value."""
    return "" if value is None else format_number(value, decimals)


def percent(value: float | None, decimals: int = 1) -> str:
    """31,0 %; an em dash for no value."""
    return "—" if value is None else format_percent(value, decimals)


def install(app: Flask) -> None:
    """Offer the filters ``day day_named instant clock number percent`` to the templates."""
    for show in (day, day_named, instant, clock, number, percent):
        app.add_template_filter(show)
