"""What a newer version of a form would do, counted over all reports that there are, in a stream.

The version need not be published: the page of a draft asks before anybody decides.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from server.core.access import Actor, Right
from server.core.answer_migration import Route
from server.core.definition_impact import FieldImpact, ImpactCounter
from server.core.definition_reach import Reach, reach
from server.core.form import Form, compile_form
from server.core.migration_step import declared_from
from server.core.period import Period
from server.errors import AccessDenied
from server.services.catalogue import Catalogue
from server.services.reference import Reference
from server.storage.definition_migrations import DefinitionMigrationStore, HeldReport

#: The states of reports that are told apart.
STAGES = ("draft", "approval", "final")
_TELL_EACH = 1000

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Stage:
    """The reports at one stage: how many there are, how many are touched, and whose they are."""

    code: str
    reports: int
    touched: int
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Impact:
    """All that a newer version does; ``taken`` are the drafts that it would take along."""

    newer: Form
    older: tuple[int, ...]
    fields: tuple[FieldImpact, ...]
    stages: tuple[Stage, ...]
    taken: int
    sealed: int
    owed: int
    reach: Reach

    @property
    def reports(self) -> int:
        return sum(stage.reports for stage in self.stages)

    @property
    def orphaned(self) -> tuple[FieldImpact, ...]:
        return tuple(one for one in self.fields if one.orphaned)

    def undecided(self, decisions: Mapping[str, str]) -> tuple[FieldImpact, ...]:
        """Fields whose values would have no place, and of which nobody has said what then."""
        return tuple(one for one in self.orphaned if decisions.get(one.path) not in DECISIONS)


#: ``drop``: the value is let go; ``leave``: reports that hold one stay on their version.
DECISIONS = ("drop", "leave")


@dataclass
class _Tally:
    """What is counted on the way."""

    counters: dict[int, ImpactCounter] = field(default_factory=dict)
    taken: int = 0
    reports: Counter[str] = field(default_factory=Counter)
    touched: Counter[str] = field(default_factory=Counter)
    units: dict[str, set[str]] = field(default_factory=lambda: {one: set() for one in STAGES})
    sealed: int = 0


@dataclass(frozen=True, slots=True)
class ImpactStudies:
    """Use cases of looking ahead. Built once, in the composition."""

    catalogue: Catalogue
    reference: Reference
    store: DefinitionMigrationStore

    def of_text(
        self, actor: Actor, text: str, *, first: str | None = None, progress: Progress | None = None
    ) -> Impact:
        """The impact of a checked definition that is not published; *first* is its first period."""
        lists = {one.code: one for one in self.catalogue.codelists()}
        return self.of(actor, compile_form(json.loads(text), lists), first=first, progress=progress)

    def of(
        self,
        actor: Actor,
        newer: Form,
        *,
        first: str | None = None,
        progress: Progress | None = None,
    ) -> Impact:
        """What *newer* does to the reports on earlier versions of its form."""
        if not actor.may(Right.ADMINISTER):
            raise AccessDenied(action="impact")
        tally, total = _Tally(), self.store.count(newer.code)
        stream = self.store.sheets if newer.kind == "survey" else self.store.reports
        for number, report in enumerate(stream(newer.code, below=newer.version), 1):
            self._count(tally, newer, report, first)
            if progress is not None and number % _TELL_EACH == 0:
                progress(number, total)
        if progress is not None:
            progress(total, total)
        before = self._before(newer)
        return Impact(
            newer=newer,
            older=tuple(sorted(tally.counters)),
            fields=_together(counter.fields() for counter in tally.counters.values()),
            stages=tuple(
                Stage(
                    code,
                    tally.reports[code],
                    tally.touched[code],
                    tuple(sorted(self._titles(tally.units[code]))),
                )
                for code in STAGES
            ),
            taken=tally.taken,
            sealed=tally.sealed,
            owed=self.store.open_obligations(newer.code),
            reach=Reach() if before is None else reach(before, newer),
        )

    def stage_of(self, report: HeldReport) -> str:
        """``draft`` while its unit may change it, ``final`` when it is approved."""
        state = self.catalogue.workflow(report.workflow, report.workflow_version).states[
            report.state
        ]
        if state.final:
            return "final"
        return "draft" if state.editable else "approval"

    def takes(self, newer: Form, report: HeldReport, first: str | None) -> bool:
        """Whether publishing takes the report along: an editable one, declared and in time."""
        if declared_from(newer) != report.version:
            return False
        if first is not None and (Period.parse(report.period).start < Period.parse(first).start):
            return False
        return self.stage_of(report) == "draft"

    # Parts of these

    def _count(self, tally: _Tally, newer: Form, report: HeldReport, first: str | None) -> None:
        counter = tally.counters.get(report.version)
        if counter is None:
            route = Route.of(self.catalogue.form(newer.code, report.version), newer)
            counter = tally.counters[report.version] = ImpactCounter(route)
        concerned = counter.add(report.answers)
        stage = self.stage_of(report)
        tally.reports[stage] += 1
        tally.sealed += report.revision
        if concerned:
            tally.touched[stage] += 1
            tally.units[stage].add(report.org_unit)
        tally.taken += stage == "draft" and self.takes(newer, report, first)

    def _before(self, newer: Form) -> Form | None:
        """The version that the newer one follows."""
        versions = [
            one.version
            for one in self.catalogue.store.forms()
            if one.code == newer.code and one.version < newer.version
        ]
        return self.catalogue.form(newer.code, max(versions)) if versions else None

    def _titles(self, units: Iterable[str]) -> list[str]:
        """The units' present names; an id where the unit is no more."""
        known = self.reference.tree(self.reference.clock.today()).by_id
        return [known[one].name if one in known else one for one in units]


def _together(parts: Iterable[tuple[FieldImpact, ...]]) -> tuple[FieldImpact, ...]:
    """The same field of several older versions counts as one."""
    found: dict[str, FieldImpact] = {}
    for fields in parts:
        for one in fields:
            known = found.get(one.path)
            found[one.path] = one if known is None else known.plus(one)
    return tuple(found.values())
