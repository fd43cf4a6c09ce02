"""One slip in the states and transitions of a shipped workflow, and it is refused at its line."""

import pytest

from tests.definitions.slips import add, both, drop, put
from tests.definitions.workflow_slips import Slip, refuse, step, timed

WAITING = {"title": "Chờ"}

WORKFLOW_MUTATIONS: dict[str, Slip] = {
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
    "sums reopened by another event than reopen": (
        put("transitions", 6, "cascade", value=True),
        "value-not-allowed",
        "/transitions/6/event",
    ),
    "sums that are not reopened said in words": (
        put("transitions", 11, "cascade", value=False),
        "value-not-allowed",
        "/transitions/11/cascade",
    ),
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
    "state that only itself leads to": (
        both(
            put("states", "island", value=WAITING),
            put("states", "shore", value=WAITING),
            step("recall", "island", "shore", "signer", "unit"),
            step("approve", "shore", "approved", "approver", "parent"),
        ),
        "state-unreachable",
        "/states/island",
    ),
    "return loop without exit": (
        both(
            put("states", "asked", value=WAITING),
            put("states", "answered", value=WAITING),
            step("recall", "submitted", "asked", "approver", "province"),
            step("submit", "asked", "answered", "signer", "district"),
            step("return", "answered", "asked", "approver", "province"),
        ),
        "return-loop",
        "/states/asked",
    ),
    "return loop that only another return leaves": (
        both(
            put("states", "asked", value=WAITING),
            put("states", "answered", value=WAITING),
            step("recall", "submitted", "asked", "approver", "province"),
            step("submit", "asked", "answered", "signer", "district"),
            step("return", "answered", "asked", "approver", "province"),
            step("return", "answered", "returned", "signer", "province"),
        ),
        "return-loop",
        "/states/answered",
    ),
    "two ways of one person among several": (
        step(
            "approve",
            "submitted",
            "approved",
            "approver",
            "district",
            by={
                "all": [
                    {"role": "signer", "at": "province"},
                    {"role": "approver", "at": "province"},
                ]
            },
        ),
        "transition-clash",
        "/transitions/12/from/0",
    ),
    "two moves of time": (
        both(
            timed("close", "approved", "closed", "P5D"),
            timed("reopen", "approved", "reopened", "P9D", note="Tự mở lại."),
        ),
        "transition-clash",
        "/transitions/13/from/0",
    ),
    "two ways for whoever stands in": (
        step("return", "submitted", "draft", "signer", "district"),
        "escalation-clash",
        "/states/submitted/escalate",
    ),
    "escalation to whoever acts anyway": (
        put(
            "states", "district_approved", "escalate", value={"role": "approver", "at": "province"}
        ),
        "escalation-idle",
        "/states/district_approved/escalate",
    ),
    "escalation to the one who passed the report on": (
        put("states", "submitted", "escalate", value={"role": "signer", "at": "unit"}),
        "duties-joined",
        "/states/submitted/escalate",
    ),
    "escalation to a reader": (
        put("states", "submitted", "escalate", "role", value="reader"),
        "role-decides-nothing",
        "/states/submitted/escalate/role",
    ),
    "escalation without a deadline": (
        drop("states", "submitted", "deadline"),
        "missing-keyword",
        "/states/submitted",
    ),
    "the signer approves too": (
        put("transitions", 6, "by", value={"role": "signer", "at": "unit"}),
        "duties-joined",
        "/transitions/6/by",
    ),
    "the clerk signs too": (
        put("transitions", 2, "by", value={"role": "reporter", "at": "unit"}),
        "duties-joined",
        "/transitions/2/by",
    ),
    "the clerk is one of those who approve": (
        put(
            "transitions",
            6,
            "by",
            value={
                "all": [
                    {"role": "approver", "at": "district"},
                    {"role": "reporter", "at": "unit"},
                ]
            },
        ),
        "duties-joined",
        "/transitions/6/by",
    ),
    "approval of one's own work": (
        drop("transitions", 6, "guards"),
        "duties-unguarded",
        "/transitions/6",
    ),
    "approval by an admin": (
        put("transitions", 6, "by", "role", value="admin"),
        "role-decides-nothing",
        "/transitions/6/by/role",
    ),
    "a move from a state to itself": (
        put("transitions", 3, "to", value="awaiting_signature"),
        "transition-to-itself",
        "/transitions/3/from/0",
    ),
    "the same people twice": (
        put(
            "transitions",
            6,
            "by",
            value={
                "all": [
                    {"role": "approver", "at": "district"},
                    {"role": "approver", "at": "district"},
                ]
            },
        ),
        "signatory-repeated",
        "/transitions/6/by/all/1",
    ),
    "nobody among all": (
        put("transitions", 6, "by", value={"all": []}),
        "wrong-value",
        "/transitions/6/by/all",
    ),
    "no signature at all": (
        put("transitions", 6, "by", "count", value=0),
        "wrong-value",
        "/transitions/6/by/count",
    ),
    "neither people nor time": (
        drop("transitions", 6, "by"),
        "missing-keyword",
        "/transitions/6",
    ),
    "people and time": (
        put("transitions", 6, "after", value="P5D"),
        "wrong-value",
        "/transitions/6",
    ),
    "a signature by time": (
        timed("sign", "awaiting_signature", "submitted", "P5D"),
        "value-not-allowed",
        "/transitions/12/event",
    ),
    "a return by time without a word": (
        timed("return", "submitted", "returned", "P5D"),
        "missing-keyword",
        "/transitions/12",
    ),
    "time asked who it is": (
        timed("close", "approved", "closed", "P5D", when="actor.role == 'signer'"),
        "expression-unknown",
        "/transitions/12/when",
    ),
    "time that leaves a final state by approving": (
        timed("approve", "approved", "closed", "P5D"),
        "final-state-left",
        "/transitions/12/from/0",
    ),
    "a return that takes two": (
        put("transitions", 7, "by", "count", value=2),
        "signed-alone",
        "/transitions/7/by",
    ),
    "map to an unknown state": (
        both(put("version", value=2), put("map", value={"from": 1, "states": {"draft": "drft"}})),
        "unknown-state",
        "/map/states/draft",
    ),
    "map from a later version": (
        put("map", value={"from": 3, "states": {}}),
        "map-not-earlier",
        "/map/from",
    ),
    "input that takes a word of the history": (
        put("$defs", "reason", "properties", "signed", value={"title": "Đã ký", "type": "string"}),
        "input-reserved",
        "/$defs/reason/properties/signed",
    ),
    "missing title": (drop("states", "draft", "title"), "missing-keyword", ""),
    "version of a wrong type": (put("version", value="1"), "wrong-type", "/version"),
}


@pytest.mark.parametrize("what", WORKFLOW_MUTATIONS)
def test_a_workflow_with_one_slip_is_refused_at_its_line(what):
    refuse(WORKFLOW_MUTATIONS[what])
