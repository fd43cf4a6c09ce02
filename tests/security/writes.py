"""For every route that changes something, a request that really changes it when its role may.

A refusal proves something only where the same request would have worked.
"""

from werkzeug.routing import Rule

from tests.security.makers import confirmed_workbook, delegation, extension, notice, reopening
from tests.security.prepared import APPROVER, CHAIN, CLERK, EVERYBODY, NOBODY, Case, Write, page
from tests.security.site import Site
from tests.security.writes_admin import WRITES_OF_BACK_OFFICE
from tests.security.writes_api import WRITES_BY_API
from tests.world import ROOT

#: endpoint -> who may change ``near``'s things by it, and how. A new route must be added here,
#: or in the two tables that are taken in.
WRITES: dict[str, Case] = {
    **WRITES_BY_API,
    **WRITES_OF_BACK_OFFICE,
    "accounts.change_password": page(NOBODY, old="x" * 12, password="y" * 14, again="y" * 14),
    "accounts.first_sign_in": page(NOBODY, username="admin", code="AAAA", password="y" * 14),
    "accounts.mail_wishes": page(EVERYBODY, only_mandatory="yes", language="en"),
    "accounts.preferences": page(NOBODY, theme="dark"),
    "accounts.sign_in": page(NOBODY, username="admin", password="y" * 14),
    "accounts.sign_out": page(NOBODY),
    "attachments.add": page(
        CLERK, path="", kind="document", file=(str(ROOT / "LICENSE"), "giay-phep.txt")
    ),
    "attachments.remove": page(CLERK, reason="sai văn bản"),
    "parts.act": page(CLERK, part="unit.main", action="assign", assignee="{clerk}", reason=""),
    "presence.beat": page(CLERK, path="/sheets"),
    "approvals.bulk": page(APPROVER, chosen="{report}.{report_edit}"),
    "approvals.decide": page(APPROVER, event="approve", edit="{report_edit}"),
    "comments.resolve": page(CHAIN),
    "comments.write": page(CHAIN, text="Đúng theo sổ.", path="/note"),
    "delegations.index": Case(frozenset({"commune_signer"}), delegation),
    "delegations.revoke": Case(frozenset({"commune_signer"}), delegation),
    "extensions.ask": Case(frozenset({"commune_reporter", "commune_signer"}), extension),
    "extensions.withdraw": Case(frozenset({"commune_reporter", "commune_signer"}), extension),
    "extensions.answer": Case(APPROVER, extension),
    "reopen_requests.ask": Case(frozenset({"commune_reporter", "commune_signer"}), reopening),
    # Nobody here heads the province: ``tests/web/test_reopen_requests`` answers one.
    "reopen_requests.refuse": page(NOBODY, reason="Số liệu đã công bố."),
    "exports.start": page(EVERYBODY, format="csv", form="households", period="2024"),
    # Of consolidated reports and of the head of a province: ``tests/web/test_consolidations`` and
    # ``tests/web/test_closing`` do what these roles may not.
    "consolidations.start": page(NOBODY, form="households", org_unit="{unit}", period="2024"),
    "consolidations.take": page(NOBODY, edit="{draft_edit}"),
    "consolidations.explain": page(NOBODY, edit="{draft_edit}", reason="Gửi bổ sung sau."),
    "consolidations.correct": page(
        NOBODY, edit="{draft_edit}", path="/households", value="7", reason="Cộng thiếu một hộ."
    ),
    "closing.close": page(NOBODY, expected="1", note="Gửi bổ sung sau."),
    "closing.correct": page(
        NOBODY, edit="{draft_edit}", decision_number="1/QĐ", decided_on="2025-01-20",
        reason="Kiểm tra lại sổ.", **{"cell:/households": "7"},
    ),
    "due_calendar.make_feed": page(EVERYBODY),
    # Nobody has a feed here yet: ``tests/web/test_due_calendar`` ends one.
    "due_calendar.revoke_feed": page(NOBODY),
    "urging.letter": page(NOBODY, chosen="{unit}"),
    "urging.mail": page(NOBODY, chosen="{unit}", text="Đề nghị gửi."),
    "urging.note": page(NOBODY, kind="call", text="đã gọi"),
    "records.add": page(CLERK),
    "records.delete": page(CLERK, reason="nhập trùng với phiếu khác"),
    "records.expect": page(CLERK, expected="30"),
    "records.restore": page(CLERK),
    "notices.open_": Case(APPROVER, notice),
    "notices.read_all": Case(EVERYBODY, notice),
    "submission_events.fire": page(APPROVER, edit="{report_edit}"),
    "submissions.nil": page(CLERK, nil="yes", edit="{draft_edit}"),
    "submissions.start": page(CLERK, form="spare", org_unit="{unit}", period="2024"),
    "workbooks.confirm": Case(CLERK, confirmed_workbook),
    "workbooks.upload": page(NOBODY),  # a preview: ``tests/web/test_workbooks`` uploads one
}  # fmt: skip


def write_of(site: Site, rule: Rule, method: str, of: str = "near") -> Write:
    """The request that changes something by *rule* on the things of a commune."""
    case = WRITES[rule.endpoint]
    return case.make(site, rule, method, site.communes[of])
