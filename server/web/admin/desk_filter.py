"""What the desk's list is narrowed to; it stands in the address of every page of the desk.

So the list, the report that is opened from it and the report after that all speak about the same
choice, and Back restores it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from server.services.waiting import InboxItem

_SWITCHES = ("late", "warned")
_KEYS = ("form", "period", *_SWITCHES, "group")


@dataclass(frozen=True, slots=True)
class DeskFilter:
    """The choices by their names in the address; an absent one is the empty text."""

    given: Mapping[str, str]

    @classmethod
    def of(cls, args: Mapping[str, str]) -> "DeskFilter":
        return cls({key: args[key] for key in _KEYS if args.get(key)})

    def __getitem__(self, key: str) -> str:
        return self.given.get(key, "")

    @property
    def narrowed(self) -> bool:
        """Whether something besides the group was chosen."""
        return any(key != "group" for key in self.given)

    def keeps(self, item: InboxItem, overdue: int) -> bool:
        """Whether an item of the group is shown; *overdue* are the days past its last one."""
        view = item.view
        return (
            self["form"] in ("", view.form.code)
            and self["period"] in ("", view.submission.period)
            and bool(overdue or self["late"] != "1")
            and bool(item.warnings or self["warned"] != "1")
        )
