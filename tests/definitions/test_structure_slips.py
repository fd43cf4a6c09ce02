"""One slip in the structure of a shipped form, and it is refused at its line."""

import json

import pytest

from tests.definitions.shipped import FORMS
from tests.definitions.slips import Mutation, as_form, both, drop, put, refused, rename

POPULATION = next(path for path in FORMS if path.parent.name == "population_ethnic")
ROW = ("$defs", "row", "properties")
MALE = (*ROW, "rural_male")
NOTE = ("properties", "note")
SHARE = ("properties", "minority_share")
CHECK = ("x-checks", 0)
REF = ("properties", "rows", "additionalProperties", "$ref")
PLAIN_CELL = {"title": "Ô mới", "type": "integer", "minimum": 0, "maximum": 9}

FORM_MUTATIONS: dict[str, tuple[Mutation, str, str]] = {
    # what: (mutation, code of the refusal, path)
    "unknown keyword at the root": (put("x-colour", value="red"), "unknown-keyword", "/x-colour"),
    "unknown keyword of a cell": (
        put(*MALE, "maxValue", value=5),
        "unknown-keyword",
        "/$defs/row/properties/rural_male/maxValue",
    ),
    "unknown keyword of x-form": (
        put("x-form", "colour", value=1),
        "unknown-keyword",
        "/x-form/colour",
    ),
    "unknown keyword of a check": (
        put(*CHECK, "level", value="error"),
        "unknown-keyword",
        "/x-checks/0/level",
    ),
    "unknown format": (put(*NOTE, "format", value="email"), "value-not-allowed", ""),
    "misspelt type": (put(*MALE, "type", value="interger"), "value-not-allowed", ""),
    "title of a wrong type": (put("title", value=5), "wrong-type", "/title"),
    "missing title": (drop("title"), "missing-keyword", ""),
    "missing x-tests": (drop("x-tests"), "missing-keyword", ""),
    "open object": (put(*("$defs", "row"), "additionalProperties", value=True), "", ""),
    "unknown kind": (put("x-form", "kind", value="letter"), "value-not-allowed", ""),
    "unknown period type": (
        put("x-form", "periodType", value="week"),
        "value-not-allowed",
        "/x-form/periodType",
    ),
    "rule with the code of unusual figures": (
        put(*CHECK, "code", value="outlier"),
        "wrong-value",
        "/x-checks/0/code",
    ),
    "limit of unusual figures without the least count": (
        put("x-form", "outliers", value={"limit": 3.5}),
        "missing-keyword",
        "/x-form/outliers",
    ),
    "unknown severity": (put(*CHECK, "severity", value="fatal"), "value-not-allowed", ""),
    "signed copy that may follow within no time": (
        put("x-form", "signedCopy", value="P"),
        "wrong-form",
        "/x-form/signedCopy",
    ),
    "unknown wish of the signed copy": (
        put("x-form", "signedCopy", value="sometimes"),
        "wrong-form",
        "/x-form/signedCopy",
    ),
    "unknown level in due": (put("x-form", "due", "village", value="P1D"), "unknown-keyword", ""),
    "key __proto__": (
        both(put("properties", "__proto__", value=PLAIN_CELL)),
        "key-not-allowed",
        "/properties/__proto__",
    ),
    "key constructor": (
        put("properties", "constructor", value=PLAIN_CELL),
        "key-not-allowed",
        "/properties/constructor",
    ),
    "key with a capital": (
        rename("properties", "note", to="Note"),
        "key-not-allowed",
        "/properties/Note",
    ),
    "key that is a word of expressions": (
        rename("properties", "note", to="period"),
        "key-not-allowed",
        "/properties/period",
    ),
    "foreign $ref": (
        put(*REF, value="https://example.org/row.json"),
        "wrong-form",
        "/properties/rows/additionalProperties/$ref",
    ),
    "$ref to another file": (put(*REF, value="row.json#/$defs/row"), "wrong-form", ""),
    "dangling $ref": (
        put(*REF, value="#/$defs/line"),
        "unknown-reference",
        "/properties/rows/additionalProperties/$ref",
    ),
    "unanchored pattern": (put(*NOTE, "pattern", value="[a-z]{1,9}"), "wrong-form", ""),
    "pattern with a plus": (put(*NOTE, "pattern", value="^[a-z]+$"), "wrong-form", ""),
    "pattern with nested groups": (
        put(*NOTE, "pattern", value="^(a{1,9}){1,9}$"),
        "wrong-form",
        "",
    ),
    "pattern with look-ahead": (put(*NOTE, "pattern", value="^(?=a)[a-z]{1,5}$"), "wrong-form", ""),
    "pattern with a back-reference": (put(*NOTE, "pattern", value="^(a)\\1$"), "wrong-form", ""),
    "pattern with digits by escape": (put(*NOTE, "pattern", value="^\\d{3}$"), "wrong-form", ""),
    "pattern with a backward range": (
        put(*NOTE, "pattern", value="^[z-a]$"),
        "unsafe-pattern",
        "/properties/note/pattern",
    ),
    "pattern of too many ways": (
        put(*NOTE, "pattern", value="^[a-z]{0,99}[a-z]{0,99}[a-z]{0,99}$"),
        "unsafe-pattern",
        "/properties/note/pattern",
    ),
    "unknown code list of rows": (
        put("properties", "rows", "x-rows", "codelist", value="etnic_group"),
        "unknown-codelist",
        "/properties/rows/x-rows/codelist",
    ),
    "unknown code list of a cell": (
        put(*NOTE, "x-codelist", value="colours"),
        "unknown-codelist",
        "/properties/note/x-codelist",
    ),
    "excluded row that is no code": (
        put("properties", "rows", "x-rows", "exclude", value=["77"]),
        "unknown-row",
        "/properties/rows/x-rows/exclude/0",
    ),
    "unknown indicator": (
        put(*SHARE, "x-indicator", value="9999"),
        "unknown-indicator",
        "/properties/minority_share/x-indicator",
    ),
    "unknown row excluded from an indicator": (
        put(*ROW, "total_male", "x-indicator", "exclude", value=["77"]),
        "unknown-row",
        "/$defs/row/properties/total_male/x-indicator/exclude/0",
    ),
    "unknown dimension": (
        put("properties", "rows", "x-dimension", value="tribe"),
        "unknown-dimension",
        "/properties/rows/x-dimension",
    ),
    "dimension that has not the rows": (
        put("properties", "rows", "x-dimension", value="sex"),
        "unknown-member",
        "/properties/rows/x-dimension",
    ),
    "unknown dimension of a member": (
        put(*ROW, "total_male", "x-member", value={"gender": "male"}),
        "unknown-dimension",
        "/$defs/row/properties/total_male/x-member/gender",
    ),
    "unknown member": (
        put(*ROW, "total_male", "x-member", "sex", value="man"),
        "unknown-member",
        "/$defs/row/properties/total_male/x-member/sex",
    ),
    "member without a dimension": (
        put("properties", "police_total", "x-member", value="male"),
        "member-without-dimension",
        "/properties/police_total/x-member",
    ),
    "unknown workflow": (
        put("x-form", "workflow", "commune", value="comune_province"),
        "unknown-workflow",
        "/x-form/workflow/commune",
    ),
    "unknown owner": (put("x-form", "owner", value="d_xxx"), "unknown-unit", "/x-form/owner"),
    "unknown unit in the assignment": (
        put("x-form", "assignedTo", "units", value=["d_nobody"]),
        "unknown-unit",
        "/x-form/assignedTo/units/0",
    ),
    "unknown owner of a cell": (
        put(*NOTE, "x-owner", value="d_nobody"),
        "unknown-unit",
        "/properties/note/x-owner",
    ),
    "unknown form to consolidate": (
        put("x-form", "consolidates", value="nothing"),
        "unknown-form",
        "/x-form/consolidates",
    ),
    "misspelt duration": (put("x-form", "due", "commune", value="15 days"), "wrong-form", ""),
    "duration with nothing in it": (put("x-form", "closes", value="P1M2"), "wrong-form", ""),
    "duration of no parts": (put("x-form", "closes", value="-P"), "", ""),
    "required names no property": (
        put("required", value=["rows", "row_s"]),
        "required-unknown",
        "/required/1",
    ),
    "required names a calculated cell": (
        put("required", value=["minority_share"]),
        "required-is-calculated",
        "/required/0",
    ),
    "required names a calculated line": (
        put("required", value=["total"]),
        "required-is-calculated",
        "/required/0",
    ),
    "required column is calculated": (
        put("$defs", "row", "required", value=["urban"]),
        "required-is-calculated",
        "/$defs/row/required/0",
    ),
    "required column is unknown": (
        put("$defs", "row", "required", value=["urban_men"]),
        "required-unknown",
        "/$defs/row/required/0",
    ),
    "limits crossed": (
        put(*MALE, "minimum", value=99999999),
        "limits-crossed",
        "/$defs/row/properties/rural_male/minimum",
    ),
    "rows of too many digits": (
        put(*MALE, "maximum", value=999999999999999),
        "too-many-digits",
        "/$defs/row/properties/rural_male",
    ),
    "rows without a limit": (drop(*MALE, "maximum"), "too-many-digits", ""),
    "nested object in a row": (
        put(*ROW, "more", value={"title": "x", "type": "object", "properties": {}}),
        "value-not-allowed",
        "",
    ),
}


@pytest.mark.parametrize("what", FORM_MUTATIONS)
def test_a_form_with_one_slip_is_refused_at_its_line(what):
    mutate, code, path = FORM_MUTATIONS[what]
    document = json.loads(POPULATION.read_text(encoding="utf-8"))

    mutate(document)

    refused(json.dumps(document, ensure_ascii=False, indent=2), as_form, code, path)
