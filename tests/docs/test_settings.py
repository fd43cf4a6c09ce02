"""``docs/settings.md`` and ``config.toml`` say what ``server.settings`` does."""

import re
import tomllib
from dataclasses import Field, fields
from pathlib import Path
from typing import Any

import pytest

from server.settings import TABLES, Settings, allowed, load_settings

ROOT = Path(__file__).parents[2]
REFERENCE = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
CONFIG = (ROOT / "config.toml").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `(\w+)` \| `(.*?)` \| (.*) \| (.*) \|$")
KEYS = [
    (table, declared)
    for table, kind in TABLES.items()
    for declared in fields(kind)
    if "means" in declared.metadata
]


def documented() -> dict[str, tuple[str, str, str]]:
    """Key, then default, allowed and meaning, as the reference has them."""
    found: dict[str, tuple[str, str, str]] = {}
    for section in REFERENCE.split("\n## ")[1:]:
        title = re.match(r"`\[(\w+)\]`", section)
        for line in section.splitlines():
            row = ROW.match(line)
            if title and row:
                found[f"{title[1]}.{row[1]}"] = (row[2], row[3], row[4])
    return found


def test_the_reference_has_exactly_the_keys() -> None:
    assert list(documented()) == [f"{table}.{declared.name}" for table, declared in KEYS]


@pytest.mark.parametrize(
    ("table", "declared"), KEYS, ids=[f"{table}.{each.name}" for table, each in KEYS]
)
def test_a_key_is_described_as_it_is(table: str, declared: Field[Any]) -> None:
    default, may_be, means = documented()[f"{table}.{declared.name}"]

    value = tomllib.loads(f"value = {default}")["value"]
    assert (tuple(value) if isinstance(value, list) else value) == declared.default
    assert may_be == allowed(declared)
    assert means == declared.metadata["means"]


@pytest.mark.parametrize(
    ("table", "declared"), KEYS, ids=[f"{table}.{each.name}" for table, each in KEYS]
)
def test_every_key_stands_in_the_configuration_under_a_comment(
    table: str, declared: Field[Any]
) -> None:
    section = re.search(rf"^\[{table}\]$(.*?)(?=^\[|\Z)", CONFIG, re.MULTILINE | re.DOTALL)

    assert section
    assert re.search(rf"^# .+\n{declared.name} = ", section[1], re.MULTILINE)


def test_the_shipped_configuration_changes_no_default_but_the_plugins() -> None:
    settings = load_settings(ROOT / "config.toml", {"BIEUMAU_SECRET_KEY": "s" * 40})

    for table in TABLES:
        if table != "plugins":
            assert getattr(settings, table) == getattr(Settings(), table)
