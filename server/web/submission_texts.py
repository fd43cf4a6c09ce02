"""Texts of single cells and of findings: what stands in a cell, what it is called, where it is.

Apart from ``rendering`` because the difference of two revisions and the annex of reasons need the
texts of cells without the whole form around them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from weakref import WeakKeyDictionary

from server.core.answer_paths import PathUnknown, cell_title, place_of
from server.core.finding import Finding, Severity
from server.core.form import Form
from server.core.layout import Column, Field, Grid, marked_title, offered
from server.core.vietnamese import format_number
from server.services.sheets import STATUS_SIGNS
from server.services.sheets import cell_text as text_on_paper
from server.web.language import language_of_request
from server.web.submission_words import gettext as _

#: Asked for every changed cell of a difference, so worked out once for each edition of a form.
_CELLS: "WeakKeyDictionary[Form, dict[tuple[str, str], Column | Field]]" = WeakKeyDictionary()
_ORDER = (Severity.ERROR, Severity.WARNING, Severity.INFO)


@dataclass(frozen=True, slots=True)
class ShownFinding:
    """A finding as it is read: *anchor* is the id of the place to go to, *title* its name.

    *rule* says in words what should hold, *fix* what to do; *left* and *right* are the two sides
    where the rule compares numbers. What there is nothing to say about is empty.
    """

    id: str
    severity: str
    code: str
    message: str
    path: str
    anchor: str
    title: str
    paths: tuple[str, ...]
    rule: str
    fix: str
    left: str
    right: str


def shown_findings(
    form: Form, findings: Sequence[Finding], answers: Mapping[str, object]
) -> tuple[ShownFinding, ...]:
    """The findings, errors first, in the language of the request."""
    ordered = sorted(findings, key=lambda finding: _ORDER.index(finding.severity))
    language = language_of_request()
    return tuple(
        ShownFinding(
            id=f"finding-{number}",
            severity=str(finding.severity),
            code=finding.code,
            message=words.message,
            path=finding.path,
            anchor=anchor_of(form, finding.paths or (finding.path,)),
            title=cell_title(form, finding.path, answers) if finding.path else form.title,
            paths=finding.paths or (finding.path,),
            rule=words.rule or "",
            fix=words.fix or "",
            left="" if finding.left is None else format_number(finding.left),
            right="" if finding.right is None else format_number(finding.right),
        )
        for number, finding in enumerate(ordered)
        for words in [finding.words(language)]
    )


def anchor_of(form: Form, paths: Sequence[str]) -> str:
    """The first of *paths* that is a cell, else the section its block stands in."""
    first = ""
    for path in paths:
        try:
            place = place_of(form, path)
        except PathUnknown:
            continue
        if place.cell is not None:
            return path
        first = first or (place.block.key if place.block else "")
    for section in form.layout.sections:
        if section.grid is not None and first in blocks_of(section.grid):
            return f"section-{section.key}"
    return f"section-{form.layout.sections[0].key}"


def blocks_of(grid: Grid) -> tuple[str, ...]:
    """The keys of the root properties that the grid shows."""
    keys = dict.fromkeys(row.path.split("/")[1] for row in grid.rows)
    if grid.roster is not None:
        keys[grid.roster.key] = None
    return tuple(keys)


def text_of(value: object, status: str | None, cell: Column | Field) -> str:
    """A value or its sign as people read it; what is not of the cell's type stays as typed."""
    if isinstance(value, str) and cell.choices is None:
        return _day(value) if cell.format == "date" else value
    if isinstance(value, Mapping | list | tuple):
        return ""
    return text_on_paper(value, status, cell)


def options_of(cell: Column | Field, held: object = None) -> tuple[tuple[object, str], ...]:
    """What a cell offers; yes and no where the definition has no words of its own.

    A choice that does not count in the period stands there only where it is *held*, marked.
    """
    if cell.choices is None and cell.type == "boolean":
        return ((True, _("Có")), (False, _("Không")))
    kept = offered(cell) or ()
    if held is None or any(value == held for value, _title in kept):
        return kept
    named = marked_title(cell, held)
    return kept if named is None else (*kept, (held, named))


def value_text(form: Form, path: str, value: object, status: str | None) -> str:
    """The text of a value that stands, or stood, at *path*."""
    cell = column_of(form, path)
    return STATUS_SIGNS.get(status or "", "") if cell is None else text_of(value, status, cell)


def column_of(form: Form, path: str) -> Column | Field | None:
    """How the cell at *path* looks where the form is laid out; None when it stands nowhere."""
    place = place_of(form, path)
    block = "" if place.block is None else place.block.key
    return _cells(form).get((block, path.rsplit("/", 1)[-1]))


def _day(value: str) -> str:
    try:
        return f"{date.fromisoformat(value):%d/%m/%Y}"
    except ValueError:
        return value


def _cells(form: Form) -> dict[tuple[str, str], Column | Field]:
    """How each column of each block looks, for cells that are named by a path alone."""
    known = _CELLS.get(form)
    if known is None:
        known = _CELLS[form] = _looks(form)
    return known


def _looks(form: Form) -> dict[tuple[str, str], Column | Field]:
    found: dict[tuple[str, str], Column | Field] = {}
    for section in form.layout.sections:
        for field in section.fields:
            above, _, key = field.path[1:].rpartition("/")
            found[above.split("/")[0], key] = field
        if section.grid is not None:
            blocks = blocks_of(section.grid)
            for column in section.grid.columns:
                found.update({(key, column.key): column for key in blocks})
    return found
