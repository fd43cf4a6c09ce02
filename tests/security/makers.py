"""Requests that need something done first: a file uploaded, a draft written, a request asked."""

import json
from dataclasses import replace
from datetime import date

from werkzeug.routing import Rule

from server.core.access import SYSTEM, Role
from server.core.assignment import AssignmentRule
from server.core.directory import Contact, FormOwner
from server.core.notice import Notice, NoticeKind
from server.core.obligation import RoundDates
from server.core.unit_group import GroupUnit
from server.services.unit_groups import GroupWish
from tests.security.drafts import prepared_draft
from tests.security.prepared import EVERYBODY, Write, url_of
from tests.security.site import Site
from tests.security.two_districts import Commune
from tests.workbooks import edited
from tests.world import PERIOD, ROOT, ROUND


def upload(site: Site, rule: Rule, method: str, commune: Commune) -> Write:
    """A file as the body of the request."""
    url = f"{url_of(rule, site, commune)}?name=ghi-chep.txt"
    return Write(method, url, seen=site.edit_of(commune.draft), raw="Ghi chép\n".encode())


def confirmed_workbook(site: Site, rule: Rule, method: str, commune: Commune) -> Write:
    """A workbook of the draft with one other figure, uploaded by the clerk of its unit."""
    services, draft = site.world.services, commune.draft
    [clerk, *_] = services.accounts.holders(commune.unit, Role.REPORTER)
    actor = services.accounts.actor(clerk)
    content = services.workbooks.download(actor, draft).take()
    preview = services.workbooks.upload(actor, draft, edited(content, {"/sheets": 7}))
    built = rule.build({"submission_id": draft, "token": preview.token}, append_unknown=False)
    assert built is not None
    return Write(method, str(built[1]), {"edit": str(site.edit_of(draft)), "all": "file"})


def changed_indicators(site: Site, rule: Rule, method: str, commune: Commune) -> Write:
    """The file of the indicators calls one otherwise than the catalogue does."""
    sheets = site.world.services.indicator_sheets
    first, *others = sheets.catalogue.indicators()
    sheets.canonical.path.unlink(missing_ok=True)
    sheets.canonical.write([first, *others], [replace(first, title="Tên khác"), *others])
    actor = site.world.actor("admin")
    fields = {
        "edition": sheets.working(actor).seen.edition,
        "proposal": "",
        "edit": "0",
        "digest": sheets.standing(actor).digest,
    }
    return Write(method, url_of(rule, site, commune), fields)


def changed_dates(site: Site, rule: Rule, method: str, commune: Commune) -> Write:
    """New dates of the open round, as their preview showed them."""
    lines = [RoundDates("commune", "households", due=date(2025, 2, 14))]
    plan = site.world.services.round_dates.preview(
        site.world.actor("admin"), ROUND, lines,
        letter_number="12/BDT", letter_on=date(2025, 1, 23),
    )  # fmt: skip
    fields = {
        "letter_number": "12/BDT", "letter_on": "23/01/2025", "reason": "Mưa lũ nhiều ngày",
        "lines": "1", "line-0-form": "households", "line-0-level": "commune",
        "line-0-due": "14/02/2025", "step": "apply", "seen": plan.seen,
    }  # fmt: skip
    return Write(method, f"{url_of(rule, site, commune)}?id={ROUND}", fields)


def proposed_indicators(site: Site, rule: Rule, method: str, _commune: Commune) -> Write:
    """One indicator changed or added, or a step of a proposal taken back and done again."""
    sheets, drafts = site.world.services.indicator_sheets, site.world.services.definition_drafts
    act, actor = rule.endpoint.partition(".")[2], site.world.actor("admin")
    first = sheets.catalogue.indicators()[0].code
    fields: dict[str, object] = {"title": "Tên khác"}
    if act in ("undo", "redo"):
        for title in ("Một", "Hai"):
            seen = sheets.working(actor).seen
            _, draft = sheets.change(actor, first, {"title": title}, seen)
        assert draft is not None
        if act == "redo":
            draft = drafts.undo(actor, draft.id, seen=draft.edit)
        built = rule.build({"draft_id": draft.id}, append_unknown=False)
        fields = {"edit": draft.edit}
    else:
        built = rule.build({"code": first} if rule.arguments else {}, append_unknown=False)
        fields["edition"] = sheets.working(actor).seen.edition
    if act == "add":
        fields |= {"code": "9901", "group": "01", "measures": "hộ: cộng"}
    assert built is not None
    return Write(method, str(built[1]), fields)


def delegation(site: Site, rule: Rule, method: str, commune: Commune) -> Write:
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


def delegation_by_api(site: Site, rule: Rule, method: str, commune: Commune) -> Write:
    """The same as ``delegation``, asked by a program."""
    if rule.arguments:
        built = rule.build({"delegation_id": str(commune.delegation)}, append_unknown=False)
        assert built is not None
        return Write(method, str(built[1]))
    services = site.world.services
    [leader, *_] = services.accounts.holders(commune.unit, Role.SIGNER)
    [*_, clerk] = services.accounts.holders(commune.unit, Role.REPORTER)
    [grant] = services.delegations.delegable(services.accounts.actor(leader))
    day = services.clock.today().isoformat()
    asked = {"grant": str(grant.id), "deputy": clerk.id, "reason": "Đi công tác"}
    return Write(method, rule.rule, json={**asked, "valid_from": day, "valid_to": day})


def notice(site: Site, rule: Rule, method: str, commune: Commune) -> Write:
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


def notice_by_api(site: Site, rule: Rule, method: str, commune: Commune) -> Write:
    """The same as ``notice``: the number is that of the page's address."""
    if not rule.arguments:
        return notice(site, rule, method, commune)
    page = next(one for one in site.app.url_map.iter_rules() if one.endpoint == "notices.open_")
    number = notice(site, page, method, commune).url.split("/")[2]
    built = rule.build({"notice_id": number}, append_unknown=False)
    assert built is not None
    return Write(method, str(built[1]))


def handover(site: Site, rule: Rule, method: str, commune: Commune) -> Write:
    """The commune's clerk leaves; the leader takes over."""
    accounts = site.world.services.accounts
    [*_, clerk] = accounts.holders(commune.unit, Role.REPORTER)
    [leader, *_] = accounts.holders(commune.unit, Role.SIGNER)
    fields = {"successor": leader.id, "last_day": "24/01/2025", "confirmed": "yes"}
    return Write(method, f"{rule.rule}?id={clerk.id}", fields)


def moving(site: Site, rule: Rule, method: str, commune: Commune) -> Write:
    """A newer version of the communes' workflow, to which their running reports may move."""
    path = ROOT / "workflows/commune_district_province/v01.json"
    document = json.loads(path.read_text("utf-8"))
    document |= {"version": 2, "map": {"from": 1, "states": {}}}
    site.world.services.catalogue.publish(json.dumps(document), "workflow", SYSTEM)
    return Write(method, f"{rule.rule}?id=commune_district_province/2")


def definition_draft(site: Site, rule: Rule, method: str, _commune: Commune) -> Write:
    """A draft of another administrator, brought to where the act can be done."""
    act = rule.endpoint.partition(".")[2]
    made = prepared_draft(site.world, act)
    built = rule.build({"draft_id": made.id, "version": 1}, append_unknown=False)
    assert built is not None
    return Write(method, str(built[1]), {"edit": made.edit, **made.fields})


def extension(site: Site, rule: Rule, method: str, commune: Commune) -> Write:
    """More time for the draft: asked for by the commune, taken back, or given by the district."""
    act, services = rule.endpoint.partition(".")[2], site.world.services
    obligation = services.submissions.submissions.get(commune.draft).obligation
    if act == "ask":
        built = rule.build({"obligation_id": obligation}, append_unknown=False)
        fields = {"until": "31/12/2025", "reason": "Mưa lũ chia cắt xã."}
    else:
        [clerk, *_] = services.accounts.holders(commune.unit, Role.REPORTER)
        actor = services.accounts.actor(clerk)
        asked = services.extensions.ask(
            actor, obligation, until=date(2025, 12, 31), reason="Mưa lũ chia cắt xã."
        )
        built = rule.build({"request_id": asked.id}, append_unknown=False)
        fields = {"decision": "grant", "until": "31/12/2025", "answer": "Đồng ý."}
    assert built is not None
    return Write(method, str(built[1]), fields)


def reopening(site: Site, rule: Rule, method: str, commune: Commune) -> Write:
    """The commune asks for its report back, which was approved to the end meanwhile."""
    services, world = site.world.services, site.world
    of = "far_approver" if commune.unit == "u-far" else "district_approver"
    for username in (of, "province_approver"):
        kept = services.submissions.submissions.get(commune.report)
        if kept.state != "approved":
            services.approvals.decide(world.actor(username), kept.id, "approve", seen=kept.edit)
    built = rule.build({"submission_id": commune.report}, append_unknown=False)
    assert built is not None
    said = {"reason": "Nhập sót một thôn."}
    if rule.endpoint.startswith("api."):
        return Write(method, str(built[1]), json=said)
    return Write(method, str(built[1]), said)


def unit_group(site: Site, rule: Rule, method: str, commune: Commune) -> Write:
    """A group that is there already, to change or to forget; or a new one."""
    fields = {"name": "Nhóm phụ trách", "from": "24/01/2025", "unit": commune.unit}
    if not rule.arguments:
        return Write(method, rule.rule, fields)
    wish = GroupWish("Nhóm cũ", (GroupUnit(commune.unit),), (), ())
    made = site.world.services.unit_groups.add(site.world.actor("admin"), wish)
    built = rule.build({"group_id": made.id}, append_unknown=False)
    assert built is not None
    return Write(method, str(built[1]), {**fields, "edit": str(made.edit)})


def dated_row(site: Site, rule: Rule, method: str, commune: Commune) -> Write:
    """A rule of assignment, a contact or an owner that is there already, to change."""
    service, endpoint = site.world.services.assignments, rule.endpoint.partition(".")[0]
    if endpoint == "assignments":
        first = AssignmentRule("households", title="Xã", levels=frozenset({"commune"}))
        number = service.save(SYSTEM, first)
        fields = {"form": "households", "title": "Xã, phường", "levels": "commune"}
    elif endpoint == "contacts":
        number = service.save_contact(SYSTEM, Contact(commune.unit, "Mai", "Công chức"))
        fields = {"name": "Lan", "post": "Công chức"}
    else:
        owner = FormOwner("06", None, commune.unit, "QĐ 1")
        number = service.save_owner(SYSTEM, owner)
        fields = {"code": "06", "org_unit": commune.unit, "decree": "QĐ 2", "form": ""}
    return Write(method, f"{rule.rule}?id={number}", {**fields, "edit": "1"})
