"""Answers of HDND-K (commune councils 2021-2026): 2,120 delegates by commune and ethnic group."""

from collections.abc import Mapping, Sequence
from functools import cache

from server.demo.apportioning import hashed, split_capped
from server.demo.figures import figures
from server.demo.margins import TAY

_SEATS, _ELECTED = 2_148, 2_120
#: From the smallest group to the largest; Tày takes the rest.
_GROUPS = {"06": 1, "04": 3, "15": 8, "08": 125, "01": 190, "07": 218, "09": 340}
_OF_WHOM = {"women": 598, "non_party": 330, "young": 690}
_PARTS = (
    (("postgraduate", 25), ("university", 1_010), ("below_university", 1_085)),
    (("reelected", 905), ("first_time", 1_215)),
)


def answers_of(code: str) -> dict[str, object]:
    return {
        "level": "commune",
        "election_on": "2021-05-23",
        "seats": _by_commune()[code][1],
        "rows": _rows()[code],
    }


@cache
def _by_commune() -> Mapping[str, tuple[int, int]]:
    """Delegates elected and seats, by commune."""
    codes = [commune.code for commune in figures().communes]
    weights = [900 + hashed(f"council|{code}", 300) for code in codes]
    elected = split_capped(_ELECTED, weights, [26] * len(codes))
    vacant = split_capped(
        _SEATS - _ELECTED, [hashed(f"vacant|{code}") for code in codes], [1] * 108
    )
    return {
        code: (number, number + empty)
        for code, number, empty in zip(codes, elected, vacant, strict=True)
    }


@cache
def _rows() -> Mapping[str, Mapping[str, Mapping[str, int]]]:
    lines = _lines()
    counts = [number for _, _, number in lines]
    columns: dict[str, list[int]] = {"total": counts}
    for name, total in _OF_WHOM.items():
        columns[name] = split_capped(total, _scattered(counts, name), counts)
    for parts in _PARTS:
        left: Sequence[int] = counts
        for name, total in parts:
            columns[name] = split_capped(total, _scattered(left, name), left)
            left = [rest - share for rest, share in zip(left, columns[name], strict=True)]
    rows: dict[str, dict[str, dict[str, int]]] = {}
    for at, (code, group, _) in enumerate(lines):
        rows.setdefault(code, {})[group] = {name: values[at] for name, values in columns.items()}
    return rows


def _lines() -> list[tuple[str, str, int]]:
    people = figures().population["2024"].groups
    left = {code: elected for code, (elected, _) in _by_commune().items()}
    found: list[tuple[str, str, int]] = []
    for group, total in _GROUPS.items():
        weights = [people[code][group] * number for code, number in left.items()]
        caps = [
            min(number, people[code][group]) * 4 // 5 + (people[code][group] > 0)
            for code, number in left.items()
        ]
        room = [min(cap, number) for cap, number in zip(caps, left.values(), strict=True)]
        shares = split_capped(total, weights, room)
        for code, share in zip(list(left), shares, strict=True):
            left[code] -= share
            if share:
                found.append((code, group, share))
    found += [(code, TAY, number) for code, number in left.items() if number]
    return sorted(found)


def _scattered(counts: Sequence[int], name: str) -> list[int]:
    return [count * (500 + hashed(f"{name}|{at}", 1001)) for at, count in enumerate(counts)]
