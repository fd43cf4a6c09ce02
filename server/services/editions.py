"""Sealed editions across versions of a form: each is read in its own version, and compared, added
up or continued as a newer version asks it.

Nothing sealed is changed by this; the newer reading is made when it is needed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from server.core.answer_migration import Route
from server.core.answers import Answers, Context, Statuses, UnitView, Verdict, check
from server.core.form import Form
from server.core.org_unit import OrgUnit
from server.core.period import Period
from server.core.submission import Revision
from server.services.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class Editions:
    """Reads editions of reports whose form has gone on. Built once, in the composition."""

    catalogue: Catalogue
    _routes: dict[tuple[str, int, int], Route] = field(default_factory=dict)

    def form_of(self, form: Form, revision: Revision) -> Form:
        """The version in which the edition was sealed; *form* is any version of the same form."""
        if revision.version in (None, form.version):
            return form
        return self.catalogue.form(form.code, revision.version)

    def as_sealed(
        self, form: Form, revision: Revision, context: Context, relevant_off: frozenset[str]
    ) -> tuple[Form, Verdict]:
        """An edition with its own version and results; *relevant_off* are the cells of *form*."""
        own = self.form_of(form, revision)
        if own is not form and own.kind == "report" and not revision.nil:
            place = Context(unit=context.unit, period=context.period)
            relevant_off = check(own, revision.answers, revision.statuses, place).relevant_off
        return own, Verdict((), revision.computed, relevant_off)

    def read_as(self, form: Form, revision: Revision, unit: OrgUnit, period: Period) -> Revision:
        """The edition as *form*, a newer version, asks it; the same where it is not newer."""
        if revision.version is None or revision.version >= form.version or form.kind != "report":
            return revision
        answers, statuses = self.carried(
            form, revision.version, revision.answers, revision.statuses
        )
        view = UnitView(code=unit.code, level=str(unit.level), kind=unit.kind)
        computed: Mapping[str, object] = {}
        if not revision.nil:
            computed = check(form, answers, statuses, Context(unit=view, period=period)).computed
        return replace(
            revision, answers=answers, statuses=statuses, computed=computed, version=form.version
        )

    def carried(
        self, form: Form, version: int, answers: Answers, statuses: Statuses
    ) -> tuple[Answers, Statuses]:
        """A document of an older *version*, taken along version by version up to *form*."""
        for route in self.routes(form, version):
            moved = route.migrated(answers, statuses)
            answers, statuses = moved.answers, moved.statuses
        return answers, statuses

    def routes(self, form: Form, version: int) -> list[Route]:
        """The ways from *version* to *form*, one for each version between them."""
        if version >= form.version:
            return []
        numbers = sorted(
            one.version
            for one in self.catalogue.store.forms()
            if one.code == form.code and version <= one.version < form.version
        )
        pairs = zip(numbers, [*numbers[1:], form.version], strict=True)
        return [self._route(form, older, newer) for older, newer in pairs]

    def _route(self, form: Form, older: int, newer: int) -> Route:
        before = self.catalogue.form(form.code, older)
        if newer == form.version:
            # It may be a draft that is tried out, which nobody must remember.
            known = self._routes.get((form.code, older, newer))
            if known is not None and known.newer is form:
                return known
            known = self._routes[form.code, older, newer] = Route.of(before, form)
            return known
        key = (form.code, older, newer)
        if key not in self._routes:
            self._routes[key] = Route.of(before, self.catalogue.form(form.code, newer))
        return self._routes[key]
