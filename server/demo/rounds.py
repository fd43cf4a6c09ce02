"""Reference data of the story besides what ships: days off, mail addresses, collection rounds.

Letters, contacts and telephone numbers are constructed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from server.core.access import SYSTEM, Actor
from server.core.obligation import Round
from server.core.org_unit import Level, OrgUnit
from server.core.reminder_plan import step_day
from server.demo.people import short_name
from server.services import Services

#: Days counted from the due dates on which reminders go out.
_STEPS = (-7, -1, 1, 5)
_DUE_DATES = (
    date(2024, 12, 2),
    date(2024, 12, 5),
    date(2024, 12, 10),
    date(2025, 1, 6),
    date(2025, 1, 10),
    date(2025, 1, 15),
    date(2025, 12, 10),
    date(2026, 1, 15),
)


@dataclass(frozen=True, slots=True)
class Collection:
    """A round of the story; every unit that owes a form is named, or else the form's own rule."""

    title: str
    period: str
    letter: tuple[str, date]
    forms: tuple[str, ...]
    due: Mapping[str, date] = field(default_factory=dict)
    parents: bool = False  # whether districts and the province owe their sums too


COLLECTIONS = (
    Collection(
        "Báo cáo đại biểu Hội đồng nhân dân cấp xã, nhiệm kỳ 2021-2026",
        "2021-T5",
        ("612/BDT-KHTH", date(2021, 5, 26)),
        ("council_delegates",),
        {"council_delegates": date(2021, 7, 7)},
    ),
    Collection(
        "Báo cáo thống kê công tác dân tộc năm 2023",
        "2023",
        ("1187/BDT-KHTH", date(2023, 10, 16)),
        ("population_ethnic", "near_poor", "prestige_persons"),
    ),
    Collection(
        "Báo cáo thống kê công tác dân tộc năm 2024",
        "2024",
        ("1246/BDT-KHTH", date(2024, 10, 15)),
        (
            "population_ethnic",
            "near_poor",
            "village_roads",
            "commune_sheet",
            "household_sheet",
            "cadres",
            "prestige_persons",
        ),
        parents=True,
    ),
)
_DAYS_OFF = (
    (date(2024, 1, 1), 1, "Tết Dương lịch"),
    (date(2024, 2, 8), 7, "Tết Nguyên đán"),
    (date(2024, 4, 18), 1, "Giỗ Tổ Hùng Vương"),
    (date(2024, 4, 30), 2, "Ngày Chiến thắng và Quốc tế lao động"),
    (date(2024, 9, 2), 2, "Quốc khánh"),
    (date(2025, 1, 1), 1, "Tết Dương lịch"),
    (date(2025, 1, 27), 5, "Tết Nguyên đán"),
    (date(2025, 4, 7), 1, "Giỗ Tổ Hùng Vương"),
    (date(2025, 4, 30), 2, "Ngày Chiến thắng và Quốc tế lao động"),
    (date(2025, 9, 1), 2, "Quốc khánh"),
    (date(2026, 1, 1), 1, "Tết Dương lịch"),
    (date(2026, 2, 16), 5, "Tết Nguyên đán"),
)


def declare_days_off(services: Services) -> None:
    for first, count, title in _DAYS_OFF:
        for number in range(count):
            services.reference.put_holiday(first + timedelta(days=number), title, "off", SYSTEM)


def give_addresses(services: Services, on: date) -> None:
    """A constructed mail address for every unit of that day that has none."""
    reference = services.reference
    with reference.transaction():
        units = reference.units(on)
        names = {unit.id: short_name(unit) for unit in units}
        for unit in units:
            if unit.email is None:
                address = _address(unit, names)
                reference.store.update(replace(unit, email=address))


def _address(unit: OrgUnit, names: Mapping[str, str]) -> str:
    above = names.get(unit.parent or "")
    if unit.level is Level.COMMUNE and above:
        return f"vanthu.{names[unit.id]}@{above}.backan.example"
    if unit.level is Level.DEPARTMENT:
        return f"vanthu@{unit.code.removeprefix('d_')}.backan.example"
    if unit.level is Level.DISTRICT and names[unit.id] == above:  # the city Bắc Kạn
        return f"vanthu.thanhpho@{above}.example"
    return f"vanthu@{names[unit.id]}.example"


EARLIER_FORMS = (
    "population_ethnic",
    "near_poor",
    "prestige_persons",
    "village_roads",
    "cadres",
    "commune_sheet",
)


def earlier(year: int) -> Collection:
    """The yearly round of a year before 2023, for a demonstration with more data."""
    return Collection(
        f"Báo cáo thống kê công tác dân tộc năm {year}",
        str(year),
        ("1105/BDT-KHTH", date(year, 10, 16)),
        EARLIER_FORMS,
    )


AFTER_MERGER = Collection(
    "Báo cáo thống kê công tác dân tộc năm 2025",
    "2025",
    ("318/SDTTG-KHTC", date(2025, 10, 15)),
    ("population_ethnic", "near_poor"),
)


def reminder_days() -> list[date]:
    """The days of both yearly rounds on which somebody may be urged; on others nobody is."""
    off = {first + timedelta(days=n) for first, count, _title in _DAYS_OFF for n in range(count)}
    return sorted({step_day(due, step, off) for due in _DUE_DATES for step in _STEPS})


def open_collection(
    services: Services,
    actor: Actor,
    collection: Collection,
    units: Mapping[str, Sequence[str]],
) -> None:
    """Open a round on the day of its letter for these units, by form."""
    number, day = collection.letter
    round_ = Round(
        id=services.obligations.new_id(),
        code=collection.period,
        title=collection.title,
        period=collection.period,
        letter_number=number,
        letter_on=day,
        contact="bà Nông Thị Hạnh, phòng Kế hoạch - Tổng hợp",
        phone="0209 3 800 024",
        level="official",
        forms=collection.forms,
        opens_on=day,
    )
    services.rounds.open(actor, round_, due=collection.due, units=units, parents=collection.parents)
