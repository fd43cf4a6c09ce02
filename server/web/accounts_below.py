"""Tài khoản đơn vị cấp dưới: a district makes, opens and closes the accounts of its communes."""

from collections.abc import Sequence

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from server.core.access import Right, Role
from server.core.account import Account
from server.core.vietnamese import fold, nfc
from server.errors import Conflict
from server.services.accounts import NewAccount
from server.services.accounts_below import KEPT_ROLES, AccountsBelow, KeptAccount
from server.web.accounts import role_title
from server.web.language import gettext as _
from server.web.policy import policy
from server.web.session import current_actor, services

blueprint = Blueprint("accounts_below", __name__)
_LONGEST = 200
_FIELDS = ("username", "name", "email", "role", "org_unit")


@blueprint.route("/accounts-below", methods=["GET", "POST"])
@policy(Right.MANAGE_ACCOUNTS)
def index() -> ResponseReturnValue:
    """The accounts of the units below, and a form for a new one."""
    if request.method != "POST":  # HEAD reads as well
        return _page({})
    typed = {name: nfc(request.form.get(name, "")).strip() for name in _FIELDS}
    errors = _faults(typed)
    if not errors:
        new = NewAccount(
            typed["username"],
            typed["name"],
            typed["email"] or None,
            Role(typed["role"]),
            typed["org_unit"],
        )
        try:
            return _code(*_service().create(current_actor(), new))
        except Conflict:
            errors = [{"field": "username", "message": _("Tên đăng nhập này đã có.")}]
    return make_response(_page(typed, errors), 422)


@blueprint.post("/accounts-below/<account_id>/code")
@policy(Right.MANAGE_ACCOUNTS)
def code(account_id: str) -> ResponseReturnValue:
    """A new one-time code, shown once."""
    return _code(*_service().issue_code(current_actor(), account_id))


@blueprint.post("/accounts-below/<account_id>/active")
@policy(Right.MANAGE_ACCOUNTS)
def active(account_id: str) -> ResponseReturnValue:
    """Close or open one account."""
    opened = request.form.get("active") == "1"
    _service().set_active(current_actor(), account_id, opened)
    flash(_("Đã mở lại tài khoản.") if opened else _("Đã khóa tài khoản."), "success")
    return redirect(url_for(".index"), 303)


def _service() -> AccountsBelow:
    return services().accounts_below


def _page(typed: dict[str, str], errors: Sequence[dict[str, str]] = ()) -> str:
    actor = current_actor()
    people, asked = _service().people(actor), fold(nfc(request.args.get("q", ""))[:_LONGEST])
    return render_template(
        "accounts/below.html",
        people=[(one, _roles(one)) for one in people if _matches(one, asked)],
        all=len(people),
        asked=request.args.get("q", ""),
        units=[(unit.id, f"{unit.name} ({unit.code})") for unit in _service().units(actor)],
        roles=[(role.value, role_title(role)) for role in KEPT_ROLES],
        typed=typed,
        errors=errors,
    )


def _matches(one: KeptAccount, asked: str) -> bool:
    words = f"{one.account.name} {one.account.username} {one.unit.name}"
    return asked in fold(nfc(words))


def _roles(one: KeptAccount) -> str:
    return ", ".join(role_title(role) for role in one.roles)


def _code(account: Account, secret: str) -> ResponseReturnValue:
    unit = services().reference.unit(account.org_unit).name if account.org_unit else ""
    return make_response(
        render_template(
            "accounts/below_code.html",
            account=account,
            unit=unit,
            code=secret,
            today=services().clock.today(),
        )
    )


def _faults(typed: dict[str, str]) -> list[dict[str, str]]:
    found = []
    if not typed["username"] or " " in typed["username"]:
        message = _("Thiếu tên đăng nhập, hoặc tên có dấu cách.")
        found.append({"field": "username", "message": message})
    if not typed["name"]:
        found.append({"field": "name", "message": _("Thiếu họ tên.")})
    if typed["email"] and (typed["email"].count("@") != 1 or " " in typed["email"]):
        found.append({"field": "email", "message": _("Thư điện tử không đúng dạng.")})
    if typed["role"] not in set(Role):
        found.append({"field": "role", "message": _("Chọn vai trò.")})
    if not typed["org_unit"]:
        found.append({"field": "org_unit", "message": _("Chọn đơn vị báo cáo.")})
    found += [
        {"field": name, "message": _("Có ô quá dài hoặc có ký tự không in được.")}
        for name, text in typed.items()
        if len(text) > _LONGEST or not text.isprintable()
    ]
    return found
