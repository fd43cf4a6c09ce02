"""Phân công báo cáo: dated rules of who owes a form; while none holds, the form's own rule does."""

from collections.abc import Iterable
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, SelectField, SelectMultipleField, validators
from wtforms.widgets import CheckboxInput, ListWidget

from server.core.access import Right
from server.core.assignment import AssignmentRule
from server.core.vietnamese import fold
from server.errors import InputInvalid
from server.storage.models import AssignmentRuleRow
from server.web.admin import cells
from server.web.admin.assignment_words import group_names, sentence
from server.web.admin.converter import PlainField
from server.web.admin.filters import ListFilter, in_force
from server.web.admin.round_form import form_titles
from server.web.admin.safe_view import SafeModelView, refused
from server.web.session import current_actor, services

_ROW: Any = AssignmentRuleRow


class ChoicesField(SelectMultipleField):
    """A few codes as checkboxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class GroupField(SelectField):
    """A choice among the groups of units, or none of them."""

    def __init__(self, label: str, **kwargs: Any) -> None:
        super().__init__(label, choices=_group_choices, coerce=_group_id, **kwargs)


class AssignmentView(SafeModelView):
    """The rules; one that ends keeps its row, so that old rounds can be explained."""

    right = Right.ADMINISTER
    title = _l("Phân công báo cáo")
    lead = _l(
        "Quy tắc ở đây thay cho phân công ghi trong biểu mẫu trong thời gian có hiệu lực; đợt mở "
        "sau khi hết kỳ lấy quy tắc của ngày cuối kỳ. Đợt báo cáo đã mở không thay đổi."
    )
    new_title = _l("Thêm quy tắc phân công báo cáo")
    empty_text = _l("Chưa có quy tắc nào. Mọi biểu theo phân công ghi trong biểu mẫu.")
    search_hint = _l("Tên quy tắc")
    can_create = can_edit = True
    column_list = ("title", "form", "who", "count", "holds")
    column_labels = {
        "title": _l("Tên quy tắc"),
        "form": _l("Biểu mẫu"),
        "who": _l("Đơn vị phải gửi"),
        "below": _l("Thuộc đơn vị"),
        "count": _l("Số đơn vị phải gửi hôm nay"),
        "valid_from": _l("Từ ngày"),
        "valid_to": _l("Đến ngày"),
        "holds": _l("Hiệu lực"),
    }
    column_searchable_list = (_ROW.title,)
    column_sortable_list = (("title", _ROW.title), ("form", _ROW.form))
    column_default_sort = [("form", False), ("valid_from", False)]
    column_filters = (
        ListFilter("form", _l("Biểu mẫu"), _ROW.form, form_titles),
        in_force(_ROW),
    )
    column_formatters = {
        "form": lambda _v, _c, row, _n: dict(form_titles()).get(row.form_id, row.form_id),
        "who": lambda _v, _c, row, _n: sentence(_rule(row)),
        "count": lambda _v, _c, row, _n: len(services().assignments.owing(_rule(row))),
        "holds": lambda _v, _c, row, _n: cells.dated(row, services().clock.today()),
    }
    form_columns = ("title", "below", "valid_from", "valid_to")
    form_args = {
        "below": {"description": _l("Chỉ các đơn vị thuộc đơn vị này. Bỏ trống: toàn tỉnh.")},
        "valid_from": {"optional": True, "description": _l("Bỏ trống nếu có từ trước.")},
        "valid_to": {"description": _l("Ngày cuối cùng. Bỏ trống nếu chưa biết.")},
    }
    form_extra_fields = {
        "form": SelectField(
            _l("Biểu mẫu"), choices=form_titles, coerce=lambda value: getattr(value, "code", value)
        ),
        "levels": ChoicesField(_l("Cấp phải gửi"), choices=lambda: list(cells.levels().items())),
        "kinds": ChoicesField(
            _l("Chỉ các loại đơn vị"), choices=lambda: list(cells.unit_kinds().items())
        ),
        "group": GroupField(
            _l("Nhóm đơn vị báo cáo"),
            description=_l(
                "Lấy các đơn vị có trong nhóm vào ngày mở đợt. Không chọn cấp: mọi đơn vị của nhóm."
            ),
            validators=[validators.Optional()],
        ),
        "unit_codes": PlainField(
            _l("Thêm các mã đơn vị"),
            description=_l("Danh sách nêu tên, cách nhau bằng dấu phẩy."),
            validators=[validators.Optional(), validators.Length(max=4000)],
        ),
        "without_codes": PlainField(
            _l("Trừ các mã đơn vị"),
            validators=[validators.Optional(), validators.Length(max=4000)],
        ),
    }

    def create_form(self, obj: Any = None) -> Any:
        return _ordered(super().create_form(obj))

    def edit_form(self, obj: Any = None) -> Any:
        form = _ordered(super().edit_form(obj))
        if request.method != "POST" and obj is not None:
            form.unit_codes.data = ", ".join(_codes(obj.units))
            form.without_codes.data = ", ".join(_codes(obj.without))
        return form

    def searching(self, text: str) -> Any:
        rows = _ROW.select(_ROW.id, _ROW.title).tuples()
        return _ROW.id.in_([id_ for id_, title in rows if text in fold(title)])

    def save(self, row: Any, form: Form) -> None:
        rule = AssignmentRule(
            form=form.form.data,
            title=form.title.data,
            levels=frozenset(form.levels.data),
            kinds=frozenset(form.kinds.data),
            below=form.below.data,
            group=form.group.data or None,
            units=frozenset(_ids(form, "unit_codes")),
            without=frozenset(_ids(form, "without_codes")),
            valid_from=form.valid_from.data,
            valid_to=form.valid_to.data,
            edit=1 if row is None else int(form.edit.data),
            id=0 if row is None else row.id,
        )
        try:
            services().assignments.save(current_actor(), rule)
        except InputInvalid as error:
            raise _worded(error) from None


def _group_choices() -> list[tuple[str, str]]:
    return [("", _("(không chọn)")), *group_names().items()]


def _group_id(value: object) -> str:
    """Of a related row, or of what was chosen."""
    return str(getattr(value, "id", value) or "")


def _ordered(form: Any) -> Any:
    """From the form to its units to the days, as the rule is thought of."""
    for name in ("form", "title", "levels", "kinds", "below", "group", "unit_codes",
                 "without_codes", "valid_from", "valid_to"):  # fmt: skip
        form._fields[name] = form._fields.pop(name)
    return form


def _worded(error: InputInvalid) -> InputInvalid:
    """The first objection of the service, in words and at its field."""
    texts = {
        "nobody": _("Chọn ít nhất một cấp, một nhóm, hoặc nêu mã đơn vị."),
        "unknown": _("Có đơn vị không tồn tại."),
        "unknown-group": _("Nhóm này vừa bị xóa. Chọn nhóm khác."),
        "before-first": _("Ngày cuối phải sau ngày bắt đầu."),
    }
    listed: Any = error.facts["errors"]
    return refused(listed[0]["path"].removeprefix("/"), texts[listed[0]["code"]])


def _rule(row: Any) -> AssignmentRule:
    return AssignmentRule(
        form=row.form_id,
        levels=frozenset(row.levels),
        kinds=frozenset(row.kinds),
        below=row.below_id,
        group=row.group_id,
        units=frozenset(row.units),
        without=frozenset(row.without),
    )


def _codes(ids: Iterable[str]) -> list[str]:
    return sorted(services().reference.unit(id_).code for id_ in ids)


def _ids(form: Form, field: str) -> list[str]:
    """The ids of the units of today that *field* names by their codes."""
    typed = (form[field].data or "").replace(";", ",").split(",")
    codes = [code.strip() for code in typed if code.strip()]
    tree = services().reference.tree(services().clock.today())
    unknown = [code for code in codes if code not in tree.by_code]
    if unknown:
        text = _("Không có đơn vị mang mã %(codes)s.", codes=", ".join(unknown))
        raise refused(field, text)
    return [tree.by_code[code].id for code in codes]
