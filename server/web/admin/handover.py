"""Bàn giao công việc: the pages on which an administrator hands a leaver's work to a colleague.

A part of the accounts' pages with a template of its own: first who and until when, then everything
that will move, then the button.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import flash, make_response, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from server.core.vietnamese import DateUnclear, parse_date
from server.core.vietnamese_numbers import format_date
from server.errors import InputInvalid
from server.services.handovers import Plan
from server.web.accounts import role_title
from server.web.admin import cells
from server.web.delegations import line_of
from server.web.session import current_actor, services


class HandoverPages:
    """Mixed into the view of accounts, which says who may come here."""

    @expose("/handover/", methods=("GET", "POST"))
    def handover(self: Any) -> ResponseReturnValue:
        """Choose, look at the plan, carry it out."""
        row, actor = self.asked(), current_actor()
        service, today = services().handovers, services().clock.today()
        if row.id == actor.account:
            flash(_("Anh/chị không thể bàn giao công việc của chính mình."), "error")
            return self._back(row)
        typed = {
            "successor": request.form.get("successor", ""),
            "last_day": request.form.get("last_day", format_date(today)).strip(),
        }
        plan: Plan | None = None
        errors: list[dict[str, str]] = []
        if request.method == "POST":  # HEAD reads as well
            try:
                asked = row.id, typed["successor"], parse_date(typed["last_day"])
                if request.form.get("confirmed") == "yes":
                    done = service.carry_out(actor, *asked)
                    flash(
                        _("Đã bàn giao công việc cho %(name)s.", name=done.successor.name),
                        "success",
                    )
                    return self._back(row)
                plan = service.plan(actor, *asked)
            except DateUnclear:
                errors = [{"field": "last_day", "message": _("Nhập ngày theo dạng 24/01/2025.")}]
            except InputInvalid as refused:
                errors = _errors(refused)
        page = self.render(
            "admin/handover.html",
            row=row,
            heading=_("Bàn giao công việc của %(name)s", name=row.name),
            people=[
                (one.id, f"{one.name} ({cells.unit_name(one.org_unit)})")
                for one in service.successors(actor, row.id)
            ],
            typed=typed,
            errors=errors,
            plan=plan,
            shown=None if plan is None else _shown(plan, today),
        )
        return make_response(page, 422 if errors else 200)


def _shown(plan: Plan, today: date) -> dict[str, Sequence[str]]:
    """The plan in lines."""

    def titles(grants: Sequence[Any]) -> list[str]:
        return [
            f"{role_title(kept.grant.role)}, {cells.unit_name(kept.grant.org_unit)}"
            for kept in grants
        ]

    return {
        "moved": titles(plan.moved),
        "kept": titles(plan.kept),
        "parts": [_part(part.submission) for part in plan.parts],
        "delegations": [
            f"{line.principal} → {line.deputy}: {line.what}"
            for line in (line_of(one, today) for one in plan.delegations)
        ],
        "tokens": [token.name for token in plan.tokens],
    }


def _part(submission_id: str) -> str:
    submission = services().submissions.submissions.get(submission_id)
    form = services().catalogue.form(submission.form, submission.version)
    unit = cells.unit_name(submission.org_unit)
    return f"{form.title}, {unit}, {cells.period_title(submission.period)}"


def _errors(refused: InputInvalid) -> list[dict[str, str]]:
    texts = {
        "not-of-the-unit": _("Chọn một người cùng đơn vị, đang dùng tài khoản."),
        "past": _("Ngày làm việc cuối không được trước hôm qua."),
    }
    listed: Any = refused.facts["errors"]
    return [
        {"field": one["path"].removeprefix("/"), "message": texts[one["code"]]} for one in listed
    ]
