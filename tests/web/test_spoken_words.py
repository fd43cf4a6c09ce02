"""What the clerk's pages say, page by page: Vietnamese throughout, English once it is chosen.

The dictionary is the English catalogue itself, with the stock words of the libraries that we use;
a word that Vietnamese spells alike ("in", "so", "an") is no English word here.
"""

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po
from flask.testing import FlaskClient

from server.web import navigation
from tests.filling_world import EXAMPLE, PASSWORD, Seeded, copied, seed
from tests.survey_world import household, open_households
from tests.world import ROOT, World

CATALOGUES = Path(navigation.__file__).parent / "translations/en/LC_MESSAGES"
#: Words of other languages that officials use; no more than forty.
ALLOWED = frozenset(
    [
        "excel",
        "word",
        "csv",
        "pdf",
        "json",
        "xlsx",
        "utf",
        "email",
        "javascript",
        "english",
        "ctrl",
        "shift",
        "enter",
        "esc",
        "tab",
        "home",
        "end",
        "page",
        "up",
        "down",
        "delete",
        "z",
        "y",
        "x",
        "v",
    ]
)
STOCK = frozenset(
    [
        "traceback",
        "exception",
        "error",
        "invalid",
        "property",
        "required",
        "forbidden",
        "unauthorized",
        "request",
        "server",
        "internal",
        "allowed",
        "method",
        "undefined",
        "null",
        "true",
        "false",
        "none",
        "missing",
        "value",
        "expected",
        "submit",
    ]
)
#: The product's name in both languages, a language named in itself, and the people of the province.
NAMES = frozenset(
    ("Biểu mẫu", "Tiếng Việt", "commune reporter", "commune signer", "district approver")
)
#: What forms, lists and indicators say themselves is theirs.
DEFINED = "\n".join(
    path.read_text("utf-8") for path in sorted((ROOT / "form_definitions").glob("**/*.json"))
)
_TAG = re.compile(r"<(script|style|template|noscript)\b.*?</\1>", re.DOTALL)
_SPOKEN = re.compile(r'\s(?:aria-label|title|alt|placeholder)="([^"]*)"')
_TEXTS = re.compile(r"data-texts=(?:\"([^\"]*)\"|'([^']*)')")
_PROGRAM = re.compile(r'<script type="application/json" id="program">(.*?)</script>', re.DOTALL)
_TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')
_WORD = re.compile(r"(?<![\w/.@#%{&-])[a-z]{2,}(?![\w/@{}%-]|\.[a-z])", re.IGNORECASE)


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Seeded:
    return seed(tmp_path_factory.mktemp("words"))


@pytest.fixture
def world(seeded: Seeded, tmp_path: Path) -> Iterator[World]:
    with copied(seeded, tmp_path) as found:
        yield found


def messages() -> Iterator[tuple[str, str]]:
    """Each Vietnamese text with its English."""
    for path in CATALOGUES.glob("*.po"):
        with path.open("rb") as source:
            for message in read_po(source):
                if message.id and isinstance(message.id, str):
                    yield message.id, str(message.string)


def english_words() -> frozenset[str]:
    vietnamese, english = set(), set(STOCK)
    for asked, said in messages():
        vietnamese |= {word.lower() for word in re.findall(r"\w+", asked)}
        english |= {
            word.lower() for word in _WORD.findall(re.sub(r"%\(\w+\)\w|\{\w+\}", " ", said))
        }
    return frozenset(english - (vietnamese - STOCK) - ALLOWED)


def texts_of(page: str) -> list[str]:
    """The texts that somebody sees or hears, those that scripts will say included."""
    said = _SPOKEN.findall(_TAG.sub("", page))
    said += re.sub(r"<[^>]+>", "\n", _TAG.sub("", page)).split("\n")
    found = [html.unescape(text).strip() for text in said]
    for texts in (one for pair in _TEXTS.findall(page) for one in pair if one):
        found += _strings(json.loads(html.unescape(texts)))
    for program in _PROGRAM.findall(page):
        found += _strings(json.loads(program).get("texts", {}))
    return [text for text in found if text and text not in NAMES]


def _strings(node: Any) -> list[str]:
    if isinstance(node, str):
        return [node]
    if isinstance(node, dict):
        return [text for one in node.values() for text in _strings(one)]
    return [text for one in node for text in _strings(one)] if isinstance(node, list) else []


def signed_in(world: World, username: str) -> FlaskClient:
    client = world.application.web().test_client()
    token = _TOKEN.search(client.get("/sign-in").get_data(as_text=True))
    assert token
    fields = {"username": username, "password": PASSWORD, "csrf_token": token.group(1)}
    assert client.post("/sign-in", data=fields).status_code == 303
    return client


def addresses(world: World) -> dict[str, tuple[str, ...]]:
    """The pages of each person, with reports and sheets behind them."""
    clerk = world.actor("commune_reporter")
    submissions = world.services.submissions
    report = submissions.start(
        clerk, form="population_ethnic", org_unit="u-commune", period="2024",
        answers=EXAMPLE["answers"],
    )  # fmt: skip
    other = submissions.start(clerk, form="near_poor", org_unit="u-commune", period="2024")
    survey = open_households(world)
    record = survey.add(household(1)).record.id
    page, sheet = f"/submissions/{report.submission.id}", f"/records/{survey.id}/{record}"
    empty = f"/submissions/{other.submission.id}"
    mine = (
        "/work", "/sent", "/account", "/password", "/my-figures", "/progress", "/figures",
        "/progress/board", "/progress/rates", "/calendar?month=2025-01", "/account/calendar",
        "/exports", "/records", "/offline", page, f"{page}/comments", f"{page}/history",
        f"{page}/review?event=submit", f"{page}/nil", f"{page}/import", empty,
        f"{empty}/review?event=submit", f"/records/{survey.id}", sheet, f"{sheet}/delete",
        "/nowhere", "/submissions/nothing", "/admin/", f"{page}/cell?path=/rows/02/rural_male",
        "/figures?form=nothing", "/my-figures?what=nothing",
    )  # fmt: skip
    return {
        "commune_reporter": mine,
        "commune_signer": ("/work", "/sent", page, f"{page}/history", "/my-figures"),
        "district_approver": ("/work", "/progress", "/figures", "/exports", page),
    }


def said_on_all_pages(world: World, lang: str) -> Iterator[tuple[str, str]]:
    for username, paths in addresses(world).items():
        client = signed_in(world, username)
        client.get(f"/work?lang={lang}")
        for path in paths:
            answer = client.get(path)
            for text in texts_of(answer.get_data(as_text=True)):
                yield f"{path} ({answer.status_code})", text


def test_the_clerks_pages_speak_vietnamese(world: World) -> None:
    english = english_words()

    found = {
        f"{path}: {word!r} in {text[:80]!r}"
        for path, text in said_on_all_pages(world, "vi")
        for word in _WORD.findall(text)
        if word.lower() in english and f'"{text}"' not in DEFINED
    }

    assert len(ALLOWED) <= 40
    assert sorted(found) == []


def test_no_text_of_the_interface_stays_vietnamese_once_english_is_chosen(world: World) -> None:
    changed = {asked for asked, said in messages() if said != asked}

    left = {
        f"{path}: {text[:80]}"
        for path, text in said_on_all_pages(world, "en")
        if text in changed and text not in DEFINED
    }

    assert sorted(left) == []


def test_the_dictionary_knows_english_when_it_sees_it() -> None:
    words = english_words()

    assert {"save", "error", "report", "required", "traceback"} <= words
    assert not {"in", "an", "cho", "so", "thu"} & words
