"""Danh bạ liên hệ and Cơ quan chủ trì: whom to call at a unit, whose a form is, both by date."""

from typing import Any, cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, SelectField, validators

from server.core.access import Right
from server.core.directory import Contact, FormOwner
from server.core.vietnamese import fold
from server.errors import InputInvalid
from server.storage.models import FormOwnerRow, UnitContactRow
from server.web.admin import cells
from server.web.admin.filters import in_force
from server.web.admin.round_form import form_titles
from server.web.admin.safe_view import SafeModelView, refused
from server.web.session import current_actor, services

_CONTACT: Any = UnitContactRow
_OWNER: Any = FormOwnerRow


class ContactView(SafeModelView):
    """Whom to call; who leaves keeps the row, with a last day."""

    right = Right.ADMINISTER
    title = _l("Danh bạ liên hệ")
    lead = _l("Người phụ trách báo cáo của từng đơn vị theo thời gian: chức vụ, điện thoại, email.")
    new_title = _l("Thêm liên hệ")
    empty_text = _l("Chưa có liên hệ nào.")
    search_hint = _l("Họ tên hoặc chức vụ")
    can_create = can_edit = True
    column_list = ("name", "org_unit_id", "post", "phone", "email", "holds")
    column_labels = {
        "name": _l("Họ tên"),
        "org_unit": _l("Đơn vị báo cáo"),
        "org_unit_id": _l("Đơn vị báo cáo"),
        "post": _l("Chức vụ"),
        "phone": _l("Điện thoại"),
        "email": _l("Email"),
        "valid_from": _l("Từ ngày"),
        "valid_to": _l("Đến ngày"),
        "holds": _l("Hiệu lực"),
    }
    column_searchable_list = (_CONTACT.name,)
    column_sortable_list = (("name", _CONTACT.name), ("org_unit_id", _CONTACT.org_unit))
    column_default_sort = [("org_unit", False), ("id", False)]
    column_filters = (in_force(_CONTACT),)
    column_formatters = {
        "org_unit_id": cells.unit,
        "phone": cells.text,
        "email": cells.text,
        "holds": lambda _v, _c, row, _n: cells.dated(row, services().clock.today()),
    }
    form_columns = ("org_unit", "name", "post", "phone", "email", "valid_from", "valid_to")
    form_fixed = ("org_unit",)
    form_args = {
        "valid_from": {"optional": True, "description": _l("Bỏ trống nếu có từ trước.")},
        "valid_to": {"description": _l("Ngày cuối cùng. Bỏ trống nếu đang có.")},
    }

    def searching(self, text: str) -> Any:
        rows = _CONTACT.select(_CONTACT.id, _CONTACT.name, _CONTACT.post).tuples()
        return _CONTACT.id.in_([id_ for id_, name, post in rows if text in fold(f"{name} {post}")])

    def save(self, row: Any, form: Form) -> None:
        contact = Contact(
            org_unit=row.org_unit_id if row is not None else form.org_unit.data,
            name=form.name.data,
            post=form.post.data,
            phone=form.phone.data,
            email=form.email.data,
            valid_from=form.valid_from.data,
            valid_to=form.valid_to.data,
            edit=1 if row is None else int(form.edit.data),
            id=0 if row is None else row.id,
        )
        try:
            services().assignments.save_contact(current_actor(), contact)
        except InputInvalid as wrong:
            [fault, *_more] = cast("list[dict[str, str]]", wrong.facts["errors"])
            messages = {
                "email": _("Địa chỉ thư không đúng dạng, ví dụ đúng: ten@coquan.gov.vn."),
                "phone": _("Số điện thoại không đúng dạng, ví dụ đúng: 0209 3870 123."),
            }
            later = _("Ngày cuối phải sau ngày bắt đầu.")
            raise refused(
                fault["path"].removeprefix("/"), messages.get(fault["code"], later)
            ) from None


class OwnerView(SafeModelView):
    """Which unit stands for an owner that definitions name; published forms keep their word."""

    right = Right.ADMINISTER
    title = _l("Cơ quan chủ trì")
    lead = _l(
        "Biểu mẫu ghi mã cơ quan chủ trì, phối hợp; khi cơ quan giải thể hoặc chuyển nhiệm vụ, "
        "khai báo ở đây đơn vị thay thế và ngày hiệu lực."
    )
    new_title = _l("Thêm cơ quan thay thế")
    empty_text = _l("Chưa có thay thế nào. Mã trong biểu mẫu là mã đơn vị hiện hành.")
    search_hint = _l("Mã trong biểu mẫu hoặc số văn bản")
    can_create = can_edit = True
    column_list = ("code", "form", "org_unit_id", "decree", "valid_from", "holds")
    column_labels = {
        "code": _l("Mã trong biểu mẫu"),
        "form": _l("Biểu mẫu"),
        "org_unit": _l("Đơn vị thay thế"),
        "org_unit_id": _l("Đơn vị thay thế"),
        "decree": _l("Căn cứ"),
        "valid_from": _l("Từ ngày"),
        "valid_to": _l("Đến ngày"),
        "holds": _l("Hiệu lực"),
    }
    column_searchable_list = (_OWNER.code,)
    column_sortable_list = (("code", _OWNER.code), ("valid_from", _OWNER.valid_from))
    column_default_sort = [("code", False), ("valid_from", False)]
    column_filters = (in_force(_OWNER),)
    column_formatters = {
        "code": cells.code,
        "form": lambda _v, _c, row, _n: dict(form_titles()).get(row.form_id, _("Mọi biểu mẫu")),
        "org_unit_id": cells.unit,
        "valid_from": cells.day,
        "holds": lambda _v, _c, row, _n: cells.dated(row, services().clock.today()),
    }
    form_columns = ("code", "org_unit", "decree", "valid_from", "valid_to")
    form_fixed = ("code", "org_unit")
    form_args = {
        "code": {"description": _l("Mã đơn vị như biểu mẫu ghi, ví dụ d_sldtbxh.")},
        "decree": {"description": _l("Số, ngày văn bản về chức năng, nhiệm vụ hoặc giải thể.")},
        "valid_from": {"optional": True, "description": _l("Bỏ trống nếu có từ trước.")},
        "valid_to": {"description": _l("Ngày cuối cùng. Bỏ trống nếu chưa biết.")},
    }
    form_extra_fields = {
        "form": SelectField(
            _l("Chỉ biểu mẫu"),
            choices=lambda: [("", _("Mọi biểu mẫu")), *form_titles()],
            coerce=lambda value: getattr(value, "code", value) or "",
            validators=[validators.Optional()],
        ),
    }

    def name_of(self, row: Any) -> str:
        return str(row.code)

    def searching(self, text: str) -> Any:
        rows = _OWNER.select(_OWNER.id, _OWNER.code, _OWNER.decree).tuples()
        return _OWNER.id.in_(
            [id_ for id_, code, decree in rows if text in fold(f"{code} {decree}")]
        )

    def save(self, row: Any, form: Form) -> None:
        if row is None and form.code.data not in services().reference.codes():
            raise refused("code", _("Chưa từng có đơn vị mang mã này."))
        owner = FormOwner(
            code=form.code.data if row is None else row.code,
            form=form.form.data or None,
            org_unit=form.org_unit.data if row is None else row.org_unit_id,
            decree=form.decree.data,
            valid_from=form.valid_from.data,
            valid_to=form.valid_to.data,
            edit=1 if row is None else int(form.edit.data),
            id=0 if row is None else row.id,
        )
        try:
            services().assignments.save_owner(current_actor(), owner)
        except InputInvalid:
            raise refused("valid_to", _("Ngày cuối phải sau ngày bắt đầu.")) from None
