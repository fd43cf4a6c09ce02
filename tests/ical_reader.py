"""A strict reader of iCalendar (RFC 5545): it refuses what a lenient program forgives."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime

_LINE = re.compile(r"([A-Z][A-Z0-9-]*)((?:;[A-Z-]+=[^:;,\"]+)*):(.*)", re.DOTALL)
_TEXTS = frozenset({"SUMMARY", "DESCRIPTION", "X-WR-CALNAME"})
_ESCAPE = re.compile(r"\\([\\;,nN])")


@dataclass
class Component:
    """One BEGIN … END with its properties; each may stand once."""

    name: str
    values: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, str] = field(default_factory=dict)
    children: list["Component"] = field(default_factory=list)

    def day(self, name: str) -> date:
        assert self.parameters[name] == ";VALUE=DATE", self.parameters[name]
        text = self.values[name]
        assert re.fullmatch(r"\d{8}", text), text
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))

    def instant(self, name: str) -> datetime:
        return datetime.strptime(self.values[name], "%Y%m%dT%H%M%S%z")


def read_calendar(content: bytes) -> Component:
    """The calendar; an assertion fails at the first thing that the standard forbids."""
    assert content.endswith(b"\r\n")
    physical = content[:-2].split(b"\r\n")
    for line in physical:
        assert b"\r" not in line and b"\n" not in line
        assert 0 < len(line) <= 75, line
        line.decode("utf-8")  # a fold must not cut a character
    logical: list[str] = []
    for line in physical:
        text = line.decode("utf-8")
        if text[0] in " \t":
            logical[-1] += text[1:]
        else:
            logical.append(text)
    calendar = _read(logical)
    assert calendar.name == "VCALENDAR"
    assert calendar.values["VERSION"] == "2.0" and calendar.values["PRODID"]
    uids = [event.values["UID"] for event in calendar.children]
    assert len(uids) == len(set(uids))
    for event in calendar.children:
        assert event.name == "VEVENT"
        event.instant("DTSTAMP")
        assert event.day("DTEND") > event.day("DTSTART")
        assert int(event.values["SEQUENCE"]) >= 0
    return calendar


def _read(lines: list[str]) -> Component:
    root = Component("")
    stack = [root]
    for line in lines:
        found = _LINE.fullmatch(line)
        assert found, line
        name, parameters, value = found.groups()
        assert not any(char < " " and char != "\t" for char in value), value
        if name == "BEGIN":
            child = Component(value)
            stack[-1].children.append(child)
            stack.append(child)
        elif name == "END":
            assert stack.pop().name == value
        else:
            assert name not in stack[-1].values, name
            stack[-1].values[name] = _text(value) if name in _TEXTS else value
            stack[-1].parameters[name] = parameters
    assert stack == [root] and len(root.children) == 1
    return root.children[0]


def _text(value: str) -> str:
    bare = _ESCAPE.sub("", value)
    assert not set(bare) & set("\\;,"), value
    return _ESCAPE.sub(lambda found: "\n" if found[1] in "nN" else found[1], value)
