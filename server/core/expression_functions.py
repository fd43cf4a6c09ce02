"""The functions of the CEL profile: totals, rounding, the first value present, tests of texts."""

from collections.abc import Callable, Mapping

from server.core.expression_values import (
    Context,
    Program,
    Refusal,
    finite,
    plain,
    refuse_operands,
    rounded,
    spend,
)


def _present(whole: object, context: Context) -> list[object]:
    if not isinstance(whole, list | tuple):
        refuse_operands(whole)
    spend(context, len(whole))
    return [item for item in whole if item is not None]


def _total(present: list[object]) -> float:
    # Added from left to right: the built-in sum compensates from Python 3.12 on, browsers do not.
    total = 0.0
    for item in present:
        number = item if type(item) is float else plain(item)
        if type(number) is not float:
            raise Refusal("wrong-type")
        total += number
    return finite(total)


def _sum(context: Context, whole: object) -> object:
    present = _present(whole, context)
    return _total(present) if present else None


def _avg(context: Context, whole: object) -> object:
    present = _present(whole, context)
    return _total(present) / len(present) if present else None


def _size(context: Context, whole: object) -> object:
    if isinstance(whole, str | list | tuple | Mapping):
        return float(len(whole))
    refuse_operands(whole)


def _round(context: Context, number: object, decimals: object = 0.0) -> object:
    if type(number) is float and type(decimals) is float:
        return rounded(number, decimals)
    refuse_operands(number, decimals)


def _near(context: Context, a: object, b: object, tolerance: object) -> object:
    if type(a) is float and type(b) is float and type(tolerance) is float:
        return rounded(finite(abs(a - b)), 9.0) <= rounded(tolerance, 9.0)
    refuse_operands(a, b, tolerance)


def _change(context: Context, now: object, before: object) -> object:
    if type(now) is float or now is None:
        if before is None or (type(before) is float and before == 0.0):
            return None  # there is nothing to measure the change against
        if type(now) is float and type(before) is float:
            return finite((now - before) / before * 100.0)
    refuse_operands(now, before)


def _coalesce(context: Context, *arguments: object) -> object:
    return next((value for value in arguments if value is not None), None)


def _function(call: Callable[..., object]) -> Callable[..., Program]:
    def build(*parts: Program) -> Program:
        if len(parts) == 1:
            part = parts[0]
            return lambda values, context: call(context, part(values, context))
        return lambda values, context: call(context, *[part(values, context) for part in parts])

    return build


def _text_test(test: Callable[[str, str], bool]) -> Callable[..., Program]:
    def call(context: Context, a: object, b: object) -> object:
        if type(a) is str and type(b) is str:
            return test(a, b)
        refuse_operands(a, b)

    return _function(call)


# Name -> from the closures of the arguments to the closure of the call.
FUNCTIONS: dict[str, Callable[..., Program]] = {
    "sum": _function(_sum),
    "avg": _function(_avg),
    "count": _function(lambda context, whole: float(len(_present(whole, context)))),
    "size": _function(_size),
    "round": _function(_round),
    "near": _function(_near),
    "coalesce": _function(_coalesce),
    "change": _function(_change),
    "startsWith": _text_test(str.startswith),
    "endsWith": _text_test(str.endswith),
    "contains": _text_test(str.__contains__),
}
