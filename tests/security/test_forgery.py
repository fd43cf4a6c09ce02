"""No write without a page of ours: each route that changes something, forged in every way.

The requests are those of ``writes``: with their token they do change something, which
``test_access_matrix`` proves.
"""

import pytest

from tests.security.site import Site, Visitor
from tests.security.writes import WRITES, write_of

FOREIGN_SITES = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "nonsense"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "https://localhost"},
    {"Origin": "http://localhost:1"},
    {"Origin": ""},
]


@pytest.fixture
def strangers(site: Site) -> list[str]:
    """Tokens of others: another person's, another session of one's own, and no token at all."""
    tokens = [site.new_visitor(name).token for name in ("far_clerk", "anonymous", "admin")]
    return [*tokens, "", "x", "0" * 64]


def refused(site: Site, *ways: tuple[Visitor, dict[str, object]]) -> list[object]:
    """What went through, or was refused for another reason, when every write is sent in each way.

    A way is who sends and what is changed about the request.
    """
    wrong: list[object] = []
    for rule, method in site.rules(safe=False):
        with site.undone():
            prepared, before = write_of(site, rule, method), site.snapshot()
            sessions = site.world.count("session")
            for visitor, changes in ways:
                with site.undone():
                    answer = prepared.send(visitor, **changes)
                    if answer.status_code != 403:
                        wrong.append((rule.endpoint, method, answer.status_code, changes))
                    elif prepared.is_api and answer.json["code"] != "csrf-invalid":
                        wrong.append((rule.endpoint, method, answer.json["code"], changes))
                    elif "Set-Cookie" in answer.headers:
                        wrong.append((rule.endpoint, "cookie", answer.headers["Set-Cookie"]))
                    if site.snapshot() != before or site.world.count("session") != sessions:
                        wrong.append((rule.endpoint, method, "changed", changes))
    return wrong


def test_a_write_without_a_token_is_refused(site: Site) -> None:
    visitors = map(site.visitor, ("commune_reporter", "district_approver", "admin"))

    assert refused(site, *((visitor, {"token": None}) for visitor in visitors)) == []


def test_the_token_of_another_session_is_worth_nothing(site: Site, strangers: list[str]) -> None:
    visitor = site.visitor("admin")

    assert refused(site, *((visitor, {"token": token}) for token in strangers)) == []


def test_a_page_of_another_site_is_refused_even_with_the_token(site: Site) -> None:
    visitor = site.visitor("admin")

    assert refused(site, *((visitor, {"headers": headers}) for headers in FOREIGN_SITES)) == []


def test_a_token_in_the_address_does_not_count(site: Site) -> None:
    visitor, wrong = site.visitor("admin"), []
    for rule, method in site.rules(safe=False):
        with site.undone():
            prepared, before = write_of(site, rule, method), site.snapshot()
            joint = "&" if "?" in prepared.url else "?"
            url = f"{prepared.url}{joint}csrf_token={visitor.token}"
            answer = visitor(method, url, json=prepared.json, data=prepared.fields or None)
            if answer.status_code != 403 or site.snapshot() != before:
                wrong.append((rule.endpoint, answer.status_code))

    assert wrong == []


MADE_UP = ("Bearer ", "Bearer x", "Basic YTpi", "x", "Bearer " + "a" * 43)


def test_a_made_up_authorization_header_does_not_lend_the_session(site: Site) -> None:
    """The header switches the token check off; with it the cookie must count for nothing."""
    visitor, wrong = site.visitor("admin"), []
    for rule, method in site.rules(safe=False):
        if site.policy(rule.endpoint).right is None:
            continue  # open to everybody: there is no session to lend
        with site.undone():
            prepared, before = write_of(site, rule, method), site.snapshot()
            for value in MADE_UP:
                with site.undone():
                    answer = prepared.send(visitor, token=None, headers={"Authorization": value})
                    if answer.status_code not in {303, 401} or site.snapshot() != before:
                        wrong.append((rule.endpoint, value, answer.status_code))

    assert wrong == []


def test_a_made_up_authorization_header_ends_nobodys_session(site: Site) -> None:
    visitor = site.new_visitor("commune_reporter")

    visitor("POST", "/sign-out", headers={"Authorization": "x", "Sec-Fetch-Site": "cross-site"})

    assert visitor.get("/work").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://localhost"},
    ],
    ids=str,
)
def test_the_same_write_from_our_own_page_works(site: Site, headers: dict[str, str]) -> None:
    visitor, idle = site.new_visitor("admin"), []
    for rule, method in site.rules(safe=False):
        if WRITES[rule.endpoint].by != {"admin"}:
            continue
        with site.undone():
            prepared, before = write_of(site, rule, method), site.snapshot()
            prepared.send(visitor, headers=headers)
            if site.snapshot() == before:
                idle.append(rule.endpoint)

    assert idle == []


def test_signing_out_ends_the_session_everywhere(site: Site) -> None:
    visitor = site.new_visitor("commune_reporter")
    stolen = visitor.client.get_cookie("session")
    assert stolen is not None

    left = visitor.post("/sign-out")
    thief = site.app.test_client()
    thief.set_cookie("session", stolen.value)

    assert left.status_code == 303
    assert thief.get("/work").headers["Location"].startswith("/sign-in")
    assert thief.get("/api/v1/forms").status_code == 401


def test_a_session_known_before_sign_in_is_worth_nothing_after_it(site: Site) -> None:
    before = site.new_visitor("anonymous")
    visit = before.client.get_cookie("visit")
    assert visit is not None
    victim = site.app.test_client()
    victim.set_cookie("session", visit.value)

    assert victim.get("/work").headers["Location"].startswith("/sign-in")
