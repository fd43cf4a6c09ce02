"""Nhật ký hệ thống: the events of any subject, the newest first, as the ledger keeps them."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from server.core.access import Right
from server.core.event import is_chained
from server.core.json_text import dumps
from server.storage.models import (
    AccountRow,
    EventRow,
    ObligationRow,
    OrgUnitStretchRow,
    SubmissionRow,
)
from server.web.acting import doer_of
from server.web.admin import cells
from server.web.admin.filters import ConditionFilter, DayFilter
from server.web.admin.safe_view import SafeModelView
from server.web.admin.words import happened, subject_kinds
from server.web.formats import instant
from server.web.session import services

_ROW: Any = EventRow
_REPORT: Any = SubmissionRow
_OWED: Any = ObligationRow
_STRETCH: Any = OrgUnitStretchRow


def subject_title(subject: str) -> str:
    """What a subject such as ``org_unit/…`` is called where people read it."""
    kind, _slash, name = subject.partition("/")
    title = subject_kinds().get(kind, kind)
    if kind == "org_unit":
        return f"{title}: {cells.unit_name(name)}"
    if kind == "account":
        return f"{title}: {services().accounts.name_of(name)}"
    owed = {"submission": _REPORT, "obligation": _OWED}.get(kind)
    row = None if owed is None else owed.get_or_none(owed.id == name)
    if row is not None:
        form = services().catalogue.form(row.form_id).title
        unit = cells.unit_name(row.org_unit_id)
        return f"{title}: {form}, {unit}, {cells.period_title(row.period)}"
    return f"{title}: {name}"


def _subject(view: Any, _context: Any, row: Any, _column: str) -> Markup:
    return cells.link(view.get_url(".index_view", search=row.subject), subject_title(row.subject))


class AuditView(SafeModelView):
    """The log; the database itself refuses to change or delete a row of it."""

    right = Right.ADMINISTER
    title = _l("Nhật ký hệ thống")
    lead = _l(
        "Mỗi dòng nối với dòng trước bằng mã băm; không ai sửa hay xóa được, kể cả quản trị viên."
    )
    empty_text = _l("Chưa có việc nào được ghi.")
    search_hint = _l("Tên người, tên đơn vị hoặc mã đối tượng")
    can_view_details = True
    column_list = ("happened_at", "name", "actor", "subject", "sequence")
    column_labels = {
        "happened_at": _l("Lúc"),
        "name": _l("Việc"),
        "actor": _l("Người thực hiện"),
        "subject": _l("Đối tượng"),
        "sequence": _l("Thứ tự"),
    }
    column_searchable_list = (_ROW.subject,)
    column_sortable_list = (("happened_at", _ROW.happened_at),)
    column_default_sort = ("happened_at", True)
    column_filters = (
        ConditionFilter(
            "kind",
            _l("Đối tượng"),
            lambda: list(subject_kinds().items()),
            lambda kind: _ROW.subject.startswith(f"{kind}/"),
        ),
        DayFilter("since", _l("Từ ngày"), _ROW.happened_at),
        DayFilter("until", _l("Đến ngày"), _ROW.happened_at, until=True),
    )
    column_formatters = {
        "happened_at": cells.instant,
        "name": lambda _v, _c, row, _n: happened(row.name),
        "actor": lambda _v, _c, row, _n: doer_of(row.actor, row.details),
        "subject": _subject,
    }
    form_columns = ()
    details_template = "admin/event.html"

    def name_of(self, row: Any) -> str:
        return happened(row.name)

    def searching(self, text: str) -> Any:
        people = [
            row.id
            for row in AccountRow.select(AccountRow.id).where(AccountRow.folded.contains(text))
        ]
        stretch = _STRETCH
        units = [
            row.org_unit_id
            for row in stretch.select(stretch.org_unit)
            .where(stretch.folded.contains(text))
            .limit(50)
        ]
        submissions = SubmissionRow.select(SubmissionRow.id).where(
            SubmissionRow.org_unit.in_(units)
        )
        subjects = [f"org_unit/{unit}" for unit in units]
        subjects += [f"account/{person}" for person in people]
        subjects += [f"submission/{row.id}" for row in submissions]
        return _ROW.actor.in_(people) | _ROW.subject.in_(subjects) | _ROW.subject.contains(text)

    def details(self, row: Any) -> dict[str, Any]:
        chain = services().ledger.events.of(row.subject)
        return {
            "row": row,
            "whole": is_chained(chain),
            "details_text": dumps(row.details),
            "facts": [
                (_("Việc"), happened(row.name)),
                (_("Đối tượng"), subject_title(row.subject)),
                (_("Người thực hiện"), doer_of(row.actor, row.details)),
                (_("Lúc"), instant(row.happened_at)),
                (_("Thứ tự trong chuỗi"), f"{row.sequence} / {len(chain)}"),
            ],
        }
