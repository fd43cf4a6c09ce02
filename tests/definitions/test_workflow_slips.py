"""One slip in a shipped workflow, and it is refused at its line."""

import json

import pytest

from tests.definitions.shipped import WORKFLOWS
from tests.definitions.slips import Mutation, add, as_workflow, both, drop, put, refused

WORKFLOW = next(path for path in WORKFLOWS if path.parent.name == "commune_district_province")

WORKFLOW_MUTATIONS: dict[str, tuple[Mutation, str, str]] = {
    "unknown initial state": (put("initial", value="drft"), "unknown-state", "/initial"),
    "unknown target": (
        put("transitions", 0, "to", value="nowhere"),
        "unknown-state",
        "/transitions/0/to",
    ),
    "unknown source": (
        add("transitions", 0, "from", value="nowhere"),
        "unknown-state",
        "/transitions/0/from/3",
    ),
    "unknown event": (put("transitions", 0, "event", value="sbumit"), "value-not-allowed", ""),
    "unknown role": (
        put("transitions", 0, "by", "role", value="clerk"),
        "value-not-allowed",
        "/transitions/0/by/role",
    ),
    "unknown place": (put("transitions", 0, "by", "at", value="village"), "value-not-allowed", ""),
    "unknown guard": (
        put("transitions", 0, "guards", value=["answers_ok"]),
        "value-not-allowed",
        "/transitions/0/guards/0",
    ),
    "unknown keyword of a state": (
        put("states", "draft", "colour", value="red"),
        "unknown-keyword",
        "/states/draft/colour",
    ),
    "unreachable state": (
        put("states", "lost", value={"title": "Lạc"}),
        "state-unreachable",
        "/states/lost",
    ),
    "dead end": (
        both(
            put("states", "stuck", value={"title": "Kẹt"}),
            add(
                "transitions",
                value={
                    "event": "recall",
                    "from": ["awaiting_signature"],
                    "to": "stuck",
                    "by": {"role": "reporter", "at": "unit"},
                },
            ),
        ),
        "state-dead-end",
        "/states/stuck",
    ),
    "nothing final": (
        both(drop("states", "approved", "final"), drop("states", "closed", "final")),
        "nothing-final",
        "/states",
    ),
    "final state left by return": (
        add(
            "transitions",
            value={
                "event": "return",
                "from": ["approved"],
                "to": "returned",
                "by": {"role": "approver", "at": "province"},
                "input": {"$ref": "#/$defs/reason"},
            },
        ),
        "final-state-left",
        "",
    ),
    "final state that may be edited": (
        put("states", "approved", "editable", value=True),
        "value-not-allowed",
        "",
    ),
    "two ways of one event and role": (
        add(
            "transitions",
            value={
                "event": "approve",
                "from": ["submitted"],
                "to": "approved",
                "by": {"role": "approver", "at": "province"},
            },
        ),
        "transition-clash",
        "/transitions/12/from/0",
    ),
    "dangling input": (
        put("transitions", 1, "input", "$ref", value="#/$defs/copy"),
        "unknown-reference",
        "/transitions/1/input/$ref",
    ),
    "foreign input": (
        put("transitions", 1, "input", "$ref", value="http://example.org/x"),
        "wrong-form",
        "",
    ),
    "input of an unknown type": (
        put("$defs", "reason", "properties", "note", "type", value="text"),
        "value-not-allowed",
        "",
    ),
    "input that asks for an unknown field": (
        put("$defs", "reason", "required", value=["nte"]),
        "required-unknown",
        "/$defs/reason/required/0",
    ),
    "input with crossed limits": (
        put("$defs", "reason", "properties", "note", "maxLength", value=1),
        "limits-crossed",
        "",
    ),
    "return without a reason": (drop("transitions", 3, "input"), "missing-keyword", ""),
    "deadline that is no duration": (
        put("states", "submitted", "deadline", value="5 days"),
        "wrong-form",
        "/states/submitted/deadline",
    ),
    "broken condition": (
        put("transitions", 0, "when", value="unit.kind =="),
        "expression-invalid",
        "/transitions/0/when",
    ),
    "condition on the previous report": (
        put("transitions", 0, "when", value="prev('/total') == null"),
        "expression-unknown",
        "/transitions/0/when",
    ),
    "condition on answers": (
        put("transitions", 0, "when", value="total > 5"),
        "expression-unknown",
        "/transitions/0/when",
    ),
    "missing title": (drop("states", "draft", "title"), "missing-keyword", ""),
    "version of a wrong type": (put("version", value="1"), "wrong-type", "/version"),
}


@pytest.mark.parametrize("what", WORKFLOW_MUTATIONS)
def test_a_workflow_with_one_slip_is_refused_at_its_line(what):
    mutate, code, path = WORKFLOW_MUTATIONS[what]
    document = json.loads(WORKFLOW.read_text(encoding="utf-8"))

    mutate(document)

    refused(json.dumps(document, ensure_ascii=False, indent=2), as_workflow, code, path)
