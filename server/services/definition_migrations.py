"""Drafts of reports go to a newer version of their form as ``x-migrate`` says, and back again.

Sealed revisions are never touched: they stay readable in their own version. One transaction takes
all drafts along or none, and each of them has one event row. What was divided is for somebody to
check: a comment on the cell says so.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from server.core.access import SYSTEM, Actor, Right
from server.core.answer_migration import CellFate, Outcome, Route
from server.core.comment import CARRIED, OFFICE, TAKEN_BACK, Comment, marks_of, placed_now
from server.core.definition_draft import DefinitionDraft
from server.core.definition_impact import FieldImpact, ImpactCounter, template
from server.core.divided import Divided, divided
from server.core.form import Form
from server.core.migration_step import declared_from
from server.core.ports import Clock, NewId, Transaction
from server.errors import AccessDenied, DefinitionInvalid, GuardFailed, InputInvalid
from server.services.catalogue import Catalogue
from server.services.definition_files import FileState
from server.services.definition_issues import DefinitionIssues
from server.services.impact import ImpactStudies
from server.services.sheet_migrations import SheetMigrations
from server.storage.definition_migrations import (
    DefinitionMigrationStore,
    HeldReport,
    KeptMigration,
)
from server.storage.events import EventStore
from server.storage.submissions import SubmissionStore


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
class Outstanding:
    """Drafts that a published version speaks of and that are still on the one before."""

    reports: int
    orphaned: tuple[FieldImpact, ...]


@dataclass(frozen=True, slots=True)
class DefinitionMigrations:
    """Use cases of taking drafts along. Built once, in the composition."""

    catalogue: Catalogue
    issues: DefinitionIssues
    studies: ImpactStudies
    store: DefinitionMigrationStore
    sheets: SheetMigrations
    submissions: SubmissionStore
    events: EventStore
    new_id: NewId
    transaction: Transaction
    clock: Clock

    def publish(
        self, actor: Actor, draft_id: str, *, seen: int, decisions: Mapping[str, str]
    ) -> tuple[DefinitionDraft, FileState, Carried]:
        """Approve a draft and take along the reports that its ``x-migrate`` speaks of.

        Raises:
            GuardFailed: the actor edited the draft or sent it to review.
            InputInvalid: values would have no place and *decisions* (``drop`` or ``leave`` by
                field) do not say what then; each error names a field.
        """
        draft = self.issues.drafts.of_any_kind(actor, draft_id)
        if not draft.judged_by(actor.account):  # said before anything is asked of the wrong one
            raise GuardFailed(guard="not_own_work")
        if draft.kind == "form" and draft.base is not None:
            self._require_decided(actor, draft, decisions)
        done, file = self.issues.publish(actor, draft_id, seen=seen)
        if done.kind != "form":
            return done, file, Carried(0, 0)
        carried = self.carry_out(actor, done.code, done.version, decisions=decisions)
        return done, file, carried

    def publish_text(
        self, actor: Actor, text: str, *, decisions: Mapping[str, str]
    ) -> tuple[str, Carried]:
        """As ``publish``, for a form that comes as a file: its digest, and what went along.

        A text that is published already only takes along what still waits.

        Raises:
            DefinitionInvalid, DefinitionChanged: as for ``Catalogue.publish``.
            InputInvalid: as for ``publish``.
        """
        _require(actor)
        refusals = self.catalogue.check(text, "form")
        if refusals:
            raise DefinitionInvalid(refusals=refusals)
        newer = self.studies.compiled(text)
        known = {(one.code, one.version) for one in self.catalogue.store.forms()}
        if (newer.code, newer.version) not in known:
            undecided = self.studies.of(actor, newer).undecided(decisions)
            if undecided:
                raise _missing(undecided)
        digest = self.catalogue.publish(text, "form", actor)
        return digest, self.carry_out(actor, newer.code, newer.version, decisions=decisions)

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
        route = Route.of(self.catalogue.form(code, earlier), newer)
        moved = left = 0
        with self.transaction():
            for report in self._speaks_of(newer):
                done = self._carry(actor, route, report, decisions or {})
                moved, left = moved + done, left + (not done)
        return Carried(moved, left)

    def revert(self, actor: Actor, code: str, version: int) -> TakenBack:
        """Give drafts back the very document they had; those written in since stay as they are."""
        _require(actor)
        restored = changed = 0
        with self.transaction():
            for kept in self.store.kept(code, version):
                done = self._take_back(actor, code, version, kept)
                restored, changed = restored + done, changed + (not done)
        return TakenBack(restored, changed)

    def outstanding(self, actor: Actor, code: str, version: int) -> Outstanding:
        """The drafts that could still go along, and what of them would have no place."""
        _require(actor)
        newer = self.catalogue.form(code, version)
        earlier = declared_from(newer)
        if earlier is None:
            return Outstanding(0, ())
        counter = ImpactCounter(Route.of(self.catalogue.form(code, earlier), newer))
        reports = 0
        for report in self._speaks_of(newer):
            reports += 1
            counter.add(report.answers)
            for sheet in self.sheets.moved(counter.route, report):
                counter.add(sheet.record.answers)
        return Outstanding(reports, tuple(one for one in counter.fields() if one.orphaned))

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

    def _speaks_of(self, newer: Form) -> Iterator[HeldReport]:
        """The drafts that the published version takes along."""
        first = self.catalogue.store.begins().get(("form", newer.code, newer.version))
        for report in self.store.reports(newer.code, below=newer.version):
            if self.studies.takes(newer, report, first):
                yield report

    def _carry(
        self, actor: Actor, route: Route, report: HeldReport, decisions: Mapping[str, str]
    ) -> bool:
        newer: Form = route.newer
        found = route.migrated(report.answers, report.statuses)
        if newer.kind == "survey":
            self.sheets.hold(report)
        sheets = self.sheets.moved(route, report)
        fates = [*found.fates, *(fate for sheet in sheets for fate in sheet.found.fates)]
        lost = {
            template(route.older, fate.source) for fate in fates if fate.outcome is Outcome.ORPHANED
        }
        undecided = [path for path in sorted(lost) if path not in decisions]
        if undecided:
            raise _missing([FieldImpact(path, path) for path in undecided])
        if any(decisions[path] == "leave" for path in lost):
            return False
        now, by = self.clock.now(), actor.account
        migration = self.store.carry(
            report,
            newer.code,
            newer.version,
            answers=found.answers,
            statuses=found.statuses,
            reasons=_reasons(route, report),
            by=by,
            at=now,
        )
        if migration is None:
            return False
        self.sheets.carry(migration, route, report, sheets, by=by, at=now)
        subject = f"submission/{report.id}"
        to_check = divided(route, found) if newer.kind == "report" else ()
        comments = [self._ask(report, one, by, now) for one in to_check]
        details = _details(route, report, fates)
        details["paths"] = self._places(route, report)
        if sheets:
            details["sheets"] = len(sheets)
        if comments:
            details["comments"] = [one.id for one in comments]
        self.events.append(
            subject=subject, name=CARRIED, actor=by, happened_at=now, details=details
        )
        for one in comments:
            self.events.append(
                subject=subject,
                name="submission.commented",
                actor=by,
                happened_at=now,
                details={"comment": one.id, "path": one.path, "answers_to": None},
                personal={"text": one.text},
            )
        return True

    def _ask(self, report: HeldReport, one: Divided, by: str, now: datetime) -> Comment:
        """A comment on the first cell of what was divided."""
        comment = Comment(self.new_id(), report.id, one.path, by, OFFICE, now, one.text)
        self.submissions.add_comment(comment)
        return comment

    def _places(self, route: Route, report: HeldReport) -> dict[str, str]:
        """Where cells that somebody spoke of stand now; empty where one is gone."""
        history = list(self.events.of(f"submission/{report.id}"))
        spoken = {mark.path for mark in marks_of(history)}
        spoken |= {one.path for one in placed_now(self.submissions.comments(report.id), history)}
        places = {path: route.target(path) or "" for path in spoken if path}
        return {path: place for path, place in sorted(places.items()) if path != place}

    def _take_back(self, actor: Actor, code: str, version: int, kept: KeptMigration) -> bool:
        now, by, subject = self.clock.now(), actor.account, f"submission/{kept.submission}"
        older, report = (
            self.catalogue.form(code, kept.from_version),
            self.store.report(kept.submission),
        )
        if report.edit != kept.edit:
            return False
        if not self.sheets.take_back(kept.number, older, report, by=by, at=now):
            return False
        if not self.store.take_back(code, kept, by=by, at=now):
            return False
        carried = [event for event in self.events.of(subject) if event.name == CARRIED][-1:]
        for event in carried:
            asked = event.details.get("comments", ())
            for comment in asked if isinstance(asked, list) else ():
                self.submissions.resolve_comment(str(comment), by=by, at=now)
        self.events.append(
            subject=subject,
            name=TAKEN_BACK,
            actor=by,
            happened_at=now,
            details={"form": code, "from": version, "to": kept.from_version},
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


def _details(route: Route, report: HeldReport, fates: Sequence[CellFate]) -> dict[str, object]:
    """Counts and fields, never values."""
    counts = {str(outcome): sum(fate.outcome is outcome for fate in fates) for outcome in Outcome}
    fields = sorted(
        {template(route.older, fate.source) for fate in fates if fate.outcome is not Outcome.KEPT}
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
