"""Nhóm đơn vị báo cáo: administrators say which units stand together from when, and who looks
after them. Rules of assignment may name a group.

A unit that is ticked joins on the day that is named, one that is unticked leaves on the day
before: what a group held earlier stays written down.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import flash, make_response, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from server.core.access import Right
from server.core.org_unit import Level, OrgUnit
from server.core.unit_group import GroupUnit, UnitGroup, units_of
from server.core.vietnamese import collation_key
from server.core.vietnamese_numbers import DateUnclear, format_date, parse_date
from server.errors import Conflict, InputInvalid, RequestInvalid, Stale
from server.services.unit_groups import GroupWish
from server.web.admin import cells
from server.web.admin.round_form import LEVELS
from server.web.admin.safe_view import SafeBaseView
from server.web.session import current_actor, services
from server.web.submissions import posted_edit


@dataclass(frozen=True, slots=True)
class GroupLine:
    """One group of the list."""

    group: UnitGroup
    units: tuple[str, ...]
    officers: tuple[str, ...]
    substitutes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnitChoice:
    """A unit to tick; *elsewhere* names the other group that holds it now."""

    unit: OrgUnit
    chosen: bool
    elsewhere: str


class UnitGroupPage(SafeBaseView):
    """The list of groups, and one group to write."""

    right = Right.ADMINISTER
    title = _l("Nhóm đơn vị báo cáo")

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """All groups with their units and people of today, and communes that nobody has."""
        service, today = services().unit_groups, services().clock.today()
        lines = [_line(group, today) for group in service.all()]
        cared = [line.group for line in lines if line.group.officers]
        held = units_of(cared, today)
        communes = _units().get(Level.COMMUNE, ())
        nobody = [unit.name for unit in communes if unit.id not in held] if cared else []
        return self.render("admin/unit_groups/index.html", lines=lines, nobody=nobody)

    @expose("/new/", methods=("GET", "POST"))
    def new(self) -> ResponseReturnValue:
        """Make a group."""
        group = UnitGroup("", "")
        if request.method != "POST":
            return self._page(group, _typed_of(group), ())
        return self._saved(group)

    @expose("/<group_id>/", methods=("GET", "POST"))
    def edit(self, group_id: str) -> ResponseReturnValue:
        """Change a group."""
        group = services().unit_groups.get(group_id)
        if request.method != "POST":
            return self._page(group, _typed_of(group), ())
        return self._saved(group)

    @expose("/<group_id>/delete/", methods=("POST",))
    def delete(self, group_id: str) -> ResponseReturnValue:
        """Forget a group; nobody loses a right by it."""
        try:
            services().unit_groups.remove(current_actor(), group_id)
        except Conflict as refused:
            flash(_still_used(refused.facts.get("rules")), "error")
            return redirect(self.get_url(".edit", group_id=group_id), 303)
        flash(_("Đã xóa nhóm."), "success")
        return redirect(self.get_url(".index"), 303)

    def _saved(self, group: UnitGroup) -> ResponseReturnValue:
        form, actor = request.form, current_actor()
        typed = {
            "name": form.get("name", ""),
            "from": form.get("from", ""),
            "units": set(form.getlist("unit")),
            "officers": set(form.getlist("officer")),
            "substitutes": set(form.getlist("substitute")),
        }
        try:
            first = parse_date(str(typed["from"]))
        except DateUnclear:
            errors = [{"field": "from", "message": _("Nhập ngày dạng ngày/tháng/năm.")}]
            return make_response(self._page(group, typed, errors), 422)
        wish = GroupWish(
            name=str(typed["name"]),
            members=_members(group, form.getlist("unit"), first),
            officers=tuple(form.getlist("officer")),
            substitutes=tuple(form.getlist("substitute")),
        )
        service = services().unit_groups
        try:
            if group.id:
                service.save(actor, group.id, wish, edit=posted_edit())
            else:
                service.add(actor, wish)
        except InputInvalid as refused:
            errors = _messages(refused.facts.get("errors"))
            return make_response(self._page(group, typed, errors), 422)
        except Conflict:
            errors = [{"field": "name", "message": _("Đã có nhóm mang tên này.")}]
            return make_response(self._page(group, typed, errors), 422)
        except Stale:
            flash(_("Nhóm vừa thay đổi. Xem lại rồi thực hiện lại."), "warning")
            return redirect(self.get_url(".edit", group_id=group.id), 303)
        flash(_("Đã lưu nhóm."), "success")
        return redirect(self.get_url(".index"), 303)

    def _page(
        self,
        group: UnitGroup,
        typed: Mapping[str, object],
        errors: Sequence[Mapping[str, str]],
    ) -> str:
        chosen = typed["units"]
        if not isinstance(chosen, set | frozenset):
            raise RequestInvalid(reason="unit", path="/unit")
        elsewhere = _elsewhere(group)
        return self.render(
            "admin/unit_groups/edit.html",
            group=group,
            typed=typed,
            people=services().unit_groups.candidates(),
            levels=[
                (
                    cells.levels()[level],
                    [UnitChoice(one, one.id in chosen, elsewhere.get(one.id, "")) for one in units],
                )
                for level, units in _units().items()
            ],
            rules=services().unit_groups.rules_of(group.id) if group.id else [],
            errors=errors,
        )


def _units() -> dict[Level, list[OrgUnit]]:
    """The units of today by level, communes first: they are what is mostly grouped."""
    found = services().reference.units(services().clock.today())
    ordered = sorted(found, key=lambda unit: (collation_key(unit.name), unit.code))
    levels = {level: [unit for unit in ordered if unit.level is level] for level in LEVELS}
    return {level: units for level, units in levels.items() if units}


def _line(group: UnitGroup, today: date) -> GroupLine:
    reference, name_of = services().reference, services().accounts.name_of
    units = [reference.unit(unit, today) for unit in group.units(today)]
    return GroupLine(
        group=group,
        units=tuple(sorted((unit.name for unit in units), key=collation_key)),
        officers=tuple(name_of(one) for one in group.officers),
        substitutes=tuple(name_of(one) for one in group.substitutes),
    )


def _typed_of(group: UnitGroup) -> dict[str, object]:
    today = services().clock.today()
    return {
        "name": group.name,
        "from": format_date(today),
        "units": group.units(today),
        "officers": set(group.officers),
        "substitutes": set(group.substitutes),
    }


def _elsewhere(group: UnitGroup) -> dict[str, str]:
    today = services().clock.today()
    return {
        unit: other.name
        for other in services().unit_groups.all()
        if other.id != group.id
        for unit in other.units(today)
    }


def _members(group: UnitGroup, chosen: Sequence[str], first: date) -> tuple[GroupUnit, ...]:
    """The stretches of the group when *chosen* are in it from *first* on."""
    kept, open_ = [], set()
    for member in group.members:
        running = member.valid_to is None or member.valid_to >= first
        if running and member.org_unit not in chosen:
            last = first - timedelta(days=1)
            if member.valid_from is None or member.valid_from <= last:
                kept.append(GroupUnit(member.org_unit, member.valid_from, last))
            continue
        if running:
            open_.add(member.org_unit)
        kept.append(member)
    kept += [GroupUnit(unit, first) for unit in dict.fromkeys(chosen) if unit not in open_]
    return tuple(kept)


def _still_used(rules: object) -> str:
    titles = [f"“{title}”" for title in rules] if isinstance(rules, list) else []
    return _(
        "Không xóa được nhóm: quy tắc phân công %(rules)s dùng nhóm này. Sửa quy tắc đó trước.",
        rules=", ".join(titles),
    )


def _messages(faults: object) -> list[dict[str, str]]:
    words = {
        "name": _("Nhập tên nhóm, nhiều nhất 120 ký tự."),
        "none": _("Chọn ít nhất một đơn vị."),
        "twice": _("Một đơn vị có trong nhóm hai lần."),
        "unknown": _("Có đơn vị không còn trong danh mục."),
        "before-first": _("Có đơn vị rời nhóm trước khi vào nhóm."),
        "not-approver": _("Chỉ chọn được người có quyền duyệt."),
        "officer-too": _("Một người không vừa phụ trách vừa thay thế trong một nhóm."),
    }
    found = []
    for fault in faults if isinstance(faults, Sequence) else ():
        field = str(fault["path"]).removeprefix("/")
        found.append({"field": field, "message": words.get(str(fault["code"]), "")})
    return found
