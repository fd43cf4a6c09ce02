"""What people write stays text: in pages, in files for spreadsheets, in mails."""

import csv
import io
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import quote

import pytest
from aiosmtpd.controller import Controller

from server.core.access import SYSTEM, Role
from server.core.org_unit import Level, OrgUnit, Village
from server.core.submission import Edit
from server.services.accounts import NewAccount
from server.settings import PluginSettings
from tests.security.conftest import MakeSite
from tests.security.payloads import FORMULAS, HEADERS, SSTI, XSS
from tests.security.site import ANONYMOUS, Page, Site
from tests.security.test_headers_everywhere import Inline, without_sheet
from tests.world import PERIOD

ATTACKS = (*XSS, *SSTI)
_READERS = ("neighbour_reporter", "commune_reporter", "district_approver", "admin")
_SLOW = ("/print",)


class Parsed(Inline):
    """All text of a page, as a reader sees it, and marks that became code."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.broken_in: list[str] = []

    @property
    def code(self) -> list[str]:
        """Whatever runs, or might."""
        return self.found + self.broken_in

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        super().handle_starttag(tag, attrs)
        if "zq" in tag or any(name.startswith("zq") or "/zq" in name for name, _value in attrs):
            self.broken_in.append(self.get_starttag_text() or tag)
        self.texts += [value for _name, value in attrs if value]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def parsed(text: str) -> Parsed:
    parser = Parsed()
    parser.feed(without_sheet(text))
    parser.close()
    return parser


@pytest.fixture(scope="module")
def attacked(
    opened_site: Site, template: object, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """A site in which everybody has written nothing but attacks."""
    from tests.security import conftest  # noqa: PLC0415 - the builder behind the fixtures

    folder = tmp_path_factory.mktemp("attacked")
    site = conftest.site_in(template, folder, conftest.SETTINGS)  # type: ignore[arg-type]
    _attack(site)
    yield site
    site.world.application.database.close()


def _attack(site: Site) -> None:
    services, world = site.world.services, site.world
    texts = {f"t{number:02}": text for number, text in enumerate(ATTACKS)}
    for number, text in enumerate(ATTACKS):
        new = NewAccount(f"attack.{number}", text, f"a{number}@example.vn", Role.READER, "u-far")
        account = services.accounts.create(SYSTEM, new)
        services.accounts.create_token(SYSTEM, account.id, text)
    units = [
        OrgUnit(f"x{n}", f"9{n:04}", text, Level.COMMUNE, "xa", "u-district", None, None)
        for n, text in enumerate(ATTACKS)
    ]
    services.reference.add_units(units, SYSTEM)
    for number, text in enumerate(ATTACKS):
        village = Village(
            f"y{number}", "u-far", number + 9, text, "thon", True, "built", None, None
        )
        services.reference.add_villages([village], SYSTEM)
        services.reference.put_holiday(
            date(2026, 1, 1) + timedelta(days=number), text, "off", SYSTEM
        )
    clerk = services.accounts.by_username("near_clerk")
    services.accounts.save(SYSTEM, replace(clerk, name=" ".join(XSS[:3])))
    for name, username in (("near", "near_clerk"), ("beside", "beside_clerk")):
        draft = site.communes[name].draft
        services.submissions.save_answers(
            world.actor(username),
            draft,
            seen=Edit(site.edit_of(draft)),
            answers={"sheets": 1, **texts},
            statuses={},
        )
    near = site.communes["near"].draft
    _decide(site, "near_clerk", near, "submit")
    _decide(site, "commune_signer", near, "sign")
    note = {"note": "\n".join(XSS)[:1900]}
    _decide(site, "district_approver", site.communes["near"].report, "return", note)


def _decide(
    site: Site,
    username: str,
    submission: str,
    event: str,
    supplied: dict[str, object] | None = None,
) -> None:
    site.world.services.approvals.decide(
        site.world.actor(username),
        submission,
        event,
        seen=Edit(site.edit_of(submission)),
        supplied=supplied or {},
    )


@pytest.fixture
def attacked_site(attacked: Site) -> Site:
    attacked.world.application.database.bind()
    return attacked


def pages_of(site: Site, role: str) -> list[Page]:
    """The crawl without the prints, which are no pages."""
    if role not in site.crawls:
        kept = [url for url in site.addresses() if not url.endswith(_SLOW)]
        site.crawls[role] = list(site.visited(site.visitor(role), kept, skip=_SLOW))
    return [page for page in site.crawls[role] if page.is_html]


@pytest.mark.parametrize("role", _READERS)
def test_no_text_becomes_code_in_any_page(attacked_site: Site, role: str) -> None:
    pages = pages_of(attacked_site, role)
    broken = [(page.url, found) for page in pages if (found := parsed(page.text).code)]

    assert len(pages) > 50
    assert broken == []


@pytest.mark.parametrize("role", ["neighbour_reporter", "district_approver", "admin"])
def test_every_attack_is_shown_as_the_text_it_is(attacked_site: Site, role: str) -> None:
    shown = "\n".join(
        text
        for page in pages_of(attacked_site, role)
        if any(text in page.text for text in (" n00", " n63", " n121"))
        for text in parsed(page.text).texts
    )

    assert [text for text in ATTACKS if text not in shown and _as_json(text) not in shown] == []


def _as_json(text: str) -> str:
    """*text* as it stands in the data of a page for its script."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return escaped.replace("<", "\\u003c")


#: Three at a time: a page takes some hundredths of a second.
THREES = tuple(" ".join(XSS[first : first + 3]) for first in range(0, len(XSS), 3))
ECHOES = (
    "/sign-in?next={}", "/admin/accounts/?search={}", "/admin/org-units/?search={}",
    "/admin/holidays/?search={}", "/admin/audit/?search={}", "/admin/mails/?search={}",
    "/progress?form={}&state={}", "/progress/board?form={}&state={}",
    "/progress/rates?round={}&by={}", "/calendar?month={}&x={}",
    "/figures?indicator={}&by={}", "/exports?form={}&period={}",
    "/exports?after={}", "/admin/approvals/?form={}", "/nowhere/{}", "/submissions/{}", "/?lang={}",
)  # fmt: skip


@pytest.mark.parametrize("address", ECHOES)
def test_what_stands_in_an_address_stays_text(site: Site, address: str) -> None:
    open_to_all = address.startswith(("/sign-in", "/nowhere"))
    desk = "district_approver" if "approvals" in address else "admin"
    visitor = site.visitor(ANONYMOUS if open_to_all else desk)
    for text in THREES:
        answer = visitor.get(address.replace("{}", quote(text, safe="")))
        assert answer.status_code in {200, 303, 404}
        assert parsed(answer.text).code == [], text


def test_what_is_typed_and_refused_stays_text(site: Site) -> None:
    visitor, admin = site.new_visitor(ANONYMOUS), site.visitor("admin")
    with site.undone():
        for text in THREES:
            answers = [
                visitor.post("/first-sign-in", {"username": text, "code": text, "password": "x"}),
                admin.post("/admin/accounts/new/", {"name": text, "username": text, "role": "x"}),
                admin.post("/admin/accounts/import/", {"text": f"username,name\n{text},{text}"}),
            ]
            for answer in answers:
                assert answer.status_code == 422
                assert parsed(answer.text).code == [], text


def test_answers_of_the_api_are_never_read_as_pages(attacked_site: Site) -> None:
    draft = attacked_site.communes["near"].draft
    for tail in ("", "/history", "/revisions/1"):
        answer = attacked_site.visitor("district_approver").get(
            f"/api/v1/submissions/{draft}{tail}", headers={"Accept": "text/html"}
        )
        assert answer.content_type == "application/json"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_no_cell_of_an_export_is_a_formula(make_site: MakeSite) -> None:
    site = make_site()
    services, actor = site.world.services, site.world.actor("far_clerk")
    draft, unit = site.communes["far"].draft, services.reference.unit("u-far")
    services.reference.save_unit(replace(unit, name="=1+1|Chợ Rã"), SYSTEM)
    cells = {f"t{number:02}": text for number, text in enumerate(FORMULAS)}
    services.submissions.save_answers(
        actor,
        draft,
        seen=Edit(site.edit_of(draft)),
        answers={"sheets": 7, **cells},
        statuses={},
    )
    asked = site.visitor("far_clerk").api(
        "POST", "/exports/csv", {"form": "free_texts", "period": PERIOD}
    )
    assert services.jobs.run_one()
    answer = site.visitor("far_clerk").get(f"{asked.headers['Location']}/result")

    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    found = {row[5]: row[8] for row in rows[1:]}
    assert [found[f"/t{number:02}"] for number in range(len(FORMULAS))] == [
        f"'{text}" for text in FORMULAS
    ]
    assert found["/sheets"] == "7" and b',"/sheets","","' in answer.data
    assert b",7," in answer.data
    starts = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
    assert not [cell for row in rows for cell in row if cell.startswith(starts)]


class Sink:
    """A mail server that keeps what it takes."""

    def __init__(self) -> None:
        self.taken: list[tuple[list[str], bytes]] = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.taken.append((envelope.rcpt_tos, envelope.content))
        return "250 2.0.0 Ok"


@pytest.fixture
def sink() -> Iterator[tuple[Sink, int]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    kept = Sink()
    controller = Controller(kept, hostname="127.0.0.1", port=port)
    controller.start()
    yield kept, port
    controller.stop()


def test_no_line_break_of_a_text_begins_a_mail_header(
    make_site: MakeSite, sink: tuple[Sink, int]
) -> None:
    kept, port = sink
    options = {"host": "127.0.0.1", "port": port, "from": "hop@example.vn", "security": "none"}
    plugins = PluginSettings(
        enabled=("csv_export", "pdf_print", "email_channel"), options={"email_channel": options}
    )
    site = make_site(plugins=plugins)
    services, report = site.world.services, site.communes["near"].report
    services.mail.flush()
    kept.taken.clear()
    approver = services.accounts.by_username("district_approver")
    clerk = services.accounts.by_username("near_clerk")
    unit = services.reference.unit("u-commune")
    visitor = site.visitor("district_approver")
    for text in HEADERS:
        with site.undone():
            services.accounts.save(SYSTEM, replace(approver, name=text))
            services.accounts.save(SYSTEM, replace(clerk, name=text))
            email = f"xa@example.vn{text}"
            services.reference.save_unit(replace(unit, name=text, email=email), SYSTEM)
            sent = visitor.api(
                "POST",
                f"/submissions/{report}/transitions",
                {"event": "return", "input": {"note": f"Sửa lại cột 2{text}"}},
                If_Match=f'"{site.edit_of(report)}"',
            )
            assert sent.status_code in {200, 422}, sent.text
            services.dispatch.run()
            services.mail.flush()

    # Each notice arrives: line breaks of typed texts have become spaces.
    assert len(kept.taken) == len(HEADERS)
    for recipients, content in kept.taken:
        message = message_from_bytes(content, policy=policy.default)
        assert recipients == ["qxnearxq.mail@example.vn"]
        assert sorted(message.keys()) == sorted(_MAIL_HEADERS)
        assert str(message["Subject"]).startswith("[Trả lại để sửa] Biểu Hộ và nhân khẩu")
        assert message.get_content_type() == "text/plain"


_MAIL_HEADERS = [
    "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Type",
    "Content-Transfer-Encoding", "MIME-Version", "Content-Language",
]  # fmt: skip


@pytest.mark.parametrize("text", HEADERS, ids=repr)
def test_a_page_takes_no_name_with_a_line_break(site: Site, text: str) -> None:
    fields = {"username": "moi", "name": f"A{text}", "role": "reader", "org_unit": "u-far"}
    admin = site.visitor("admin")  # signed in before, or the undoing would sign out
    with site.undone():
        before = site.snapshot()
        answer = admin.post("/admin/accounts/new/", fields)
        assert (answer.status_code, site.snapshot() == before) == (422, True)


#: Data in script elements, where only ``<`` could end it; it is written as \\u003c there.
_DATA_OF_THE_SCRIPTS = [
    (name, "|safe") for name in ("_fill.html", "definition_offers.html", "definition_text.html")
]


def test_no_template_is_made_of_what_people_write() -> None:
    """Templates come from files alone: no string of a definition or of a person becomes one."""
    root = Path(__file__).parents[2]
    sources = [*root.glob("server/**/*.py"), *root.glob("plugins/**/*.py")]
    suspects = ("render_template_string", "from_string(", "|safe", "Template(", "autoescape=False")

    assert len(sources) > 100
    found = [
        (path.name, suspect)
        for path in sources
        for suspect in suspects
        if suspect in path.read_text("utf-8")
    ]
    templates = root.glob("server/web/templates/**/*.html")
    found += [
        (path.name, suspect)
        for path in templates
        for suspect in ("|safe", "| safe", "autoescape false", "|tojson|safe")
        if suspect in path.read_text("utf-8")
    ]
    assert sorted(found) == _DATA_OF_THE_SCRIPTS
