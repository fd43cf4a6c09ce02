"""One slip in what a survey says about its sheets as a set, and it is refused at its line."""

import copy
import json

import pytest

from tests.definitions.shipped import FORMS
from tests.definitions.slips import Mutation, as_form, both, drop, put, refused

HOUSEHOLD = next(path for path in FORMS if path.parent.name == "household_sheet")
REPORT = next(path for path in FORMS if path.parent.name == "commune_sheet")
COUNT = ("x-feeds", 0)  # lines of the roster, by sex
SUM = ("x-feeds", 1)  # buffaloes, by kind of animal
TALLY = ("x-tally", 0)

MUTATIONS: dict[str, tuple[Mutation, str, str]] = {
    # what: (mutation, code of the refusal, path)
    "sameness by no cell": (
        put("x-unique", 0, 0, value="/hamlet"),
        "path-unknown",
        "/x-unique/0/0",
    ),
    "sameness by a cell of a roster": (
        put("x-unique", 0, 1, value="/members/name"),
        "path-unknown",
        "/x-unique/0/1",
    ),
    "sameness by a calculated cell": (
        put("x-unique", 0, 1, value="/persons"),
        "path-unknown",
        "/x-unique/0/1",
    ),
    "sameness by nothing": (put("x-unique", 0, value=[]), "wrong-value", "/x-unique/0"),
    "kind of sheet by an unknown name": (
        put(*TALLY, "where", value="outcome == 1"),
        "expression-unknown",
        "/x-tally/0/where",
    ),
    "kind of sheet by a number": (
        put(*TALLY, "where", value="household_no"),
        "expression-wrong-type",
        "/x-tally/0/where",
    ),
    "kind of sheet that cannot be read": (
        put(*TALLY, "where", value="result =="),
        "expression-invalid",
        "/x-tally/0/where",
    ),
    "kind of sheet named twice": (
        put("x-tally", 1, "code", value="done"),
        "duplicate-code",
        "/x-tally/1/code",
    ),
    "unknown indicator": (
        put(*COUNT, "indicator", value="9999"),
        "unknown-indicator",
        "/x-feeds/0/indicator",
    ),
    "lines of no roster": (put(*COUNT, "each", value="/people"), "each-unknown", "/x-feeds/0/each"),
    "lines of a single group": (
        put(*COUNT, "each", value="/assets"),
        "each-unknown",
        "/x-feeds/0/each",
    ),
    "condition on the line outside of it": (
        both(drop(*COUNT, "each"), put(*COUNT, "dimensions", value={})),
        "expression-unknown",
        "/x-feeds/0/where",
    ),
    "condition on the period before": (
        put(*COUNT, "where", value='prev("/household_no") > 0'),
        "expression-unknown",
        "/x-feeds/0/where",
    ),
    "sum of nothing": (drop(*SUM, "value"), "feed-value", "/x-feeds/1/op"),
    "count of a value": (put(*SUM, "op", value="count"), "feed-value", "/x-feeds/1/op"),
    "sum of texts": (put(*SUM, "value", value="/village"), "feed-value", "/x-feeds/1/value"),
    "sum of an unknown cell": (
        put(*SUM, "value", value="/cows"),
        "path-unknown",
        "/x-feeds/1/value",
    ),
    "sum of many lines": (
        put(*SUM, "value", value="/members/age"),
        "path-unknown",
        "/x-feeds/1/value",
    ),
    "unknown dimension": (
        put(*SUM, "dimensions", "colour", value="red"),
        "unknown-dimension",
        "/x-feeds/1/dimensions/colour",
    ),
    "unknown member": (
        put(*SUM, "dimensions", "animal_kind", value="horse"),
        "unknown-member",
        "/x-feeds/1/dimensions/animal_kind",
    ),
    "cell that holds no members": (
        put(*SUM, "dimensions", "animal_kind", value="/tenure"),
        "unknown-member",
        "/x-feeds/1/dimensions/animal_kind",
    ),
    "unknown operation": (put(*SUM, "op", value="mean"), "value-not-allowed", "/x-feeds/1/op"),
    "test that expects another figure": (
        put("x-tests", 0, "feeds", 0, "value", value=7),
        "test-failed",
        "/x-tests/0/feeds",
    ),
    "carried over from a calculated cell": (
        put("properties", "persons", "x-carry", value=True),
        "survey-only",
        "/properties/persons/x-carry",
    ),
    "carried over inside a roster": (
        put("$defs", "member", "properties", "age", "x-carry", value=True),
        "survey-only",
        "/$defs/member/properties/age/x-carry",
    ),
}


@pytest.mark.parametrize("what", MUTATIONS)
def test_a_survey_with_one_slip_is_refused_at_its_line(what):
    mutate, code, path = MUTATIONS[what]
    document = json.loads(HOUSEHOLD.read_text(encoding="utf-8"))

    mutate(document)

    refused(json.dumps(document, ensure_ascii=False, indent=2), as_form, code, path)


@pytest.mark.parametrize("keyword", ["x-unique", "x-tally", "x-feeds"])
def test_keywords_of_surveys_stand_in_surveys_only(keyword):
    survey = json.loads(HOUSEHOLD.read_text(encoding="utf-8"))
    document = json.loads(REPORT.read_text(encoding="utf-8"))
    document[keyword] = copy.deepcopy(survey[keyword])

    text = json.dumps(document, ensure_ascii=False, indent=2)

    refused(text, as_form, "survey-only", f"/{keyword}")
