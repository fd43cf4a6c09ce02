"""Đợt báo cáo: collections that a letter opens; opening one makes the reports that are owed."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import flash, g, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form

from server.core.access import Right
from server.core.obligation import RoundDates
from server.core.vietnamese import fold
from server.errors import AttachmentRefused, InputInvalid, NotFound
from server.services.rounds import RoundProgress
from server.storage.models import RoundRow
from server.web.admin import cells
from server.web.admin.filters import ListFilter
from server.web.admin.round_contact import change_contact, contact_note
from server.web.admin.round_dates import RoundDatePages, past_changes
from server.web.admin.round_form import (
    LEVELS,
    Preview,
    deadlines_of,
    extra_fields,
    faults_of,
    form_titles,
    narrowed,
    periods_to_choose,
    preview_of,
    round_of,
    stage_titles,
    title_of_field,
)
from server.web.admin.round_lines import STAGES, dates_of_lines, typed_lines
from server.web.admin.safe_view import SafeModelView, mark, refused
from server.web.formats import day
from server.web.round_letters import letter_answer
from server.web.session import current_actor, services

_ROW: Any = RoundRow


def _levels() -> dict[str, str]:
    return {"estimate": _("Ước tính"), "preliminary": _("Sơ bộ"), "official": _("Chính thức")}


def _titles(codes: Iterable[str]) -> list[str]:
    known = dict(form_titles())
    return [known.get(code, code) for code in codes]


class RoundView(RoundDatePages, SafeModelView):
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
    create_template = "admin/round_new.html"
    column_list = ("title", "period", "letter_number", "letter_on", "level", "owed", "sent", "late")
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
        "sent": _l("Đã gửi"),
        "late": _l("Chậm"),
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
        "owed": lambda _v, _c, row, _n: _progress(row.id).expected,
        "sent": lambda _v, _c, row, _n: _progress(row.id).sent,
        "late": lambda _v, _c, row, _n: _progress(row.id).late,
    }
    form_columns = (
        "code", "title", "period", "letter_number", "letter_on", "contact", "phone", "level",
        "opens_on",
    )  # fmt: skip
    form_args = {
        "code": {"description": _l("Chữ thường, số và dấu gạch nối, ví dụ dan-so-2024.")},
        "period": {
            "description": _l(
                "Chọn trong danh sách, hoặc gõ mã: 2025; 2025-S1 (6 tháng đầu); 2025-Q1; 2025-07; "
                "2024-SY (năm học 2024–2025); 2021-Y5 (5 năm); 2021-T5 (nhiệm kỳ); "
                "2025-C1214 (15/12/2024–14/12/2025); 2025-07-C14 (15/6–14/7)."
            ),
            "render_kw": {"list": "periods", "autocomplete": "off"},
        },
        "level": {"choices": lambda: list(_levels().items())},
    }
    form_extra_fields = extra_fields()
    details_template = "admin/round.html"

    def searching(self, text: str) -> Any:
        rows = _ROW.select(_ROW.id, _ROW.title, _ROW.letter_number).tuples()
        return _ROW.id.in_(
            [id_ for id_, title, number in rows if text in fold(f"{title} {number}")]
        )

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> ResponseReturnValue:
        """Type, look at who will owe what by when, open."""
        form, preview = self.create_form(), None
        more = request.form.get("step") == "line"
        if request.method == "POST" and not more and _faultless(form):
            if request.form.get("step") == "open":
                if self._kept(None, form):
                    flash(_("Đã mở đợt báo cáo, các đơn vị được thông báo."), "success")
                    return redirect(self.get_url(".index_view"), 303)
            else:
                preview = self._preview(form)
        return self._form_page(
            self.create_template, form, str(self.new_title),
            preview=preview, levels=LEVELS, stages=STAGES, stage_titles=stage_titles(),
            level_titles=cells.levels(), lines=typed_lines(request.form, more=more),
            form_titles=form_titles(), periods=periods_to_choose(),
        )  # fmt: skip

    def label_of(self, form: Form, name: str) -> str:
        return title_of_field(name) or super().label_of(form, name)

    def save(self, row: Any, form: Form) -> None:
        round_ = round_of(form)
        units, parents = narrowed(form, round_), bool(form.parents.data)
        matrix = services().rounds.preview(round_, units=units, parents=parents)
        if matrix.faults():
            raise refused("", _order_text())
        if str(len(matrix.owed)) != request.form.get("seen"):
            raise refused("", _("Danh sách vừa thay đổi. Xem trước lại rồi mở đợt."))
        services().rounds.open(current_actor(), round_, units=units, parents=parents)

    def details(self, row: Any) -> dict[str, Any]:
        round_, progress = services().rounds.get(row.id), _progress(row.id)
        titles = dict(form_titles())
        return {
            "row": row,
            "facts": [
                (_("Kỳ báo cáo"), cells.period_title(row.period)),
                (_("Số, ký hiệu văn bản"), row.letter_number),
                (_("Ngày văn bản"), day(row.letter_on)),
                (_("Ngày mở"), day(row.opens_on)),
                (_("Người liên hệ"), f"{row.contact}, {row.phone}"),
                (_("Mức độ số liệu"), _levels().get(row.level, row.level)),
                (_("Đợt đột xuất"), _("Có") if round_.ad_hoc else _("Không")),
                (_("Báo cáo phải gửi"), progress.expected),
                (_("Đã gửi"), progress.sent),
                (_("Chậm"), progress.late),
            ],
            "forms": _titles(round_.forms),
            "letter": round_.letter,
            "contact": contact_note(round_),
            "dates": [
                (
                    titles.get(line.form, line.form) or _("Mọi biểu mẫu"),
                    cells.levels().get(line.level, line.level) or _("Mọi cấp"),
                    {stage: getattr(line, stage) for stage in STAGES},
                )
                for line in round_.dates
            ],
            "deadlines": deadlines_of(round_.id),
            "changes": past_changes(round_.id),
            "open": services().round_dates.is_open(round_.id),
            "stages": STAGES,
            "stage_titles": stage_titles(),
            "own_forms": [(code, titles.get(code, code)) for code in round_.forms],
            "more_forms": [
                (form.code, form.title)
                for form in services().catalogue.forms()
                if form.code not in round_.forms
                and form.period_type == str(cells.period_type(row.period))
            ],
        }

    @expose("/letter/", methods=("GET", "POST"))
    def letter(self) -> ResponseReturnValue:
        """The file of the letter; posted, it is attached."""
        row = self.asked()
        if request.method == "POST":
            file = request.files.get("file")
            if file is None or not file.filename:
                flash(_("Chọn tệp trước, rồi bấm Đính kèm."), "error")
            else:
                self._attach(row.id, file.read(), file.filename)
            return redirect(self.get_url(".details_view", id=row.id), 303)
        letter = services().rounds.get(row.id).letter
        if letter is None:
            raise NotFound(kind="attachment")
        return letter_answer(letter)

    @expose("/contact/", methods=("POST",))
    def contact(self) -> ResponseReturnValue:
        """Name another person to ask, from today on."""
        row = self.asked()
        change_contact(row.id)
        return redirect(self.get_url(".details_view", id=row.id), 303)

    @expose("/widen/", methods=("POST",))
    def widen(self) -> ResponseReturnValue:
        """Ask for more forms, or ask units that were forgotten."""
        row, actor = self.asked(), current_actor()
        codes = [code.strip() for code in request.form.get("units", "").split(",") if code.strip()]
        forms = request.form.getlist("form")
        if codes:
            tree = services().reference.tree(services().clock.today())
            unknown = [code for code in codes if code not in tree.by_code]
            if unknown:
                text = _("Không có đơn vị mang mã %(codes)s.", codes=", ".join(unknown))
                flash(text, "error")
                return redirect(self.get_url(".details_view", id=row.id), 303)
            ids = [tree.by_code[code].id for code in codes]
            wanted = forms or services().rounds.get(row.id).forms
            count = self._widened(lambda: services().rounds.add_units(actor, row.id, wanted, ids))
        elif forms:
            count = self._widened(
                lambda: services().rounds.add_forms(actor, row.id, forms, self._own_days(forms))
            )
        else:
            count = 0
        if count is not None:
            flash(_("Đã bổ sung %(count)s báo cáo phải gửi.", count=count), "success")
        return redirect(self.get_url(".details_view", id=row.id), 303)

    def _own_days(self, forms: Sequence[str]) -> list[RoundDates]:
        """The days typed for forms that come to a round, the same for each of them."""
        typed = {f"line-0-{stage}": request.form.get(stage, "") for stage in STAGES}
        if not any(text.strip() for text in typed.values()):
            return []
        return [
            line
            for code in forms
            for line in dates_of_lines(
                typed_lines({**typed, "line-0-form": code}), {code: code}, {}
            )
        ]

    def _widened(self, act: Any) -> int | None:
        try:
            return int(act())
        except InputInvalid:
            text = _(
                "Các ngày của biểu bổ sung phải đúng dạng 24/01/2025 và theo thứ tự mở, hạn, khóa."
            )
            flash(text, "error")
            return None

    def _attach(self, round_id: str, content: bytes, name: str) -> None:
        try:
            services().rounds.attach_letter(current_actor(), round_id, content, name)
        except AttachmentRefused:
            flash(_("Chỉ đính kèm công văn là tệp PDF, không quá dung lượng cho phép."), "error")
        else:
            flash(_("Đã đính kèm công văn."), "success")

    def _preview(self, form: Form) -> Preview | None:
        try:
            round_ = round_of(form)
            units, parents = narrowed(form, round_), bool(form.parents.data)
            matrix = services().rounds.preview(round_, units=units, parents=parents)
        except InputInvalid as error:
            mark(form, error)
            return None
        if matrix.faults():
            form.form_errors = [*form.form_errors, _order_text()]
        return preview_of(matrix)


def _faultless(form: Form) -> bool:
    """Whether nothing is wrong; mistakes of single fields and of all together are said at once."""
    valid = form.validate()
    faults = [
        {"path": f"/{name}", "code": "refused", "message": text} for name, text in faults_of(form)
    ]
    if faults:
        mark(form, InputInvalid(errors=faults))
    return valid and not faults


def _order_text() -> str:
    return str(_("Hạn gửi phải từ ngày mở trở đi, ngày khóa phải từ hạn gửi trở đi."))


def _progress(round_id: str) -> RoundProgress:
    """How far the reports of one round are; all are counted once a request."""
    if "round_progress" not in g:
        g.round_progress = {one.round.id: one for one in services().rounds.progress()}
    found: Mapping[str, RoundProgress] = g.round_progress
    return found[round_id]
