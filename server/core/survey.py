"""What a survey form says about its sheets as a set: which are the same, how they are counted.

A sheet's standing is kept beside it, so that lists of thousands of sheets need no rules to run;
passing the return on asks the rules themselves again.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from weakref import WeakKeyDictionary

from server.core.answer_paths import Answers, Statuses, place_of, value_at
from server.core.answers import Context, Verdict, with_results
from server.core.expressions import Expression, evaluate, parse
from server.core.feeds import Portion, portions_of
from server.core.finding import Finding, Severity, Words, blocks
from server.core.form import Form
from server.core.past import nothing_before
from server.core.shape import mapping, sequence, strings
from server.core.values_view import view_of
from server.core.vietnamese import collation_key, fold, spelling_key

DUPLICATE: Final = "record.duplicate"
#: By number, by the cells of the first rule of ``x-unique``, the last written first.
SORTS: Final = ("number", "place", "changed")
_EMPTY: Final = frozenset({"schema.required", "schema.x-required-when"})
_WIDTH: Final = 16
_LONGEST_SEARCHED: Final = 200


class RecordState(StrEnum):
    """How far a sheet is."""

    VALID = "valid"
    ERRORS = "errors"
    DRAFT = "draft"  # nothing is wrong, but cells are still empty


@dataclass(frozen=True, slots=True)
class Tally:
    """A kind of sheet that is counted apart; ``done`` ones count towards what is expected."""

    code: str
    title: str
    title_en: str | None
    done: bool
    where: Expression


@dataclass(frozen=True, slots=True)
class Survey:
    """The declarations of one form: ``x-unique``, ``x-tally``, ``x-carry``."""

    unique: tuple[tuple[str, ...], ...]
    tallies: tuple[Tally, ...]
    carried: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """What is kept beside a sheet; it follows from the answers alone."""

    state: RecordState
    tally: str | None
    search: str
    search_personal: str
    place: str
    keys: Mapping[int, str]
    portions: tuple[Portion, ...]


@dataclass(frozen=True, slots=True)
class Same:
    """Another sheet that agrees with this one in all cells of a rule of ``x-unique``."""

    rule: int
    record: str
    number: int


@dataclass(frozen=True, slots=True)
class RecordQuery:
    """Which sheets of a return, in which order. *personal* lets the text find personal values."""

    text: str = ""
    state: str | None = None
    tally: str | None = None
    sort: str = "number"
    personal: bool = False


_SURVEYS: "WeakKeyDictionary[Form, Survey]" = WeakKeyDictionary()


def survey_of(form: Form) -> Survey:
    """The declarations of *form*, read at their first use."""
    found = _SURVEYS.get(form)
    if found is None:
        document = form.document
        found = _SURVEYS[form] = Survey(
            unique=tuple(strings(rule) for rule in sequence(document.get("x-unique", ()))),
            tallies=tuple(_tally(mapping(one)) for one in sequence(document.get("x-tally", ()))),
            carried=tuple(
                key for key, cell in form.shape.cells.items() if cell.schema.get("x-carry") is True
            ),
        )
    return found


def standing_of(
    form: Form, answers: Answers, statuses: Statuses, context: Context, verdict: Verdict
) -> Standing:
    """What is kept beside a sheet that was judged with *verdict*."""
    opened, personal = _searched(form, answers)
    return Standing(
        state=state_of(verdict),
        tally=_counted(form, answers, statuses, context),
        search=opened,
        search_personal=personal,
        place=_place(form, answers),
        keys=unique_keys(form, answers),
        portions=portions_of(form, answers, statuses, context),
    )


def state_of(verdict: Verdict) -> RecordState:
    """How far a sheet with that verdict is."""
    if not blocks(verdict.findings):
        return RecordState.VALID
    errors = [one for one in verdict.findings if one.severity is Severity.ERROR]
    only_empty = all(finding.code in _EMPTY for finding in errors)
    return RecordState.DRAFT if only_empty else RecordState.ERRORS


def unique_keys(form: Form, answers: Answers) -> dict[int, str]:
    """By rule of ``x-unique`` a digest that only sheets with the same cells share.

    A sheet that lacks one of the cells has no key: it is the same as no other.
    """
    found: dict[int, str] = {}
    for number, paths in enumerate(survey_of(form).unique):
        values = [value_at(answers, place_of(form, path)) for path in paths]
        if any(value is None or value == "" for value in values):
            continue
        plain = [_comparable(value) for value in values]
        text = json.dumps(plain, ensure_ascii=False)
        found[number] = hashlib.sha256(text.encode()).hexdigest()
    return found


def duplicate_findings(form: Form, same: Sequence[Same]) -> tuple[Finding, ...]:
    """The warnings on one sheet that agrees with others."""
    rules = survey_of(form).unique
    return tuple(
        Finding(
            path=rules[one.rule][-1],
            code=DUPLICATE,
            severity=Severity.WARNING,
            message=f"{_titles(form, rules[one.rule])} trùng với phiếu {one.number}.",
            paths=rules[one.rule],
            english=Words(f"{_titles(form, rules[one.rule])}: the same as in sheet {one.number}."),
        )
        for one in same
        if one.rule < len(rules)
    )


def return_findings(form: Form, groups: Sequence[tuple[int, Sequence[int]]]) -> tuple[Finding, ...]:
    """The warnings on a return: each group of sheets (by their numbers) that agree in a rule."""
    rules = survey_of(form).unique
    found = []
    for rule, numbers in groups:
        if rule >= len(rules):
            continue
        listed = ", ".join(str(number) for number in numbers)
        message = (
            f"Các phiếu {listed} trùng {_titles(form, rules[rule])}. "
            "Nếu đúng là các hộ khác nhau, ghi lý do; nếu trùng, xóa phiếu thừa."
        )
        path = f"/records/{numbers[-1]}"
        english = Words(
            f"Sheets {listed} agree in {_titles(form, rules[rule])}. "
            "If they are different, write why; if not, delete the surplus sheet."
        )
        found.append(
            Finding(path, DUPLICATE, Severity.WARNING, message, paths=(path,), english=english)
        )
    return tuple(found)


def carried_from(form: Form, answers: Answers) -> dict[str, object]:
    """What the next sheet starts with: the cells of the last one that the form carries over."""
    kept = {key: answers.get(key) for key in survey_of(form).carried}
    return {key: value for key, value in kept.items() if value is not None}


def _tally(declared: Mapping[str, object]) -> Tally:
    english = mapping(mapping(declared.get("i18n", {})).get("en", {})).get("title")
    return Tally(
        code=str(declared["code"]),
        title=str(declared["title"]),
        title_en=None if english is None else str(english),
        done=declared.get("done") is True,
        where=parse(str(declared["where"])),
    )


def _counted(form: Form, answers: Answers, statuses: Statuses, context: Context) -> str | None:
    """The first kind of sheet whose condition is true."""
    tallies = survey_of(form).tallies
    if not tallies:
        return None
    whole = with_results(form, answers, statuses, context)
    values = view_of(form.shape, whole, statuses, with_calculated=True).values
    for tally in tallies:
        if evaluate(tally.where, values, nothing_before) is True:
            return tally.code
    return None


def _searched(form: Form, answers: Answers) -> tuple[str, str]:
    """The short texts and numbers of a sheet as they are searched: open ones, personal ones."""
    opened: list[str] = []
    personal: list[str] = []
    for key, cell in form.shape.cells.items():
        value = answers.get(key)
        if cell.calculate is not None or isinstance(value, bool | None):
            continue
        if "enum" in cell.schema or not isinstance(value, str | int):
            continue
        text = fold(str(value)[:_LONGEST_SEARCHED])
        (personal if cell.schema.get("x-personal") is True else opened).append(text)
    return " | ".join(opened), " | ".join(personal)


def _place(form: Form, answers: Answers) -> str:
    """The order of sheets by the cells of the first rule: village, then household number."""
    rules = survey_of(form).unique
    parts = []
    for path in rules[0] if rules else ():
        value = value_at(answers, place_of(form, path))
        if isinstance(value, bool) or value is None:
            parts.append("")
        elif isinstance(value, int | float):
            parts.append(f"{value:0{_WIDTH}.2f}")
        else:
            parts.append(collation_key(str(value)[:_LONGEST_SEARCHED]))
    return " ".join(parts)


def _comparable(value: object) -> object:
    """Texts that differ in case or in the place of a tone mark are the same."""
    if isinstance(value, str):
        return spelling_key(value)
    return float(value) if isinstance(value, int | float) else repr(value)


def _titles(form: Form, paths: Sequence[str]) -> str:
    places = [place_of(form, path) for path in paths]
    titles = [place.cell.title for place in places if place.cell is not None]
    return " và ".join(titles)
