"""The shipped definitions as files: where they are, and code lists ready for compiling."""

import csv
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from server.core.form import Form, compile_form
from server.core.indicator import CodeList, CodeListItem

ROOT = Path(__file__).parents[3]
FORMS = ROOT / "form_definitions"
WORKFLOWS = ROOT / "workflows"


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def form_files() -> list[Path]:
    return sorted(FORMS.glob("[a-z]*/v*.json"))


def workflow_files() -> list[Path]:
    return sorted(WORKFLOWS.glob("[a-z]*/v*.json"))


@cache
def codelists() -> dict[str, CodeList]:
    return {path.stem: _codelist(read(path)) for path in (FORMS / "_codelists").glob("*.json")}


def compiled(path: Path) -> Form:
    return compile_form(read(path), codelists())


def parts(node: object) -> Iterator[dict[str, Any]]:
    """Every object inside a definition."""
    if isinstance(node, dict):
        yield node
        for part in node.values():
            yield from parts(part)
    elif isinstance(node, list):
        for part in node:
            yield from parts(part)


def _codelist(source: dict[str, Any]) -> CodeList:
    items = tuple(CodeListItem(item["code"], item["title"]) for item in source["items"])
    return CodeList(
        source["code"],
        source["version"],
        source["title"],
        items,
        source["constructed"],
        source["source"],
    )
