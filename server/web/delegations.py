"""Ủy quyền: a leader or approver hands his own signing or approving to a colleague for a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from server.core.access import Right
from server.core.delegation import LONGEST_DAYS, LONGEST_REASON, Delegation
from server.core.vietnamese import DateUnclear, nfc, parse_date
from server.core.vietnamese_numbers import format_date
from server.errors import InputInvalid, NotFound
from server.services.delegations import Wish
from server.web.accounts import role_title
from server.web.language import gettext as _
from server.web.policy import policy
from server.web.session import current_actor, services

blueprint = Blueprint("delegations", __name__)
_FIELDS = ("grant", "deputy", "valid_from", "valid_to", "reason")
_LONGEST_FIELD = 1000


@dataclass(frozen=True, slots=True)
class Line:
    """One delegation as it is read; *kind* is that of its badge."""

    delegation: Delegation
    what: str
    forms: str
    principal: str
    deputy: str
    state: str
    kind: str

    @property
    def revocable(self) -> bool:
        return self.kind != "grey"


@blueprint.route("/account/delegations", methods=["GET", "POST"])
@policy(Right.APPROVE)
def index() -> ResponseReturnValue:
    """What I handed over, what was handed to me, and a form to hand over more."""
    if request.method != "POST":  # HEAD reads as well
        return _page({"valid_from": format_date(services().clock.today())})
    typed = {name: nfc(request.form.get(name, "")[:_LONGEST_FIELD]).strip() for name in _FIELDS}
    days, errors = _days(typed)
    grant = typed["grant"]
    if errors:  # the rest of what is missing is said with the days, not after them
        errors = [*_missing(typed), *errors]
    else:
        wish = Wish(
            grant=int(grant) if grant.isascii() and grant.isdigit() and len(grant) < 10 else 0,  # noqa: PLR2004
            deputy=typed["deputy"],
            valid_from=days["valid_from"],
            valid_to=days["valid_to"],
            reason=typed["reason"],
            forms=tuple(request.form.getlist("form")),
        )
        try:
            services().delegations.grant(current_actor(), wish)
        except InputInvalid as refused:
            listed = cast("list[dict[str, str]]", refused.facts["errors"])
            errors = [
                {"field": one["path"].removeprefix("/"), "message": _texts()[one["code"]]}
                for one in listed
            ]
        else:
            flash(_("Đã ủy quyền."), "success")
            return redirect(url_for(".index"), 303)
    return make_response(_page(typed, errors), 422)


@blueprint.post("/account/delegations/<int(max=999_999_999):number>/revoke")
@policy(Right.APPROVE)
def revoke(number: int) -> ResponseReturnValue:
    """End one that I gave, now."""
    actor = current_actor()
    if all(one.id != number for one in services().delegations.given(actor)):
        raise NotFound(kind="delegation")
    services().delegations.revoke(actor, number)
    flash(_("Đã thu hồi ủy quyền."), "success")
    return redirect(url_for(".index"), 303)


def line_of(delegation: Delegation, today: date) -> Line:
    """How a delegation reads in a list."""
    name_of = services().accounts.name_of
    titles = {form.code: form.title for form in services().catalogue.forms()}
    unit = services().reference.unit(delegation.org_unit).name
    if delegation.revoked_at is not None:
        state, kind = _("Đã thu hồi"), "grey"
    elif delegation.is_over(today):
        state, kind = _("Đã hết hạn"), "grey"
    elif delegation.holds(today):
        state, kind = _("Đang hiệu lực"), "green"
    else:
        state, kind = _("Chưa đến ngày"), "blue"
    return Line(
        delegation=delegation,
        what=f"{role_title(delegation.role)}, {unit}",
        forms="; ".join(titles.get(code, code) for code in delegation.forms) or _("Mọi biểu mẫu"),
        principal=name_of(delegation.principal),
        deputy=name_of(delegation.deputy),
        state=state,
        kind=kind,
    )


def _page(typed: dict[str, str], errors: Sequence[dict[str, str]] = ()) -> str:
    actor, service = current_actor(), services().delegations
    today, reference = services().clock.today(), services().reference
    own = service.delegable(actor)
    units = {kept.grant.org_unit: reference.unit(kept.grant.org_unit).name for kept in own}
    return render_template(
        "accounts/delegations.html",
        given=[line_of(one, today) for one in service.given(actor)],
        received=[line_of(one, today) for one in service.received(actor)],
        grants=[
            (str(kept.id), f"{role_title(kept.grant.role)}, {units[kept.grant.org_unit]}")
            for kept in own
        ],
        people=list(
            {
                person.id: (person.id, f"{person.name} ({name})")
                for unit, name in units.items()
                for person in service.colleagues(actor, unit)
            }.values()
        ),
        forms=[(form.code, form.title) for form in services().catalogue.forms()],
        chosen=request.form.getlist("form"),
        typed=typed,
        errors=errors,
        longest=LONGEST_REASON,
    )


def _days(typed: dict[str, str]) -> tuple[dict[str, date], list[dict[str, str]]]:
    days: dict[str, date] = {}
    errors = []
    for name in ("valid_from", "valid_to"):
        try:
            days[name] = parse_date(typed[name])
        except DateUnclear:
            message = _("Nhập ngày theo dạng 24/01/2025.")
            errors.append({"field": name, "message": message})
    return days, errors


def _missing(typed: dict[str, str]) -> list[dict[str, str]]:
    """What was left empty besides the days."""
    texts = _texts()
    empty = {"deputy": "not-of-the-unit", "reason": "reason"}
    return [
        {"field": name, "message": texts[code]} for name, code in empty.items() if not typed[name]
    ]


def _texts() -> dict[str, str]:
    return {
        "not-of-the-unit": _("Chọn một người cùng đơn vị, đang dùng tài khoản."),
        "already": _("Người này đã được ủy quyền trong những ngày đó."),
        "past": _("Từ ngày không được trước hôm nay."),
        "before-first": _("Ngày cuối phải từ ngày đầu trở đi."),
        "too-long": _("Ủy quyền không quá %(days)s ngày.", days=LONGEST_DAYS),
        "beyond-grant": _("Quyền của anh/chị hết hiệu lực trước ngày này."),
        "reason": _("Ghi lý do, từ 5 đến 500 ký tự."),
        "unknown": _("Chọn biểu mẫu trong danh sách."),
    }
