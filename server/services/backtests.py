"""A new check tried on all that was ever sent, before anybody is asked about it.

It is judged by the very function that judges reports, so that the count is the one that comes.
"""

from collections.abc import Callable
from dataclasses import dataclass

from server.core.access import Actor, Right
from server.core.answer_engine import engine_of
from server.core.answers import check
from server.core.form import Form
from server.core.period import Period
from server.core.shape import mapping, sequence
from server.errors import AccessDenied
from server.services.catalogue import Catalogue
from server.services.contexts import context_of
from server.services.editions import Editions
from server.services.reference import Reference
from server.storage.definition_migrations import DefinitionMigrationStore, HeldReport
from server.storage.submissions import SubmissionStore

#: So many flagged reports of one check are named.
MOST_NAMED = 20
_TELL_EACH = 100


@dataclass(frozen=True, slots=True)
class Flagged:
    """A report that the check would have spoken of."""

    submission: str
    org_unit: str
    unit: str
    period: str


@dataclass(frozen=True, slots=True)
class Backtest:
    """One check on history: ``flagged`` of ``total`` reports, the first of them by name.

    Where the last version has a check of that code, ``flagged_before`` counts what that one flags,
    and ``flagged_both`` what both do.
    """

    code: str
    severity: str
    message: str
    flagged: int
    total: int
    named: tuple[Flagged, ...]
    flagged_before: int | None = None
    flagged_both: int | None = None


@dataclass(frozen=True, slots=True)
class Backtests:
    """Use cases of trying checks. Built once, in the composition."""

    catalogue: Catalogue
    reference: Reference
    store: DefinitionMigrationStore
    submissions: SubmissionStore
    editions: Editions

    def of(
        self, actor: Actor, newer: Form, *, progress: Callable[[int], None] | None = None
    ) -> tuple[Backtest, ...]:
        """Every check of *newer* that its last published version does not have like this."""
        if not actor.may(Right.ADMINISTER):
            raise AccessDenied(action="backtests")
        checks = self.new_checks(newer)
        if not checks or newer.kind != "report":
            return ()
        found: dict[str, list[Flagged]] = {code: [] for code in checks}
        counts = dict.fromkeys(checks, 0)
        older = self._last(newer)
        replaced = checks.keys() & _checks(older).keys() if older is not None else set()
        earlier, both = dict.fromkeys(replaced, 0), dict.fromkeys(replaced, 0)
        total = 0
        for report in self.store.sent(newer.code):
            total += 1
            if progress is not None and total % _TELL_EACH == 0:
                progress(total)
            flags = self._flags(newer, report) & checks.keys()
            if older is not None and replaced:
                for code in self._flags(older, report) & replaced:
                    earlier[code] += 1
                    both[code] += code in flags
            for code in flags:
                counts[code] += 1
                if len(found[code]) < MOST_NAMED:
                    found[code].append(self._named(report))
        return tuple(
            Backtest(
                code,
                str(declared["severity"]),
                str(declared["message"]),
                counts[code],
                total,
                tuple(found[code]),
                earlier.get(code),
                both.get(code),
            )
            for code, declared in checks.items()
        )

    def new_checks(self, newer: Form) -> dict[str, dict[str, object]]:
        """By code, the checks that are new or say something else than before."""
        older = self._last(newer)
        before = {} if older is None else _checks(older)
        return {
            code: declared
            for code, declared in _checks(newer).items()
            if _asked(before.get(code)) != _asked(declared)
        }

    def _last(self, newer: Form) -> Form | None:
        """The version before that one, as it was published."""
        versions = [
            one.version
            for one in self.catalogue.store.forms()
            if one.code == newer.code and one.version < newer.version
        ]
        return self.catalogue.form(newer.code, max(versions)) if versions else None

    def _flags(self, newer: Form, report: HeldReport) -> set[str]:
        if report.nil:
            return set()
        answers, statuses = self.editions.carried(
            newer, report.version, report.answers, report.statuses
        )
        period = Period.parse(report.period)
        unit = self.reference.tree_of(report.org_unit, period).by_id[report.org_unit]
        previous = None
        if engine_of(newer).uses_previous or engine_of(newer).uses_last_year:
            before = period.previous()
            previous = self.submissions.latest_revision_of(newer.code, unit.id, before.id)
            if previous is not None:
                previous = self.editions.read_as(newer, previous, unit, before)
        context = context_of(
            self.submissions, newer, unit, period, previous, editions=self.editions
        )
        return {finding.code for finding in check(newer, answers, statuses, context).findings}

    def _named(self, report: HeldReport) -> Flagged:
        period = Period.parse(report.period)
        unit = self.reference.tree_of(report.org_unit, period).by_id[report.org_unit]
        return Flagged(report.id, unit.id, unit.name, report.period)


def _checks(form: Form) -> dict[str, dict[str, object]]:
    declared = sequence(form.document.get("x-checks", ()))
    return {str(mapping(one)["code"]): dict(mapping(one)) for one in declared}


def _asked(declared: dict[str, object] | None) -> object:
    """What makes a check another one; its words do not."""
    if declared is None:
        return None
    return declared["rule"], declared["severity"], declared.get("each")
