"""What a play supposes of the report, read from the address: only what its workflow asks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from server.core.expressions import parse
from server.core.org_unit import OrgUnit
from server.core.period import Period
from server.core.workflow import Workflow
from server.core.workflow_conditions import CELL, FACTS, NUMBER, TRUTH, Key
from server.core.workflow_domains import keys_of
from server.core.workflow_graph import moves_of
from server.web.workflow_words import fact_words, guard_word

#: These are known: the unit is a real one, the actor is whoever plays.
_KNOWN = ("unit", "actor", "period")
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class Supposition:
    """One thing to suppose: a field of the form above the play."""

    name: str
    label: str
    kind: str  # "yes", "number", "text" or "choice"
    value: str
    choices: tuple[str, ...] = ()

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """The choices as a select takes them."""
        return tuple((one, one) for one in self.choices)


@dataclass(frozen=True, slots=True)
class Situation:
    """The suppositions with the facts, cells and unmet guards that they come to."""

    fields: tuple[Supposition, ...]
    facts: Mapping[str, object]
    cells: Mapping[str, object]
    unmet: frozenset[str]
    kept: Mapping[str, str]  # what an address must carry to say the same again

    @classmethod
    def of(
        cls, workflow: Workflow, unit: OrgUnit, asked: Mapping[str, str], today: date
    ) -> "Situation":
        """What *asked*, the arguments of the address, supposes for this workflow."""
        guards = dict.fromkeys(
            guard for move in moves_of(workflow) for guard in move.guards if guard != "not_own_work"
        )
        fields = [
            Supposition(
                f"no.{guard}",
                _("Chưa đạt: %(guard)s", guard=guard_word(guard)),
                "yes",
                asked.get(f"no.{guard}", ""),
            )
            for guard in guards
        ]
        unmet = frozenset(guard for guard in guards if asked.get(f"no.{guard}") == "1")
        facts: dict[str, object] = {
            "unit": {"code": unit.code, "level": str(unit.level), "kind": unit.kind},
            "findings": {"errors": 0, "warnings": 0, "open_warnings": 0},
            "obligation": {"days_late": 0, "round": None, "state": "open"},
            "nil": False,
        }
        cells: dict[str, object] = {}
        keys = keys_of([parse(move.when) for move in moves_of(workflow) if move.when is not None])
        period = _period(asked.get("period", ""), today)
        facts["period"] = {"id": period.id, "type": str(period.type), "year": period.year}
        if any(key[0] == "period" for key in keys):
            fields.append(Supposition("period", _("Kỳ báo cáo"), "text", period.id))
        for key in keys:
            if key[0] in _KNOWN:
                continue
            field = _field(key, asked)
            fields.append(field)
            value = _value(key, field.value)
            if key[0] == CELL:
                cells[key[1]] = value
            elif len(key) == 1:
                facts[key[0]] = value
            else:
                held = facts[key[0]]
                assert isinstance(held, dict)
                held[key[1]] = value
        kept = {field.name: field.value for field in fields if field.value}
        return cls(tuple(fields), facts, cells, unmet, kept)


def _field(key: Key, asked: Mapping[str, str]) -> Supposition:
    name = ".".join(key)
    value = asked.get(name, "").strip()[:_LONGEST]
    if key[0] == CELL:
        label = _("Giá trị của ô %(path)s", path=key[1])
        return Supposition(name, label, "text", value)
    fact, label = FACTS[key], fact_words()[name]
    label = label[:1].upper() + label[1:]
    if fact.type == TRUTH:
        return Supposition(name, label, "yes", value)
    if fact.values:
        return Supposition(name, label, "choice", value, fact.values)
    return Supposition(name, label, "number" if fact.type == NUMBER else "text", value)


def _value(key: Key, text: str) -> object:
    """What a field says: an empty one means none, nothing or no."""
    if key[0] == CELL:
        return _number(text, text or None)
    fact = FACTS[key]
    if fact.type == TRUTH:
        return text == "1"
    if fact.type == NUMBER:
        return _number(text, float(fact.least))
    if fact.values and text not in fact.values:
        return None if fact.nullable else fact.values[0]
    return text or (None if fact.nullable else "")


def _number(text: str, otherwise: object) -> object:
    """The number that *text* is; 1.234,5 and 1234.5 both are read."""
    plain = text.replace(".", "").replace(",", ".") if "," in text else text
    try:
        return float(plain) if plain.replace(".", "", 1).lstrip("-").isdecimal() else otherwise
    except ValueError:
        return otherwise


def _period(text: str, today: date) -> Period:
    try:
        return Period.asked(text)
    except ValueError:
        return Period.parse(str(today.year - 1))
