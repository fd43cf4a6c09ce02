"""Danh mục: the first page of the back office, with what each list holds and what needs a look."""

from typing import Any

from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from server.core.access import Right
from server.storage import models
from server.web.admin.safe_view import SafeBaseView
from server.web.session import services


class Overview(SafeBaseView):
    """Cards that lead to the lists."""

    right = Right.ADMINISTER
    title = _l("Danh mục")

    @expose("/")
    def index(self) -> ResponseReturnValue:
        return self.render("admin/index.html", groups=_groups(), warnings=_warnings(self))


def _groups() -> list[tuple[str, list[tuple[str, str, int]]]]:
    """Headings, and below each: endpoint, title, how many rows."""
    return [
        (
            _("Tổ chức và con người"),
            [
                ("org_units.index_view", _("Đơn vị báo cáo"), _count(models.OrgUnitRow)),
                ("villages.index_view", _("Thôn, bản, tổ dân phố"), _count(models.VillageRow)),
                (
                    "accounts_admin.index_view",
                    _("Người dùng và phân quyền"),
                    _count(models.AccountRow),
                ),
                ("holidays.index_view", _("Ngày nghỉ, ngày làm bù"), _count(models.HolidayRow)),
            ],
        ),
        (
            _("Biểu mẫu và số liệu"),
            [
                ("rounds.index_view", _("Đợt báo cáo"), _count(models.RoundRow)),
                ("forms.index_view", _("Biểu mẫu"), _count(models.FormRow)),
                (
                    "workflows.index_view",
                    _("Quy trình duyệt"),
                    len(services().catalogue.workflows()),
                ),
                ("indicators.index_view", _("Chỉ tiêu thống kê"), _count(models.IndicatorRow)),
                ("codelists.index_view", _("Bảng mã"), len(services().catalogue.codelists())),
            ],
        ),
        (
            _("Vận hành"),
            [
                ("sent_mails.index_view", _("Thư đã gửi"), _count(models.MailRow)),
                ("plugins.index_view", _("Tiện ích mở rộng"), len(services().plugins.health())),
                ("audit.index_view", _("Nhật ký hệ thống"), _count(models.EventRow)),
            ],
        ),
    ]


def _count(model: Any) -> int:
    return int(model.select().count())


def _warnings(view: SafeBaseView) -> list[tuple[str, str]]:
    """What an administrator should look at: a sentence and where to."""
    found = []
    mail = models.MailRow
    dead = mail.select().where(mail.state == "dead").count()
    if dead:
        address = view.get_url("sent_mails.index_view", state="dead")
        found.append((_("%(number)s thư không gửi được.", number=dead), address))
    faulty = sum(health.last_fault is not None for health in services().plugins.health())
    if faulty:
        address = view.get_url("plugins.index_view")
        found.append((_("%(number)s tiện ích mở rộng vừa gặp lỗi.", number=faulty), address))
    return found
