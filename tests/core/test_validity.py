"""Codes with days: who may use them in a period, and that every door agrees."""

from dataclasses import replace
from datetime import date

import pytest

from server.core.answers import Context, check, missing, seal
from server.core.definition_tests import judge
from server.core.form import compile_form
from server.core.layout import offered
from server.core.period import Period
from server.core.period_layout import layout_in
from server.core.prefill import prefilled
from server.core.validity import Lapse, lapse_of
from server.core.workbook_map import place
from server.core.workbook_values import read_value
from tests.core.make_form import COMMUNE, LISTS, YEAR, clean, make_form, make_list, make_source

DAY = YEAR.end
CODE = "schema.x-validity"


def dated(name, **days):
    """The list of that name with the days of some codes, as ``_08="2023-06-30/"``."""
    ends = {key.lstrip("_"): value.split("/") for key, value in days.items()}
    items = tuple(
        replace(item, valid_from=ends[item.code][0], valid_to=ends[item.code][1])
        if item.code in ends
        else item
        for item in LISTS[name].items
    )
    return {**LISTS, name: replace(LISTS[name], items=items)}


def ended_form(source=None):
    """The sample form with code 08 ended in mid-year and the child's zone after the year."""
    lists = {
        **dated("group", _08="/2024-06-30"),
        "age": dated("age", child="/2024-03-31")["age"],
    }
    return compile_form(source or make_source(), lists)


def found(form, answers, statuses=None, period=YEAR):
    verdict = check(form, answers, statuses or {}, Context(COMMUNE, period))
    return [(one.path, one.code) for one in verdict.findings]


def with_group(code, **more):
    answers = clean(**more)
    answers["rows"][code] = {"male": 3, "female": 2}
    answers["confirmed"] += 5
    return answers


@pytest.mark.parametrize(
    ("first", "last", "lapse"),
    [
        ("", "", None),
        ("", "2024-12-31", None),
        ("2024-12-31", "", None),
        ("", "2024-12-30", Lapse("ended", date(2024, 12, 31))),
        ("2025-01-01", "", Lapse("early", date(2025, 1, 1))),
        ("2020-01-01", "2022-12-31", Lapse("ended", date(2023, 1, 1))),
    ],
)
def test_a_code_counts_when_it_is_valid_on_the_last_day_of_the_period(first, last, lapse):
    assert lapse_of(first, last, DAY) == lapse


def test_a_list_without_days_compiles_to_the_very_document_it_did():
    form = make_form()

    assert "x-validity" not in str(form.document)
    assert not form.dated
    assert layout_in(form, DAY, {}, {}) is form.layout
    assert compile_form(make_source(), dated("group", _99="/2024-06-30")).digest == form.digest


def test_figures_on_the_line_of_an_ended_code_are_found_cell_by_cell_in_words():
    form = ended_form()
    verdict = check(form, with_group("08"), {}, Context(COMMUNE, YEAR))

    paths = [one.path for one in verdict.findings if one.code == CODE]
    assert paths == ["/rows/08/male", "/rows/08/female"]
    finding = next(one for one in verdict.findings if one.code == CODE)
    assert finding.message.startswith("Mã đã hết hiệu lực từ 01/07/2024")
    assert finding.words("en").message.startswith("The code is no longer valid from 01/07/2024")
    assert str(finding.severity) == "error"


def test_the_same_figures_are_right_in_a_period_that_the_code_still_belongs_to():
    form = ended_form()

    assert CODE not in {
        code for _, code in found(form, with_group("08"), period=Period.parse("2023"))
    }


def test_a_choice_that_has_ended_is_found_and_another_is_not():
    form = ended_form()

    assert ("/zone", CODE) in found(form, clean(zone="child"))
    assert found(form, clean(zone="adult")) == found(form, clean())


def test_a_reason_on_the_line_of_an_ended_code_is_found_and_one_on_the_whole_grid_is_not():
    form = ended_form()

    assert ("/rows/08", CODE) in found(form, clean(), {"/rows/08": "not_available"})
    assert CODE not in {code for _, code in found(form, clean(rows=None), {"/rows": "none_arose"})}


def test_an_ended_line_is_never_asked_to_be_filled_and_no_rule_asks_about_its_absence():
    form = ended_form()
    answers = clean()
    answers["rows"]["08"] = {"male": 3}
    context = Context(
        COMMUNE, YEAR, previous={"rows": {"08": {"male": 30, "female": 20, "total": 50}}}
    )

    assert "/rows/08/female" not in missing(form, answers, {}, context)
    assert "/rows/08/female" in missing(make_form(), answers, {}, context)
    assert "a6" not in {one.code for one in check(form, clean(), {}, context).findings}
    assert "a6" in {one.code for one in check(make_form(), clean(), {}, context).findings}


def test_sums_hold_what_the_document_holds():
    form = ended_form()
    verdict = check(form, with_group("08"), {}, Context(COMMUNE, YEAR))

    assert verdict.computed["all"] == {"male": 18, "total": 35}


def test_sealing_says_that_nothing_arose_of_valid_codes_only():
    _, sealed = seal(ended_form(), {"rows": {"01": {"male": 1, "female": 1}}}, {}, DAY)
    _, undated = seal(make_form(), {"rows": {"01": {"male": 1, "female": 1}}}, {}, DAY)

    assert sealed == {"/rows/02": "none_arose"}
    assert undated == {"/rows/02": "none_arose", "/rows/08": "none_arose"}


def test_nothing_continues_under_an_ended_code():
    source = make_source()
    source["$defs"]["row"]["properties"]["male"]["x-previous"] = "male"
    source["properties"]["zone"]["x-previous"] = "/zone"
    previous = {"zone": "child", "rows": {"01": {"male": 4}, "08": {"male": 7}}}
    form = ended_form(source)

    assert prefilled(form, previous, DAY) == {"rows": {"01": {"male": 4}}}
    assert prefilled(form, previous, date(2023, 12, 31)) == previous


def test_the_layout_leaves_ended_lines_and_choices_out_unless_the_document_holds_them():
    form = ended_form()

    empty = layout_in(form, DAY, clean(), {})
    holding = layout_in(form, DAY, with_group("08"), {})
    spoken = layout_in(form, DAY, clean(), {"/rows/08/male": "confidential"})

    titles = [[row.title for row in one.sections[0].grid.rows] for one in (empty, holding, spoken)]
    marked = "Mông (mã đã hết hiệu lực từ 01/07/2024)"
    assert titles == [["Tổng số", "Kinh", "Tày"], *[["Tổng số", "Kinh", "Tày", marked]] * 2]
    zone = next(field for field in empty.sections[3].fields if field.key == "zone")
    assert offered(zone) == (("adult", "Người lớn"),)
    assert zone.choices is not None and len(zone.choices) == 2


def test_the_workbook_has_the_rows_of_the_layout_and_reads_a_marked_title_as_its_code():
    form = ended_form()
    layout = layout_in(form, DAY, clean(), {})
    zone = next(field for field in layout.sections[3].fields if field.key == "zone")

    paths = {spot.path for section in place(form, {}, layout) for spot in section.spots}
    assert "/rows/02/male" in paths
    assert "/rows/08/male" not in paths
    assert read_value("Trẻ em (mã đã hết hiệu lực từ 01/04/2024)", zone).value == "child"
    assert read_value("Trẻ em", zone).value == "child"


def test_a_test_of_the_definition_says_in_which_period_it_stands():
    form = ended_form()
    test = {"answers": with_group("08")}

    codes = [
        {one.code for one in judge(form, {**test, "period": period}).findings}
        for period in ("2023", "2024")
    ]
    assert [CODE in one for one in codes] == [False, True]


def test_lines_and_choices_of_a_roster_are_judged_like_all_others():
    people = {
        "title": "Người", "type": "array",
        "items": {"type": "object", "additionalProperties": False, "properties": {
            "sex": {"title": "Giới", "type": "string", "x-codelist": "sex"}}},
    }  # fmt: skip
    source = make_source(people2=people)
    source["x-layout"]["sections"][3]["fields"].remove("people2")
    source["x-layout"]["sections"].append({"key": "p2", "title": "P2", "grid": ["people2"]})
    lists = {**LISTS, "sex": make_list("sex", male="Nam", female="Nữ")}
    items = tuple(replace(one, valid_from="2026-01-01") for one in lists["sex"].items[:1])
    lists["sex"] = replace(lists["sex"], items=(*items, *lists["sex"].items[1:]))
    form = compile_form(source, lists)
    rows = [{"_id": "a", "sex": "male"}, {"_id": "b", "sex": "female"}, {"_id": "a", "sex": "male"}]

    hits = [path for path, code in found(form, clean(people2=rows)) if code == CODE]
    assert hits == ["/people2/a/sex", "/people2/a/sex"]
