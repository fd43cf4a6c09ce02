"""What a newer version of a form would do, counted over all reports that there are, in a stream.

The version need not be published: the page of a draft asks before anybody decides.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from server.core.access import SYSTEM, Actor, Right
from server.core.answer_migration import Route
from server.core.definition_impact import FieldImpact, ImpactCounter
from server.core.definition_reach import Reach, reach
from server.core.form import Form, compile_form
from server.core.lapse_impact import LapseCounter, LapsedField
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
    """All that a newer version does; ``taken`` are the drafts that it would take along.

    ``fields`` are counted over those drafts alone, so that they are what really happens.
    ``staying`` are the values of all other reports, which keep their version: what would become of
    them if they were read in the newer one, as a series reads them. ``left_behind`` are those of
    the version that the newer one follows and for which it has no place.
    """

    newer: Form
    older: tuple[int, ...]
    fields: tuple[FieldImpact, ...]
    staying: tuple[FieldImpact, ...]
    left_behind: tuple[FieldImpact, ...]
    lapsed: tuple[LapsedField, ...]  # values of those drafts under codes that have ended
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
        lost = {one.path: one for one in (*self.left_behind, *self.orphaned)}
        return tuple(one for path, one in lost.items() if decisions.get(path) not in DECISIONS)


#: ``drop``: the value is let go; ``leave``: reports that hold one stay on their version. Reports
#: that publishing does not take along stay in any case; a decision says that somebody knows it.
DECISIONS = ("drop", "leave")


@dataclass
class _Tally:
    """What is counted on the way."""

    lapses: LapseCounter
    counters: dict[tuple[int, bool], ImpactCounter] = field(default_factory=dict)
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
        return self.of(actor, self.compiled(text), first=first, progress=progress)

    def compiled(self, text: str) -> Form:
        """A checked definition that need not be published."""
        lists = {one.code: one for one in self.catalogue.codelists()}
        return compile_form(json.loads(text), lists)

    def of(
        self,
        actor: Actor,
        newer: Form,
        *,
        first: str | None = None,
        progress: Progress | None = None,
    ) -> Impact:
        """What *newer* does to the reports on earlier versions of its form."""
        if actor != SYSTEM and not actor.may(Right.ADMINISTER):
            raise AccessDenied(action="impact")
        tally, total = _Tally(LapseCounter(newer)), self.store.count(newer.code)
        stream = self.store.sheets if newer.kind == "survey" else self.store.reports
        for number, report in enumerate(stream(newer.code, below=newer.version), 1):
            self._count(tally, newer, report, first)
            if progress is not None and number % _TELL_EACH == 0:
                progress(number, total)
        if progress is not None:
            progress(total, total)
        before = self._before(newer)
        kept = {at: counter.fields() for at, counter in tally.counters.items()}
        followed = () if before is None else kept.get((before.version, False), ())
        return Impact(
            newer=newer,
            older=tuple(sorted({version for version, _ in kept})),
            fields=_together(fields for (_, taken), fields in kept.items() if taken),
            staying=_together(fields for (_, taken), fields in kept.items() if not taken),
            left_behind=tuple(one for one in followed if one.orphaned),
            lapsed=tally.lapses.fields(),
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
        stage = self.stage_of(report)
        taken = stage == "draft" and self.takes(newer, report, first)
        counter = tally.counters.get((report.version, taken))
        if counter is None:
            route = Route.of(self.catalogue.form(newer.code, report.version), newer)
            counter = tally.counters[report.version, taken] = ImpactCounter(route)
        concerned = counter.add(report.answers)
        tally.reports[stage] += 1
        tally.sealed += report.revision
        if concerned:
            tally.touched[stage] += 1
            tally.units[stage].add(report.org_unit)
        tally.taken += taken
        if taken and newer.dated:
            moved = counter.route.migrated(report.answers, report.statuses)
            day = Period.parse(report.period).end
            tally.lapses.add(counter.route.older, moved.answers, moved.statuses, day)

    def _before(self, newer: Form) -> Form | None:
        """The version that the newer one follows."""
        declared = declared_from(newer)
        if declared is not None:
            return self.catalogue.form(newer.code, declared)
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
