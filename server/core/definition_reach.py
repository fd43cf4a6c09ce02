"""How far a change of a form reaches beyond its answers: what is calculated, drawn, sent from it.

Static: two versions are compared, no report is looked at.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from server.core.definition_impact import field_title, fields_of
from server.core.definition_impact import judging as judged
from server.core.form import Form
from server.core.shape import Cell, mapping, sequence

_DATES = ("due", "closes", "grace")


@dataclass(frozen=True, slots=True)
class Reach:
    """Titles of what is touched; ``dates`` are keywords of ``x-form``."""

    calculations: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()  # in prints and exports: new, gone or called otherwise
    indicators: tuple[str, ...] = ()  # that begin or cease to be fed
    dates: tuple[str, ...] = ()
    untranslated: tuple[str, ...] = ()


def reach(older: Form, newer: Form) -> Reach:
    """What *newer* changes beside the answers."""
    before, after = dict(fields_of(older)), dict(fields_of(newer))
    return Reach(
        calculations=tuple(
            field_title(newer, path)
            for path, cell in after.items()
            if cell.schema.get("x-calculate") != _declared(before.get(path), "x-calculate")
        ),
        checks=tuple(_changed_checks(older, newer)),
        # A column under another code is gone and new at once; people know it by one title.
        columns=tuple(dict.fromkeys(_changed_columns(older, newer, before, after))),
        indicators=tuple(sorted({*older.indicators} ^ {*newer.indicators})),
        dates=tuple(one for one in _DATES if older.settings.get(one) != newer.settings.get(one)),
        untranslated=tuple(
            field_title(newer, path)
            for path, cell in after.items()
            if cell.title != _title(before.get(path))
            and cell.schema.get("x-i18n") == _declared(before.get(path), "x-i18n")
        ),
    )


def _declared(cell: Cell | None, keyword: str) -> object:
    return None if cell is None else cell.schema.get(keyword)


def _title(cell: Cell | None) -> str | None:
    return None if cell is None else cell.title


def _changed_checks(older: Form, newer: Form) -> Iterator[str]:
    before, after = _checks(older), _checks(newer)
    for code in dict.fromkeys([*before, *after]):
        if before.get(code) != after.get(code):
            yield check_title(after.get(code) or before[code])


def check_title(declared: Mapping[str, object]) -> str:
    """A check as people know it: what it says, and its code."""
    return f"{declared.get('message', '')} ({declared['code']})".strip()


def _checks(form: Form) -> dict[str, Mapping[str, object]]:
    declared = sequence(form.document.get("x-checks", ()))
    return {str(mapping(one)["code"]): mapping(one) for one in declared}


def _changed_columns(
    older: Form, newer: Form, before: Mapping[str, Cell], after: Mapping[str, Cell]
) -> Iterator[str]:
    for path in dict.fromkeys([*before, *after]):
        old, new = before.get(path), after.get(path)
        if old is None or new is None:
            yield field_title(older if new is None else newer, path)
        elif old.title != new.title or judged(old) != judged(new):
            yield field_title(newer, path)
