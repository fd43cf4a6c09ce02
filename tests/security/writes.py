"""For every route that changes something, a request that really changes it when its role may.

A refusal proves something only where the same request would have worked.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from server.core.access import Role
from server.core.notice import Notice, NoticeKind
from server.storage.models import (
    AccountGrantRow,
    AccountRow,
    ApiTokenRow,
    OrgUnitStretchRow,
    VillageRow,
)
from tests.security.site import Site, Visitor
from tests.security.two_districts import Commune
from tests.workbooks import edited
from tests.world import PERIOD, ROOT

Fields = Mapping[str, object]
EVERYBODY = frozenset(
    {
        "commune_reporter",
        "neighbour_reporter",
        "commune_signer",
        "district_approver",
        "province_reader",
        "admin",
    }
)
NOBODY: frozenset[str] = frozenset()
CLERK = frozenset({"commune_reporter"})
APPROVER = frozenset({"district_approver"})
CHAIN = frozenset({"commune_reporter", "commune_signer", "district_approver"})
ADMIN = frozenset({"admin"})


@dataclass(frozen=True, slots=True)
class Write:
    """One prepared request; *json* for the API, *fields* for pages."""

    method: str
    url: str
    fields: Fields = field(default_factory=dict)
    json: object = None
    seen: int = 0
    raw: bytes | None = None

    @property
    def is_api(self) -> bool:
        return self.url.startswith("/api/")

    def send(self, visitor: Visitor, **changes: object) -> TestResponse:
        """Send it as the page would; *changes*: ``token``, ``headers``, ``extra`` fields."""
        token = changes.get("token", visitor.token)
        headers = dict(changes.get("headers", {}))  # type: ignore[call-overload]
        extra = dict(changes.get("extra", {}))  # type: ignore[call-overload]
        if self.is_api:
            headers = {"Idempotency-Key": "k", "If-Match": f'"{self.seen}"', **headers}
            if token is not None:
                headers["X-CSRF-Token"] = token
            if self.raw is not None:
                return visitor(self.method, self.url, data=self.raw, headers=headers)
            json = {**self.json, **extra} if isinstance(self.json, dict) else self.json
            return visitor(self.method, self.url, json=json, headers=headers)
        data = {**extra, **self.fields} | ({} if token is None else {"csrf_token": token})
        return visitor(self.method, self.url, data=data, headers=headers)


def write_of(site: Site, rule: Rule, method: str, of: str = "near") -> Write:
    """The request that changes something by *rule* on the things of a commune."""
    case = WRITES[rule.endpoint]
    return case.make(site, rule, method, site.communes[of])


@dataclass(frozen=True, slots=True)
class Case:
    """Who may do it to ``near``'s things, and what is sent."""

    by: frozenset[str]
    make: Callable[[Site, Rule, str, Commune], Write]

    @property
    def role(self) -> str:
        """Somebody who may, or at least gets as far as anybody."""
        return min(self.by, default="commune_reporter")


def _page(by: frozenset[str], query: str = "", **fields: object) -> Case:
    def make(site: Site, rule: Rule, method: str, commune: Commune) -> Write:
        sent = {"edit": "0", **fields} if "edit" not in fields else fields
        url = _url(rule, site, commune)
        filled = {name: _filled(value, site, commune) for name, value in sent.items()}
        asked = _filled(query, site, commune)
        return Write(method, f"{url}?{asked}" if query else url, filled)

    return Case(by, make)


def _api(by: frozenset[str], json: object = None, *, query: str = "") -> Case:
    def make(site: Site, rule: Rule, method: str, commune: Commune) -> Write:
        url = _url(rule, site, commune)
        named = commune.report if rule.endpoint == "api.fire_event" else commune.draft
        body = _filled(json, site, commune)
        seen = site.edit_of(named)
        return Write(method, f"{url}?{query}" if query else url, json=body, seen=seen)

    return Case(by, make)


def _upload(site: Site, rule: Rule, method: str, commune: Commune) -> Write:
    """A file as the body of the request."""
    url = f"{_url(rule, site, commune)}?name=ghi-chep.txt"
    return Write(method, url, seen=site.edit_of(commune.draft), raw="Ghi chép\n".encode())


def _url(rule: Rule, site: Site, commune: Commune) -> str:
    survey = "record" in rule.endpoint
    events = ("fire", "decide")
    sent = rule.endpoint.endswith((*events, "fire_event")) or "comment" in rule.endpoint
    moved = commune.report if sent else commune.draft
    values = {
        "submission_id": commune.survey if survey else moved,
        "record_id": commune.deleted_record if "restore" in rule.endpoint else commune.record,
        "comment_id": commune.comment,
        "account_id": site.world.accounts["far_clerk"],
        "attachment_id": commune.draft_file,
        "round_id": "round-2024",
        "event": "approve",
        "format": "csv",
        "code": "households",
    }
    chosen = {name: values[name] for name in rule.arguments}
    built = rule.build(chosen, append_unknown=False)
    assert built is not None
    return str(built[1])


def _filled(value: object, site: Site, commune: Commune) -> object:
    """*value* with the words in braces replaced by what the site holds now."""
    if isinstance(value, dict):
        return {name: _filled(inner, site, commune) for name, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, site, commune) for inner in value]
    if not isinstance(value, str) or "{" not in value:
        return value
    account = site.world.accounts["far_clerk"]
    unit = OrgUnitStretchRow.get(OrgUnitStretchRow.org_unit == "u-far")
    facts = {
        "unit": commune.unit,
        "report": commune.report,
        "report_edit": site.edit_of(commune.report),
        "draft_edit": site.edit_of(commune.draft),
        "account": account,
        "clerk": site.world.accounts["commune_reporter"],
        "account_edit": AccountRow.get_by_id(account).edit,
        "grant": AccountGrantRow.get(AccountGrantRow.account == account).id,
        "token": ApiTokenRow.get(ApiTokenRow.account == account).id,
        "stretch": unit.id,
        "stretch_edit": unit.edit,
        "village_edit": VillageRow.get_by_id("v1").edit,
    }
    return value.format(**facts)


def _confirmed_workbook(site: Site, rule: Rule, method: str, commune: Commune) -> Write:
    """A workbook of the draft with one other figure, uploaded by the clerk of its unit."""
    services, draft = site.world.services, commune.draft
    [clerk, *_] = services.accounts.holders(commune.unit, Role.REPORTER)
    actor = services.accounts.actor(clerk)
    content = services.workbooks.download(actor, draft).take()
    preview = services.workbooks.upload(actor, draft, edited(content, {"/sheets": 7}))
    built = rule.build({"submission_id": draft, "token": preview.token}, append_unknown=False)
    assert built is not None
    return Write(method, str(built[1]), {"edit": str(site.edit_of(draft)), "all": "file"})


def _delegation(site: Site, rule: Rule, method: str, commune: Commune) -> Write:
    """The commune's leader hands signing to its clerk, or takes that back."""
    if "revoke" in rule.endpoint:
        number = commune.delegation
        built = rule.build({"number": number} if rule.arguments else {"id": number})
        assert built is not None
        return Write(method, str(built[1]))
    services = site.world.services
    [leader, *_] = services.accounts.holders(commune.unit, Role.SIGNER)
    [*_, clerk] = services.accounts.holders(commune.unit, Role.REPORTER)
    [grant] = services.delegations.delegable(services.accounts.actor(leader))
    day = f"{services.clock.today():%d/%m/%Y}"
    fields = {"grant": str(grant.id), "deputy": clerk.id, "reason": "Đi công tác"}
    return Write(method, rule.rule, {**fields, "valid_from": day, "valid_to": day})


def _notice(site: Site, rule: Rule, method: str, commune: Commune) -> Write:
    """The approver opens the notice that the commune's report has come; or all read all."""
    services = site.world.services
    if not rule.arguments:
        clerk = site.world.accounts["commune_reporter"]
        facts = {"form": "households", "unit": commune.unit, "period": PERIOD, "by": clerk}
        for username in EVERYBODY:
            account, now = site.world.accounts[username], services.clock.now()
            notice = Notice(account, "of this test", NoticeKind.CLOSED, commune.report, now, facts)
            services.notices.store.add(notice)
        return Write(method, rule.rule)
    of = "far_approver" if commune.unit == "u-far" else "district_approver"
    found = [
        one.id
        for one in services.notices.store.of(site.world.accounts[of])
        if one.submission == commune.report and one.read_at is None
    ]
    built = rule.build({"number": found[0]}, append_unknown=False)
    assert built is not None
    return Write(method, str(built[1]))


def _handover(site: Site, rule: Rule, method: str, commune: Commune) -> Write:
    """The commune's clerk leaves; the leader takes over."""
    accounts = site.world.services.accounts
    [*_, clerk] = accounts.holders(commune.unit, Role.REPORTER)
    [leader, *_] = accounts.holders(commune.unit, Role.SIGNER)
    fields = {"successor": leader.id, "last_day": "24/01/2025", "confirmed": "yes"}
    return Write(method, f"{rule.rule}?id={clerk.id}", fields)


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
#: endpoint -> who may change ``near``'s things by it, and how. A new route must be added here.
WRITES: dict[str, Case] = {
    "accounts_below.active": _page(NOBODY, active="0"),
    "accounts_below.code": _page(NOBODY),
    "accounts_below.index": _page(NOBODY, **_PERSON),
    "accounts.change_password": _page(NOBODY, old="x" * 12, password="y" * 14, again="y" * 14),
    "accounts.first_sign_in": _page(NOBODY, username="admin", code="AAAA", password="y" * 14),
    "accounts.preferences": _page(NOBODY, theme="dark"),
    "accounts.sign_in": _page(NOBODY, username="admin", password="y" * 14),
    "accounts.sign_out": _page(NOBODY),
    "accounts_admin.add_grant": _page(
        ADMIN, "id={account}", role="reader", org_unit="u-far", valid_from="", valid_to=""
    ),
    "accounts_admin.create_token": _page(ADMIN, "id={account}", name="máy"),
    "accounts_admin.create_view": _page(ADMIN, **_PERSON),
    "accounts_admin.edit_view": _page(
        ADMIN, "id={account}", name="Tên khác", email="k@example.vn", org_unit="u-far",
        edit="{account_edit}",
    ),
    "accounts_admin.end_grant": _page(ADMIN, "id={account}", grant="{grant}"),
    "accounts_admin.end_token": _page(ADMIN, "id={account}", token="{token}"),
    "accounts_admin.handover": Case(ADMIN, _handover),
    "accounts_admin.import_view": _page(ADMIN, text=_SHEET, confirmed="yes"),
    "accounts_admin.issue_code": _page(ADMIN, "id={account}"),
    "accounts_admin.set_active": _page(ADMIN, "id={account}", active="0"),
    "api.add_comment": _api(CHAIN, {"text": "Đúng theo sổ.", "path": "/note"}),
    "api.add_record": _api(CLERK, {"answers": {"note": "mới"}}),
    "api.add_attachment": Case(CLERK, _upload),
    "api.remove_attachment": _api(CLERK, query="reason=sai+van+ban"),
    "attachments.add": _page(
        CLERK, path="", kind="document", file=(str(ROOT / "LICENSE"), "giay-phep.txt")
    ),
    "attachments.remove": _page(CLERK, reason="sai văn bản"),
    "parts.act": _page(CLERK, part="unit.main", action="assign", assignee="{clerk}", reason=""),
    "presence.beat": _page(CLERK, path="/sheets"),
    "api.delete_record": _api(CLERK, {"reason": "nhập trùng với phiếu khác"}),
    "api.expect_records": _api(CLERK, {"expected": 30}),
    "api.restore_record": _api(CLERK),
    "api.fire_event": _api(APPROVER, {"event": "approve"}),
    "api.resolve_comment": _api(CHAIN),
    "api.save_answers": _api(CLERK, {"answers": {"sheets": 2}}),
    "api.save_cells": _api(
        CLERK, {"changes": [{"path": "/sheets", "from": 1, "to": 2}]}
    ),
    "api.save_record": _api(
        CLERK, {"changes": [{"path": "/households", "from": 6, "to": 7}]}
    ),
    "api.start_export": _api(EVERYBODY, {"form": "households", "period": "2024"}),
    "api.start_import": _api(NOBODY, query="format=csv"),
    "api.start_submission": _api(
        CLERK, {"form": "spare", "org_unit": "{unit}", "period": "2024"}
    ),
    "api.validate_form": _api(NOBODY, {"answers": {"households": 1}}),
    "approvals.bulk": _page(APPROVER, chosen="{report}.{report_edit}"),
    "approvals.decide": _page(APPROVER, event="approve", edit="{report_edit}"),
    "comments.resolve": _page(CHAIN),
    "comments.write": _page(CHAIN, text="Đúng theo sổ.", path="/note"),
    "delegations.index": Case(frozenset({"commune_signer"}), _delegation),
    "delegations.revoke": Case(frozenset({"commune_signer"}), _delegation),
    "delegations_admin.revoke": Case(ADMIN, _delegation),
    "exports.start": _page(EVERYBODY, format="csv", form="households", period="2024"),
    # Of consolidated reports and of the head of a province: ``tests/web/test_consolidations`` and
    # ``tests/web/test_closing`` do what these roles may not.
    "consolidations.start": _page(NOBODY, form="households", org_unit="{unit}", period="2024"),
    "consolidations.take": _page(NOBODY, edit="{draft_edit}"),
    "consolidations.explain": _page(NOBODY, edit="{draft_edit}", reason="Gửi bổ sung sau."),
    "consolidations.correct": _page(
        NOBODY, edit="{draft_edit}", path="/households", value="7", reason="Cộng thiếu một hộ."
    ),
    "closing.close": _page(NOBODY, expected="1", note="Gửi bổ sung sau."),
    "closing.correct": _page(
        NOBODY, edit="{draft_edit}", decision_number="1/QĐ", decided_on="2025-01-20",
        reason="Kiểm tra lại sổ.", **{"cell:/households": "7"},
    ),
    "holidays.create_view": _page(ADMIN, day="02/09/2025", title="Quốc khánh", kind="off"),
    "holidays.delete_view": _page(ADMIN, "id=2025-01-28", edit="off:Tết"),
    "holidays.edit_view": _page(
        ADMIN, "id=2025-01-28", title="Nguyên đán", kind="off", edit="off:Tết"
    ),
    "org_units.create_view": _page(ADMIN, **_UNIT),
    "org_units.edit_view": _page(
        ADMIN, "id={stretch}", **{**_UNIT, "edit": "{stretch_edit}", "code": "01894"}
    ),
    "records.add": _page(CLERK),
    "records.delete": _page(CLERK, reason="nhập trùng với phiếu khác"),
    "records.expect": _page(CLERK, expected="30"),
    "records.restore": _page(CLERK),
    "notices.open_": Case(APPROVER, _notice),
    "notices.read_all": Case(EVERYBODY, _notice),
    "rounds.create_view": _page(ADMIN, **_ROUND),
    "submission_events.fire": _page(APPROVER, edit="{report_edit}"),
    "submissions.nil": _page(CLERK, nil="yes", edit="{draft_edit}"),
    "submissions.start": _page(CLERK, form="spare", org_unit="{unit}", period="2024"),
    "workbooks.confirm": Case(CLERK, _confirmed_workbook),
    "workbooks.upload": _page(NOBODY),  # a preview: ``tests/web/test_workbooks`` uploads one
    "villages.create_view": _page(ADMIN, **_VILLAGE),
    "villages.edit_view": _page(ADMIN, "id=v1", **{**_VILLAGE, "edit": "{village_edit}"}),
}  # fmt: skip
