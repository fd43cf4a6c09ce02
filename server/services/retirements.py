"""The end of a definition: from which day no new report begins with it, and taking that back.

Nothing is deleted and no report is touched: what runs, runs on to its end on its own version.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from server.core.access import Actor
from server.core.definition_draft import MOST_NOTES
from server.core.definition_life import (
    WHOLE,
    LifeState,
    RetiredKind,
    Retirement,
    earlier,
    state_of,
)
from server.core.form import Form, codelists_of
from server.core.obligation import Progress
from server.core.ports import Clock, Transaction
from server.core.vietnamese import nfc
from server.errors import AccessDenied, InputInvalid, NotFound
from server.services.catalogue import Catalogue
from server.storage.events import EventStore
from server.storage.obligations import ObligationStore
from server.storage.retirements import RetirementStore


@dataclass(frozen=True, slots=True)
class VersionLife:
    """A published version as it stands today, and the period from which it is meant."""

    version: int
    digest: str
    state: LifeState
    first_period: str | None
    last_on: date | None


@dataclass(frozen=True, slots=True)
class Retirements:
    """Use cases around the last day of forms, workflows and code lists."""

    store: RetirementStore
    catalogue: Catalogue
    obligations: ObligationStore
    events: EventStore
    transaction: Transaction
    clock: Clock

    def versions(self, kind: RetiredKind, code: str) -> list[VersionLife]:
        """Every published version, the newest first; ``NotFound`` where there is none."""
        kept, today = self.catalogue.store, self.clock.today()
        stored = {
            "form": lambda: [(one.version, one.digest) for one in kept.forms() if one.code == code],
            "workflow": lambda: [(one.version, one.digest) for one in kept.workflows(code)],
            "codelist": lambda: [(one.version, one.digest) for one in kept.codelists(code)],
        }[kind]()
        if not stored:
            raise NotFound(kind=kind)
        begins, newest = kept.begins(), max(stored)[0]
        whole = self.catalogue.last_day(kind, code)
        found = []
        for version, digest in sorted(stored, reverse=True):
            last_on = earlier(whole, self.catalogue.last_day(kind, code, version))
            state = state_of(newest=version == newest, last_on=last_on, today=today)
            first = begins.get((kind, code, version))
            found.append(VersionLife(version, digest, state, first, last_on))
        return found

    def decisions(self, kind: RetiredKind, code: str) -> list[Retirement]:
        """What was decided, the newest first."""
        return self.store.of(kind, code)

    def still_owed(self, code: str) -> int:
        """How many reports of a form have yet to be sent, and stay owed whatever is decided."""
        counts = self.obligations.counts(form=code)
        return sum(counts[one] for one in (Progress.NONE, Progress.STARTED, Progress.RETURNED))

    def retire(
        self,
        actor: Actor,
        kind: RetiredKind,
        code: str,
        *,
        last_on: date | None,
        reason: str,
        version: int = WHOLE,
    ) -> None:
        """Say the last day of a definition or of one of its versions; None takes it back.

        Raises:
            NotFound: there is no such definition or version.
            InputInvalid: no reason; ``used``: forms in force go by that workflow, or take their
                codes from that list, after its last day; ``last-version``: no other version would
                be left to begin with.
        """
        if not actor.is_admin:
            raise AccessDenied(action="retire_definition")
        told = nfc(reason).strip()
        if not told or len(told) > MOST_NOTES:
            raise _refused("reason", "required")
        with self.transaction():
            self.events.hold(f"{kind}/{code}")  # two who retire one version each leave one
            known = {one.version for one in self.versions(kind, code)}
            if version not in {*known, WHOLE} or (kind == "codelist" and version != WHOLE):
                raise NotFound(kind=kind)
            if last_on is not None:
                self._require_free(kind, code, known, version)
                if kind == "codelist":
                    self._require_unused(code, last_on)
            self.store.add(
                Retirement(kind, code, version, last_on, told, actor.account, self.clock.now())
            )
            details: Mapping[str, object] = {
                "version": version or None,
                "last_on": last_on and last_on.isoformat(),
                "reason": told,
            }
            self.events.append(
                subject=f"{kind}/{code}",
                name=f"{kind}.retired" if last_on is not None else f"{kind}.reinstated",
                actor=actor.account,
                happened_at=self.clock.now(),
                details=details,
            )

    def _require_free(self, kind: RetiredKind, code: str, known: set[int], version: int) -> None:
        if version != WHOLE:
            others = known - {version}
            if all(self.catalogue.last_day(kind, code, other) is not None for other in others):
                raise _refused("version", "last-version")
        elif kind == "workflow":
            using = [form.code for form in self.catalogue.forms() if self._goes_by(form.code, code)]
            if using:
                raise _refused("code", "used", ", ".join(using))

    def using(self, codelist: str) -> list[Form]:
        """The forms whose newest version takes rows, choices or members from that list."""
        return [form for form in self.catalogue.forms() if codelist in codelists_of(form.document)]

    def _require_unused(self, codelist: str, last_on: date) -> None:
        """A form that ends no later than the list may keep it."""
        outliving = [
            form.code
            for form in self.using(codelist)
            if (self.catalogue.last_day("form", form.code) or date.max) > last_on
        ]
        if outliving:
            raise _refused("code", "used", ", ".join(outliving))

    def _goes_by(self, form: str, workflow: str) -> bool:
        named = self.catalogue.form(form).settings.get("workflow")
        codes = set(named.values()) if isinstance(named, Mapping) else {named}
        return workflow in codes and not self.catalogue.is_retired("form", form, self.clock.today())


def _refused(field: str, code: str, message: str = "") -> InputInvalid:
    return InputInvalid(errors=[{"path": f"/{field}", "code": code, "message": message}])
