"""The plan of reminders of one form as data: steps, to whom, by which channel, in which words.

Words are filled by plain ``{name}`` substitution from a fixed list; there is no expression and no
attribute, so a text that somebody typed can never run anything.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, Literal, cast

from server.core.calendar import DaysOff, is_working_day
from server.core.ports import LOCAL

Addressee = Literal["unit", "responsible", "deputy", "superior", "province"]
ADDRESSEES: Final[tuple[Addressee, ...]] = (
    "unit", "responsible", "deputy", "superior", "province",
)  # fmt: skip
LANGUAGES: Final = ("vi", "en")
#: All that a text may name.
PLACEHOLDERS: Final = frozenset(
    {
        "unit", "form", "form_code", "period", "due", "days_late", "state", "missing",
        "issuer", "letter", "contact", "phone", "superior",
    }
)  # fmt: skip
FIRST_DAY, LAST_DAY, MOST_STEPS = -90, 365, 20
LONGEST_SUBJECT, LONGEST_BODY = 200, 4000
#: Reminders leave between these hours in Vietnam; the last one is outside.
OPENING, CLOSING = time(7), time(20)
#: A step that was missed while the server was down is still sent for so many days.
CATCH_UP: Final = timedelta(days=7)
#: A longer silence may be a wrong clock: nothing goes out until a person says that it is right.
LONGEST_SILENCE: Final = timedelta(days=14)
_PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}|[{}]")
_CHANNEL = re.compile(r"[a-z][a-z0-9_]{0,63}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Words:
    """One text in one language, with placeholders."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class PlanStep:
    """One step: *days* from the due date, negative before it. No *words* means the plugin's own."""

    days: int
    recipients: tuple[Addressee, ...]
    channel: str = "email"
    mandatory: bool = True
    words: Mapping[str, Words] | None = None

    @property
    def code(self) -> str:
        """``D-7``, ``D+1``."""
        return f"D{self.days:+d}"


@dataclass(frozen=True, slots=True)
class ReminderPlan:
    """The steps of one form by day; an inactive plan reminds nobody."""

    steps: tuple[PlanStep, ...]
    active: bool = True

    def as_json(self) -> dict[str, object]:
        return {
            "active": self.active,
            "steps": [
                {
                    "days": step.days,
                    "recipients": list(step.recipients),
                    "channel": step.channel,
                    "mandatory": step.mandatory,
                    "words": {
                        language: {"subject": words.subject, "body": words.body}
                        for language, words in (step.words or {}).items()
                    },
                }
                for step in self.steps
            ],
        }


@dataclass(frozen=True, slots=True)
class PlanFault:
    """What is wrong with a plan, and where; *line* and *column* count from 1 inside a text."""

    path: str
    code: str
    name: str = ""
    line: int = 0
    column: int = 0


class PlanRefused(ValueError):
    """A plan with mistakes."""

    def __init__(self, faults: list[PlanFault]) -> None:
        super().__init__(", ".join(f"{fault.path} {fault.code}" for fault in faults))
        self.faults = faults


def read_plan(document: object, channels: Collection[str] | None = None) -> ReminderPlan:
    """The plan of a JSON document; *channels* are those that exist.

    Raises:
        PlanRefused: every mistake, each with its place.
    """
    faults = list(_faults(document, channels))
    if faults:
        raise PlanRefused(faults)
    whole = cast("Mapping[str, object]", document)
    steps = [_step(given) for given in cast("list[dict[str, object]]", whole["steps"])]
    return ReminderPlan(tuple(sorted(steps, key=lambda step: step.days)), whole["active"] is True)


def placeholder_faults(text: str, path: str) -> Iterator[PlanFault]:
    """Every brace that is no known placeholder, with its line and column.

    >>> [(fault.code, fault.name, fault.line, fault.column)
    ...  for fault in placeholder_faults("Gửi {unit}\\n{unit.email} }", "/body")]
    [('unknown-placeholder', 'unit.email', 2, 1), ('stray-brace', '}', 2, 14)]
    """
    for found in _PLACEHOLDER.finditer(text):
        name = found[1]
        if name is not None and name in PLACEHOLDERS:
            continue
        before = text[: found.start()]
        yield PlanFault(
            path,
            "stray-brace" if name is None else "unknown-placeholder",
            found[0] if name is None else name,
            before.count("\n") + 1,
            found.start() - (before.rfind("\n") + 1) + 1,
        )


def fill_words(text: str, values: Mapping[str, str]) -> str:
    """*text* with its placeholders replaced once; what a value holds is not looked at again.

    >>> fill_words("Gửi {unit}, hạn {due}", {"unit": "UBND xã {due}", "due": "15/01/2025"})
    'Gửi UBND xã {due}, hạn 15/01/2025'
    """
    return _PLACEHOLDER.sub(
        lambda found: values[found[1]] if found[1] in values else found[0], text
    )


def step_day(due_on: date, days: int, holidays: DaysOff) -> date:
    """The working day of a step: before the due date the one before, after it the one after.

    >>> step_day(date(2024, 12, 2), -1, ()), step_day(date(2024, 12, 2), 5, ())
    (datetime.date(2024, 11, 29), datetime.date(2024, 12, 9))
    """
    day = due_on + timedelta(days=days)
    return working_day(day, holidays, back=days <= 0)


def working_day(day: date, holidays: DaysOff, *, back: bool = False) -> date:
    """*day*, or the nearest working day after it (before it, with *back*)."""
    one = timedelta(days=-1 if back else 1)
    while not is_working_day(day, holidays):
        day += one
    return day


def is_quiet(instant: datetime) -> bool:
    """Whether nobody is to be disturbed at that hour in Vietnam."""
    return not OPENING <= instant.astimezone(LOCAL).time() < CLOSING


def _step(given: Mapping[str, object]) -> PlanStep:
    words = cast("dict[str, dict[str, str]]", given.get("words") or {})
    return PlanStep(
        days=cast(int, given["days"]),
        recipients=tuple(
            one for one in ADDRESSEES if one in cast("list[str]", given["recipients"])
        ),
        channel=str(given.get("channel", "email")),
        mandatory=given.get("mandatory", True) is True,
        words={
            language: Words(text["subject"], text["body"].replace("\r\n", "\n"))
            for language, text in words.items()
        }
        or None,
    )


def _faults(document: object, channels: Collection[str] | None) -> Iterator[PlanFault]:
    if not isinstance(document, dict) or set(document) != {"active", "steps"}:
        yield PlanFault("", "shape")
        return
    steps = document["steps"]
    if not isinstance(document["active"], bool):
        yield PlanFault("/active", "shape")
    if not isinstance(steps, list) or not 1 <= len(steps) <= MOST_STEPS:
        yield PlanFault("/steps", "count")
        return
    seen: set[object] = set()
    for number, step in enumerate(steps):
        path = f"/steps/{number}"
        if not isinstance(step, dict):
            yield PlanFault(path, "shape")
            continue
        days = step.get("days")
        if not isinstance(days, int) or isinstance(days, bool) or not FIRST_DAY <= days <= LAST_DAY:
            yield PlanFault(f"{path}/days", "days")
        elif days in seen:
            yield PlanFault(f"{path}/days", "twice")
        else:
            seen.add(days)
        yield from _step_faults(step, path, channels)


def _step_faults(
    step: Mapping[str, object], path: str, channels: Collection[str] | None
) -> Iterator[PlanFault]:
    recipients, channel = step.get("recipients"), step.get("channel", "email")
    known = isinstance(recipients, list) and all(one in ADDRESSEES for one in recipients)
    if not known or not recipients:
        yield PlanFault(f"{path}/recipients", "recipients")
    if not isinstance(channel, str) or not _CHANNEL.fullmatch(channel):
        yield PlanFault(f"{path}/channel", "channel")
    elif channels is not None and channel not in channels:
        yield PlanFault(f"{path}/channel", "channel", channel)
    if not isinstance(step.get("mandatory", True), bool):
        yield PlanFault(f"{path}/mandatory", "shape")
    words = step.get("words") or {}
    if not isinstance(words, dict) or not set(words) <= set(LANGUAGES):
        yield PlanFault(f"{path}/words", "shape")
        return
    for language, texts in words.items():
        yield from _text_faults(texts, f"{path}/words/{language}")


def _text_faults(texts: object, path: str) -> Iterator[PlanFault]:
    longest = {"subject": LONGEST_SUBJECT, "body": LONGEST_BODY}
    if not isinstance(texts, dict) or set(texts) != set(longest):
        yield PlanFault(path, "shape")
        return
    for name, most in longest.items():
        text, place = texts[name], f"{path}/{name}"
        if not isinstance(text, str) or not text.strip() or len(text) > most:
            yield PlanFault(place, "text")
            continue
        text = text.replace("\r\n", "\n")
        if _CONTROL.search(text) or (name == "subject" and "\n" in text):
            yield PlanFault(place, "control")
        yield from placeholder_faults(text, place)
