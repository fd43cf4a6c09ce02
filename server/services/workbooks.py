"""The clerk's workbook: download it prefilled, fill it anywhere, upload, compare, confirm.

A preview writes nothing to the submission. The uploaded file waits in a spool
(``workbook_spool`` says why there) and is compared again at the confirmation.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from server.core.access import Actor
from server.core.ports import Clock, NewId
from server.core.submission import Edit
from server.core.workbook_changes import Choices, changes_of
from server.core.workbook_map import a1
from server.core.workbook_merge import Comparison, Found, Sheets, compare
from server.core.workbook_stamp import Stamp, StampDamaged, read_stamp
from server.errors import ImportRefused, NotFound, PluginFault, TransitionRefused
from server.hooks import FoundWorkbook
from server.hooks.door import GuardedWorkbookFormat
from server.hooks.manager import Plugins
from server.services.exports import PrintedFile
from server.services.review import SubmissionView
from server.services.submissions import Submissions
from server.services.workbook_drawing import draw
from server.services.workbook_spool import Spool


@dataclass(frozen=True, slots=True)
class Preview:
    """An uploaded workbook beside what stands now; *token* names it for the confirmation."""

    token: str
    view: SubmissionView
    comparison: Comparison
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a confirmation did: cells saved, or the *preview* to look at once more."""

    saved: int
    preview: Preview | None = None


@dataclass(frozen=True, slots=True)
class Workbooks:
    """Use cases of filling a report away from the server."""

    plugins: Plugins
    submissions: Submissions
    spool: Spool
    clock: Clock
    new_id: NewId
    folder: Path
    demo: bool

    def download(self, actor: Actor, submission_id: str) -> PrintedFile:
        """The workbook of what stands in the draft now.

        Raises:
            NotFound: no workbook format is installed, or a survey, whose sheets have none.
            TransitionRefused: nothing can be filled in this state.
        """
        view, format_ = self._fillable(actor, submission_id), self._format()
        workbook = draw(view, new_line=self._new_line, at=self.clock.now(), demo=self.demo)
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"workbook-{self.new_id()}.{format_.extension}"
        format_.write(workbook, path)
        code = f"{view.form.code}-{view.unit.code}-{view.submission.period}"
        return PrintedFile(path, f"{code}.{format_.extension}", format_.media_type)

    def upload(self, actor: Actor, submission_id: str, content: bytes) -> Preview:
        """Compare an uploaded file and keep it for the confirmation; nothing is saved.

        Raises:
            ImportRefused: the file as a whole; fact ``reason`` and what its sentence needs.
        """
        self._fillable(actor, submission_id)
        token = self.spool.keep(actor.account, submission_id, content)
        try:
            return self.preview(actor, submission_id, token)
        except ImportRefused:
            self.spool.drop(actor.account, submission_id, token)
            raise

    def preview(self, actor: Actor, submission_id: str, token: str) -> Preview:
        """The kept file beside what stands now; ``NotFound`` when it is no longer kept."""
        view = self._fillable(actor, submission_id)
        path = self.spool.find(actor.account, submission_id, token)
        stamp, sheets = _checked(view, self._read(path))
        submission = view.submission
        comparison = compare(view.form, stamp, sheets, submission.answers, submission.statuses)
        return Preview(token, view, comparison, stamp)

    def confirm(
        self, actor: Actor, submission_id: str, token: str, *, seen: Edit, take: Choices
    ) -> Outcome:
        """Save the file's cells as they were previewed on the edit *seen*.

        When somebody saved meanwhile, nothing is written and the new preview comes back.
        """
        preview = self.preview(actor, submission_id, token)
        submission = preview.view.submission
        if submission.edit != seen:
            return Outcome(0, preview)
        changes = changes_of(
            preview.view.form, preview.comparison, take, submission.answers, submission.statuses
        )
        conflicts = 0
        if changes:
            _, left = self.submissions.save_cells(actor, submission_id, changes)
            conflicts = len(left)
        if conflicts:  # somebody was faster by less than this request
            again = self.preview(actor, submission_id, token)
            return Outcome(len(changes) - conflicts, again)
        self.spool.drop(actor.account, submission_id, token)
        return Outcome(len(changes))

    def discard(self, actor: Actor, submission_id: str, token: str) -> None:
        """Forget an upload that its owner does not want."""
        self.spool.drop(actor.account, submission_id, token)

    def _fillable(self, actor: Actor, submission_id: str) -> SubmissionView:
        view = self.submissions.get(actor, submission_id)
        if view.form.kind == "survey":
            raise NotFound(kind="workbook")
        shut = view.obligation.is_shut(self.clock.today())
        if not view.editable or view.submission.nil or shut:
            raise TransitionRefused(event="fill", state=view.submission.state, never=False)
        return view

    def _format(self) -> GuardedWorkbookFormat:
        formats = self.plugins.workbook_formats()
        if not formats:
            raise NotFound(kind="format")
        return formats[0]

    def _read(self, path: Path) -> FoundWorkbook:
        try:
            return self._format().read(path)
        except PluginFault as fault:
            # Whatever a reader stumbles over, for the clerk it is a file that cannot be read; the
            # plugin's last fault tells the operator more.
            raise ImportRefused(reason="damaged") from fault

    def _new_line(self) -> str:
        return f"w{self.new_id()}"


def _checked(view: SubmissionView, found: FoundWorkbook) -> tuple[Stamp, Sheets]:
    """The stamp and the cells of a file that belongs to this submission and is in one piece."""
    if found.refusal is not None:
        raise ImportRefused(reason=found.refusal)
    if found.stamp is None:
        raise ImportRefused(reason="no-stamp")
    try:
        stamp = read_stamp(found.stamp)
    except StampDamaged as damage:
        raise ImportRefused(reason="stamp-damaged") from damage
    _require_same(view, stamp)
    sheets: dict[str, Mapping[tuple[int, int], Found]] = {
        sheet.name: {(cell.row, cell.column): Found(cell.value, cell.fault) for cell in sheet.cells}
        for sheet in found.sheets
    }
    for sheet in stamp.sheets:
        if sheet.name not in sheets:
            raise ImportRefused(reason="sheet-missing", sheet=sheet.name)
        _require_labels(sheet.name, sheet.labels, sheets[sheet.name])
    return stamp, sheets


def _require_same(view: SubmissionView, stamp: Stamp) -> None:
    submission, form = view.submission, view.form
    told = {"file": stamp.title}
    if stamp.form != form.code:
        raise ImportRefused(reason="other-form", **told)
    if stamp.org_unit != submission.org_unit:
        raise ImportRefused(reason="other-unit", **told)
    if stamp.period != submission.period:
        raise ImportRefused(reason="other-period", **told)
    if stamp.version != form.version or stamp.digest != form.digest:
        raise ImportRefused(reason="other-version", theirs=stamp.version, ours=form.version, **told)
    if stamp.submission != submission.id:
        raise ImportRefused(reason="other-submission", **told)


def _require_labels(
    sheet: str,
    labels: tuple[tuple[int, int, str], ...],
    cells: Mapping[tuple[int, int], Found],
) -> None:
    """Rows or columns that moved would put every figure into a wrong cell."""
    for row, column, text in labels:
        found = cells.get((row, column))
        if found is None or str(found.value).strip() != text.strip():
            raise ImportRefused(
                reason="label-moved",
                sheet=sheet,
                cell=a1(row, column),
                expected=text,
                found="" if found is None else str(found.value)[:80],
            )
