"""The late board in words: states, cells of the matrix, classes of lateness.

A cell says everything in text; its colour only repeats it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from server.core.obligation import LateClass, ObligationState, Progress, Timeliness
from server.core.vietnamese import format_date
from server.services.board import BoardLine
from server.web.language import gettext as _
from server.web.submission_states import Badge

_IN_TIME = (ObligationState.OPEN, ObligationState.GRACE)


@dataclass(frozen=True, slots=True)
class CellText:
    """What a cell of the matrix says: the state, then what was done about it."""

    kind: str
    text: str
    notes: tuple[str, ...]


def state_badge(state: ObligationState) -> Badge:
    """A state of the board as filters and counts name it."""
    badges = {
        ObligationState.UPCOMING: (_("Chưa đến kỳ"), "grey"),
        ObligationState.OPEN: (_("Chưa gửi, còn hạn"), "grey"),
        ObligationState.GRACE: (_("Đến hạn, chưa tính chậm"), "amber"),
        ObligationState.LATE: (_("Chậm, chưa gửi"), "red"),
        ObligationState.EXCUSED: (_("Chậm, được gia hạn"), "amber"),
        ObligationState.RETURNED: (_("Trả lại để sửa"), "amber"),
        ObligationState.SUBMITTED: (_("Đã gửi"), "blue"),
        ObligationState.APPROVED: (_("Đã duyệt"), "green"),
        ObligationState.CLOSED: (_("Đã khóa"), "closed"),
    }
    return Badge(*badges[state])


def late_class_title(found: LateClass) -> str:
    titles = {
        LateClass.IN_TIME: _("Không chậm"),
        LateClass.UNDER_5: _("Chậm dưới 5 ngày"),
        LateClass.FROM_5_TO_10: _("Chậm từ 5 đến 10 ngày"),
        LateClass.OVER_10: _("Chậm trên 10 ngày"),
    }
    return titles[found]


@dataclass
class CellWords:
    """The words of cells; each sentence is looked up once however many cells say it."""

    today: date
    _known: dict[tuple[object, ...], str] = field(default_factory=dict)
    _badges: dict[ObligationState, Badge] = field(default_factory=dict)

    def of(self, line: BoardLine, *, mark: bool = False) -> CellText:
        """The words of one report; *mark* says in the cell itself that it is a sum of others."""
        kind, text = self._state(line)
        notes, days = [], line.days_late
        if mark:
            notes.append(self._say(("consolidated",), lambda: _("báo cáo tổng hợp")))
        if days and line.state not in (ObligationState.LATE, ObligationState.EXCUSED):
            excused = line.obligation.timeliness(self.today) is Timeliness.EXCUSED
            notes.append(
                self._say(
                    ("sent late", days, excused),
                    lambda: (
                        _("chậm %(days)s ngày, trong gia hạn", days=days)
                        if excused
                        else _("chậm %(days)s ngày", days=days)
                    ),
                )
            )
        if line.state is ObligationState.OPEN:
            notes.append(self._dated("due", line.obligation.deadline))
        if line.state is ObligationState.GRACE:
            notes.append(self._dated("due", line.obligation.due_on))
        counted = line.obligation.late_after
        if line.state in _IN_TIME and counted > line.obligation.due_on:
            notes.append(self._dated("counted", counted))
        notes += [self._part(owner, late) for owner, late in line.late_parts]
        if line.reminded_on is not None:
            notes.append(self._dated("reminded", line.reminded_on))
        if line.called_on is not None:
            notes.append(self._dated("called", line.called_on))
        return CellText(kind, text, tuple(notes))

    def _part(self, owner: str, days: int) -> str:
        return self._say(
            ("part", owner, days),
            lambda: _("chờ phần của %(unit)s, quá hạn %(days)s ngày", unit=owner, days=days),
        )

    def _dated(self, what: str, on: date) -> str:
        """A word with a day, the year being that of the board: "nhắc 20/01"."""
        day = f"{on:%d/%m}"
        words = {
            "due": lambda: _("hạn %(day)s", day=day),
            "counted": lambda: _("tính chậm sau %(day)s", day=day),
            "reminded": lambda: _("nhắc %(day)s", day=day),
            "called": lambda: _("gọi %(day)s", day=day),
        }
        return self._say((what, on), words[what])

    def _state(self, line: BoardLine) -> tuple[str, str]:
        state, days = line.state, line.days_late
        if state is ObligationState.LATE:
            return "red", self._say(("late", days), lambda: _("Chậm %(days)s ngày", days=days))
        if state is ObligationState.EXCUSED and line.obligation.excused_until:
            until = line.obligation.excused_until
            words = self._say(
                ("until", until),
                lambda: _("Chậm, được gia hạn đến %(day)s", day=format_date(until)),
            )
            return "amber", words
        if state is ObligationState.OPEN:
            begun = line.obligation.progress is not Progress.NONE
            words = self._say(("open", begun), lambda: _("Đang nhập") if begun else _("Chưa nhập"))
            return ("blue" if begun else "grey"), words
        if state not in self._badges:
            self._badges[state] = state_badge(state)
        return self._badges[state].kind, self._badges[state].title

    def _say(self, key: tuple[object, ...], words: Callable[[], str]) -> str:
        if key not in self._known:
            self._known[key] = words()
        return self._known[key]
