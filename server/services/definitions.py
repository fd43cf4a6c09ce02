"""Reading the shipped definition files: which there are, and what code lists and indicators say."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from server.core.indicator import CodeList, CodeListItem, FormerOwners, Indicator, Measure
from server.core.vietnamese import nfc

Kind = Literal["form", "workflow", "codelist"]


def definition_files(root: Path) -> list[tuple[Kind, Path]]:
    """Every definition under *root*, in an order in which they can be published."""
    forms, workflows = root / "form_definitions", root / "workflows"
    found: list[tuple[Kind, Path]] = []
    found += [("codelist", path) for path in sorted((forms / "_codelists").glob("*.json"))]
    found += [("workflow", path) for path in sorted(workflows.glob("[a-z]*/v*.json"))]
    found += [("form", path) for path in sorted(forms.glob("[a-z]*/v*.json"))]
    return found


def kind_of(path: Path, source: object) -> Kind:
    """What a file anywhere on the disk holds, by what stands in it, then by where it lies."""
    if isinstance(source, Mapping):
        if "x-form" in source:
            return "form"
        if "transitions" in source or "states" in source:
            return "workflow"
        if "items" in source:
            return "codelist"
    if "workflows" in path.parts:
        return "workflow"
    return "codelist" if "_codelists" in path.parts else "form"


def read_codelist(source: Mapping[str, Any]) -> CodeList:
    """A code list from its checked document."""
    return CodeList(
        code=str(source["code"]),
        version=int(source["version"]),
        title=str(source["title"]),
        items=tuple(
            CodeListItem(
                code=str(item["code"]),
                title=str(item["title"]),
                title_en=item.get("i18n", {}).get("en", {}).get("title"),
                aliases=tuple(item.get("aliases", ())),
                numbering2=item.get("numbering2"),
                minority=bool(item.get("minority", False)),
                valid_from=str(item.get("validFrom", "")),
                valid_to=str(item.get("validTo", "")),
            )
            for item in source["items"]
        ),
        constructed=bool(source.get("constructed", False)),
        source=str(source.get("source", "")),
    )


def read_indicators(document: Mapping[str, Any]) -> tuple[Indicator, ...]:
    """The indicator catalogue from its file."""
    groups = {str(group["code"]): str(group["title"]) for group in document["groups"]}
    return tuple(
        Indicator(
            code=str(entry["code"]),
            title=str(entry["title"]),
            title_en=str(_english(entry).get("title", entry["title"])),
            group=str(entry["group"]),
            group_title=groups[str(entry["group"])],
            measures=tuple(
                Measure(str(measure["unit"]), str(measure["aggregation"]))
                for measure in entry["measures"]
            ),
            dimensions=tuple(entry["dimensions"]),
            lowest_level=str(entry["lowestLevel"]),
            frequency=str(entry["frequency"]),
            owners=tuple(entry["owners"]),
            owner_units=tuple(entry["ownerUnits"]),
            source=str(entry["source"]),
            constructed=bool(entry["constructed"]),
            definition=nfc(str(entry.get("definition", ""))),
            method=nfc(str(entry.get("method", ""))),
            definition_en=str(_english(entry).get("definition", "")),
            method_en=str(_english(entry).get("method", "")),
            text_source=nfc(str(entry.get("textSource", ""))),
            text_source_en=str(_english(entry).get("textSource", "")),
            ministry_code=str(entry.get("ministryCode", "")),
            valid_from=str(entry.get("validFrom", "")),
            valid_to=str(entry.get("validTo", "")),
            owners_from=str(entry.get("ownersFrom", "")),
            former_owners=tuple(
                FormerOwners(
                    owners=tuple(former["owners"]),
                    owner_units=tuple(former.get("ownerUnits", ())),
                    valid_from=str(former.get("validFrom", "")),
                    valid_to=str(former["validTo"]),
                )
                for former in entry.get("formerOwners", ())
            ),
        )
        for entry in document["indicators"]
    )


def _english(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = entry.get("i18n", {}).get("en", {})
    return found
