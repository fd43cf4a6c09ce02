"""Personal values: which cells hold them, and answers as those see them who may not.

One place for all: pages, API, history, print and exports ask here what is personal. A cell is
personal by ``x-personal`` on itself, on its line or on its block.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final
from weakref import WeakKeyDictionary

from server.core.answer_paths import Answers, PathUnknown, Statuses, place_of
from server.core.expressions import parse
from server.core.finding import Finding, Words
from server.core.form import Form
from server.core.json_text import tokens
from server.core.shape import Block, BlockKind, mapping, sequence
from server.core.submission import Change

#: What stands where a value is hidden; it is no value of any type but text.
MASK: Final = "•••"
_HIDDEN: Final = Words("Nội dung có dữ liệu cá nhân nên không hiển thị.")
_HIDDEN_EN: Final = Words("This concerns personal data and is not shown.")
_MARK: Final = "x-personal"
#: By form: block ("" for the root) and column of each personal cell.
_CELLS: "WeakKeyDictionary[Form, frozenset[tuple[str, str]]]" = WeakKeyDictionary()


def personal_cells(form: Form) -> frozenset[tuple[str, str]]:
    """Block (``""`` for the root) and column of each personal cell."""
    found = _CELLS.get(form)
    if found is None:
        found = _CELLS[form] = frozenset(_personal(form))
    return found


def is_personal(form: Form, path: str) -> bool:
    """Whether *path* is a personal cell, or a line or block that holds one."""
    try:
        place = place_of(form, path)
    except PathUnknown:
        return False
    cells = personal_cells(form)
    if place.block is None:
        return ("", path[1:]) in cells
    if place.cell is None:
        return any(block == place.block.key for block, _ in cells)
    return (place.block.key, place.cell.key) in cells


def mask_personal(form: Form, answers: Answers) -> dict[str, object]:
    """A copy of *answers* in which every personal value reads ``•••``; lines stay countable.

    Serves calculated values as well: they have the shape of the answers.
    """
    cells = personal_cells(form)
    if not cells:
        return dict(answers)
    masked: dict[str, object] = {}
    for key, held in answers.items():
        block = form.shape.blocks.get(key)
        if block is None:
            masked[key] = MASK if ("", key) in cells and held is not None else held
            continue
        columns = {column for name, column in cells if name == key}
        masked[key] = _masked_block(block, held, columns) if columns else held
    return masked


def mask_statuses(form: Form, statuses: Statuses) -> dict[str, str]:
    """The reasons without those of personal cells: that nothing arose is a value, too."""
    if not personal_cells(form):
        return dict(statuses)
    return {path: status for path, status in statuses.items() if not is_personal(form, path)}


def mask_findings(form: Form, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings without words and numbers where a rule marks or reads a personal cell."""
    if not personal_cells(form):
        return tuple(findings)
    reading = _rules_reading(form)
    return tuple(
        replace(
            finding,
            message=_HIDDEN.message,
            left=None,
            right=None,
            rule=None,
            fix=None,
            english=_HIDDEN_EN,
        )
        if finding.code in reading
        or any(is_personal(form, path) for path in (finding.path, *finding.paths))
        else finding
        for finding in findings
    )


def mask_changes(form: Form, changes: Sequence[Change]) -> tuple[Change, ...]:
    """Changed cells; of personal ones only that they changed is told."""
    return tuple(
        replace(change, old=_hidden(change.old), new=_hidden(change.new), status=None)
        if is_personal(form, change.path)
        else change
        for change in changes
    )


def _personal(form: Form) -> Iterable[tuple[str, str]]:
    for key, cell in form.shape.cells.items():
        if cell.schema.get(_MARK) is True:
            yield "", key
    for key, block in form.shape.blocks.items():
        for line in block.samples:
            whole = block.schema.get(_MARK) is True or line.schema.get(_MARK) is True
            for column, cell in line.cells.items():
                if whole or cell.schema.get(_MARK) is True:
                    yield key, column


def _rules_reading(form: Form) -> frozenset[str]:
    """The codes of the form's rules whose numbers come from personal cells."""
    cells = personal_cells(form)
    found = set()
    for check in sequence(form.document.get("x-checks", ())):
        declared = mapping(check)
        each = tokens(str(declared["each"]))[0] if "each" in declared else ""
        for path in parse(str(declared["rule"])).paths:
            if (path[0] if len(path) > 1 else each, path[-1]) in cells or ("", path[0]) in cells:
                found.add(str(declared["code"]))
    return frozenset(found)


def _masked_block(block: Block, held: object, columns: set[str]) -> object:
    if block.kind is BlockKind.LINE:
        return _masked_line(held, columns)
    if isinstance(held, Mapping):
        return {row: _masked_line(line, columns) for row, line in held.items()}
    if isinstance(held, list | tuple):
        return [_masked_line(line, columns) for line in held]
    return _hidden(held)


def _masked_line(held: object, columns: set[str]) -> object:
    if not isinstance(held, Mapping):
        return _hidden(held)
    return {
        key: MASK if key in columns and value is not None else value for key, value in held.items()
    }


def _hidden(value: object) -> object:
    return None if value is None else MASK
