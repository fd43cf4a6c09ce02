"""Vietnamese numbers, dates, search keys and order; the browser runs the same tables."""

import json
import sqlite3
import unicodedata
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.vietnamese import (
    DateUnclear,
    NumberUnclear,
    collation_key,
    fold,
    fold_unit_name,
    format_date,
    format_number,
    format_percent,
    nfc,
    parse_date,
    parse_number,
    spelling_key,
)

HERE = Path(__file__).parent


def table(name: str) -> dict[str, list[Any]]:
    return json.loads((HERE / name).read_text(encoding="utf-8"))


NUMBERS = table("number_cases.json")
DATES = table("date_cases.json")
SEARCH = table("search_cases.json")


def test_the_tables_are_as_long_as_promised():
    assert len({case["text"] for case in NUMBERS["read"] + NUMBERS["refused"]}) >= 80
    assert len({case["text"] for case in DATES["read"] + DATES["refused"]}) >= 30
    assert len(SEARCH["same"] + SEARCH["found"]) >= 300
    assert len(set(SEARCH["communes_in_order"])) >= 130


@pytest.mark.parametrize("case", NUMBERS["read"], ids=repr)
def test_a_clear_number_is_read(case):
    value = parse_number(case["text"], decimals=case["decimals"])
    assert format(value, "f") == case["value"]


@pytest.mark.parametrize("case", NUMBERS["refused"], ids=repr)
def test_an_unclear_number_is_refused_with_its_readings(case):
    with pytest.raises(NumberUnclear) as refusal:
        parse_number(case["text"], decimals=case["decimals"])
    assert refusal.value.reason == case["unclear"]
    assert list(refusal.value.readings) == case["readings"]


@pytest.mark.parametrize("case", NUMBERS["told"], ids=repr)
def test_a_convention_given_once_decides_what_was_ambiguous(case):
    value = parse_number(case["text"], decimals=case["decimals"], convention=case["convention"])
    assert format(value, "f") == case["value"]


@pytest.mark.parametrize("case", NUMBERS["written"], ids=repr)
def test_a_number_is_written_with_dots_and_a_comma(case):
    assert format_number(Decimal(case["value"]), case["decimals"]) == case["text"]
    assert format_number(float(case["value"]), case["decimals"]) == case["text"]


def test_a_percentage_has_a_comma_and_a_space():
    assert [format_percent(31), format_percent(Decimal("99.95"), 2)] == ["31,0 %", "99,95 %"]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal("-Infinity")])
def test_what_is_no_number_is_not_written(value):
    with pytest.raises(ValueError, match="not a finite number"):
        format_number(value)


# Three decimals after one comma are the one form that English grouping looks like.
@given(
    st.integers(-(10**15) + 1, 10**15 - 1), st.integers(0, 9).filter(lambda decimals: decimals != 3)
)
def test_a_written_number_reads_back_as_itself(scaled, decimals):
    value = Decimal(scaled).scaleb(-decimals)
    assert parse_number(format_number(value, decimals), decimals=decimals) == value


@given(st.integers(-(10**15) + 1, 10**15 - 1))
def test_a_number_with_three_decimals_reads_back_or_asks(scaled):
    value = Decimal(scaled).scaleb(-3)
    try:
        assert parse_number(format_number(value, 3), decimals=3) == value
    except NumberUnclear as unclear:
        assert unclear.reason == "ambiguous"
        assert Decimal(unclear.readings[0]) == value


@given(st.text(alphabet="0123456789.,- \u00a0−+", max_size=20), st.integers(0, 4))
def test_a_number_is_never_read_against_its_vietnamese_meaning(text, decimals):
    try:
        value = parse_number(text, decimals=decimals)
    except NumberUnclear:
        return
    plain = text.strip().replace("−", "-").replace(" ", "").replace("\u00a0", "")
    assert value == Decimal(plain.replace(".", "").replace(",", "."))


@given(st.text(max_size=80))
def test_any_text_is_a_number_or_unclear(text):
    try:
        assert parse_number(text, decimals=2).is_finite()
    except NumberUnclear as unclear:
        assert unclear.reason in {"ambiguous", "not_a_number", "too_precise", "too_long"}


@pytest.mark.parametrize("case", DATES["read"], ids=repr)
def test_a_date_is_read_day_first(case):
    assert parse_date(case["text"]).isoformat() == case["value"]


@pytest.mark.parametrize("case", DATES["refused"], ids=repr)
def test_an_unclear_date_is_refused(case):
    with pytest.raises(DateUnclear) as refusal:
        parse_date(case["text"])
    assert refusal.value.reason == case["unclear"]


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_a_written_date_reads_back_as_itself(day):
    assert len(format_date(day)) == len("05/01/2025")
    assert parse_date(format_date(day)) == day
    assert parse_date(format_date(day).replace("/", "")) == day


@pytest.mark.parametrize(("one", "other"), SEARCH["same"])
def test_two_spellings_have_one_search_key(one, other):
    assert fold(one) == fold(other) == fold(unicodedata.normalize("NFD", other))
    assert fold(one.upper()) == fold(other)


@pytest.mark.parametrize(("query", "text"), SEARCH["found"])
def test_a_search_without_diacritics_finds(query, text):
    assert fold(query) in fold(text)


@pytest.mark.parametrize(("text", "key"), SEARCH["folds"])
def test_a_search_key_is_plain(text, key):
    assert fold(text) == key


@pytest.mark.parametrize(("one", "other"), SEARCH["same_unit"])
def test_a_lone_i_and_y_name_one_unit(one, other):
    assert fold_unit_name(one) == fold_unit_name(other)


@pytest.mark.parametrize(("one", "other"), SEARCH["other_unit"])
def test_i_and_y_beside_a_vowel_stay_two_names(one, other):
    assert fold_unit_name(one) != fold_unit_name(other)


@pytest.mark.parametrize(("one", "other"), SEARCH["same_spelling"])
def test_the_place_of_the_tone_does_not_matter(one, other):
    assert spelling_key(one) == spelling_key(other)


@pytest.mark.parametrize(("one", "other"), SEARCH["other_spelling"])
def test_diacritics_matter_to_the_spelling(one, other):
    assert spelling_key(one) != spelling_key(other)


@given(st.text())
def test_a_search_key_is_its_own_search_key_in_any_normal_form(text):
    assert fold(unicodedata.normalize("NFD", text)) == fold(text)
    assert nfc(nfc(text)) == nfc(text)


@pytest.mark.parametrize("name", ["alphabet", "communes_in_order"])
def test_names_sort_by_the_vietnamese_alphabet(name):
    ordered = SEARCH[name]
    backwards = ordered[::-1]
    assert sorted(backwards, key=collation_key) == ordered
    decomposed = [unicodedata.normalize("NFD", text) for text in backwards]
    assert [nfc(text) for text in sorted(decomposed, key=collation_key)] == ordered


@pytest.mark.parametrize("name", ["alphabet", "communes_in_order"])
def test_a_database_sorts_the_keys_by_bytes_into_the_same_order(name):
    ordered = SEARCH[name]
    with sqlite3.connect(":memory:") as connection:
        connection.execute("create table unit (name text, sort_key text)")
        connection.executemany(
            "insert into unit values (?, ?)",
            [(text, collation_key(text)) for text in ordered[::-1]],
        )
        rows = connection.execute("select name from unit order by sort_key").fetchall()
    connection.close()
    assert [name for (name,) in rows] == ordered


@given(st.text())
def test_an_order_key_is_printable_ascii(text):
    key = collation_key(text)
    assert key.isascii()
    assert key == "" or key.isprintable()
    assert collation_key(unicodedata.normalize("NFD", text)) == key
