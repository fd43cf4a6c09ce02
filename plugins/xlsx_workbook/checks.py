"""What a cell may take, as Excel's data validation: drop-downs, limits, a message in Vietnamese.

Limits are formulas of our own, because Excel's "whole number" would refuse the signs that say why
a number is absent. Neighbouring cells with one check share one rule.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final

from xlsxwriter.utility import xl_rowcol_to_cell

from server.hooks import WorkbookCell, WorkbookCheck, WorkbookSheet

_TITLE: Final = "Chưa nhập được"
_LONGEST_MESSAGE: Final = 255
_LONGEST_FORMULA: Final = 255
#: 01/01/1900 to 31/12/2199 as Excel counts days.
_DAYS: Final = (1, 109_574)

RangeOf = Callable[[tuple[str, ...]], str]


def add_checks(sheet: Any, placed: WorkbookSheet, range_of: RangeOf) -> None:
    """Put the rules of all cells into the worksheet."""
    for check, first, last in _runs(placed):
        rule = _rule(check, xl_rowcol_to_cell(first.row, first.column), range_of)
        if rule is not None:
            sheet.data_validation(
                first.row,
                first.column,
                last.row,
                last.column,
                {
                    **rule,
                    "error_title": _TITLE,
                    "error_message": check.message[:_LONGEST_MESSAGE],
                    "error_type": "stop",
                },
            )


def _runs(placed: WorkbookSheet) -> Iterator[tuple[WorkbookCheck, WorkbookCell, WorkbookCell]]:
    """Cells one below the other with one check: the check, the first and the last of them."""
    checked = sorted(
        (cell for cell in placed.cells if cell.check is not None),
        key=lambda cell: (cell.column, cell.row),
    )
    first = last = None
    for cell in checked:
        below = (
            last is not None and cell.column == last.column and cell.row == last.row + 1
        ) and cell.check == last.check
        if not below:
            if first is not None and last is not None and first.check is not None:
                yield first.check, first, last
            first = cell
        last = cell
    if first is not None and last is not None and first.check is not None:
        yield first.check, first, last


def _rule(check: WorkbookCheck, cell: str, range_of: RangeOf) -> dict[str, object] | None:
    if check.kind == "choice":
        return {"validate": "list", "source": range_of(check.choices + check.signs)}
    if check.kind == "text":
        if check.longest is None:
            return None
        return {"validate": "custom", "value": f"=LEN({cell})<={check.longest}"}
    # AND would work out ROUND of a sign and fail; IF asks first what stands there.
    tests, signs = ",".join(_tests(check, cell)), [f'{cell}="{sign}"' for sign in check.signs]
    formula = f"=IF(ISNUMBER({cell}),AND({tests}),OR({','.join(signs) or 'FALSE'}))"
    if len(formula) > _LONGEST_FORMULA:
        formula = f"=OR(ISTEXT({cell}),AND({tests}))"
    return {"validate": "custom", "value": formula}


def _tests(check: WorkbookCheck, cell: str) -> list[str]:
    if check.kind == "date":
        return [f"{cell}>={_DAYS[0]}", f"{cell}<={_DAYS[1]}"]
    tests = [f"ROUND({cell},{check.decimals})={cell}"]
    if check.minimum is not None:
        tests.append(f"{cell}>={check.minimum}")
    if check.maximum is not None:
        tests.append(f"{cell}<={check.maximum}")
    return tests
