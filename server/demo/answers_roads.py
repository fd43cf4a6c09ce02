"""Answers of 04.N (villages with a road), from the commune's own village list."""

from collections.abc import Sequence

from server.core.org_unit import Village
from server.demo.apportioning import hashed

_NO_ROAD = "none"


def answers_of(code: str, villages: Sequence[Village]) -> dict[str, object]:
    """One line for each village; year and length only where there is a road."""
    lines: list[dict[str, object]] = []
    for village in villages:
        line: dict[str, object] = {
            "_id": f"v{village.number:02}",
            "name": village.name,
            "kind": village.kind,
            "extremely_poor": village.extremely_poor,
            "road": village.road,
        }
        if village.road != _NO_ROAD:
            key = f"{code}|{village.number}"
            line["year"] = 2012 + hashed(f"year|{key}", 13)
            line["length_km"] = (4 + hashed(f"km|{key}", 52)) / 10
        lines.append(line)
    return {"village_list": lines}
