"""The one door through which the server calls a plugin, and the guarded things behind it.

What a plugin offers is never handed out itself: each guard here has the same face, calls through
the door and turns whatever goes wrong into ``PluginFault``, so callers know one exception only.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from server.errors import BieumauError, PluginFault
from server.hooks.letter import Letter
from server.hooks.messages import (
    Channel,
    DueReport,
    Mail,
    Message,
    Recipient,
    ReminderPlan,
    ReminderRule,
    Step,
)
from server.hooks.sheet import Printer, Sheet
from server.hooks.specs import Refused
from server.hooks.tables import Exporter, Table
from server.hooks.workbook import FoundWorkbook, Workbook, WorkbookFormat

Result = TypeVar("Result")
_LONGEST_REASON = 500


@dataclass(slots=True)
class Door:
    """Calls one plugin and remembers how the last call that failed went wrong."""

    plugin: str
    last_fault: str | None = field(default=None, init=False)

    def through(self, step: str, call: Callable[[], Result]) -> Result:
        """The result of *call*, or ``PluginFault`` with ``step``, ``reason``, ``permanent``.

        A fault is permanent when the plugin itself said so; a crash may be gone at the next try.
        """
        try:
            return call()
        except BieumauError:
            # Rows are read from the database while a plugin writes them: not the plugin's fault.
            raise
        except Refused as refusal:
            raise self._fault(step, refusal.reason, permanent=refusal.permanent) from refusal
        except BaseException as error:
            # Not only Exception: a plugin may call sys.exit(), and the worker must outlive it.
            raise self._fault(step, _told(error), permanent=False) from error

    def _fault(self, step: str, reason: str, *, permanent: bool) -> PluginFault:
        shown = reason[:_LONGEST_REASON]
        self.last_fault = f"{step}: {shown}"
        return PluginFault(plugin=self.plugin, step=step, reason=shown, permanent=permanent)


def _told(error: BaseException) -> str:
    try:
        return f"{type(error).__name__}: {error}".rstrip(": ")
    except Exception:  # noqa: BLE001 - __str__ of a plugin's own exception is plugin code too
        return type(error).__name__


@dataclass(frozen=True, slots=True)
class GuardedExporter:
    """An exporter whose failures leave neither a half file nor an unknown exception."""

    code: str
    label: str
    media_type: str
    extension: str
    door: Door
    inner: Exporter

    def write(self, table: Table, out: Path) -> None:
        step = f"exporter {self.code}"
        _write_whole(self.door, step, out, lambda: self.inner.write(table, out))


@dataclass(frozen=True, slots=True)
class GuardedPrinter:
    """A printer whose failures leave neither a half file nor an unknown exception."""

    code: str
    label: str
    media_type: str
    extension: str
    door: Door
    inner: Printer

    def print(self, sheet: Sheet, out: Path) -> None:
        step = f"printer {self.code}"
        _write_whole(self.door, step, out, lambda: self.inner.print(sheet, out))

    @property
    def prints_letters(self) -> bool:
        return callable(getattr(self.inner, "print_letter", None))

    def print_letter(self, letter: Letter, out: Path) -> None:
        """Only where ``prints_letters``."""
        offered = getattr(self.inner, "print_letter")  # noqa: B009 - no part of the protocol
        _write_whole(self.door, f"printer {self.code}", out, lambda: offered(letter, out))


@dataclass(frozen=True, slots=True)
class GuardedWorkbookFormat:
    """A workbook format whose failures leave neither a half file nor an unknown exception."""

    code: str
    label: str
    media_type: str
    extension: str
    door: Door
    inner: WorkbookFormat

    def write(self, workbook: Workbook, out: Path) -> None:
        step = f"workbook {self.code}"
        _write_whole(self.door, step, out, lambda: self.inner.write(workbook, out))

    def read(self, path: Path) -> FoundWorkbook:
        return self.door.through(
            f"workbook {self.code}", lambda: _checked(self.inner.read(path), FoundWorkbook)
        )


@dataclass(frozen=True, slots=True)
class GuardedChannel:
    """A channel that answers with text or fails with ``PluginFault``."""

    code: str
    door: Door
    inner: Channel

    def address(self, recipient: Recipient) -> str | None:
        def call() -> str | None:
            address = self.inner.address(recipient)
            return None if address is None else _checked(address, str)

        return self.door.through(f"channel {self.code}", call)

    def send(self, mail: Mail) -> str:
        return self.door.through(
            f"channel {self.code}", lambda: _checked(self.inner.send(mail), str)
        )


@dataclass(frozen=True, slots=True)
class GuardedReminderRule:
    """A rule whose plan is complete and in order of days before anybody acts on it."""

    code: str
    door: Door
    inner: ReminderRule

    def steps(self, due: DueReport) -> tuple[Step, ...]:
        def call() -> tuple[Step, ...]:
            steps = [_checked(step, Step) for step in self.inner.steps(due)]
            codes = [step.code for step in steps]
            if len(set(codes)) != len(codes):
                raise ValueError(f"two steps have one code: {', '.join(codes)}")
            return tuple(sorted(steps, key=lambda step: step.on))

        return self.door.through(f"reminder rule {self.code}", call)

    def default_plan(self) -> ReminderPlan | None:
        """The plan that the rule's options say; ``None`` from a rule that knows no plans."""
        offered = getattr(self.inner, "default_plan", None)
        if not callable(offered):
            return None
        return self.door.through(
            f"reminder rule {self.code}", lambda: _checked(offered(), ReminderPlan)
        )

    def compose(self, step: Step, due: DueReport) -> Message:
        return self.door.through(
            f"reminder rule {self.code}", lambda: _checked(self.inner.compose(step, due), Message)
        )


def _write_whole(door: Door, step: str, out: Path, write: Callable[[], None]) -> None:
    def call() -> None:
        write()
        if not out.is_file():
            raise FileNotFoundError(f"nothing was written to {out.name}")

    try:
        door.through(step, call)
    except BieumauError:
        out.unlink(missing_ok=True)
        raise


def _checked(value: object, wanted: type[Result]) -> Result:
    if not isinstance(value, wanted):
        raise TypeError(f"{wanted.__name__} expected, got {type(value).__name__}")
    return value


def listed(given: Iterable[Result]) -> tuple[Result, ...]:
    """All of what a ``register_`` hook offers; a plugin may also have written a generator."""
    if isinstance(given, str | bytes):
        raise TypeError("a list of things expected, got a text")
    return tuple(given)
