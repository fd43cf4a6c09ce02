"""Signing in and out, the first sign-in with a one-time code, and the person's own account page."""

from collections.abc import Sequence
from typing import cast

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from server.core.access import Right, Role
from server.core.vietnamese import nfc
from server.errors import BieumauError, InputInvalid, SignInRefused
from server.web.configuration import WebSettings
from server.web.gate import safe_next
from server.web.language import LANGUAGES, keep
from server.web.language import gettext as _
from server.web.page import THEMES
from server.web.policy import policy, public
from server.web.problems import problem_of, wants_json
from server.web.session import (
    begin_session,
    cookie_name,
    current_account,
    current_actor,
    end_session,
    optional_actor,
    services,
    session_token,
)

blueprint = Blueprint("accounts", __name__)
_MAX_FIELD = 1000  # nobody's name or password; longer ones would only be hashed for nothing


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    """Name and password; the answer never tells whether the name exists."""
    wanted = request.values.get("next")
    if request.method != "POST":  # HEAD reads as well
        if optional_actor() is not None:
            return redirect(safe_next(wanted), 303)
        return _page("accounts/sign_in.html", next=wanted)
    username, password = _field("username"), _field("password", trim=False)
    errors = _missing({"username": username, "password": password})
    if errors:
        return _page("accounts/sign_in.html", errors, username=username, next=wanted)
    try:
        account, token = services().accounts.sign_in(username, password, _address())
    except SignInRefused as refused:
        errors = [{"field": "username", "message": problem_of(refused).detail}]
        return _page("accounts/sign_in.html", errors, username=username, next=wanted)
    begin_session(token)
    if account.must_change:
        return redirect(url_for(".change_password"), 303)
    return redirect(safe_next(wanted), 303)


@blueprint.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """End the session; what is unsent in the browser the page has asked about before."""
    token = session_token()
    if token is not None:
        services().accounts.sign_out(token)
    end_session()
    flash(_("Đã đăng xuất."), "success")
    response = make_response(redirect(url_for(".sign_in"), 303))
    if request.form.get("sweep") == "yes":  # the page knows that nobody's unsent cells are there
        response.headers["Clear-Site-Data"] = '"storage"'
    return response


@blueprint.route("/first-sign-in", methods=["GET", "POST"])
@public
def first_sign_in() -> ResponseReturnValue:
    """Set a password with the one-time code an administrator has handed out, and sign in."""
    template = "accounts/first_sign_in.html"
    if request.method != "POST":  # HEAD reads as well
        return _page(template)
    username, code = _field("username"), _field("code")
    password = _field("password", trim=False)
    errors = _missing({"username": username, "code": code, "password": password})
    errors += _unequal(password)
    if not errors:
        try:
            _account, token = services().accounts.redeem_code(username, code, password, _address())
        except SignInRefused as refused:
            errors = [{"field": "code", "message": _code_refused(refused)}]
        except InputInvalid as invalid:
            errors = _password_errors(invalid, "password")
        else:
            begin_session(token)
            flash(_("Đã đặt mật khẩu."), "success")
            return redirect("/", 303)
    return _page(template, errors, username=username)


@blueprint.get("/account")
@policy(Right.SIGNED_IN)
def account() -> ResponseReturnValue:
    """Who I am here, what I may do, and my tastes."""
    reference = services().reference
    own = current_account()
    grants = [
        (
            role_title(grant.role),
            reference.unit(grant.org_unit).name,
            services().accounts.name_of(grant.stands_for) if grant.stands_for else "",
        )
        for grant in current_actor().grants
    ]
    unit = reference.unit(own.org_unit).name if own.org_unit else None
    wishes = services().mail_wishes.of(current_actor())
    calendar = "due_calendar.own_feed"
    return render_template(
        "accounts/account.html",
        own=own,
        unit=unit,
        grants=grants,
        wishes=wishes,
        calendar=url_for(calendar) if calendar in current_app.view_functions else None,
    )


@blueprint.post("/account/mails")
@policy(Right.SIGNED_IN)
def mail_wishes() -> ResponseReturnValue:
    """Which reminders I want by mail, and in which language."""
    services().mail_wishes.save(
        current_actor(),
        only_mandatory=request.form.get("only_mandatory") == "yes",
        language="en" if request.form.get("language") == "en" else "vi",
    )
    flash(_("Đã lưu lựa chọn nhận thư."), "success")
    return redirect(url_for(".account"), 303)


@blueprint.route("/account/password", methods=["GET", "POST"])
@policy(Right.SIGNED_IN)
def change_password() -> ResponseReturnValue:
    """A new password ends all sessions; this browser gets a new one."""
    template = "accounts/password.html"
    if request.method != "POST":  # HEAD reads as well
        return _page(template)
    old, new = _field("old", trim=False), _field("password", trim=False)
    errors = _missing({"old": old, "password": new}) + _unequal(new)
    if not errors:
        own = current_account()
        accounts = services().accounts
        try:
            accounts.change_password(own, old, new)
            _account, token = accounts.sign_in(own.username, new, _address())
        except SignInRefused as refused:
            errors = [{"field": "old", "message": _old_refused(refused)}]
        except InputInvalid as invalid:
            errors = _password_errors(invalid, "password")
        else:
            begin_session(token)
            flash(_("Đã đổi mật khẩu. Các phiên khác đã đăng xuất."), "success")
            return redirect(url_for(".account"), 303)
    return _page(template, errors)


@blueprint.post("/preferences")
@public
def preferences() -> ResponseReturnValue:
    """Keep language and theme in cookies and go back to where one was."""
    if wants_json():
        response = make_response("", 204)
    else:
        response = make_response(redirect(safe_next(request.form.get("next")), 303))
    for name, known in (("theme", THEMES), ("lang", LANGUAGES)):
        wanted = request.form.get(name)
        if wanted in known:
            cookie = cookie_name(name)
            keep(response, cookie, cast(str, wanted), secure=cookie.startswith("__Host-"))
    return response


def role_title(role: Role) -> str:
    """The role in the words of the offices."""
    titles = {
        Role.REPORTER: _("Người lập biểu"),
        Role.SIGNER: _("Thủ trưởng đơn vị"),
        Role.APPROVER: _("Người duyệt"),
        Role.READER: _("Người tra cứu"),
        Role.ADMIN: _("Quản trị viên"),
    }
    return titles[role]


def _page(template: str, errors: Sequence[dict[str, str]] = (), **shown: object) -> Response:
    settings = cast(WebSettings, current_app.extensions["bieumau.settings"])
    shortest = settings.security.password_min_length
    page = render_template(template, errors=errors, shortest=shortest, **shown)
    return make_response(page, 422 if errors else 200)


def _field(name: str, *, trim: bool = True) -> str:
    text = nfc(request.form.get(name, "")[:_MAX_FIELD])
    return text.strip() if trim else text


def _address() -> str:
    return request.remote_addr or ""


def _missing(fields: dict[str, str]) -> list[dict[str, str]]:
    asked = {
        "username": _("Nhập tên đăng nhập."),
        "password": _("Nhập mật khẩu."),
        "code": _("Nhập mã đăng nhập một lần."),
        "old": _("Nhập mật khẩu đang dùng."),
    }
    return [{"field": name, "message": asked[name]} for name, text in fields.items() if not text]


def _unequal(password: str) -> list[dict[str, str]]:
    if password == _field("again", trim=False):
        return []
    message = _("Hai lần nhập mật khẩu mới không giống nhau. Nhập lại.")
    return [{"field": "again", "message": message}]


def _code_refused(refused: BieumauError) -> str:
    if refused.facts.get("reason") == "too-many":
        return problem_of(refused).detail
    return _(
        "Tên đăng nhập hoặc mã không đúng, hoặc mã đã dùng hay hết hạn. Kiểm tra lại, hoặc đề nghị "
        "quản trị viên cấp mã mới."
    )


def _old_refused(refused: BieumauError) -> str:
    if refused.facts.get("reason") == "too-many":
        return problem_of(refused).detail
    return _("Mật khẩu đang dùng không đúng. Nhập lại.")


def _password_errors(invalid: InputInvalid, field: str) -> list[dict[str, str]]:
    reasons = {
        "too-short": _("Mật khẩu quá ngắn. Chọn mật khẩu dài hơn."),
        "too-long": _("Mật khẩu quá dài. Chọn mật khẩu ngắn hơn."),
        "too-easy": _(
            "Mật khẩu dễ đoán. Tránh tên đăng nhập, tên hệ thống và các dãy ký tự lặp lại."
        ),
    }
    listed = cast("list[dict[str, str]]", invalid.facts["errors"])
    return [
        {"field": field, "message": reasons.get(error["code"], error["message"])}
        for error in listed
    ]
