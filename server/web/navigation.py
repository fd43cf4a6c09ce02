"""The menu: one list of entries, shown by right and only where the page exists.

The words are those of the customer's vocabulary; groups keep the reporting work apart from the
reference data of administrators.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import current_app, request, url_for

from server.core.access import Actor, Right, Role
from server.core.org_unit import Level
from server.web.language import gettext
from server.web.session import services


@dataclass(frozen=True, slots=True)
class Entry:
    """One menu entry: who sees it is said by *right*, or by *roles* where that is narrower.

    With *at*, only who has a grant at a unit of one of these levels.
    """

    title: str
    endpoint: str
    right: Right
    roles: frozenset[Role] = frozenset()
    at: frozenset[Level] = frozenset()


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as the page shows it."""

    title: str
    address: str
    current: bool


@dataclass(frozen=True, slots=True)
class Menu:
    """What one person sees: the daily work, and the back office under one heading."""

    work: tuple[Link, ...]
    office: tuple[Link, ...]


WORK = (
    Entry("Việc của tôi", "work.index", Right.SIGNED_IN),
    Entry("Thông báo", "notices.index", Right.SIGNED_IN),
    Entry("Báo cáo đã gửi", "work.sent", Right.FILL),
    Entry("Phiếu", "records.index", Right.FILL),
    Entry("Chờ tôi ký", "approvals.inbox", Right.SIGN),
    Entry("Chờ tôi duyệt", "approvals.inbox", Right.APPROVE, frozenset({Role.APPROVER})),
    Entry("Cho gia hạn", "extensions.index", Right.APPROVE, frozenset({Role.APPROVER})),
    Entry(
        "Số liệu của đơn vị tôi",
        "my_figures.index",
        Right.READ,
        frozenset({Role.REPORTER, Role.SIGNER}),
    ),
    Entry(
        "Tổng hợp",
        "consolidations.index",
        Right.READ,
        at=frozenset({Level.DISTRICT, Level.PROVINCE}),
    ),
    Entry(
        "Chốt số liệu",
        "closing.index",
        Right.SIGN,
        frozenset({Role.SIGNER}),
        at=frozenset({Level.PROVINCE}),
    ),
    Entry("Theo dõi tiến độ", "reports.progress", Right.READ),
    Entry("Lịch hạn gửi", "due_calendar.index", Right.SIGNED_IN),
    Entry(
        "Đôn đốc",
        "urging.index",
        Right.APPROVE,
        frozenset({Role.APPROVER, Role.SIGNER}),
        at=frozenset({Level.DISTRICT, Level.PROVINCE}),
    ),
    Entry("Nhật ký đôn đốc", "urging_log.index", Right.FOLLOW, frozenset({Role.READER})),
    Entry("Tra cứu số liệu", "reports.figures", Right.READ),
    Entry("Xuất dữ liệu", "exports.index", Right.READ),
    Entry("Ủy quyền", "delegations.index", Right.APPROVE),
    Entry("Tài khoản đơn vị cấp dưới", "accounts_below.index", Right.MANAGE_ACCOUNTS),
)
OFFICE = (
    Entry("Danh mục", "admin.index", Right.ADMINISTER),
    Entry("Đợt báo cáo", "rounds.index_view", Right.ADMINISTER),
    Entry("Phân công báo cáo", "assignments.index_view", Right.ADMINISTER),
    Entry("Chỉ tiêu thống kê", "indicators.index_view", Right.ADMINISTER),
    Entry("Biểu mẫu", "forms.index_view", Right.ADMINISTER),
    Entry("Quy trình duyệt", "workflows.index_view", Right.ADMINISTER),
    Entry("Soạn biểu mẫu, quy trình", "definition_drafts.index", Right.ADMINISTER),
    Entry("Đơn vị báo cáo", "org_units.index_view", Right.ADMINISTER),
    Entry("Danh bạ liên hệ", "contacts.index_view", Right.ADMINISTER),
    Entry("Cơ quan chủ trì", "owners.index_view", Right.ADMINISTER),
    Entry("Nhóm đơn vị báo cáo", "unit_groups.index", Right.ADMINISTER),
    Entry("Thôn, bản, tổ dân phố", "villages.index_view", Right.ADMINISTER),
    Entry("Bảng mã", "codelists.index_view", Right.ADMINISTER),
    Entry("Ngày nghỉ, ngày làm bù", "holidays.index_view", Right.ADMINISTER),
    Entry("Người dùng và phân quyền", "accounts_admin.index_view", Right.ADMINISTER),
    Entry("Ủy quyền", "delegations_admin.index_view", Right.ADMINISTER),
    Entry("Tiện ích mở rộng", "plugins.index_view", Right.ADMINISTER),
    Entry("Kế hoạch nhắc hạn", "reminder_plans.index_view", Right.ADMINISTER),
    Entry("Ai nhận gì trong ngày", "reminder_days.index_view", Right.ADMINISTER),
    Entry("Nhật ký đôn đốc", "urging_log.index", Right.ADMINISTER),
    Entry("Thư đã gửi", "sent_mails.index_view", Right.ADMINISTER),
    Entry("Công việc nền", "background.index_view", Right.ADMINISTER),
    Entry("Nhật ký hệ thống", "audit.index_view", Right.ADMINISTER),
)


def menu_of(actor: Actor | None) -> Menu:
    """The menu of *actor*; nobody signed in sees none."""
    if actor is None:
        return Menu((), ())
    return Menu(tuple(_links(actor, WORK)), tuple(_links(actor, OFFICE)))


def _links(actor: Actor, entries: tuple[Entry, ...]) -> Iterator[Link]:
    shown: set[str] = set()
    for entry in entries:
        if entry.endpoint not in current_app.view_functions or not _is_for(actor, entry):
            continue
        if entry.endpoint in shown:  # who signs and approves finds both in one inbox
            continue
        shown.add(entry.endpoint)
        yield Link(gettext(entry.title), url_for(entry.endpoint), _is_here(entry.endpoint))


def _is_for(actor: Actor, entry: Entry) -> bool:
    if entry.at and not any(_level(grant.org_unit) in entry.at for grant in actor.grants):
        return False
    if entry.roles:
        return any(grant.role in entry.roles for grant in actor.grants)
    return entry.right is Right.SIGNED_IN or actor.may(entry.right)


def _level(unit_id: str) -> Level | None:
    """The level of a unit of today."""
    unit = services().reference.tree(services().clock.today()).by_id.get(unit_id)
    return None if unit is None else unit.level


def _is_here(endpoint: str) -> bool:
    here = request.endpoint or ""
    if endpoint == "reports.progress" and here.startswith("board."):
        return True  # the other pages of the same entry
    if endpoint == "urging.index" and here.startswith(("urging.", "urging_log.")):
        return True
    return here == endpoint or (
        endpoint.endswith(".index_view") and here.startswith(endpoint.removesuffix("index_view"))
    )
