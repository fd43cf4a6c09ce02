"""Whatever is sent is answered with a refusal that names the place, never with a failure."""

import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from werkzeug.test import encode_multipart

from server.settings import ServerSettings
from server.web.api.routing import OPERATIONS
from tests.security.conftest import MakeSite
from tests.security.site import SAFE, Site
from tests.security.two_districts import MISSING
from tests.security.writes import WRITES, write_of

DEEP = 65
#: The text of one member's value -> nothing of it may pass.
HOSTILE_JSON: dict[str, bytes] = {
    "NaN": b"NaN",
    "Infinity": b"Infinity",
    "minus Infinity": b"-Infinity",
    "beyond a double": b"1e400",
    "too precise": b"0.12345678901234567",
    "a huge integer": b"9" * 5000,
    "a leading zero": b"01",
    "a hexadecimal number": b"0x10",
    "duplicate keys": b'{"a": 1, "a": 2}',
    "duplicate keys in disguise": b'{"a": 1, "\\u0061": 2}',
    "keys equal in NFC": '{"\u1ea1": 1, "a\u0323": 2}'.encode(),
    "a lone high surrogate": b'"\\ud800"',
    "a lone low surrogate": b'"\\udc00 x"',
    "a surrogate as key": b'{"\\ud800": 1}',
    "NUL": b'"a\\u0000b"',
    "NUL as key": b'{"\\u0000": 1}',
    "a raw control character": b'"a\x01b"',
    "too deep": b"[" * DEEP + b"]" * DEEP,
    "much too deep": b"[" * 50_000 + b"]" * 50_000,
    "too deep objects": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "invalid UTF-8": b'"\xff\xfe"',
    "overlong UTF-8": b'"\xc0\xaf"',
    "UTF-8 of a surrogate": b'"\xed\xa0\x80"',
    "UTF-16": '"x"'.encode("utf-16"),
    "a comment": b"1 /* x */",
    "a trailing comma": b"[1,]",
    "single quotes": b"'x'",
    "nothing": b"",
    "an open string": b'"x',
    "two values": b"1} {",
}


def routes(site: Site) -> Iterator[tuple[str, str, str]]:
    """Endpoint, method and address of every route that takes JSON."""
    for rule, method in site.rules(safe=False):
        if rule.endpoint.startswith("api."):
            with site.undone():  # the address alone is wanted
                prepared = write_of(site, rule, method)
            if isinstance(prepared.json, dict):
                yield rule.endpoint, method, prepared.url


@pytest.mark.parametrize("value", HOSTILE_JSON.values(), ids=list(HOSTILE_JSON))
def test_hostile_json_is_refused_with_its_place(site: Site, value: bytes) -> None:
    prepared = list(routes(site))  # which may write what the requests are about
    before, wrong, asked = site.snapshot(), [], 0
    for endpoint, method, url in prepared:
        visitor = site.visitor(WRITES[endpoint].role if WRITES[endpoint].by else "commune_reporter")
        for body in (b'{"answers": ' + value + b"}", b'{"form": [' + value + b"]}", value):
            asked += 1
            answer = visitor(
                method, url, data=body, content_type="application/json", headers=_head(visitor)
            )
            told = answer.json if answer.content_type == "application/problem+json" else {}
            place = [error.keys() & {"path", "line"} for error in told.get("errors", [])]
            if answer.status_code != 400 or not any(place):
                wrong.append((method, url, body[:60], answer.status_code, told))

    assert asked >= 20
    assert wrong == []
    assert site.snapshot() == before


def _head(visitor: object) -> dict[str, str]:
    token = visitor.token  # type: ignore[attr-defined]
    return {"X-CSRF-Token": token, "Idempotency-Key": "h", "If-Match": '"1"'}


@pytest.mark.parametrize(
    "body", [b"[]", b'"x"', b"1", b"null", b"true", b'{"surprise": 1}', b'{"answers": 5}'], ids=str
)
def test_json_of_another_shape_is_refused_with_its_place(site: Site, body: bytes) -> None:
    for endpoint, method, url in routes(site):
        role = WRITES[endpoint].role if WRITES[endpoint].by else "commune_reporter"
        visitor = site.visitor(role)
        answer = visitor(
            method, url, data=body, content_type="application/json", headers=_head(visitor)
        )
        assert (answer.status_code, answer.content_type) == (400, "application/problem+json"), url
        assert all("path" in error for error in answer.json["errors"]) and answer.json["errors"]


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
     "application/xml", "application/json5"],
)  # fmt: skip
def test_a_body_that_is_not_called_json_is_not_read_as_json(site: Site, kind: str) -> None:
    for endpoint, method, url in routes(site):
        role = WRITES[endpoint].role if WRITES[endpoint].by else "commune_reporter"
        visitor = site.visitor(role)
        answer = visitor(method, url, data=b"{}", content_type=kind, headers=_head(visitor))
        assert answer.status_code == 415, url


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b'{"surprise": 1}', "application/json", 400),
        (b"null", "application/json", 400),
        (b'{"a": NaN', "application/json", 400),
        (b"surprise=1", "application/x-www-form-urlencoded", 415),
        (b"surprise", "text/plain", 415),
    ],
)
def test_a_route_that_takes_no_body_refuses_one(
    site: Site, body: bytes, kind: str, status: int
) -> None:
    bodiless = {
        (one.method, f"/api/v1{one.path}")
        for one in OPERATIONS
        if one.body is None and not one.upload
    }
    before, asked = site.snapshot(), set()
    for rule, method in site.rules(safe=False):
        if (method, str(rule.rule).replace("<", "{").replace(">", "}")) not in bodiless:
            continue
        visitor = site.visitor(WRITES[rule.endpoint].role)
        with site.undone():
            url = write_of(site, rule, method).url
        answer = visitor(method, url, data=body, content_type=kind, headers=_head(visitor))
        asked.add(rule.endpoint)
        assert answer.status_code == status, url

    assert {"api.restore_record", "api.resolve_comment", "api.remove_attachment"} <= asked
    assert site.snapshot() == before


def test_a_body_above_the_limit_is_refused_on_every_route(make_site: MakeSite) -> None:
    site = make_site(server=ServerSettings(max_body_bytes=100_000))
    big = b'{"answers": {"t00": "' + b"x" * 100_000 + b'"}}'
    prepared = list(routes(site))
    before = site.snapshot()
    for endpoint, method, url in prepared:
        role = WRITES[endpoint].role if WRITES[endpoint].by else "commune_reporter"
        visitor = site.visitor(role)
        answer = visitor(
            method, url, data=big, content_type="application/json", headers=_head(visitor)
        )
        assert (answer.status_code, answer.json["code"]) == (413, "body-too-large"), url
    assert site.snapshot() == before


def test_an_unknown_or_repeated_parameter_is_refused_on_every_route(site: Site) -> None:
    visitor, wrong, asked = site.visitor("commune_reporter"), [], 0
    allowed = {(one.method, f"/api/v1{one.path}"): one.query for one in OPERATIONS}
    for safe in (True, False):
        for rule, method in site.rules(safe=safe):
            if not rule.endpoint.startswith("api."):
                continue
            known = allowed[method, str(rule.rule).replace("<", "{").replace(">", "}")]
            url = site.url(rule, "near")
            queries = {"surprise=1": "/surprise", "a~b%2Fc=": "/a~0b~1c"}
            queries |= {f"{name}=1&{name}=2": f"/{name}" for name in known}
            queries |= {f"{name}=%00": f"/{name}" for name in known}
            for query, place in queries.items():
                asked += 1
                answer = visitor(method, f"{url}?{query}", headers=_head(visitor))
                told = answer.json
                if answer.status_code != 400 or told["errors"][0]["path"] != place:
                    wrong.append((method, url, query, answer.status_code))

    assert asked > 100
    assert wrong == []


HOSTILE_TEXTS = (
    "%00", "%0d%0a", "%C3%28", "%ED%A0%80", "%F0%9F%92%A9", "a%CC%A3", "'--", '";DROP', "..%2f..",
    "%252e", "-1", "0", "9" * 40, "1e9", "x" * 3000, "%E2%80%AE", "{{7*7}}", "NaN", "%EF%BC%91",
)  # fmt: skip


@pytest.mark.parametrize("role", ["commune_reporter", "district_approver", "admin"])
def test_no_identity_in_an_address_makes_the_server_fail(site: Site, role: str) -> None:
    visitor, before, failed = site.visitor(role), site.snapshot(), []
    for safe in (True, False):
        for rule, method in site.rules(safe=safe):
            if not rule.arguments or (not safe and role != "commune_reporter"):
                continue
            for text in HOSTILE_TEXTS:
                url = re.sub("<[^>]*>", lambda _found, text=text: text, str(rule.rule))
                answer = visitor(method, url, headers=_head(visitor), data=_token(visitor, safe))
                if answer.status_code >= 500 or (answer.status_code < 300 and not safe):
                    failed.append((method, url[:120], answer.status_code))

    assert failed == []
    assert site.snapshot() == before


def _token(visitor: object, safe: bool) -> dict[str, str] | None:
    token = visitor.token  # type: ignore[attr-defined]
    return None if safe else {"csrf_token": token, "edit": "1"}


def test_a_number_beyond_every_integer_is_just_not_there(site: Site) -> None:
    """Addresses whose other parts are real, so that the number reaches the database."""
    report, visitor = site.communes["near"].report, site.visitor("commune_reporter")
    for number in ("9" * 18, "9" * 19, "9" * 20, "9" * 400, "0", "٣"):
        for url in (
            f"/submissions/{report}/revisions/{number}",
            f"/api/v1/submissions/{report}/revisions/{number}",
            f"/submissions/{report}/history?from={number}&to={number}",
            f"/api/v1/submissions/{report}/diff?from={number}",
        ):
            assert visitor.get(url).status_code in {200, 400, 404}, url


_NAMES = sorted(
    {name for one in OPERATIONS for name in one.query}
    | {"search", "page", "sort", "desc", "id", "role", "active", "q", "offset", "after", "late"}
    | {"state", "by", "dimension", "status", "event", "from", "to", "next", "lang", "show", "item"}
    | {"chosen", "form", "period", "level", "kind", "holds", "year"}
)


@pytest.mark.parametrize("text", HOSTILE_TEXTS, ids=lambda text: text[:12])
def test_no_parameter_makes_a_page_fail(site: Site, text: str) -> None:
    visitors = [site.visitor(role) for role in ("admin", "district_approver")]
    query = "&".join(f"{name}={text}" for name in _NAMES)
    failed = []
    for rule, _method in site.rules(safe=True):
        if rule.endpoint.startswith("api.") or "print" in rule.endpoint:
            continue  # the API refuses unknown names before it looks at values
        visitor = visitors["approvals" in rule.endpoint]
        answer = visitor.get(f"{site.url(rule)}?{query}"[:8000])
        if answer.status_code >= 500:
            failed.append((rule.rule, answer.status_code))

    assert failed == []


@pytest.mark.parametrize("text", HOSTILE_TEXTS, ids=lambda text: text[:12])
def test_no_parameter_makes_the_api_fail(site: Site, text: str) -> None:
    visitor, failed = site.visitor("admin"), []
    for one in OPERATIONS:
        if one.method not in SAFE or "print" in one.path:
            continue
        path = one.path.replace("{submission_id}", site.communes["near"].report)
        path = path.replace("{code}", "households").replace("{number}", "1")
        path = path.replace("{record_id}", MISSING).replace("{job_id}", MISSING)
        real = {"indicator": "0101", "period": "2024", "form": "households", "from": "1"}
        for name in one.query:
            query = {key: value for key, value in real.items() if key in one.query and key != name}
            sent = "&".join([f"{name}={text}", *(f"{key}={value}" for key, value in query.items())])
            status = visitor.get(f"/api/v1{path}?{sent}").status_code
            if status >= 500:
                failed.append((path, sent[:120], status))

    assert failed == []


HOSTILE_FIELDS = ("\x00", "\r\nX: y", "💩", "9" * 40, "x" * 5000, "１２", "-1")


@pytest.mark.parametrize("text", HOSTILE_FIELDS, ids=lambda text: repr(text[:8]))
def test_no_field_of_a_page_makes_the_server_fail(site: Site, text: str) -> None:
    failed = []
    for rule, method in site.rules(safe=False):
        case = WRITES[rule.endpoint]
        if rule.endpoint.startswith("api.") or rule.endpoint == "accounts.sign_out":
            continue
        visitor = site.visitor(case.role)
        with site.undone():
            prepared = write_of(site, rule, method)
            for name in prepared.fields:
                with site.undone():
                    fields = {**prepared.fields, name: text, "csrf_token": visitor.token}
                    answer = visitor(method, prepared.url, data=fields)
                if answer.status_code >= 500:
                    failed.append((rule.rule, name, answer.status_code))

    assert failed == []


def test_too_many_parts_and_too_long_forms_are_refused(site: Site) -> None:
    visitor = site.visitor("commune_reporter")
    many = {f"f{number}": "x" for number in range(1100)}
    for data in (many, {"csrf_token": visitor.token, "form": "x" * 600_000}):
        boundary, body = encode_multipart({**data, "csrf_token": visitor.token})
        kind = f"multipart/form-data; boundary={boundary}"
        answer = visitor("POST", "/submissions/start", data=body, content_type=kind)
        assert answer.status_code == 413


def test_an_address_that_is_too_long_is_refused(site: Site) -> None:
    answer = site.visitor("admin").get("/work?q=" + quote("ă" * 3000))

    assert answer.status_code == 414
