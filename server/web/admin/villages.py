"""Thôn, bản, tổ dân phố: the dated rows that communes report by."""

from dataclasses import replace
from typing import Any

import peewee
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form

from server.core.access import Right
from server.core.org_unit import Level, Village
from server.core.vietnamese import fold, fold_unit_name
from server.errors import NotFound
from server.storage.models import OrgUnitStretchRow, VillageRow
from server.web.admin import cells
from server.web.admin.filters import ListFilter, YesNoFilter, in_force
from server.web.admin.safe_view import SafeModelView, refused
from server.web.session import current_actor, services

_ROW: Any = VillageRow


def _titles(codelist: str) -> dict[str, str]:
    """The choices of a code list; none while it is not published."""
    try:
        found = services().catalogue.codelist(codelist)
    except NotFound:
        return {}
    return {item.code: item.title for item in found.items}


def _kinds() -> dict[str, str]:
    return _titles("village_kind")


def _roads() -> dict[str, str]:
    return _titles("village_road")


class VillageView(SafeModelView):
    """The villages of all communes."""

    right = Right.ADMINISTER
    title = _l("Thôn, bản, tổ dân phố")
    lead = _l(
        "Danh sách dòng của các biểu lập theo thôn. Thôn không còn thì nhập ngày cuối, không xóa."
    )
    new_title = _l("Thêm thôn, bản, tổ dân phố")
    empty_text = _l("Chưa có thôn nào. Thêm thôn đầu tiên, hoặc nạp danh sách bằng dòng lệnh.")
    search_hint = _l("Tên thôn hoặc tên xã")
    can_create = can_edit = True
    column_list = ("name", "org_unit_id", "number", "kind", "extremely_poor", "road", "holds")
    column_labels = {
        "name": _l("Tên thôn"),
        "org_unit": _l("Xã"),
        "org_unit_id": _l("Xã"),
        "number": _l("Số thứ tự"),
        "kind": _l("Loại"),
        "extremely_poor": _l("Thôn đặc biệt khó khăn"),
        "road": _l("Đường giao thông"),
        "valid_from": _l("Từ ngày"),
        "valid_to": _l("Đến ngày"),
        "holds": _l("Hiệu lực"),
    }
    column_searchable_list = (_ROW.name,)
    column_sortable_list = (
        ("name", _ROW.name),
        ("number", _ROW.number),
        ("org_unit_id", _ROW.org_unit),
    )
    column_default_sort = [("org_unit", False), ("number", False)]
    column_filters = (
        ListFilter("kind", _l("Loại"), _ROW.kind, lambda: list(_kinds().items())),
        YesNoFilter(
            "poor", _l("Đặc biệt khó khăn"), _ROW.extremely_poor,
            [("1", _l("Có")), ("0", _l("Không"))],
        ),
        in_force(_ROW),
    )  # fmt: skip
    column_formatters = {
        "org_unit_id": cells.unit,
        "kind": cells.choice(_kinds),
        "road": cells.choice(_roads),
        "extremely_poor": cells.yes_no,
        "holds": lambda _v, _c, row, _n: cells.dated(row, services().clock.today()),
    }
    form_columns = (
        "org_unit", "number", "name", "kind", "extremely_poor", "road", "valid_from", "valid_to",
    )  # fmt: skip
    form_fixed = ("org_unit", "valid_from")
    form_args = {
        "org_unit": {"levels": (Level.COMMUNE.value,)},
        "kind": {"choices": lambda: list(_kinds().items())},
        "road": {"choices": lambda: list(_roads().items())},
        "valid_from": {"optional": True, "description": _l("Bỏ trống nếu có từ trước.")},
        "valid_to": {"description": _l("Ngày cuối cùng. Bỏ trống nếu đang có.")},
    }

    def searching(self, text: str) -> peewee.Expression:
        """Names have no folded column: a province has some thousand villages, so they are read."""
        named = [
            id_ for id_, name in _ROW.select(_ROW.id, _ROW.name).tuples() if text in fold(name)
        ]
        stretch = OrgUnitStretchRow
        communes = stretch.select(stretch.org_unit).where(
            stretch.folded.contains(fold_unit_name(text))
        )
        return _ROW.id.in_(named) | _ROW.org_unit.in_(communes)

    def save(self, row: Any, form: Form) -> None:
        given = {name: value for name, value in form.data.items() if name in self.form_columns}
        first, last = given.get("valid_from", row and row.valid_from), given["valid_to"]
        if first and last and last < first:
            raise refused("valid_to", _("Ngày cuối phải sau ngày bắt đầu."))
        reference, actor = services().reference, current_actor()
        if row is None:
            village = Village(id=services().obligations.new_id(), **given)
            reference.add_villages([village], actor)
            return
        kept = Village(
            row.id, row.org_unit_id, row.number, row.name, row.kind, row.extremely_poor, row.road,
            row.valid_from, row.valid_to,
        )  # fmt: skip
        reference.save_village(replace(kept, **given), actor, edit=int(form.edit.data))
