"""Reference data of the story besides what ships: days off, mail addresses, collection rounds.

Letters, contacts and telephone numbers are constructed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from server.core.access import SYSTEM, Actor
from server.core.obligation import Round
from server.core.org_unit import Level, OrgUnit
from server.demo.people import short_name
from server.services import Services

YEARLY_FORMS = ("population_ethnic",)
OPENED = date(2024, 10, 15)
#: Days on which a reminder of some form may fall due, counted from the due dates.
STEPS = (-7, -1, 1, 5)
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
    return f"vanthu@{names[unit.id]}.example"


def open_round(
    services: Services,
    actor: Actor,
    *,
    code: str,
    title: str,
    period: str,
    letter: tuple[str, date],
    forms: Sequence[str],
    opens_on: date,
    level: str = "official",
    due: Mapping[str, date] | None = None,
    units: Mapping[str, Sequence[str]] | None = None,
) -> str:
    """Open a collection with the story's contact; return its id."""
    round_ = Round(
        id=services.obligations.new_id(),
        code=code,
        title=title,
        period=period,
        letter_number=letter[0],
        letter_on=letter[1],
        contact="bà Nông Thị Hạnh, phòng Kế hoạch - Tổng hợp",
        phone="0209 3 800 024",
        level=level,
        forms=tuple(forms),
        opens_on=opens_on,
    )
    services.obligations.open_round(actor, round_, due=due, units=units)
    return round_.id
