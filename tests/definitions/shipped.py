"""The definitions of this repository as files, and what they may refer to."""

import csv
import json
from functools import cache
from pathlib import Path
from typing import Any

from server.core.definition import Installed
from server.core.form import Form, compile_form
from server.core.indicator import CodeList, CodeListItem

ROOT = Path(__file__).resolve().parents[2]
FORMS = sorted((ROOT / "form_definitions").glob("[a-z]*/v[0-9][0-9].json"))
WORKFLOWS = sorted((ROOT / "workflows").glob("[a-z]*/v[0-9][0-9].json"))
CODE_LISTS = sorted((ROOT / "form_definitions/_codelists").glob("*.json"))
VALID = sorted((ROOT / "form_definitions").glob("[a-z]*/examples/valid-*.json"))
INVALID = sorted((ROOT / "form_definitions").glob("[a-z]*/examples/invalid-*.json"))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT).with_suffix(""))


def json_of(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


@cache
def code_lists() -> dict[str, CodeList]:
    found = {}
    for path in CODE_LISTS:
        source = json_of(path)
        items = tuple(CodeListItem(item["code"], item["title"]) for item in source["items"])
        found[source["code"]] = CodeList(
            source["code"], source["version"], source["title"], items, False, ""
        )
    return found


@cache
def installed() -> Installed:
    indicators = json_of(ROOT / "form_definitions/_indicators/indicators.json")["indicators"]
    units = (ROOT / "form_definitions/_org_units/org_units.csv").read_text(encoding="utf-8-sig")
    return Installed(
        codelists=code_lists(),
        indicators=frozenset(indicator["code"] for indicator in indicators),
        workflows=frozenset(path.parent.name for path in WORKFLOWS),
        forms=frozenset(path.parent.name for path in FORMS),
        org_unit_codes=frozenset(row["code"] for row in csv.DictReader(units.splitlines())),
        form_schema=json_of(ROOT / "form_definitions/_meta/form.schema.json"),
        workflow_schema=json_of(ROOT / "workflows/_meta/workflow.schema.json"),
        shape_of={path.parent.name: form_of(path).shape for path in FORMS}.get,
    )


@cache
def form_of(path: Path) -> Form:
    return compile_form(json_of(path), code_lists())


def newest_form(folder: Path) -> Form:
    return form_of(max(folder.glob("v[0-9][0-9].json")))
