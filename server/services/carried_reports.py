"""What a move of a report to another version of its form did to what stood in it.

The event tells counts and fields; the values of before stand in the row that was kept for going
back, and are worked out from it again: whoever may see the report may read what went.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from server.core.answer_migration import CellFate, Outcome, Route
from server.core.comment import CARRIED, TAKEN_BACK
from server.core.event import Event
from server.core.form import Form
from server.core.personal import MASK, is_personal
from server.core.version_changes import VersionChange, version_changes
from server.errors import NotFound
from server.services.catalogue import Catalogue
from server.services.earlier_cells import GIVEN_UP
from server.services.review import SubmissionView
from server.storage.definition_migrations import DefinitionMigrationStore
from server.storage.events import EventStore
from server.storage.survey_records import SurveyRecordStore


@dataclass(frozen=True, slots=True)
class CarriedValue:
    """One value as it was: its cell in the version of then, of a survey its sheet's number.

    *after* is what it was rewritten to; None where it has no place any more.
    """

    path: str
    value: object
    status: str | None = None
    target: str = ""
    after: object = None
    sheet: int | None = None


@dataclass(frozen=True, slots=True)
class CarriedReport:
    """The two versions, what they ask otherwise, and the values that are not as they were."""

    older: Form
    newer: Form
    changes: tuple[VersionChange, ...]
    dropped: tuple[CarriedValue, ...]
    converted: tuple[CarriedValue, ...]


@dataclass(frozen=True, slots=True)
class CarriedReports:
    """Reading only. Built once, in the composition."""

    catalogue: Catalogue
    migrations: DefinitionMigrationStore
    records: SurveyRecordStore
    events: EventStore

    def of(self, view: SubmissionView, event: Event) -> CarriedReport | None:
        """What *event* did to the report; None for an event of another kind."""
        if event.name != CARRIED:
            return None
        older, newer = (
            self.catalogue.form(view.submission.form, int(str(event.details[end])))
            for end in ("from", "to")
        )
        kept = self.migrations.before(view.submission.id, int(str(event.details["edit"])))
        if kept is None:
            return CarriedReport(older, newer, version_changes(older, newer), (), ())
        route = Route.of(older, newer)
        number, answers, statuses = kept
        dropped, converted = _values(route, answers, statuses)
        if newer.kind == "survey":
            for sheet in self.migrations.kept_sheets(number):
                gone, rewritten = _values(
                    route, sheet.answers, sheet.statuses, self._number(sheet.record)
                )
                dropped, converted = dropped + gone, converted + rewritten
        if not view.personal:
            dropped = [_masked(older, one) for one in dropped]
            converted = [_masked(older, one) for one in converted]
        return CarriedReport(
            older, newer, version_changes(older, newer), tuple(dropped), tuple(converted)
        )

    def given_up(self, view: SubmissionView, event: Event) -> list[tuple[Form, CarriedValue]]:
        """What somebody gave up because it had no place any more."""
        if event.name != GIVEN_UP:
            return []
        form = self.catalogue.form(view.submission.form, int(str(event.details["version"])))
        told = self.events.personal([event.id]).get(event.id, {}).get("values")
        paths = event.details.get("paths")
        values = told if isinstance(told, list) else []
        sheet = event.details.get("record")
        found = []
        for at, path in enumerate(paths if isinstance(paths, list) else ()):
            one = CarriedValue(
                str(path),
                values[at] if at < len(values) else MASK,
                sheet=sheet if isinstance(sheet, int) else None,
            )
            found.append((form, one if view.personal else _masked(form, one)))
        return found

    def unseen(self, history: Sequence[Event]) -> list[Event]:
        """The moves that whoever fills the report has to know of, the oldest first.

        Those since it was passed on; one that was taken back is none.
        """
        found: list[Event] = []
        for event in history:
            if event.name == CARRIED:
                found.append(event)
            elif event.name == TAKEN_BACK:
                found = found[:-1]
            elif event.name in _KNOWN:
                found = []
        return found

    def _number(self, record_id: str) -> int | None:
        try:
            return self.records.record(record_id).number
        except NotFound:
            return None


#: Whoever did one of these has had the report on the version of then before their eyes.
_KNOWN = (
    "submission.submit",
    "submission.sign",
    "submission.send",
)


def _values(
    route: Route,
    answers: Mapping[str, object],
    statuses: Mapping[str, str],
    sheet: int | None = None,
) -> tuple[list[CarriedValue], list[CarriedValue]]:
    dropped: list[CarriedValue] = []
    converted: list[CarriedValue] = []
    for fate in route.migrated(answers, statuses).fates:
        if fate.outcome in (Outcome.DROPPED, Outcome.ORPHANED):
            dropped.append(CarriedValue(fate.source, fate.value, sheet=sheet))
        elif _is_rewritten(fate):
            converted.append(
                CarriedValue(
                    fate.source,
                    fate.value,
                    target=fate.target or "",
                    after=fate.result,
                    sheet=sheet,
                )
            )
    held = {one.path for one in dropped}
    for path, status in statuses.items():
        if path not in held and not route.targets(path):
            dropped.append(CarriedValue(path, None, status, sheet=sheet))
    return dropped, converted


def _is_rewritten(fate: CellFate) -> bool:
    return fate.target is not None and fate.split is None and fate.result != fate.value


def _masked(form: Form, one: CarriedValue) -> CarriedValue:
    if not is_personal(form, one.path):
        return one
    after = None if one.after is None else MASK  # a zero is a value, too
    return CarriedValue(one.path, MASK, None, one.target, after, one.sheet)
