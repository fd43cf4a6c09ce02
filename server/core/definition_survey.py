"""Checks of what a definition says about the sheets of a survey as a set.

``x-unique``, ``x-tally`` and ``x-carry`` must name cells of the sheet; ``x-feeds`` must feed known
indicators, with members of known dimensions; the feeds that ``x-tests`` expect must come out.
"""

from collections.abc import Mapping
from decimal import Decimal

from server.core.definition_catalogue import Installed
from server.core.definition_source import lines_of, root_cells
from server.core.definition_tests import context_of
from server.core.expressions import Expression, ExpressionInvalid, evaluate, parse
from server.core.feeds import FeedCell, feed_cell, observe_records
from server.core.form import Form
from server.core.form_scope import Scope
from server.core.json_text import tokens
from server.core.observation import Observation
from server.core.past import nothing_before
from server.core.refusal import Refusals
from server.core.shape import Block, BlockKind, Cell, mapping, sequence, strings
from server.core.values_view import view_of

_Fed = tuple[str, str, tuple[tuple[str, str], ...], str]
_KEYWORDS = ("x-unique", "x-tally", "x-feeds")


def refuse_survey(
    refusals: Refusals, source: Mapping[str, object], form: Form, installed: Installed
) -> None:
    """Refuse what cannot be meant; the form's own expressions must have been checked before."""
    _refuse_places(refusals, source, form)
    if refusals:
        return
    for place, rule in enumerate(sequence(source.get("x-unique", ()))):
        for number, path in enumerate(strings(rule)):
            cell = feed_cell(form, path, None)
            if cell is None or cell.cell.calculate is not None:
                message = f"x-unique: {path!r} is no cell that is typed once in a sheet"
                where = f"/x-unique/{place}/{number}"
                refusals.add(where, "path-unknown", message, marked=path)
    _refuse_tallies(refusals, source, form)
    for place, feed in enumerate(sequence(source.get("x-feeds", ()))):
        _refuse_feed(refusals, f"/x-feeds/{place}", mapping(feed), form, installed)


def refuse_feed_tests(refusals: Refusals, source: Mapping[str, object], form: Form) -> None:
    """Refuse tests whose sheet does not yield the ``feeds`` they state."""
    for place, declared in enumerate(sequence(source["x-tests"])):
        test = mapping(declared)
        if "feeds" not in test:
            continue
        statuses = {path: str(told) for path, told in mapping(test.get("statuses", {})).items()}
        found = observe_records(
            form, [(mapping(test["answers"]), statuses)], context_of(form, test)
        )
        got = {_told(one) for one in found}
        expected = {_expected(mapping(one)) for one in sequence(test["feeds"])}
        if got != expected:
            message = (
                f"test {test['name']!r}: feeds missing {sorted(expected - got)},"
                f" surplus {sorted(got - expected)}"
            )
            refusals.add(f"/x-tests/{place}/feeds", "test-failed", message, name=test["name"])


def _refuse_places(refusals: Refusals, source: Mapping[str, object], form: Form) -> None:
    """The keywords belong to surveys; ``x-carry`` to cells of the sheet itself."""
    if form.kind != "survey":
        for keyword in _KEYWORDS:
            if keyword in source:
                message = f"{keyword} stands in surveys only"
                refusals.add(f"/{keyword}", "survey-only", message, keyword=keyword)
    cells = [*root_cells(source), *(cell for line in lines_of(source) for cell in line.cells)]
    for path, key, declared in cells:
        if "x-carry" not in declared:
            continue
        fits = path == f"/properties/{key}" and "x-calculate" not in declared
        if form.kind != "survey" or not fits:
            message = "x-carry stands at typed cells of a survey's sheet only"
            refusals.add(f"{path}/x-carry", "survey-only", message, keyword="x-carry")


def _refuse_tallies(refusals: Refusals, source: Mapping[str, object], form: Form) -> None:
    codes: set[str] = set()
    for place, declared in enumerate(sequence(source.get("x-tally", ()))):
        tally, path = mapping(declared), f"/x-tally/{place}"
        code = str(tally["code"])
        if code in codes:
            message = f"code {code!r} stands twice in x-tally"
            refusals.add(f"{path}/code", "duplicate-code", message, item=code)
        codes.add(code)
        _refuse_condition(refusals, f"{path}/where", str(tally["where"]), form, None)


def _refuse_feed(
    refusals: Refusals,
    path: str,
    feed: Mapping[str, object],
    form: Form,
    installed: Installed,
) -> None:
    indicator = feed["indicator"]
    if indicator not in installed.indicators:
        message = f"there is no indicator {indicator!r}"
        refusals.add(f"{path}/indicator", "unknown-indicator", message, indicator=indicator)
    each = _each(refusals, path, feed, form)
    if "each" in feed and each is None:
        return
    if "where" in feed:
        _refuse_condition(refusals, f"{path}/where", str(feed["where"]), form, each)
    if (feed["op"] == "sum") != ("value" in feed):
        message = "a sum needs value, a count has none"
        refusals.add(f"{path}/op", "feed-value", message)
    if "value" in feed:
        cell = _cell(refusals, f"{path}/value", str(feed["value"]), form, each)
        if cell is not None and not cell.cell.numeric:
            message = f"{feed['value']!r} is no number and cannot be summed"
            refusals.add(f"{path}/value", "feed-value", message)
    for dimension, member in mapping(feed.get("dimensions", {})).items():
        where, text = f"{path}/dimensions/{dimension}", str(member)
        if not installed.is_dimension(dimension):
            message = f"there is no dimension {dimension!r}"
            refusals.add(where, "unknown-dimension", message, dimension=dimension)
        elif text.startswith("/"):
            cell = _cell(refusals, where, text, form, each)
            if cell is not None and not _holds_members(cell.cell, dimension, installed):
                message = f"{text!r} holds values that are no members of dimension {dimension}"
                refusals.add(where, "unknown-member", message, dimension=dimension)
        elif not installed.has_code(dimension, text):
            message = f"dimension {dimension} has no member {text!r}"
            refusals.add(where, "unknown-member", message, dimension=dimension, member=text)


def _each(refusals: Refusals, path: str, feed: Mapping[str, object], form: Form) -> Block | None:
    if "each" not in feed:
        return None
    named = str(feed["each"])
    parts = tokens(named)
    block = form.shape.blocks.get(parts[0]) if len(parts) == 1 else None
    if block is None or block.kind not in (BlockKind.ROSTER, BlockKind.CODELIST):
        message = f"each: {named!r} is no roster or grid by code list of the form"
        refusals.add(f"{path}/each", "each-unknown", message, each=named)
        return None
    return block


def _cell(
    refusals: Refusals, where: str, path: str, form: Form, each: Block | None
) -> FeedCell | None:
    cell = feed_cell(form, path, each)
    if cell is None:
        message = f"{path!r} is no cell that is there once in a sheet or in a line of each"
        refusals.add(where, "path-unknown", message, marked=path)
    return cell


def _holds_members(cell: Cell, dimension: str, installed: Installed) -> bool:
    values = cell.schema.get("enum")
    if cell.type != "string" or values is None:
        return False
    return all(installed.has_code(dimension, str(value)) for value in sequence(values))


def _refuse_condition(
    refusals: Refusals, path: str, text: str, form: Form, each: Block | None
) -> None:
    try:
        condition = parse(text)
    except ExpressionInvalid as fault:
        message = f"expression, character {fault.column}: {fault.reason}"
        refusals.add(
            path, "expression-invalid", message, reason=fault.reason, character=fault.column
        )
        return
    scope = Scope(form.shape, each, None if each is None else next(iter(each.samples)))
    unknown = [*scope.unknown(condition)]
    if condition.previous or condition.last_year or condition.others:
        unknown.append("another report")
    for name in unknown:
        message = f"the expression uses {name}, which the sheet does not have here"
        refusals.add(path, "expression-unknown", message, name=name)
    if not unknown and not _gives_truth(condition, form, each):
        refusals.add(path, "expression-wrong-type", "the expression gives no truth")


def _gives_truth(condition: Expression, form: Form, each: Block | None) -> bool:
    """Whether on the form's own tests it is never anything but true, false or without result."""
    for declared in sequence(form.document["x-tests"]):
        view = view_of(form.shape, mapping(mapping(declared)["answers"]), {})
        rows = [{}] if each is None else [row.values for row in view.rows[each.key]]
        for row in rows:
            result = evaluate(condition, {**view.values, **row}, nothing_before)
            if isinstance(result, str | float | list):
                return False
    return True


def _told(one: Observation) -> _Fed:
    number = Decimal(0) if one.value is None else one.value.normalize()
    return one.indicator, one.measure_unit, tuple(sorted(one.dimensions.items())), str(number)


def _expected(declared: Mapping[str, object]) -> _Fed:
    members = {str(name): str(code) for name, code in mapping(declared["dimensions"]).items()}
    return (
        str(declared["indicator"]),
        str(declared.get("measureUnit", "")),
        tuple(sorted(members.items())),
        str(Decimal(str(declared["value"])).normalize()),
    )
