"""The catalogue of indicators as the text of a draft: read back, compared, merged, checked."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.definition_merging import merged
from server.core.indicator import FormerOwners, Indicator
from server.core.indicator_edition import changes_between, check_edition, indicators_of, text_of
from server.services.definitions import read_indicators
from tests.definitions.shipped import ROOT

_PATH = ROOT / "form_definitions/_indicators/indicators.json"
SHIPPED = read_indicators(json.loads(_PATH.read_text("utf-8")))
FORMER = FormerOwners(("Cục Thống kê",), ("d_ctk",), "", "2026-06-30")


def with_first(**fields: object) -> tuple[Indicator, ...]:
    return (replace(SHIPPED[0], **fields), *SHIPPED[1:])  # type: ignore[arg-type]


@given(
    st.text(max_size=20),
    st.sampled_from(["", "2026-07-01"]),
    st.sampled_from([(), (FORMER,)]),
)
def test_a_text_is_read_as_the_very_indicators(
    title: str, day: str, former: tuple[FormerOwners, ...]
) -> None:
    indicators = with_first(title=title, owners_from=day, former_owners=former)[:3]

    assert indicators_of(text_of(indicators)) == indicators
    assert text_of(indicators_of(text_of(indicators))) == text_of(indicators)


def test_what_the_sheet_does_not_show_is_a_change_all_the_same() -> None:
    [change] = changes_between(SHIPPED, with_first(definition_en="Another meaning"))

    assert (change.kind, change.code, change.row) == ("changed", SHIPPED[0].code, 0)
    assert change.fields == (("definition_en", SHIPPED[0].definition_en, "Another meaning"),)


def test_two_proposals_from_one_edition_are_put_together_field_by_field() -> None:
    mine = json.loads(text_of(with_first(title="Của tôi", ministry_code="T1")))
    theirs = json.loads(text_of(with_first(title="Của tệp", source="Nguồn khác")))

    together, conflicts = merged(json.loads(text_of(SHIPPED)), mine, theirs)

    first = indicators_of(json.dumps(together))[0]
    assert (first.title, first.ministry_code, first.source) == ("Của tôi", "T1", "Nguồn khác")
    assert conflicts == [f"/indicators/{SHIPPED[0].code}/title"]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (text_of(SHIPPED), []),
        ("{}", ["indicators-unreadable"]),
        ("no json", ["indicators-unreadable"]),
        (text_of(SHIPPED[1:]), ["indicator-missing"]),
        (
            text_of(with_first(valid_from="2026-01-01", valid_to="2025-12-31")),
            ["indicator-ends-before"],
        ),
        (
            text_of(with_first(owners_from="2026-06-30", former_owners=(FORMER,))),
            ["indicator-owners"],
        ),
    ],
)
def test_what_two_drafts_put_together_may_get_wrong_is_refused(text: str, codes: list[str]) -> None:
    assert [one.code for one in check_edition(text, SHIPPED)] == codes
