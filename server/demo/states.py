"""Where each commune's population report stands on 24/01/2025, and when it left the commune.

The counts by district are the story's; which commune is where follows from a fixed hash.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache

from server.core.ports import LOCAL
from server.demo.apportioning import hashed
from server.demo.communes import Commune, communes


class Stage(StrEnum):
    """How far a report is, in the order in which a district's communes are dealt out."""

    NOT_STARTED = "not_started"
    DRAFT = "draft"
    WAITING = "waiting"
    DISTRICT = "district"
    PROVINCE = "province"
    RETURNED = "returned"


_DEALT = (Stage.NOT_STARTED, Stage.DRAFT, Stage.WAITING, Stage.DISTRICT, Stage.PROVINCE)
#: District: communes not started, in progress, waiting for the district, approved there, final.
_COUNTS: Mapping[str, tuple[int, int, int, int, int]] = {
    "058": (0, 0, 0, 0, 8),
    "065": (0, 0, 1, 0, 12),
    "063": (0, 1, 1, 2, 10),
    "064": (1, 2, 4, 6, 6),
    "066": (1, 2, 2, 6, 5),
    "061": (2, 3, 4, 6, 0),
    "062": (2, 2, 3, 2, 0),
    "060": (4, 2, 2, 0, 0),
}
#: Returned once they were sent: Cổ Linh, Nghiên Loan, Nà Phặc, Đồng Thắng, Kim Hỷ, Thanh Thịnh.
RETURNED = ("01879", "01882", "01936", "02059", "02146", "02113")
DUE = date(2025, 1, 15)
#: Days after the due date on which the late ones were sent.
DAYS_LATE: Mapping[str, int] = {
    "01930": 1,  # Hoàng Trĩ
    "02131": 1,  # Quảng Chu
    "02191": 2,  # Xuân Dương
    "02071": 2,  # Nghĩa Tá
    "01963": 3,  # Thuần Mang
    "01861": 3,  # Nhạn Môn
    "01939": 5,  # Thượng Ân
    "01897": 6,  # Hà Hiệu
    "02170": 7,  # Văn Minh
}
#: How many had been sent by a day: the reminders of the next day follow from these.
_SENT_BY = ((date(2025, 1, 7), 12), (date(2025, 1, 13), 52), (DUE, 77))
_FIRST_SENDING = date(2025, 1, 2)
_MINUTES_OF_DAY = 8 * 60  # sent between 8:00 and 16:00


@dataclass(frozen=True, slots=True)
class Course:
    """One commune's report: how far it came and when it was sent (first), if it was."""

    commune: Commune
    stage: Stage
    sent_at: datetime | None


@cache
def courses() -> tuple[Course, ...]:
    """The course of all 108 population reports."""
    stages = _stages()
    sent_on = {code: DUE + timedelta(days=late) for code, late in DAYS_LATE.items()}
    sent_on |= _in_time(stages, set(sent_on))
    return tuple(
        Course(
            commune,
            stages[commune.code],
            _moment(commune.code, sent_on[commune.code]) if commune.code in sent_on else None,
        )
        for commune in communes()
    )


def _stages() -> dict[str, Stage]:
    found = dict.fromkeys(RETURNED, Stage.RETURNED)
    for district, counts in _COUNTS.items():
        own = [
            commune.code
            for commune in communes()
            if commune.district == district and commune.code not in RETURNED
        ]
        own.sort(key=lambda code: hashed(f"state|{code}", 10**6))
        dealt = [stage for stage, count in zip(_DEALT, counts, strict=True) for _ in range(count)]
        found |= dict(zip(own, dealt, strict=True))
    return found


def _in_time(stages: Mapping[str, Stage], late: set[str]) -> dict[str, date]:
    """Days for those sent in time: who is further was sent earlier, the returned ones last."""
    order = {Stage.PROVINCE: 0, Stage.DISTRICT: 1, Stage.WAITING: 2, Stage.RETURNED: 3}
    chosen = sorted(
        (code for code, stage in stages.items() if stage in order and code not in late),
        key=lambda code: (order[stages[code]], hashed(f"sent|{code}", 10**6)),
    )
    found: dict[str, date] = {}
    start, day = 0, _FIRST_SENDING
    for last, count in _SENT_BY:
        part = chosen[start:count]
        days = [
            day + timedelta(days=at)
            for at in range((last - day).days + 1)
            if (day + timedelta(days=at)).weekday() < 5  # noqa: PLR2004 - Monday to Friday
        ]
        for at, code in enumerate(part):
            found[code] = days[at * len(days) // len(part)]
        start, day = count, last + timedelta(days=1)
    return found


def _moment(code: str, day: date) -> datetime:
    minutes = 8 * 60 + hashed(f"minute|{code}", _MINUTES_OF_DAY)
    return datetime.combine(day, time(minutes // 60, minutes % 60), LOCAL)
