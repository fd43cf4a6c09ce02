"""Every route x method x role against one written table; a route that is not in it fails here."""

import pytest
from werkzeug.test import TestResponse

from server.core.access import Right
from server.web.policy import Door, Policy
from tests.security.rights import RIGHTS
from tests.security.site import ANONYMOUS, ROLES, Site
from tests.security.two_districts import MISSING
from tests.security.writes import WRITES, write_of

_ALL = frozenset(ROLES) - {ANONYMOUS}
HOLDERS: dict[Right, frozenset[str]] = {
    Right.SIGNED_IN: _ALL,
    Right.READ: _ALL,
    Right.FILL: frozenset({"commune_reporter", "neighbour_reporter"}),
    Right.SIGN: frozenset({"commune_signer"}),
    Right.APPROVE: frozenset({"commune_signer", "district_approver"}),
    Right.FOLLOW: frozenset({"commune_signer", "district_approver", "province_reader", "admin"}),
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
_OF_THOSE_ABOVE = frozenset({"urging_log.paper"})  # a head urges nobody
_ELSEWHERE = frozenset({"mails.mail"})  # a page of the demonstration


#: Open to everybody, and yet no 200: who is signed in is led on; a feed asks for its secret.
_OPEN = {"accounts.sign_in": 303, "due_calendar.feed": 404}


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
            fits = status == _OPEN.get(rule.endpoint, 200) or status == 200
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
        things = {"submission_id", "record_id", "job_id", "name", "unit_id"} & rule.arguments
        if not things or right is None or role not in HOLDERS[right]:
            continue
        for of in site.communes:
            url = site.url(rule, of)
            own = role == "admin" or rule.endpoint not in _OF_ONE_PERSON
            seen = own and of in SEES[role] and rule.endpoint not in _ELSEWHERE
            seen = seen and (role != "commune_signer" or rule.endpoint not in _OF_THOSE_ABOVE)
            status = answers.get(url)
            if status is None:
                continue  # a print that the crawl leaves out for its time
            expected = {200, 303, 400, 404} if seen and "review" in url else {200, 303, 400}
            if status not in (expected if seen else {404}):
                wrong.append((url, status))

    assert wrong == []


@pytest.mark.parametrize("of", ["near", "far"])
def test_only_who_may_changes_anything(site: Site, of: str) -> None:
    wrong, visitors = [], {role: site.new_visitor(role) for role in ROLES}
    for rule, method in site.rules(safe=False):
        if rule.endpoint == "accounts.sign_out":
            continue  # it ends the session, and nothing else: ``test_forgery`` asks it
        with site.undone():
            prepared, before = write_of(site, rule, method, of), site.snapshot()
            for role, visitor in visitors.items():
                with site.undone():
                    answer = prepared.send(visitor)
                    changed = site.snapshot() != before
                may, fits = _allowed(rule.endpoint, role, of, answer)
                if changed is not may or not fits:
                    wrong.append((role, method, prepared.url, answer.status_code, changed))

    assert wrong == []


def _allowed(endpoint: str, role: str, of: str, answer: TestResponse) -> tuple[bool, bool]:
    """Whether *role* may do it to the things of *of*, and whether the answer fits that."""
    right, case = RIGHTS[endpoint], WRITES[endpoint]
    scoped = case.by and case.by.isdisjoint({"admin"})
    may = role in case.by and (of in SEES[role] or not scoped)
    if role == ANONYMOUS and right is not None:
        return may, turned_away(endpoint, answer)
    if right is not None and role not in HOLDERS[right]:
        return may, answer.status_code == 403
    if not may and case.by and endpoint not in _LENIENT:
        return may, answer.status_code in {403, 404, 409}
    return may, answer.status_code < 500


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
