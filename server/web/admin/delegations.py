"""Ủy quyền: every delegation of the installation, for administrators to look at and to revoke."""

from typing import Any

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from server.core.access import Right
from server.errors import NotFound
from server.storage.models import AccountRow, DelegationRow
from server.web.admin import cells
from server.web.admin.filters import ConditionFilter
from server.web.admin.safe_view import SafeModelView
from server.web.delegations import line_of
from server.web.formats import instant
from server.web.session import current_actor, services

_ROW: Any = DelegationRow
_PERSON: Any = AccountRow


def _holding(value: str) -> Any:
    today = services().clock.today()
    open_ = _ROW.revoked_at.is_null() & (_ROW.valid_to >= today)
    return open_ if value == "now" else ~open_


def _line(row: Any) -> Any:
    delegation = services().delegations.store.get(row.id)
    assert delegation is not None  # the row of this very request
    return line_of(delegation, services().clock.today())


def _person(_view: Any, _context: Any, row: Any, column: str) -> str:
    return services().accounts.name_of(getattr(row, f"{column}_id"))


def _state(_view: Any, _context: Any, row: Any, _column: str) -> Markup:
    line = _line(row)
    return cells.badge(line.state, line.kind)


class DelegationView(SafeModelView):
    """The list; nobody hands over another person's right here, an administrator neither."""

    right = Right.ADMINISTER
    title = _l("Ủy quyền")
    lead = _l("Lãnh đạo và người duyệt tự ủy quyền; quản trị viên xem và thu hồi.")
    empty_text = _l("Chưa có ai ủy quyền.")
    search_hint = _l("Họ tên người ủy quyền hoặc người được ủy quyền")
    can_view_details = True
    column_list = ("principal", "deputy", "what", "valid_from", "valid_to", "state")
    column_labels = {
        "principal": _l("Người ủy quyền"),
        "deputy": _l("Người được ủy quyền"),
        "what": _l("Việc"),
        "valid_from": _l("Từ ngày"),
        "valid_to": _l("Đến ngày"),
        "state": _l("Hiệu lực"),
    }
    column_searchable_list = (_ROW.reason,)
    column_sortable_list = (("valid_from", _ROW.valid_from), ("valid_to", _ROW.valid_to))
    column_default_sort = ("id", True)
    column_filters = (
        ConditionFilter(
            "holds",
            _l("Hiệu lực"),
            [("now", _l("Chưa kết thúc")), ("ended", _l("Đã kết thúc"))],
            _holding,
        ),
    )
    column_formatters = {
        "principal": _person,
        "deputy": _person,
        "what": lambda _v, _c, row, _n: _line(row).what,
        "valid_from": cells.day,
        "valid_to": cells.day,
        "state": _state,
    }
    form_columns = ()
    details_template = "admin/delegation.html"

    def name_of(self, row: Any) -> str:
        line = _line(row)
        return _("%(deputy)s thay mặt %(name)s", deputy=line.deputy, name=line.principal)

    def searching(self, text: str) -> Any:
        people = _PERSON.select(_PERSON.id).where(_PERSON.folded.contains(text))
        return _ROW.principal.in_(people) | _ROW.deputy.in_(people)

    def details(self, row: Any) -> dict[str, Any]:
        line, name_of = _line(row), services().accounts.name_of
        facts = [
            (_("Người ủy quyền"), line.principal),
            (_("Người được ủy quyền"), line.deputy),
            (_("Việc"), line.what),
            (_("Biểu mẫu"), line.forms),
            (_("Từ ngày"), cells.day(self, None, row, "valid_from")),
            (_("Đến ngày"), cells.day(self, None, row, "valid_to")),
            (_("Lý do"), row.reason),
            (_("Ủy quyền lúc"), instant(row.granted_at)),
        ]
        if row.revoked_at is not None:
            facts.append((_("Thu hồi lúc"), instant(row.revoked_at)))
            facts.append((_("Người thu hồi"), name_of(row.revoked_by)))
        return {"row": row, "line": line, "facts": facts}

    @expose("/revoke/", methods=("POST",))
    def revoke(self) -> ResponseReturnValue:
        """End it now; the leader and the deputy find it in their histories."""
        row = self.get_one(request.args.get("id", ""))
        if row is None:
            raise NotFound(kind="delegation")
        services().delegations.revoke(current_actor(), row.id)
        flash(_("Đã thu hồi ủy quyền."), "success")
        return redirect(self.get_url(".details_view", id=row.id), 303)
