"""What changed in a report, cell by cell: since the last sending and since the last period.

Both stand in one line of one table, so that a reader sees at a glance that a figure was corrected
and that it is half of last year's. The same changes mark the cells of the whole form.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from server.core.answer_paths import cell_title, place_of
from server.core.difference import share_of
from server.core.submission import Change
from server.core.vietnamese import format_number
from server.core.vietnamese_numbers import format_percent
from server.services.desk import Opened
from server.services.review import SubmissionView
from server.web.rendering import Figures, ShownSection
from server.web.submission_texts import value_text

AGAINST = ("sent", "period")
_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Way:
    """How the figures are looked at; all of it stands in the address.

    *show*: ``changes`` (a table of cells), ``all`` (the form) or empty (what there is to see).
    *against*: ``sent``, ``period`` or empty for both. *only*: of the form only lines that changed.
    """

    show: str = ""
    against: str = ""
    only: bool = False
    since: int | None = None
    seen_change: int | None = None

    @classmethod
    def of(cls, args: Mapping[str, str]) -> "Way":
        show, against = args.get("show", ""), args.get("against", "")
        if show == "previous":  # as the page was addressed before both stood side by side
            show, against = "all", "period"
        return cls(
            show=show if show in ("changes", "all") else "",
            against=against if against in AGAINST else "",
            only=args.get("only") == "1",
            since=_number(args.get("since", "")),
            seen_change=_number(args.get("seen", "")),
        )


@dataclass(frozen=True, slots=True)
class Delta:
    """One comparison of a cell: what stood there, by how much it changed, in percent too."""

    was: str
    by: str = ""
    percent: str = ""


@dataclass(frozen=True, slots=True)
class ChangedCell:
    """A cell that differs from the last sending, from the last period or from both."""

    path: str
    title: str
    now: str
    sent: Delta | None
    period: Delta | None
    calculated: bool
    single: bool = True  # not a line as a whole: it has a history of its own
    comparable: bool = True  # whether the last period has this line at all


@dataclass(frozen=True, slots=True)
class Differences:
    """All differences of a report: cells that changed since the last sending come first."""

    cells: tuple[ChangedCell, ...]
    sent: int
    period: int
    meanwhile: tuple[ChangedCell, ...]

    def against(self, which: str) -> tuple[ChangedCell, ...]:
        """Those of one comparison; of both for an empty name."""
        if which not in AGAINST:
            return self.cells
        return tuple(cell for cell in self.cells if getattr(cell, which) is not None)


def differences_of(opened: Opened) -> Differences:
    """The differences in words and figures."""
    view = opened.view
    before = {} if opened.before is None else opened.before.statuses
    earlier = {} if view.previous is None else view.previous.statuses
    sent = _deltas(view, [*opened.sent, *opened.sent_results], before)
    period = _deltas(view, [*opened.period, *opened.period_results], earlier)
    results = {change.path for change in (*opened.sent_results, *opened.period_results)}
    now = {change.path: change for change in _all(opened)}
    cells = [
        ChangedCell(
            path=path,
            title=cell_title(view.form, path, view.submission.answers),
            now=value_text(view.form, path, now[path].new, now[path].status),
            sent=sent.get(path),
            period=period.get(path),
            calculated=path in results,
            single=place_of(view.form, path).cell is not None,
            comparable=path.split("/")[1] not in opened.incomparable,
        )
        for path in _ordered(sent, period, results)
    ]
    meanwhile = _deltas(view, opened.meanwhile, {})
    return Differences(
        cells=tuple(cells),
        sent=len(opened.sent),
        period=len(opened.period),
        meanwhile=tuple(
            ChangedCell(
                path=change.path,
                title=cell_title(view.form, change.path, view.submission.answers),
                now=value_text(view.form, change.path, change.new, change.status),
                sent=meanwhile[change.path],
                period=None,
                calculated=False,
                single=place_of(view.form, change.path).cell is not None,
            )
            for change in opened.meanwhile
        ),
    )


def marked_before(opened: Opened, against: str) -> dict[str, str]:
    """The old texts of changed cells by path, for the form that marks what changed."""
    view = opened.view
    if against == "period":
        statuses = {} if view.previous is None else view.previous.statuses
        return _texts(view, [*opened.period, *opened.period_results], statuses)
    statuses = {} if opened.before is None else opened.before.statuses
    return _texts(view, [*opened.sent, *opened.sent_results], statuses)


def only_changed(figures: Figures) -> Figures:
    """The form without the lines and fields in which nothing changed."""
    sections = [_narrowed(section) for section in figures.sections]
    return replace(figures, sections=tuple(one for one in sections if one is not None))


def _narrowed(section: ShownSection) -> ShownSection | None:
    fields = tuple(cell for cell in section.fields if cell.before is not None)
    grid = section.grid
    if grid is not None:
        rows = tuple(row for row in grid.rows if any(cell.before is not None for cell in row.cells))
        grid = replace(grid, rows=rows) if rows else None
    return replace(section, fields=fields, grid=grid) if fields or grid is not None else None


def _all(opened: Opened) -> Iterable[Change]:
    yield from opened.period
    yield from opened.period_results
    yield from opened.sent
    yield from opened.sent_results


def _ordered(
    sent: Mapping[str, Delta], period: Mapping[str, Delta], results: set[str]
) -> list[str]:
    """Typed cells before calculated ones, and what was changed by the unit before all else."""
    paths = dict.fromkeys([*sent, *period])
    return sorted(paths, key=lambda path: (path not in sent, path in results))


def _deltas(
    view: SubmissionView, changes: Sequence[Change], statuses: Mapping[str, str]
) -> dict[str, Delta]:
    found = {}
    for change in changes:
        was = value_text(view.form, change.path, change.old, _status(change, statuses))
        moved = share_of(change.old, change.new)
        if moved is None:
            found[change.path] = Delta(was)
            continue
        by, percent = moved
        found[change.path] = Delta(
            was,
            _signed(by, format_number(by)),
            "" if percent is None else _signed(percent, format_percent(percent)),
        )
    return found


def _texts(
    view: SubmissionView, changes: Sequence[Change], statuses: Mapping[str, str]
) -> dict[str, str]:
    return {
        change.path: value_text(view.form, change.path, change.old, _status(change, statuses))
        for change in changes
    }


def _status(change: Change, statuses: Mapping[str, str]) -> str | None:
    """The reason that stood at the cell before, or at the line it is part of."""
    if change.old is not None:
        return statuses.get(change.path)
    path = change.path
    while path:
        if path in statuses:
            return statuses[path]
        path = path.rpartition("/")[0]
    return None


def _signed(value: Decimal, text: str) -> str:
    return f"+{text}" if value > 0 else text


def _number(text: str) -> int | None:
    fits = text.isascii() and text.isdigit() and len(text) <= _DIGITS
    return int(text) if fits else None
