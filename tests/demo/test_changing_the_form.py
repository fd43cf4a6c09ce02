"""The population form changes in the middle of the year, with 207 reports there: an administrator
splits, renames, adds and retires a column without writing JSON, and everything can be taken back.

The whole story goes through the pages of the back office, on a copy of the demonstration.
"""

import hashlib
import html
import json
import re
import secrets
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from server.app import Application, build
from server.core.access import SYSTEM, Role
from server.core.account import Session
from server.core.definition_draft import DefinitionDraft
from server.demo.place import Place
from server.demo.running import DAY
from server.machine import ShiftedClock
from server.services.accounts import NewAccount
from tests.demo.conftest import Played

FORM = "population_ethnic"
ROW = "/$defs/row/properties"
#: The clock of the demonstration stands still here: the story is about figures, not days.
_TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')


@dataclass
class Desk:
    """One administrator's browser without the browser."""

    client: FlaskClient
    csrf: str

    def get(self, path: str) -> str:
        answer = self.client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return html.unescape(answer.text)

    def post(self, path: str, **fields: object) -> str:
        """What the page says that follows."""
        answer = self.client.post(path, data={"csrf_token": self.csrf, **fields})
        assert answer.status_code == 303, (path, answer.status_code, answer.text[-2000:])
        return self.get(answer.location)


@dataclass
class Office:
    """The copied demonstration, with two administrators at their desks."""

    application: Application
    folder: Path
    first: Desk
    second: Desk
    draft: str = ""

    @property
    def kept(self) -> DefinitionDraft:
        found = self.application.services.definition_drafts.store.get(self.draft)
        assert found is not None
        return found

    @property
    def text(self) -> str:
        return self.kept.text

    def act(self, page: str, name: str, *, desk: Desk | None = None, **fields: object) -> str:
        address = f"/admin/definition-{page}/{self.draft}/{name}/"
        return (desk or self.first).post(address, edit=self.kept.edit, **fields)

    def apply(self, op: str, path: str, **fields: object) -> str:
        return self.act("editor", "apply", op=op, part=path, **fields)

    def change(self, path: str, **wanted: str | None) -> None:
        """Fill the form of one part as it stands, but for what is wanted; None empties a field."""
        page = self.first.client.get(
            f"/admin/definition-editor/{self.draft}/", query_string={"at": path}
        ).text
        fields = _fields(page)
        fields |= {name: value or "" for name, value in wanted.items()}
        self.apply("set", path, **{name: value for name, value in fields.items() if value})

    def rows(self) -> list[tuple]:
        """Every report on the form, word for word, but for its counter."""
        return self.application.database.rows(
            "SELECT id, form_version_id, state, answers, statuses, reasons FROM submission"
            " WHERE form = ? ORDER BY id",
            (FORM,),
        )

    def counts(self) -> dict[str, dict[str, int]]:
        """By version, how many reports, typed values, and people."""
        found: dict[str, Counter[str]] = {}
        for _, version, _, answers, *_ in self.rows():
            held = found.setdefault(version, Counter())
            held["reports"] += 1
            for line in json.loads(answers).get("rows", {}).values():
                held["values"] += len(line)
                held["people"] += sum(line.values())
        return {version: dict(counts) for version, counts in sorted(found.items())}


@pytest.fixture
def office(played: Played, tmp_path: Path) -> Iterator[Office]:
    folder = tmp_path / "demo"
    shutil.copytree(played.place.folder, folder)
    place, clock = Place(folder), ShiftedClock()
    settings = place.configure(0, place.sink_port(), DAY)
    clock.shift = played.application.clock.now() - clock.now()
    application = build(settings, clock)
    accounts = application.services.accounts
    top = accounts.actor(accounts.by_username("admin")).grants[0].org_unit
    accounts.create(SYSTEM, NewAccount("admin2", "Người duyệt", None, Role.ADMIN, top))
    web = application.web()
    desks = [_desk(application, web.test_client(), name) for name in ("admin", "admin2")]
    yield Office(application, folder, *desks)
    application.database.close()


def _desk(application: Application, client: FlaskClient, username: str) -> Desk:
    accounts, token = application.services.accounts, secrets.token_urlsafe(32)
    now = application.clock.now()
    hashed = hashlib.sha256(token.encode()).hexdigest()
    account = accounts.by_username(username).id
    accounts.store.open_session(Session(hashed, account, now, now, now + timedelta(hours=9)))
    client.set_cookie("session", token)
    found = _TOKEN.search(client.get("/account").text)
    assert found is not None
    return Desk(client, found[1])


class _Form(HTMLParser):
    """What the browser would send of the form that sets a part."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[dict[str, str]] = []
        self.name = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append({})
        elif tag == "input" and "name" in given:
            if given.get("type") != "checkbox" or "checked" in given:
                self.found[-1][given["name"]] = given.get("value", "")
        elif tag in ("select", "textarea") and "name" in given:
            self.name = given["name"]
        elif tag == "option" and "selected" in given and self.name:
            self.found[-1][self.name] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("select", "textarea"):
            self.name = ""

    def handle_data(self, data: str) -> None:
        if self.name and self.get_starttag_text().startswith("<textarea"):  # type: ignore[union-attr]
            held = self.found[-1]
            held[self.name] = held.get(self.name, "") + data


def _fields(page: str) -> dict[str, str]:
    parser = _Form()
    parser.feed(page)
    (found,) = [form for form in parser.found if form.get("op") == "set"]
    own = ("csrf_token", "edit", "op", "part", "at")
    return {name: value for name, value in found.items() if name not in own}


def edit_the_form(office: Office) -> None:
    """Split "Nông thôn: Nam", rename "Thành thị: Nam", add one column, retire one cell."""
    answer = office.first.client.post(
        "/admin/definition-drafts/revise/",
        data={"csrf_token": office.first.csrf, "kind": "form", "code": FORM},
    )
    office.draft = re.findall(r"definition-editor/([^/]+)/", answer.location)[0]
    for key, title in (
        ("rural_male_settled", "Nam thường trú"),
        ("rural_male_staying", "Nam tạm trú"),
        ("under_one", "Dưới 1 tuổi"),
    ):
        office.apply("add", ROW, what="cell", key=key, title=title, type="integer")
    for key in ("rural_male_settled", "rural_male_staying"):
        office.change(
            f"{ROW}/{key}",
            **{"x-relevant": '!(unit.kind in ["phuong", "thi_tran"])'},
        )
    office.change(
        f"{ROW}/rural_male",
        **{
            "x-calculate": "sum([rural_male_settled, rural_male_staying])",
            "minimum": None,
            "maximum": None,
            "x-required-when": None,
        },
    )
    for above in (ROW, "/properties/total/properties", "/properties/minority/properties"):
        office.apply("rename", f"{above}/urban_male", key="city_male")
    office.apply("remove", "/properties/police_date")


def declare(office: Office) -> str:
    """What becomes of typed values, by the page's own forms; the rename is declared already."""
    office.act(
        "carrying",
        "add",
        step="split",
        shares="90 10",
        **{
            "from": "/rows/*/rural_male",
            "to": ["/rows/*/rural_male_settled", "/rows/*/rural_male_staying"],
        },
    )
    page = office.act("carrying", "examples")
    examples = json.loads(office.text)["x-tests"]
    # Two examples are about what is no more: the date, and the history of the divided column.
    gone = ("có số xác nhận mà thiếu ngày", "một số khác hẳn các năm trước của chính xã")
    for place in reversed(range(len(examples))):
        if examples[place]["name"] in gone:
            office.apply("remove", f"/x-tests/{place}")
    return page


def test_a_form_changes_in_the_middle_of_the_year_and_nothing_is_lost(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    services, before, counted = office.application.services, office.rows(), office.counts()
    edit_the_form(office)
    page = declare(office)
    assert "“Dân tộc: Nông thôn, Nam” tách thành “Dân tộc: Nam thường trú” 90 %" in page
    assert "Không còn lỗi nào" in office.first.get(f"/admin/definition-editor/{office.draft}/text/")

    impact = services.impact.of_text(
        services.accounts.actor(services.accounts.by_username("admin")),
        office.text,
    )
    page = office.first.get(f"/admin/definition-impact/{office.draft}/")
    assert [one.path for one in impact.orphaned] == ["/police_date"]
    assert "Người duyệt phải chọn cách xử lý" in page
    assert (impact.reports, impact.taken) == (207, 19)

    office.act("drafts", "send", notes="Tách nam nông thôn; đổi tên, thêm, bỏ mỗi loại một cột.")
    refused = office.act("drafts", "publish", desk=office.second)
    assert "không còn chỗ" in refused
    done = office.act("drafts", "publish", desk=office.second, **{"decision:/police_date": "drop"})
    assert "Đã ban hành phiên bản mới." in done
    assert (office.folder / "form_definitions" / FORM / "v02.json").is_file()

    after = office.counts()
    drafts = {row[0]: row for row in before if row[2] in ("draft", "returned")}
    moved = {row[0]: json.loads(row[3]) for row in office.rows() if row[1] == f"{FORM}/2"}
    assert moved.keys() == drafts.keys()
    for id_, row in drafts.items():
        was, now = json.loads(row[3]), moved[id_]
        assert "police_date" not in now
        for code, line in was.get("rows", {}).items():
            held = now["rows"][code]
            settled, staying = held.get("rural_male_settled"), held.get("rural_male_staying")
            male = line.get("rural_male")
            assert (settled is None) == (male is None)
            assert male is None or settled + staying == male
            assert held.get("city_male") == line.get("urban_male")
            assert held.get("rural_female") == line.get("rural_female")
    still = {row[0]: row for row in office.rows() if row[1] == f"{FORM}/1"}
    assert still == {row[0]: row for row in before if row[0] not in drafts}

    a_clerk_finds_the_values_moved(office, before)
    what_was_sent_reads_as_it_was(office, before)

    back = office.act("impact", "revert")
    assert "Đã trả 19 báo cáo về phiên bản trước" in back
    assert office.rows() == before
    again = office.act("carrying", "carry", **{"decision:/police_date": "drop"})
    assert "19 báo cáo đang nhập đã chuyển" in again
    assert office.counts() == after
    with capsys.disabled():
        sys.stdout.write(f"\nbefore {counted}\nafter  {after}\n")


def a_clerk_finds_the_values_moved(office: Office, before: list[tuple]) -> None:
    """On the filling page, with a word at the first divided cell."""
    draft = next(row for row in before if row[2] == "draft" and "rural_male" in row[3])
    page = office.first.get(f"/submissions/{draft[0]}")
    assert "Nam thường trú" in page
    services = office.application.services
    actor = services.accounts.actor(services.accounts.by_username("admin"))
    (asked,) = [one for one in services.comments.threads(actor, draft[0]) if one.is_open]
    assert asked.path.endswith("/rural_male_settled")
    assert "Số đã nhập được chia theo tỷ lệ đó" in asked.head.text


def what_was_sent_reads_as_it_was(office: Office, before: list[tuple]) -> None:
    """Also of a report that was returned and went along as a draft."""
    for state in ("approved", "returned"):
        row = next(one for one in before if one[2] == state)
        page = office.first.get(f"/submissions/{row[0]}/revisions/1")
        assert "Nam thường trú" not in page
        assert "công an xã xác nhận" in page
