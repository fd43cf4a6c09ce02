"""Who gets a reminder on a day: the unit's address, its people of that day, deputies, the levels
above. Kept for one pass over the obligations, because a unit owes many reports.
"""

from dataclasses import dataclass, field
from datetime import date

from server.core.access import Role
from server.core.account import Account
from server.core.directory import Contact
from server.core.obligation import Obligation
from server.core.org_unit import Level, OrgUnit, Tree
from server.core.period import Period
from server.core.reminder_plan import Addressee
from server.core.round_contact import Answering, answering
from server.hooks import Recipient, Step
from server.hooks.door import GuardedChannel
from server.hooks.manager import Plugins
from server.services.accounts import Accounts
from server.services.reference import Reference
from server.services.round_contacts import offices_on
from server.services.sheets import unit_title
from server.storage.urgings import MailPreference, MailPreferenceStore

_OWN = (Role.REPORTER, Role.SIGNER)


@dataclass(frozen=True, slots=True)
class Addressed:
    """One recipient of a step; *declined* when the person wants mandatory mails only."""

    addressee: Addressee
    name: str
    recipient: str
    account: str | None = None
    language: str = "vi"
    declined: bool = False


@dataclass(slots=True)
class Directory:
    """Recipients of one day."""

    on: date
    reference: Reference
    accounts: Accounts
    preferences: MailPreferenceStore
    plugins: Plugins
    _people: dict[tuple[str, tuple[Role, ...]], list[Account]] = field(default_factory=dict)
    _wishes: dict[str, MailPreference] = field(default_factory=dict)
    _contacts: dict[str, Contact | None] = field(default_factory=dict)
    _answers: dict[tuple[str, str], Answering] = field(default_factory=dict)

    def unit(self, obligation: Obligation) -> OrgUnit:
        """Who answers for the report today; after the end of a unit that is another one."""
        tree = self.reference.tree(self.on)
        if obligation.responsible_unit in tree.by_id:
            return tree.by_id[obligation.responsible_unit]
        return self.reference.unit(obligation.responsible_unit)

    def superior(self, obligation: Obligation) -> OrgUnit | None:
        """The unit above it today, or above it in the period when it is gone."""
        tree = self._tree(obligation)
        unit = tree.by_id.get(obligation.responsible_unit)
        return tree.by_id.get(unit.parent) if unit is not None and unit.parent else None

    def contact(self, unit: OrgUnit | None) -> Contact | None:
        """Whom to ask at a unit on this day, by the dated directory."""
        if unit is None:
            return None
        if unit.id not in self._contacts:
            found = self.reference.directory.contacts([unit.id], self.on)
            self._contacts[unit.id] = found[0] if found else None
        return self._contacts[unit.id]

    def has_left(self, named: str) -> bool:
        """Whether the person whom a letter names does not answer any more."""
        return self._answering(named, "").gone

    def came_after(self, named: str, issuer: OrgUnit | None) -> Contact | None:
        """Who answers for that person now, where the directory knows it."""
        return self._answering(named, issuer.id if issuer else "").now

    def _answering(self, named: str, issuer: str) -> Answering:
        if (named, issuer) not in self._answers:
            offices = offices_on(named, self.reference, self.accounts.store, self.on)
            found = answering(named, offices, self.on, [issuer] if issuer else [])
            self._answers[named, issuer] = found
        return self._answers[named, issuer]

    def of(self, obligation: Obligation, step: Step) -> list[Addressed]:
        """The recipients of a step, each address once; empty when nobody can be reached."""
        channel = self._channel(step.channel)
        found: dict[str, Addressed] = {}
        for addressee in step.recipients if channel is not None else ():
            for one in self._one(addressee, obligation, step, channel):
                found.setdefault(one.recipient, one)
        return list(found.values())

    def _one(
        self,
        addressee: Addressee,
        obligation: Obligation,
        step: Step,
        channel: GuardedChannel | None,
    ) -> list[Addressed]:
        assert channel is not None
        unit = self.unit(obligation)
        if addressee == "unit":
            return self._office(addressee, unit, channel)
        if addressee == "responsible":
            return self._persons(addressee, self._holders(unit.id, _OWN), step, channel)
        if addressee == "deputy":
            deputies = self._deputies(unit.id, obligation.form)
            return self._persons(addressee, deputies, step, channel)
        above = self.superior(obligation)
        if addressee == "province":
            tree = self._tree(obligation)
            above = tree.at_level(obligation.responsible_unit, Level.PROVINCE)
        if above is None or above.id == unit.id:
            return []
        office = self._office(addressee, above, channel)
        approvers = self._holders(above.id, (Role.APPROVER,))
        return office or self._persons(addressee, approvers, step, channel)

    def _office(
        self, addressee: Addressee, unit: OrgUnit, channel: GuardedChannel
    ) -> list[Addressed]:
        name = unit_title(unit)
        address = channel.address(Recipient(name, unit.email, code=unit.code))
        return [] if address is None else [Addressed(addressee, name, address)]

    def _persons(
        self, addressee: Addressee, people: list[Account], step: Step, channel: GuardedChannel
    ) -> list[Addressed]:
        found = []
        for person in people:
            given = Recipient(person.name, person.email, code=person.username)
            address = channel.address(given) if person.email else None
            if address is not None:
                wish = self._wish(person.id)
                declined = wish.only_mandatory and not step.mandatory
                found.append(
                    Addressed(addressee, person.name, address, person.id, wish.language, declined)
                )
        return found

    def _holders(self, unit: str, roles: tuple[Role, ...]) -> list[Account]:
        key = (unit, roles)
        if key not in self._people:
            kept = self.accounts.store.kept_grants(org_units=[unit])
            ids = dict.fromkeys(
                one.account for one in kept if one.grant.role in roles and one.grant.holds(self.on)
            )
            people = [self.accounts.store.get(id_) for id_ in ids]
            self._people[key] = [person for person in people if person.active]
        return self._people[key]

    def _deputies(self, unit: str, form: str) -> list[Account]:
        """Those to whom a head of the unit has handed the signing of that form today."""
        found: dict[str, Account] = {}
        for head in self._holders(unit, (Role.SIGNER,)):
            for given in self.accounts.delegations.of(principal=head.id):
                if (
                    given.org_unit == unit
                    and given.holds(self.on)
                    and (not given.forms or form in given.forms)
                ):
                    found[given.deputy] = self.accounts.store.get(given.deputy)
        return [person for person in found.values() if person.active]

    def _wish(self, account: str) -> MailPreference:
        if account not in self._wishes:
            self._wishes[account] = self.preferences.of([account]).get(account, MailPreference())
        return self._wishes[account]

    def _tree(self, obligation: Obligation) -> Tree:
        tree = self.reference.tree(self.on)
        if obligation.responsible_unit in tree.by_id:
            return tree
        period = Period.parse(obligation.period)
        return self.reference.tree_of(obligation.responsible_unit, period)

    def _channel(self, code: str) -> GuardedChannel | None:
        return next((one for one in self.plugins.channels() if one.code == code), None)
