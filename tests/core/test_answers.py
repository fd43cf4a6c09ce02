"""The verdict: what is found in answers, and what is calculated from them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.answers import Context, UnitView, check, missing, with_results
from server.core.finding import Severity
from server.core.form import load_form
from server.core.period import Period
from tests.core.make_form import COMMUNE, HERE, YEAR, clean, make_form

FORM = make_form()


def found(answers, statuses=None, context=HERE, form=FORM):
    verdict = check(form, answers, statuses or {}, context)
    return {(finding.code, finding.path) for finding in verdict.findings}


def number(**limits):
    return make_form(x={"title": "X", "type": "number", **limits})


def test_clean_answers_have_no_findings_and_their_results():
    verdict = check(FORM, clean(), {}, HERE)

    assert verdict.findings == ()
    assert verdict.computed == {
        "all": {"male": 15, "total": 30},
        "rows": {"01": {"total": 9}, "02": {"total": 21}},
        "share": 50,
    }
    assert verdict.relevant_off == {"/road_km"}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"confirmed": "30"}, ("schema.type", "/confirmed")),
        ({"confirmed": 1.5}, ("schema.type", "/confirmed")),
        ({"confirmed": True}, ("schema.type", "/confirmed")),
        ({"confirmed": -1}, ("schema.minimum", "/confirmed")),
        ({"confirmed": 100000}, ("schema.maximum", "/confirmed")),
        ({"confirmed_on": "2025-02-30"}, ("schema.format", "/confirmed_on")),
        ({"zone": "old"}, ("schema.enum", "/zone")),
        ({"note": "a" * 21}, ("schema.maxLength", "/note")),
        ({"remark": 1}, ("schema.additionalProperties", "/remark")),
        ({"rows": {"99": {}}}, ("schema.additionalProperties", "/rows/99")),
        ({"rows": {"01": {"men": 1}}}, ("schema.additionalProperties", "/rows/01/men")),
        ({"rows": {"01": {"male": -1}}}, ("schema.minimum", "/rows/01/male")),
        ({"rows": 5}, ("schema.type", "/rows")),
        ({"rows": {"01": 5}}, ("schema.type", "/rows/01")),
        ({"rows": {"01": {"male": [1]}}}, ("schema.type", "/rows/01/male")),
        ({"members": {}}, ("schema.type", "/members")),
        ({"members": [5]}, ("schema.type", "/members/0")),
        ({"members": [{"_id": "a", "age": 131}]}, ("schema.maximum", "/members/a/age")),
        ({"members": [{"_id": "7", "age": 1}]}, ("schema.pattern", "/members/7/_id")),
        ({"members": [{"_id": "a", "age": 1}] * 21}, ("schema.maxItems", "/members")),
        (
            {"members": [{"_id": "a", "age": 1}, {"_id": "a", "age": 2}]},
            ("schema.uniqueItems", "/members/a"),
        ),
        ({"road": True, "road_km": 1.234}, ("schema.multipleOf", "/road_km")),
    ],
)
def test_each_keyword_of_the_schema_finds_its_cell(changes, expected):
    assert expected in found(clean(**changes))


def test_a_number_beyond_a_limit_is_told_with_both():
    finding = next(
        finding
        for finding in check(FORM, clean(confirmed=-3), {}, HERE).findings
        if finding.code == "schema.minimum"
    )

    assert (finding.left, finding.right, finding.severity) == (-3, 0, Severity.ERROR)
    assert finding.message == "Giá trị phải từ 0 trở lên."


@pytest.mark.parametrize("value", [0.29, 19.99, 4.35, 1.1, 0.07, 1234567890123.45, 8])
def test_decimals_are_counted_exactly(value):
    form = number(multipleOf=0.01)

    assert found(clean(x=value), form=form) == set()


@given(st.integers(0, 10**13))
def test_every_number_of_two_decimals_passes(hundredths):
    form = number_of_two_decimals()

    assert ("schema.multipleOf", "/x") not in found(clean(x=hundredths / 100), form=form)


def number_of_two_decimals(_form=number(multipleOf=0.01)):  # noqa: B008 - built once
    return _form


@pytest.mark.parametrize("value", [0.001, 19.995, 1e-9])
def test_more_decimals_than_the_cell_has_are_found(value):
    assert ("schema.multipleOf", "/x") in found(clean(x=value), form=number(multipleOf=0.01))


def test_a_required_cell_that_is_empty_is_missing():
    answers = clean(confirmed=None, confirmed_on=None)

    assert found(answers) == {("schema.required", "/confirmed")}
    assert missing(FORM, answers, {}, HERE) == ("/confirmed",)


def test_a_reason_satisfies_required():
    answers = clean(confirmed=None, confirmed_on=None)

    assert found(answers, {"/confirmed": "not_available"}) == set()
    assert missing(FORM, answers, {"/confirmed": "not_available"}, HERE) == ()


def test_a_shown_row_wants_its_required_columns_and_an_absent_row_nothing():
    answers = clean(rows={"01": {"male": 30}, "08": {}}, confirmed=30)

    assert missing(FORM, answers, {}, HERE) == (
        "/rows/01/female",
        "/rows/08/male",
        "/rows/08/female",
    )


def test_the_reason_of_a_whole_row_stands_for_its_cells():
    answers = clean(rows={"01": {"male": 10, "female": 20}, "08": {}})

    assert missing(FORM, answers, {"/rows/08": "not_available"}, HERE) == ()


def test_a_grid_that_is_required_and_was_never_touched_is_missing():
    assert ("schema.required", "/rows") in found(clean(rows=None))
    assert ("schema.required", "/rows") not in found(clean(rows=None), {"/rows": "none_arose"})


def test_fixed_rows_want_what_json_schema_wants():
    assert found(clean()) == set()
    assert found(clean(schools={})) == {("schema.required", "/schools/primary/pupils")}
    both = {"primary": {"pupils": 1}, "secondary": {}}
    assert found(clean(schools=both)) == {("schema.required", "/schools/secondary/pupils")}


def test_a_cell_asked_for_by_others_is_missing_under_its_own_code():
    answers = clean(confirmed_on=None)

    assert found(answers) == {("schema.x-required-when", "/confirmed_on")}
    assert missing(FORM, answers, {}, HERE) == ("/confirmed_on",)
    assert found(answers, {"/confirmed_on": "not_available"}) == set()


def test_a_value_where_nothing_is_asked_is_an_error():
    assert found(clean(road_km=2.5)) == {("schema.x-relevant", "/road_km")}
    assert found(clean(road=False, road_km=2.5)) == {("schema.x-relevant", "/road_km")}
    assert found(clean(road=True, road_km=2.5)) == set()


def test_a_cell_that_is_not_asked_is_never_missing():
    form = make_form(
        bridge={
            "title": "Cầu",
            "type": "integer",
            "minimum": 0,
            "maximum": 99,
            "x-relevant": "road == true",
            "x-required-when": "confirmed >= 0",
        }
    )

    assert "/bridge" not in missing(form, clean(), {}, HERE)
    assert "/bridge" in missing(form, clean(road=True), {}, HERE)


def test_a_block_that_is_not_asked_takes_no_answers():
    schools = {
        "title": "Trường",
        "type": "object",
        "additionalProperties": False,
        "x-relevant": "unit.kind == 'phuong'",
        "properties": {"primary": {"$ref": "#/$defs/school", "title": "Tiểu học"}},
    }
    form = make_form(schools=schools)
    answers = clean(schools={"primary": {"pupils": 3}})

    assert found(answers, form=form) == {("schema.x-relevant", "/schools/primary/pupils")}
    town = Context(UnitView("1", "commune", "phuong"), YEAR)
    assert found(answers, context=town, form=form) == set()


@pytest.mark.parametrize(
    ("answers", "statuses", "paths"),
    [
        (clean(), {"/confirmed": "not_available"}, {"/confirmed"}),
        (clean(confirmed=None), {"/confirmed": "estimated"}, {"/confirmed"}),
        (clean(), {"/confirmed": "estimated"}, set()),
        (clean(), {"/rows/01": "none_arose"}, {"/rows/01"}),
        (clean(), {"/note": "no_idea"}, {"/note"}),
    ],
)
def test_a_reason_that_contradicts_the_answers_is_an_error(answers, statuses, paths):
    contradictions = {p for code, p in found(answers, statuses) if code == "schema.x-status"}

    assert contradictions == paths


def test_none_arose_counts_as_zero_and_other_reasons_as_nothing():
    answers = {"rows": {"01": {"male": 5}, "02": {"male": 7, "female": 1}}}

    zero = check(FORM, answers, {"/rows/01/female": "none_arose"}, HERE).computed
    nothing = check(FORM, answers, {"/rows/01/female": "not_available"}, HERE).computed

    assert zero["rows"]["01"] == {"total": 5}
    assert "01" not in nothing["rows"]
    assert nothing["all"] == {"male": 12, "total": 8}


def test_results_are_rounded_half_up_and_rules_see_the_rounded_value():
    form = make_form(
        half={
            "title": "Nửa",
            "type": "number",
            "multipleOf": 0.1,
            "x-calculate": "confirmed / 400.0",
        },
        double={"title": "Đôi", "type": "integer", "x-calculate": "half * 10"},
    )

    computed = check(form, clean(confirmed=30), {}, HERE).computed

    assert (computed["half"], computed["double"]) == (0.1, 1)


@pytest.mark.parametrize("expression", ["confirmed / 0", "note + 1", "prev('/confirmed') + 1"])
def test_what_cannot_be_calculated_is_absent(expression):
    form = make_form(x={"title": "X", "type": "integer", "x-calculate": expression})

    verdict = check(form, clean(), {}, HERE)

    assert "x" not in verdict.computed
    assert verdict.findings == ()


def test_a_result_beyond_its_limits_is_found():
    form = make_form(
        x={"title": "X", "type": "integer", "maximum": 10, "x-calculate": "confirmed * 2"}
    )

    assert found(clean(), form=form) == {("schema.x-calculate", "/x")}


def test_typed_values_of_calculated_cells_are_ignored():
    answers = clean(share=99, all={"total": 1})
    answers["rows"]["01"]["total"] = 77

    verdict = check(FORM, answers, {}, HERE)

    assert verdict.findings == ()
    assert verdict.computed["all"]["total"] == 30


def test_roster_results_stand_beside_the_name_of_their_line():
    answers = clean(members=[{"_id": "a", "age": 20}, {"_id": "b", "age": 3}])

    computed = check(FORM, answers, {}, HERE).computed

    assert computed["members"] == [{"_id": "a", "adult": 1}, {"_id": "b", "adult": 0}]


def test_a_rule_tells_both_sides_and_the_difference_in_vietnamese():
    verdict = check(FORM, clean(confirmed=4163), {}, HERE)

    (finding,) = verdict.findings
    assert (finding.code, finding.path, finding.paths) == ("a2", "/confirmed", ("/confirmed",))
    assert (finding.left, finding.right) == (30, 4163)
    assert finding.message == "Cộng được 30, xác nhận 4.163 (lệch 4.133)."


def test_a_rule_for_each_row_names_the_row_and_marks_its_cells():
    answers = clean(rows={"08": {"male": 10, "female": 20.0}, "02": {"male": 1, "female": 9}})
    answers["confirmed"] = 40

    (finding,) = check(FORM, answers, {}, HERE).findings

    assert (finding.code, finding.severity) == ("a5", Severity.WARNING)
    assert finding.paths == ("/rows/02/female", "/rows/02/male")
    assert finding.message == "Tày: nữ 9, quá hai lần nam (2)."


def test_a_rule_without_a_result_finds_nothing():
    assert found({"confirmed": 5, "confirmed_on": "2025-01-01", "rows": {}}) == {
        ("a2", "/confirmed")
    }
    assert ("a2", "/confirmed") not in found(clean(confirmed=None), {"/confirmed": "confidential"})


def test_the_previous_report_is_read_by_row_and_its_absent_rows_are_zero():
    before = with_results(FORM, clean(), {}, HERE)
    context = Context(COMMUNE, YEAR, before, {})
    answers = clean(rows={"01": {"male": 15, "female": 15}})

    verdict = check(FORM, answers, {}, context)

    assert {(f.code, f.path) for f in verdict.findings} == {("a6", "/rows/02/total")}
    assert verdict.findings[0].message == "Tày: năm trước có, nay không."


def test_a_calculated_value_may_come_from_the_previous_report():
    form = make_form(
        opening={
            "title": "Đầu năm",
            "type": "integer",
            "x-calculate": "prev('/confirmed')",
            "x-previous": True,
        }
    )

    later = check(form, clean(), {}, Context(COMMUNE, YEAR, clean(confirmed=7), {}))
    first = check(form, clean(), {}, HERE)

    assert later.computed["opening"] == 7
    assert "opening" not in first.computed


def test_unit_and_period_are_seen():
    form = make_form(
        x={
            "title": "X",
            "type": "integer",
            "x-calculate": "unit.level == 'commune' ? period.year : 0",
        }
    )

    assert check(form, clean(), {}, HERE).computed["x"] == 2024
    other = Context(UnitView("06", "province", "tinh"), Period.parse("2023"))
    assert check(form, clean(), {}, other).computed["x"] == 0


def test_a_row_knows_its_own_code():
    form = make_form()
    check_ = {
        "code": "r",
        "severity": "info",
        "rule": 'row != "02" || total < 5',
        "message": "{row}",
        "each": "/rows",
    }
    source = {**form.document, "x-checks": [check_]}
    (finding,) = check(load_form(source), clean(), {}, HERE).findings

    assert (finding.message, finding.path) == ("Tày", "/rows/02/total")


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 10**6)
    | st.floats(allow_nan=False)
    | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["01", "02", "male", "total", "primary", "pupils", "_id", "age", "zz"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*FORM.shape.order, "zz"]), JSON))
def test_answers_of_any_shape_are_judged_and_never_break_the_judge(answers):
    verdict = check(FORM, answers, {}, HERE)

    assert all(finding.path.startswith("/") and finding.message for finding in verdict.findings)
    assert set(missing(FORM, answers, {}, HERE)) <= {f.path for f in verdict.findings}
