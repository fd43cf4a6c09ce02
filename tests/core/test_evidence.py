"""Merkle proofs and the canonical text: core and the script that anybody runs agree."""

import runpy
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.event import merkle_root
from server.core.evidence import inclusion_path
from server.core.json_text import dumps

SCRIPT = runpy.run_path(str(Path(__file__).parents[2] / "docs" / "check_report.py"))
LEAVES = st.lists(st.binary(min_size=32, max_size=32).map(bytes.hex), min_size=1, max_size=70)
_NUMBERS = st.integers(-(10**15), 10**15) | st.floats(
    -1e9, 1e9, allow_nan=False, allow_infinity=False
)
_JSON = st.recursive(
    st.none() | st.booleans() | _NUMBERS | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(LEAVES, st.data())
def test_the_path_of_each_leaf_leads_to_the_root_and_to_no_other(
    leaves: list[str], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(leaves) - 1))
    path, root_of = inclusion_path(leaves, place), SCRIPT["root_of"]

    assert root_of(leaves[place], place, len(leaves), path) == merkle_root(leaves)
    assert root_of("ab" * 32, place, len(leaves), path) != merkle_root([*leaves[:-1], "cd" * 32])


@pytest.mark.parametrize("size", range(1, 34))
def test_a_path_that_is_too_short_or_too_long_proves_nothing(size: int) -> None:
    leaves = [f"{number:064x}" for number in range(size)]
    for place in range(size):
        path = inclusion_path(leaves, place)
        with pytest.raises(SCRIPT["Broken"]):
            SCRIPT["root_of"](leaves[place], place, size, [*path, "ef" * 32])
        if path:
            with pytest.raises(SCRIPT["Broken"]):
                SCRIPT["root_of"](leaves[place], place, size, path[:-1])
    with pytest.raises(IndexError):
        inclusion_path(leaves, size)


@given(_JSON)
def test_the_script_writes_what_was_hashed(value: object) -> None:
    assert SCRIPT["canonical"](value) == dumps(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [  # RFC 8785, appendix B, and its neighbours
        (0.000001, "0.000001"),
        (9.999999999999997e-7, "9.999999999999997e-7"),
        (0.00001234, "0.00001234"),
        (1e-7, "1e-7"),
        (333333333.3333332, "333333333.3333332"),
        (-0.0, "0"),
        (4.5, "4.5"),
        (1e15, "1000000000000000"),
    ],
)
def test_numbers_are_written_as_rfc_8785_wants_them(value: float, text: str) -> None:
    assert dumps(value) == text
    assert SCRIPT["canonical"](value) == text
