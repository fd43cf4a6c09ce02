"""The strict door for JSON, the reader that keeps positions, and the canonical form."""

import json
import unicodedata
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from server.core import json_text
from server.core.json_text import (
    MAX_DEPTH,
    JsonInvalid,
    digest,
    dumps,
    loads,
    pointer,
    read,
    tokens,
)

REASONS = {
    "too_large",
    "invalid_utf8",
    "byte_order_mark",
    "not_json",
    "trailing_data",
    "too_deep",
    "duplicate_key",
    "lone_surrogate",
    "nul_character",
    "not_finite",
    "number_out_of_range",
    "number_too_long",
    "number_too_precise",
}

# text, reason, line, column, path: refused by the door and by the reader
REFUSED_BY_BOTH = [
    ('{"a": NaN}', "not_finite", 1, 7, "/a"),
    ("[1,\n  Infinity]", "not_finite", 2, 3, "/1"),
    ("-Infinity", "not_finite", 1, 1, ""),
    ('{"a": {"b": 1e400}}', "number_out_of_range", 1, 13, "/a/b"),
    ("[-1e400]", "number_out_of_range", 1, 2, "/0"),
    ("[1e-400]", "number_out_of_range", 1, 2, "/0"),
    ("[" + "1" * 41 + "]", "number_too_long", 1, 2, "/0"),
    ("[0." + "1" * 40 + "]", "number_too_long", 1, 2, "/0"),
    ("[1e" + "0" * 40 + "]", "number_too_long", 1, 2, "/0"),
    ('{"a": 1,\n "a": 2}', "duplicate_key", 2, 2, "/a"),
    ('{"rows": {"02": {}, "02": {}}}', "duplicate_key", 1, 21, "/rows/02"),
    ('{"\\u0061": 1, "a": 2}', "duplicate_key", 1, 15, "/a"),
    ('{"hòa": 1, "ho\u0300a": 2}', "duplicate_key", 1, 12, "/hòa"),
    ('{"h\\u00f2a": 1, "ho\\u0300a": 2}', "duplicate_key", 1, 17, "/hòa"),
    ('{"a": "\\ud800"}', "lone_surrogate", 1, 7, "/a"),
    ('["x", "\\udc00\\ud800"]', "lone_surrogate", 1, 7, "/1"),
    ('["\\ud800\\u0041"]', "lone_surrogate", 1, 2, "/0"),
    ('["\ud800"]', "lone_surrogate", 1, 2, "/0"),
    ('{"\\udfff": 1}', "lone_surrogate", 1, 2, ""),
    ('{"a": "x\\u0000"}', "nul_character", 1, 7, "/a"),
    ('{"\\u0000": 1}', "nul_character", 1, 2, ""),
    ("[" * 65 + "]" * 65, "too_deep", 1, 65, "/0" * 64),
    ("[" * 100_000, "too_deep", 1, 65, "/0" * 64),
    ('{"a":' * 65 + "1" + "}" * 65, "too_deep", 1, 321, "/a" * 64),
    ("\ufeff{}", "byte_order_mark", 1, 1, ""),
    ("{} {}", "trailing_data", 1, 4, ""),
    ("[1]\n]", "trailing_data", 2, 1, ""),
    ("", "not_json", 1, 1, ""),
    ("  ", "not_json", 1, 3, ""),
    ("{", "not_json", 1, 2, ""),
    ("[", "not_json", 1, 2, "/0"),
    ("[1", "not_json", 1, 3, "/0"),
    ("[1,]", "not_json", 1, 4, "/1"),
    ("[1 2]", "not_json", 1, 4, "/0"),
    ("[1}", "not_json", 1, 3, "/0"),
    ("[,]", "not_json", 1, 2, "/0"),
    ('{"a"}', "not_json", 1, 5, "/a"),
    ('{"a": }', "not_json", 1, 7, "/a"),
    ('{"a": 1,}', "not_json", 1, 9, ""),
    ('{"a": 1 "b": 2}', "not_json", 1, 9, "/a"),
    ("{a: 1}", "not_json", 1, 2, ""),
    ("{'a': 1}", "not_json", 1, 2, ""),
    ("[01]", "not_json", 1, 3, "/0"),
    ("[1.]", "not_json", 1, 3, "/0"),
    ("[.5]", "not_json", 1, 2, "/0"),
    ("[+1]", "not_json", 1, 2, "/0"),
    ("[0x10]", "not_json", 1, 3, "/0"),
    ("[True]", "not_json", 1, 2, "/0"),
    ("[nul]", "not_json", 1, 2, "/0"),
    ("[١]", "not_json", 1, 2, "/0"),
    ('["a\nb"]', "not_json", 1, 4, "/0"),
    ('["a\\x"]', "not_json", 1, 4, "/0"),
    ('["a\\u12g4"]', "not_json", 1, 4, "/0"),
    ('["a', "not_json", 1, 4, "/0"),
    ("[1] // c", "trailing_data", 1, 5, ""),
    ("\u00a0[]", "not_json", 1, 1, ""),
]


def refusal(call: Callable[[], object]) -> tuple[str, int, int, str]:
    with pytest.raises(JsonInvalid) as caught:
        call()
    invalid = caught.value
    return invalid.reason, invalid.line, invalid.column, invalid.path


@pytest.mark.parametrize("case", REFUSED_BY_BOTH, ids=lambda case: repr(case[0][:30]))
def test_hostile_text_is_refused_at_its_place(case):
    text, *expected = case
    assert refusal(lambda: loads(text)) == tuple(expected)
    assert refusal(lambda: read(text, "form.json")) == tuple(expected)


def test_bytes_are_judged_like_text():
    assert refusal(lambda: loads(b'{"a": NaN}')) == ("not_finite", 1, 7, "/a")
    assert loads('{"tên": "Bắc Kạn"}'.encode()) == {"tên": "Bắc Kạn"}


@pytest.mark.parametrize(
    ("body", "line", "column"),
    [
        (b"\xff", 1, 1),
        (b'{"a":\n "\xc3"}', 2, 3),
        (b'["\xed\xa0\x80"]', 1, 3),
        (b'["\xc0\x80"]', 1, 3),
    ],
)
def test_what_is_no_utf8_is_refused(body, line, column):
    assert refusal(lambda: loads(body)) == ("invalid_utf8", line, column, "")


def test_a_byte_order_mark_is_refused():
    assert refusal(lambda: loads(b"\xef\xbb\xbf{}")) == ("byte_order_mark", 1, 1, "")


def test_a_body_over_the_limit_is_refused_unread():
    assert loads("[1]", max_bytes=3) == [1]
    assert refusal(lambda: loads("[1] ", max_bytes=3))[0] == "too_large"
    assert refusal(lambda: loads(b"[1] ", max_bytes=3))[0] == "too_large"
    assert refusal(lambda: loads('"ẫ"', max_bytes=4))[0] == "too_large"
    assert loads('"ẫ"', max_bytes=5) == "ẫ"
    assert refusal(lambda: loads(b" " * (10 * 1024 * 1024 + 1)))[0] == "too_large"


def test_depth_is_allowed_up_to_the_limit():
    text = "[" * MAX_DEPTH + "]" * MAX_DEPTH
    assert dumps(loads(text)) == text
    assert dumps(read(text, "form.json").value) == text
    assert loads("[[1]]", max_depth=2) == [[1]]
    assert refusal(lambda: loads("[[[1]]]", max_depth=2)) == ("too_deep", 1, 3, "/0/0")


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        ("0", 0),
        ("-0", 0),
        ("1234", 1234),
        ("-5", -5),
        ("123456789012345", 123456789012345),
        ("0.29", 0.29),
        ("19.99", 19.99),
        ("1234567890123.45", 1234567890123.45),
        ("0.000000000000001", 1e-15),
        ("1.50000000000000000000", 1.5),
        ("1e3", 1000.0),
        ("5.0", 5.0),
        ("1E+2", 100.0),
    ],
)
def test_a_number_is_read_exactly(literal, value):
    for text in (literal, f" [{literal}] "):
        read_value = loads(text)
        number = read_value[0] if isinstance(read_value, list) else read_value
        assert (number, type(number)) == (value, type(value))


def test_minus_zero_is_zero():
    assert [str(number) for number in loads("[-0, -0.0, -0e5]")] == ["0", "0.0", "0.0"]


@pytest.mark.parametrize(
    "literal", ["1234567890123456", "0.1234567890123456", "1000000000000000", "123456789012345.6e3"]
)
def test_more_than_fifteen_digits_are_refused_at_the_door_only(literal):
    text = f'{{"total": {literal}}}'
    assert refusal(lambda: loads(text)) == ("number_too_precise", 1, 11, "/total")
    assert read(text, "form.json").value == {"total": json.loads(literal)}


def test_strings_and_keys_become_nfc():
    decomposed = unicodedata.normalize("NFD", '{"Bắc Kạn": ["Chợ Đồn", {"x": "Hoà"}]}')
    composed = {"Bắc Kạn": ["Chợ Đồn", {"x": "Hoà"}]}
    assert loads(decomposed) == composed
    assert read(decomposed, "form.json").value == composed
    assert loads('["o\\u0300"]') == read('["o\\u0300"]', "form.json").value == ["ò"]


def test_escapes_are_read():
    text = r'["\" \\ \/ \b \f \n \r \t \u00e9 \ud83d\ude00 \\u0000 \\ud800"]'
    expected = ['" \\ / \b \f \n \r \t é 😀 \\u0000 \\ud800']
    assert loads(text) == read(text, "form.json").value == expected


def test_a_fault_far_down_a_huge_body_is_refused_without_its_path():
    values = "[" + "0," * 150_000
    assert refusal(lambda: loads(values + "NaN]")) == ("not_finite", 1, 1, "")
    assert refusal(lambda: loads(values + "]")) == ("not_json", 1, len(values) + 1, "")
    assert refusal(lambda: loads(values + "0] 0")) == ("trailing_data", 1, len(values) + 4, "")
    assert refusal(lambda: loads(values + "1e999]")) == ("number_out_of_range", 1, 1, "")


DEFINITION = """{
  "title": "Dân số",
  "properties": {
    "a/b": {"type": "integer"},
    "m~n": [10, {"x": null},
      true]
  },
  "": 1
}
"""


@pytest.mark.parametrize(
    ("path", "position"),
    [
        ("", (1, 1)),
        ("/title", (2, 3)),
        ("/properties", (3, 3)),
        ("/properties/a~1b", (4, 5)),
        ("/properties/a~1b/type", (4, 13)),
        ("/properties/m~0n", (5, 5)),
        ("/properties/m~0n/0", (5, 13)),
        ("/properties/m~0n/1/x", (5, 18)),
        ("/properties/m~0n/2", (6, 7)),
        ("/", (8, 3)),
        ("/properties/a~1b/minimum", (4, 5)),
        ("/properties/m~0n/7/y/z", (5, 5)),
        ("/missing", (1, 1)),
    ],
)
def test_a_definition_knows_where_each_part_stands(path, position):
    document = read(DEFINITION, "population/v01.json")
    assert document.position(path) == position
    assert document.line(path) == position[0]
    assert document.source == "population/v01.json"
    assert document.value == json.loads(DEFINITION)


def test_a_refused_definition_names_its_file():
    with pytest.raises(JsonInvalid) as caught:
        read("{\n  'a': 1}", "population/v01.json")
    assert (caught.value.source, caught.value.line) == ("population/v01.json", 2)


@pytest.mark.parametrize(
    ("path", "parts"),
    [("", ()), ("/", ("",)), ("/a~1b/m~0n/0", ("a/b", "m~n", "0")), ("/~01", ("~1",))],
)
def test_a_pointer_is_escaped(path, parts):
    assert pointer(*parts) == path
    assert tokens(path) == parts


@pytest.mark.parametrize("path", ["a", "a/b", "/a~", "/a~2"])
def test_what_is_no_pointer_is_refused(path):
    with pytest.raises(ValueError, match="not a JSON Pointer"):
        tokens(path)


@given(st.lists(st.text()))
def test_a_pointer_gives_its_tokens_back(parts):
    assert tokens(pointer(*parts)) == tuple(parts)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": [True, None, "Đ"]}, '{"a":[true,null,"Đ"],"b":1}'),
        ([5.0, 5, Decimal("5.00"), -0.0, 1e3], "[5,5,5,0,1000]"),
        ([0.29, Decimal("0.29"), Decimal("1E-7")], "[0.29,0.29,1e-7]"),
        ((1, "x"), '[1,"x"]'),
        ({"é": 1, "z": 2, "Z": 3}, '{"Z":3,"z":2,"é":1}'),
        ('"\\\n\u2028', '"\\"\\\\\\n\u2028"'),
    ],
)
def test_equal_values_are_written_alike(value, text):
    assert dumps(value) == text


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal("0.12345678901234567890")])
def test_what_json_cannot_hold_exactly_is_not_written(value):
    with pytest.raises(ValueError, match=r"exact JSON number|JSON compliant"):
        dumps([value])


def test_keys_that_are_no_text_are_not_written():
    with pytest.raises(TypeError):
        dumps({1: "x"})


def test_a_digest_does_not_depend_on_order_or_notation():
    assert digest({"a": 1, "b": 2.0}) == digest({"b": 2, "a": 1.0})
    assert digest({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    assert digest({"a": 1}) != digest({"a": "1"})


names = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8
).map(lambda text: unicodedata.normalize("NFC", text))
numbers = st.integers(-(10**15) + 1, 10**15 - 1) | st.builds(
    lambda scaled, places: float(Decimal(scaled).scaleb(-places)),
    st.integers(-(10**15) + 1, 10**15 - 1),
    st.integers(1, 12),
)
values = st.recursive(
    st.none() | st.booleans() | numbers | names,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(names, inner, max_size=5),
    max_leaves=20,
)


@given(values, st.booleans())
def test_what_is_written_reads_back_the_same(value, ascii_only):
    assert loads(dumps(value)) == value
    indented = json.dumps(value, ensure_ascii=ascii_only, indent=1)
    assert loads(indented.encode()) == value
    assert read(indented, "x.json").value == value
    assert dumps(loads(dumps(value))) == dumps(value)


@given(values)
def test_every_part_of_a_document_has_its_place(value):
    text = json.dumps(value, ensure_ascii=False, indent=1)
    document = read(text, "x.json")
    lines = text.split("\n")

    def walk(part: object, path: tuple[str | int, ...]) -> None:
        line, column = document.position(pointer(*path))
        start = lines[line - 1][column - 1 :]
        if path and isinstance(path[-1], str):
            assert start.startswith(json.dumps(path[-1], ensure_ascii=False))
        elif not isinstance(part, dict | list):
            assert start.startswith(json.dumps(part, ensure_ascii=False))
        else:
            assert start[0] == ("{" if isinstance(part, dict) else "[")
        if isinstance(part, dict | list):
            for key, member in part.items() if isinstance(part, dict) else enumerate(part):
                walk(member, (*path, key))

    walk(value, ())


def verdict(call: Callable[[], object]) -> object:
    """The value, or everything a refusal says."""
    try:
        return call()
    except JsonInvalid as invalid:
        assert invalid.reason in REASONS
        assert invalid.line >= 1
        assert invalid.column >= 1
        tokens(invalid.path)
        return invalid.args


@given(st.binary(max_size=200))
@example(b"\xef\xbb\xbf")
@example(b"[" * 5000)
@example(b'{"a":' * 5000)
def test_random_bytes_raise_nothing_else(body):
    verdict(lambda: loads(body))


JSON_LIKE = st.lists(
    st.sampled_from(
        (
            *'{}[]:,"',
            *("\\", " ", "\n", '"a"', '"a":', '"ò"', '"o\u0300"', "\\u0000", "\\ud800", "\\ud83d"),
            *("\\ude00", "0", "1", "-", ".", "e", "1e400", "NaN", "-Infinity", "true", "\ud800"),
            *("1" * 16, "1" * 41, "\x00", "\t", "\ufeff", '"\\n"', '"k":[', '{"a":1}', "[]", "0.5"),
        )
    ),
    max_size=14,
).map("".join)


@given(JSON_LIKE)
def test_the_door_and_the_reader_agree(text):
    """The door's fast way must not let in what the reader, with the same limits, refuses."""
    reader = json_text.Reader(text, max_digits=json_text.MAX_DIGITS)
    assert verdict(lambda: loads(text)) == verdict(reader.document)
