"""What is chosen on the progress pages: read from the address, so that Back and a kept link show
the same again.
"""

from dataclasses import dataclass
from typing import Any, Final

from flask import request, url_for

from server.core.obligation import ObligationState
from server.core.org_unit import Level
from server.services.board import BoardFilter
from server.web.group_choice import groups_of_reader
from server.web.language import gettext as _
from server.web.session import services

_NAMES: Final = ("form", "period", "round", "level", "unit", "group", "state", "late")
_LATE_CLASSES: Final = (1, 5, 10)
_MOST_DIGITS: Final = 4


@dataclass(frozen=True, slots=True)
class Chosen:
    """The choices as they stand in the address, and what they mean."""

    given: dict[str, str]
    filter: BoardFilter

    def __getitem__(self, name: str) -> str:
        return self.given.get(name, "")

    def address(self, endpoint: str, **changes: str | None) -> str:
        """The same choices on *endpoint* but for *changes*; an empty one is left out."""
        values: dict[str, Any] = {**self.given, **changes}
        return url_for(endpoint, **{name: value for name, value in values.items() if value})

    @property
    def narrowed(self) -> bool:
        """Whether more than a form and a period is chosen."""
        return any(self.given.get(name) for name in _NAMES[2:])


def chosen_filter() -> Chosen:
    """The choices of this request; without any, the period whose reports were asked for last."""
    given = {name: request.args.get(name, "") for name in _NAMES}
    given = {name: value for name, value in given.items() if value}
    if not given:
        period = usual_period()
        given = {"period": period} if period else {}
    late = given.get("late", "")
    least = int(late) if late.isascii() and late.isdigit() and len(late) <= _MOST_DIGITS else 0
    return Chosen(
        given,
        BoardFilter(
            form=given.get("form"),
            period=given.get("period"),
            round=given.get("round"),
            level=Level(given["level"]) if given.get("level") in set(Level) else None,
            place=given.get("unit"),
            units=groups_of_reader().units(given.get("group", "")),
            state=(
                ObligationState(given["state"])
                if given.get("state") in set(ObligationState)
                else None
            ),
            least_late=least,
        ),
    )


def usual_period() -> str | None:
    """The period of the round that opened last."""
    today = services().clock.today()
    opened = [one for one in services().obligations.rounds() if one.opens_on <= today]
    return max(opened, key=lambda one: (one.opens_on, one.code)).period if opened else None


def round_choices(period: str | None) -> list[tuple[str, str]]:
    """The rounds of a period, or all."""
    rounds = services().obligations.rounds()
    return [(one.id, one.title) for one in rounds if period in (None, one.period)]


def level_choices() -> list[tuple[str, str]]:
    return [
        (str(Level.COMMUNE), _("Xã, phường, thị trấn")),
        (str(Level.DISTRICT), _("Huyện, thành phố")),
        (str(Level.PROVINCE), _("Tỉnh")),
        (str(Level.DEPARTMENT), _("Sở, ban, ngành")),
    ]


def late_choices() -> list[tuple[str, str]]:
    return [(str(days), _("Chậm từ %(days)s ngày", days=days)) for days in _LATE_CLASSES]
