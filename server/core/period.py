"""Reporting periods: the time dimension of every obligation, submission and observation.

Ids follow SDMX where SDMX has a word (``2025``, ``2025-S1``, ``2025-Q3``,
``2025-07``) and extend it for school years, terms and the 15/12 cut-off.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import total_ordering


class PeriodType(StrEnum):
    """Kinds of reporting period."""

    YEAR = "year"
    HALF_YEAR = "half_year"
    QUARTER = "quarter"
    MONTH = "month"
    SCHOOL_YEAR = "school_year"
    FIVE_YEAR = "five_year"
    TERM = "term"
    CUTOFF_YEAR = "cutoff_year"
    CUTOFF_MONTH = "cutoff_month"


_PATTERNS = {
    PeriodType.YEAR: r"(\d{4})",
    PeriodType.HALF_YEAR: r"(\d{4})-S([12])",
    PeriodType.QUARTER: r"(\d{4})-Q([1-4])",
    PeriodType.MONTH: r"(\d{4})-(0[1-9]|1[0-2])",
    PeriodType.SCHOOL_YEAR: r"(\d{4})-SY",
    PeriodType.FIVE_YEAR: r"(\d{4})-Y5",
    PeriodType.TERM: r"(\d{4})-T5",
    PeriodType.CUTOFF_YEAR: r"(\d{4})-C1214",
    PeriodType.CUTOFF_MONTH: r"(\d{4})-(0[1-9]|1[0-2])-C14",
}
_MONTHS = {
    PeriodType.YEAR: 12,
    PeriodType.HALF_YEAR: 6,
    PeriodType.QUARTER: 3,
    PeriodType.MONTH: 1,
    PeriodType.SCHOOL_YEAR: 12,
    PeriodType.FIVE_YEAR: 60,
    PeriodType.TERM: 60,
    PeriodType.CUTOFF_YEAR: 12,
    PeriodType.CUTOFF_MONTH: 1,
}
_ROMAN = ("I", "II", "III", "IV")
_ENGLISH_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
#: Terms and plans of five years begin in years that end in 1 or 6.
_FIVE = 5
#: What may be asked for; beyond it a few years can be read, so that neighbours have ids too.
FIRST_YEAR, LAST_YEAR = 1900, 2199
_MARGIN = 10


@total_ordering
@dataclass(frozen=True, slots=True)
class Period:
    """One reporting period.

    >>> july = Period.parse("2026-07")
    >>> july.start, july.end, july.next().id
    (datetime.date(2026, 7, 1), datetime.date(2026, 7, 31), '2026-08')
    >>> Period.parse("2025-C1214").start, Period.parse("2025-C1214").end
    (datetime.date(2024, 12, 15), datetime.date(2025, 12, 14))
    """

    type: PeriodType
    year: int
    number: int = 1

    @classmethod
    def asked(cls, text: str) -> "Period":
        """The period of an id that somebody typed; ``ValueError`` for anything else.

        >>> Period.asked("2199").next().next().id
        '2201'
        """
        found = cls.parse(text)
        if not FIRST_YEAR <= found.year <= LAST_YEAR:
            raise ValueError(text)
        return found

    @classmethod
    def parse(cls, text: str) -> "Period":
        """Read a period id; raise ``ValueError`` for anything else.

        >>> Period.parse("2025-Q3").title
        'Quý III/2025'
        """
        for type_, pattern in _PATTERNS.items():
            match = re.fullmatch(pattern, text, re.ASCII)
            if match and FIRST_YEAR - _MARGIN <= int(match[1]) <= LAST_YEAR + _MARGIN:
                number = int(match[2]) if match.lastindex == 2 else 1  # noqa: PLR2004
                return cls(type_, int(match[1]), number)
        raise ValueError(text)

    @classmethod
    def of(cls, type_: PeriodType, day: date) -> "Period":
        """The period of that type in which *day* lies.

        >>> Period.of(PeriodType.CUTOFF_YEAR, date(2025, 12, 15)).id
        '2026-C1214'
        """
        match type_:
            case PeriodType.FIVE_YEAR | PeriodType.TERM:
                found = cls(type_, day.year - (day.year - 1) % _FIVE)
            case PeriodType.HALF_YEAR | PeriodType.QUARTER | PeriodType.MONTH:
                found = cls(type_, day.year, 1 + (day.month - 1) // _MONTHS[type_])
            case PeriodType.CUTOFF_MONTH:
                found = cls(type_, day.year, day.month)
            case _:
                found = cls(type_, day.year)
        if day < found.start:
            return found.previous()
        return found.next() if day > found.end else found

    def __contains__(self, inner: "date | Period") -> bool:
        """Whether a day, or every day of another period, lies in this one.

        >>> autumn = Period.parse("2025-Q3")
        >>> Period.parse("2025-07") in autumn, date(2025, 10, 1) in autumn
        (True, False)
        """
        if isinstance(inner, Period):
            return self.start <= inner.start and inner.end <= self.end
        return self.start <= inner <= self.end

    def __lt__(self, other: "Period") -> bool:
        return self._place < other._place

    @property
    def _place(self) -> tuple[date, date, str]:
        """Where it stands among all periods: by its first day, the longer one first."""
        return self.start, date.max - (self.end - date.min), self.type.value

    @property
    def id(self) -> str:
        match self.type:
            case PeriodType.YEAR:
                return f"{self.year}"
            case PeriodType.HALF_YEAR:
                return f"{self.year}-S{self.number}"
            case PeriodType.QUARTER:
                return f"{self.year}-Q{self.number}"
            case PeriodType.MONTH:
                return f"{self.year}-{self.number:02}"
            case PeriodType.SCHOOL_YEAR:
                return f"{self.year}-SY"
            case PeriodType.FIVE_YEAR:
                return f"{self.year}-Y5"
            case PeriodType.TERM:
                return f"{self.year}-T5"
            case PeriodType.CUTOFF_YEAR:
                return f"{self.year}-C1214"
            case PeriodType.CUTOFF_MONTH:
                return f"{self.year}-{self.number:02}-C14"

    @property
    def start(self) -> date:
        match self.type:
            case PeriodType.SCHOOL_YEAR:
                return date(self.year, 9, 1)
            case PeriodType.CUTOFF_YEAR:
                return date(self.year - 1, 12, 15)
            case PeriodType.CUTOFF_MONTH:
                first = date(self.year, self.number, 1) - timedelta(days=1)
                return first.replace(day=15)
            case _:
                return date(self.year, 1 + (self.number - 1) * _MONTHS[self.type], 1)

    @property
    def end(self) -> date:
        """The last day, which ends at 24:00 in Asia/Ho_Chi_Minh."""
        return self.next().start - timedelta(days=1)

    def next(self) -> "Period":
        return self._shift(1)

    def previous(self) -> "Period":
        """The period before this one, of the same type."""
        return self._shift(-1)

    def last_year(self) -> "Period | None":
        """The same period of the year before; None for what spans several years.

        >>> Period.parse("2024-Q3").last_year().id
        '2023-Q3'
        """
        if _MONTHS[self.type] > 12:  # noqa: PLR2004
            return None
        return Period(self.type, self.year - 1, self.number)

    def _shift(self, by: int) -> "Period":
        months = _MONTHS[self.type]
        if months >= 12:  # noqa: PLR2004
            return Period(self.type, self.year + by * months // 12)
        count = self.year * 12 // months + self.number - 1 + by
        return Period(self.type, count * months // 12, count % (12 // months) + 1)

    @property
    def title(self) -> str:
        """The Vietnamese name as letters and forms write it."""
        match self.type:
            case PeriodType.YEAR:
                return f"Năm {self.year}"
            case PeriodType.HALF_YEAR:
                return f"6 tháng {'đầu' if self.number == 1 else 'cuối'} năm {self.year}"
            case PeriodType.QUARTER:
                return f"Quý {_ROMAN[self.number - 1]}/{self.year}"
            case PeriodType.MONTH:
                return f"Tháng {self.number:02}/{self.year}"
            case PeriodType.SCHOOL_YEAR:
                return f"Năm học {self.year}–{self.year + 1}"
            case PeriodType.FIVE_YEAR:
                return f"Giai đoạn {self.year}–{self.year + 4}"
            case PeriodType.TERM:
                return f"Nhiệm kỳ {self.year}–{self.year + 5}"
            case PeriodType.CUTOFF_YEAR:
                return f"Năm {self.year} (15/12/{self.year - 1}–14/12/{self.year})"
            case PeriodType.CUTOFF_MONTH:
                return f"Tháng {self.number:02}/{self.year} (chốt ngày 14)"

    @property
    def title_en(self) -> str:
        """The same in English."""
        match self.type:
            case PeriodType.YEAR:
                return f"Year {self.year}"
            case PeriodType.HALF_YEAR:
                return f"{'First' if self.number == 1 else 'Second'} half of {self.year}"
            case PeriodType.QUARTER:
                return f"Quarter {_ROMAN[self.number - 1]}/{self.year}"
            case PeriodType.MONTH:
                return f"{_ENGLISH_MONTHS[self.number - 1]} {self.year}"
            case PeriodType.SCHOOL_YEAR:
                return f"School year {self.year}–{self.year + 1}"
            case PeriodType.FIVE_YEAR:
                return f"Five years {self.year}–{self.year + 4}"
            case PeriodType.TERM:
                return f"Term {self.year}–{self.year + 5}"
            case PeriodType.CUTOFF_YEAR:
                return f"Year {self.year} (15/12/{self.year - 1}–14/12/{self.year})"
            case PeriodType.CUTOFF_MONTH:
                return f"{_ENGLISH_MONTHS[self.number - 1]} {self.year} (closing on the 14th)"

    def label(self, language: str = "vi") -> str:
        """The name in that language."""
        return self.title_en if language == "en" else self.title
