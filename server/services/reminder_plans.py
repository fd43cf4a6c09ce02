"""Plans of reminders: the plugin's default, the office's own by form, version by version."""

from collections.abc import Sequence
from dataclasses import dataclass

from server.core.access import Actor
from server.core.ports import Clock, Transaction
from server.core.reminder_plan import PlanRefused, ReminderPlan, read_plan
from server.errors import AccessDenied, InputInvalid
from server.hooks.manager import Plugins
from server.services.catalogue import Catalogue
from server.storage.events import EventStore
from server.storage.reminders import EVERY_FORM, KeptPlan, ReminderStore


@dataclass(frozen=True, slots=True)
class PlanInForce:
    """The plan of a form as it holds now; *source* is ``form``, ``every`` or ``plugin``."""

    form: str
    plan: ReminderPlan | None
    source: str
    version: int


@dataclass(frozen=True, slots=True)
class ReminderPlans:
    """Use cases of keeping plans."""

    store: ReminderStore
    catalogue: Catalogue
    plugins: Plugins
    events: EventStore
    transaction: Transaction
    clock: Clock

    def default(self) -> ReminderPlan | None:
        """What the options of the first rule that knows plans say."""
        for rule in self.plugins.reminder_rules():
            plan = rule.default_plan()
            if plan is not None:
                return plan
        return None

    def own(self) -> dict[str, ReminderPlan]:
        """The plans that the office wrote, by form; ``*`` for every form."""
        return {
            form: read_plan(kept.plan)
            for form, kept in self.store.plans().items()
            if kept.plan is not None
        }

    def in_force(self, form: str) -> PlanInForce:
        """The plan of one form (``*``: of those without their own), and where it comes from."""
        kept, own = self.store.plans(), self.own()
        version = kept[form].version if form in kept else 0
        if form in own:
            return PlanInForce(form, own[form], "form", version)
        if EVERY_FORM in own:
            return PlanInForce(form, own[EVERY_FORM], "every", version)
        return PlanInForce(form, self.default(), "plugin", version)

    def all(self) -> list[PlanInForce]:
        """The plan of every form and, first, that of all forms without one of their own."""
        codes = [EVERY_FORM, *sorted(form.code for form in self.catalogue.forms())]
        return [self.in_force(code) for code in codes]

    def history(self, form: str) -> Sequence[KeptPlan]:
        """All versions of a form's plan, the newest first."""
        return self.store.history(form)

    def channels(self) -> list[str]:
        """The channels that a step may name."""
        return [channel.code for channel in self.plugins.channels()] or ["email"]

    def check(self, document: object) -> ReminderPlan:
        """The plan of a document that somebody wrote.

        Raises:
            InputInvalid: each mistake with its place, an unknown placeholder with line and column.
        """
        try:
            return read_plan(document, self.channels())
        except PlanRefused as refused:
            raise InputInvalid(
                errors=[
                    {
                        "path": fault.path,
                        "code": fault.code,
                        "message": _message(fault.code, fault.name, fault.line, fault.column),
                        "name": fault.name,
                        "line": fault.line,
                        "column": fault.column,
                    }
                    for fault in refused.faults
                ]
            ) from refused

    def save(self, actor: Actor, form: str, document: object | None, *, seen: int) -> int:
        """Write a new version on top of *seen*; ``None`` goes back to the default.

        Raises:
            InputInvalid: the plan has mistakes.
            Stale: somebody wrote a version meanwhile.
        """
        if not actor.is_admin:
            raise AccessDenied(action="reminder_plan")
        if form != EVERY_FORM:
            self.catalogue.form(form)
        plan = None if document is None else self.check(document).as_json()
        with self.transaction():
            now = self.clock.now()
            version = self.store.put_plan(form, plan, actor.account, now, seen)
            self.events.append(
                subject=f"reminder_plan/{form}",
                name="reminder_plan.changed",
                actor=actor.account,
                happened_at=now,
                details={"version": version, "own": plan is not None},
            )
        return version


def _message(code: str, name: str, line: int, column: int) -> str:
    """For machines and logs; pages have words of their own."""
    place = f" at line {line}, column {column}" if line else ""
    return f"{code}{f' {name!r}' if name else ''}{place}"
