"""The routes of the back office that change something, each with a request that does."""

import json

from tests.security.makers import (
    changed_dates,
    changed_indicators,
    dated_row,
    definition_draft,
    delegation,
    handover,
    moving,
    proposed_indicators,
    unit_group,
)
from tests.security.prepared import ADMIN, NOBODY, Case, page
from tests.world import ROOT

_PERSON = {
    "username": "moi.moi",
    "name": "Người mới",
    "email": "moi@example.vn",
    "org_unit": "u-far",
    "role": "reader",
}
_UNIT = {
    "code": "01999",
    "name": "Xã Mới",
    "level": "commune",
    "kind": "xa",
    "parent": "u-district",
    "valid_from": "",
    "valid_to": "",
    "email": "xa@example.vn",
}
_ROUND = {
    "code": "dot-moi",
    "title": "Đợt mới",
    "period": "2023",
    "letter_number": "3/BDT",
    "letter_on": "02/01/2025",
    "contact": "Phòng",
    "phone": "0209",
    "level": "official",
    "opens_on": "02/01/2025",
    "forms": "households",
}
_VILLAGE = {
    "org_unit": "u-commune",
    "number": "7",
    "name": "Thôn Mới",
    "kind": "thon",
    "extremely_poor": "",
    "road": "built",
    "valid_from": "",
    "valid_to": "",
}
_SHEET = "username,name,email,role,org_unit\nmoi.sheet,Người mới,,reader,01894\n"
_CODES = json.dumps([["Mã", "Tên"], ["male", "Nam giới"]])
_INDICATORS = json.dumps(
    [["Mã", "Tên chỉ tiêu", "Mã nhóm", "Đơn vị tính"], ["0199", "Số hộ", "01", "hộ: cộng"]]
)
_TABLE = "STT\tTên thôn\tSố hộ\n1\tNà Mạ\t5\n2\tKhuổi Luông\t6\n"
_SCHEMA = json.dumps(
    {"type": "object", "properties": {"households": {"type": "integer", "title": "Số hộ"}}}
)
#: Words in braces are filled in; doubled ones are not.
_SCHEMA = _SCHEMA.replace("{", "{{").replace("}", "}}")
#: endpoint -> who may change ``near``'s things by it, and how.
WRITES_OF_BACK_OFFICE: dict[str, Case] = {
    "accounts_below.active": page(NOBODY, active="0"),
    "accounts_below.code": page(NOBODY),
    "accounts_below.index": page(NOBODY, **_PERSON),
    "accounts_admin.add_grant": page(
        ADMIN, "id={account}", role="reader", org_unit="u-far", valid_from="", valid_to=""
    ),
    "accounts_admin.create_token": page(ADMIN, "id={account}", name="máy"),
    "accounts_admin.create_view": page(ADMIN, **_PERSON),
    "accounts_admin.edit_view": page(
        ADMIN, "id={account}", name="Tên khác", email="k@example.vn", org_unit="u-far",
        edit="{account_edit}",
    ),
    "accounts_admin.end_grant": page(ADMIN, "id={account}", grant="{grant}"),
    "accounts_admin.end_token": page(ADMIN, "id={account}", token="{token}"),
    "accounts_admin.handover": Case(ADMIN, handover),
    "accounts_admin.import_view": page(ADMIN, text=_SHEET, confirmed="yes"),
    "accounts_admin.issue_code": page(ADMIN, "id={account}"),
    "accounts_admin.set_active": page(ADMIN, "id={account}", active="0"),
    "delegations_admin.revoke": Case(ADMIN, delegation),
    "workflows.move": Case(ADMIN, moving),
    "definition_drafts.revise": page(ADMIN, kind="form", code="households"),
    "definition_drafts.begin": page(ADMIN, kind="form", code="new_form", title="Biểu mới"),
    "definition_drafts.take_in": page(
        ADMIN, kind="workflow", file=(str(ROOT / "workflows/survey_return/v01.json"), "v01.json")
    ),
    **{
        f"definition_drafts.{name}": Case(ADMIN, definition_draft)
        for name in ("send", "give_back", "publish", "rebase", "discard")
    },
    **{
        f"definition_editor.{name}": Case(ADMIN, definition_draft)
        for name in ("text", "apply", "undo", "redo")
    },
    # These keep nothing in the database: a file of a published draft, answers.
    "definition_drafts.write_file": Case(NOBODY, definition_draft),
    "definition_editor.check": Case(NOBODY, definition_draft),
    "definition_trials.expression": Case(NOBODY, definition_draft),
    "indicators.sheet_import": page(NOBODY),
    "indicators.sheet_confirm": page(
        ADMIN, rows=_INDICATORS, edition="1", proposal="", edit="0"
    ),
    "definition_table.index": page(NOBODY, text=_TABLE),
    "definition_schema.index": page(NOBODY, text=_SCHEMA),
    "definition_table.begin": page(ADMIN, text=_TABLE, code="of_a_table", title="Số hộ"),
    "definition_schema.begin": page(ADMIN, text=_SCHEMA, code="of_a_schema", title="Số hộ"),
    # Nothing was carried over to a new version: ``tests/web/admin/test_definition_impact`` does.
    "definition_impact.revert": Case(NOBODY, definition_draft),
    # Neither was published, nor is there a file of indicators.
    "definition_carrying.carry": Case(NOBODY, definition_draft),
    # No file says anything else: ``tests/web/admin/test_definition_conflicts`` has one.
    "definition_conflicts.take": Case(NOBODY, definition_draft),
    "indicators.take_file": Case(ADMIN, changed_indicators),
    **{
        f"indicator_proposals.{name}": Case(ADMIN, proposed_indicators)
        for name in ("add", "change", "undo", "redo")
    },
    "definition_impact.count": Case(ADMIN, definition_draft),
    **{
        f"definition_carrying.{name}": Case(ADMIN, definition_draft)
        for name in ("add", "remove", "examples", "follow")
    },
    # What was typed or brought is looked at; only publishing keeps it.
    "codelist_editor.edit": page(NOBODY, code="sex"),
    "codelist_editor.sheet": page(NOBODY, code="sex"),
    "codelist_editor.publish": page(ADMIN, code="sex", rows=_CODES, seen="1", source="QĐ 1"),
    "definition_life.retire": page(
        ADMIN, kind="form", code="households", last_on="31/12/2025", reason="QĐ 1"
    ),
    "holidays.create_view": page(ADMIN, day="02/09/2025", title="Quốc khánh", kind="off"),
    "holidays.delete_view": page(ADMIN, "id=1", edit="off:Tết"),
    "holidays.edit_view": page(
        ADMIN, "id=1", title="Nguyên đán", kind="off", edit="off:Tết"
    ),
    "org_units.create_view": page(ADMIN, **_UNIT),
    "org_units.edit_view": page(
        ADMIN, "id={stretch}", **{**_UNIT, "edit": "{stretch_edit}", "code": "01894"}
    ),
    "reminder_days.confirm": page(ADMIN),
    "reminder_plans.plan": page(
        ADMIN, **{
            "form": "*", "seen": "0", "count": "1", "active": "yes", "steps-0-days": "-3",
            "steps-0-recipients": "unit", "steps-0-channel": "email",
        },
    ),
    # No mail is dead here, and nothing is late: ``tests/web/test_urging`` has both.
    "sent_mails.retry": page(NOBODY, "id=1"),
    "sent_mails.returned": page(NOBODY, "id=1", why="hộp thư đầy"),
    "rounds.create_view": page(ADMIN, **_ROUND, step="open", seen="{communes}"),
    "rounds.letter": page(NOBODY),  # without a file nothing; tests/web/admin/test_rounds has one
    "rounds.contact": page(ADMIN, "id=round-2024", contact="Phòng Kế hoạch", phone="0209 1"),
    "rounds.dates": Case(ADMIN, changed_dates),
    "rounds.widen": page(ADMIN, "id=round-2024", form="spare"),
    "assignments.create_view": page(ADMIN, form="households", title="Xã", levels="commune"),
    "contacts.create_view": page(ADMIN, org_unit="{unit}", name="Mai", post="Công chức"),
    "owners.create_view": page(ADMIN, code="06", org_unit="{unit}", decree="QĐ 1", form=""),
    **{
        f"{name}.edit_view": Case(ADMIN, dated_row)
        for name in ("assignments", "contacts", "owners")
    },
    **{f"unit_groups.{name}": Case(ADMIN, unit_group) for name in ("new", "edit", "delete")},
    "holidays.year": page(ADMIN, "year=2024"),
    "villages.create_view": page(ADMIN, **_VILLAGE),
    "villages.edit_view": page(ADMIN, "id=v1", **{**_VILLAGE, "edit": "{village_edit}"}),
}  # fmt: skip
