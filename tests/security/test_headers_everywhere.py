"""The same headers on whatever is answered, and nothing inline in any page.

The texts of the policy stand here once more on purpose: who changes them in the server has to
change them here as well.
"""

import re
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pytest

from server.settings import ServerSettings
from server.web.assets import join_style
from server.web.policy import public
from tests.security.conftest import MakeSite
from tests.security.site import ANONYMOUS, ROLES, Page, Site

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
#: The style sheet that stands in the filling page itself.
SHEET = join_style("filling.css", Path(__file__).parents[2] / "static")
#: Of files that somebody brought: nothing in them runs.
SANDBOXED = f"{POLICY}; sandbox"
#: Browsers ask for it by themselves, to notice a new one; it is the same for everybody.
SERVICE_WORKER = "/sw.js"
ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_SWITCHED_OFF = ("camera", "geolocation", "microphone", "payment", "usb")
_TELLTALES = ("Server", "X-Powered-By", "X-AspNet-Version", "Via", "X-Generator")
_PARTS = re.compile(r"werkzeug|flask|waitress|jinja|sqlite|peewee|traceback|\.py\b", re.IGNORECASE)
_URL_ATTRIBUTES = {"href", "src", "action", "formaction", "poster", "data", "srcdoc", "cite"}
_DATA_SCRIPTS = {"application/json", "importmap", "speculationrules"}


#: The only pages that a frame of our own may hold: what a draft of a form looks like.
_FRAMED = re.compile(r"/admin/definition-trials/[0-9a-f]+/(frame|sheets|print)/(\?|$)")
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


def styled(text: str) -> str:
    """The policy of a page: one that holds our joined style sheet allows exactly that text."""
    sheet = _STYLE.search(text)
    if sheet is None or sheet[1] != SHEET:
        return POLICY
    digest = b64encode(sha256(sheet[1].encode()).digest()).decode()
    return POLICY.replace("style-src 'self'", f"style-src 'self' 'sha256-{digest}'")


def framed(policy: str) -> str:
    """The policy of a page that a frame of our own may hold."""
    return policy.replace("frame-ancestors 'none'", "frame-ancestors 'self'")


def may_be_framed(page: Page) -> bool:
    return page.status == 200 and _FRAMED.match(page.url) is not None


def faults_of(
    headers: dict[str, str], listed: list[str], text: str = "", *, in_frame: bool = False
) -> list[str]:
    """What is missing or wrong among the headers of one answer."""
    expected = {**ALWAYS, "Content-Security-Policy": styled(text)}
    if in_frame:
        expected["Content-Security-Policy"] = framed(styled(text))
        expected["X-Frame-Options"] = "SAMEORIGIN"
    if headers.get("Content-Security-Policy") == SANDBOXED:
        # A file that somebody brought: stricter still, and never shown in place.
        expected["Content-Security-Policy"] = SANDBOXED
        if not headers.get("Content-Disposition", "").startswith("attachment"):
            return ["Content-Disposition"]
    found = [name for name, value in expected.items() if headers.get(name) != value]
    found += [f"{name} twice" for name in ALWAYS if listed.count(name) != 1]
    found += [name for name in _TELLTALES if name in headers]
    permissions = headers.get("Permissions-Policy", "")
    found += [name for name in _SWITCHED_OFF if f"{name}=()" not in permissions]
    if "unsafe-" in headers.get("Content-Security-Policy", ""):
        found.append("unsafe-")
    if "Cache-Control" not in headers:
        found.append("Cache-Control")
    return found


class Inline(HTMLParser):
    """Collects what a strict policy would have to forbid."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._script = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "script":
            kind = given.get("type", "")
            self._script = "data" if "src" in given or kind in _DATA_SCRIPTS else "inline"
            if self._script == "inline":
                self.found.append("<script>")
        ours = tag == "iframe" and _FRAMED.match(given.get("src", "")) is not None
        if tag in {"style", "base", "object", "embed", "applet", "iframe", "svg:script"} - (
            {"iframe"} if ours else set()
        ):
            self.found.append(f"<{tag}>")
        if tag == "meta" and given.get("http-equiv", "").lower() == "refresh":
            self.found.append("refresh")
        for name, value in given.items():
            if name.startswith("on") or name in {"style", "srcdoc"}:
                self.found.append(f"{tag} {name}={value}")
            plain = re.sub(r"[\x00-\x20]", "", value).lower()
            if name in _URL_ATTRIBUTES and plain.startswith(("javascript:", "data:", "vbscript:")):
                self.found.append(f"{tag} {name}={value}")
            if name in {"src", "action", "formaction"} and re.match(r"(https?:)?//", plain):
                self.found.append(f"{tag} {name}={value}")
            if name == "target" and value == "_blank" and "noopener" not in given.get("rel", ""):
                self.found.append(f"{tag} target without noopener")


def inline_of(text: str) -> list[str]:
    parser = Inline()
    parser.feed(without_sheet(text))
    parser.close()
    return parser.found


def without_sheet(text: str) -> str:
    """A page without the style sheet that may stand in it."""
    return _STYLE.sub(lambda found: "" if found[1] == SHEET else found[0], text)


@pytest.mark.parametrize("role", ROLES)
def test_every_answer_of_the_crawl_carries_the_whole_set(site: Site, role: str) -> None:
    wrong = [
        (page.url, faults)
        for page in site.crawl(role)
        if (
            faults := faults_of(
                dict(page.headers),
                [name for name, _ in page.headers],
                page.text,
                in_frame=may_be_framed(page),
            )
        )
    ]

    assert wrong == []


@pytest.mark.parametrize("role", ROLES)
def test_no_page_holds_anything_inline(site: Site, role: str) -> None:
    pages = [page for page in site.crawl(role) if page.is_html]
    wrong = [(page.url, found) for page in pages if (found := inline_of(page.text))]

    assert len(pages) > 20
    assert wrong == []


@pytest.mark.parametrize("role", ROLES)
def test_pages_and_answers_are_kept_by_nobody(site: Site, role: str) -> None:
    for page in site.crawl(role):
        if not page.url.startswith("/static/"):
            kept = "no-cache" if page.url == SERVICE_WORKER else "no-store"
            assert dict(page.headers)["Cache-Control"] == kept, page.url


@pytest.mark.parametrize("role", ROLES)
def test_every_cookie_is_out_of_reach_of_scripts_and_other_sites(site: Site, role: str) -> None:
    for page in site.crawl(role):
        for name, value in page.headers:
            if name == "Set-Cookie":
                assert "HttpOnly" in value and "SameSite=Lax" in value and "Path=/" in value, value
                assert "Domain" not in value


STATUSES = [
    ("GET", "/sign-in", 200, {}),
    ("GET", "/work", 303, {}),
    ("GET", "/sign-in", 400, {"Host": "evil.example"}),
    ("GET", "/api/v1/forms", 401, {}),
    ("POST", "/sign-in", 403, {}),
    ("POST", "/api/v1/submissions", 401, {}),
    ("GET", "/nowhere", 404, {}),
    ("GET", "/api/v1/nowhere", 404, {}),
    ("GET", "/static/nothing.css", 404, {}),
    ("DELETE", "/sign-in", 405, {}),
    ("TRACE", "/sign-in", 405, {}),
    ("TRACE", "/api/v1/forms", 405, {}),
    ("GET", "/sign-in?next=" + "x" * 9000, 414, {}),
    ("GET", "/static/css/app.css", 200, {}),
    ("GET", "/static/fonts/be-vietnam-pro-400.woff2", 200, {}),
    ("OPTIONS", "/api/v1/forms", 401, {}),
    ("HEAD", "/sign-in", 200, {}),
    ("GET", "/livez", 200, {}),
    ("GET", "/metrics", 200, {}),
]


@pytest.mark.parametrize(("method", "url", "status", "headers"), STATUSES)
def test_every_status_carries_the_whole_set(
    site: Site, method: str, url: str, status: int, headers: dict[str, str]
) -> None:
    answer = site.new_visitor(ANONYMOUS)(method, url, headers=headers)

    assert answer.status_code == status
    assert faults_of(dict(answer.headers), [name for name, _value in answer.headers]) == []


@pytest.mark.parametrize("url", ["/livez", "/api/v1/forms"])
def test_a_crash_tells_nothing_and_carries_the_whole_set(
    site: Site, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    @public
    def crashing() -> str:
        raise RuntimeError("secret detail in server/storage/database.py of SQLite")

    endpoint = {"/livez": "health.livez", "/api/v1/forms": "api.list_forms"}[url]
    monkeypatch.setitem(site.app.view_functions, endpoint, crashing)

    answer = site.visitor("admin").get(url)

    assert answer.status_code == 500
    assert faults_of(dict(answer.headers), [name for name, _value in answer.headers]) == []
    assert "secret detail" not in answer.text and not _PARTS.search(_words(answer.text))


def test_a_body_too_large_carries_the_whole_set(make_site: MakeSite) -> None:
    site = make_site(server=ServerSettings(max_body_bytes=100_000))
    visitor = site.visitor("commune_reporter")

    for url in ("/api/v1/forms/households/validate", "/submissions/start", "/sign-in"):
        answer = visitor("POST", url, data=b"x" * 100_001, headers={"X-CSRF-Token": visitor.token})
        listed = [name for name, _value in answer.headers]
        assert answer.status_code == 413, url
        assert faults_of(dict(answer.headers), listed) == []


def test_a_download_is_handed_over_as_a_file_with_the_whole_set(site: Site) -> None:
    visitor = site.visitor("far_clerk")
    job = site.communes["far"].job

    for url in (f"/exports/{job}/file", f"/api/v1/jobs/{job}/result"):
        answer = visitor.get(url)
        assert answer.status_code == 200
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert faults_of(dict(answer.headers), [name for name, _value in answer.headers]) == []


@pytest.mark.parametrize("role", ROLES)
def test_no_answer_names_the_parts_of_the_server(site: Site, role: str) -> None:
    named = [
        (page.url, found[0])
        for page in site.crawl(role)
        if page.status >= 400 and (found := _PARTS.search(_words(page.text)))
    ]

    assert named == []


def _words(page: str) -> str:
    """The text of a page, without the addresses of its own files."""
    return re.sub(r"<[^>]*>", " ", page)


def _behind_https(make_site: MakeSite) -> Site:
    return make_site(
        server=ServerSettings(
            public_url="https://bieumau.example",
            trusted_hosts=("bieumau.example",),
            secure_cookies=True,
        )
    )


def test_behind_https_every_answer_promises_https_and_cookies_are_bound_to_the_host(
    make_site: MakeSite,
) -> None:
    client = _behind_https(make_site).app.test_client()

    for url in ("/sign-in", "/work", "/nowhere", "/api/v1/forms", "/static/css/app.css"):
        with client.get(url, base_url="https://bieumau.example") as answer:
            promise = answer.headers["Strict-Transport-Security"]
            seconds = re.fullmatch(r"max-age=(\d+); includeSubDomains", promise)
            assert seconds is not None and int(seconds[1]) >= 31_536_000
            for cookie in answer.headers.getlist("Set-Cookie"):
                assert cookie.startswith("__Host-") and "; Secure" in cookie


def known_paths() -> Iterator[str]:
    """Where scanners look first."""
    files = (
        ".git/config", ".git/HEAD", ".env", ".htaccess", ".svn/entries", ".DS_Store", "config.toml",
        "pyproject.toml", "uv.lock", "run", "server/app.py", "var/bieumau.sqlite", "backup.zip",
        "dump.sql", "id_rsa", "wp-login.php", "phpinfo.php", "server-status", "actuator/env",
        "console", "debug", "__debug__", "_debug_toolbar", "api", "api/v1", "api/v2/forms",
        "swagger.json", "openapi.json", "graphql", "admin/static", "static/", "static/css/",
        "static/../config.toml", "static/%2e%2e/config.toml", "static/..%2fconfig.toml",
        "static/css/..%5c..%5cconfig.toml", "static//etc/passwd", "static/%00", "static/.git/HEAD",
        "admin/console", "admin/debug", "admin/accounts/export/csv/", "admin/accounts/delete/",
        "admin/accounts/action/", "admin/accounts/ajax/update/", "admin/accounts/ajax/lookup/",
        "admin/fileadmin/", "admin/rediscli/", "templates/base.html", "locale", "tests", "docs",
    )  # fmt: skip
    yield from (f"/{path}" for path in files)


@pytest.mark.parametrize("path", list(known_paths()))
def test_where_scanners_look_there_is_nothing(site: Site, path: str) -> None:
    for role in (ANONYMOUS, "admin"):
        answer = site.visitor(role).get(path)
        assert answer.status_code in {404, 405, 308}, role
        assert not answer.headers.get("Location", "/").startswith("//")
        assert faults_of(dict(answer.headers), [name for name, _value in answer.headers]) == []


def test_the_search_for_inline_code_finds_it() -> None:
    planted = [
        "<script>1</script>", "<p onclick=x>", "<p style='x'>", "<style>x</style>",
        "<a href='java\tscript:x'>", "<form action=//evil.example>", "<base href=x>",
        "<meta http-equiv=Refresh content=0>", "<iframe srcdoc=x>", "<a target=_blank href=x>",
        "<iframe src=/exports/1>", "<iframe src=//x/admin/definition-trials/1/frame/>",
    ]  # fmt: skip

    assert all(inline_of(text) for text in planted)
    assert inline_of("<script type=module src=/x.js></script><a href='/x'>x</a>") == []


def test_the_set_is_the_same_on_a_page_that_a_frame_of_ours_may_hold(site: Site) -> None:
    """Who asks for that exception has to stand in ``_FRAMED``; only administrators see it."""
    pages = [(role, page) for role in ROLES for page in site.crawl(role)]
    policies = {dict(page.headers)["Content-Security-Policy"] for _, page in pages}
    held = {role for role, page in pages if may_be_framed(page)}

    assert policies == {POLICY, SANDBOXED, styled(f"<style>{SHEET}</style>"), framed(POLICY)}
    assert held == {"admin"}
