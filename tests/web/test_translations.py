"""The English interface: complete, without leftovers, and no Vietnamese text past the catalogues.

The texts are read from the sources themselves, so a page that says something new fails here until
it says it in English too.
"""

import ast
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

from server.web import navigation
from server.web.problem_catalogue import CATALOGUE

WEB = Path(navigation.__file__).parent
TEMPLATES = WEB / "templates"
CATALOGUES = sorted((WEB / "translations" / "en" / "LC_MESSAGES").glob("*.po"))
WORKFLOWS = WEB.parents[1] / "workflows"
METHODS = [("templates/**.html", "jinja2.ext:babel_extract"), ("**.py", "python")]
KEYWORDS = {"_": None, "_l": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}
VIETNAMESE = re.compile(r"[À-ÖØ-öø-ỹ]")
PLACEHOLDER = re.compile(r"%\(\w+\)\w|\{\w+\}")
ALLOWED = {
    ("base.html", "Biểu mẫu"): "the name of the product",
    ("base.html", "Tiếng Việt"): "a language is named in itself",
    ("accounts/account.html", "Tiếng Việt"): "a language is named in itself",
    ("admin/account_import.html", "Lý Thị Hoa"): "a name in the example of a file",
    ("submissions/_figures.html", "Dân tộc"): "compared with a form's text, not shown",
}


@pytest.fixture(scope="module")
def texts() -> frozenset[str]:
    """What the interface may say: marked texts, and those that wait in tables for ``gettext``."""
    marked = {
        found if isinstance(found, str) else found[0]
        for _file, _line, found, *_rest in extract_from_dir(WEB, METHODS, keywords=KEYWORDS)
    }
    states = {
        state["title"]
        for path in WORKFLOWS.glob("*/v*.json")
        for state in json.loads(path.read_text(encoding="utf-8"))["states"].values()
    }
    problems = {text for problem in CATALOGUE.values() for text in (problem.title, problem.detail)}
    menu = {entry.title for entry in (*navigation.WORK, *navigation.OFFICE)}
    return frozenset(marked | states | problems | menu)


def entries(path: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each text of a catalogue with its English, in all plural forms it has."""
    with path.open("rb") as source:
        for message in read_po(source):
            if message.id:
                asked = message.id if isinstance(message.id, str) else message.id[0]
                said = message.string
                yield asked, (said,) if isinstance(said, str) else tuple(said)


@pytest.fixture(scope="module")
def english() -> list[tuple[str, tuple[str, ...]]]:
    return [entry for path in CATALOGUES for entry in entries(path)]


def is_allowed(name: str, text: str) -> bool:
    return any(name == place and known in text for place, known in ALLOWED)


def test_every_text_has_its_english(
    texts: frozenset[str], english: list[tuple[str, tuple[str, ...]]]
) -> None:
    translated = {asked for asked, said in english if all(text.strip() for text in said)}

    assert sorted(texts - translated) == []


def test_no_text_is_translated_twice(english: list[tuple[str, tuple[str, ...]]]) -> None:
    counts = Counter(asked for asked, _said in english)

    assert [text for text, count in counts.items() if count > 1] == []


def test_english_keeps_every_placeholder(english: list[tuple[str, tuple[str, ...]]]) -> None:
    changed = [
        asked
        for asked, said in english
        for text in said
        if sorted(PLACEHOLDER.findall(text)) != sorted(PLACEHOLDER.findall(asked))
    ]

    assert changed == []


def test_english_holds_no_vietnamese_letter(english: list[tuple[str, tuple[str, ...]]]) -> None:
    assert [text for _asked, said in english for text in said if VIETNAMESE.search(text)] == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.name)
def test_no_entry_outlives_its_text(path: Path, texts: frozenset[str]) -> None:
    assert [asked for asked, _said in entries(path) if asked not in texts] == []


def test_templates_write_vietnamese_only_through_gettext(texts: frozenset[str]) -> None:
    read = Environment().parse
    written = [
        (path.relative_to(TEMPLATES).as_posix(), str(getattr(node, "data", None) or node.value))
        for path in sorted(TEMPLATES.rglob("*.html"))
        for node in read(path.read_text(encoding="utf-8")).find_all(
            (nodes.TemplateData, nodes.Const)
        )
    ]

    hard = [
        (name, line.strip())
        for name, text in written
        if text not in texts
        for line in text.splitlines()
        if VIETNAMESE.search(line) and not is_allowed(name, line)
    ]
    assert hard == []
    assert all(
        any(name == place and known in text for name, text in written) for place, known in ALLOWED
    )


def test_modules_write_vietnamese_only_through_gettext(texts: frozenset[str]) -> None:
    hard = []
    for path in sorted(WEB.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        comments = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        hard += [
            (path.relative_to(WEB).as_posix(), node.lineno, node.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and VIETNAMESE.search(node.value)
            and node.value not in texts
            and id(node) not in comments
        ]

    assert hard == []
