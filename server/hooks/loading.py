"""From a name in ``config.toml`` to a plugin that may be registered: import and options.

Apart from the manager because everything here happens before the first hook is called, and any
fault must stop the start.
"""

import importlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Final

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError
from referencing import Registry
from referencing.exceptions import Unresolvable

from server.core.json_text import JsonInvalid, loads
from server.errors import PluginFault
from server.hooks.door import Door
from server.hooks.specs import Options

SCHEMA_FILE: Final = "options.schema.json"
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")


@dataclass(frozen=True, slots=True)
class LoadedPlugin:
    """An imported plugin with its checked options."""

    name: str
    version: str
    module: ModuleType
    options: Options
    schema: Mapping[str, object]
    door: Door


def load_plugin(name: str, given: Mapping[str, object], root: Path, package: str) -> LoadedPlugin:
    """Check the options of one named plugin, then import it; raise ``PluginFault``."""
    # The name becomes part of a path and of an import: nothing but a plain word may pass.
    if not _NAME.fullmatch(name) or not (root / name / "__init__.py").is_file():
        raise PluginFault(plugin=name, reason=f"no such plugin in {root.name}/")
    schema = _schema(name, root / name / SCHEMA_FILE)
    faults = option_faults(schema, given)
    if faults:
        raise PluginFault(plugin=name, reason="; ".join(faults))
    door = Door(name)
    module = door.through("import", lambda: importlib.import_module(f"{package}.{name}"))
    if Path(str(module.__file__)).resolve() != (root / name / "__init__.py").resolve():
        raise PluginFault(plugin=name, reason="another module of this name was imported")
    version = getattr(module, "__version__", None)
    if not isinstance(version, str) or not version:
        raise PluginFault(plugin=name, reason="__version__ is missing")
    return LoadedPlugin(name, version, module, _with_defaults(schema, given), schema, door)


def option_faults(schema: Mapping[str, object], given: Mapping[str, object]) -> list[str]:
    """What is wrong with these options, one line per fault with the key in front."""
    # Without a registry of its own, jsonschema would fetch a $ref from the network.
    validator = Draft202012Validator(
        schema,
        registry=Registry(),
        format_checker=Draft202012Validator.FORMAT_CHECKER,
    )
    try:
        errors = sorted(
            validator.iter_errors(dict(given)), key=lambda error: list(map(str, error.path))
        )
    except Unresolvable as error:
        return [f"{SCHEMA_FILE}: cannot resolve {error.ref}"]
    return [".".join(["options", *map(str, error.path)]) + f": {error.message}" for error in errors]


def _schema(name: str, path: Path) -> Mapping[str, object]:
    try:
        schema = loads(path.read_bytes())
        if not isinstance(schema, dict) or schema.get("type") != "object":
            raise PluginFault(plugin=name, reason=f"{SCHEMA_FILE}: type must be object")
        if schema.get("additionalProperties") is not False:
            # A misspelt option would be ignored in silence.
            raise PluginFault(
                plugin=name, reason=f"{SCHEMA_FILE}: additionalProperties must be false"
            )
        Draft202012Validator.check_schema(schema)
    except FileNotFoundError as error:
        raise PluginFault(plugin=name, reason=f"{SCHEMA_FILE} is missing") from error
    except JsonInvalid as error:
        raise PluginFault(plugin=name, reason=f"{SCHEMA_FILE}: {error}") from error
    except SchemaError as error:
        raise PluginFault(plugin=name, reason=f"{SCHEMA_FILE}: {error.message}") from error
    return schema


def _with_defaults(schema: Mapping[str, object], given: Mapping[str, object]) -> Options:
    properties = schema.get("properties")
    known = properties if isinstance(properties, dict) else {}
    defaults = {key: rule["default"] for key, rule in known.items() if "default" in rule}
    return MappingProxyType({**defaults, **given})
