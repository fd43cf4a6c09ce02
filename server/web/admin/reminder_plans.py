"""Kế hoạch nhắc hạn: the steps of each form as data, with a preview on a report that is owed."""

from collections.abc import Mapping
from typing import Any, cast

from flask import Response, flash, make_response, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from server.core.access import Right
from server.core.reminder_plan import LANGUAGES, PLACEHOLDERS, ReminderPlan
from server.core.vietnamese import nfc
from server.errors import BieumauError, InputInvalid, NotFound, Stale
from server.services.reminder_plans import PlanInForce
from server.services.reminders import Preview
from server.web.admin.safe_view import SafeBaseView
from server.web.problems import problem_of
from server.web.session import current_actor, services
from server.web.urging_words import addressees, reason_badge, step_title

EVERY_FORM = "*"
_MOST = 20
_LONGEST = 4000


class ReminderPlanPage(SafeBaseView):
    """Plans by form: the list, one plan to change, what it would say."""

    right = Right.ADMINISTER
    title = _l("Kế hoạch nhắc hạn")

    @expose("/")
    def index_view(self) -> ResponseReturnValue:
        """Every form with the plan that holds for it."""
        return self.render(
            "admin/reminders/plans.html",
            plans=[(_form_title(one.form), one, _steps(one.plan)) for one in _plans().all()],
            sources=_sources(),
        )

    @expose("/plan", methods=("GET", "POST"))
    def plan(self) -> ResponseReturnValue:
        """One plan: change it, add a step, try it out, save it, or go back to the default."""
        form = request.values.get("form", EVERY_FORM)
        _form_title(form)
        force = _plans().in_force(form)
        if request.method != "POST":  # HEAD reads as well
            return self._page(force, _typed(force.plan), [])
        typed, action = _posted(), request.form.get("action", "save")
        if action == "add" and len(typed["steps"]) < _MOST:
            typed["steps"].append(_empty_step())
            return self._page(force, typed, [])
        seen = request.form.get("seen", "")
        try:
            if action == "reset":
                _plans().save(current_actor(), form, None, seen=_number(seen))
            elif action == "preview":
                return self._page(force, typed, [], _preview(form, _plans().check(typed)))
            else:
                _plans().save(current_actor(), form, typed, seen=_number(seen))
        except InputInvalid as refused:
            listed = cast("list[dict[str, Any]]", refused.facts["errors"])
            errors = [{"field": _field(one["path"]), "message": _words(one)} for one in listed]
            return self._page(force, typed, errors)
        except Stale:
            text = _("Kế hoạch vừa được người khác thay đổi. Mở lại để xem bản hiện tại.")
            return self._page(force, typed, [{"field": "", "message": text}])
        flash(_("Đã lưu kế hoạch nhắc hạn."), "success")
        return redirect(self.get_url(".plan", form=form), 303)

    def _page(
        self,
        force: PlanInForce,
        typed: Mapping[str, Any],
        errors: list[dict[str, str]],
        preview: tuple[str, Preview] | str | None = None,
    ) -> Response:
        page = self.render(
            "admin/reminders/plan.html",
            heading=_form_title(force.form),
            force=force,
            typed=typed,
            errors=errors,
            addressees=list(addressees().items()),
            channels=_channels(),
            languages=[("vi", _("tiếng Việt")), ("en", _("tiếng Anh"))],
            placeholders=_placeholders(),
            sources=_sources(),
            history=_plans().history(force.form),
            names=services().accounts.name_of,
            owed=_owed(force.form),
            chosen={name: request.form.get(name, "") for name in ("of", "step")},
            preview=preview,
            reason_badge=reason_badge,
            addressee_titles=addressees(),
            step_title=step_title,
            full=len(typed["steps"]) >= _MOST,
        )
        return make_response(page, 422 if errors else 200)


def _plans() -> Any:
    return services().reminder_plans


def _form_title(code: str) -> str:
    """The form's title, or that of the plan for all; ``NotFound`` for other codes."""
    if code == EVERY_FORM:
        return _("Mọi biểu mẫu không có kế hoạch riêng")
    return services().catalogue.form(code).title


def _steps(plan: ReminderPlan | None) -> str:
    if plan is None:
        return ""
    return _("Không nhắc") if not plan.active else "; ".join(step.code for step in plan.steps)


def _sources() -> dict[str, str]:
    return {
        "form": _("Kế hoạch riêng"),
        "every": _("Theo kế hoạch chung"),
        "plugin": _("Mặc định của tiện ích"),
    }


def _channels() -> list[tuple[str, str]]:
    titles = {"email": _("Thư điện tử"), "webhook": _("Hệ thống nhắn tin")}
    return [(code, titles.get(code, code)) for code in _plans().channels()]


def _placeholders() -> list[tuple[str, str]]:
    titles = {
        "unit": _("tên đơn vị"),
        "form": _("tên biểu mẫu"),
        "form_code": _("số hiệu biểu"),
        "period": _("kỳ báo cáo"),
        "due": _("hạn gửi"),
        "days_late": _("số ngày chậm"),
        "state": _("bước hiện tại của báo cáo"),
        "missing": _("số ô còn thiếu"),
        "issuer": _("cơ quan yêu cầu"),
        "letter": _("số, ngày công văn"),
        "contact": _("người liên hệ"),
        "phone": _("điện thoại liên hệ"),
        "superior": _("đơn vị cấp trên"),
    }
    assert set(titles) == PLACEHOLDERS
    return [(f"{{{name}}}", title) for name, title in titles.items()]


def _typed(plan: ReminderPlan | None) -> dict[str, Any]:
    """A plan as the form shows it."""
    if plan is None:
        return {"active": True, "steps": [_empty_step()]}
    return plan.as_json()


def _empty_step() -> dict[str, Any]:
    return {
        "days": None, "recipients": ["unit", "responsible"], "channel": "email",
        "mandatory": True, "words": {},
    }  # fmt: skip


def _posted() -> dict[str, Any]:
    """The form as a document of a plan; steps that are marked to go are left out."""
    posted = request.form
    steps = []
    for number in range(min(_number(posted.get("count", "0")), _MOST)):
        at = f"steps-{number}"
        if posted.get(f"{at}-remove") == "yes":
            continue
        words = {}
        for language in LANGUAGES:
            subject, body = (
                nfc(posted.get(f"{at}-{part}-{language}", "")[: _LONGEST + 1]).strip()
                for part in ("subject", "body")
            )
            if subject or body:
                words[language] = {"subject": subject, "body": body.replace("\r\n", "\n")}
        steps.append(
            {
                "days": _days(posted.get(f"{at}-days", "")),
                "recipients": posted.getlist(f"{at}-recipients"),
                "channel": posted.get(f"{at}-channel", "email"),
                "mandatory": posted.get(f"{at}-mandatory") == "yes",
                "words": words,
            }
        )
    return {"active": posted.get("active") == "yes", "steps": steps}


def _days(text: str) -> int | None:
    text = text.strip().replace("\u2212", "-").removeprefix("D")
    sign = -1 if text.startswith("-") else 1
    digits = text.lstrip("+-")
    return sign * int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 5 else None  # noqa: PLR2004


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0  # noqa: PLR2004


def _owed(form: str) -> list[tuple[str, str]]:
    """Reports of that form to try a plan on: those due last."""
    if form == EVERY_FORM:
        return []
    page = services().obligations.list_(current_actor(), form=form, limit=2000)
    newest = sorted(page.items, key=lambda one: (one.due_on, one.id), reverse=True)[:100]
    unit = services().reference.unit
    return [(one.id, f"{unit(one.org_unit).name}, {one.period}") for one in newest]


def _preview(form: str, plan: ReminderPlan) -> tuple[str, Preview] | str:
    """What the typed plan would say for the chosen report and step; or why there is nothing."""
    chosen = request.form.get("of") or next(iter(dict(_owed(form))), "")
    step = request.form.get("step") or (plan.steps[0].code if plan.steps else "")
    if not chosen:
        return _("Chưa có báo cáo phải gửi nào theo biểu này để xem thử.")
    try:
        obligation = services().obligations.get(current_actor(), chosen)
        return step, services().reminders.preview(obligation, step, plan)
    except NotFound:
        return _("Kế hoạch không có lần nhắc này.")
    except BieumauError as error:
        return problem_of(error).detail


def _field(path: str) -> str:
    """``/steps/0/words/vi/body`` is the field ``steps-0-body-vi``."""
    parts = path.strip("/").split("/")
    if len(parts) == 5:  # noqa: PLR2004 - steps, number, words, language, text
        return f"steps-{parts[1]}-{parts[4]}-{parts[3]}"
    return "-".join(parts) if len(parts) > 1 else ""


def _words(fault: Mapping[str, Any]) -> str:
    """One mistake in words, with its place inside the text."""
    number = str(fault["path"]).split("/")
    at = _("Lần nhắc thứ %(number)s: ", number=int(number[2]) + 1) if len(number) > 2 else ""  # noqa: PLR2004
    place = {"line": fault["line"], "column": fault["column"], "name": fault["name"]}
    texts = {
        "count": _("Kế hoạch có từ 1 đến 20 lần nhắc."),
        "days": _("ghi số ngày so với hạn, từ -90 đến 365, ví dụ -7 hoặc 5."),
        "twice": _("số ngày này đã có ở lần nhắc khác."),
        "recipients": _("chọn ít nhất một nơi nhận."),
        "channel": _("chọn cách gửi trong danh sách."),
        "text": _("ghi cả tiêu đề và nội dung, không quá dài."),
        "control": _("có ký tự không dùng được trong thư."),
        "unknown-placeholder": _(
            "không có chỗ điền {%(name)s} (dòng %(line)s, cột %(column)s).", **place
        ),
        "stray-brace": _("thừa dấu %(name)s (dòng %(line)s, cột %(column)s).", **place),
    }
    return at + texts.get(fault["code"], _("không đọc được."))
