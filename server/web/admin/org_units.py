"""Đơn vị báo cáo: the dated stretches of the units; one that ends gets a last day."""

from dataclasses import replace
from typing import Any

import peewee
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form

from server.core.access import Right
from server.core.directory import is_email
from server.core.org_unit import Level, OrgUnit
from server.core.vietnamese import fold_unit_name
from server.storage.models import OrgUnitStretchRow
from server.web.admin import cells
from server.web.admin.filters import ListFilter, in_force
from server.web.admin.safe_view import SafeModelView, refused
from server.web.session import current_actor, services

_ROW: Any = OrgUnitStretchRow


class OrgUnitView(SafeModelView):
    """The units with code, name, level and parent, from a day to a day."""

    right = Right.ADMINISTER
    title = _l("Đơn vị báo cáo")
    lead = _l(
        "Mỗi dòng là một giai đoạn của đơn vị. Đơn vị kết thúc hoạt động thì nhập ngày cuối, "
        "không xóa: báo cáo cũ vẫn thuộc đơn vị đó."
    )
    new_title = _l("Thêm đơn vị báo cáo")
    empty_text = _l("Chưa có đơn vị nào. Thêm đơn vị đầu tiên, hoặc nạp danh sách bằng dòng lệnh.")
    search_hint = _l("Tên hoặc mã đơn vị")
    can_create = can_edit = True
    column_list = ("name", "code", "level", "parent_id", "valid_from", "valid_to", "holds")
    column_labels = {
        "name": _l("Tên đơn vị"),
        "code": _l("Mã"),
        "level": _l("Cấp"),
        "kind": _l("Loại"),
        "parent": _l("Đơn vị cấp trên"),
        "parent_id": _l("Đơn vị cấp trên"),
        "valid_from": _l("Từ ngày"),
        "valid_to": _l("Đến ngày"),
        "holds": _l("Hiệu lực"),
        "email": _l("Thư điện tử"),
    }
    column_searchable_list = (_ROW.folded, _ROW.code)
    column_sortable_list = (
        ("name", _ROW.sort_key), ("code", _ROW.code), ("valid_from", _ROW.valid_from),
    )  # fmt: skip
    column_default_sort = ("sort_key", False)
    column_filters = (
        ListFilter("level", _l("Cấp"), _ROW.level, lambda: list(cells.levels().items())),
        in_force(_ROW),
    )
    column_formatters = {
        "code": cells.code,
        "level": cells.choice(cells.levels),
        "parent_id": cells.unit,
        "valid_from": cells.day,
        "valid_to": cells.day,
        "holds": lambda _v, _c, row, _n: cells.dated(row, services().clock.today()),
    }
    form_columns = ("code", "name", "level", "kind", "parent", "valid_from", "valid_to", "email")
    form_fixed = ("valid_from",)
    form_args = {
        "level": {"choices": lambda: list(cells.levels().items())},
        "kind": {"choices": lambda: list(cells.unit_kinds().items())},
        "valid_from": {"optional": True, "description": _l("Bỏ trống nếu có từ trước.")},
        "valid_to": {
            "description": _l("Ngày cuối cùng đơn vị còn hoạt động. Bỏ trống nếu đang hoạt động.")
        },
    }

    def searching(self, text: str) -> peewee.Expression:
        return _ROW.folded.contains(fold_unit_name(text)) | _ROW.code.contains(text)

    def save(self, row: Any, form: Form) -> None:
        given = {name: value for name, value in form.data.items() if name in self.form_columns}
        given["level"] = Level(given["level"])
        reference, actor = services().reference, current_actor()
        if row is None:
            unit = OrgUnit(id=services().obligations.new_id(), **given)
            _check(unit)
            reference.add_units([unit], actor)
            return
        unit = replace(reference.unit(row.org_unit_id, row.valid_from), **given)
        _check(unit)
        reference.save_unit(unit, actor, edit=int(form.edit.data))


def _check(unit: OrgUnit) -> None:
    if unit.parent == unit.id:
        raise refused("parent", _("Đơn vị không thể là cấp trên của chính mình."))
    if unit.valid_from and unit.valid_to and unit.valid_to < unit.valid_from:
        raise refused("valid_to", _("Ngày cuối phải sau ngày bắt đầu."))
    if unit.email and not is_email(unit.email):
        raise refused("email", _("Địa chỉ thư không đúng dạng, ví dụ đúng: ten@coquan.gov.vn."))
    tree = services().reference.tree(services().clock.today())
    other = tree.by_code.get(unit.code)
    if other is not None and other.id != unit.id and unit.exists_on(tree.on):
        raise refused("code", _("Mã này đang là của %(name)s.", name=other.name))
    if unit.parent and any(above.id == unit.id for above in tree.ancestors(unit.parent)):
        raise refused("parent", _("Đơn vị được chọn đang thuộc chính đơn vị này."))
