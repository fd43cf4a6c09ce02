"""What a reminder is claimed by besides its report: the step, for which due date, for which part.

A step of a due date that a second letter set is another one than the same step of the day before:
``D-1`` was sent for the first date, ``D-1/2`` is sent for the second. Of a part (``@owner``) its
owner is reminded, of the report itself its unit.
"""

import re
from dataclasses import dataclass

_TEXT = re.compile(r"(?P<step>[^/@]+)(?:/(?P<edition>[0-9]{1,4}))?(?:@(?P<part>.+))?")


@dataclass(frozen=True, slots=True)
class Claim:
    """One step, the number of the due date that it counts from, and the key of a part."""

    step: str
    edition: int = 1
    part: str = ""

    def __str__(self) -> str:
        edition = f"/{self.edition}" if self.edition > 1 else ""
        return f"{self.step}{edition}{'@' if self.part else ''}{self.part}"

    @classmethod
    def read(cls, text: str) -> "Claim":
        """The claim of a text; what no claim of ours looks like is a step as it stands.

        >>> [Claim.read(one) for one in ("D-7", "D+1/2", "D-1@so_y_te", "D-1/3@so_y_te")][1:]
        ... # doctest: +NORMALIZE_WHITESPACE
        [Claim(step='D+1', edition=2, part=''), Claim(step='D-1', edition=1, part='so_y_te'),
         Claim(step='D-1', edition=3, part='so_y_te')]
        """
        found = _TEXT.fullmatch(text)
        if found is None:
            return cls(text)
        return cls(found["step"], int(found["edition"] or 1), found["part"] or "")
