"""Exports and prints: tables and sheets handed to plugins, files handed to people.

Exports run as background jobs; a print of one submission is made while the
person waits.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from server.core.access import Actor, Role
from server.core.answer_paths import cells_of, place_of
from server.core.answer_schema import merged
from server.core.answers import with_results
from server.core.job import Job, JobState
from server.core.personal import is_personal
from server.core.ports import Clock, NewId, Transaction
from server.core.vietnamese import nfc
from server.errors import NotFound
from server.hooks import Cell, Exporter, Table
from server.hooks.manager import Plugins
from server.services.accounts import Accounts
from server.services.masking import masked
from server.services.page import Page
from server.services.periods import asked_period
from server.services.review import Reviewer, SubmissionView
from server.services.sheets import DEMO_NOTICE, sheet_of
from server.storage.events import EventStore
from server.storage.jobs import JobStore
from server.storage.submissions import SubmissionStore

_BATCH = 100
#: A job whose worker was not heard of for so long is taken over by another one.
LEASE_SECONDS = 300
_HEADER = [
    "don_vi", "ma_don_vi", "ky", "trang_thai", "lan_gui",
    "duong_dan", "dong", "cot", "gia_tri", "tinh_trang",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class PrintedFile:
    """A finished file and what a browser is told about it."""

    path: Path
    name: str
    media_type: str

    def take(self) -> bytes:
        """The bytes of a print; its file was made for one answer and goes."""
        try:
            return self.path.read_bytes()
        finally:
            self.path.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Exports:
    """Use cases of taking figures out."""

    plugins: Plugins
    jobs: JobStore
    submissions: SubmissionStore
    events: EventStore
    reviewer: Reviewer
    accounts: Accounts
    transaction: Transaction
    clock: Clock
    new_id: NewId
    folder: Path
    demo: bool

    def formats(self) -> list[tuple[str, str]]:
        """Code and label of the installed export formats."""
        return [(exporter.code, exporter.label) for exporter in self.plugins.exporters()]

    def start(
        self, actor: Actor, format_: str, *, form: str, period: str, org_unit: str | None = None
    ) -> Job:
        """Queue an export of every report of *form* and *period* in the actor's scope.

        Raises:
            NotFound: no such form, format or unit in scope.
        """
        self._exporter(format_)
        found = self.reviewer.catalogue.form(form)
        span = asked_period(period)
        if org_unit is not None:
            self.reviewer.scope.require(actor, org_unit, span, "org_unit")
        job = Job(
            id=self.new_id(),
            kind=f"export:{format_}",
            state=JobState.QUEUED,
            account=actor.account,
            created_at=self.clock.now(),
            input={"form": found.code, "period": span.id, "org_unit": org_unit},
        )
        with self.transaction():
            self.jobs.add(job)
            self.events.append(
                subject=f"job/{job.id}",
                name="export.started",
                actor=actor.account,
                happened_at=job.created_at,
                details={"format": format_, **job.input},
            )
        return job

    def run(self, job: Job, actor: Actor) -> None:
        """Write the file of a claimed job; called by the worker."""
        format_ = job.kind.removeprefix("export:")
        exporter = self._exporter(format_)
        form = self.reviewer.catalogue.form(str(job.input["form"]))
        submissions = self._chosen(actor, job)
        title = f"{form.title}, {asked_period(str(job.input['period'])).title}"
        notes = [DEMO_NOTICE] if self.demo else []
        table = Table(title, list(_HEADER), self._rows(actor, job, submissions), notes)
        self.folder.mkdir(parents=True, exist_ok=True)
        name = f"{form.code}-{job.input['period']}.{exporter.extension}"
        path = self.folder / f"{job.id}.{exporter.extension}"
        exporter.write(table, path)
        with self.transaction():
            self.jobs.finish(
                job.id,
                JobState.DONE,
                report={"reports": len(submissions)},
                result_name=name,
                result_path=str(path),
                at=self.clock.now(),
            )

    def list_(self, actor: Actor, *, after: str | None = None, limit: int = 50) -> Page[Job]:
        """The actor's own exports, the newest first."""
        found = self.jobs.list_(
            account=actor.account, kind="export:*", after=after, limit=limit + 1
        )
        return Page.cut(list(found), limit)

    def job(self, actor: Actor, job_id: str) -> Job:
        """One of the actor's jobs; another's is not found."""
        job = self.jobs.get(job_id)
        if job.account != actor.account and not actor.is_admin:
            raise NotFound(kind="job")
        return job

    def result(self, actor: Actor, job_id: str) -> PrintedFile:
        job = self.job(actor, job_id)
        if job.state is not JobState.DONE or job.result_path is None:
            raise NotFound(kind="result")
        path = Path(job.result_path)
        if not path.is_file():
            raise NotFound(kind="result")
        exporter = self._exporter(job.kind.removeprefix("export:"))
        return PrintedFile(path, job.result_name or path.name, exporter.media_type)

    def print_(self, actor: Actor, submission_id: str, format_: str = "pdf") -> PrintedFile:
        """Print what stands in the submission now, in the official layout."""
        view = self.reviewer.view(actor, self.submissions.get(submission_id))
        printer = next((one for one in self.plugins.printers() if one.code == format_), None)
        if printer is None:
            raise NotFound(kind="format")
        revision = None
        if view.submission.revision and not view.state.editable:
            revision = self.submissions.revision(submission_id, view.submission.revision)
        sheet = sheet_of(
            masked(view),
            sealed_at=revision.sealed_at if revision else None,
            receipt=revision.receipt if revision else None,
            digest=revision.digest if revision else None,
            names=self._names(view),
            demo=self.demo,
        )
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"print-{self.new_id()}.{printer.extension}"
        printer.print(sheet, path)
        code = f"{view.form.code}-{view.unit.code}-{view.submission.period}"
        return PrintedFile(path, f"{code}.{printer.extension}", printer.media_type)

    def _exporter(self, format_: str) -> Exporter:
        for exporter in self.plugins.exporters():
            if exporter.code == format_:
                return exporter
        raise NotFound(kind="format")

    def _chosen(self, actor: Actor, job: Job) -> list[str]:
        span = asked_period(str(job.input["period"]))
        units = self.reviewer.scope.visible(actor, span)
        org_unit = job.input.get("org_unit")
        if isinstance(org_unit, str):
            below = self.reviewer.scope.below(actor, org_unit, span)
            units = below if units is None else units & below
        chosen: list[str] = []
        after = None
        while True:
            batch = self.submissions.list_(
                form=str(job.input["form"]),
                org_units=units,
                period=span.id,
                after=after,
                limit=_BATCH,
            )
            chosen += [submission.id for submission in batch]
            if len(batch) < _BATCH:
                return chosen
            after = batch[-1].id

    def _rows(self, actor: Actor, job: Job, chosen: list[str]) -> Iterator[list[Cell]]:
        for done, submission_id in enumerate(chosen, start=1):
            view = self.reviewer.view(actor, self.submissions.get(submission_id))
            yield from self._cells(view)
            if done % _BATCH == 0 or done == len(chosen):
                with self.transaction():
                    self.jobs.progress(job.id, done, len(chosen), self.clock.now(), LEASE_SECONDS)

    def _names(self, view: SubmissionView) -> dict[str, str]:
        """Who drew up and who signed, from the history since the last return."""
        names: dict[str, str] = {}
        roles = {"submit": "reporter", "send": "reporter", "sign": "signer"}
        for event in self.events.of(f"submission/{view.submission.id}"):
            role = roles.get(event.name.removeprefix("submission."))
            if role is not None:
                names[role] = self.accounts.name_of(event.actor)
                principal = event.details.get("on_behalf_of")
                if isinstance(principal, str):
                    names[f"{role}_for"] = self.accounts.name_of(principal)
                else:
                    names.pop(f"{role}_for", None)
        if "reporter" not in names:
            drafted = view.submission.changed_by
            if drafted is not None and drafted in self._reporters(view):
                names["reporter"] = self.accounts.name_of(drafted)
        return names

    def _cells(self, view: SubmissionView) -> Iterator[list[Cell]]:
        """The cells of a report, or those of each record of a survey under its number."""
        submission = view.submission
        if view.form.kind != "survey" or submission.nil:
            whole = merged(view.form, submission.answers, view.verdict.computed)
            yield from _cells_of(view, whole, submission.statuses)
            return
        after = None
        while batch := self.submissions.records(submission.id, after, _BATCH):
            for record in batch:
                whole = with_results(view.form, record.answers, record.statuses, view.context)
                yield from _cells_of(view, whole, record.statuses, f"/records/{record.number}")
            after = batch[-1].id

    def _reporters(self, view: SubmissionView) -> set[str]:
        holders = self.accounts.holders(view.submission.org_unit, Role.REPORTER)
        return {account.id for account in holders}


def _cells_of(
    view: SubmissionView,
    whole: Mapping[str, object],
    statuses: Mapping[str, str],
    above: str = "",
) -> Iterator[list[Cell]]:
    """One line for each cell that holds a value or a status, personal ones left out."""
    submission = view.submission
    head: list[Cell] = [
        nfc(view.unit.name),
        view.unit.code,
        submission.period,
        view.state.title,
        submission.revision,
    ]
    if submission.nil:
        yield [*head, "", "", "", None, "Không phát sinh"]
        return
    for path, value in cells_of(view.form, whole):
        if is_personal(view.form, path):
            continue
        place = place_of(view.form, path)
        column = place.cell.title if place.cell is not None else ""
        row = place.line.title if place.line is not None else ""
        status = statuses.get(path, "")
        yield [
            *head,
            above + path,
            row,
            column,
            value if isinstance(value, int | float) else str(value),
            status,
        ]
    for path, status in sorted(statuses.items()):
        if status != "estimated" and not is_personal(view.form, path):
            yield [*head, above + path, "", "", None, status]
