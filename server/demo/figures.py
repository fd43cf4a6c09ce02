"""The figures of the demonstration, commune by commune, so that every margin holds exactly.

Order matters: population, ethnic groups from the smallest to the largest with Tày as the rest,
sexes, households, poverty, villages, roads, prestige persons. ``control_hash`` must never change.
"""

import csv
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from server.demo import margins
from server.demo.apportioning import hashed, split, split_capped

UNITS = Path(__file__).parents[2] / "form_definitions" / "_org_units" / "org_units.csv"
_LAST_DAY = "2025-06-30"


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune of the time up to 30/06/2025."""

    code: str
    district: str
    kind: str
    name: str

    @property
    def rural(self) -> bool:
        return self.kind == "xa"


@dataclass(frozen=True, slots=True)
class Population:
    """One year's inhabitants: by commune, and by ethnic group the males of it."""

    total: Mapping[str, int]
    males: Mapping[str, int]
    groups: Mapping[str, Mapping[str, int]]
    group_males: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Poverty:
    """Households of one commune through a year of the poverty review."""

    opening: int
    escaped: int
    relapsed: int
    arisen: int
    closing: int
    opening_minority: int
    closing_minority: int


@dataclass(frozen=True, slots=True)
class Roads:
    """Villages of one commune, and by the latest kind of work those with a road."""

    villages: int
    with_road: int
    upgraded: int
    renovated: int
    built: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that the forms of the demonstration are filled from, by commune code."""

    communes: tuple[Commune, ...]
    population: Mapping[str, Population]  # by year
    households: Mapping[str, int]
    minority_households: Mapping[str, int]
    poor: Mapping[str, Poverty]
    near_poor: Mapping[str, Poverty]
    poorest_villages: Mapping[str, int]
    roads: Mapping[str, Roads]
    prestige: Mapping[str, int]
    prestige_villages: Mapping[str, int]
    prestige_women: Mapping[str, int]

    def commune(self, code: str) -> Commune:
        return next(commune for commune in self.communes if commune.code == code)


@cache
def communes() -> tuple[Commune, ...]:
    """The 108 communes in the order of their codes."""
    with UNITS.open(encoding="utf-8", newline="") as text:
        found = [
            Commune(row["code"], row["parent_code"], row["type"], row["name_vi"])
            for row in csv.DictReader(text)
            if row["level"] == "commune" and row["valid_to"] == _LAST_DAY
        ]
    return tuple(sorted(found, key=lambda commune: commune.code))


@cache
def figures() -> Figures:
    """All figures; the same on every machine."""
    every = communes()
    codes = [commune.code for commune in every]
    total = _population(every)
    before = split(
        margins.POPULATION["2023"],
        [total[code] * (990 + hashed(f"p23|{code}", 21)) for code in codes],
    )
    now = _by_group(every, total, "2024")
    households = dict(
        zip(
            codes,
            split(
                margins.HOUSEHOLDS,
                [total[code] * (950 + hashed(f"hh|{code}", 101)) for code in codes],
            ),
            strict=True,
        )
    )
    minority = {code: total[code] - now.groups[code][margins.KINH] for code in codes}
    minority_households = dict(
        zip(
            codes,
            split_capped(
                margins.MINORITY_HOUSEHOLDS,
                [households[code] * minority[code] * 1000 // total[code] for code in codes],
                [households[code] for code in codes],
            ),
            strict=True,
        )
    )
    review = _Review(every, households, minority_households)
    poor = review.through((18_020, 2_905, 118, 962), (17_470, 15_700), "poor", margins.POOR_RATES)
    near = review.through(
        (8_240, 1_890, 96, 2_014), (7_740, 7_945), "near", margins.NEAR_POOR_RATES
    )
    villages = split_capped(
        margins.VILLAGES, [300 + total[code] // 4 for code in codes], [40] * len(codes)
    )
    poorest = split_capped(
        margins.POOREST_VILLAGES,
        [
            poor[commune.code].opening * count * (0 if commune.kind == "phuong" else 1)
            for commune, count in zip(every, villages, strict=True)
        ],
        [
            count if commune.rural else count // 3
            for commune, count in zip(every, villages, strict=True)
        ],
    )
    persons, in_villages, women = _prestige(codes, villages, minority)
    return Figures(
        communes=every,
        population={
            "2024": now,
            "2023": _by_group(every, dict(zip(codes, before, strict=True)), "2023"),
        },
        households=households,
        minority_households=minority_households,
        poor=poor,
        near_poor=near,
        poorest_villages=dict(zip(codes, poorest, strict=True)),
        roads=_roads(codes, villages),
        prestige=dict(zip(codes, persons, strict=True)),
        prestige_villages=dict(zip(codes, in_villages, strict=True)),
        prestige_women=dict(zip(codes, women, strict=True)),
    )


def control_hash(found: Figures) -> str:
    """SHA-256 over the main figures of all communes; a changed generator changes it."""
    lines = [
        "code,pop,pop23,male,hh,hh_dtts,poor_open,poor_close,near_open,near_close,villages,road"
    ]
    for commune in found.communes:
        code = commune.code
        values = (
            code,
            found.population["2024"].total[code],
            found.population["2023"].total[code],
            found.population["2024"].males[code],
            found.households[code],
            found.minority_households[code],
            found.poor[code].opening,
            found.poor[code].closing,
            found.near_poor[code].opening,
            found.near_poor[code].closing,
            found.roads[code].villages,
            found.roads[code].with_road,
        )
        lines.append(",".join(map(str, values)))
    return hashlib.sha256(("\n".join(lines) + "\n").encode()).hexdigest()


def _population(every: Sequence[Commune]) -> dict[str, int]:
    found: dict[str, int] = {}
    for district, (total, urban) in margins.DISTRICTS.items():
        own = [commune for commune in every if commune.district == district]
        for number, codes in (
            (urban, [commune.code for commune in own if not commune.rural]),
            (total - urban, [commune.code for commune in own if commune.rural]),
        ):
            if codes:
                weights = [700 + hashed(f"pop|{code}", 900) for code in codes]
                found |= dict(zip(codes, split(number, weights), strict=True))
    return found


def _by_group(every: Sequence[Commune], total: Mapping[str, int], year: str) -> Population:
    codes = [commune.code for commune in every]
    names = sorted(margins.CENSUS)
    wanted = dict(
        zip(
            names,
            split(margins.POPULATION[year], [margins.CENSUS[name] for name in names]),
            strict=True,
        )
    )
    left = dict(total)
    groups: dict[str, dict[str, int]] = {code: {} for code in codes}
    for group in sorted(wanted, key=lambda name: (wanted[name], name)):
        if group == margins.TAY:
            continue
        shares = split_capped(
            wanted[group],
            [_settled(commune, group, total[commune.code]) for commune in every],
            [left[code] * 85 // 100 for code in codes],
        )
        for code, share in zip(codes, shares, strict=True):
            groups[code][group] = share
            left[code] -= share
    for code in codes:
        groups[code][margins.TAY] = left[code]
    males = split_capped(
        margins.MALES[year],
        [total[code] * (980 + hashed(f"sex|{code}", 41)) for code in codes],
        [total[code] for code in codes],
    )
    group_males: dict[str, dict[str, int]] = {}
    for code, number in zip(codes, males, strict=True):
        own = sorted(groups[code])
        shares = split(number, [groups[code][group] for group in own])
        group_males[code] = dict(zip(own, shares, strict=True))
    return Population(total, dict(zip(codes, males, strict=True)), groups, group_males)


def _settled(commune: Commune, group: str, total: int) -> int:
    weight = margins.SETTLEMENT[commune.district].get(group, 50)
    if group == margins.KINH and not commune.rural:
        weight *= 2
    chance = hashed(f"eth|{group}|{commune.code}", 1000)
    if group == margins.MONG:  # few communes hold most of them
        return total * weight * (100 + chance * chance // 1000)
    return total * weight * (700 + chance)


@dataclass(frozen=True, slots=True)
class _Review:
    """Shares the province's poverty figures out."""

    communes: Sequence[Commune]
    households: Mapping[str, int]
    minority: Mapping[str, int]

    def through(
        self,
        flow: tuple[int, int, int, int],
        minority: tuple[int, int],
        tag: str,
        rates: Mapping[str, int],
    ) -> dict[str, Poverty]:
        codes = [commune.code for commune in self.communes]
        size = [self.households[code] for code in codes]
        rated = [
            self.households[commune.code] * rates[commune.district] for commune in self.communes
        ]
        opening = split_capped(
            flow[0],
            [
                weight * (600 + hashed(f"{tag}|{one.code}", 801)) * (100 if one.rural else 35)
                for weight, one in zip(rated, self.communes, strict=True)
            ],
            [number * 60 // 100 for number in size],
        )
        escaped = split_capped(
            flow[1],
            [
                number * (700 + hashed(f"{tag}e|{code}", 601))
                for number, code in zip(opening, codes, strict=True)
            ],
            [number * 45 // 100 for number in opening],
        )
        relapsed = split_capped(flow[2], opening, [max(1, number // 20) for number in opening])
        arisen = split_capped(
            flow[3],
            [
                weight * (500 + hashed(f"{tag}n|{code}", 1001))
                for weight, code in zip(rated, codes, strict=True)
            ],
            [max(2, number * 8 // 100) for number in size],
        )
        closing = [
            a - b + c + d for a, b, c, d in zip(opening, escaped, relapsed, arisen, strict=True)
        ]
        first, last = self._minority(minority[0], opening), self._minority(minority[1], closing)
        columns = (opening, escaped, relapsed, arisen, closing, first, last)
        return {
            code: Poverty(*row) for code, row in zip(codes, zip(*columns, strict=True), strict=True)
        }

    def _minority(self, total: int, counts: Sequence[int]) -> list[int]:
        codes = [commune.code for commune in self.communes]
        return split_capped(
            total,
            [
                number * self.minority[code] * 1000 // self.households[code]
                for number, code in zip(counts, codes, strict=True)
            ],
            [min(number, self.minority[code]) for number, code in zip(counts, codes, strict=True)],
        )


def _roads(codes: Sequence[str], villages: Sequence[int]) -> dict[str, Roads]:
    with_road = split_capped(
        margins.WITH_ROAD,
        [
            count * (800 + hashed(f"rd|{code}", 401))
            for count, code in zip(villages, codes, strict=True)
        ],
        villages,
    )
    upgraded = split_capped(margins.UPGRADED, with_road, with_road)
    rest = [a - b for a, b in zip(with_road, upgraded, strict=True)]
    renovated = split_capped(margins.RENOVATED, rest, rest)
    built = [a - b for a, b in zip(rest, renovated, strict=True)]
    columns = (villages, with_road, upgraded, renovated, built)
    return {code: Roads(*row) for code, row in zip(codes, zip(*columns, strict=True), strict=True)}


def _prestige(
    codes: Sequence[str], villages: Sequence[int], minority: Mapping[str, int]
) -> tuple[list[int], list[int], list[int]]:
    persons = split_capped(
        margins.PRESTIGE,
        [count * minority[code] for count, code in zip(villages, codes, strict=True)],
        [count * 2 for count in villages],
    )
    in_villages = split_capped(
        margins.PRESTIGE_VILLAGES,
        persons,
        [min(number, count) for number, count in zip(persons, villages, strict=True)],
    )
    women = split_capped(
        margins.PRESTIGE_WOMEN,
        [
            number * (500 + hashed(f"pf|{code}", 1001))
            for number, code in zip(persons, codes, strict=True)
        ],
        [number // 2 for number in persons],
    )
    return persons, in_villages, women
