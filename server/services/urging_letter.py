"""Công văn đôn đốc: the letter of a district or the province with the list of late units."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from server.core.access import Actor, Role
from server.core.due_date import due_in_words
from server.core.obligation import ObligationState
from server.core.org_unit import OrgUnit, Tree
from server.core.ports import NewId
from server.core.vietnamese_numbers import format_date
from server.errors import NotFound
from server.hooks import Letter, SheetColumn, SheetGrid, SheetRow, SheetSignature
from server.hooks.manager import Plugins
from server.services.exports import PrintedFile
from server.services.reference import Reference
from server.services.sheets import DEMO_NOTICE, place_and_date, unit_title
from server.services.urging import LateReport, Urging, reminded_on

_COLUMNS = (
    SheetColumn("STT", kind="code"),
    SheetColumn("Đơn vị báo cáo", kind="text"),
    SheetColumn("Biểu mẫu, kỳ báo cáo", kind="text"),
    SheetColumn("Hạn gửi", kind="code"),
    SheetColumn("Số ngày chậm"),
    SheetColumn("Nhắc lần cuối", kind="code"),
)


@dataclass(frozen=True, slots=True)
class UrgingLetters:
    """Use case of printing the letter."""

    plugins: Plugins
    urging: Urging
    reference: Reference
    folder: Path
    new_id: NewId
    demo: bool

    @property
    def available(self) -> bool:
        """Whether a printer is there that prints letters."""
        return any(printer.prints_letters for printer in self.plugins.printers())

    def print(self, actor: Actor, obligation_ids: Sequence[str], *, number: str) -> PrintedFile:
        """The letter about these late reports; that it was printed is kept with each of them.

        Raises:
            NotFound: none of them is late and below the actor, or nothing prints letters.
        """
        lines = self.urging.of(actor, obligation_ids)
        printer = next((one for one in self.plugins.printers() if one.prints_letters), None)
        if not lines or printer is None:
            raise NotFound(kind="obligation" if printer else "format")
        letter = self.letter(actor, lines, number=number.strip())
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"letter-{self.new_id()}.{printer.extension}"
        printer.print_letter(letter, path)
        with self.urging.transaction():
            self.urging.keep(lines, "letter", number.strip() or "…", actor)
        name = f"cong-van-don-doc-{self.urging.clock.today().isoformat()}.{printer.extension}"
        return PrintedFile(path, name, printer.media_type)

    def letter(self, actor: Actor, lines: Sequence[LateReport], *, number: str) -> Letter:
        """The parts of the letter."""
        today = self.urging.clock.today()
        issuer, above = issuer_of(actor, self.reference.tree(today))
        ordered = sorted(lines, key=lambda line: (line.superior, line.unit.name, line.form))
        names = list(dict.fromkeys(unit_title(line.unit) for line in ordered))
        few = len(names) <= 8  # noqa: PLR2004 - more fill the head of a page
        return Letter(
            office_above=unit_title(above).upper() if above else "",
            office=unit_title(issuer).upper(),
            number=number or "………/………",
            place_and_date=place_and_date(issuer, today),
            about="V/v đôn đốc gửi báo cáo thống kê",
            addressees=tuple(names) if few else ("Các đơn vị có tên trong danh sách",),
            paragraphs=(
                f"Đến hết ngày {format_date(today)}, {len(names)} đơn vị còn {len(lines)} báo cáo "
                "đã quá hạn gửi trên hệ thống, cụ thể như sau:",
            ),
            grid=SheetGrid(_COLUMNS, tuple(_row(at, line) for at, line in enumerate(ordered, 1))),
            closing=(
                "Đề nghị các đơn vị khẩn trương hoàn thành và gửi báo cáo trên hệ thống. Đơn vị "
                "gặp khó khăn, vướng mắc báo ngay về đầu mối tổng hợp"
                f"{self._contact(issuer)} để được hướng dẫn.",
            ),
            receivers=("Như trên", "Lưu: VT"),
            signature=SheetSignature(("THỦ TRƯỞNG ĐƠN VỊ", "(Ký, đóng dấu, họ tên)")),
            demo_notice=DEMO_NOTICE if self.demo else None,
        )

    def _contact(self, issuer: OrgUnit) -> str:
        """Whom to ask at the issuer today, in brackets; nothing where the directory is silent."""
        today = self.urging.clock.today()
        found = self.reference.directory.contacts([issuer.id], today)
        if not found:
            return ""
        phone = f", điện thoại {found[0].phone}" if found[0].phone else ""
        return f" ({found[0].name}, {found[0].post}{phone})"


def issuer_of(actor: Actor, tree: Tree, *more: Role) -> tuple[OrgUnit, OrgUnit | None]:
    """The actor's own unit, the highest of several, and the one above it.

    Raises:
        NotFound: the actor approves and signs nowhere today, nor holds one of the roles *more*.
    """
    own = [
        tree.by_id[unit]
        for unit in actor.units(Role.APPROVER, Role.SIGNER, *more)
        if unit in tree.by_id
    ]
    if not own:
        raise NotFound(kind="org_unit")
    highest = min(own, key=lambda unit: (len(list(tree.ancestors(unit.id))), unit.code))
    return highest, tree.by_id.get(highest.parent) if highest.parent else None


def _row(number: int, line: LateReport) -> SheetRow:
    last = reminded_on(line)
    excused = line.state is ObligationState.EXCUSED
    late = f"{line.days_late}{' (được gia hạn)' if excused else ''}"
    period = line.period[:1].lower() + line.period[1:]
    return SheetRow(
        (
            str(number),
            unit_title(line.unit) + (f", {line.superior}" if line.superior else ""),
            f"{line.form}, {period}",
            due_in_words(line.obligation),
            late,
            format_date(last) if last else "",
        )
    )
