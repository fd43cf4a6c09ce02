"""Nhật ký nhắc, đôn đốc of one unit on paper: what the system and people did, in order of time.

Beside the log stands how each report came in, with the legal class of its lateness: the paper is
evidence, and the only place where these classes are named.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from server.core.access import Actor, Role
from server.core.due_date import due_in_words
from server.core.obligation import LateClass, Obligation, Progress, Timeliness, late_class
from server.core.period import Period
from server.core.ports import NewId
from server.core.vietnamese_numbers import format_date
from server.errors import NotFound
from server.hooks import Letter, SheetColumn, SheetGrid, SheetRow, SheetSignature
from server.hooks.manager import Plugins
from server.services.exports import PrintedFile
from server.services.sheets import DEMO_NOTICE, place_and_date, unit_title
from server.services.urging import Urging
from server.services.urging_letter import issuer_of

#: More lines than that no archive reads; the newest are printed and the paper says so.
MOST_LINES = 1000
_BATCH = 500
_COLUMNS = (
    SheetColumn("STT", kind="code"),
    SheetColumn("Thời điểm", kind="code"),
    SheetColumn("Biểu mẫu, kỳ báo cáo", kind="text"),
    SheetColumn("Việc đã làm, nơi nhận", kind="text"),
    SheetColumn("Kết quả, nội dung", kind="text"),
)
_CLASSES = {
    LateClass.UNDER_5: "dưới 5 ngày",
    LateClass.FROM_5_TO_10: "từ 5 đến 10 ngày",
    LateClass.OVER_10: "trên 10 ngày",
}


@dataclass(frozen=True, slots=True)
class LogRow:
    """One line of the paper in the words of the screen, which knows ways and outcomes by name."""

    at: str
    report: str
    what: str
    recipient: str
    outcome: str

    @property
    def done(self) -> str:
        """What was done, and to which address."""
        return f"{self.what}: {self.recipient}" if self.recipient else self.what


@dataclass(frozen=True, slots=True)
class UrgingLogs:
    """Use case of printing the log."""

    plugins: Plugins
    urging: Urging
    folder: Path
    new_id: NewId
    demo: bool

    @property
    def available(self) -> bool:
        """Whether a printer is there that prints letters."""
        return any(printer.prints_letters for printer in self.plugins.printers())

    def print(
        self,
        actor: Actor,
        unit: str,
        rows: Sequence[LogRow],
        *,
        form: str | None = None,
        period: str | None = None,
    ) -> PrintedFile:
        """The log of that unit; *rows* from the oldest on.

        Raises:
            NotFound: the actor may not read that unit's log, or nothing prints letters.
        """
        printer = next((one for one in self.plugins.printers() if one.prints_letters), None)
        if printer is None or unit not in self.urging.readable(actor):
            raise NotFound(kind="format" if printer is None else "org_unit")
        letter = self.letter(actor, unit, rows, self._owed(unit, form, period))
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"urging-log-{self.new_id()}.{printer.extension}"
        printer.print_letter(letter, path)
        today = self.urging.clock.today().isoformat()
        code = self.urging.reports.reviewer.reference.unit(unit).code
        name = f"nhat-ky-don-doc-{code}-{today}.{printer.extension}"
        return PrintedFile(path, name, printer.media_type)

    def letter(
        self, actor: Actor, unit: str, rows: Sequence[LogRow], owed: Sequence[Obligation]
    ) -> Letter:
        """The parts of the paper."""
        reference, today = self.urging.reports.reviewer.reference, self.urging.clock.today()
        issuer, above = issuer_of(actor, reference.tree(today), Role.READER, Role.ADMIN)
        name = unit_title(reference.unit(unit))
        shown = rows[-MOST_LINES:]
        said = [f"Báo cáo phải gửi của {name} tính đến hết ngày {format_date(today)}:"]
        said += [f"- {self._report(one)}" for one in owed]
        if len(shown) < len(rows):
            said.append(f"Nhật ký có {len(rows)} dòng, dưới đây là {len(shown)} dòng mới nhất.")
        if not shown:
            said.append("Chưa có lần nhắc nào.")
        grid = SheetGrid(
            _COLUMNS,
            tuple(
                SheetRow((str(at), row.at, row.report, row.done, row.outcome))
                for at, row in enumerate(shown, 1)
            ),
        )
        return Letter(
            office_above=unit_title(above).upper() if above else "",
            office=unit_title(issuer).upper(),
            number="………/………",
            place_and_date=place_and_date(issuer, today),
            about=f"Nhật ký nhắc, đôn đốc gửi báo cáo: {name}",
            addressees=(),
            paragraphs=tuple(said),
            grid=grid if shown else None,
            closing=(f"Người lập bảng: {actor.name}.",),
            receivers=("Lưu: VT, hồ sơ theo dõi báo cáo",),
            signature=SheetSignature(("THỦ TRƯỞNG ĐƠN VỊ", "(Ký, đóng dấu, họ tên)")),
            demo_notice=DEMO_NOTICE if self.demo else None,
        )

    def _owed(self, unit: str, form: str | None, period: str | None) -> list[Obligation]:
        """What the unit owes and has become due, or has sent."""
        found: list[Obligation] = []
        after, today = None, self.urging.clock.today()
        while batch := self.urging.obligations.list_(
            form, [unit], period, after=after, limit=_BATCH
        ):
            found += [one for one in batch if one.sent_at is not None or one.due_on <= today]
            after = batch[-1].id
        return sorted(found, key=lambda one: (one.due_on, one.form))

    def _report(self, one: Obligation) -> str:
        """``Biểu, kỳ: hạn gửi 15/01/2025, gửi ngày 20/01/2025, chậm 5 ngày (từ 5 đến 10 ngày)``."""
        form = self.urging.reports.reviewer.catalogue.form(one.form).title
        period, today = Period.parse(one.period).title, self.urging.clock.today()
        sent = f"gửi ngày {format_date(one.sent_on)}" if one.sent_on else "chưa gửi"
        days = max(0, ((one.sent_on or today) - one.late_after).days)
        late = f"chậm {days} ngày ({_CLASSES[late_class(days)]})" if days else "đúng hạn"
        if one.timeliness(today) is Timeliness.EXCUSED and one.excused_until:
            late += f", được gia hạn đến {format_date(one.excused_until)}"
        if one.sent_on is None and not days:
            late = "còn trong hạn" if today <= one.due_on else "đến hạn, chưa tính chậm"
        if one.progress is Progress.RETURNED:
            late += ", đang được trả lại để sửa"
        period = period[:1].lower() + period[1:]
        due = due_in_words(one)
        return f"{form}, {period}: hạn gửi {due}, {sent}, {late}."
