"""One slip in what a shipped form means, and it is refused at its line."""

import copy
import json

import pytest

from tests.definitions.shipped import FORMS
from tests.definitions.slips import Mutation, add, as_form, both, put, refused

POPULATION = next(path for path in FORMS if path.parent.name == "population_ethnic")
NEAR_POOR = next(path for path in FORMS if path.parent.name == "near_poor")

ROW = ("$defs", "row", "properties")
MALE = (*ROW, "rural_male")
NOTE = ("properties", "note")
SHARE = ("properties", "minority_share")
CHECK = ("x-checks", 0)
REF = ("properties", "rows", "additionalProperties", "$ref")
PLAIN_CELL = {"title": "Ô mới", "type": "integer", "minimum": 0, "maximum": 9}

FORM_MUTATIONS: dict[str, tuple[Mutation, str, str]] = {
    # what: (mutation, code of the refusal, path)
    "broken expression": (
        put(*SHARE, "x-calculate", value="minority.total / / total.total"),
        "expression-invalid",
        "/properties/minority_share/x-calculate",
    ),
    "unknown function": (
        put(*SHARE, "x-calculate", value="eval('1')"),
        "expression-invalid",
        "",
    ),
    "expression on an unknown name": (
        put(*SHARE, "x-calculate", value="minorities.total / total.total"),
        "expression-unknown",
        "/properties/minority_share/x-calculate",
    ),
    "expression on an unknown row": (
        put(*SHARE, "x-calculate", value='rows["77"].total'),
        "expression-unknown",
        "",
    ),
    "expression on a misspelt column": (
        put(*SHARE, "x-calculate", value="sum(rows.map(c, rows[c].totl))"),
        "expression-unknown",
        "",
    ),
    "expression below a cell": (
        put(*SHARE, "x-calculate", value="total.total.sum"),
        "expression-unknown",
        "",
    ),
    "column of a row outside the rows": (
        put(*SHARE, "x-calculate", value="rural_male * 1"),
        "expression-unknown",
        "",
    ),
    "unknown fact of the unit": (
        put(*MALE, "x-relevant", value='unit.name == "x"'),
        "expression-unknown",
        "/$defs/row/properties/rural_male/x-relevant",
    ),
    "unknown cell of the previous report": (
        put(*CHECK, "rule", value='prev("/total/totl") == total.total'),
        "expression-unknown",
        "/x-checks/0/rule",
    ),
    "unknown cell of last year's report": (
        put("x-checks", 1, "rule", value='lastYear("/total/totl") == total.total'),
        "expression-unknown",
        "/x-checks/1/rule",
    ),
    "error that rests on another form": (
        put(*CHECK, "rule", value='other("commune_sheet", "/hh") <= total.total'),
        "rests-elsewhere",
        "/x-checks/0/rule",
    ),
    "rule on a form that nobody installed": (
        put("x-checks", 1, "rule", value='other("commune_shet", "/hh") <= total.total'),
        "unknown-form",
        "/x-checks/1/rule",
    ),
    "rule on a figure that the other form does not have": (
        put("x-checks", 1, "rule", value='other("commune_sheet", "/households") <= total.total'),
        "expression-unknown",
        "/x-checks/1/rule",
    ),
    "rule on itself as another form": (
        put("x-checks", 1, "rule", value='other("population_ethnic", "/police_total") > 1'),
        "other-is-self",
        "/x-checks/1/rule",
    ),
    "unknown placeholder in the explanation": (
        put("x-checks", 1, "explain", value="Không quá {most}."),
        "unknown-placeholder",
        "/x-checks/1/explain",
    ),
    "unknown placeholder in the English way out": (
        put("x-checks", 1, "i18n", "en", "fix", value="Not {most}."),
        "unknown-placeholder",
        "/x-checks/1/i18n/en/fix",
    ),
    "own row of the previous report outside rows": (
        put(*CHECK, "rule", value='prev("total") == total.total'),
        "expression-unknown",
        "",
    ),
    "rule that gives a number": (
        put(
            *CHECK,
            value={"code": "z", "severity": "info", "rule": "total.total + 1", "message": "x"},
        ),
        "expression-wrong-type",
        "/x-checks/0/rule",
    ),
    "calculation that gives a text": (
        put(*SHARE, "x-calculate", value="unit.kind"),
        "expression-wrong-type",
        "/properties/minority_share/x-calculate",
    ),
    "sum of texts and numbers": (
        put(*SHARE, "x-calculate", value="unit.kind + 1"),
        "expression-wrong-type",
        "",
    ),
    "rule on lines that are not there": (
        put("x-checks", 2, "each", value="/lines"),
        "each-unknown",
        "/x-checks/2/each",
    ),
    "rule on each line of a single line": (
        put("x-checks", 2, "each", value="/total"),
        "each-unknown",
        "",
    ),
    "rule that marks an unknown cell": (
        put(*CHECK, "paths", value=["/police_sum"]),
        "path-unknown",
        "/x-checks/0/paths/0",
    ),
    "column marked without lines": (put(*CHECK, "paths", value=["total"]), "path-unknown", ""),
    "unknown placeholder": (
        put(*CHECK, "message", value="Sai {number}."),
        "unknown-placeholder",
        "/x-checks/0/message",
    ),
    "row named where there is none": (
        put(*CHECK, "message", value="Dòng {row} sai."),
        "unknown-placeholder",
        "",
    ),
    "rule declared twice": (
        put("x-checks", 1, "code", value="a2"),
        "duplicate-code",
        "/x-checks/1/code",
    ),
    "unknown property in the layout": (
        add("x-layout", "sections", 2, "fields", value="remark"),
        "layout-unknown",
        "/x-layout/sections/2/fields/3",
    ),
    "property in no section": (
        put("x-layout", "sections", 2, "fields", value=["police_total", "police_date"]),
        "layout-missing",
        "/properties/note",
    ),
    "property in two sections": (
        add("x-layout", "sections", 1, "fields", value="note"),
        "layout-repeated",
        "",
    ),
    "cell in a grid": (
        both(
            put("x-layout", "sections", 0, "grid", value=["total", "minority", "rows", "note"]),
            put("x-layout", "sections", 2, "fields", value=["police_total", "police_date"]),
        ),
        "layout-misplaced",
        "/x-layout/sections/0/grid/3",
    ),
    "heading over an unknown column": (
        add("x-layout", "sections", 0, "groups", 0, "columns", value="sum"),
        "layout-unknown",
        "",
    ),
    "column under two headings": (
        add("x-layout", "sections", 0, "groups", 0, "columns", value="urban"),
        "layout-repeated",
        "",
    ),
    "number of an unknown column": (
        put("x-layout", "sections", 0, "numbers", "sum", value="10"),
        "layout-unknown",
        "/x-layout/sections/0/numbers/sum",
    ),
    "section declared twice": (
        put("x-layout", "sections", 1, "key", value="main"),
        "duplicate-key",
        "/x-layout/sections/1/key",
    ),
    "test that does not hold": (
        put("x-tests", 0, "findings", value=["a2"]),
        "test-failed",
        "/x-tests/0/findings",
    ),
    "test that forgets a finding": (put("x-tests", 1, "findings", value=[]), "test-failed", ""),
    "test declared twice": (
        lambda form: form["x-tests"].append(copy.deepcopy(form["x-tests"][0])),
        "duplicate-name",
        "",
    ),
    "test that holds a calculated value": (
        put("x-tests", 0, "answers", "groups", value=5),
        "test-calculated",
        "/x-tests/0/answers",
    ),
    "test with a reason at an unknown cell": (
        put("x-tests", 0, "statuses", value={"/rows/77/urban_male": "not_available"}),
        "path-unknown",
        "",
    ),
    "test of another period type": (
        put("x-tests", 0, "period", value="2024-Q1"),
        "test-period",
        "/x-tests/0/period",
    ),
    "no test without findings": (
        lambda form: form.update(
            {"x-tests": [test for test in form["x-tests"] if test["findings"]]}
        ),
        "entry-missing",
        "/x-tests",
    ),
    "no clean test with a number": (
        lambda form: form.update(
            {"x-tests": [{"name": "x", "answers": {"rows": {}}, "findings": []}], "required": []}
        ),
        "clean-test-missing",
        "/x-tests",
    ),
    "migration from a later version": (
        put("x-migrate", value={"from": 7, "steps": [{"op": "drop", "path": "/old"}]}),
        "migration-backwards",
        "/x-migrate/from",
    ),
    "migration to an unknown cell": (
        both(
            put("x-form", "version", value=2),
            put(
                "x-migrate",
                value={"from": 1, "steps": [{"op": "rename", "from": "/old", "to": "/new"}]},
            ),
        ),
        "path-unknown",
        "/x-migrate/steps/0/to",
    ),
    "migration that shares out more than there is": (
        both(
            put("x-form", "version", value=2),
            put(
                "x-migrate",
                value={
                    "from": 1,
                    "steps": [
                        {
                            "op": "split",
                            "from": "/old",
                            "to": ["/note", "/police_date"],
                            "shares": [0.5, 0.6],
                        }
                    ],
                },
            ),
        ),
        "migration-shares",
        "/x-migrate/steps/0/shares",
    ),
    "invisible character in a title": (
        put("title", value="Dân\u200b số"),
        "unsafe-character",
        "/title",
    ),
    "text running backwards": (put("title", value="Dân \u202esố"), "unsafe-character", "/title"),
    "cycle of calculations": (
        both(
            put(*SHARE, "x-calculate", value="groups * 1.0"),
            put("properties", "groups", "x-calculate", value="round(minority_share)"),
        ),
        "calculation-cycle",
        "",
    ),
    "cell calculated from itself": (
        put(*ROW, "urban", "x-calculate", value="urban + urban_male"),
        "calculation-cycle",
        "/$defs/row/properties/urban/x-calculate",
    ),
    "cell asked for by itself": (
        put(*MALE, "x-relevant", value="rural_male > 0"),
        "calculation-cycle",
        "/$defs/row/properties/rural_male/x-relevant",
    ),
}


@pytest.mark.parametrize("what", FORM_MUTATIONS)
def test_a_form_with_one_slip_is_refused_at_its_line(what):
    mutate, code, path = FORM_MUTATIONS[what]
    document = json.loads(POPULATION.read_text(encoding="utf-8"))

    mutate(document)

    refused(json.dumps(document, ensure_ascii=False, indent=2), as_form, code, path)


def test_a_form_with_several_slips_names_them_all_in_the_order_of_their_lines():
    document = json.loads(NEAR_POOR.read_text(encoding="utf-8"))
    document["x-form"]["owner"] = "d_nobody"
    document["x-checks"][0]["rule"] = "1 +"

    refusals = as_form(json.dumps(document, ensure_ascii=False, indent=2))

    assert [refusal.code for refusal in refusals] == ["unknown-unit", "expression-invalid"]
    assert refusals[0].line < refusals[1].line
