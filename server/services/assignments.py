"""Phân công báo cáo and who is who: rules of assignment, contacts of units, owners of forms.

They are dated and never deleted: what does not hold any more gets a last day.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from server.core.access import Actor
from server.core.assignment import AssignmentRule, owing, rule_of, unknown_units
from server.core.directory import Contact, FormOwner, contact_faults
from server.core.org_unit import OrgUnit
from server.core.ports import Clock, Transaction
from server.errors import InputInvalid
from server.services.catalogue import Catalogue
from server.services.part_owners import PartOwners
from server.services.reference import Reference
from server.storage.assignments import AssignmentStore, DirectoryStore
from server.storage.events import EventStore


@dataclass(frozen=True, slots=True)
class Assignments:
    """Use cases of the back office around who owes and whom to call."""

    store: AssignmentStore
    directory: DirectoryStore
    catalogue: Catalogue
    reference: Reference
    part_owners: PartOwners
    events: EventStore
    transaction: Transaction
    clock: Clock

    def save(self, actor: Actor, rule: AssignmentRule) -> int:
        """Keep a new rule, or change a known one; rounds that are open stay as they are.

        Raises:
            NotFound: no such form or rule.
            InputInvalid: the rule names nobody, unknown units or groups, or ends before it begins.
            Stale: somebody changed it since.
        """
        self.catalogue.form(rule.form)
        _check_days(rule)
        if not rule.says_who:
            raise InputInvalid(errors=[_fault("levels", "nobody")])
        known = {unit.id for on in self.reference.epochs() for unit in self.reference.units(on)}
        if unknown_units(rule, known):
            raise InputInvalid(errors=[_fault("units", "unknown")])
        if rule.group is not None and rule.group not in self._groups():
            raise InputInvalid(errors=[_fault("group", "unknown-group")])
        with self.transaction():
            number = rule.id
            if number:
                self.store.change(rule)
            else:
                number = self.store.add(rule)
            details = {
                "form": rule.form,
                "title": rule.title,
                "levels": sorted(rule.levels),
                "kinds": sorted(rule.kinds),
                "below": rule.below,
                "group": rule.group,
                "units": sorted(rule.units),
                "without": sorted(rule.without),
            }
            self._record(actor, f"assignment/{number}", "assignment.put", rule, details)
        return number

    def _groups(self) -> Collection[str]:
        return self.reference.tree(self.clock.today()).groups

    def owing(self, rule: AssignmentRule) -> list[OrgUnit]:
        """The units that owe the form by that rule today."""
        return owing((rule,), self.reference.tree(self.clock.today()))

    def default(self, form: str) -> AssignmentRule:
        """The form's own rule, to start from: codes of units become their ids of today."""
        rule = rule_of(self.catalogue.form(form))
        tree = self.reference.tree(self.clock.today())
        units = frozenset(tree.by_code[code].id for code in rule.codes if code in tree.by_code)
        return replace(rule, units=units, codes=frozenset())

    def save_contact(self, actor: Actor, contact: Contact) -> int:
        """Keep whom to call at a unit.

        Raises:
            InputInvalid: days in the wrong order, a number or an address that reaches nobody.
        """
        _check_days(contact)
        if faults := contact_faults(contact):
            raise InputInvalid(errors=[_fault(field, field) for field in faults])
        self.reference.unit(contact.org_unit)
        with self.transaction():
            number = self.directory.put_contact(contact)
            # Who it is stands in the table, whose row may be corrected; the event says that.
            details = {"org_unit": contact.org_unit, "post": contact.post}
            self._record(actor, f"contact/{number}", "contact.put", contact, details)
        return number

    def contacts(self, org_unit: str) -> list[Contact]:
        """Whom to call at that unit today, the newest first."""
        return self.directory.contacts([org_unit], self.clock.today())

    def save_owner(self, actor: Actor, owner: FormOwner) -> int:
        """Say which unit stands for an owner from a day on; parts that it concerns go over."""
        _check_days(owner)
        self.reference.unit(owner.org_unit)
        if owner.form is not None:
            self.catalogue.form(owner.form)
        with self.transaction():
            number = self.directory.put_owner(owner)
            details = {"code": owner.code, "form": owner.form, "org_unit": owner.org_unit}
            self._record(actor, f"owner/{number}", "owner.put", owner, details)
            self.part_owners.follow(actor, owner.code)
        return number

    def _record(
        self,
        actor: Actor,
        subject: str,
        name: str,
        dated: "AssignmentRule | Contact | FormOwner",
        details: Mapping[str, object],
    ) -> None:
        days = {
            "valid_from": dated.valid_from and dated.valid_from.isoformat(),
            "valid_to": dated.valid_to and dated.valid_to.isoformat(),
        }
        self.events.append(
            subject=subject,
            name=name,
            actor=actor.account,
            happened_at=self.clock.now(),
            details={**details, **days},
        )


def _check_days(dated: AssignmentRule | Contact | FormOwner) -> None:
    if dated.valid_from and dated.valid_to and dated.valid_to < dated.valid_from:
        raise InputInvalid(errors=[_fault("valid_to", "before-first")])


def _fault(field: str, code: str) -> dict[str, str]:
    return {"path": f"/{field}", "code": code, "message": ""}
