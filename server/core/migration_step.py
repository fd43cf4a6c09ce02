"""The steps of ``x-migrate``, and what each does to one value.

Where a value goes by all of them together is ``answer_migration``.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from server.core.form import Form
from server.core.json_text import tokens
from server.core.shape import mapping, sequence, strings

EVERY: Final = "*"
#: Stands for any line of a roster where a place is looked up.
ANY_ROW: Final = "every"


@dataclass(frozen=True, slots=True)
class Step:
    """One declared step; ``sources`` and ``targets`` are the same for what stays in its place."""

    op: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    values: Mapping[str, str] = field(default_factory=dict)
    factor: Decimal = Decimal(1)
    value: object = None
    shares: tuple[Decimal, ...] = ()  # of a split: what each target gets of a number
    separator: str = ""  # of a split: where a text is cut

    @property
    def parts(self) -> bool:
        """Whether a split says what goes to which target; else all goes to the first."""
        return bool(self.shares or self.separator)


def declared_from(form: Form) -> int | None:
    """The version of which ``x-migrate`` takes reports along; None when it takes none."""
    declared = mapping(form.document.get("x-migrate", {}))
    return int(str(declared["from"])) if declared else None


def steps_of(form: Form) -> tuple[Step, ...]:
    """The declared steps, in order."""
    declared = mapping(form.document.get("x-migrate", {}))
    return tuple(_step(mapping(one)) for one in sequence(declared.get("steps", ())))


def bound(source: str, at: tuple[str, ...]) -> tuple[str, tuple[str, ...]] | None:
    """The line that ``*`` means and what follows, where *source* is the place or stands above."""
    parts = tokens(source)
    if len(parts) > len(at):
        return None
    row = ""
    for one, other in zip(parts, at, strict=False):
        if one == EVERY:
            row = other
        elif one != other:
            return None
    return row, at[len(parts) :]


def leads_to(target: str, at: tuple[str, ...]) -> bool:
    """Whether a declared place is the one at *at*, or stands above it."""
    return bound(target, at) is not None


def converted(steps: Iterable[Step], value: object, decimals: int | None) -> object:
    """The value as it is written in the newer version."""
    for step in steps:
        if step.op == "recode":
            value = step.values.get(str(value), value)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            exact = Decimal(str(value)) * step.factor
            unit = Decimal(1).scaleb(-(decimals or 0))
            value = _plain(exact.quantize(unit, ROUND_HALF_UP))
    return value


def shared_out(
    value: float, shares: Sequence[Decimal], decimals: Sequence[int | None]
) -> list[float]:
    """A number in parts that add up to it: rounded half up, the last one takes what is left.

    >>> shared_out(11, [Decimal("0.5"), Decimal("0.5")], [0, 0])
    [6, 5]
    """
    left = Decimal(str(value))
    found: list[float] = []
    for share, places in zip(shares[:-1], decimals, strict=False):
        unit = Decimal(1).scaleb(-(places or 0))
        part = (Decimal(str(value)) * share).quantize(unit, ROUND_HALF_UP)
        found.append(_plain(part))
        left -= part
    return [*found, _plain(left)]


def _plain(number: Decimal) -> float:
    whole = number == number.to_integral_value()
    return int(number) if whole else float(number)


def together(values: list[Any]) -> object:
    """Several values in one place: numbers are added up, texts stand behind one another."""
    if all(isinstance(one, int | float) and not isinstance(one, bool) for one in values):
        total = sum((Decimal(str(one)) for one in values), Decimal())
        return int(total) if total == total.to_integral_value() else float(total)
    if all(isinstance(one, bool) for one in values):
        return any(values)
    return "; ".join(str(one) for one in values)


def _step(declared: Mapping[str, object]) -> Step:
    op = str(declared["op"])
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    if "path" in declared:
        sources = targets = (str(declared["path"]),)
    else:
        sources, targets = _pointers(declared["from"]), _pointers(declared["to"])
    values = {key: str(value) for key, value in mapping(declared.get("values", {})).items()}
    factor = Decimal(str(declared.get("factor", 1)))
    shares = tuple(Decimal(str(one)) for one in sequence(declared.get("shares", ())))
    separator = str(declared.get("separator", ""))
    return Step(op, sources, targets, values, factor, declared.get("value"), shares, separator)


def _pointers(declared: object) -> tuple[str, ...]:
    return (declared,) if isinstance(declared, str) else strings(declared)
