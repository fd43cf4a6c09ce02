"""The shipped reference data: counts that are known, and references that lead somewhere."""

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.definitions.content.shipped import FORMS, codelists, read, table

INDICATORS = read(FORMS / "_indicators/indicators.json")
UNITS = table(FORMS / "_org_units/org_units.csv")
VILLAGES = table(FORMS / "_villages/villages.csv")


def test_the_catalogue_holds_132_indicators_in_16_groups() -> None:
    groups = {group["code"] for group in INDICATORS["groups"]}
    codes = [entry["code"] for entry in INDICATORS["indicators"]]

    assert len(groups) == 16
    assert len(codes) == len(set(codes)) == 132
    assert {entry["group"] for entry in INDICATORS["indicators"]} == groups


def test_every_dimension_of_an_indicator_is_a_code_list() -> None:
    used = {name for entry in INDICATORS["indicators"] for name in entry["dimensions"]}

    assert used <= set(codelists())


def test_every_owner_of_an_indicator_is_a_unit_or_a_level() -> None:
    units = {unit["code"] for unit in UNITS}
    owners = {owner for entry in INDICATORS["indicators"] for owner in entry["ownerUnits"]}

    places = {owner for owner in owners if owner.startswith("level:")}

    assert places <= {"level:district", "level:commune"}
    assert owners - places <= units


@pytest.mark.parametrize(
    ("status", "count"), [("verified", 92), ("derived", 20), ("constructed", 20)]
)
def test_how_an_indicator_was_found_stays_with_it(status: str, count: int) -> None:
    found = [entry for entry in INDICATORS["indicators"] if entry["status"] == status]

    assert len(found) == count
    assert all(entry["constructed"] is (status == "constructed") for entry in found)


def indicators_of(node: object) -> set[str]:
    """The codes that the cells of a form name."""
    if isinstance(node, list):
        return set().union(*map(indicators_of, node))
    if not isinstance(node, dict):
        return set()
    own = node.get("x-indicator")
    found = set() if own is None else {own["code"] if isinstance(own, dict) else own}
    return found.union(*map(indicators_of, node.values()))


def test_every_indicator_of_a_shipped_form_says_what_it_means_in_both_languages() -> None:
    entries = {entry["code"]: entry for entry in INDICATORS["indicators"]}
    used = set().union(*(indicators_of(read(path)) for path in FORMS.glob("[a-z]*/v*.json")))
    keys = ("definition", "method", "textSource")

    assert len(used) == 24
    for code in used:
        entry = entries[code]
        texts = [entry.get(key, "") for key in keys]
        english = [entry["i18n"]["en"].get(key, "") for key in keys]
        assert all(len(text) > 20 for text in (*texts, *english)), code


def test_the_texts_of_indicators_are_our_own_and_quote_no_document() -> None:
    told = [
        entry[key] for entry in INDICATORS["indicators"]
        for key in ("definition", "method") if key in entry
    ]  # fmt: skip

    assert told
    assert not [text for text in told if re.search(r"Thông tư|Nghị định|Luật|\d/\d{4}/", text)]
    sources = {entry["textSource"] for entry in INDICATORS["indicators"] if "definition" in entry}
    assert sources == {"Lời văn do đơn vị xây dựng phần mềm biên soạn, không trích văn bản"}


def test_the_ethnic_groups_are_54_and_two_more_of_which_53_are_minorities() -> None:
    items = read(FORMS / "_codelists/ethnic_group.json")["items"]
    codes = [item["code"] for item in items]

    assert codes == [*(f"{number:02d}" for number in range(1, 55)), "55", "99"]
    assert [item["code"] for item in items if item.get("minority")] == codes[1:54]


def test_only_the_verified_numbers_of_the_second_list_say_so() -> None:
    items = read(FORMS / "_codelists/ethnic_group.json")["items"]
    second = {item["numbering2"]: item for item in items if "numbering2" in item}

    assert len(second) == 54
    assert {number for number, item in second.items() if item["numbering2Verified"]} == {
        f"{number:02d}" for number in range(1, 21)
    }
    assert (second["06"]["title"], second["04"]["title"]) == ("Hoa", "Mường")


def test_a_unit_is_known_by_code_and_first_day() -> None:
    keys = Counter((unit["code"], unit["valid_from"]) for unit in UNITS)

    assert len(keys) == len(UNITS) == 272
    assert not [code for code, _ in keys if "-" in code or (code != code.lower() and code != "VN")]


def test_the_villages_are_those_of_the_108_communes_of_2024() -> None:
    communes = {
        unit["code"]: unit["type"]
        for unit in UNITS
        if unit["level"] == "commune" and unit["valid_to"] == "2025-06-30"
    }

    assert len(communes) == 108
    assert {village["commune_code"] for village in VILLAGES} == set(communes)
    for village in VILLAGES:
        rural = communes[village["commune_code"]] == "xa"
        assert village["kind"] == ("thon" if rural else "to_dan_pho")


def test_the_villages_add_up_to_the_published_and_invented_totals() -> None:
    roads = Counter(village["road"] for village in VILLAGES)

    assert len(VILLAGES) == 1292
    assert sum(village["extremely_poor"] == "1" for village in VILLAGES) == 648
    assert roads == {"upgraded": 512, "renovated": 318, "built": 255, "none": 207}


@pytest.mark.parametrize(
    ("commune", "villages", "with_road"), [("01864", 14, 14), ("01888", 16, 13), ("02155", 14, 12)]
)
def test_the_control_communes_have_their_villages_and_roads(
    commune: str, villages: int, with_road: int
) -> None:
    rows = [village for village in VILLAGES if village["commune_code"] == commune]

    assert [village["no"] for village in rows] == [str(number + 1) for number in range(villages)]
    assert sum(village["road"] != "none" for village in rows) == with_road


@pytest.mark.parametrize(
    "path", sorted((FORMS / "_codelists").glob("*.json")), ids=lambda p: p.stem
)
def test_a_code_list_says_where_it_is_from_and_repeats_no_code(path: Path) -> None:
    source = read(path)
    codes = [item["code"] for item in source["items"]]

    assert source["code"] == path.stem
    assert source["source"]
    assert isinstance(source["constructed"], bool)
    assert len(codes) == len(set(codes))
