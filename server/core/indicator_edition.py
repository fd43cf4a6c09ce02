"""The catalogue of indicators as the text of a draft: read, written, and what one changes.

An edition is drafted and reviewed as a whole, as forms are; its text has the indicators by code, so
that two drafts from one edition can be put together entry by entry.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from server.core.indicator import FormerOwners, Indicator, Measure
from server.core.indicator_changes import RowChange, change_of
from server.core.refusal import Refusal

#: There is one catalogue: its drafts and events stand under this code.
WHOLE_CATALOGUE: Final = "all"
TITLE: Final = "Danh mục chỉ tiêu thống kê"
_TUPLES: Final = ("dimensions", "owners", "owner_units")


def text_of(indicators: Sequence[Indicator]) -> str:
    """The catalogue as the text of a draft; the same entries give the same text."""
    ordered = sorted(indicators, key=lambda one: one.code)
    entries = {one.code: asdict(one) for one in ordered}
    return json.dumps({"title": TITLE, "indicators": entries}, ensure_ascii=False, indent=1)


def indicators_of(text: str) -> tuple[Indicator, ...]:
    """What ``text_of`` wrote, by code; empty for an empty text."""
    entries = json.loads(text)["indicators"] if text else {}
    return tuple(indicator_of(entries[code]) for code in sorted(entries))


def indicator_of(document: Mapping[str, Any]) -> Indicator:
    """An indicator from its stored entry; one from before a field was known lacks it."""
    known = {**document, **{name: tuple(document[name]) for name in _TUPLES}}
    known["measures"] = tuple(Measure(**measure) for measure in document["measures"])
    known["former_owners"] = tuple(
        FormerOwners(
            tuple(one["owners"]), tuple(one["owner_units"]), one["valid_from"], one["valid_to"]
        )
        for one in document.get("former_owners", ())
    )
    return Indicator(**known)


def changes_between(
    before: Sequence[Indicator], after: Sequence[Indicator]
) -> tuple[RowChange, ...]:
    """What became of each indicator, by code."""
    old = {one.code: one for one in before}
    found = (
        change_of(0, old.get(one.code), one)
        for one in sorted(after, key=lambda indicator: indicator.code)
    )
    return tuple(one for one in found if one is not None)


def check_edition(text: str, before: Sequence[Indicator]) -> list[Refusal]:
    """What speaks against an edition after *before*: two drafts put together may not agree."""
    try:
        listed = {one.code: one for one in indicators_of(text)}
    except (ValueError, KeyError, TypeError):
        return [Refusal(1, "", "indicators-unreadable", "the text is no catalogue of indicators")]
    found = []
    for code in sorted({one.code for one in before} - listed.keys()):
        facts = {"code": code}
        found.append(Refusal(1, "", "indicator-missing", f"{code} is missing", facts=facts))
    for code, one in listed.items():
        facts = {"code": code}
        if one.valid_from and one.valid_to and one.valid_from > one.valid_to:
            message = f"{code} ends before it begins"
            found.append(Refusal(1, "", "indicator-ends-before", message, facts=facts))
        if not one.owners_in_order:
            message = f"the owners of {code} overlap"
            found.append(Refusal(1, "", "indicator-owners", message, facts=facts))
    return found
