"""What a definition refers to outside itself: code lists, indicators, units, workflows, forms."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from server.core.definition_source import line_source, lines_of, root_cells
from server.core.form import codelist_places
from server.core.indicator import CodeList
from server.core.part import UNIT
from server.core.refusal import Refusals
from server.core.shape import BlockKind, Shape, mapping, sequence, strings


@dataclass(frozen=True)
class Installed:
    """What a definition may refer to, and the meta-schemas it is held against.

    *dimensions* are codes of code lists that figures may be broken down by; all of them unless
    said. *org_unit_codes* are official codes, of whatever day. *shape_of* gives the shape of a
    form by its code, None where only the code is known. *last_days* are those of ended code lists.
    """

    codelists: Mapping[str, CodeList]
    indicators: Collection[str]
    workflows: Collection[str]
    forms: Collection[str]
    org_unit_codes: Collection[str]
    form_schema: Mapping[str, object]
    workflow_schema: Mapping[str, object]
    dimensions: Collection[str] | None = None
    shape_of: Callable[[str], Shape | None] = field(default=lambda code: None)
    last_days: Mapping[str, date] = field(default_factory=dict)

    def is_dimension(self, code: str) -> bool:
        return code in self.codelists and (self.dimensions is None or code in self.dimensions)

    def has_code(self, codelist: str, code: str) -> bool:
        found = self.codelists.get(codelist)
        return found is not None and found.title_of(code) is not None


def refuse_code_lists(
    refusals: Refusals, source: Mapping[str, object], installed: Installed
) -> None:
    """Code lists of choices and of rows; only when these are known can the form be compiled."""
    cells = [*root_cells(source), *(cell for line in lines_of(source) for cell in line.cells)]
    for path, _, declared in cells:
        _refuse_list(refusals, f"{path}/x-codelist", declared.get("x-codelist"), installed)
    for key, root in mapping(source["properties"]).items():
        rows = mapping(root).get("x-rows")
        if rows is None:
            continue
        path, code = f"/properties/{key}/x-rows", mapping(rows)["codelist"]
        if _refuse_list(refusals, f"{path}/codelist", code, installed):
            continue
        excluded = strings(mapping(rows).get("exclude", ()))
        for place, row in enumerate(excluded):
            if not installed.has_code(str(code), row):
                message = f"code list {code} has no code {row!r}"
                refusals.add(f"{path}/exclude/{place}", "unknown-row", message, row=row)
        if all(item.code in excluded for item in installed.codelists[str(code)].items):
            refusals.add(path, "no-rows", "no row of the code list is left")


def refuse_retired_lists(
    refusals: Refusals, source: Mapping[str, object], installed: Installed
) -> None:
    """A list with a last day is taken by no new version: the form would outlive its codes."""
    if not installed.last_days:
        return
    for path, code in codelist_places(source):
        last_on = installed.last_days.get(code)
        if last_on is not None:
            day = last_on.isoformat()
            message = f"the code list {code!r} is retired after {day}"
            refusals.add(path, "retired-codelist", message, codelist=code, last_on=day)


def refuse_settings(refusals: Refusals, source: Mapping[str, object], installed: Installed) -> None:
    """Workflows, units and forms named in ``x-form``; units that own cells."""
    settings = mapping(source["x-form"])
    workflow = settings["workflow"]
    named = (
        {f"/x-form/workflow/{level}": code for level, code in workflow.items()}
        if isinstance(workflow, Mapping)
        else {"/x-form/workflow": workflow}
    )
    for path, code in named.items():
        if code not in installed.workflows:
            message = f"there is no workflow {code!r}"
            refusals.add(path, "unknown-workflow", message, workflow=code)
    _refuse_unit(refusals, "/x-form/owner", settings.get("owner"), installed)
    assigned = mapping(settings.get("assignedTo", {}))
    for place, unit in enumerate(strings(assigned.get("units", ()))):
        _refuse_unit(refusals, f"/x-form/assignedTo/units/{place}", unit, installed)
    consolidated = settings.get("consolidates")
    named_here = (None, True, settings["code"], *installed.forms)
    if consolidated not in named_here:
        message = f"there is no form {consolidated!r}"
        refusals.add("/x-form/consolidates", "unknown-form", message, form=consolidated)
    for path, _, declared in [
        *root_cells(source),
        *(cell for line in lines_of(source) for cell in line.cells),
    ]:
        _refuse_unit(refusals, f"{path}/x-owner", declared.get("x-owner"), installed)
    for key, root in mapping(source["properties"]).items():
        owner = mapping(root).get("x-owner")
        _refuse_unit(refusals, f"/properties/{key}/x-owner", owner, installed)
    for place, section in enumerate(sequence(mapping(source["x-layout"])["sections"])):
        owner = mapping(section).get("owner", UNIT)
        if owner != UNIT:
            _refuse_unit(refusals, f"/x-layout/sections/{place}/owner", owner, installed)


def refuse_indicators(
    refusals: Refusals, source: Mapping[str, object], shape: Shape, installed: Installed
) -> None:
    """Indicators, dimensions and members of every cell, line and block."""
    for path, key, declared in root_cells(source):
        _refuse_meaning(refusals, path, declared, (), installed)
        _refuse_exclusions(refusals, path, declared, (), key)
    for key, block in shape.blocks.items():
        path = f"/properties/{key}"
        around = _dimension(refusals, path, block.schema, installed)
        _refuse_meaning(refusals, path, block.schema, (), installed)
        if block.kind is BlockKind.CODELIST and around:
            for code in block.lines:
                if not installed.has_code(around[0], code):
                    message = f"row {code!r} is no member of dimension {around[0]}"
                    refusals.add(f"{path}/x-dimension", "unknown-member", message, member=code)
                    break
        for line in block.samples:
            row = line_source(source, block, line.key)
            within = (*_dimension(refusals, row.path, row.schema, installed), *around)
            if row.path != path:
                _refuse_meaning(refusals, row.path, row.schema, around, installed)
            for cell_path, column, declared in row.cells:
                _refuse_meaning(refusals, cell_path, declared, within, installed)
                rows = tuple(block.lines) if block.kind is BlockKind.CODELIST else ()
                _refuse_exclusions(refusals, cell_path, declared, rows, column)


def _refuse_list(refusals: Refusals, path: str, code: object, installed: Installed) -> bool:
    if code is None or code in installed.codelists:
        return False
    refusals.add(path, "unknown-codelist", f"there is no code list {code!r}", codelist=code)
    return True


def _refuse_unit(refusals: Refusals, path: str, code: object, installed: Installed) -> None:
    if code is not None and code not in installed.org_unit_codes:
        refusals.add(path, "unknown-unit", f"there is no unit with code {code!r}", unit=code)


def _dimension(
    refusals: Refusals, path: str, declared: Mapping[str, object], installed: Installed
) -> tuple[str, ...]:
    code = declared.get("x-dimension")
    if code is None:
        return ()
    if not installed.is_dimension(str(code)):
        message = f"there is no dimension {code!r}"
        refusals.add(f"{path}/x-dimension", "unknown-dimension", message, dimension=code)
        return ()
    return (str(code),)


def _refuse_meaning(
    refusals: Refusals,
    path: str,
    declared: Mapping[str, object],
    around: tuple[str, ...],
    installed: Installed,
) -> None:
    """*around* are the dimensions of what encloses the declaration, nearest first."""
    indicator = declared.get("x-indicator")
    where = f"{path}/x-indicator"
    if isinstance(indicator, Mapping):
        indicator, where = indicator["code"], f"{where}/code"
    if indicator is not None and indicator not in installed.indicators:
        message = f"there is no indicator {indicator!r}"
        refusals.add(where, "unknown-indicator", message, indicator=indicator)
    own = _dimension(refusals, path, declared, installed) if "x-member" in declared else ()
    member = declared.get("x-member")
    if isinstance(member, str):
        dimensions = (*own, *around) if around or own else ()
        if not dimensions:
            message = "x-member stands in no x-dimension: write {dimension: code}"
            refusals.add(f"{path}/x-member", "member-without-dimension", message)
        else:
            _refuse_member(refusals, f"{path}/x-member", dimensions[0], member, installed)
    elif isinstance(member, Mapping):
        for dimension, code in member.items():
            _refuse_member(
                refusals, f"{path}/x-member/{dimension}", str(dimension), str(code), installed
            )


def _refuse_member(
    refusals: Refusals, path: str, dimension: str, code: str, installed: Installed
) -> None:
    if not installed.is_dimension(dimension):
        message = f"there is no dimension {dimension!r}"
        refusals.add(path, "unknown-dimension", message, dimension=dimension)
    elif not installed.has_code(dimension, code):
        message = f"dimension {dimension} has no member {code!r}"
        refusals.add(path, "unknown-member", message, dimension=dimension, member=code)


def _refuse_exclusions(
    refusals: Refusals,
    path: str,
    declared: Mapping[str, object],
    rows: tuple[str, ...],
    column: str,
) -> None:
    indicator = declared.get("x-indicator")
    if not isinstance(indicator, Mapping):
        return
    for place, row in enumerate(strings(indicator.get("exclude", ()))):
        if row not in rows:
            message = f"{column} excludes row {row!r}, which the grid does not have"
            refusals.add(f"{path}/x-indicator/exclude/{place}", "unknown-row", message, row=row)
