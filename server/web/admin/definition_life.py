"""Hiệu lực: which versions of a form, workflow or code list are in force, and the end of them.

A retired definition stays readable with all its reports; only nothing new begins with it.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final

from flask import flash, make_response, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from server.core.access import Right
from server.core.definition_life import WHOLE, LifeState, RetiredKind
from server.core.vietnamese import DateUnclear, format_date, parse_date
from server.errors import InputInvalid, NotFound
from server.services.retirements import VersionLife
from server.web.admin.definition_words import kind_titles
from server.web.admin.safe_view import SafeBaseView
from server.web.session import current_actor, services

#: Where the versions of each kind are listed.
_PAGES: Final[Mapping[RetiredKind, str]] = {
    "form": "forms",
    "workflow": "workflows",
    "codelist": "codelists",
}


class DefinitionLife(SafeBaseView):
    """For administrators alone; what they decide is kept with their name and reason."""

    right = Right.ADMINISTER
    title = _l("Hiệu lực các phiên bản")

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """Without a definition: the published forms."""
        return redirect(self.get_url("forms.index_view"), 303)

    @expose("/<kind>/<code>/")
    def show(self, kind: str, code: str) -> ResponseReturnValue:
        """All versions, what was decided about them, and deciding."""
        return self._page(_kind(kind), code)

    @expose("/<kind>/<code>/retire/", methods=("POST",))
    def retire(self, kind: str, code: str) -> ResponseReturnValue:
        """Say a last day, or take one back."""
        known, form = _kind(kind), request.form
        last_on = None if form.get("back") else _day(form.get("last_on", ""))
        try:
            if last_on is None and not form.get("back"):
                raise InputInvalid(errors=[{"path": "/last_on", "code": "day", "message": ""}])
            services().retirements.retire(
                current_actor(), known, code,
                last_on=last_on, reason=form.get("reason", ""), version=_version(),
            )  # fmt: skip
        except InputInvalid as error:
            return make_response(self._page(known, code, _words(error, known)), 422)
        flash(_("Đã ghi quyết định về hiệu lực."), "success")
        return redirect(self.get_url(".show", kind=kind, code=code), 303)

    def _page(
        self, kind: RetiredKind, code: str, errors: list[dict[str, str]] | None = None
    ) -> str:
        retirements, catalogue = services().retirements, services().catalogue
        versions = retirements.versions(kind, code)
        name_of = services().accounts.name_of
        return self.render(
            "admin/definition_life.html",
            heading=_title_of(kind, code),
            kind=kind,
            kind_title=_("Bảng mã") if kind == "codelist" else kind_titles()[kind],
            lists=_PAGES[kind],
            using=[one.title for one in retirements.using(code)] if kind == "codelist" else [],
            code=code,
            versions=[(one, life_badge(one), period_words(one)) for one in versions],
            whole=catalogue.last_day(kind, code),
            own={one.version: catalogue.last_day(kind, code, one.version) for one in versions},
            owed=retirements.still_owed(code) if kind == "form" else 0,
            decisions=[(one, name_of(one.decided_by)) for one in retirements.decisions(kind, code)],
            errors=errors or [],
            typed=request.form,
            day=format_date,
        )


def life_of(kind: RetiredKind, code: str, version: int) -> VersionLife:
    """The life of one version; ``NotFound`` where it was not published."""
    for one in services().retirements.versions(kind, code):
        if one.version == version:
            return one
    raise NotFound(kind=kind)


def life_badge(life: VersionLife) -> tuple[str, str]:
    """Title and colour."""
    return {
        LifeState.IN_FORCE: (_("Đang áp dụng"), "green"),
        LifeState.ENDING: (_("Sắp ngừng áp dụng"), "amber"),
        LifeState.SUPERSEDED: (_("Đã có phiên bản mới hơn"), "grey"),
        LifeState.RETIRED: (_("Đã ngừng áp dụng"), "grey"),
    }[life.state]


def period_words(life: VersionLife) -> str:
    """From when to when a version is meant."""
    said = []
    if life.first_period:
        said.append(_("từ kỳ %(period)s", period=life.first_period))
    if life.last_on is not None:
        said.append(_("đến hết ngày %(day)s", day=format_date(life.last_on)))
    return ", ".join(said) or _("không giới hạn")


def _title_of(kind: RetiredKind, code: str) -> str:
    catalogue = services().catalogue
    if kind == "form":
        return catalogue.form(code).title
    return (catalogue.workflow(code) if kind == "workflow" else catalogue.codelist(code)).title


def _kind(kind: str) -> RetiredKind:
    for known in _PAGES:
        if kind == known:
            return known
    raise NotFound(kind="definition")


def _day(text: str) -> date | None:
    try:
        return parse_date(text.strip()) if text.strip() else None
    except DateUnclear:
        return None


def _version() -> int:
    text = request.form.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else WHOLE  # noqa: PLR2004


def _used(kind: RetiredKind, names: str) -> str:
    if kind == "codelist":
        return _(
            "Các biểu mẫu còn áp dụng sau ngày đó vẫn dùng bảng mã này: %(names)s.", names=names
        )
    return _("Các biểu mẫu đang áp dụng còn đi theo quy trình này: %(names)s.", names=names)


def _words(error: InputInvalid, kind: RetiredKind) -> list[dict[str, str]]:
    listed = error.facts.get("errors", [])
    assert isinstance(listed, list)
    found = []
    for one in listed:
        code, names = str(one["code"]), str(one["message"])
        message = {
            "day": _("Ghi ngày cuối cùng áp dụng, ví dụ 31/12/2025."),
            "required": _("Ghi lý do, theo văn bản nào, không quá 2.000 ký tự."),
            "used": _used(kind, names),
            "last-version": _("Không còn phiên bản nào khác để bắt đầu báo cáo mới."),
        }[code]
        field = "last_on" if code == "used" else str(one["path"]).removeprefix("/")
        found.append({"field": field, "message": message})
    return found
