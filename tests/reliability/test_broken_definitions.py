"""Two servers on one database while somebody tries to publish 200 broken definitions.

Each is refused with line, path and a reason in Vietnamese; until a good one comes, both serve the
old version, and from then on both the new one.
"""

import hashlib
import http.client
import json
import re
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest

from server.app import Application
from server.core.access import SYSTEM
from server.core.account import Session
from server.errors import DefinitionInvalid
from tests.reliability.broken import COUNT, broken_texts
from tests.reliability.killer import Server
from tests.reliability.province import FORM, actor_of, application_on, make_province
from tests.world import GOOD, household_form

#: Vietnamese letters with marks: a reason without any of them was not translated.
_VIETNAMESE = re.compile("[ăâđêôơưàáảãạèéẻẽẹìíỉĩịòóỏõọùúủũụỳýỷỹỵấầẩẫậắằẳẵặếềểễệốồổỗộớờởỡợứừửữự]")
_NOT_TRANSLATED = "Chỗ này chưa đúng ("


@dataclass
class Asking:
    """Somebody who asks one node for the form again and again; what came that should not."""

    port: int
    token: str
    versions: list[int] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def run(self, over: threading.Event) -> None:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as line:
            while not over.is_set():
                line.request("GET", f"/api/v1/forms/{FORM}", headers=headers)
                answer = line.getresponse()
                body = answer.read()
                if answer.status != 200:
                    self.failed.append(f"{answer.status} {body[:200]!r}")
                    continue
                self.versions.append(json.loads(body)["x-form"]["version"])
                body_out = json.dumps({"answers": GOOD})
                line.request("POST", f"/api/v1/forms/{FORM}/validate", body_out, headers)
                answer = line.getresponse()
                verdict = json.loads(answer.read())
                if answer.status != 200 or verdict["findings"]:
                    self.failed.append(f"{answer.status} {verdict}")
                time.sleep(0.01)


@contextmanager
def asked(nodes: list[Server], token: str) -> Iterator[list[Asking]]:
    """Both nodes are asked all the time."""
    over = threading.Event()
    asking = [Asking(node.port, token) for node in nodes]
    threads = [threading.Thread(target=one.run, args=(over,)) for one in asking]
    for thread in threads:
        thread.start()
    try:
        yield asking
    finally:
        over.set()
        for thread in threads:
            thread.join(30)


@pytest.fixture
def application(durable_url: str, tmp_path: Path) -> Iterator[Application]:
    application = application_on(durable_url, tmp_path)
    yield application
    application.database.close()


@pytest.fixture
def nodes(application: Application, durable_url: str, tmp_path: Path) -> Iterator[list[Server]]:
    """Two servers; *application* fills the database before they start."""
    make_province(application, crews=1, communes=2)
    found = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        found.append(Server(durable_url, folder))
    try:
        for node in found:
            node.start()
        yield found
    finally:
        for node in found:
            node.kill()


@dataclass(frozen=True)
class Editor:
    """The editor's page on one node, as an administrator's browser asks it."""

    port: int
    cookie: str
    csrf: str
    draft: str

    def refusals(self, text: str) -> list[dict[str, object]]:
        body = urlencode({"text": text})
        path = f"/admin/definition-editor/{self.draft}/check/"
        kind = "application/x-www-form-urlencoded"
        status, answer = ask(self.port, self.cookie, "POST", path, body, self.csrf, kind)
        assert status == 200, answer
        found: list[dict[str, object]] = json.loads(answer)["refusals"]
        return found


def ask(
    port: int, cookie: str, method: str, path: str, body: str = "", csrf: str = "", kind: str = ""
) -> tuple[int, str]:
    headers = {"Cookie": f"session={cookie}", "X-CSRF-Token": csrf, "Content-Type": kind}
    sent = {name: value for name, value in headers.items() if value}
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as line:
        line.request(method, path, body.encode() or None, sent)
        answer = line.getresponse()
        return answer.status, answer.read().decode()


def editor_on(application: Application, node: Server) -> Editor:
    services, token = application.services, secrets.token_urlsafe(32)
    admin = actor_of(application, "admin")
    now = services.clock.now()
    hashed = hashlib.sha256(token.encode()).hexdigest()
    with application.database.transaction():
        session = Session(hashed, admin.account, now, now, now + timedelta(hours=9))
        services.accounts.store.open_session(session)
    draft = services.definition_drafts.revise(admin, "form", FORM)
    _, page = ask(node.port, token, "GET", f"/admin/definition-editor/{draft.id}/text/")
    csrf = re.search(r'name="csrf-token" content="([^"]+)"', page)
    assert csrf is not None, page[:500]
    return Editor(node.port, token, csrf[1], draft.id)


@pytest.mark.long
def test_broken_definitions_are_refused_in_words_while_every_node_serves_the_old_version(
    application: Application, nodes: list[Server]
) -> None:
    catalogue, admin = application.services.catalogue, actor_of(application, "admin")
    token = application.services.accounts.create_token(SYSTEM, admin.account, "tests")
    editor = editor_on(application, nodes[0])
    newer = {**household_form(), "title": "Hộ và nhân khẩu, mẫu mới"}
    newer["x-form"] = {**household_form()["x-form"], "version": 2}  # type: ignore[dict-item]
    texts, accepted, unreadable, slowest = broken_texts(newer), [], [], 0.0

    with asked(nodes, token) as asking:
        for what, text in texts:
            with pytest.raises(DefinitionInvalid):
                catalogue.publish(text, "form", admin)
            began = time.monotonic()
            refusals = editor.refusals(text)
            slowest = max(slowest, time.monotonic() - began)
            if not refusals:
                accepted.append(what)
            unreadable += [one for one in refusals if not readable(one, text)]
        before = [(list(one.versions), list(one.failed)) for one in asking]

        catalogue.publish(json.dumps(newer, ensure_ascii=False), "form", admin)
        published = time.monotonic()
        versions = [version_on(node, token) for node in nodes]
        took = time.monotonic() - published

    assert len(texts) == COUNT
    assert accepted == []
    assert unreadable == []
    assert slowest < 5
    for served, failed in before:
        assert len(served) > COUNT // 4
        assert set(served) == {1}
        assert failed == []
    assert versions == [2, 2]
    assert took < 5
    assert all(one.versions == sorted(one.versions) and not one.failed for one in asking)


def readable(refusal: dict[str, object], text: str) -> bool:
    """With a line of the text, a path, and a reason in Vietnamese."""
    line, path, said = refusal["line"], str(refusal["path"]), str(refusal["text"])
    assert isinstance(line, int)
    return (
        1 <= line <= len(re.split("\r\n|\r|\n", text))
        and (path == "" or path.startswith("/"))
        and _VIETNAMESE.search(said.lower()) is not None
        and not said.startswith(_NOT_TRANSLATED)
    )


def version_on(node: Server, token: str) -> int:
    with closing(http.client.HTTPConnection("127.0.0.1", node.port, timeout=30)) as line:
        line.request("GET", f"/api/v1/forms/{FORM}", headers={"Authorization": f"Bearer {token}"})
        version: int = json.loads(line.getresponse().read())["x-form"]["version"]
        return version
