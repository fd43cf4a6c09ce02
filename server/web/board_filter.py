"""What is chosen on the progress pages: read from the address, so that Back and a kept link show
the same again.
"""

from dataclasses import dataclass
from typing import Any, Final

from flask import request, url_for

from server.core.obligation import ObligationState, Round
from server.core.org_unit import Level
from server.services.board import BoardFilter
from server.web.group_choice import groups_of_reader
from server.web.language import gettext as _
from server.web.session import current_actor, services

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
        kept = {name: value for name, value in values.items() if value}
        if not set(kept).intersection(_NAMES):
            kept["period"] = ""  # every period, which an address without any choice does not mean
        return url_for(endpoint, **kept)

    @property
    def narrowed(self) -> bool:
        """Whether more than a form and a period is chosen."""
        return any(self.given.get(name) for name in _NAMES[2:])


def chosen_filter() -> Chosen:
    """The choices of this request; without any, the period whose reports were asked for last.

    A field that was left empty is a choice: ``period=`` is every period.
    """
    given = {name: request.args.get(name, "") for name in _NAMES}
    given = {name: value for name, value in given.items() if value}
    if not given and not any(name in request.args for name in _NAMES):
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
    """The period of the round that opened last and asks something of the reader's units."""
    asked = dict.fromkeys(one.period for one in opened_rounds())
    return next((period for period in asked if _is_owed(period)), None)


def usual_form_and_period() -> tuple[str | None, str | None]:
    """The form and the period of the round that opened last and asks it of the reader's units."""
    for one in opened_rounds():
        for form in one.forms:
            if _is_owed(one.period, form):
                return form, one.period
    return None, None


def opened_rounds() -> list[Round]:
    """The rounds that have opened by today, the latest first."""
    today = services().clock.today()
    opened = [one for one in services().obligations.rounds() if one.opens_on <= today]
    return sorted(opened, key=lambda one: (one.opens_on, one.code), reverse=True)


def _is_owed(period: str, form: str | None = None) -> bool:
    found = services().obligations.list_(current_actor(), form=form, period=period, limit=1)
    return bool(found.items)


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
