"""Reminders in the words of the screen: steps, recipients, outcomes, and the log as lines."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import force_locale

from server.core.access import Actor
from server.core.obligation import ObligationState
from server.core.ports import LOCAL
from server.core.reminder_claim import Claim
from server.core.vietnamese_numbers import format_date
from server.services.urging import LateReport
from server.services.urging_evidence import EvidenceLine
from server.services.urging_log import LogRow
from server.web.language import gettext as _
from server.web.session import services
from server.web.submission_states import Badge, obligation_badge


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of the log as it is read."""

    at: datetime
    unit: str
    report: str
    what: str
    recipient: str
    outcome: Badge
    response: str
    text: str
    by: str


def step_title(step: str | None) -> str:
    """``D-1`` is a day before the due date, ``D+5`` five after it; ``D-1/2`` of a changed one."""
    claim = Claim.read(step or "")
    days = claim.step.removeprefix("D")
    if not days.lstrip("+-").isdigit():
        return step or ""
    number = int(days)
    if number == 0:
        said = _("Đúng ngày đến hạn")
    elif number < 0:
        said = _("Trước hạn %(days)s ngày", days=-number)
    else:
        said = _("Quá hạn %(days)s ngày", days=number)
    if claim.edition > 1:
        said = _("%(step)s (hạn đã đổi)", step=said)
    if claim.part:
        said = _("%(step)s, phần của %(unit)s", step=said, unit=_owner_name(claim.part))
    return said


def _owner_name(code: str) -> str:
    """The unit that a definition names by that code, under its name of today."""
    tree = services().reference.tree(services().clock.today())
    unit = tree.by_code.get(code)
    return code if unit is None else unit.name


def addressees() -> dict[str, str]:
    return {
        "unit": _("Địa chỉ của đơn vị"),
        "responsible": _("Người lập biểu, thủ trưởng đơn vị"),
        "deputy": _("Người được ủy quyền ký"),
        "superior": _("Đơn vị cấp trên"),
        "province": _("Tỉnh"),
    }


def outcomes() -> Mapping[str, Badge]:
    """Why a step went out or did not."""
    return {
        "sent": Badge(_("Đã gửi"), "green"),
        "waiting": Badge(_("Chờ gửi"), "blue"),
        "dead": Badge(_("Không gửi được"), "red"),
        "bounced": Badge(_("Không đến nơi"), "red"),
        "noted": Badge(_("Đã ghi"), "green"),
        "submitted": Badge(_("Không gửi: báo cáo đã gửi"), "grey"),
        "returned": Badge(_("Không gửi: báo cáo bị trả lại"), "grey"),
        "excused": Badge(_("Không gửi: được gia hạn"), "grey"),
        "closed": Badge(_("Không gửi: đã hết hạn nhận"), "grey"),
        "merged": Badge(_("Không gửi: gộp vào lần nhắc sau"), "grey"),
        "date-changed": Badge(_("Không gửi: hạn đã đổi"), "grey"),
        "too-late": Badge(_("Không gửi: đã quá lâu"), "grey"),
        "passed": Badge(_("Đã qua, không có trong nhật ký"), "grey"),
        "no-address": Badge(_("Không gửi: không có địa chỉ"), "amber"),
        "opted-down": Badge(_("Không gửi: người nhận chỉ nhận thư bắt buộc"), "grey"),
        "part-done": Badge(_("Không gửi: phần báo cáo đã xong"), "grey"),
        "other-part": Badge(_("Chờ phần của đơn vị khác"), "blue"),
        "day-off": Badge(_("Chờ đến ngày làm việc"), "blue"),
        "not-open": Badge(_("Chờ đến ngày mở"), "blue"),
    }


def outcome_badge(line: EvidenceLine) -> Badge:
    """What became of one line of the log."""
    return outcomes().get(line.outcome, Badge(line.outcome, "grey"))


def reason_badge(reason: str | None) -> Badge:
    """For what is planned: it goes out, or why it does not."""
    if reason is None:
        return Badge(_("Sẽ gửi"), "green")
    return outcomes().get(reason, Badge(reason, "grey"))


def way_title(line: EvidenceLine) -> str:
    titles = {
        "email": _("Thư điện tử"),
        "webhook": _("Hệ thống nhắn tin"),
        "urging": _("Thư đôn đốc của cán bộ"),
        "call": _("Đã gọi điện thoại"),
        "copied": _("Đã nhắn tin (Zalo, tin nhắn)"),
        "letter": _("In công văn đôn đốc"),
    }
    return titles.get(line.way, line.way)


def state_badge(line: LateReport) -> Badge:
    if line.excused_until is not None:
        until = format_date(line.excused_until)
        return Badge(_("Chậm, được gia hạn đến %(day)s", day=until), "amber")
    if line.state is ObligationState.LATE:
        return Badge(_("Chậm %(days)s ngày", days=line.days_late), "red")
    return obligation_badge(line.state)


def log_lines(actor: Actor, obligation_id: str) -> list[LogLine]:
    """Everything that was done for a report, the newest first."""
    return worded(services().urging_evidence.of(actor, obligation_id))


def worded(found: Sequence[EvidenceLine]) -> list[LogLine]:
    """Lines of the log as the screen shows them."""
    names = services().accounts.store.names({line.by for line in found if line.by})
    return [
        LogLine(
            at=line.at,
            report=f"{line.form}, {line.period[:1].lower()}{line.period[1:]}",
            unit=line.unit.name,
            what=", ".join(filter(None, (way_title(line), step_title(line.step)))),
            recipient=line.recipient or "",
            outcome=outcome_badge(line),
            response=line.response,
            text=line.text,
            by=names.get(line.by or "", ""),
        )
        for line in found
    ]


def delivery_rows(
    actor: Actor, unit: str | None, form: str | None, period: str | None
) -> Iterator[list[str]]:
    """The log of all reports as rows of a table; a text that a spreadsheet could run is quoted."""
    found = services().urging_evidence.all(actor, unit=unit, form=form, period=period)
    for line in found:
        row = [
            line.unit.name,
            line.form,
            line.period,
            format_date(line.obligation.due_on),
            step_title(line.step),
            way_title(line),
            line.recipient or "",
            outcome_badge(line).title,
            line.at.astimezone(LOCAL).strftime("%d/%m/%Y %H:%M:%S"),
            line.response,
            line.text,
        ]
        yield [f"'{cell}" if cell[:1] in tuple("=+-@\t\r") else cell for cell in row]


def printed_rows(lines: Sequence[EvidenceLine]) -> list[LogRow]:
    """The log as it is printed, the oldest first; paper is Vietnamese whoever prints it."""
    names = services().accounts.store.names({line.by for line in lines if line.by})
    with force_locale("vi"):
        return [
            LogRow(
                at=line.at.astimezone(LOCAL).strftime("%d/%m/%Y %H:%M"),
                report=f"{line.form}, {line.period[:1].lower()}{line.period[1:]}",
                what=", ".join(
                    filter(
                        None,
                        (way_title(line), step_title(line.step), names.get(line.by or "", "")),
                    )
                ),
                recipient=line.recipient or "",
                outcome=". ".join(
                    filter(None, (outcome_badge(line).title, line.text, line.response))
                ),
            )
            for line in sorted(lines, key=lambda line: line.at)
        ]
