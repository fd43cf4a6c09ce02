"""Assignment: which units owe a form, as rules with dates.

A form declares its own rule (``assignedTo``); rules kept in the back office replace it from a day
to a day. Pure: the tree of the day and the rules come in, units go out.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from server.core.consolidation import is_consolidated, source_form
from server.core.form import Form
from server.core.org_unit import OrgUnit, Tree
from server.core.period import Period
from server.core.shape import strings


@dataclass(frozen=True, slots=True)
class AssignmentRule:
    """Who owes a form: the units of levels, kinds, a place or a group, and a named list besides.

    Levels, kinds, *below* and *group* narrow one another; a group without levels is all of its
    units, as the group stands on the day of the tree. *units* and *without* are ids of units,
    *codes* (only of the form's own rule) official codes.
    """

    form: str
    title: str = ""
    levels: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    below: str | None = None
    group: str | None = None
    units: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()
    codes: frozenset[str] = frozenset()
    valid_from: date | None = None
    valid_to: date | None = None
    edit: int = 1
    id: int = 0

    def holds(self, on: date) -> bool:
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_to is None or on <= self.valid_to
        )

    @property
    def says_who(self) -> bool:
        """Whether it can name anybody at all."""
        return bool(self.levels or self.units or self.codes or self.group)

    def names(self, unit: OrgUnit, tree: Tree) -> bool:
        """Whether *unit* owes the form by this rule."""
        if unit.id in self.without:
            return False
        if unit.id in self.units or unit.code in self.codes:
            return True
        if not self._reaches(unit, tree):
            return False
        return self.below is None or any(over.id == self.below for over in tree.ancestors(unit.id))

    def _reaches(self, unit: OrgUnit, tree: Tree) -> bool:
        """Whether the unit is of the levels, kinds and group, wherever it lies."""
        if self.group is not None and unit.id not in tree.groups.get(self.group, frozenset()):
            return False
        if self.levels and str(unit.level) not in self.levels:
            return False
        if self.kinds and unit.kind not in self.kinds:
            return False
        return bool(self.levels) or self.group is not None


def rule_of(form: Form) -> AssignmentRule:
    """The form's own rule, which holds while no other does."""
    declared = form.settings.get("assignedTo", {})
    rule = AssignmentRule(form.code)
    if not isinstance(declared, Mapping):
        return rule
    return replace(
        rule,
        levels=frozenset(strings(declared.get("levels", ()))),
        kinds=frozenset(strings(declared.get("kinds", ()))),
        codes=frozenset(strings(declared.get("units", ()))),
    )


def day_of_rules(period: Period, opens_on: date) -> date:
    """The day whose rules a round asks by: that of its opening, inside the period.

    A yearly report is asked for when the year is over: a rule that held until the last day of the
    period still names who owes it, and one that begins the day after names nobody yet.
    """
    return min(max(opens_on, period.start), period.end)


def rules_on(form: Form, kept: Iterable[AssignmentRule], on: date) -> tuple[AssignmentRule, ...]:
    """The rules by which *form* is owed on that day: the kept ones, or else its own."""
    found = tuple(rule for rule in kept if rule.form == form.code and rule.holds(on))
    return found or (rule_of(form),)


def owing(rules: Sequence[AssignmentRule], tree: Tree) -> list[OrgUnit]:
    """The units of the tree that owe the form, in the order of the tree; each once."""
    return [unit for unit in tree.units if any(rule.names(unit, tree) for rule in rules)]


def owing_with_sums(
    form: Form, rules: Sequence[AssignmentRule], tree: Tree, *, parents: bool = True
) -> list[OrgUnit]:
    """The same, and whoever stands above one of them where the form is consolidated: the sums."""
    found = owing(rules, tree)
    if not parents or source_form(form) != form.code:
        return found
    own = {unit.id for unit in found}
    above = {
        over.id: over
        for unit in found
        for over in tree.ancestors(unit.id)
        if over.id not in own and is_consolidated(form, over.level)
    }
    return [*found, *above.values()]


def unknown_units(rule: AssignmentRule, known: Collection[str]) -> list[str]:
    """Ids that the rule names and that no unit has."""
    named = rule.units | rule.without | ({rule.below} if rule.below else set())
    return sorted(named - set(known))
