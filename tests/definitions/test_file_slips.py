"""Files that are broken as a whole, and code lists: refused with their line; untouched, not."""

import json
import re
from collections.abc import Callable

import pytest

from server.core.definition import check_codelist
from tests.definitions.shipped import CODE_LISTS, FORMS, WORKFLOWS, name_of
from tests.definitions.slips import add, as_form, as_workflow, drop, put, refused

POPULATION = next(path for path in FORMS if path.parent.name == "population_ethnic")
SEX = next(path for path in CODE_LISTS if path.stem == "sex")

TEXT_MUTATIONS: dict[str, tuple[Callable[[str], str], str]] = {
    "cut off": (lambda text: text[: len(text) // 2], "json-"),
    "empty": (lambda text: "", "json-"),
    "byte order mark": (lambda text: "\ufeff" + text, "json-byte-order-mark"),
    "duplicate key": (
        lambda text: text.replace("{", '{"title": "A", ', 1),
        "json-duplicate-key",
    ),
    "not a number": (lambda text: re.sub(r'("version": )1', r"\1NaN", text), "json-not-finite"),
    "number beyond all numbers": (
        lambda text: re.sub(r'("version": )1', r"\g<1>1e999", text),
        "json-number-out-of-range",
    ),
    "comment": (lambda text: "// note\n" + text, "json-"),
    "trailing comma": (lambda text: text.rstrip().removesuffix("}") + ",}", "json-"),
    "something behind": (lambda text: text + "{}", "json-trailing-data"),
    "letters apart from their marks": (
        lambda text: text.replace('"title": "', '"title": "a\u0302', 1),
        "not-nfc",
    ),
    "a list": (lambda text: f"[{text}]", "wrong-type"),
}


@pytest.mark.parametrize("path", [*FORMS, *WORKFLOWS], ids=name_of)
@pytest.mark.parametrize("what", TEXT_MUTATIONS)
def test_a_broken_file_is_refused_at_its_line(what, path):
    mutate, code = TEXT_MUTATIONS[what]
    check = as_form if path in FORMS else as_workflow

    refusals = check(mutate(path.read_text(encoding="utf-8")))

    assert any(refusal.code.startswith(code) for refusal in refusals)
    assert all(refusal.line >= 1 for refusal in refusals)


@pytest.mark.parametrize("path", FORMS, ids=name_of)
def test_a_misspelt_type_anywhere_is_refused(path):
    text = path.read_text(encoding="utf-8")

    for place in [found.start() for found in re.finditer('"type": "integer"', text)][:10]:
        broken = text[:place] + text[place:].replace('"integer"', '"interger"', 1)
        line = text.count("\n", 0, place) + 1
        assert line in {refusal.line for refusal in as_form(broken)}


def test_windows_line_ends_are_no_slip():
    text = POPULATION.read_text(encoding="utf-8").replace("\n", "\r\n")

    assert as_form(text) == []


@pytest.mark.parametrize(
    ("mutate", "code"),
    [
        (add("items", value={"code": "male", "title": "Nam"}), "duplicate-code"),
        (add("items", value={"code": "c", "title": "C", "validTo": "2025-02-31"}), "not-a-day"),
        (
            add(
                "items",
                value={
                    "code": "c",
                    "title": "C",
                    "validFrom": "2025-07-01",
                    "validTo": "2025-06-30",
                },
            ),
            "ends-before-begin",
        ),
        (put("items", value=[]), "wrong-value"),
        (put("items", 0, "code", value="Nam giới"), "wrong-form"),
        (drop("items", 0, "title"), "missing-keyword"),
        (put("colour", value="red"), "unknown-keyword"),
    ],
)
def test_a_code_list_with_one_slip_is_refused(mutate, code):
    document = json.loads(SEX.read_text(encoding="utf-8"))

    mutate(document)

    refused(json.dumps(document, ensure_ascii=False, indent=2), check_codelist, code, "")
