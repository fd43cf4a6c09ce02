"""A workflow's declarations, one by one: names that exist, conditions that mean something, people
who may decide. What they do together is proved in ``workflow_proof``.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from jsonschema import Draft202012Validator, SchemaError

from server.core.access import Role
from server.core.expressions import ExpressionInvalid, parse
from server.core.refusal import Refusals
from server.core.shape import mapping, sequence, strings
from server.core.workflow import Workflow
from server.core.workflow_conditions import WrongType, refuse_types, unknown_names
from server.core.workflow_parts import MOVE_DETAILS
from server.core.workflow_proof import refuse_unproved

_DEFS: Final = "#/$defs/"
#: Only these lead out of a final state.
_AFTER_FINAL: Final = frozenset({"close", "reopen"})
#: One person's word is enough to give a report back.
_ALONE: Final = frozenset({"return", "recall"})
#: A reader looks, an admin keeps the system; neither decides a report.
_IDLE: Final = frozenset({Role.READER, Role.ADMIN})


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
    for code, state in states.items():
        if "escalate" in state:
            _refuse_people(refusals, f"/states/{code}/escalate", mapping(state["escalate"]))
    _refuse_map(refusals, source, states)
    if not any(state.get("final") for state in states.values()):
        refusals.add("/states", "nothing-final", "no state is final")
    if not refusals:
        # The meta-schema asks for code and version; the proof needs neither.
        refuse_unproved(refusals, Workflow.of({"code": "", "version": 1, **source}))


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
        if state == transition["to"]:
            message = f"{event} leads from {state!r} to itself"
            where = f"{path}/from/{place}"
            refusals.add(where, "transition-to-itself", message, state=state, event=event)
        if states.get(state, {}).get("final") and event not in _AFTER_FINAL:
            message = f"{event} leaves the final state {state!r}; only close and reopen may"
            where = f"{path}/from/{place}"
            refusals.add(where, "final-state-left", message, state=state, event=event)
    if "by" in transition:
        _refuse_signatories(refusals, f"{path}/by", mapping(transition["by"]), event)
    if "when" in transition:
        timed = "after" in transition
        _refuse_condition(refusals, f"{path}/when", str(transition["when"]), timed)
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


def _refuse_signatories(
    refusals: Refusals, path: str, by: Mapping[str, object], event: str
) -> None:
    if event in _ALONE and ("all" in by or by.get("count", 1) != 1):
        message = f"{event} takes one person: whoever objects need not be joined by others"
        refusals.add(path, "signed-alone", message, event=event)
    if "all" not in by:
        _refuse_people(refusals, path, by)
        return
    seen: set[tuple[object, ...]] = set()
    for place, declared in enumerate(sequence(by["all"])):
        people, where = mapping(declared), f"{path}/all/{place}"
        _refuse_people(refusals, where, people)
        who = (people["role"], people["at"], people.get("title"))
        if who in seen:
            message = f"{people['role']} at {people['at']} signs twice: say count, or give titles"
            refusals.add(where, "signatory-repeated", message, role=people["role"], at=people["at"])
        seen.add(who)


def _refuse_people(refusals: Refusals, path: str, people: Mapping[str, object]) -> None:
    if people["role"] in _IDLE:
        message = f"a {people['role']} decides no report"
        refusals.add(f"{path}/role", "role-decides-nothing", message, role=people["role"])


def _refuse_map(
    refusals: Refusals,
    source: Mapping[str, object],
    states: Mapping[str, Mapping[str, object]],
) -> None:
    """Running reports move from an earlier version, to states that this one has."""
    if "map" not in source:
        return
    declared = mapping(source["map"])
    version, earlier = int(str(source["version"])), int(str(declared["from"]))
    if earlier >= version:
        message = f"version {earlier} does not come before version {version}"
        refusals.add("/map/from", "map-not-earlier", message, version=earlier, own=version)
    for old, new in mapping(declared["states"]).items():
        if new not in states:
            message = f"there is no state {new!r}"
            refusals.add(f"/map/states/{old}", "unknown-state", message, state=new)


def _refuse_condition(refusals: Refusals, path: str, text: str, timed: bool) -> None:
    """A condition knows the facts of ``workflow_conditions``; a workflow serves many forms."""
    try:
        expression = parse(text)
    except ExpressionInvalid as fault:
        message = f"expression, character {fault.column}: {fault.reason}"
        refusals.add(
            path, "expression-invalid", message, reason=fault.reason, character=fault.column
        )
        return
    unknown = unknown_names(expression, timed=timed)
    for name in unknown:
        message = f"the expression uses {name}, which a condition of a workflow does not know"
        refusals.add(path, "expression-unknown", message, name=name)
    if unknown:
        return
    try:
        refuse_types(expression)
    except WrongType as fault:
        refusals.add(path, "expression-wrong-type", f"the expression cannot work: {fault}")


def _refuse_input(refusals: Refusals, path: str, schema: Mapping[str, object]) -> None:
    properties = mapping(schema["properties"])
    for place, key in enumerate(strings(schema.get("required", ()))):
        if key not in properties:
            message = f"required names {key!r}, which is no property"
            refusals.add(f"{path}/required/{place}", "required-unknown", message, key=key)
    for key, declared in properties.items():
        field = mapping(declared)
        where = f"{path}/properties/{key}"
        if key in MOVE_DETAILS:
            message = f"the history of a report uses the word {key!r} itself"
            refusals.add(where, "input-reserved", message, key=key)
        for low, high in (("minimum", "maximum"), ("minLength", "maxLength")):
            least, most = field.get(low), field.get(high)
            if isinstance(least, int) and isinstance(most, int) and least > most:
                message = f"{low} {least} is above {high} {most}"
                refusals.add(f"{where}/{low}", "limits-crossed", message, least=least, most=most)
        values = strings(field.get("enum", ()))
        for value in {*values} ^ {*mapping(field.get("x-labels", {}))}:
            message = f"value {value!r} and its label do not go together"
            refusals.add(where, "label-missing", message, value=value)
    try:
        Draft202012Validator.check_schema(dict(schema))
    except SchemaError as error:
        refusals.add(path, "wrong-value", f"input is no JSON Schema: {error.message}")
