"""One slip in a shipped workflow, and it is refused at its line."""

import json

import pytest

from tests.definitions.shipped import WORKFLOWS
from tests.definitions.slips import Mutation, add, as_workflow, both, drop, put, refused

WORKFLOW = next(path for path in WORKFLOWS if path.parent.name == "commune_district_province")

WAITING = {"title": "Chờ"}


def _step(event: str, source: str, target: str, role: str, at: str, **more: object) -> Mutation:
    """Add a transition to the end of the file: number 12, when nothing else was added."""
    by = {"role": role, "at": at}
    if event in ("sign", "approve"):
        more.setdefault("guards", ["not_own_work"])
    if event == "return":
        more.setdefault("input", {"$ref": "#/$defs/reason"})
    step = {"event": event, "from": [source], "to": target, "by": by, **more}
    return add("transitions", value=step)


def _timed(event: str, source: str, target: str, after: str, **more: object) -> Mutation:
    step = {"event": event, "from": [source], "to": target, "after": after, **more}
    return add("transitions", value=step)


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
    "state that only itself leads to": (
        both(
            put("states", "island", value=WAITING),
            put("states", "shore", value=WAITING),
            _step("recall", "island", "shore", "signer", "unit"),
            _step("approve", "shore", "approved", "approver", "parent"),
        ),
        "state-unreachable",
        "/states/island",
    ),
    "state that no condition leads to": (
        both(
            put("states", "checked", value=WAITING),
            _step("approve", "checked", "approved", "approver", "province"),
            _step("sign", "checked", "approved", "signer", "province"),
            put("transitions", 4, "to", value="checked"),
            put("transitions", 4, "when", value="unit.level == 'ward'"),
        ),
        "condition-never",
        "/transitions/4/when",
    ),
    "return loop without exit": (
        both(
            put("states", "asked", value=WAITING),
            put("states", "answered", value=WAITING),
            _step("recall", "submitted", "asked", "approver", "province"),
            _step("submit", "asked", "answered", "signer", "district"),
            _step("return", "answered", "asked", "approver", "province"),
        ),
        "return-loop",
        "/states/asked",
    ),
    "return loop that only another return leaves": (
        both(
            put("states", "asked", value=WAITING),
            put("states", "answered", value=WAITING),
            _step("recall", "submitted", "asked", "approver", "province"),
            _step("submit", "asked", "answered", "signer", "district"),
            _step("return", "answered", "asked", "approver", "province"),
            _step("return", "answered", "returned", "signer", "province"),
        ),
        "return-loop",
        "/states/answered",
    ),
    "dead end for some units": (
        put("transitions", 8, "when", value="unit.kind == 'xa'"),
        "return-loop",
        "/states/submitted",
    ),
    "dead end in late reports": (
        both(drop("transitions", 3), put("transitions", 2, "when", value="period.year < 2025")),
        "state-dead-end",
        "/states/awaiting_signature",
    ),
    "dead end of what can no longer be edited": (
        both(drop("transitions", 3), put("transitions", 2, "when", value="findings.errors == 0")),
        "state-dead-end",
        "/states/awaiting_signature",
    ),
    "condition that is false": (
        put("transitions", 0, "when", value="false"),
        "condition-never",
        "/transitions/0/when",
    ),
    "condition beyond the least value": (
        put("transitions", 0, "when", value="findings.errors < 0"),
        "condition-never",
        "/transitions/0/when",
    ),
    "condition between two neighbours": (
        put("transitions", 0, "when", value="findings.errors > 3 && findings.errors < 4"),
        "condition-never",
        "/transitions/0/when",
    ),
    "condition that contradicts itself": (
        put("transitions", 0, "when", value="unit.kind == 'xa' && unit.kind == 'phuong'"),
        "condition-never",
        "/transitions/0/when",
    ),
    "condition that no state of the obligation meets": (
        put("transitions", 0, "when", value="obligation.state == 'lte'"),
        "condition-never",
        "/transitions/0/when",
    ),
    "condition on more open warnings than warnings": (
        put("transitions", 0, "when", value="findings.open_warnings > findings.warnings"),
        "condition-never",
        "/transitions/0/when",
    ),
    "condition that its own people never meet": (
        put("transitions", 2, "when", value="actor.role == 'approver'"),
        "condition-never",
        "/transitions/2/when",
    ),
    "condition on a level that its place never has": (
        put("transitions", 6, "when", value="actor.level == 'commune'"),
        "condition-never",
        "/transitions/6/when",
    ),
    "condition on a truth that is neither": (
        put("transitions", 0, "when", value="nil && !nil"),
        "condition-never",
        "/transitions/0/when",
    ),
    "condition of a wrong type": (
        put("transitions", 0, "when", value="findings.errors"),
        "expression-wrong-type",
        "/transitions/0/when",
    ),
    "condition that compares unlike things": (
        put("transitions", 0, "when", value="period.year == '2025'"),
        "expression-wrong-type",
        "/transitions/0/when",
    ),
    "condition that adds a truth": (
        put("transitions", 0, "when", value="nil + 1 > 1"),
        "expression-wrong-type",
        "/transitions/0/when",
    ),
    "condition that orders a truth and a number": (
        put("transitions", 0, "when", value="nil > 1"),
        "expression-wrong-type",
        "/transitions/0/when",
    ),
    "condition on an unknown finding": (
        put("transitions", 0, "when", value="findings.fatal == 0"),
        "expression-unknown",
        "/transitions/0/when",
    ),
    "condition on a cell that is no pointer": (
        put("transitions", 0, "when", value="value('total') > 5"),
        "expression-invalid",
        "/transitions/0/when",
    ),
    "conditions too wide to be proved": (
        put(
            "transitions",
            0,
            "when",
            value=" || ".join(f"value('/c{number}') > {number}" for number in range(12)),
        ),
        "condition-too-wide",
        "/transitions/0/when",
    ),
    "two ways whose conditions overlap": (
        both(
            put("transitions", 6, "when", value="findings.warnings >= 1"),
            _step(
                "approve",
                "submitted",
                "approved",
                "approver",
                "district",
                when="findings.warnings <= 1",
            ),
        ),
        "transition-clash",
        "/transitions/12/from/0",
    ),
    "two ways of one person among several": (
        _step(
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
            _timed("close", "approved", "closed", "P5D"),
            _timed("reopen", "approved", "reopened", "P9D", note="Tự mở lại."),
        ),
        "transition-clash",
        "/transitions/13/from/0",
    ),
    "two ways for whoever stands in": (
        _step("return", "submitted", "draft", "signer", "district"),
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
        _timed("sign", "awaiting_signature", "submitted", "P5D"),
        "value-not-allowed",
        "/transitions/12/event",
    ),
    "a return by time without a word": (
        _timed("return", "submitted", "returned", "P5D"),
        "missing-keyword",
        "/transitions/12",
    ),
    "time asked who it is": (
        _timed("close", "approved", "closed", "P5D", when="actor.role == 'signer'"),
        "expression-unknown",
        "/transitions/12/when",
    ),
    "time that leaves a final state by approving": (
        _timed("approve", "approved", "closed", "P5D"),
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
    mutate, code, path = WORKFLOW_MUTATIONS[what]
    document = json.loads(WORKFLOW.read_text(encoding="utf-8"))

    mutate(document)

    refused(json.dumps(document, ensure_ascii=False, indent=2), as_workflow, code, path)
