"""A faulty plugin stops the start with its name and a reason, whatever is wrong with it."""

import json
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from server.errors import PluginFault
from server.hooks import specs
from server.hooks.manager import Plugins

PLUGINS = Path(__file__).parents[2] / "plugins"
SHIPPED = sorted(path.parent.name for path in PLUGINS.glob("*/__init__.py"))
PACKAGE = "site_plugins"
SCHEMA = {"type": "object", "additionalProperties": False}
SOUND = """
from server.hooks import hookimpl
__version__ = "1"
@hookimpl
def register_exporters(options): return []
"""

WritePlugin = Callable[..., Path]


@pytest.fixture
def write_plugin(tmp_path, monkeypatch) -> Iterator[WritePlugin]:
    """Writes a plugin into a package of its own and returns the package's folder."""
    folder = tmp_path / PACKAGE
    folder.mkdir()
    (folder / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)

    def write(code: str, *, name: str = "site", schema: object = SCHEMA) -> Path:
        (folder / name).mkdir()
        (folder / name / "__init__.py").write_text(code, encoding="utf-8")
        if schema is not None:
            text = schema if isinstance(schema, str) else json.dumps(schema)
            (folder / name / "options.schema.json").write_text(text, encoding="utf-8")
        return folder

    yield write
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]


def refusal(root: Path, options: dict[str, object] | None = None, name: str = "site") -> str:
    with pytest.raises(PluginFault) as fault:
        Plugins.load([name], {name: options or {}}, root, package=PACKAGE)
    assert fault.value.facts["plugin"] == name
    return str(fault.value.facts["reason"])


def test_a_sound_plugin_of_the_site_is_loaded(write_plugin):
    plugins = Plugins.load(["site"], {}, write_plugin(SOUND), package=PACKAGE)

    assert [health.name for health in plugins.health()] == ["site"]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("register_exporters", "register_exportes", "unknown hook 'register_exportes'"),
        ("(options)", "(options, app)", "{'app'}"),
        ("@hookimpl", "", "implements no hook"),
        ('__version__ = "1"', "", "__version__ is missing"),
        ("from server.hooks", "from server.hoks", "ModuleNotFoundError: No module named"),
        ("def ", "deff ", "SyntaxError"),
        ('__version__ = "1"', "raise SystemExit(2)", "SystemExit: 2"),
        ("@hookimpl", "@hookimpl(wrapper=True)", "wrapper=True"),
        ("return []", "return None", "'NoneType' object is not iterable"),
        ("return []", 'return "csv"', "a list of things expected, got a text"),
        ("return []", "return [object()]", "object has no write()"),
    ],
)
def test_a_faulty_plugin_stops_the_start(write_plugin, old, new, reason):
    assert reason in refusal(write_plugin(SOUND.replace(old, new)))


def test_a_wrapper_is_refused_even_when_pluggy_would_take_it(write_plugin):
    code = SOUND.replace("@hookimpl", "@hookimpl(wrapper=True)").replace(
        "return []", "return (yield)"
    )

    assert refusal(write_plugin(code)) == "wrappers are not supported"


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("code", "CSV"),
        ("code", "a/b"),
        ("code", 7),
        ("label", ""),
        ("label", "two\nlines"),
        ("media_type", "text/csv\r\nSet-Cookie: a=b"),
        ("extension", "../csv"),
    ],
)
def test_an_exporter_with_an_unfit_name_is_refused(write_plugin, attribute, value):
    facts = {"code": "x", "label": "X", "media_type": "text/x", "extension": "x"}
    code = f"""
from server.hooks import hookimpl
__version__ = "1"
class X:
    def write(self, table, out): ...
for name, value in {facts | {attribute: value}!r}.items(): setattr(X, name, value)
@hookimpl
def register_exporters(): return [X()]
"""

    assert f"X.{attribute}" in refusal(write_plugin(code))


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        (None, "options.schema.json is missing"),
        ("{", "options.schema.json: "),
        ('{"type": "object", "type": "object"}', "options.schema.json: "),
        ({"type": "object"}, "additionalProperties must be false"),
        ({"type": "array"}, "type must be object"),
        ([], "type must be object"),
        (SCHEMA | {"properties": {"a": {"type": "text"}}}, "is not valid under any"),
    ],
)
def test_a_plugin_without_a_sound_schema_is_refused(write_plugin, schema, reason):
    assert reason in refusal(write_plugin(SOUND, schema=schema))


def test_a_schema_cannot_send_the_server_to_the_network(write_plugin):
    schema = SCHEMA | {"properties": {"a": {"$ref": "https://example.org/schema.json"}}}

    assert "cannot resolve" in refusal(write_plugin(SOUND, schema=schema), {"a": 1})


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"colour": "red"}, "'colour' was unexpected"),
        ({"rows": "7"}, "options.rows: '7' is not of type 'integer'"),
        ({"rows": 7, "deep": {"x": "y"}}, "options.deep.x: 'y' is not of type 'integer'"),
    ],
)
def test_options_that_break_the_schema_stop_the_start_before_the_import(
    write_plugin, options, reason
):
    deep = {"type": "object", "additionalProperties": {"type": "integer"}}
    schema = SCHEMA | {"properties": {"rows": {"type": "integer"}, "deep": deep}}

    assert reason in refusal(write_plugin("raise SystemExit", schema=schema), options)


@pytest.mark.parametrize("name", ["absent", "", "../site", "site.inner", "SITE", "site\n"])
def test_only_a_plain_name_of_a_folder_is_looked_for(write_plugin, name):
    root = write_plugin(SOUND)

    assert refusal(root, name=name) == f"no such plugin in {PACKAGE}/"


def test_a_module_of_the_same_name_from_elsewhere_is_not_taken_for_the_plugin(
    write_plugin, tmp_path
):
    write_plugin(SOUND)
    other = tmp_path / "other"
    (other / "site").mkdir(parents=True)
    (other / "site" / "__init__.py").write_text(SOUND, encoding="utf-8")
    (other / "site" / "options.schema.json").write_text(json.dumps(SCHEMA), encoding="utf-8")

    assert refusal(other) == "another module of this name was imported"


def test_a_plugin_that_is_not_enabled_is_not_imported(write_plugin):
    root = write_plugin(SOUND)
    write_plugin("raise SystemExit", name="idle")

    plugins = Plugins.load(["site"], {"idle": {"any": 1}}, root, package=PACKAGE)

    assert [health.name for health in plugins.health()] == ["site"]


def test_a_plugin_enabled_twice_is_refused(write_plugin):
    root = write_plugin(SOUND)

    with pytest.raises(PluginFault, match="enabled twice"):
        Plugins.load(["site", "site"], {}, root, package=PACKAGE)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_plugin_is_complete(name):
    tests = Path(__file__).parent

    assert (PLUGINS / name / "README.md").is_file()
    assert list(tests.glob(f"test_{name}*.py"))


@pytest.mark.parametrize("name", SHIPPED)
def test_the_settings_shown_in_a_readme_are_taken(name, monkeypatch):
    monkeypatch.setenv("BIEUMAU_EMAIL_CHANNEL_PASSWORD", "secret")
    monkeypatch.setenv("BIEUMAU_WEBHOOK_CHANNEL_SECRET", "s" * 32)
    readme = (PLUGINS / name / "README.md").read_text(encoding="utf-8")
    settings = tomllib.loads(readme.split("```toml\n")[1].split("```")[0])["plugins"]

    plugins = Plugins.load([name], settings, PLUGINS)

    assert name in settings["enabled"]
    assert settings[name].keys() <= plugins.schema(name)["properties"].keys()


def test_every_hook_ships_with_a_plugin_that_uses_it(monkeypatch):
    monkeypatch.setenv("BIEUMAU_WEBHOOK_CHANNEL_SECRET", "s" * 32)
    options = {
        "email_channel": {"host": "localhost", "from": "a@example.vn"},
        "webhook_channel": {"url": "https://a.example.vn/", "allowed_hosts": ["a.example.vn"]},
    }

    health = Plugins.load(SHIPPED, options, PLUGINS).health()

    used = {hook for plugin in health for hook in plugin.hooks}
    assert used == {hook.__name__ for hook in specs.HOOKS}
