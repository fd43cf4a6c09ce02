"""Vietnamese first; the English catalogue is complete for what it covers."""

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po
from flask.testing import FlaskClient

from server.core.access import Actor, Grant, Role
from server.web import navigation
from server.web.language import read_catalogue
from server.web.problem_catalogue import CATALOGUE
from tests.web.conftest import Browser

WEB = Path(navigation.__file__).parent
OWN_MODULES = ("accounts.py", "formats.py", "problems.py")
OWN_TEMPLATES = ("base.html", "problem.html", "accounts/*.html", "macros/*.html")


def used_messages() -> set[str]:
    found = {text for entry in CATALOGUE.values() for text in (entry.title, entry.detail)}
    found |= {entry.title for entry in (*navigation.WORK, *navigation.OFFICE)}
    for name in OWN_MODULES:
        found |= {
            str(message[1])
            for message in extract_from_file("python", str(WEB / name), keywords={"_": None})
        }
    for pattern in OWN_TEMPLATES:
        for path in (WEB / "templates").glob(pattern):
            found |= {
                str(message[1])
                for message in extract_from_file(
                    "jinja2.ext:babel_extract", str(path), keywords={"_": None}
                )
            }
    return found


def test_every_text_of_the_frame_has_english() -> None:
    english = read_catalogue("en")

    assert [text for text in sorted(used_messages()) if english.gettext(text) == text] == []


@pytest.mark.parametrize(
    "path", sorted((WEB / "translations").glob("*/LC_MESSAGES/*.po")), ids=lambda path: path.name
)
def test_a_translation_keeps_the_placeholders(path: Path) -> None:
    placeholder = re.compile(r"%\(\w+\)\w")

    with path.open("rb") as source:
        for message in read_po(source):
            texts = message.string if isinstance(message.string, tuple) else (message.string,)
            asked = message.id[0] if isinstance(message.id, tuple) else message.id
            for text in filter(None, texts):
                if message.id:
                    assert set(placeholder.findall(text)) == set(placeholder.findall(asked))


def test_browsers_that_prefer_english_still_get_vietnamese(client: FlaskClient) -> None:
    page = client.get("/sign-in", headers={"Accept-Language": "en-US,en;q=0.9"}).text

    assert '<html lang="vi"' in page and "Đăng nhập" in page


def test_the_language_of_a_link_is_kept(client: FlaskClient) -> None:
    client.get("/sign-in?lang=en")

    page = client.get("/sign-in").text
    assert '<html lang="en"' in page
    assert "Sign in" in page and "Đăng nhập" not in page


def test_the_menu_shows_what_one_may_open_and_what_exists(visitor: Browser) -> None:
    app = visitor.client.application
    app.add_url_rule("/w", "work.index", lambda: "")
    app.add_url_rule("/i", "approvals.inbox", lambda: "")
    app.add_url_rule("/a", "admin.index", lambda: "")

    def titles(*roles: Role) -> list[str]:
        actor = Actor("a", "A", tuple(Grant(role, "u") for role in roles))
        with app.test_request_context("/"):
            menu = navigation.menu_of(actor)
        return [link.title for link in (*menu.work, *menu.office)]

    assert titles(Role.REPORTER) == ["Việc của tôi"]
    assert titles(Role.SIGNER) == ["Việc của tôi", "Chờ tôi ký"]
    assert titles(Role.APPROVER) == ["Việc của tôi", "Chờ tôi duyệt"]
    assert titles(Role.SIGNER, Role.APPROVER) == ["Việc của tôi", "Chờ tôi ký"]
    assert titles(Role.ADMIN) == ["Việc của tôi", "Danh mục"]
