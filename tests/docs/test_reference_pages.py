"""Reference pages say what the code says: keywords, events, roles, guards, places, tree, links."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.core.access import Role
from server.core.expression_syntax import FUNCTIONS, READERS
from server.core.workflow import EVENTS, GUARDS, PLACES

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


def _page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def _keywords(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        yield from (key for key in node.get("properties", {}) if key.startswith("x-"))
        for value in node.values():
            yield from _keywords(value)
    elif isinstance(node, list):
        for value in node:
            yield from _keywords(value)


def test_every_keyword_of_the_dialect_is_explained_and_no_other():
    meta = json.loads((ROOT / "form_definitions/_meta/form.schema.json").read_text("utf-8"))

    described = set(
        re.findall(r"^\| `(x-[a-z0-9-]+)` \|", _page("form-definitions.md"), re.MULTILINE)
    )

    assert described == set(_keywords(meta))


def test_every_function_of_expressions_is_named_and_no_other():
    named = re.search(r"doubles, with `([a-zA-Z ]+)`", _page("form-definitions.md"))

    assert named is not None
    # size and has are CEL's own; value stands in conditions of workflows alone.
    assert set(named[1].split()) == (FUNCTIONS | READERS) - {"size", "has", "value"}
    assert '`value("/pointer")`' in _page("workflows.md")


@pytest.mark.parametrize(
    ("definition", "sentence"),
    [
        ("check", r"^\| `x-checks` \|.*rules: `([a-z0-9? ]+)` \|"),
        ("test", r"An entry of `x-tests` is `([a-zA-Z? ]+)`"),
    ],
)
def test_rules_and_tests_are_described_with_all_their_keys(definition, sentence):
    meta = json.loads((ROOT / "form_definitions/_meta/form.schema.json").read_text("utf-8"))
    declared = meta["$defs"][definition]

    described = re.search(sentence, _page("form-definitions.md"), re.MULTILINE)

    assert described is not None
    keys = described[1].split()
    assert {key.rstrip("?") for key in keys} == set(declared["properties"])
    assert {key for key in keys if not key.endswith("?")} == set(declared["required"])


@pytest.mark.parametrize(
    ("words", "heading"),
    [(EVENTS, "event"), (tuple(map(str, Role)), "role"), (GUARDS, "guard")],
)
def test_every_word_of_a_workflow_is_explained_and_no_other(words, heading):
    page = _page("workflows.md")
    table = page[page.index(f"| {heading} |") :].split("\n\n")[0]

    assert re.findall(r"^\| `([a-z_]+)` \|", table, re.MULTILINE) == list(words)


def test_every_place_is_named():
    assert all(f"`{place}`" in _page("workflows.md") for place in PLACES)


def test_the_tree_of_the_architecture_page_stands_on_the_disk():
    tree = _page("architecture.md").split("```")[1]
    names = re.findall(r"^(?:  )?([a-z_]+(?:/|\.py|\.toml)|run)(?=\s)", tree, re.MULTILINE)
    inside_server = {"errors.py", "settings.py", "machine.py", "app.py", "worker.py"} | {
        f"{name}/"
        for name in (
            "core",
            "storage",
            "hooks",
            "services",
            "web",
            "composition",
            "cli",
            "demo",
        )
    }

    missing = [
        name
        for name in names
        if not (ROOT / ("server" if name in inside_server else "") / name).exists()
    ]

    assert len(names) > 12
    assert missing == []


def _links() -> list[tuple[str, str]]:
    pages = [*DOCS.rglob("*.md"), *ROOT.glob("*.md")]
    return [
        (str(page.relative_to(ROOT)), target)
        for page in pages
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
    ]


@pytest.mark.parametrize(("page", "target"), _links())
def test_every_link_leads_somewhere(page, target):
    assert ((ROOT / page).parent / target).exists()
