"""Two texts of a definition line by line."""

from hypothesis import given
from hypothesis import strategies as st

from server.core.definition_lines import Line, lines_between


def test_only_what_differs_is_shown_with_two_lines_around_it() -> None:
    before = "{\n" + "".join(f'  "k{n}": "{"x" * 90}",\n' for n in range(9)) + '  "z": 1\n}\n'
    after = before.replace('"z": 1', '"z": 2').replace('"k0": "x', '"k0": "y')

    told = lines_between(before, after)

    assert [line.mark for line in told] == [*" -+  …", *"  -+ "]
    assert [line.text.strip() for line in told if line.mark == "+"][1] == '"z": 2'


def test_spaces_and_line_ends_of_json_are_no_difference() -> None:
    assert lines_between('{"a": 1, "b": [2]}', '\ufeff{\r\n "a":1,\r\n\r\n"b":[2]}') == []


def test_a_text_that_is_no_json_is_compared_as_it_stands() -> None:
    assert lines_between('{"a": 1}', "{") == [Line("-", '{"a": 1}'), Line("+", "{")]


@given(*[st.lists(st.sampled_from("abc-+@"), max_size=8).map("\n".join)] * 2)
def test_the_lines_of_either_text_alone_are_found_in_it(before: str, after: str) -> None:
    told = lines_between(before, after)

    for mark, text in (("-", before), ("+", after)):
        assert [line.text for line in told if line.mark == mark] == [] or text
        for line in told:
            assert line.mark != mark or line.text in text.splitlines()
    assert bool(told) == (before.splitlines() != after.splitlines())
