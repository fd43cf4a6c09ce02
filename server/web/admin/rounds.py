"""Đợt báo cáo: collections that a letter opens; opening one makes the reports that are owed."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from server.core.access import Right
from server.core.obligation import Round
from server.core.period import Period
from server.core.vietnamese import fold
from server.storage.models import ObligationRow, RoundRow
from server.web.admin import cells
from server.web.admin.filters import ListFilter
from server.web.admin.safe_view import SafeModelView, refused
from server.web.formats import day
from server.web.session import current_actor, services

_ROW: Any = RoundRow


def _levels() -> dict[str, str]:
    return {"estimate": _("Ước tính"), "preliminary": _("Sơ bộ"), "official": _("Chính thức")}


def _forms() -> list[tuple[str, str]]:
    return [(form.code, form.title) for form in services().catalogue.forms()]


def _titles(codes: Iterable[str]) -> list[str]:
    known = dict(_forms())
    return [known.get(code, code) for code in codes]


class FormsField(SelectMultipleField):
    """The published forms as checkboxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def process(self, *args: Any, **kwargs: Any) -> None:
        self.choices = _forms()
        super().process(*args, **kwargs)


class RoundView(SafeModelView):
    """The rounds; one that was opened stays, because reports hang on it."""

    right = Right.ADMINISTER
    title = _l("Đợt báo cáo")
    lead = _l(
        "Mở đợt theo công văn đề nghị báo cáo: hệ thống lập báo cáo phải gửi cho từng đơn vị."
    )
    new_title = _l("Mở đợt báo cáo")
    empty_text = _l("Chưa mở đợt báo cáo nào.")
    search_hint = _l("Tên đợt hoặc số công văn")
    can_create = can_view_details = True
    column_list = ("title", "period", "letter_number", "letter_on", "level", "forms", "owed")
    column_labels = {
        "code": _l("Mã đợt"),
        "title": _l("Tên đợt báo cáo"),
        "period": _l("Kỳ báo cáo"),
        "letter_number": _l("Số, ký hiệu văn bản"),
        "letter_on": _l("Ngày văn bản"),
        "contact": _l("Người liên hệ"),
        "phone": _l("Điện thoại"),
        "level": _l("Mức độ số liệu"),
        "forms": _l("Biểu mẫu"),
        "opens_on": _l("Ngày mở"),
        "owed": _l("Báo cáo phải gửi"),
    }
    column_searchable_list = (_ROW.title,)
    column_sortable_list = (("period", _ROW.period), ("letter_on", _ROW.letter_on))
    column_default_sort = ("letter_on", True)
    column_filters = (
        ListFilter("level", _l("Mức độ số liệu"), _ROW.level, lambda: list(_levels().items())),
    )
    column_formatters = {
        "period": lambda _v, _c, row, _n: cells.period_title(row.period),
        "letter_on": cells.day,
        "level": cells.choice(_levels),
        "forms": lambda _v, _c, row, _n: len(row.forms),
        "owed": lambda _v, _c, row, _n: _owed(row),
    }
    form_columns = (
        "code", "title", "period", "letter_number", "letter_on", "contact", "phone", "level",
        "opens_on",
    )  # fmt: skip
    form_args = {
        "code": {"description": _l("Chữ thường, số và dấu gạch nối, ví dụ dan-so-2024.")},
        "period": {
            "description": _l("Ví dụ: 2024; 2025-Q1; 2025-07; 2024-SY cho năm học 2024–2025.")
        },
        "level": {"choices": lambda: list(_levels().items())},
    }
    form_extra_fields = {"forms": FormsField(_l("Biểu mẫu phải báo cáo"))}
    details_template = "admin/round.html"

    def searching(self, text: str) -> Any:
        rows = _ROW.select(_ROW.id, _ROW.title, _ROW.letter_number).tuples()
        return _ROW.id.in_(
            [id_ for id_, title, number in rows if text in fold(f"{title} {number}")]
        )

    def save(self, row: Any, form: Form) -> None:
        period = _period(form.period.data)
        if not form.forms.data:
            raise refused("forms", _("Chọn ít nhất một biểu mẫu."))
        obligations = services().obligations
        if any(known.code == form.code.data for known in obligations.rounds()):
            raise refused("code", _("Mã đợt này đã có. Chọn mã khác."))
        for code in form.forms.data:
            found = services().catalogue.form(code)
            if found.period_type != str(period.type):
                text = _("Biểu %(form)s không lập theo loại kỳ này.", form=found.title)
                raise refused("forms", text)
        opened = Round(
            id=obligations.new_id(),
            code=form.code.data,
            title=form.title.data,
            period=period.id,
            letter_number=form.letter_number.data,
            letter_on=form.letter_on.data,
            contact=form.contact.data,
            phone=form.phone.data,
            level=form.level.data,
            forms=tuple(form.forms.data),
            opens_on=form.opens_on.data,
        )
        obligations.open_round(current_actor(), opened)

    def details(self, row: Any) -> dict[str, Any]:
        return {
            "row": row,
            "facts": [
                (_("Kỳ báo cáo"), cells.period_title(row.period)),
                (_("Số, ký hiệu văn bản"), row.letter_number),
                (_("Ngày văn bản"), day(row.letter_on)),
                (_("Ngày mở"), day(row.opens_on)),
                (_("Người liên hệ"), f"{row.contact}, {row.phone}"),
                (_("Mức độ số liệu"), _levels().get(row.level, row.level)),
                (_("Báo cáo phải gửi"), _owed(row)),
            ],
            "forms": _titles(row.forms),
        }


def _owed(row: Any) -> int:
    return int(ObligationRow.select().where(ObligationRow.round == row.id).count())


def _period(text: str) -> Period:
    try:
        return Period.parse(text)
    except ValueError:
        raise refused("period", _("Không có kỳ này. Ví dụ đúng: 2024; 2025-Q1; 2025-07.")) from None
