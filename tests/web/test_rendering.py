"""Figures as the templates draw them, on the shipped population and near-poor forms."""

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest
from flask import Flask
from flask_babel import Babel

from server.core.answers import Context, UnitView, check
from server.core.form import Form, compile_form
from server.core.period import Period
from server.services.catalogue import read_codelist
from server.web.rendering import NEW_ROW, Figures, ShownCell, ShownGrid, figures
from server.web.submission_texts import anchor_of, text_of, value_text
from tests.world import ROOT

COMMUNE = UnitView(code="01858", level="commune", kind="xa")
TOWN = UnitView(code="01888", level="commune", kind="thi_tran")
ANSWERS = {"rows": {"02": {"rural_male": 1574, "rural_female": 552}}, "police_total": 2126}


def shipped(code: str) -> Form:
    lists = {
        path.stem: read_codelist(json.loads(path.read_text("utf-8")))
        for path in (ROOT / "form_definitions/_codelists").glob("*.json")
    }
    path = ROOT / f"form_definitions/{code}/v01.json"
    return compile_form(json.loads(path.read_text("utf-8")), lists)


@pytest.fixture(scope="module")
def population() -> Form:
    return shipped("population_ethnic")


@pytest.fixture(scope="module")
def near_poor() -> Form:
    return shipped("near_poor")


def drawn(
    form: Form,
    answers: Mapping[str, Any],
    statuses: Mapping[str, str] | None = None,
    *,
    unit: UnitView = COMMUNE,
    **more: Any,
) -> Figures:
    context = Context(unit=unit, period=Period.parse("2024"))
    verdict = check(form, answers, statuses or {}, context)
    return figures(form, answers, statuses or {}, verdict, **more)


def html_of(shown: Figures, macro: str) -> str:
    """The macro's HTML, by the templates of the application."""
    app = Flask("server.web")
    Babel(app)
    app.add_url_rule("/static/<path:filename>", "static")
    with app.test_request_context():
        template = app.jinja_env.get_template("submissions/_figures.html")
        return str(getattr(template.make_module(), macro)(shown))


def grid_of(shown: Figures, section: int = 0) -> ShownGrid:
    found = shown.sections[section].grid
    assert found is not None
    return found


def cell_at(shown: Figures, path: str) -> ShownCell:
    for section in shown.sections:
        rows = () if section.grid is None else section.grid.rows
        for cell in (*section.fields, *(cell for row in rows for cell in row.cells)):
            if cell.path == path:
                return cell
    raise LookupError(path)


@pytest.mark.parametrize(
    ("path", "kind", "text"),
    [
        ("/rows/02/rural_male", "typed", "1.574"),
        ("/rows/02/total", "computed", "2.126"),
        ("/total/total", "computed", "2.126"),
        ("/rows/02/urban_male", "off", "x"),
        ("/police_total", "typed", "2.126"),
        ("/rows/07/rural_male", "typed", ""),
    ],
)
def test_each_cell_says_whether_it_is_typed_calculated_or_not_asked(
    population: Form, path: str, kind: str, text: str
) -> None:
    cell = cell_at(drawn(population, ANSWERS), path)

    assert (cell.kind, cell.text) == (kind, text)


def test_a_town_is_asked_for_the_other_block(population: Form) -> None:
    shown = drawn(population, {}, unit=TOWN)

    assert cell_at(shown, "/rows/02/urban_male").kind == "typed"
    assert cell_at(shown, "/rows/02/rural_male").kind == "off"


def test_rows_of_last_year_are_offered_and_all_others_wait_to_be_added(population: Form) -> None:
    usual = {"rows": {"07": {"rural_male": 3, "rural_female": 4}}}
    grid = grid_of(drawn(population, ANSWERS, usual=usual))

    open_rows = [row.code for row in grid.rows if row.kind == "codelist" and not row.hidden]
    assert open_rows == ["02", "07"]
    assert len(grid.addable) == 56 - 2
    assert grid.unfilled == 55


def test_a_row_that_only_says_that_nothing_arose_is_no_reason_to_show_it(population: Form) -> None:
    sealed = drawn(population, ANSWERS, {"/rows/07": "none_arose"})
    marked = drawn(population, ANSWERS, {"/rows/07/rural_male": "not_available"})

    assert [row.hidden for row in grid_of(sealed).rows if row.code == "07"] == [True]
    assert [row.hidden for row in grid_of(marked).rows if row.code == "07"] == [False]


@pytest.mark.parametrize(
    ("status", "sign"),
    [("none_arose", "–"), ("not_available", "…"), ("confidential", "bảo mật")],
)
def test_a_reason_stands_as_its_sign_and_is_told_from_a_zero(
    population: Form, status: str, sign: str
) -> None:
    with_reason = drawn(population, ANSWERS, {"/rows/07/rural_male": status})
    with_zero = drawn(population, {"rows": {"07": {"rural_male": 0}}})

    shown = cell_at(with_reason, "/rows/07/rural_male")
    assert (shown.text, shown.signed) == (sign, True)
    assert cell_at(with_zero, "/rows/07/rural_male").text == "0"


def test_findings_stand_at_every_cell_they_name_worst_first(population: Form) -> None:
    shown = drawn(population, {**ANSWERS, "police_total": 2000, "police_date": "2025-01-05"})

    assert shown.findings[0].severity == "error"
    errors = {path for finding in shown.errors for path in finding.paths}
    assert "/police_total" in errors
    cell = cell_at(shown, "/police_total")
    assert cell.severity == "error"
    assert cell.notes[0] == shown.findings[0].id


def test_a_nil_report_shows_the_dash_everywhere(population: Form) -> None:
    shown = drawn(population, {}, nil=True)

    assert cell_at(shown, "/rows/02/rural_male").text == "–"
    assert shown.nil


def test_headings_of_groups_span_their_columns(population: Form) -> None:
    grid = grid_of(drawn(population, {}))

    assert [(head.title, head.span) for head in grid.upper] == [
        ("Tổng số", 3),
        ("Thành thị", 3),
        ("Nông thôn", 3),
    ]
    assert [column.number for column in grid.lower][:3] == ["1=4+7", "2=5+8", "3=6+9"]
    assert cell_at(drawn(population, {}), "/rows/02/rural_male").title == "Nông thôn: Nam"


def test_a_roster_has_its_lines_and_a_blank_one_to_copy(near_poor: Form) -> None:
    villages = [{"_id": "khuoi", "hh_total": 20}]
    grid = grid_of(drawn(near_poor, {"villages": villages}), 1)

    assert [(row.path, row.title) for row in grid.rows] == [("/villages/khuoi", "1")]
    assert grid.blank is not None
    assert grid.blank.path == f"/villages/{NEW_ROW}"
    assert (
        cell_at(drawn(near_poor, {"villages": villages}), "/villages/khuoi/hh_total").text == "20"
    )


@pytest.mark.parametrize("value", ["12a", "1.203,5x", {"deep": 1}, [1], True])
def test_a_value_of_the_wrong_kind_is_shown_as_typed_and_breaks_nothing(
    population: Form, value: object
) -> None:
    shown = drawn(population, {"rows": {"02": {"rural_male": value}}})

    text = cell_at(shown, "/rows/02/rural_male").text
    assert text == (value if isinstance(value, str) else {True: "Có"}.get(value is True, ""))


def test_old_texts_of_changed_cells_stand_beside_the_new_ones(population: Form) -> None:
    shown = drawn(population, ANSWERS, before={"/rows/02/rural_male": "1.500"})

    assert cell_at(shown, "/rows/02/rural_male").before == "1.500"
    assert cell_at(shown, "/rows/02/rural_female").before is None


def test_a_day_reads_day_first_and_what_is_no_day_stays_as_typed(population: Form) -> None:
    assert value_text(population, "/police_date", "2025-01-05", None) == "05/01/2025"
    assert value_text(population, "/police_date", "hôm qua", None) == "hôm qua"
    assert value_text(population, "/rows/02/rural_male", None, "not_available") == "…"


def test_a_finding_about_a_whole_block_leads_to_its_section(population: Form) -> None:
    assert anchor_of(population, ("/rows",)) == "section-main"
    assert anchor_of(population, ("/rows", "/police_total")) == "/police_total"
    assert anchor_of(population, ("/nowhere",)) == "section-main"


def test_every_known_keypad_has_a_comma_and_where_needed_a_minus(population: Form) -> None:
    cell = cell_at(drawn(population, {}), "/police_total")

    assert cell.keypad == "decimal"
    assert text_of(-5, None, cell.column) == "-5"


SHIPPED = sorted(path.parent.name for path in (ROOT / "form_definitions").glob("[a-z]*/v01.json"))


@pytest.mark.parametrize("code", SHIPPED)
def test_every_shipped_form_is_drawn_with_each_cell_once_and_named(code: str) -> None:
    form = shipped(code)

    shown = drawn(form, {})
    html = html_of(shown, "fill_figures")
    read = html_of(shown, "read_figures")

    ids = re.findall(r' id="([^"]+)"', re.sub(r"<template\b.*?</template>", "", html, flags=re.S))
    assert len(ids) == len(set(ids))
    fields = {cell.path for section in shown.sections for cell in section.fields}
    labelled = set(re.findall(r'<label for="(/[^"]+)"', html))
    assert labelled == fields
    assert not re.search(r'type="number"|\sstyle=|\son[a-z]+=', html + read)
    grids = [section.grid for section in shown.sections if section.grid is not None]
    rows = [row for grid in grids for row in grid.rows]
    assert {cell.path for row in rows for cell in row.cells} <= set(ids)


def test_a_cell_tells_its_place_its_column_and_its_findings_to_screen_readers(
    population: Form,
) -> None:
    shown = drawn(population, {"rows": {"02": {"rural_male": "12a"}}})

    html = html_of(shown, "fill_figures")

    cell = next(line for line in html.splitlines() if 'id="/rows/02/rural_male"' in line)
    assert 'aria-colindex="9"' in cell and 'data-label="Nông thôn: Nam"' in cell
    assert 'aria-describedby="finding-' in cell and 'role="gridcell"' in cell
    assert "aria-readonly" not in cell


def test_what_people_type_cannot_become_markup(population: Form) -> None:
    answers = {"rows": {"02": {"rural_male": "<b>1</b>"}}, "note": '"><script>'}

    for macro in ("fill_figures", "read_figures"):
        html = html_of(drawn(population, answers), macro)
        assert "<b>" not in html and "<script>" not in html
