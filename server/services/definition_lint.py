"""Warnings about shipped definition files, beside what the checks refuse: ``check --lint``."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from server.core.definition_lint import lint_form, unused_codelists
from server.core.indicator import Indicator
from server.core.json_text import loads
from server.core.refusal import Refusal
from server.core.shape import mapping
from server.services.definition_checks import CheckedFile, DefinitionChecks
from server.services.definitions import definition_files, read_indicators


@dataclass(frozen=True, slots=True)
class DefinitionLint:
    """Looks at files that were checked already."""

    checks: DefinitionChecks
    indicators: dict[str, Indicator]

    @classmethod
    def of(cls, checks: DefinitionChecks) -> "DefinitionLint":
        path = checks.root / "form_definitions" / "_indicators" / "indicators.json"
        found = read_indicators(mapping(loads(path.read_bytes())))
        return cls(checks, {indicator.code: indicator for indicator in found})

    def warnings(self, checked: Sequence[CheckedFile]) -> list[tuple[Path, Refusal]]:
        """The warnings about each accepted file; unused code lists when the lists were checked."""
        found: list[tuple[Path, Refusal]] = []
        lists: dict[str, Path] = {}
        for result in checked:
            if result.kind == "form" and not result.refusals:
                text = result.path.read_text(encoding="utf-8")
                found += [(result.path, one) for one in lint_form(text, self.indicators)]
            elif result.kind == "codelist":
                lists[result.path.stem] = result.path
        for code in self._unused() if lists else []:
            if code in lists:
                message = f"no form and no indicator uses the code list {code!r}"
                warning = Refusal(
                    line=1, path="", code="lint-unused", message=message, facts={"name": code}
                )
                found.append((lists[code], warning))
        return found

    def _unused(self) -> list[str]:
        forms = [
            json.loads(path.read_text(encoding="utf-8"))
            for kind, path in definition_files(self.checks.root)
            if kind == "form"
        ]
        return unused_codelists(self.checks.installed.codelists, forms, self.indicators)
