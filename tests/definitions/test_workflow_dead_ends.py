"""Conditions that can never hold and reports that can never end are refused at their line."""

import pytest

from tests.definitions.slips import add, both, drop, put
from tests.definitions.workflow_slips import Slip, refuse, step

WAITING = {"title": "Chờ"}

DEAD_ENDS: dict[str, Slip] = {
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
    "state that no condition leads to": (
        both(
            put("states", "checked", value=WAITING),
            step("approve", "checked", "approved", "approver", "province"),
            step("sign", "checked", "approved", "signer", "province"),
            put("transitions", 4, "to", value="checked"),
            put("transitions", 4, "when", value="unit.level == 'ward'"),
        ),
        "condition-never",
        "/transitions/4/when",
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
            step(
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
}


@pytest.mark.parametrize("what", DEAD_ENDS)
def test_a_workflow_that_gets_stuck_is_refused_at_its_line(what):
    refuse(DEAD_ENDS[what])
