"""The contact of a round: who answers today for the person of the letter, and naming another."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from server.core.access import Actor
from server.core.obligation import Round
from server.core.org_unit import Level, Tree
from server.core.round_contact import Answering, Colleague, Offices, answering, is_named
from server.core.vietnamese import nfc
from server.errors import InputInvalid
from server.services.reference import Reference
from server.services.rounds import Rounds
from server.storage.accounts import AccountStore

_OFFICES = frozenset({Level.PROVINCE, Level.DEPARTMENT})
LONGEST_CONTACT, LONGEST_PHONE = 200, 50


def offices_on(named: str, reference: Reference, accounts: AccountStore, on: date) -> Offices:
    """Those who may stand in the letters of the province and its departments.

    A contact of a unit that has ended has ended with it. Of the accounts only those whose name
    stands in *named* are looked at.
    """
    found = []
    for contact in reference.directory.all_contacts():
        unit = reference.unit(contact.org_unit)
        if unit.level not in _OFFICES:
            continue
        last = min(filter(None, (contact.valid_to, unit.valid_to)), default=None)
        found.append(replace(contact, valid_to=last))
    units: dict[str, set[str]] = {}
    held: set[str] = set()
    for kept in accounts.kept_grants():
        if reference.unit(kept.grant.org_unit).level in _OFFICES:
            units.setdefault(kept.account, set()).add(kept.grant.org_unit)
            if kept.grant.holds(on):
                held.add(kept.account)
    names = accounts.names(units)
    people = [accounts.get(id_) for id_ in sorted(names) if is_named(names[id_], named)]
    colleagues = tuple(
        Colleague(one.name, one.active and one.id in held, frozenset(units[one.id]))
        for one in people
    )
    return Offices(tuple(found), colleagues)


@dataclass(frozen=True, slots=True)
class RoundContacts:
    """Use cases around whom the units may ask."""

    rounds: Rounds
    accounts: AccountStore

    def answering(self, round_: Round) -> Answering:
        """Who answers today; contacts of whoever owns a form of the round come first."""
        reference, today = self.rounds.reviewer.reference, self.rounds.clock.today()
        offices = offices_on(round_.contact, reference, self.accounts, today)
        return answering(round_.contact, offices, today, self._issuers(round_, today))

    def change(self, actor: Actor, round_id: str, contact: str, phone: str) -> None:
        """Name another person from today on; the event keeps whom the letter named.

        Raises:
            InputInvalid: a line is empty, too long, or cannot be printed.
        """
        rounds = self.rounds
        rounds.require(actor)
        contact, phone = nfc(contact).strip(), nfc(phone).strip()
        errors = [
            {"path": f"/{field}", "code": "text", "message": ""}
            for field, text, most in (
                ("contact", contact, LONGEST_CONTACT),
                ("phone", phone, LONGEST_PHONE),
            )
            if not text or len(text) > most or not text.isprintable()
        ]
        if errors:
            raise InputInvalid(errors=errors)
        with rounds.transaction():
            kept = rounds.obligations.kept_rounds
            kept.lock(round_id)
            before = rounds.obligations.round(round_id)
            if (before.contact, before.phone) == (contact, phone):
                return
            kept.put_contact(round_id, contact, phone)
            rounds.events.append(
                subject=f"round/{round_id}",
                name="round.contact_changed",
                actor=actor.account,
                happened_at=rounds.clock.now(),
                details={
                    "contact": [before.contact, contact],
                    "phone": [before.phone, phone],
                },
            )

    def _issuers(self, round_: Round, on: date) -> Sequence[str]:
        tree = self.rounds.reviewer.reference.tree(on)
        found: dict[str, None] = {}
        for code in round_.forms:
            form = self.rounds.reviewer.catalogue.form(code)
            owner = tree.owner(code, str(form.settings.get("owner", "")))
            if owner is not None:
                found[owner.id] = None
        return [*found, *_provinces(tree)]


def _provinces(tree: Tree) -> list[str]:
    return [unit.id for unit in tree.units if unit.level is Level.PROVINCE]
