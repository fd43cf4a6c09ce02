"""Every route x method x role against one written table; a route that is not in it fails here."""

import pytest
from werkzeug.test import TestResponse

from server.core.access import Right
from server.web.policy import Door, Policy
from tests.security.site import ANONYMOUS, ROLES, Site
from tests.security.two_districts import MISSING
from tests.security.writes import WRITES, write_of

#: endpoint -> the right it asks; ``None`` opens it to everybody. Blueprint by blueprint.
RIGHTS: dict[str, Right | None] = {
    "static": None,
    "assets.joined": None,
    **dict.fromkeys(("health.livez", "health.readyz", "health.metrics"), None),
    **dict.fromkeys(
        (
            "accounts.sign_in", "accounts.sign_out", "accounts.first_sign_in",
            "accounts.preferences", "offline.worker", "offline.page",
        ),
        None,
    ),
    **dict.fromkeys(
        (
            "accounts.account", "accounts.change_password", "offline.browser", "start.home",
            "work.index", "mails.index", "mails.mail",
            "notices.index", "notices.open_", "notices.read_all",
        ),
        Right.SIGNED_IN,
    ),
    **dict.fromkeys(
        (
            "consolidations.start", "consolidations.take", "consolidations.explain",
            "consolidations.correct",
            "work.sent", "submissions.start", "submissions.nil", "records.index",
            "parts.act", "presence.beat", "attachments.add", "attachments.remove",
            "records.add", "records.delete", "records.expect", "records.restore",
            "workbooks.download", "workbooks.upload", "workbooks.preview", "workbooks.confirm",
        ),
        Right.FILL,
    ),
    **dict.fromkeys(
        (
            "consolidations.index", "consolidations.page", "consolidations.cell",
            "submissions.page", "submission_events.review", "submission_events.fire",
            "submission_events.receipt", "submission_history.history",
            "attachments.download", "submission_history.revision", "submission_history.print_",
            "cells.page",
            "cells.last", "comments.index", "comments.write", "comments.resolve",
            "my_figures.index", "my_figures.export", "records.of_return",
            "record_sheet.sheet", "reports.progress", "reports.figures", "exports.index",
            "exports.start", "exports.download", "blank_prints.of_submission",
            "blank_prints.of_form",
        ),
        Right.READ,
    ),
    **dict.fromkeys(
        (
            "closing.index", "closing.page", "closing.close", "closing.correction",
            "closing.correct",
        ),
        Right.SIGN,
    ),
    **dict.fromkeys(
        (
            "approvals.inbox", "approvals.next_item", "approvals.review", "approvals.decide",
            "approvals.summary", "approvals.bulk", "approvals.results",
            "delegations.index", "delegations.revoke",
        ),
        Right.APPROVE,
    ),
    **dict.fromkeys(
        ("accounts_below.index", "accounts_below.code", "accounts_below.active"),
        Right.MANAGE_ACCOUNTS,
    ),
    **dict.fromkeys(
        (
            "admin.index", "plugins.index_view",
            "accounts_admin.index_view", "accounts_admin.create_view",
            "accounts_admin.edit_view", "accounts_admin.details_view",
            "accounts_admin.import_view", "accounts_admin.issue_code",
            "accounts_admin.set_active", "accounts_admin.add_grant",
            "accounts_admin.end_grant", "accounts_admin.create_token",
            "accounts_admin.end_token", "accounts_admin.handover",
            "audit.index_view", "audit.details_view",
            "delegations_admin.index_view", "delegations_admin.details_view",
            "delegations_admin.revoke",
            "codelists.index_view", "codelists.details_view",
            "forms.index_view", "forms.details_view",
            "holidays.index_view", "holidays.create_view", "holidays.edit_view",
            "holidays.delete_view",
            "indicators.index_view", "indicators.details_view",
            "sent_mails.index_view", "sent_mails.details_view",
            "org_units.index_view", "org_units.create_view", "org_units.edit_view",
            "rounds.index_view", "rounds.create_view", "rounds.details_view",
            "villages.index_view", "villages.create_view", "villages.edit_view",
            "workflows.index_view", "workflows.details_view",
        ),
        Right.ADMINISTER,
    ),
    **dict.fromkeys(
        (
            "api.list_codelists", "api.get_codelist", "api.list_forms", "api.get_form",
            "api.validate_form", "api.list_workflows", "api.get_workflow", "api.list_indicators",
            "api.list_org_units", "api.list_obligations", "api.list_observations",
            "api.list_rates", "api.list_submissions", "api.start_submission",
            "api.get_submission", "api.save_cells", "api.save_answers", "api.fire_event",
            "api.list_comments", "api.add_comment", "api.resolve_comment",
            "api.list_attachments", "api.add_attachment", "api.get_attachment",
            "api.remove_attachment",
            "api.list_history", "api.get_revision", "api.list_differences",
            "api.print_submission", "api.list_records", "api.add_record", "api.get_record",
            "api.save_record", "api.delete_record", "api.restore_record",
            "api.get_record_summary", "api.expect_records", "api.list_exports", "api.start_export",
            "api.start_import", "api.get_job", "api.get_result", "api.get_openapi",
        ),
        Right.SIGNED_IN,
    ),
}  # fmt: skip
_ALL = frozenset(ROLES) - {ANONYMOUS}
HOLDERS: dict[Right, frozenset[str]] = {
    Right.SIGNED_IN: _ALL,
    Right.READ: _ALL,
    Right.FILL: frozenset({"commune_reporter", "neighbour_reporter"}),
    Right.SIGN: frozenset({"commune_signer"}),
    Right.APPROVE: frozenset({"commune_signer", "district_approver"}),
    Right.ADMINISTER: frozenset({"admin"}),
    Right.MANAGE_ACCOUNTS: frozenset(),  # a flag of a grant: ``test_account_keepers``
}
#: Whose things each role sees: its own unit's, or those below it.
SEES: dict[str, frozenset[str]] = {
    ANONYMOUS: frozenset(),
    "commune_reporter": frozenset({"near"}),
    "commune_signer": frozenset({"near"}),
    "neighbour_reporter": frozenset({"beside"}),
    "district_approver": frozenset({"near", "beside"}),
    "province_reader": frozenset({"near", "beside", "far"}),
    "admin": frozenset({"near", "beside", "far"}),
}
#: A job is shown to who asked for it, a clerk who is none of the roles here, and to admins.
_OF_ONE_PERSON = frozenset({"exports.download", "api.get_job", "api.get_result"})
_ELSEWHERE = frozenset({"mails.mail"})  # a page of the demonstration


def turned_away(endpoint: str, answer: TestResponse) -> bool:
    """Whether a stranger was sent to sign in (a page) or told 401 (the API)."""
    if endpoint.startswith("api."):
        return answer.status_code == 401 and answer.json["code"] == "sign-in-required"
    location = answer.headers.get("Location", "")
    return answer.status_code == 303 and location.partition("?")[0] == "/sign-in"


def test_every_route_stands_in_the_table(site: Site) -> None:
    endpoints = {rule.endpoint for rule in site.app.url_map.iter_rules()}

    assert endpoints == set(RIGHTS)


def test_every_route_that_writes_has_a_request_that_proves_it(site: Site) -> None:
    assert {rule.endpoint for rule, _method in site.rules(safe=False)} == set(WRITES)


def test_the_application_asks_what_the_table_says(site: Site) -> None:
    for endpoint, right in RIGHTS.items():
        door = Door.MACHINE if endpoint.startswith("api.") else Door.PERSON
        expected = Policy(Door.OPEN) if right is None else Policy(door, right)
        assert site.policy(endpoint) == expected, endpoint


@pytest.mark.parametrize("role", ROLES)
def test_a_role_reads_what_it_may_and_nothing_else(site: Site, role: str) -> None:
    answers = {page.url: page for page in site.crawl(role)}
    visitor, wrong = site.visitor(role), []
    for rule, method in site.rules(safe=True):
        right, url = RIGHTS[rule.endpoint], site.url(rule)
        status = answers[url].status if url in answers else visitor.get(url).status_code
        if right is None:
            fits = status == 200 or (rule.endpoint == "accounts.sign_in" and status == 303)
        elif role == ANONYMOUS:
            fits = turned_away(rule.endpoint, visitor.get(url))
        elif role not in HOLDERS[right]:
            fits = status in {403, 404}
        else:
            fits = status in {200, 303, 400, 404}
        if not fits:
            wrong.append((method, url, status))

    assert wrong == []


@pytest.mark.parametrize("role", ROLES[1:])
def test_the_things_of_a_unit_are_there_for_its_own_people_and_those_above(
    site: Site, role: str
) -> None:
    answers = {page.url: page.status for page in site.crawl(role)}
    wrong = []
    for rule, _method in site.rules(safe=True):
        right = RIGHTS[rule.endpoint]
        things = {"submission_id", "record_id", "job_id", "name"} & rule.arguments
        if not things or right is None or role not in HOLDERS[right]:
            continue
        for of in site.communes:
            url = site.url(rule, of)
            own = role == "admin" or rule.endpoint not in _OF_ONE_PERSON
            seen = own and of in SEES[role] and rule.endpoint not in _ELSEWHERE
            status = answers.get(url)
            if status is None:
                continue  # a print that the crawl leaves out for its time
            expected = {200, 303, 400, 404} if seen and "review" in url else {200, 303, 400}
            if status not in (expected if seen else {404}):
                wrong.append((url, status))

    assert wrong == []


@pytest.mark.parametrize("of", ["near", "far"])
@pytest.mark.parametrize("role", ROLES)
def test_only_who_may_changes_anything(site: Site, role: str, of: str) -> None:
    wrong, visitor = [], site.new_visitor(role)
    for rule, method in site.rules(safe=False):
        right, case = RIGHTS[rule.endpoint], WRITES[rule.endpoint]
        if rule.endpoint == "accounts.sign_out":
            continue  # it ends the session, and nothing else: ``test_forgery`` asks it
        with site.undone():
            prepared, before = write_of(site, rule, method, of), site.snapshot()
            answer = prepared.send(visitor)
            changed = site.snapshot() != before
        scoped = case.by and case.by.isdisjoint({"admin"})
        may = role in case.by and (of in SEES[role] or not scoped)
        if role == ANONYMOUS and right is not None:
            fits = turned_away(rule.endpoint, answer)
        elif right is not None and role not in HOLDERS[right]:
            fits = answer.status_code == 403
        elif not may and case.by and rule.endpoint not in _LENIENT:
            fits = answer.status_code in {403, 404, 409}
        else:
            fits = answer.status_code < 500
        if changed is not may or not fits:
            wrong.append((role, method, prepared.url, answer.status_code, changed))

    assert wrong == []


#: Pages that answer a refusal with a redirect and a sentence instead of 403.
_LENIENT = frozenset({"approvals.bulk", "approvals.decide", "submission_events.fire"})


@pytest.mark.parametrize("role", ROLES[1:])
def test_a_token_opens_the_api_and_no_page(site: Site, role: str) -> None:
    client = site.app.test_client()
    headers = site.world.bearer(role)
    for rule, method in site.rules(safe=True):
        if RIGHTS[rule.endpoint] is None or "print" in rule.endpoint:
            continue
        answer = client.open(site.url(rule, "missing"), method=method, headers=headers)
        if rule.endpoint.startswith("api."):
            assert answer.status_code in {200, 400, 404}, rule
        else:
            assert turned_away(rule.endpoint, answer), rule


def test_a_session_that_was_never_opened_is_a_stranger(site: Site) -> None:
    client = site.app.test_client()
    for identity in ("x" * 43, MISSING, "session-of-admin", "a" * 200, "é" * 30):
        client.set_cookie("session", identity)
        for path in ("/work", "/admin/", "/submissions/x"):
            assert turned_away("", client.get(path)), identity
        assert client.get("/api/v1/forms").status_code == 401
