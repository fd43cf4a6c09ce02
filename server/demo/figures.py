"""The figures of the demonstration, commune by commune, so that every margin holds exactly.

Order matters: population, ethnic groups from the smallest to the largest with Tày as the rest,
sexes, households, poverty, villages, roads, prestige persons. ``control_hash`` must never change.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from server.demo import margins
from server.demo.apportioning import hashed, split, split_capped
from server.demo.communes import Commune, communes
from server.demo.figures_population import Population, by_group, inhabitants
from server.demo.figures_poverty import Poverty, Review


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
def figures() -> Figures:
    """All figures; the same on every machine."""
    every = communes()
    codes = [commune.code for commune in every]
    total = inhabitants(every)
    before = split(
        margins.POPULATION["2023"],
        [total[code] * (990 + hashed(f"p23|{code}", 21)) for code in codes],
    )
    now = by_group(every, total, "2024")
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
    review = Review(every, households, minority_households)
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
            "2023": by_group(every, dict(zip(codes, before, strict=True)), "2023"),
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
