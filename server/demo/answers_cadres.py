"""Answers of CBCC-01 (staff): the communes' 1,075 cadres and 1,030 civil servants."""

from collections.abc import Mapping, Sequence
from functools import cache

from server.demo.apportioning import hashed, split_capped
from server.demo.figures import figures
from server.demo.margins import KINH

#: Row: all, women, minority, minority women.
_TOTALS = {"commune_cadre": (1_075, 290, 978, 264), "commune_servant": (1_030, 455, 930, 412)}
_QUALIFICATION = {"below_secondary": 12, "secondary": 240, "university": 730, "postgraduate": 18}
_THEORY = {"theory_basic": 250, "theory_intermediate": 680, "theory_advanced": 70}


def answers_of(code: str) -> dict[str, object]:
    """The two rows of a commune and its annex by ethnic group."""
    rows = {row: _rows()[row][code] for row in _TOTALS}
    minority = sum(values["minority"] for values in rows.values())
    women = sum(values["minority_women"] for values in rows.values())
    population = figures().population["2024"].groups[code]
    names = [group for group, number in sorted(population.items()) if group != KINH and number]
    persons = split_capped(minority, [population[name] for name in names], [minority] * len(names))
    of_women = split_capped(women, persons, persons)
    return {
        "rows": rows,
        "groups": {
            name: {"commune": number, "commune_women": part}
            for name, number, part in zip(names, persons, of_women, strict=True)
            if number
        },
    }


#: A department's cadres, civil servants and public employees; of these women, minority.
_DEPARTMENTS = {
    "d_sldtbxh": ((1, 0, 1), (46, 19, 33), (118, 71, 92)),
    "d_sgtvt": ((1, 0, 0), (41, 12, 27), (84, 21, 60)),
}


def department_answers(code: str) -> dict[str, object]:
    """The three rows of a department and its annex."""
    rows: dict[str, dict[str, int]] = {}
    names = ("province_cadre", "province_servant", "province_employee")
    for name, (total, women, minority) in zip(names, _DEPARTMENTS[code], strict=True):
        rows[name] = {
            "total": total,
            "women": women,
            "minority": minority,
            "minority_women": women * minority // total,
            "leaders": minority // 5,
            "other_language": minority // 6,
        } | _levels(minority)
    persons = sum(row["minority"] for row in rows.values())
    women = sum(row["minority_women"] for row in rows.values())
    shares = split_capped(persons, [52, 18, 20, 10], [persons] * 4)
    of_women = split_capped(women, shares, shares)
    return {
        "rows": rows,
        "groups": {
            group: {"province": number, "province_women": part}
            for group, number, part in zip(("02", "07", "09", "08"), shares, of_women, strict=True)
        },
    }


@cache
def _rows() -> Mapping[str, Mapping[str, Mapping[str, int]]]:
    return {row: _row(row, totals) for row, totals in _TOTALS.items()}


def _row(row: str, totals: Sequence[int]) -> dict[str, dict[str, int]]:
    codes = [commune.code for commune in figures().communes]
    weights = [900 + hashed(f"{row}|{code}", 200) for code in codes]
    caps = [14] * len(codes)
    total = split_capped(totals[0], weights, caps)
    minority = split_capped(totals[2], total, total)
    women = split_capped(totals[1], weights, total)
    both = [min(a, b) for a, b in zip(women, minority, strict=True)]
    minority_women = split_capped(min(totals[3], sum(both)), both, both)
    found: dict[str, dict[str, int]] = {}
    for at, code in enumerate(codes):
        persons = minority[at]
        found[code] = {
            "total": total[at],
            "women": women[at],
            "minority": persons,
            "minority_women": minority_women[at],
            "leaders": persons * 7 // 10 if row == "commune_cadre" else persons // 10,
            "other_language": persons * (30 + hashed(f"lang|{row}|{code}", 30)) // 100,
        } | _levels(persons)
    return found


def _levels(persons: int) -> dict[str, int]:
    """Qualification and political theory: each adds up to *persons*."""
    found: dict[str, int] = {}
    for parts in (_QUALIFICATION, _THEORY):
        shares = split_capped(persons, list(parts.values()), [persons] * len(parts))
        found |= dict(zip(parts, shares, strict=True))
    return found
