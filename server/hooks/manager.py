"""The plugins of this server: loaded once in the order of ``config.toml``, then asked one by one.

pluggy keeps the contract (known hooks, known arguments). It does not make the calls: in its own
call one raising plugin would stop all later ones, and each plugin gets its own options here.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar

import pluggy

from server.errors import NotFound, PluginFault
from server.hooks import specs
from server.hooks.door import (
    Door,
    GuardedChannel,
    GuardedExporter,
    GuardedPrinter,
    GuardedReminderRule,
    GuardedWorkbookFormat,
    listed,
)
from server.hooks.loading import LoadedPlugin, load_plugin, option_faults

_CODE: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")
_LABEL: Final = re.compile(r"[^\x00-\x1f\x7f]{1,80}")
# These two end up in a header and in a file name.
_MEDIA_TYPE: Final = re.compile(r"[a-z]+/[a-z0-9.+-]+(; charset=[a-z0-9-]+)?")
_EXTENSION: Final = re.compile(r"[a-z0-9]{1,8}")


class _Coded(Protocol):
    @property
    def code(self) -> str: ...


Offer = TypeVar("Offer", bound=_Coded)
Named = TypeVar("Named")


@dataclass(frozen=True, slots=True)
class PluginHealth:
    """One line of ``./run plugins``; *offers* are ``exporter csv`` and the like."""

    name: str
    version: str
    hooks: tuple[str, ...]
    offers: tuple[str, ...]
    last_fault: str | None


class Plugins:
    """All enabled plugins; made by ``load``."""

    def __init__(self, loaded: Sequence[LoadedPlugin]) -> None:
        self._loaded = {plugin.name: plugin for plugin in loaded}
        self._hooks = _register(loaded)
        self._exporters = self._offered("register_exporters", "exporter", _exporter)
        self._printers = self._offered("register_printers", "printer", _printer)
        self._workbooks = self._offered("register_workbooks", "workbook", _workbook)
        self._channels = self._offered("register_channels", "channel", _channel)
        self._rules = self._offered("register_reminder_rules", "reminder rule", _rule)

    @classmethod
    def load(
        cls,
        enabled: Sequence[str],
        options: Mapping[str, Mapping[str, object]],
        root: Path,
        *,
        package: str = "plugins",
    ) -> "Plugins":
        """Load exactly the plugins named in *enabled*, in this order.

        *root* is the folder of the Python package *package*. All or nothing: whatever is wrong with
        one of them raises ``PluginFault(plugin, reason)``.
        """
        for position, name in enumerate(enabled):
            if name in enabled[:position]:
                raise PluginFault(plugin=name, reason="enabled twice")
        return cls([load_plugin(name, options.get(name, {}), root, package) for name in enabled])

    def exporters(self) -> tuple[GuardedExporter, ...]:
        return tuple(self._exporters.values())

    def exporter(self, code: str) -> GuardedExporter:
        """The exporter of this format, or ``NotFound``."""
        return _named(self._exporters, code, "exporter")

    def printers(self) -> tuple[GuardedPrinter, ...]:
        return tuple(self._printers.values())

    def printer(self, code: str) -> GuardedPrinter:
        """The printer of this format, or ``NotFound``."""
        return _named(self._printers, code, "printer")

    def workbook_formats(self) -> tuple[GuardedWorkbookFormat, ...]:
        return tuple(self._workbooks.values())

    def workbook_format(self, code: str) -> GuardedWorkbookFormat:
        """The workbook format of this name, or ``NotFound``."""
        return _named(self._workbooks, code, "workbook")

    def channels(self) -> tuple[GuardedChannel, ...]:
        return tuple(self._channels.values())

    def channel(self, code: str) -> GuardedChannel:
        """The channel of this name, or ``NotFound``."""
        return _named(self._channels, code, "channel")

    def reminder_rules(self) -> tuple[GuardedReminderRule, ...]:
        return tuple(self._rules.values())

    def health(self) -> tuple[PluginHealth, ...]:
        """How every plugin is, in the order in which they were loaded."""
        offers: list[tuple[str, Door]] = [
            *((f"exporter {exporter.code}", exporter.door) for exporter in self.exporters()),
            *((f"printer {printer.code}", printer.door) for printer in self.printers()),
            *((f"workbook {found.code}", found.door) for found in self.workbook_formats()),
            *((f"channel {channel.code}", channel.door) for channel in self.channels()),
            *((f"reminder rule {rule.code}", rule.door) for rule in self.reminder_rules()),
        ]
        return tuple(
            PluginHealth(
                name=plugin.name,
                version=plugin.version,
                hooks=tuple(hook for hook, impls in self._hooks.items() if plugin.name in impls),
                offers=tuple(offer for offer, door in offers if door is plugin.door),
                last_fault=plugin.door.last_fault,
            )
            for plugin in self._loaded.values()
        )

    def schema(self, plugin: str) -> Mapping[str, object]:
        """The JSON Schema of the plugin's options, for the screen that edits them."""
        return _named(self._loaded, plugin, "plugin").schema

    def option_faults(self, plugin: str, options: Mapping[str, object]) -> list[str]:
        """What would be wrong with these options; empty when the plugin could take them."""
        return option_faults(self.schema(plugin), options)

    def _offered(
        self, hook: str, kind: str, guard: Callable[[Any, Door], Offer]
    ) -> dict[str, Offer]:
        found: dict[str, Offer] = {}
        by_code: dict[str, str] = {}
        for name, implementation in self._hooks[hook].items():
            for offer in _asked(self._loaded[name], hook, implementation, guard):
                if offer.code in found:
                    raise PluginFault(
                        plugin=name,
                        reason=f"{kind} {offer.code!r} is already offered by {by_code[offer.code]}",
                    )
                found[offer.code], by_code[offer.code] = offer, name
        return found


def _asked(
    plugin: LoadedPlugin,
    hook: str,
    implementation: pluggy.HookImpl,
    guard: Callable[[Any, Door], Offer],
) -> list[Offer]:
    given = {"options": plugin.options}
    wanted = {argument: given[argument] for argument in implementation.argnames}

    def call() -> list[Offer]:
        things: Iterable[object] = implementation.function(**wanted)  # type: ignore[assignment]
        return [guard(thing, plugin.door) for thing in listed(things)]

    return plugin.door.through(hook, call)


def _register(loaded: Sequence[LoadedPlugin]) -> dict[str, dict[str, pluggy.HookImpl]]:
    manager = pluggy.PluginManager(specs.PROJECT)
    manager.add_hookspecs(specs)
    hooks: dict[str, dict[str, pluggy.HookImpl]] = {hook.__name__: {} for hook in specs.HOOKS}
    for plugin in loaded:
        try:
            manager.register(plugin.module, name=plugin.name)
            manager.check_pending()
        except pluggy.PluginValidationError as error:
            reason = " ".join(str(error).split())
            raise PluginFault(plugin=plugin.name, reason=reason) from error
        callers = manager.get_hookcallers(plugin.module) or []
        if not callers:
            raise PluginFault(plugin=plugin.name, reason="implements no hook")
        for caller in callers:
            for implementation in caller.get_hookimpls():
                if implementation.plugin_name != plugin.name:
                    continue
                if implementation.wrapper or implementation.hookwrapper:
                    raise PluginFault(plugin=plugin.name, reason="wrappers are not supported")
                hooks[caller.name][plugin.name] = implementation
    return hooks


def _named(things: Mapping[str, Named], code: str, kind: str) -> Named:
    if code not in things:
        raise NotFound(kind=kind, code=code)
    return things[code]


def _text(thing: object, attribute: str, pattern: re.Pattern[str]) -> str:
    value = getattr(thing, attribute, None)
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise TypeError(f"{type(thing).__name__}.{attribute} is {value!r}")
    return value


def _does(thing: object, *methods: str) -> None:
    for method in methods:
        if not callable(getattr(thing, method, None)):
            raise TypeError(f"{type(thing).__name__} has no {method}()")


def _exporter(thing: Any, door: Door) -> GuardedExporter:
    _does(thing, "write")
    return GuardedExporter(
        code=_text(thing, "code", _CODE),
        label=_text(thing, "label", _LABEL),
        media_type=_text(thing, "media_type", _MEDIA_TYPE),
        extension=_text(thing, "extension", _EXTENSION),
        door=door,
        inner=thing,
    )


def _printer(thing: Any, door: Door) -> GuardedPrinter:
    _does(thing, "print")
    return GuardedPrinter(
        code=_text(thing, "code", _CODE),
        label=_text(thing, "label", _LABEL),
        media_type=_text(thing, "media_type", _MEDIA_TYPE),
        extension=_text(thing, "extension", _EXTENSION),
        door=door,
        inner=thing,
    )


def _workbook(thing: Any, door: Door) -> GuardedWorkbookFormat:
    _does(thing, "write", "read")
    return GuardedWorkbookFormat(
        code=_text(thing, "code", _CODE),
        label=_text(thing, "label", _LABEL),
        media_type=_text(thing, "media_type", _MEDIA_TYPE),
        extension=_text(thing, "extension", _EXTENSION),
        door=door,
        inner=thing,
    )


def _channel(thing: Any, door: Door) -> GuardedChannel:
    _does(thing, "address", "send")
    return GuardedChannel(code=_text(thing, "code", _CODE), door=door, inner=thing)


def _rule(thing: Any, door: Door) -> GuardedReminderRule:
    _does(thing, "steps", "compose")
    return GuardedReminderRule(code=_text(thing, "code", _CODE), door=door, inner=thing)
