"""Poor and near-poor households of the communes through the year's review."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from server.demo.apportioning import hashed, split_capped
from server.demo.communes import Commune


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
class Review:
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
        """*flow* is opening, escaped, relapsed and arisen; *minority* opening and closing."""
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
