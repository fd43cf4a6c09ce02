"""Compiling a definition: what the stored document holds, and what the settings say."""

from datetime import date

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.form import after, load_form
from server.core.period import Period
from server.errors import NotFound
from tests.core.make_form import YEAR, make_form

FORM = make_form()


def test_rows_of_a_code_list_become_one_property_per_code_in_list_order():
    rows = FORM.document["properties"]["rows"]

    assert list(rows["properties"]) == ["01", "02", "08"]
    assert rows["additionalProperties"] is False
    assert rows["properties"]["08"] == {"$ref": "#/$defs/row", "title": "Mông"}


def test_a_code_list_of_a_cell_becomes_its_allowed_values_with_names():
    zone = FORM.document["properties"]["zone"]

    assert zone["enum"] == ["child", "adult"]
    assert zone["x-labels"] == {"child": "Trẻ em", "adult": "Người lớn"}


def test_a_roster_line_gets_a_name_that_is_never_a_number():
    items = FORM.document["properties"]["members"]["items"]
    name = jsonschema_rs.Draft202012Validator(items["properties"]["_id"])

    assert items["required"] == ["_id", "age"]
    assert [name.is_valid(text) for text in ("a1", "7-b", "9f3c")] == [True, True, True]
    assert [name.is_valid(text) for text in ("7", "-7", "-", "", "a/b")] == [False] * 5


def test_the_line_of_a_roster_stays_as_declared_for_others():
    assert "_id" not in FORM.document["$defs"]["member"]["properties"]


def test_a_stored_document_gives_the_same_form_again():
    again = load_form(FORM.document)

    assert (again.code, again.version, again.kind) == ("sample", 3, "report")
    assert (again.title, again.title_en, again.period_type) == ("Biểu thử", "Sample form", "year")
    assert again.digest == FORM.digest
    assert again.indicators == ("0101", "0108")


def test_a_changed_label_changes_the_digest():
    other = make_form(note={"title": "Ghi chú khác", "type": "string"})

    assert other.digest != FORM.digest


@pytest.mark.parametrize(
    ("level", "facts", "workflow"),
    [
        ("commune", {}, "w1"),
        ("commune", {"without_district": True}, "w3"),
        ("commune", {"consolidated": True}, "w4"),
        ("district", {"consolidated": True}, "w4"),
    ],
)
def test_the_workflow_follows_level_and_kind_of_report(level, facts, workflow):
    assert FORM.workflow_for(level, **facts) == workflow


def test_a_level_without_a_workflow_is_not_found():
    with pytest.raises(NotFound):
        FORM.workflow_for("province")


def test_one_workflow_serves_all_levels():
    document = {**FORM.document, "x-form": {**FORM.settings, "workflow": "w9"}}

    assert load_form(document).workflow_for("province", consolidated=True) == "w9"


def test_dates_count_from_the_last_day_of_the_period():
    assert FORM.due_on("commune", YEAR) == date(2025, 1, 15)
    assert FORM.due_on("province", YEAR) == date(2025, 2, 15)
    assert FORM.due_on("district", YEAR) == date(2024, 12, 31)
    assert FORM.grace_on("commune", FORM.due_on("commune", YEAR)) == date(2025, 1, 18)
    assert FORM.closes_on("commune", YEAR) == date(2025, 2, 28)


def test_what_is_not_declared_has_no_date():
    settings = {
        key: value for key, value in FORM.settings.items() if key not in ("closes", "grace")
    }
    form = load_form({**FORM.document, "x-form": settings})

    assert form.closes_on("commune", YEAR) is None
    assert form.grace_on("commune", YEAR.end) is None


@pytest.mark.parametrize(
    ("duration", "day"),
    [
        ("P0D", date(2024, 2, 29)),
        ("-P5D", date(2024, 2, 24)),
        ("P1Y", date(2025, 2, 28)),
        ("P1M1W2D", date(2024, 4, 7)),
        ("-P2M", date(2023, 12, 29)),
    ],
)
def test_a_duration_moves_a_day(duration, day):
    assert after(date(2024, 2, 29), duration) == day


@pytest.mark.parametrize("text", ["", "P", "-P", "15D", "P1D2M", "PT5H", "P1.5D", "P٣D", "P1D\n"])
def test_what_is_no_duration_is_refused(text):
    with pytest.raises(ValueError):
        after(date(2024, 12, 31), text)


@given(st.integers(1950, 2100), st.integers(0, 400))
def test_days_forth_and_back_lead_to_the_same_day(year, days):
    end = Period.parse(str(year)).end

    assert after(after(end, f"P{days}D"), f"-P{days}D") == end
