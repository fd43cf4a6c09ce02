"""Questions about typed figures that stand far from the unit's own history (code ``outlier``).

Asked once: a reason that the clerk gave for the cell silences the question, and it never blocks.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from server.core.answer_paths import Answers, Statuses
from server.core.calculation import Calculator
from server.core.expression_values import rounded
from server.core.finding import Finding, Severity, Words
from server.core.form import Form
from server.core.outlier import Outliers, Usual, unusual
from server.core.values_view import NONE_AROSE, RowView, view_of
from server.core.vietnamese import format_number

CODE: Final = "outlier"
_SHOWN_DECIMALS: Final = 9.0
#: By language; the page asks the same question in the same words.
QUESTION: Final[Mapping[str, Words]] = {
    "vi": Words(
        "Số {value} khác nhiều so với các kỳ trước của chính đơn vị: thường khoảng {median}, "
        "từ {lowest} đến {highest}. Số này có đúng không?",
        "Số liệu gần với các kỳ trước của chính đơn vị.",
        "Nếu đúng, ghi lý do một lần để không hỏi lại; nếu sai, sửa lại. Vẫn gửi được báo cáo.",
    ),
    "en": Words(
        "{value} is far from the unit's own earlier figures: usually about {median}, "
        "from {lowest} to {highest}. Is it right?",
        "Figures are near the unit's own earlier ones.",
        "If it is right, write the reason once and it is not asked again; if not, correct it. "
        "The report can be sent all the same.",
    ),
}


def unusual_cells(
    form: Form,
    calculator: Calculator,
    history: Mapping[str, Sequence[float]],
    settings: Outliers,
) -> Iterator[Finding]:
    """One question per typed number that stands out, in the order of the form."""
    for path, value in _numbers(form, calculator.names, calculator.view.rows):
        known = history.get(path)
        if known is None or path in calculator.off:
            continue
        usual = unusual(value, known, settings)
        if usual is not None:
            yield _question(path, value, usual)


def without_answered(
    findings: Iterable[Finding], reasons: Iterable[Mapping[str, str]]
) -> tuple[Finding, ...]:
    """The findings but for questions that were answered: *reasons* are those of the report."""
    answered = {reason["path"] for reason in reasons if reason["code"] == CODE}
    return tuple(
        finding for finding in findings if finding.code != CODE or finding.path not in answered
    )


def history_of(
    form: Form, editions: Iterable[tuple[Answers, Statuses, bool]]
) -> dict[str, tuple[float, ...]]:
    """The typed numbers of earlier sealed editions by path, in the order they come in.

    What did not arise counts as 0, in a nil report everywhere; a cell that never held a number has
    no history.
    """
    views = []
    held: dict[str, None] = {}
    for answers, statuses, nil in editions:
        view = view_of(form.shape, {} if nil else answers, {} if nil else statuses)
        numbers = dict(_numbers(form, view.values, view.rows))
        held.update(dict.fromkeys(numbers))
        views.append((numbers, statuses, nil))
    found: dict[str, tuple[float, ...]] = {}
    for path in held:
        values = (_known(path, *edition) for edition in views)
        found[path] = tuple(value for value in values if value is not None)
    return found


def _known(path: str, numbers: Mapping[str, float], statuses: Statuses, nil: bool) -> float | None:
    if path in numbers or nil:
        return numbers.get(path, 0.0)
    above = path
    while above:
        if above in statuses:
            return 0.0 if statuses[above] == NONE_AROSE else None
        above = above.rpartition("/")[0]
    return None


def _numbers(
    form: Form, values: Mapping[str, object], rows: Mapping[str, Sequence[RowView]]
) -> Iterator[tuple[str, float]]:
    """Each typed cell that holds a number; reasons and lines that are absent hold none."""
    for key in form.shape.order:
        cell = form.shape.cells.get(key)
        if cell is not None:
            value = values.get(key)
            if cell.numeric and cell.calculate is None and isinstance(value, float):
                yield f"/{key}", value
            continue
        for row in rows[key]:
            for column in row.held or ():
                found = row.line.cells.get(column)
                value = row.values.get(column)
                typed = found is not None and found.numeric and found.calculate is None
                if typed and isinstance(value, float):
                    yield row.pointer(column), value


def _question(path: str, value: float, usual: Usual) -> Finding:
    shown = {
        name: format_number(rounded(number, _SHOWN_DECIMALS))
        for name, number in (
            ("value", value),
            ("median", usual.median),
            ("lowest", usual.lowest),
            ("highest", usual.highest),
        )
    }
    words, english = (
        replace(found, message=found.message.format(**shown))
        for found in (QUESTION["vi"], QUESTION["en"])
    )
    return Finding(
        path=path,
        code=CODE,
        severity=Severity.INFO,
        message=words.message,
        left=_plain(value),
        right=_plain(usual.median),
        paths=(path,),
        rule=words.rule,
        fix=words.fix,
        english=english,
    )


def _plain(value: float) -> float | int:
    shown = rounded(value, _SHOWN_DECIMALS)
    return int(shown) if shown.is_integer() else shown
