"""The layout: what screen, print and workbook are told to draw."""

from server.core.layout import Roster
from tests.core.make_form import make_form

LAYOUT = make_form().layout
MAIN, SCHOOLS, PEOPLE, OTHER = LAYOUT.sections


def test_paper_and_sections_are_those_of_the_definition():
    assert (LAYOUT.paper, LAYOUT.orientation) == ("A3", "landscape")
    assert [section.key for section in LAYOUT.sections] == ["main", "schools", "people", "other"]


def test_a_grid_shows_single_lines_and_the_codes_of_a_list_top_to_bottom():
    rows = MAIN.grid.rows

    assert [(row.path, row.title, row.code, row.kind) for row in rows] == [
        ("/all", "Tổng số", None, "single"),
        ("/rows/01", "Kinh", "01", "codelist"),
        ("/rows/02", "Tày", "02", "codelist"),
        ("/rows/08", "Mông", "08", "codelist"),
    ]
    assert [row.calculated for row in rows] == [True, False, False, False]
    assert rows[0].columns == {"male", "total"}
    assert (MAIN.grid.row_header, MAIN.grid.code_header) == ("Dân tộc", "Mã")


def test_columns_are_numbered_and_a_formula_replaces_the_number():
    columns = MAIN.grid.columns

    assert [(column.key, column.number) for column in columns] == [
        ("male", "1"),
        ("female", "2"),
        ("total", "3=1+2"),
    ]
    assert [column.calculated for column in columns] == [False, False, True]
    assert [column.required for column in columns] == [True, True, False]
    assert (columns[0].minimum, columns[0].maximum, columns[0].unit) == (0, 99999, "người")
    assert MAIN.grid.groups == (("Theo giới", ("male", "female")),)


def test_fixed_rows_carry_the_title_of_their_property():
    assert [(row.path, row.title, row.kind) for row in SCHOOLS.grid.rows] == [
        ("/schools/primary", "Tiểu học", "fixed"),
        ("/schools/secondary", "Trung học", "fixed"),
    ]


def test_a_roster_has_columns_and_no_known_rows():
    assert PEOPLE.grid.rows == ()
    assert PEOPLE.grid.roster == Roster("/members", "members", "Thành viên", 0, 20, None)
    assert [column.key for column in PEOPLE.grid.columns] == ["age", "name", "adult"]
    assert [column.personal for column in PEOPLE.grid.columns] == [False, True, False]


def test_fields_tell_what_may_be_typed():
    fields = {field.key: field for field in OTHER.fields}

    assert fields["confirmed"].required
    assert fields["confirmed_on"].format == "date"
    assert fields["road"].choices == ((True, "Có"), (False, "Chưa"))
    assert fields["zone"].choices == (("child", "Trẻ em"), ("adult", "Người lớn"))
    assert (fields["road_km"].decimals, fields["road_km"].maximum) == (2, 500)
    assert fields["road_km"].relevant_text == "road == true"
    assert fields["share"].calculated
    assert (fields["note"].max_length, fields["note"].personal) == (20, True)
    assert [field.path for field in OTHER.fields][:2] == ["/confirmed", "/confirmed_on"]


def test_numbers_of_a_choice_are_named_by_their_text():
    relation = {
        "title": "Quan hệ",
        "type": "integer",
        "enum": [1, 2],
        "x-labels": {"1": "Chủ hộ", "2": "Vợ, chồng"},
    }
    field = make_form(relation=relation).layout.sections[3].fields[-1]

    assert field.choices == ((1, "Chủ hộ"), (2, "Vợ, chồng"))


def test_a_line_among_fields_shows_its_cells_with_the_name_of_the_line():
    line = {
        "title": "Đại biểu",
        "type": "object",
        "additionalProperties": False,
        "properties": {"women": {"title": "Nữ", "type": "integer"}},
    }
    field = make_form(delegates=line).layout.sections[3].fields[-1]

    assert (field.path, field.title) == ("/delegates/women", "Đại biểu: Nữ")
