"""All that a plugin may import: the marker for hooks and the plain data that crosses them."""

from server.hooks.messages import (
    Channel,
    DueReport,
    Mail,
    Message,
    Recipient,
    ReminderRule,
    Step,
)
from server.hooks.sheet import (
    Printer,
    Sheet,
    SheetColumn,
    SheetExplanation,
    SheetField,
    SheetGrid,
    SheetGroup,
    SheetRow,
    SheetSection,
    SheetSignature,
)
from server.hooks.specs import Options, Refused, hookimpl
from server.hooks.tables import Cell, Exporter, Table

__all__ = [
    "Cell",
    "Channel",
    "DueReport",
    "Exporter",
    "Mail",
    "Message",
    "Options",
    "Printer",
    "Recipient",
    "Refused",
    "ReminderRule",
    "Sheet",
    "SheetColumn",
    "SheetExplanation",
    "SheetField",
    "SheetGrid",
    "SheetGroup",
    "SheetRow",
    "SheetSection",
    "SheetSignature",
    "Step",
    "Table",
    "hookimpl",
]
