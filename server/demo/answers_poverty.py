"""Answers of NGHEO-02 (near-poor households): 2024 by the story, 2023 so that it closes there."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

from server.demo.apportioning import split_capped
from server.demo.communes import Commune
from server.demo.figures import Figures

#: Households at the end of 2023 for a thousand at the end of 2024.
_HOUSEHOLDS_BEFORE = 994


def answers_of(found: Figures, commune: Commune, *, arisen_more: int = 0) -> dict[str, object]:
    """The review of 2024; *arisen_more* makes the mistake of a first sending."""
    near = found.near_poor[commune.code]
    before = before_of(found, commune)
    values: dict[str, int] = {
        "hh_total": found.households[commune.code],
        "hh_dtts": found.minority_households[commune.code],
        "open_count": near.opening,
        "open_dtts": near.opening_minority,
        "escaped": near.escaped,
        "relapsed": near.relapsed,
        "arisen": near.arisen + arisen_more,
        "close_dtts": near.closing_minority,
    }
    rates = {
        "open_rate": rate(near.opening, before["hh_total"]),
        "open_dtts_rate": rate(near.opening_minority, before["hh_dtts"]),
    }
    return {
        "commune": values | rates,
        "villages": _villages(found, commune, values),
        "decision": _decision(commune, 2024),
    }


def answers_before(found: Figures, commune: Commune, back: int = 0) -> dict[str, object]:
    """The review of 2023 (or *back* years before): it closes as the next year opens."""
    values = before_of(found, commune, back)
    rates = {
        "open_rate": rate(values["open_count"], values["hh_total"]),
        "open_dtts_rate": rate(values["open_dtts"], values["hh_dtts"]),
    }
    return {"commune": values | rates, "decision": _decision(commune, 2023 - back)}


def before_of(found: Figures, commune: Commune, back: int = 0) -> dict[str, int]:
    """The typed whole numbers of 2023, or of *back* years before."""
    if back:
        after = before_of(found, commune, back - 1)
        closing, closing_minority = after["open_count"], after["open_dtts"]
    else:
        closing = found.near_poor[commune.code].opening
        closing_minority = found.near_poor[commune.code].opening_minority
    escaped, arisen = closing * 3 // 20, closing // 10
    opening = closing + escaped - arisen
    households = found.households[commune.code] * _HOUSEHOLDS_BEFORE // 1000
    minority = found.minority_households[commune.code] * _HOUSEHOLDS_BEFORE // 1000
    return {
        "hh_total": max(households, closing),
        "hh_dtts": min(max(minority, closing_minority), max(households, closing)),
        "open_count": opening,
        "open_dtts": opening * closing_minority // closing if closing else 0,
        "escaped": escaped,
        "relapsed": 0,
        "arisen": arisen,
        "close_dtts": closing_minority,
    }


def _villages(
    found: Figures, commune: Commune, values: Mapping[str, int]
) -> list[dict[str, object]]:
    """The commune's figures shared out over its villages, so that they add up again."""
    count = found.roads[commune.code].villages
    weights = [100 + at * 37 % 60 for at in range(count)]
    households = split_capped(values["hh_total"], weights, [values["hh_total"]] * count)
    minority = split_capped(values["hh_dtts"], households, households)
    opening = split_capped(values["open_count"], minority, households)
    escaped = split_capped(values["escaped"], opening, opening)
    relapsed = split_capped(values["relapsed"], weights[::-1], households)
    arisen = split_capped(values["arisen"], households, households)
    closing = [a - b + c + d for a, b, c, d in zip(opening, escaped, relapsed, arisen, strict=True)]
    columns = {
        "hh_total": households,
        "hh_dtts": minority,
        "open_count": opening,
        "open_dtts": split_capped(values["open_dtts"], opening, opening),
        "escaped": escaped,
        "relapsed": relapsed,
        "arisen": arisen,
        "close_dtts": split_capped(values["close_dtts"], closing, closing),
    }
    kind = "Thôn" if commune.rural else "Tổ"
    return [
        {"_id": f"v{at + 1:02}", "name": f"{kind} {at + 1}"}
        | {name: numbers[at] for name, numbers in columns.items()}
        for at in range(count)
    ]


def rate(part: int, whole: int) -> float:
    share = Decimal(part * 100) / Decimal(whole)
    return float(share.quantize(Decimal("0.01"), ROUND_HALF_UP))


def _decision(commune: Commune, year: int) -> str:
    return f"Quyết định số {100 + int(commune.code) % 300}/QĐ-UBND ngày 05/12/{year}"
