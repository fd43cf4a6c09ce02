"""No redirect leaves the application: neither by ``next`` nor by a crooked address."""

from urllib.parse import unquote, urlsplit

import pytest
from argon2 import PasswordHasher

from tests.security.payloads import LEADING_AWAY
from tests.security.site import ANONYMOUS, Site, Visitor


@pytest.fixture(scope="module")
def password(opened_site: Site) -> str:
    """Somebody who can sign in by password."""
    chosen = "đường về bản xa"
    accounts = opened_site.world.services.accounts
    hashed = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(chosen)
    accounts.store.set_password(opened_site.world.accounts["province_approver"], hashed)
    return chosen


@pytest.mark.parametrize("wanted", LEADING_AWAY, ids=lambda text: repr(text[:40]))
def test_no_next_leads_away(site: Site, password: str, wanted: str) -> None:
    known, stranger = site.visitor("province_approver"), site.new_visitor(ANONYMOUS)
    fields = {"username": "province_approver", "password": password, "next": wanted}
    answers = [
        known.get("/sign-in", query_string={"next": wanted}),
        known.post("/preferences", {"next": wanted, "theme": "dark"}),
        stranger.post("/sign-in", fields),
    ]

    for answer in answers:
        assert answer.status_code == 303
        assert _stays(answer.headers["Location"]), answer.headers["Location"]
        assert answer.headers["Location"] not in {"/sign-out", "/livez"}


def _stays(location: str) -> bool:
    for _ in range(3):
        parts = urlsplit(location)
        if parts.scheme or parts.netloc or not location.startswith("/"):
            return False
        if location.startswith(("//", "/\\")) or "evil" in parts.path or "\\" in location:
            return False
        location = unquote(location)
    return True


@pytest.mark.parametrize("wanted", ["/work", "/progress?form=households", "/admin/accounts/"])
def test_a_next_of_ours_is_followed(site: Site, wanted: str) -> None:
    answer = site.visitor("admin").get("/sign-in", query_string={"next": wanted})

    assert answer.headers["Location"] == wanted


@pytest.mark.parametrize(
    "path",
    ["//evil.example", "//evil.example/work", "///evil.example/%2e%2e", "/\\evil.example",
     "//evil.example/admin", "/admin//evil.example", "/%2f/evil.example/", "//admin", "/admin"],
)  # fmt: skip
def test_no_address_is_redirected_away(site: Site, path: str) -> None:
    for visitor in (site.visitor(ANONYMOUS), site.visitor("admin")):
        location = _location(visitor, path)
        parts = urlsplit(location)
        assert parts.netloc in {"", "localhost"} and not parts.path.startswith("//"), location


def _location(visitor: Visitor, path: str) -> str:
    environ = {"PATH_INFO": unquote(path), "REQUEST_URI": path, "RAW_URI": path}
    answer = visitor("GET", "/", environ_overrides=environ)
    return str(answer.headers.get("Location", "/"))
