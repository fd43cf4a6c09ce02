"""A request made ready: who may send it, and what of the two districts it is filled with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from server.storage.models import (
    AccountGrantRow,
    AccountRow,
    ApiTokenRow,
    OrgUnitStretchRow,
    VillageRow,
)
from tests.security.site import Site, Visitor
from tests.security.two_districts import Commune

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


@dataclass(frozen=True, slots=True)
class Case:
    """Who may do it to ``near``'s things, and what is sent."""

    by: frozenset[str]
    make: Callable[[Site, Rule, str, Commune], Write]

    @property
    def role(self) -> str:
        """Somebody who may, or at least gets as far as anybody."""
        return min(self.by, default="commune_reporter")


def page(by: frozenset[str], query: str = "", **fields: object) -> Case:
    def make(site: Site, rule: Rule, method: str, commune: Commune) -> Write:
        sent = {"edit": "0", **fields} if "edit" not in fields else fields
        url = url_of(rule, site, commune)
        fields_of_site = {name: filled(value, site, commune) for name, value in sent.items()}
        asked = filled(query, site, commune)
        return Write(method, f"{url}?{asked}" if query else url, fields_of_site)

    return Case(by, make)


def api(by: frozenset[str], json: object = None, *, query: str = "") -> Case:
    def make(site: Site, rule: Rule, method: str, commune: Commune) -> Write:
        url = url_of(rule, site, commune)
        named = commune.report if rule.endpoint == "api.fire_event" else commune.draft
        body = filled(json, site, commune)
        seen = site.edit_of(named)
        return Write(method, f"{url}?{query}" if query else url, json=body, seen=seen)

    return Case(by, make)


def url_of(rule: Rule, site: Site, commune: Commune) -> str:
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
        "obligation_id": "0" * 24,  # of what is late: nothing is, in this world
        "round_id": "round-2024",
        "event": "approve",
        "format": "csv",
        "code": "sex" if rule.endpoint.startswith("codelist_editor.") else "households",
        "part_key": "unit.main",
        "kind": "form",
    }
    chosen = {name: values[name] for name in rule.arguments}
    built = rule.build(chosen, append_unknown=False)
    assert built is not None
    return str(built[1])


def filled(value: object, site: Site, commune: Commune) -> object:
    """*value* with the words in braces replaced by what the site holds now."""
    if isinstance(value, dict):
        return {name: filled(inner, site, commune) for name, inner in value.items()}
    if isinstance(value, list):
        return [filled(inner, site, commune) for inner in value]
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
        "communes": OrgUnitStretchRow.select().where(OrgUnitStretchRow.level == "commune").count(),
        "stretch": unit.id,
        "stretch_edit": unit.edit,
        "village_edit": VillageRow.get_by_id("v1").edit,
    }
    return value.format(**facts)
