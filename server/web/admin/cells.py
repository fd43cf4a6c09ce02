"""What stands in the cells of the lists: badges, names of units and people, days, codes.

Flask-Admin asks a formatter for each cell as ``formatter(view, context, row, column)``.
"""

from collections.abc import Callable, Mapping
from typing import Any

from flask import get_template_attribute
from flask_babel import gettext as _
from markupsafe import Markup

from server.core.org_unit import Level
from server.core.period import Period, PeriodType
from server.core.vietnamese import format_date
from server.errors import NotFound
from server.web import formats
from server.web.session import services

Formatter = Callable[[Any, Any, Any, str], Any]
NOTHING = "—"


def badge(title: str, kind: str = "grey") -> Markup:
    """Icon and text in the colour of *kind*."""
    return Markup(get_template_attribute("macros/parts.html", "badge")(title, kind))


def link(address: str, title: str) -> Markup:
    return Markup('<a href="{}">{}</a>').format(address, title)


def code(_view: Any, _context: Any, row: Any, column: str) -> Markup:
    return Markup("<code>{}</code>").format(getattr(row, column))


def day(_view: Any, _context: Any, row: Any, column: str) -> str:
    value = getattr(row, column)
    return NOTHING if value is None else format_date(value)


def instant(_view: Any, _context: Any, row: Any, column: str) -> str:
    return formats.instant(getattr(row, column))


def text(_view: Any, _context: Any, row: Any, column: str) -> str:
    return getattr(row, column) or NOTHING


def yes_no(_view: Any, _context: Any, row: Any, column: str) -> str:
    return _("Có") if getattr(row, column) else _("Không")


def unit(_view: Any, _context: Any, row: Any, column: str) -> str:
    """The name of the unit whose id stands in *column*, without asking the database again."""
    return unit_name(getattr(row, column))


def unit_name(unit_id: str | None) -> str:
    if unit_id is None:
        return NOTHING
    try:
        return services().reference.unit(unit_id).name
    except NotFound:
        return unit_id


def period_title(period: str) -> str:
    """Năm 2024, Quý I/2025; an unknown id as it is."""
    try:
        return Period.parse(period).title
    except ValueError:
        return period


def period_type(period: str) -> PeriodType | None:
    """The type of a period; None for an unknown id."""
    try:
        return Period.parse(period).type
    except ValueError:
        return None


def choice(titles: Callable[[], Mapping[str, str]]) -> Formatter:
    """A formatter that shows the title of a code."""

    def show(_view: Any, _context: Any, row: Any, column: str) -> str:
        value = getattr(row, column)
        return titles().get(value, value) or NOTHING

    return show


def levels() -> dict[str, str]:
    return {
        Level.PROVINCE.value: _("Tỉnh"),
        Level.DEPARTMENT.value: _("Sở, ban, ngành"),
        Level.DISTRICT.value: _("Huyện"),
        Level.COMMUNE.value: _("Xã"),
    }


def unit_kinds() -> dict[str, str]:
    return {
        "tinh": _("Tỉnh"),
        "huyen": _("Huyện"),
        "thanh_pho": _("Thành phố"),
        "thi_xa": _("Thị xã"),
        "xa": _("Xã"),
        "phuong": _("Phường"),
        "thi_tran": _("Thị trấn"),
        "so": _("Sở"),
        "ban": _("Ban"),
        "nganh": _("Ngành của tỉnh"),
        "nganh_trung_uong": _("Ngành trung ương"),
        "doan_the": _("Đoàn thể"),
        "van_phong": _("Văn phòng"),
        "dang": _("Cơ quan Đảng"),
        "doanh_nghiep": _("Doanh nghiệp"),
    }


def dated(row: Any, today: Any) -> Markup:
    """Whether a dated row holds today."""
    if row.valid_to is not None and row.valid_to < today:
        return badge(_("Hết hiệu lực từ %(day)s", day=format_date(row.valid_to)), "grey")
    if row.valid_from is not None and row.valid_from > today:
        return badge(_("Có hiệu lực từ %(day)s", day=format_date(row.valid_from)), "blue")
    return badge(_("Đang hiệu lực"), "green")
