"""A workflow as a machine: every state can be reached, every report can come to an end."""

from collections.abc import Iterator, Mapping
from typing import Final

from jsonschema import Draft202012Validator, SchemaError

from server.core.expressions import ExpressionInvalid, parse
from server.core.form_scope import OUTSIDE
from server.core.refusal import Refusals
from server.core.shape import mapping, sequence, strings

_DEFS: Final = "#/$defs/"
#: Only these lead out of a final state.
_AFTER_FINAL: Final = frozenset({"close", "reopen"})


def refuse_workflow(refusals: Refusals, source: Mapping[str, object]) -> None:
    """Add what the meta-schema cannot see; *source* has passed it."""
    states = {code: mapping(state) for code, state in mapping(source["states"]).items()}
    if source["initial"] not in states:
        message = f"initial: there is no state {source['initial']!r}"
        refusals.add("/initial", "unknown-state", message, state=source["initial"])
    for place, declared in enumerate(sequence(source["transitions"])):
        _refuse_transition(refusals, f"/transitions/{place}", mapping(declared), source, states)
    for name, declared in mapping(source.get("$defs", {})).items():
        _refuse_input(refusals, f"/$defs/{name}", mapping(declared))
    _refuse_clashes(refusals, source)
    if not refusals:
        _refuse_paths(refusals, source, states)


def _refuse_transition(
    refusals: Refusals,
    path: str,
    transition: Mapping[str, object],
    source: Mapping[str, object],
    states: Mapping[str, Mapping[str, object]],
) -> None:
    for where, state in _named_states(path, transition):
        if state not in states:
            message = f"there is no state {state!r}"
            refusals.add(where, "unknown-state", message, state=state)
    event = str(transition["event"])
    for place, state in enumerate(strings(transition["from"])):
        if states.get(state, {}).get("final") and event not in _AFTER_FINAL:
            message = f"{event} leaves the final state {state!r}; only close and reopen may"
            refusals.add(f"{path}/from/{place}", "final-state-left", message, state=state)
    if "when" in transition:
        _refuse_condition(refusals, f"{path}/when", str(transition["when"]))
    supplied = mapping(transition.get("input", {}))
    reference = supplied.get("$ref")
    if reference is not None:
        if str(reference).removeprefix(_DEFS) not in mapping(source.get("$defs", {})):
            message = f"$ref {reference!r} leads to nothing in this file"
            refusals.add(f"{path}/input/$ref", "unknown-reference", message, reference=reference)
    elif supplied:
        _refuse_input(refusals, f"{path}/input", supplied)


def _named_states(path: str, transition: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for place, state in enumerate(strings(transition["from"])):
        yield f"{path}/from/{place}", state
    yield f"{path}/to", str(transition["to"])


def _refuse_condition(refusals: Refusals, path: str, text: str) -> None:
    """A condition sees the unit and the period; a workflow serves many forms."""
    try:
        expression = parse(text)
    except ExpressionInvalid as fault:
        message = f"expression, character {fault.column}: {fault.reason}"
        refusals.add(
            path, "expression-invalid", message, reason=fault.reason, character=fault.column
        )
        return
    for path_before in expression.previous:
        name = f'prev("{path_before}")'
        message = f"the expression uses {name}; a workflow knows unit and period alone"
        refusals.add(path, "expression-unknown", message, name=name)
    for found in expression.paths:
        if len(found) != 2 or found[1] not in OUTSIDE.get(found[0], ()):  # noqa: PLR2004
            name = ".".join(found)
            message = f"the expression uses {name}; a workflow knows unit and period alone"
            refusals.add(path, "expression-unknown", message, name=name)


def _refuse_input(refusals: Refusals, path: str, schema: Mapping[str, object]) -> None:
    properties = mapping(schema["properties"])
    for place, key in enumerate(strings(schema.get("required", ()))):
        if key not in properties:
            message = f"required names {key!r}, which is no property"
            refusals.add(f"{path}/required/{place}", "required-unknown", message, key=key)
    for key, declared in properties.items():
        field = mapping(declared)
        where = f"{path}/properties/{key}"
        for low, high in (("minimum", "maximum"), ("minLength", "maxLength")):
            least, most = field.get(low), field.get(high)
            if isinstance(least, int) and isinstance(most, int) and least > most:
                message = f"{low} {least} is above {high} {most}"
                refusals.add(f"{where}/{low}", "limits-crossed", message)
        values = strings(field.get("enum", ()))
        for value in {*values} ^ {*mapping(field.get("x-labels", {}))}:
            message = f"value {value!r} and its label do not go together"
            refusals.add(where, "label-missing", message, value=value)
    try:
        Draft202012Validator.check_schema(dict(schema))
    except SchemaError as error:
        refusals.add(path, "wrong-value", f"input is no JSON Schema: {error.message}")


def _refuse_clashes(refusals: Refusals, source: Mapping[str, object]) -> None:
    """One person, one button, one meaning: an event of a role may lead to one place only."""
    seen: set[tuple[str, str, str]] = set()
    for place, declared in enumerate(sequence(source["transitions"])):
        transition = mapping(declared)
        event, role = str(transition["event"]), str(mapping(transition["by"])["role"])
        for at, state in enumerate(strings(transition["from"])):
            if (event, state, role) in seen:
                message = f"{event} from {state!r} by {role} is declared twice"
                refusals.add(
                    f"/transitions/{place}/from/{at}", "transition-clash", message, event=event
                )
            seen.add((event, state, role))


def _refuse_paths(
    refusals: Refusals,
    source: Mapping[str, object],
    states: Mapping[str, Mapping[str, object]],
) -> None:
    moves: dict[str, set[str]] = {code: set() for code in states}
    back: dict[str, set[str]] = {code: set() for code in states}
    for declared in sequence(source["transitions"]):
        target = str(mapping(declared)["to"])
        for state in strings(mapping(declared)["from"]):
            moves[state].add(target)
            back[target].add(state)
    final = {code for code, state in states.items() if state.get("final")}
    if not final:
        refusals.add("/states", "nothing-final", "no state is final")
        return
    reached = _closure({str(source["initial"])}, moves)
    ending = _closure(final, back)
    for code in states:
        if code not in reached:
            message = f"no path leads from the initial state to {code!r}"
            refusals.add(f"/states/{code}", "state-unreachable", message, state=code)
        elif code not in ending:
            message = f"no path leads from {code!r} to a final state"
            refusals.add(f"/states/{code}", "state-dead-end", message, state=code)


def _closure(start: set[str], moves: Mapping[str, set[str]]) -> set[str]:
    reached, waiting = set(start), list(start)
    while waiting:
        for state in moves[waiting.pop()] - reached:
            reached.add(state)
            waiting.append(state)
    return reached
