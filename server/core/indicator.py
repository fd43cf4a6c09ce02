"""The indicator catalogue: what each figure means and how it adds up."""

from dataclasses import dataclass
from datetime import date
from operator import le


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure unit of an indicator and its operator over units: ``sum`` or ``none``."""

    unit: str
    aggregation: str


@dataclass(frozen=True, slots=True)
class IndicatorTexts:
    """What an indicator means and how it is worked out, in one language; whose words they are."""

    definition: str
    method: str
    source: str


@dataclass(frozen=True, slots=True)
class FormerOwners:
    """Who answered for an indicator before its present owners; empty *valid_from*: ever since."""

    owners: tuple[str, ...]
    owner_units: tuple[str, ...]
    valid_from: str
    valid_to: str


@dataclass(frozen=True, slots=True)
class Indicator:
    """One catalogue entry; ``constructed`` is shown wherever the entry is shown.

    The texts of meaning and method are empty where the catalogue has none. *ministry_code* is the
    national committee's; the days *valid_from* and *valid_to* (ISO, included) are empty where no
    limit is said: an indicator is retired by its end, never deleted. The owners answer for it since
    *owners_from* (empty: ever since); those before them stay in *former_owners*, the oldest first.
    """

    code: str
    title: str
    title_en: str
    group: str
    group_title: str
    measures: tuple[Measure, ...]
    dimensions: tuple[str, ...]
    lowest_level: str
    frequency: str
    owners: tuple[str, ...]
    owner_units: tuple[str, ...]
    source: str
    constructed: bool
    definition: str = ""
    method: str = ""
    definition_en: str = ""
    method_en: str = ""
    text_source: str = ""
    text_source_en: str = ""
    ministry_code: str = ""
    valid_from: str = ""
    valid_to: str = ""
    owners_from: str = ""
    former_owners: tuple[FormerOwners, ...] = ()

    @property
    def owners_in_order(self) -> bool:
        """Whether each owner begins only after the one before has ended."""
        former = self.former_owners
        if not former:
            return True
        days = [day for one in former for day in (one.valid_from, one.valid_to) if day]
        return all(map(le, days, days[1:])) and self.owners_from > former[-1].valid_to

    def owners_on(self, day: date) -> tuple[str, ...]:
        """Who answers for it on that day."""
        for former in self.former_owners:
            if former.valid_from <= day.isoformat() <= former.valid_to:
                return former.owners
        return self.owners

    def texts(self, language: str) -> IndicatorTexts | None:
        """Meaning and method, in Vietnamese where *language* has none; None without any."""
        if not (self.definition or self.method):
            return None
        if language == "en" and (self.definition_en or self.method_en):
            source = self.text_source_en or self.text_source
            return IndicatorTexts(self.definition_en, self.method_en, source)
        return IndicatorTexts(self.definition, self.method, self.text_source)

    def adds_up(self, measure_unit: str) -> bool:
        return any(
            measure.unit == measure_unit and measure.aggregation == "sum"
            for measure in self.measures
        )


@dataclass(frozen=True, slots=True)
class CodeListItem:
    """One code of a list, with other names people use for it.

    The days *valid_from* and *valid_to* (ISO, included) are empty where no limit is said.
    """

    code: str
    title: str
    title_en: str | None = None
    aliases: tuple[str, ...] = ()
    numbering2: str | None = None
    minority: bool = False
    valid_from: str = ""
    valid_to: str = ""


@dataclass(frozen=True, slots=True)
class CodeList:
    """A published list of codes: the members of a dimension or the choices of a field."""

    code: str
    version: int
    title: str
    items: tuple[CodeListItem, ...]
    constructed: bool
    source: str

    def title_of(self, code: str) -> str | None:
        return next((item.title for item in self.items if item.code == code), None)
