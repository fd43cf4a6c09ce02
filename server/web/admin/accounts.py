"""Người dùng và phân quyền: accounts, their dated grants, one-time codes and API tokens."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from flask import flash, make_response, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, SelectField

from server.core.access import Grant, Right, Role
from server.core.account import folded_username
from server.core.vietnamese import DateUnclear, nfc, parse_date
from server.errors import BieumauError, ImportRefused, NotFound
from server.services.accounts import NewAccount
from server.storage.models import AccountGrantRow, AccountRow, ApiTokenRow
from server.web.accounts import role_title
from server.web.admin import cells
from server.web.admin.account_sheet import decoded, read_sheet, refusal
from server.web.admin.filters import ConditionFilter, YesNoFilter
from server.web.admin.handover import HandoverPages
from server.web.admin.safe_view import SafeModelView, refused
from server.web.problems import problem_of
from server.web.session import current_actor, services

_ROW: Any = AccountRow
_GRANT: Any = AccountGrantRow


def _roles() -> list[tuple[str, str]]:
    return [(role.value, role_title(role)) for role in Role]


def _state(_view: Any, _context: Any, row: Any, _column: str) -> Any:
    if not row.active:
        return cells.badge(_("Đã khóa"), "grey")
    if row.password_hash is None:
        return cells.badge(_("Chờ đăng nhập lần đầu"), "blue")
    return cells.badge(_("Đang dùng"), "green")


def _held_roles(_view: Any, _context: Any, row: Any, _column: str) -> str:
    today = services().clock.today()
    titles = [
        role_title(Role(grant.role))
        for grant in row.grants
        if (grant.valid_from is None or grant.valid_from <= today)
        and (grant.valid_to is None or today <= grant.valid_to)
    ]
    return ", ".join(dict.fromkeys(titles)) or cells.NOTHING


def _holding(role: str) -> Any:
    grant, today = _GRANT, services().clock.today()
    held = (
        (grant.role == role)
        & (grant.valid_from.is_null() | (grant.valid_from <= today))
        & (grant.valid_to.is_null() | (grant.valid_to >= today))
    )
    return _ROW.id.in_(grant.select(grant.account).where(held))


class AccountView(HandoverPages, SafeModelView):
    """The people who may sign in; an account is closed, never deleted."""

    right = Right.ADMINISTER
    title = _l("Người dùng và phân quyền")
    new_title = _l("Thêm người dùng")
    empty_text = _l("Chưa có người dùng nào. Thêm từng người, hoặc nhập danh sách từ tệp CSV.")
    search_hint = _l("Họ tên hoặc tên đăng nhập")
    can_create = can_edit = can_view_details = True
    column_list = ("name", "username", "org_unit_id", "roles", "email", "state")
    column_labels = {
        "name": _l("Họ và tên"),
        "username": _l("Tên đăng nhập"),
        "org_unit": _l("Đơn vị công tác"),
        "org_unit_id": _l("Đơn vị công tác"),
        "roles": _l("Vai trò"),
        "email": _l("Thư điện tử"),
        "state": _l("Tình trạng"),
    }
    column_searchable_list = (_ROW.folded, _ROW.username_folded)
    column_sortable_list = (("name", _ROW.sort_key), ("username", _ROW.username_folded))
    column_default_sort = ("sort_key", False)
    column_filters = (
        ConditionFilter("role", _l("Vai trò"), _roles, _holding),
        YesNoFilter(
            "active", _l("Tài khoản"), _ROW.active, [("1", _l("Đang dùng")), ("0", _l("Đã khóa"))]
        ),
    )
    column_formatters = {
        "org_unit_id": cells.unit,
        "roles": _held_roles,
        "email": cells.text,
        "state": _state,
    }
    form_columns = ("username", "name", "email", "org_unit")
    form_fixed = ("username", "role")
    form_extra_fields = {"role": SelectField(_l("Vai trò"), choices=_roles)}
    details_template = "admin/account.html"

    def searching(self, text: str) -> Any:
        return _ROW.folded.contains(text) | _ROW.username_folded.contains(folded_username(text))

    def tools(self) -> list[tuple[str, str]]:
        return [(self.get_url(".import_view"), _("Nhập danh sách từ tệp CSV"))]

    def save(self, row: Any, form: Form) -> None:
        accounts, actor = services().accounts, current_actor()
        email = form.email.data
        if email and (email.count("@") != 1 or " " in email):
            raise refused("email", _("Thư điện tử không đúng dạng."))
        if row is not None:
            kept = replace(
                accounts.by_username(row.username),
                name=form.name.data,
                email=email,
                org_unit=form.org_unit.data,
                edit=int(form.edit.data),
            )
            accounts.save(actor, kept)
            return
        if form.org_unit.data is None:
            raise refused("org_unit", _("Chọn đơn vị công tác: quyền được cấp tại đơn vị này."))
        if _ROW.get_or_none(_ROW.username_folded == folded_username(form.username.data)):
            raise refused("username", _("Tên đăng nhập này đã có."))
        role = Role(form.role.data)
        new = NewAccount(form.username.data, form.name.data, email, role, form.org_unit.data)
        accounts.create(actor, new)

    def details(self, row: Any) -> dict[str, Any]:
        today = services().clock.today()
        grant, token = _GRANT, ApiTokenRow
        grants = [
            (
                kept,
                role_title(Role(kept.role)),
                cells.unit_name(kept.org_unit_id),
                cells.dated(kept, today),
            )
            for kept in grant.select().where(grant.account == row.id).order_by(grant.id)
        ]
        units = services().reference.units(today)
        return {
            "row": row,
            "state": _state(self, None, row, "state"),
            "unit": cells.unit_name(row.org_unit_id),
            "grants": grants,
            "tokens": list(token.select().where(token.account == row.id).order_by(token.id)),
            "roles": _roles(),
            "units": [(unit.id, f"{unit.name} ({unit.code})") for unit in units],
        }

    # What happens to one account: each is a form on its page

    @expose("/code/", methods=("POST",))
    def issue_code(self) -> ResponseReturnValue:
        """A new one-time code, shown once on a page to print."""
        row = self.asked()
        code = services().accounts.issue_code(current_actor(), row.id)
        return self._codes([(row.name, row.username, cells.unit_name(row.org_unit_id), code)])

    @expose("/active/", methods=("POST",))
    def set_active(self) -> ResponseReturnValue:
        """Close or open the account."""
        row = self.asked()
        active = request.form.get("active") == "1"
        if row.id == current_actor().account:
            flash(_("Anh/chị không thể khóa tài khoản của chính mình."), "error")
        else:
            services().accounts.set_active(current_actor(), row.id, active)
            flash(_("Đã mở lại tài khoản.") if active else _("Đã khóa tài khoản."), "success")
        return self._back(row)

    @expose("/grant/", methods=("POST",))
    def add_grant(self) -> ResponseReturnValue:
        """A role at a unit, with days where given."""
        row = self.asked()
        try:
            first, last = _day("valid_from"), _day("valid_to")
            role, unit = Role(request.form.get("role", "")), request.form.get("org_unit", "")
            services().reference.unit(unit)
        except (DateUnclear, ValueError, NotFound):
            flash(
                _("Chưa cấp quyền: chọn vai trò và đơn vị, nhập ngày theo dạng 24/01/2025."),
                "error",
            )
            return self._back(row)
        if first and last and last < first:
            flash(_("Chưa cấp quyền: ngày cuối phải sau ngày đầu."), "error")
            return self._back(row)
        personal = request.form.get("personal") == "yes"
        manages = request.form.get("manages") == "yes"
        grant = Grant(role, unit, first, last, personal, manages)
        services().accounts.grant(current_actor(), row.id, grant)
        flash(_("Đã cấp quyền."), "success")
        return self._back(row)

    @expose("/grant/end/", methods=("POST",))
    def end_grant(self) -> ResponseReturnValue:
        """Take a grant back: yesterday was its last day."""
        row = self.asked()
        yesterday = services().clock.today() - timedelta(days=1)
        number = request.form.get("grant", type=int)
        if number is None:
            raise NotFound(kind="grant")
        if row.id == current_actor().account:
            flash(_("Anh/chị không thể kết thúc quyền của chính mình."), "error")
            return self._back(row)
        services().accounts.end_grant(current_actor(), row.id, number, yesterday)
        flash(_("Đã kết thúc quyền."), "success")
        return self._back(row)

    @expose("/token/", methods=("POST",))
    def create_token(self) -> ResponseReturnValue:
        """An API token for this account; shown once."""
        row = self.asked()
        name = nfc(request.form.get("name", "")).strip()[:100]
        if not name:
            flash(_("Nhập tên để biết mã truy cập này dùng ở đâu."), "error")
            return self._back(row)
        token = services().accounts.create_token(current_actor(), row.id, name)
        return self.render("admin/token.html", row=row, token=token, name=name)

    @expose("/token/end/", methods=("POST",))
    def end_token(self) -> ResponseReturnValue:
        row = self.asked()
        number = request.form.get("token", type=int)
        if number is None:
            raise NotFound(kind="token")
        services().accounts.end_token(current_actor(), row.id, number)
        flash(_("Đã thu hồi mã truy cập."), "success")
        return self._back(row)

    @expose("/import/", methods=("GET", "POST"))
    def import_view(self) -> ResponseReturnValue:
        """Upload, look at every line, then save all or none and print the codes."""
        if request.method != "POST":  # HEAD reads as well
            return self.render("admin/account_import.html")
        try:
            text = _sheet_text()
            lines = read_sheet(text)
        except ImportRefused as error:
            errors = [{"field": "sheet", "message": refusal(error)}]
            return make_response(self.render("admin/account_import.html", errors=errors), 422)
        refused_lines = [line for line in lines if line.faults]
        confirmed = request.form.get("confirmed") == "yes"
        if refused_lines or not confirmed:
            page = self.render(
                "admin/account_import.html", lines=lines, refused_lines=refused_lines, text=text
            )
            return make_response(page, 422 if refused_lines else 200)
        wanted = [line.account for line in lines if line.account is not None]
        try:
            made = services().accounts.import_sheet(current_actor(), wanted)
        except BieumauError as error:  # somebody took a name meanwhile: nothing was made
            errors = [{"field": "sheet", "message": problem_of(error).detail}]
            return make_response(self.render("admin/account_import.html", errors=errors), 409)
        return self._codes(
            [(one.name, one.username, cells.unit_name(one.org_unit), code) for one, code in made]
        )

    def _codes(self, codes: list[tuple[str, str, str, str]]) -> str:
        return self.render("admin/codes.html", codes=codes, today=services().clock.today())

    def _back(self, row: Any) -> ResponseReturnValue:
        return redirect(self.get_url(".details_view", id=row.id), 303)


def _day(name: str) -> Any:
    text = request.form.get(name, "").strip()
    return parse_date(text) if text else None


def _sheet_text() -> str:
    upload = request.files.get("sheet")
    if upload is not None and upload.filename:
        return decoded(upload.read())
    text = request.form.get("text", "")
    if not text.strip():
        raise ImportRefused(reason="missing")
    return decoded(text.encode())
