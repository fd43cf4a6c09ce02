"""``docs/errors.md`` lists every error as it is answered."""

import re
from pathlib import Path

import pytest

import server.web  # noqa: F401 - the web layer has errors of its own
from server.errors import BieumauError
from server.web.problem_catalogue import CATALOGUE

REFERENCE = (Path(__file__).parents[2] / "docs" / "errors.md").read_text(encoding="utf-8")
ROWS = {
    row[1]: row[2:]
    for line in REFERENCE.splitlines()
    if (row := [cell.strip(" `") for cell in line.split("|")]) and len(row) > 5 and row[2].isdigit()
}


def classes(base: type[BieumauError] = BieumauError) -> list[type[BieumauError]]:
    return [base, *(kind for child in base.__subclasses__() for kind in classes(child))]


def test_the_reference_has_exactly_the_codes_of_the_catalogue() -> None:
    assert list(ROWS) == list(CATALOGUE)


@pytest.mark.parametrize("code", CATALOGUE)
def test_an_error_is_described_as_it_is_answered(code: str) -> None:
    status, _, title, detail = ROWS[code][:4]

    entry = CATALOGUE[code]
    assert (int(status), title, detail) == (entry.status, entry.title, entry.detail)


@pytest.mark.parametrize(
    "kind",
    [each for each in classes() if each.__module__.startswith("server.") and "code" in vars(each)],
    ids=lambda kind: kind.__name__,
)
def test_every_error_class_stands_beside_its_code(kind: type[BieumauError]) -> None:
    assert ROWS[kind.code][1] == kind.__name__
    assert re.match(r"[a-z]+(-[a-z]+)*$", kind.code)
