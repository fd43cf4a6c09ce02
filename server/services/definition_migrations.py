"""Drafts of reports go to a newer version of their form as ``x-migrate`` says, and back again.

Sealed revisions are never touched: they stay readable in their own version. One transaction takes
all drafts along or none, and each of them has one event row.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from server.core.access import SYSTEM, Actor, Right
from server.core.answer_migration import Migrated, Outcome, Route, declared_from
from server.core.definition_draft import DefinitionDraft
from server.core.definition_impact import FieldImpact, template
from server.core.form import Form
from server.core.ports import Clock, Transaction
from server.errors import AccessDenied, InputInvalid
from server.services.catalogue import Catalogue
from server.services.definition_files import FileState
from server.services.definition_issues import DefinitionIssues
from server.services.impact import ImpactStudies
from server.storage.definition_migrations import DefinitionMigrationStore, HeldReport
from server.storage.events import EventStore

CARRIED: Final = "submission.form_changed"
TAKEN_BACK: Final = "submission.form_restored"


@dataclass(frozen=True, slots=True)
class Carried:
    """How many drafts went to the newer version, and how many were left on theirs by decision."""

    moved: int
    left: int


@dataclass(frozen=True, slots=True)
class TakenBack:
    """How many went back, and how many stay because somebody wrote in them since."""

    restored: int
    changed: int


@dataclass(frozen=True, slots=True)
class DefinitionMigrations:
    """Use cases of taking drafts along. Built once, in the composition."""

    catalogue: Catalogue
    issues: DefinitionIssues
    studies: ImpactStudies
    store: DefinitionMigrationStore
    events: EventStore
    transaction: Transaction
    clock: Clock

    def publish(
        self, actor: Actor, draft_id: str, *, seen: int, decisions: Mapping[str, str]
    ) -> tuple[DefinitionDraft, FileState, Carried]:
        """Approve a draft and take along the reports that its ``x-migrate`` speaks of.

        Raises:
            InputInvalid: values would have no place and *decisions* (``drop`` or ``leave`` by
                field) do not say what then; each error names a field.
        """
        draft = self.issues.drafts.get(actor, draft_id)
        if draft.kind == "form" and draft.base is not None:
            self._require_decided(actor, draft, decisions)
        done, file = self.issues.publish(actor, draft_id, seen=seen)
        if done.kind != "form":
            return done, file, Carried(0, 0)
        carried = self.carry_out(actor, done.code, done.version, decisions=decisions)
        return done, file, carried

    def carry_out(
        self,
        actor: Actor,
        code: str,
        version: int | None = None,
        *,
        decisions: Mapping[str, str] | None = None,
    ) -> Carried:
        """Take the drafts that the version declares along; asking again takes what is left.

        Raises:
            InputInvalid: a draft holds values of a field that has no place and no decision.
        """
        _require(actor)
        newer = self.catalogue.form(code, version)
        earlier = declared_from(newer)
        if earlier is None:
            return Carried(0, 0)
        first = self.catalogue.store.begins().get(("form", code, newer.version))
        route = Route.of(self.catalogue.form(code, earlier), newer)
        moved = left = 0
        with self.transaction():
            for report in self.store.reports(code, below=newer.version):
                if not self.studies.takes(newer, report, first):
                    continue
                done = self._carry(actor, route, report, decisions or {})
                moved, left = moved + done, left + (not done)
        return Carried(moved, left)

    def revert(self, actor: Actor, code: str, version: int) -> TakenBack:
        """Give drafts back the very document they had; those written in since stay as they are."""
        _require(actor)
        restored = changed = 0
        with self.transaction():
            for kept in self.store.kept(code, version):
                now = self.clock.now()
                if not self.store.take_back(code, kept, by=actor.account, at=now):
                    changed += 1
                    continue
                restored += 1
                self.events.append(
                    subject=f"submission/{kept.submission}",
                    name=TAKEN_BACK,
                    actor=actor.account,
                    happened_at=now,
                    details={"form": code, "from": version, "to": kept.from_version},
                )
        return TakenBack(restored, changed)

    def waiting(self, code: str, version: int) -> int:
        """How many drafts could go back."""
        return len(self.store.kept(code, version))

    # Parts of these

    def _require_decided(
        self, actor: Actor, draft: DefinitionDraft, decisions: Mapping[str, str]
    ) -> None:
        impact = self.studies.of_text(actor, draft.text, first=draft.valid_from)
        undecided = impact.undecided(decisions)
        if undecided:
            raise _missing(undecided)

    def _carry(
        self, actor: Actor, route: Route, report: HeldReport, decisions: Mapping[str, str]
    ) -> bool:
        newer: Form = route.newer
        found = route.migrated(report.answers, report.statuses)
        lost = {
            template(route.older, fate.source)
            for fate in found.fates
            if fate.outcome is Outcome.ORPHANED
        }
        undecided = [path for path in sorted(lost) if path not in decisions]
        if undecided:
            raise _missing([FieldImpact(path, path) for path in undecided])
        if any(decisions[path] == "leave" for path in lost):
            return False
        now = self.clock.now()
        if not self.store.carry(
            report,
            newer.code,
            newer.version,
            answers=found.answers,
            statuses=found.statuses,
            reasons=_reasons(route, report),
            by=actor.account,
            at=now,
        ):
            return False
        self.events.append(
            subject=f"submission/{report.id}",
            name=CARRIED,
            actor=actor.account,
            happened_at=now,
            details=_details(route, report, found),
        )
        return True


def _reasons(route: Route, report: HeldReport) -> list[Mapping[str, str]]:
    """Reasons for warnings follow their cells; those of a cell that is gone go with it."""
    kept: list[Mapping[str, str]] = []
    for reason in report.reasons:
        target = route.target(reason["path"])
        if target is not None:
            kept.append({**reason, "path": target})
    return kept


def _details(route: Route, report: HeldReport, found: Migrated) -> dict[str, object]:
    """Counts and fields, never values."""
    counts = {
        str(outcome): sum(fate.outcome is outcome for fate in found.fates) for outcome in Outcome
    }
    fields = sorted(
        {
            template(route.older, fate.source)
            for fate in found.fates
            if fate.outcome is not Outcome.KEPT
        }
    )
    return {
        "form": route.newer.code,
        "from": report.version,
        "to": route.newer.version,
        "edit": report.edit + 1,
        "counts": counts,
        "fields": fields,
    }


def _missing(fields: tuple[FieldImpact, ...] | list[FieldImpact]) -> InputInvalid:
    return InputInvalid(
        errors=[
            {"path": one.path, "code": "decision-missing", "message": one.title} for one in fields
        ]
    )


def _require(actor: Actor) -> None:
    if actor != SYSTEM and not actor.may(Right.ADMINISTER):
        raise AccessDenied(action="definition_migrations")
