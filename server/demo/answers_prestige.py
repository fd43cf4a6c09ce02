"""Answers of NCUT-01 (persons of prestige): 1,271 by commune and ethnic group, in two years."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from server.demo.apportioning import split_capped
from server.demo.figures import Figures, figures
from server.demo.margins import KINH

_ADDED, _REMOVED = 41, 38
_ROLES = ("role_elder", "role_retired", "role_religious", "role_intellectual", "role_other")
_ROLE_TOTALS = {"2024": (512, 318, 6, 168, 267), "2023": (511, 317, 6, 168, 266)}
_REASONS = {
    "died": 21, "moved": 9, "withdrew": 5, "offence": 1, "incapacity": 1, "lost_prestige": 1,
    "village_merger": 0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Line:
    """Persons of one commune and group."""

    code: str
    group: str
    closing: int
    added: int
    removed: int

    @property
    def opening(self) -> int:
        return self.closing - self.added + self.removed


def answers_of(code: str, year: str) -> dict[str, object]:
    """The answers of a commune for 2024 or 2023."""
    found = figures()
    return {
        "village_count": found.roads[code].villages,
        "rows": _rows(year)[code],
        "reasons": _reasons()[code] if year == "2024" else dict.fromkeys(_REASONS, 0),
    }


@cache
def _lines() -> tuple[_Line, ...]:
    found = figures()
    closing = {code: _over_groups(found, code) for code in found.prestige}
    flat = [
        (code, group, number)
        for code, groups in closing.items()
        for group, number in groups
        if number
    ]
    numbers = [number for _, _, number in flat]
    added = split_capped(_ADDED, numbers, numbers)
    removed = split_capped(_REMOVED, numbers[::-1], numbers)
    return tuple(
        _Line(code, group, number, plus, minus)
        for (code, group, number), plus, minus in zip(flat, added, removed, strict=True)
    )


def _over_groups(found: Figures, code: str) -> list[tuple[str, int]]:
    groups = {
        group: number
        for group, number in sorted(found.population["2024"].groups[code].items())
        if group != KINH and number
    }
    shares = split_capped(found.prestige[code], list(groups.values()), list(groups.values()))
    return list(zip(groups, shares, strict=True))


@cache
def _rows(year: str) -> Mapping[str, Mapping[str, Mapping[str, int]]]:
    lines = _lines()
    now = year == "2024"
    counts = [line.closing if now else line.opening for line in lines]
    women = _by_commune(
        figures().prestige_women, counts, [count // 2 + count % 2 for count in counts]
    )
    villages = _by_commune(figures().prestige_villages, counts, counts)
    roles = _roles(counts, _ROLE_TOTALS[year])
    rows: dict[str, dict[str, dict[str, int]]] = {code: {} for code in figures().prestige}
    for at, line in enumerate(lines):
        rows[line.code][line.group] = {
            "open_count": line.opening,
            "added": line.added if now else 0,
            "removed": line.removed if now else 0,
            "women": min(women[at], counts[at]),
            "party": counts[at] * 3 // 5,
            "trained": counts[at] * 7 // 10,
            "villages": min(villages[at], counts[at]),
        } | {name: roles[kind][at] for kind, name in enumerate(_ROLES)}
    return rows


def _by_commune(totals: Mapping[str, int], counts: Sequence[int], caps: Sequence[int]) -> list[int]:
    """Each commune's total over its lines, in the order of the lines."""
    lines = _lines()
    found: list[int] = []
    for code in dict.fromkeys(line.code for line in lines):
        own = [at for at, line in enumerate(lines) if line.code == code]
        room = [caps[at] for at in own]
        found += split_capped(min(totals[code], sum(room)), [counts[at] for at in own], room)
    return found


def _roles(counts: Sequence[int], totals: Sequence[int]) -> list[list[int]]:
    """Each kind over the lines, so that every line adds up to its persons."""
    left, found = list(counts), []
    for total in totals:
        shares = split_capped(total, left, left)
        left = [rest - share for rest, share in zip(left, shares, strict=True)]
        found.append(shares)
    return found


@cache
def _reasons() -> Mapping[str, Mapping[str, int]]:
    """The 38 reasons handed out in order to the lines that removed somebody."""
    waiting = [reason for reason, count in _REASONS.items() for _ in range(count)]
    found = {code: dict.fromkeys(_REASONS, 0) for code in figures().prestige}
    for line in _lines():
        for _ in range(line.removed):
            found[line.code][waiting.pop(0)] += 1
    return found
