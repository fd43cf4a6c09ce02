"""The whole application on a copy of the two districts, and how the tests go about in it.

Everything is generated from ``app.url_map``: a route that is added tomorrow is asked as well.
"""

import hashlib
import re
import secrets
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from html import unescape
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from server.core.account import Session
from server.storage.models import MODELS
from server.web import admin
from server.web.policy import Policy, policy_of
from tests.once import made_once
from tests.security.two_districts import MISSING, Commune
from tests.world import FRIDAY, World

ANONYMOUS = "anonymous"
ROLES = (
    ANONYMOUS,
    "commune_reporter",
    "neighbour_reporter",
    "commune_signer",
    "district_approver",
    "province_reader",
    "admin",
)
SAFE = ("GET", "HEAD", "OPTIONS")
#: Change with every sign-in and every request; the log of access, not the data.
_LOGS = frozenset({"session", "sign_in_failure"})
_TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')
#: So many addresses that differ in nothing but ids and values are visited.
_LIKE = 3
_ID = re.compile(r"[0-9a-f]{20,}|\d+")

Snapshot = dict[str, list[tuple[object, ...]]]


class _Undo(BaseException):
    """Leaves a transaction without writing."""


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of a crawl; *body* is the whole of it."""

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def is_html(self) -> bool:
        return dict(self.headers).get("Content-Type", "").startswith("text/html")


@dataclass
class Visitor:
    """Somebody at a browser, with the token that their pages carry."""

    client: FlaskClient
    token: str = ""

    def __call__(self, method: str, url: str, **more: object) -> TestResponse:
        with self.client.open(url, method=method, **more) as answer:  # type: ignore[arg-type]
            answer.get_data()
            return answer

    def get(self, url: str, **more: object) -> TestResponse:
        return self("GET", url, **more)

    def post(self, url: str, fields: dict[str, object] | None = None) -> TestResponse:
        return self("POST", url, data={"csrf_token": self.token} | (fields or {}))

    def api(self, method: str, url: str, json: object = None, **headers: str) -> TestResponse:
        sent = {"X-CSRF-Token": self.token, "Idempotency-Key": "k", "If-Match": "1", **headers}
        sent = {name.replace("_", "-"): value for name, value in sent.items()}
        return self(method, f"/api/v1{url}", json=json, headers=sent)


@dataclass
class Site:
    """The application, its people and its communes."""

    world: World
    communes: dict[str, Commune]
    app: Flask
    visitors: dict[str, Visitor] = field(default_factory=dict)
    crawls: dict[str, list[Page]] = field(default_factory=dict)
    #: Tables and files that a crawl has changed; there must be none.
    changes: dict[str, list[str]] = field(default_factory=dict)
    #: Where the test workers share their crawls, when they have the same things under the same ids.
    shared: Path | None = None

    # Who comes

    def visitor(self, username: str) -> Visitor:
        """A browser in which *username* is signed in; one for each of them."""
        if username not in self.visitors:
            self.visitors[username] = self.new_visitor(username)
        return self.visitors[username]

    def new_visitor(self, username: str) -> Visitor:
        client = self.app.test_client()
        if username != ANONYMOUS:
            client.set_cookie("session", self._session(username))
        page = client.get("/sign-in" if username == ANONYMOUS else "/account")
        found = _TOKEN.search(page.text)
        assert found is not None, page.text
        return Visitor(client, found[1])

    def _session(self, username: str) -> str:
        token = secrets.token_urlsafe(32)
        now = FRIDAY.now()
        hashed = hashlib.sha256(token.encode()).hexdigest()
        session = Session(hashed, self.world.accounts[username], now, now, now + timedelta(hours=9))
        self.world.services.accounts.store.open_session(session)
        return token

    # What stands in the database

    def snapshot(self) -> Snapshot:
        """Every row of every table but the logs of access."""
        database = self.world.application.database
        tables = [model._meta.table_name for model in MODELS]
        return {
            table: database.rows(f'SELECT * FROM "{table}"')
            for table in tables
            if table not in _LOGS
        }

    def files(self) -> set[str]:
        """Results and prints; the database's own files aside."""
        folder = Path(self.world.application.settings.files.var)
        found = (str(path) for path in folder.rglob("*") if path.is_file())
        return {path for path in found if "world.db" not in path}

    @contextmanager
    def undone(self) -> Iterator[None]:
        """What happens inside is taken back."""
        with suppress(_Undo), self.world.application.database.transaction():
            yield
            raise _Undo

    # Where one can go

    def rules(self, *, safe: bool) -> list[tuple[Rule, str]]:
        """Every rule with each of its methods, HEAD and OPTIONS aside."""
        found = []
        for rule in sorted(self.app.url_map.iter_rules(), key=lambda one: (one.rule, one.endpoint)):
            for method in sorted(set(rule.methods or ()) - {"HEAD", "OPTIONS"}):
                if (method in SAFE) is safe:
                    found.append((rule, method))
        return found

    def policy(self, endpoint: str) -> Policy:
        found = policy_of(self.app.view_functions[endpoint], endpoint)
        assert found is not None
        return found

    def url(self, rule: Rule, of: str = "near") -> str:
        """An address of *rule* on the things of a commune, or on what is ``missing``."""
        chosen = {name: self._argument(rule, name, of) for name in rule.arguments}
        built = rule.build(chosen, append_unknown=False)
        assert built is not None, rule
        return str(built[1])

    def _argument(self, rule: Rule, name: str, of: str) -> object:
        commune = self.communes.get(of)
        survey = "record" in rule.endpoint
        things = {
            "submission_id": MISSING if commune is None else commune.report,
            "comment_id": MISSING if commune is None else commune.comment,
            "attachment_id": MISSING if commune is None else commune.file,
            "record_id": MISSING if commune is None else commune.record,
            "account_id": self.world.accounts["far_clerk"] if commune else MISSING,
            "job_id": MISSING if commune is None else commune.job,
            "obligation_id": MISSING,  # of what is late: nothing is, in this world
            "round_id": "round-2024",
            "unit_id": MISSING if commune is None else commune.unit,
            "delegation_id": "1",
            "notice_id": "1",
            "part_key": "unit.main",
            "request_id": MISSING,  # for more time; as below
            "group_id": MISSING,  # ``writes`` makes one where it needs one
            # Of a definition: the one that is being written; ``writes`` makes what it needs.
            "draft_id": MISSING if commune is None else self._definition_draft(),
            "kind": "form",
            "number": 1,
            "version": 1,  # of a file that differs: none does, in this world
            "format": "csv",
            "event": "submit",
            "name": "1.eml",
            "file": "filling.js",
            "filename": "css/app.css",
            "token": "x" * 43,
            "code": _CODES.get(rule.endpoint, "households"),
        }
        if survey and commune is not None:
            things["submission_id"] = commune.survey
        return things[name]

    def _definition_draft(self) -> str:
        row = self.world.application.database.row(
            "SELECT id FROM definition_draft WHERE code = 'spare'"
        )
        return MISSING if row is None else str(row[0])

    def addresses(self) -> list[str]:
        """Addresses for every rule that can be read, on everybody's things."""
        found: dict[str, None] = {}
        for rule, _method in self.rules(safe=True):
            for of in _PRINTED.get(rule.endpoint, (*self.communes, "missing")):
                url = self.url(rule, of)
                for query in ("", *_QUERIES.get(rule.endpoint, ())):
                    found[f"{url}?{query}" if query else url] = None
        for commune in self.communes.values():
            for tail in ("", "/history", "/review?event=submit"):
                found[f"/submissions/{commune.survey}{tail}"] = None
                found[f"/submissions/{commune.draft}{tail}"] = None
        return list(found)

    def edit_of(self, submission_id: str) -> int:
        row = self.world.application.database.row(
            "SELECT edit FROM submission WHERE id = ?", (submission_id,)
        )
        return 0 if row is None else int(str(row[0]))

    def crawl(self, role: str) -> list[Page]:
        """All addresses and all links from them, as *role* sees them; asked once."""
        if role not in self.crawls:
            if self.shared is None:
                crawl = self._crawl(role)
            else:
                crawl = made_once(self.shared / f"{role}.pickle", lambda: self._crawl(role))
            self.crawls[role], self.changes[role] = crawl
        return self.crawls[role]

    def _crawl(self, role: str) -> tuple[list[Page], list[str]]:
        visitor = self.visitor(role)
        before, files = self.snapshot(), self.files()
        pages = list(self.visited(visitor, self.addresses()))
        after = self.snapshot()
        changed = [table for table, rows in after.items() if rows != before[table]]
        return pages, [*changed, *sorted(self.files() - files)]

    def visited(
        self, visitor: Visitor, addresses: list[str], skip: tuple[str, ...] = ()
    ) -> Iterator[Page]:
        """These addresses and what they link to; links that end like *skip* are left out."""
        waiting = list(addresses)
        seen = set(waiting)
        shapes = Counter(map(_shape, waiting))
        while waiting:
            url = waiting.pop(0)
            answer = visitor.get(url)
            page = Page(url, answer.status_code, tuple(answer.headers.items()), answer.data)
            yield page
            for link in links(page) if page.is_html else ():
                shape = _shape(link)
                known = link in seen or (skip and link.endswith(skip))
                if not known and shapes[shape] < _LIKE:
                    seen.add(link)
                    shapes[shape] += 1
                    waiting.append(link)


#: A print takes a second: one of each route has to do.
_PRINTED = {
    "api.print_submission": ("near", "missing"),
    "submission_history.print_": ("far", "missing"),
    "blank_prints.of_submission": ("near", "missing"),
    "blank_prints.of_form": ("near",),
    "definition_trials.print_": ("near",),
    "urging_log.paper": ("near", "far"),
}
_CODES = {
    "api.get_codelist": "sex",
    "api.get_workflow": "commune_district_province",
    "codelist_editor.edit": "sex",
    "codelist_editor.sheet": "sex",
    "codelist_editor.publish": "sex",
}
_SCOPED = tuple(f"org_unit={unit}" for unit in ("u-commune", "u-far", "u-province"))
_EVENTS = tuple(f"event={event}" for event in ("submit", "sign", "approve", "return", "recall"))
_QUERIES: dict[str, tuple[str, ...]] = {
    "cells.page": ("path=/note", "path=/people/male"),
    "my_figures.index": ("unit=u-commune&what=form:households", "unit=u-far"),
    "my_figures.export": ("unit=u-commune&what=form:households", "unit=u-far"),
    "api.list_submissions": (*_SCOPED, "form=households&period=2024", "limit=1"),
    "api.list_obligations": (*_SCOPED, "form=households&period=2024", "limit=1"),
    "api.list_observations": tuple(
        f"indicator=0101&period=2024&status=provisional{more}"
        for more in ("", "&org_unit=u-far", "&org_unit=u-commune", "&group_by=commune")
    ),
    "api.indicator_series": (
        "indicator=0101&status=provisional",
        "indicator=0101&org_unit=u-far&status=provisional",
    ),
    "series.page": ("indicator=0101&status=provisional", "indicator=0101&org_unit=u-far"),
    "series.file": ("indicator=0101&status=provisional", "indicator=0101&org_unit=u-far"),
    "api.list_rates": ("form=households&period=2024", "period=2024&group_by=commune"),
    "api.list_differences": ("from=1&to=2", "from=1"),
    "reports.progress": ("form=households&period=2024", "form=household_survey&late=1"),
    "urging_log.index": ("unit=u-commune&form=households", "unit=u-far"),
    "urging_log.evidence": ("unit=u-commune", "unit=u-far"),
    "board.index": ("form=households", "period=2024&unit=u-district", "unit=u-far&state=late"),
    "board.rates": ("period=2024&by=unit", "period=2024&by=district&level=commune"),
    "board.export": ("period=2024",),
    "board.export_rates": ("period=2024&by=unit",),
    "due_calendar.index": ("month=2025-01", "month=2024-13"),
    "reports.figures": (
        "indicator=0101&period=2024&by=commune&status=provisional",
        "indicator=0101&period=2024&by=district&dimension=sex&status=provisional",
    ),
    "submission_history.history": ("from=1&to=2", "from=1"),
    "submission_events.review": _EVENTS,
    "approvals.review": ("show=changes",),
    "approvals.next_item": ("after=x",),
    "mails.index": ("q=qx",),
    "accounts_admin.index_view": ("search=qx", "role=reporter"),
    "sent_mails.index_view": ("search=qx",),
    "audit.index_view": ("search=qx",),
}


def _shape(url: str) -> str:
    """*url* without its ids and values: pages of one shape are made by the same code."""
    parts = urlsplit(url)
    names = sorted(name for name, _value in parse_qsl(parts.query, keep_blank_values=True))
    return f"{_ID.sub('*', parts.path)}?{','.join(names)}"


#: An opening tag of a link, and the address in it: our templates put it in double quotes.
_LINK = re.compile(r"""<a(?=\s)(?:[^>"]|"[^"]*")*?\shref="([^"]*)\"""", re.IGNORECASE)


def links(page: Page) -> list[str]:
    """The local pages that *page* leads to."""
    base = urlsplit(page.url).path
    found = []
    for link in map(unescape, _LINK.findall(page.text)):
        parts = urlsplit(link)
        if parts.scheme or parts.netloc or parts.path.startswith("/static/"):
            continue
        if link.startswith("?"):
            found.append(f"{base}{link}")
        elif link.startswith("/"):
            found.append(parts._replace(fragment="").geturl())
    return found


def with_back_office(app: Flask) -> Flask:
    """*app* with its back office, whoever puts it there."""
    if "admin" not in app.blueprints:
        admin.install(app)
    return app
