"""Inhabitants of the communes by ethnic group and sex; both margins hold exactly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from server.demo import margins
from server.demo.apportioning import hashed, split, split_capped
from server.demo.communes import Commune


@dataclass(frozen=True, slots=True)
class Population:
    """One year's inhabitants: by commune, and by ethnic group the males of it."""

    total: Mapping[str, int]
    males: Mapping[str, int]
    groups: Mapping[str, Mapping[str, int]]
    group_males: Mapping[str, Mapping[str, int]]


def inhabitants(every: Sequence[Commune]) -> dict[str, int]:
    """Everybody, by commune: district by district, urban and rural communes apart."""
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


def by_group(every: Sequence[Commune], total: Mapping[str, int], year: str) -> Population:
    """One year's inhabitants by group and sex, the small groups first."""
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
