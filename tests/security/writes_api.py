"""The routes of the API that change something, each with a request that does."""

from tests.security.makers import delegation_by_api, notice_by_api, reopening, upload
from tests.security.prepared import APPROVER, CHAIN, CLERK, EVERYBODY, NOBODY, Case, api

#: endpoint -> who may change ``near``'s things by it, and how.
WRITES_BY_API: dict[str, Case] = {
    "api.add_comment": api(CHAIN, {"text": "Đúng theo sổ.", "path": "/note"}),
    "api.add_record": api(CLERK, {"answers": {"note": "mới"}}),
    "api.add_attachment": Case(CLERK, upload),
    "api.remove_attachment": api(CLERK, query="reason=sai+van+ban"),
    "api.act_on_part": api(CLERK, {"action": "assign", "assignee": "{clerk}"}),
    "api.add_delegation": Case(frozenset({"commune_signer"}), delegation_by_api),
    "api.revoke_delegation": Case(frozenset({"commune_signer"}), delegation_by_api),
    "api.read_notice": Case(APPROVER, notice_by_api),
    "api.read_all_notices": Case(EVERYBODY, notice_by_api),
    # As for the pages below: ``tests/web/api/test_duties`` does what these roles may not.
    "api.start_consolidation": api(
        NOBODY, {"form": "households", "org_unit": "{unit}", "period": "2024"}
    ),
    "api.take_consolidation": api(NOBODY),
    "api.explain_consolidation": api(NOBODY, {"reason": "Gửi bổ sung sau."}),
    "api.correct_consolidation": api(
        NOBODY,
        {"changes": [{"path": "/sheets", "from": 1, "to": 2}], "reason": "Cộng thiếu một hộ."},
    ),
    "api.close_round": api(NOBODY, {"expected": 1, "note": "Gửi bổ sung sau."}),
    "api.correct_submission": api(
        NOBODY,
        {
            "changes": [{"path": "/sheets", "from": 1, "to": 2}],
            "decision_number": "1/QĐ",
            "decided_on": "2025-01-20",
            "reason": "Kiểm tra lại sổ.",
        },
    ),
    "api.delete_record": api(CLERK, {"reason": "nhập trùng với phiếu khác"}),
    "api.expect_records": api(CLERK, {"expected": 30}),
    "api.restore_record": api(CLERK),
    "api.fire_event": api(APPROVER, {"event": "approve"}),
    "api.ask_reopen": Case(frozenset({"commune_reporter", "commune_signer"}), reopening),
    "api.resolve_comment": api(CHAIN),
    "api.save_answers": api(CLERK, {"answers": {"sheets": 2}}),
    "api.save_cells": api(
        CLERK, {"changes": [{"path": "/sheets", "from": 1, "to": 2}]}
    ),
    "api.save_record": api(
        CLERK, {"changes": [{"path": "/households", "from": 6, "to": 7}]}
    ),
    "api.start_export": api(EVERYBODY, {"form": "households", "period": "2024"}),
    "api.start_import": api(NOBODY, query="format=csv"),
    "api.start_submission": api(
        CLERK, {"form": "spare", "org_unit": "{unit}", "period": "2024"}
    ),
    "api.validate_form": api(NOBODY, {"answers": {"households": 1}}),
}  # fmt: skip
