"""docs/plugin-hooks.md names every hook with its arguments, every dataclass with its fields."""

import dataclasses
import inspect
import json
import re
from pathlib import Path

import pytest

import server.hooks
from server.hooks import Table
from server.hooks.manager import Plugins
from server.hooks.specs import HOOKS

ROOT = Path(__file__).parents[2]
REFERENCE = (ROOT / "docs" / "plugin-hooks.md").read_text(encoding="utf-8")
CROSSING = [getattr(server.hooks, name) for name in server.hooks.__all__]
DATACLASSES = [thing for thing in CROSSING if dataclasses.is_dataclass(thing)]
PROTOCOLS = [thing for thing in CROSSING if getattr(thing, "_is_protocol", False)]


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook.__name__)
def test_a_hook_is_documented(hook):
    arguments = ", ".join(inspect.signature(hook).parameters)

    assert f"## `{hook.__name__}({arguments})`" in REFERENCE
    assert hook.__doc__


def test_no_heading_names_a_hook_that_is_not_there():
    documented = re.findall(r"^## `(\w+)\(", REFERENCE, re.MULTILINE)

    assert documented == [hook.__name__ for hook in HOOKS]


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook.__name__)
def test_a_hook_says_when_it_is_called_and_when_not(hook):
    section = REFERENCE.split(f"## `{hook.__name__}(")[1].split("\n## ")[0]

    for word in ("*Returns*", "*Called*", "*Not called*"):
        assert section.count(word) == 1


@pytest.mark.parametrize("crossing", DATACLASSES, ids=lambda crossing: crossing.__name__)
def test_a_dataclass_is_documented_with_all_its_fields_in_order(crossing):
    fields = [field.name for field in dataclasses.fields(crossing)]
    in_a_table = f"| `{crossing.__name__}` | `{' '.join(fields)}`"
    in_the_text = rf"`{crossing.__name__}\({'[^)`]*, '.join(fields)}[^`]*\)`"

    assert in_a_table in REFERENCE or re.search(in_the_text, REFERENCE)


@pytest.mark.parametrize("protocol", PROTOCOLS, ids=lambda protocol: protocol.__name__)
def test_a_protocol_is_documented_with_all_it_asks_for(protocol):
    section = REFERENCE.split(f"*Returns* `Iterable[{protocol.__name__}]`")[1].split("\n## ")[0]

    for name, member in vars(protocol).items():
        if name.startswith("_"):
            continue
        if isinstance(member, property):
            assert f"`{name}" in section
        else:
            arguments = list(inspect.signature(member).parameters.values())[1:]
            shown = ", ".join(f"{it.name}: {it.annotation.__name__}" for it in arguments)
            assert f"`{name}({shown}) -> " in section


def test_the_plugin_on_the_page_works(tmp_path, monkeypatch):
    code, schema = (
        re.search(rf"```{kind}\n(.*?)```", REFERENCE, re.DOTALL)[1] for kind in ("python", "json")
    )
    folder = tmp_path / "documented_plugins" / "line_export"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text(code, encoding="utf-8")
    (folder / "options.schema.json").write_text(json.dumps(json.loads(schema)), encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)

    plugins = Plugins.load(
        ["line_export"],
        {"line_export": {"separator": ";"}},
        folder.parent,
        package="documented_plugins",
    )
    plugins.exporter("line_export_text").write(Table("", ["a", "b"], [[1, "Mông"]]), tmp_path / "x")

    assert (tmp_path / "x").read_text(encoding="utf-8") == "1;Mông\n"


def test_links_lead_to_files():
    for target in re.findall(r"\]\(([^)#]+)\)", REFERENCE):
        assert (ROOT / "docs" / target).is_file(), target
