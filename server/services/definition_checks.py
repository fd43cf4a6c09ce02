"""Checking definition files against what ships, with no database: ``./run check``."""

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from server.core.definition import Installed, Refusal, check_codelist, check_form, check_workflow
from server.core.definition_tests import judge
from server.core.expressions import ExpressionInvalid
from server.core.form import compile_form
from server.core.indicator import CodeList
from server.core.json_text import JsonInvalid, loads, read
from server.core.shape import Shape
from server.services.definitions import (
    Kind,
    definition_files,
    kind_of,
    read_codelist,
    read_indicators,
)


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file and everything that speaks against it; an example belongs to the form beside it."""

    path: Path
    kind: Kind | Literal["example"]
    refusals: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True)
class DefinitionChecks:
    """Judges files; references resolve in the shipped catalogue."""

    root: Path
    installed: Installed

    @classmethod
    def of(cls, root: Path) -> "DefinitionChecks":
        """The checks against what ships under *root*; broken shipped files are left out here."""
        shipped = root / "form_definitions"
        codelists: dict[str, CodeList] = {}
        names: dict[str, set[str]] = {"form": set(), "workflow": set()}
        for kind, path in definition_files(root):
            source = _source(path)
            if kind == "codelist" and source is not None:
                found = _codelist(source)
                if found is not None:
                    codelists[found.code] = found
            elif kind != "codelist":
                names[kind].add(path.parent.name)
        indicators = loads((shipped / "_indicators" / "indicators.json").read_bytes())
        with (shipped / "_org_units" / "org_units.csv").open(encoding="utf-8", newline="") as text:
            codes = frozenset(row["code"] for row in csv.DictReader(text))
        installed = Installed(
            codelists=codelists,
            indicators=frozenset(
                found.code
                for found in read_indicators(indicators)  # type: ignore[arg-type]
            ),
            workflows=frozenset(names["workflow"]),
            forms=frozenset(names["form"]),
            org_unit_codes=codes,
            form_schema=_schema(shipped / "_meta" / "form.schema.json"),
            workflow_schema=_schema(root / "workflows" / "_meta" / "workflow.schema.json"),
            shape_of=cache(lambda code: _shape(shipped / code, codelists)),
        )
        return cls(root, installed)

    def check(self, paths: Sequence[Path]) -> list[CheckedFile]:
        """Check files, and every definition in folders."""
        files: list[Path] = []
        for path in paths:
            files += self._in_folder(path) if path.is_dir() else [path]
        results: list[CheckedFile] = []
        for path in dict.fromkeys(files):
            result = self._check(path)
            results.append(result)
            if result.kind == "form" and not result.refusals and self._is_at_home(path):
                results += self._examples(path)
        return results

    def _in_folder(self, folder: Path) -> list[Path]:
        shipped = [path for _, path in definition_files(self.root)]
        inside = [path for path in shipped if folder.resolve() in path.resolve().parents]
        return inside or sorted(folder.rglob("*.json"))

    def _check(self, path: Path) -> CheckedFile:
        text = path.read_bytes().decode("utf-8", errors="surrogateescape")
        kind = kind_of(path, _source(path))
        if kind == "codelist":
            refusals = check_codelist(text)
        elif kind == "workflow":
            refusals = check_workflow(text, self.installed)
        else:
            refusals = check_form(text, self.installed)
        if not refusals and kind != "codelist" and self._is_at_home(path):
            refusals = _misplaced(path, text, kind)
        return CheckedFile(path, kind, tuple(refusals))

    def _is_at_home(self, path: Path) -> bool:
        """Whether the file lies where what ships lies; a copy elsewhere is judged alone."""
        homes = (self.root / "form_definitions", self.root / "workflows")
        return any(home.resolve() in path.resolve().parents for home in homes)

    def _examples(self, path: Path) -> list[CheckedFile]:
        """The examples beside a form: each must give exactly the findings that it names."""
        source = _source(path)
        if not isinstance(source, Mapping):
            return []
        form = compile_form(source, self.installed.codelists)
        results = []
        for example in sorted((path.parent / "examples").glob("*.json")):
            refusals: list[Refusal] = []
            try:
                declared = loads(example.read_bytes())
                wanted = sorted(set(declared["findings"]))  # type: ignore[index]
                found = sorted({one.code for one in judge(form, declared).findings})  # type: ignore[arg-type]
                if found != wanted:
                    message = f"gives the findings {found}, not {wanted}"
                    refusals.append(Refusal(1, "/findings", "example-differs", message))
            except JsonInvalid as error:
                refusals.append(Refusal(error.line, error.path, error.reason, error.reason))
            except (KeyError, TypeError) as error:
                refusals.append(Refusal(1, "", "example-invalid", f"no example: {error!r}"))
            results.append(CheckedFile(example, "example", tuple(refusals)))
        return results


def _misplaced(path: Path, text: str, kind: Kind) -> list[Refusal]:
    """Why a definition does not belong where it lies: the place names its code and version."""
    source = json.loads(text)
    own = source["x-form"] if kind == "form" else source
    where = "/x-form" if kind == "form" else ""
    refusals = []
    for key, wanted, given in (
        ("code", path.parent.name, str(own["code"])),
        ("version", path.stem, f"v{int(own['version']):02}"),
    ):
        if wanted != given:
            line = read(text, str(path)).line(f"{where}/{key}")
            message = f"the file is {path.parent.name}/{path.stem}, its {key} says {given!r}"
            refusals.append(Refusal(line, f"{where}/{key}", "misplaced", message))
    return refusals


def _source(path: Path) -> object:
    """The parsed file, or ``None`` when it cannot be read; the check itself says why."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        return None


def _codelist(source: object) -> CodeList | None:
    try:
        return read_codelist(source)  # type: ignore[arg-type]
    except (KeyError, TypeError, ValueError):
        return None


def _shape(folder: Path, codelists: Mapping[str, CodeList]) -> Shape | None:
    """The shape of a shipped form's newest version; None when it is faulty, its own check says."""
    for path in sorted(folder.glob("v[0-9][0-9].json"), reverse=True)[:1]:
        source = _source(path)
        try:
            return compile_form(source, codelists).shape  # type: ignore[arg-type]
        except (AttributeError, ExpressionInvalid, KeyError, TypeError, ValueError):
            return None
    return None


def _schema(path: Path) -> Mapping[str, object]:
    try:
        schema = loads(path.read_bytes())
    except JsonInvalid as error:
        raise ValueError(path) from error
    if not isinstance(schema, dict):
        raise TypeError(path)
    return schema
