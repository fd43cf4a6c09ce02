"""What a change of the form divided in a report, as a sentence for whoever fills it.

A number that was shared out by a rule is a guess, however good: somebody who knows must look.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from server.core.answer_migration import Migrated, Outcome, Route
from server.core.definition_impact import field_title, template
from server.core.form import Form
from server.core.migration_step import Step


@dataclass(frozen=True, slots=True)
class Divided:
    """One field of a report that was divided: its first cell now, and what to say there."""

    path: str
    text: str


def divided(route: Route, found: Migrated) -> tuple[Divided, ...]:
    """One sentence for each declared division that touched values of the report."""
    first: dict[tuple[str, ...], tuple[Step, str, str]] = {}
    cells: Counter[tuple[str, ...]] = Counter()
    for fate in found.fates:
        if fate.split is None or fate.outcome is Outcome.ORPHANED or not fate.parts:
            continue
        source = template(route.older, fate.source)
        first.setdefault(fate.split.targets, (fate.split, fate.parts[0][0], source))
        cells[fate.split.targets] += 1
    return tuple(
        Divided(path, _said(route, step, source, cells[step.targets]))
        for step, path, source in first.values()
    )


def places_said(form: Form, step: Step) -> str:
    """Where the parts of a division go: ``“A” 60 %, “B” 40 %``."""
    titles = [f"“{field_title(form, place)}”" for place in step.targets]
    if not step.shares:
        return ", ".join(titles)
    pairs = zip(titles, step.shares, strict=True)
    return ", ".join(f"{one} {share_said(share)}" for one, share in pairs)


def share_said(share: Decimal) -> str:
    """A share in percent, as it is written here.

    >>> share_said(Decimal("0.125"))
    '12,5 %'
    """
    percent = (share * 100).normalize()
    return f"{percent:f}".replace(".", ",") + " %"


def _said(route: Route, step: Step, source: str, cells: int) -> str:
    was, places = field_title(route.older, source), places_said(route.newer, step)
    if step.shares:
        how = "Số đã nhập được chia theo tỷ lệ đó"
    elif step.separator:
        how = f"Nội dung đã nhập được cắt ở “{step.separator}”"
    else:
        how = f"Nội dung đã nhập nằm cả ở “{_first(route.newer, step.targets)}”"
    return (
        f"Từ phiên bản {route.newer.version}, “{was}” tách thành {places}. "
        f"{how} ({cells} ô). Đề nghị kiểm tra lại."
    )


def _first(form: Form, targets: Sequence[str]) -> str:
    return field_title(form, targets[0])
