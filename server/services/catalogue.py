"""The catalogue: published forms, workflows, code lists and indicators, and how they get there.

What is published never changes, so compiled versions are kept in memory for
ever; only "which is the newest" is asked of the database again.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from server.core.access import Actor
from server.core.definition import Installed, Refusal, check_codelist, check_form, check_workflow
from server.core.definition_catalogue import refuse_retired_lists
from server.core.definition_draft import readable
from server.core.definition_life import WHOLE, ended
from server.core.form import Form, codelists_of, compile_form, load_form
from server.core.indicator import CodeList, Indicator
from server.core.indicator_edition import WHOLE_CATALOGUE, check_edition, text_of
from server.core.json_text import digest, read
from server.core.period import Period
from server.core.ports import Clock, Transaction
from server.core.refusal import Refusals
from server.core.shape import Shape
from server.core.workflow import Workflow
from server.errors import DefinitionInvalid, NotFound
from server.services.definitions import Kind, read_codelist, read_indicators
from server.services.reference import Reference
from server.storage.catalogue import CatalogueStore, StoredForm, StoredWorkflow
from server.storage.events import EventStore


@dataclass
class _Kept:
    """What this process has compiled so far."""

    stamp: int = -1
    latest_forms: dict[str, int] = field(default_factory=dict)
    latest_workflows: dict[str, int] = field(default_factory=dict)
    codelists: dict[str, CodeList] = field(default_factory=dict)
    indicators: dict[str, Indicator] = field(default_factory=dict)
    forms: dict[tuple[str, int], Form] = field(default_factory=dict)
    workflows: dict[tuple[str, int], Workflow] = field(default_factory=dict)
    begins: dict[tuple[str, str, int], str] = field(default_factory=dict)
    last_days: dict[tuple[str, str, int], date] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Use cases around definitions."""

    store: CatalogueStore
    events: EventStore
    reference: Reference
    transaction: Transaction
    clock: Clock
    schemas: Mapping[str, Mapping[str, object]]  # "form" and "workflow" meta-schemas
    _kept: _Kept = field(default_factory=_Kept)

    def form(self, code: str, version: int | None = None) -> Form:
        """A published form, the newest version unless one is named; ``NotFound`` otherwise."""
        if version is None:
            version = self._fresh().latest_forms.get(code)
            if version is None:
                raise NotFound(kind="form")
        known = self._kept.forms.get((code, version))
        if known is None:
            stored = self.store.form(code, version)
            if stored.document is None:
                raise NotFound(kind="form")
            known = load_form(stored.document, stored.digest)
            self._kept.forms[(code, version)] = known
        return known

    def newer(self, form: Form, period: Period) -> tuple[Form, ...]:
        """The versions of *form* published after it that are meant for *period*, oldest first."""
        kept = self._fresh()
        if kept.latest_forms.get(form.code, 0) <= form.version:
            return ()
        later = [
            one.version
            for one in self.store.forms()
            if one.code == form.code and one.version > form.version
        ]
        begins = {one: kept.begins.get(("form", form.code, one)) for one in later}
        return tuple(
            self.form(form.code, one)
            for one, first in begins.items()
            if first is None or Period.parse(first).start <= period.start
        )

    def form_in(self, code: str, period: Period) -> Form:
        """The version that a report of *period* starts with: the newest that is meant for it."""
        return self.form(code, self._version_in("form", code, period))

    def workflow_in(self, code: str, period: Period) -> Workflow:
        """As ``form_in``."""
        return self.workflow(code, self._version_in("workflow", code, period))

    def _version_in(self, kind: Kind, code: str, period: Period) -> int | None:
        """None where every version is meant for every period, as nearly always."""
        kept = self._fresh()
        begins, last_days = kept.begins, kept.last_days
        if not any(key[:2] == (kind, code) for key in (*begins, *last_days)):
            return None
        stored: Iterable[StoredForm | StoredWorkflow] = (
            self.store.forms() if kind == "form" else self.store.workflows(code)
        )
        newest_first = sorted((one.version for one in stored if one.code == code), reverse=True)
        standing = [
            version
            for version in newest_first
            if not ended(last_days.get((kind, code, version)), period.start)
        ]
        for version in standing:
            first = begins.get((kind, code, version))
            if first is None or Period.parse(first).start <= period.start:
                return version
        # All are meant for later: the oldest is the nearest.
        return (standing or newest_first)[-1]

    def last_day(self, kind: Kind, code: str, version: int = WHOLE) -> date | None:
        """The last day of a definition or of one version, where one was decided on."""
        return self._fresh().last_days.get((kind, code, version))

    def is_retired(self, kind: Kind, code: str, day: date) -> bool:
        """Whether the definition as a whole has ended before that day."""
        return ended(self.last_day(kind, code), day)

    def forms(self) -> tuple[Form, ...]:
        """The newest version of each form, by code."""
        latest = self._fresh().latest_forms
        return tuple(self.form(code, latest[code]) for code in sorted(latest))

    def workflow(self, code: str, version: int | None = None) -> Workflow:
        if version is None:
            version = self._fresh().latest_workflows.get(code)
            if version is None:
                raise NotFound(kind="workflow")
        known = self._kept.workflows.get((code, version))
        if known is None:
            stored = self.store.workflow(code, version)
            known = Workflow.of(json.loads(stored.source), stored.digest)
            self._kept.workflows[(code, version)] = known
        return known

    def workflow_document(self, code: str, version: int | None = None) -> Mapping[str, object]:
        """The workflow as it was published."""
        stored = self.store.workflow(code, self.workflow(code, version).version)
        document: Mapping[str, object] = json.loads(stored.source)
        return document

    def workflows(self) -> tuple[Workflow, ...]:
        return tuple(self.workflow(code) for code in sorted(self._fresh().latest_workflows))

    def every_workflow(self) -> tuple[Workflow, ...]:
        """All versions that were ever published: reports stay on the one they began with."""
        return tuple(
            self.workflow(stored.code, stored.version) for stored in self.store.workflows()
        )

    def codelist(self, code: str) -> CodeList:
        found = self._fresh().codelists.get(code)
        if found is None:
            raise NotFound(kind="codelist")
        return found

    def codelists(self) -> tuple[CodeList, ...]:
        kept = self._fresh().codelists
        return tuple(kept[code] for code in sorted(kept))

    def usable_codelists(self) -> tuple[CodeList, ...]:
        """Those that a new version of a form may take: none that has a last day."""
        return tuple(one for one in self.codelists() if self.last_day("codelist", one.code) is None)

    def indicator(self, code: str) -> Indicator:
        found = self._fresh().indicators.get(code)
        if found is None:
            raise NotFound(kind="indicator")
        return found

    def indicators(self) -> tuple[Indicator, ...]:
        return tuple(self._fresh().indicators.values())

    def measure_units(self) -> dict[str, str]:
        """The first unit of measure of each indicator: what a figure has that names none."""
        return {one.code: one.measures[0].unit for one in self.indicators() if one.measures}

    def check(
        self, text: str, kind: Kind = "form", alongside: Collection[str] = ()
    ) -> list[Refusal]:
        """Everything that speaks against publishing *text*; nothing is stored.

        *alongside* are codes of forms that are being published with it: rules may name them.
        """
        if kind == "codelist":
            return check_codelist(text)
        if kind == "workflow":
            return check_workflow(text, self.installed())
        installed = self.installed()
        return check_form(text, replace(installed, forms={*installed.forms, *alongside}))

    def publish(
        self, text: str, kind: Kind, actor: Actor, *, alongside: Collection[str] = ()
    ) -> str:
        """Make a checked definition available for ever; return its digest.

        Publishing the very same text again changes nothing.

        Raises:
            DefinitionInvalid: it is refused; the facts hold every refusal.
            DefinitionChanged: this code and version was published with another content.
        """
        known = self._published(text) if kind == "form" else None
        if known is not None:
            return known
        refusals = self.check(text, kind, alongside)
        if refusals:
            raise DefinitionInvalid(refusals=refusals)
        source = json.loads(text)
        with self.transaction():
            if kind == "codelist":
                return self._publish_codelist(source, actor)
            if kind == "workflow":
                return self._publish_workflow(text, source, actor)
            return self._publish_form(text, source, actor)

    def put_indicators(self, document: Mapping[str, object], actor: Actor) -> int:
        """Load the indicator catalogue (``form_definitions/_indicators``); return how many.

        Raises:
            DefinitionInvalid: it is no such catalogue, or lacks an indicator that there is; none is
                ever deleted.
        """
        try:
            indicators = read_indicators(document)
        except (KeyError, TypeError, AttributeError) as fault:
            message = f"this is no catalogue of indicators: {fault!r}"
            refusal = Refusal(1, "", "indicators-unreadable", message)
            raise DefinitionInvalid(refusals=[refusal]) from None
        with self.transaction():
            self.hold_indicators()
            refusals = check_edition(text_of(indicators), self.indicators())
            if refusals:
                raise DefinitionInvalid(refusals=refusals)
            self.store.put_indicators(list(indicators))
            self._record(f"indicators/{WHOLE_CATALOGUE}", actor, {"count": len(indicators)})
        return len(indicators)

    def change_indicators(
        self, indicators: Iterable[Indicator], actor: Actor, changes: Mapping[str, str]
    ) -> str:
        """A new edition of the catalogue; *changes* tells by code what became of each.

        Its digest is returned.
        """
        listed = list(indicators)
        with self.transaction():
            self.hold_indicators()
            self.store.put_indicators(listed)
            edition = self.store.edition_of_indicators()
            number, mark = (0, "") if edition is None else (edition.number, edition.digest)
            self._record(
                f"indicators/{WHOLE_CATALOGUE}", actor,
                {"count": len(listed), "edition": number, "changes": dict(changes)},
            )  # fmt: skip
        return mark

    def hold_indicators(self) -> None:
        """Whoever else would make an edition of the catalogue waits until the transaction ends."""
        self.events.hold(f"indicators/{WHOLE_CATALOGUE}")

    def installed(self) -> Installed:
        """What a definition may refer to."""
        kept = self._fresh()
        return Installed(
            codelists=dict(kept.codelists),
            last_days={
                code: last_on
                for (kind, code, _version), last_on in kept.last_days.items()
                if kind == "codelist"
            },
            indicators=frozenset(kept.indicators),
            workflows=frozenset(kept.latest_workflows),
            forms=frozenset(kept.latest_forms),
            org_unit_codes=self.reference.codes(),
            form_schema=self.schemas["form"],
            workflow_schema=self.schemas["workflow"],
            shape_of=self._shape_of,
        )

    def _shape_of(self, code: str) -> Shape | None:
        return self.form(code).shape if code in self._fresh().latest_forms else None

    def _publish_codelist(self, source: Mapping[str, object], actor: Actor) -> str:
        code, version, mark = str(source["code"]), int(str(source["version"])), digest(source)
        if self.store.put_codelist(code, version, mark, source):
            self._record(f"codelist/{code}", actor, {"version": version, "digest": mark})
        return mark

    def _publish_workflow(self, text: str, source: Mapping[str, object], actor: Actor) -> str:
        code, version, mark = str(source["code"]), int(str(source["version"])), digest(source)
        if self.store.add_workflow(
            text, code=code, version=version, digest=mark, published_at=self.clock.now()
        ):
            self._record(f"workflow/{code}", actor, {"version": version, "digest": mark})
        return mark

    def _published(self, text: str) -> str | None:
        """The digest of the form version whose very text this is.

        A list may have a newer version by now, or may have ended: what was published keeps its own.
        """
        source = readable(text)
        settings = None if source is None else source.get("x-form")
        if not isinstance(settings, dict):
            return None
        for stored in self.store.forms():
            if (stored.code, stored.version) == (settings.get("code"), settings.get("version")):
                same = self.store.form(stored.code, stored.version).source == text
                return stored.digest if same else None
        return None

    def _publish_form(self, text: str, source: Mapping[str, object], actor: Actor) -> str:
        self._hold_lists(source)
        form = compile_form(source, self._fresh().codelists)
        self._refuse_shared_prefix(form)
        if self.store.add_form(
            text,
            form.document,
            code=form.code,
            version=form.version,
            kind=form.kind,
            title=form.title,
            period_type=form.period_type,
            digest=form.digest,
            published_at=self.clock.now(),
        ):
            details = {"version": form.version, "digest": form.digest}
            self._record(f"form/{form.code}", actor, details)
        return form.digest

    def _hold_lists(self, source: Mapping[str, object]) -> None:
        """Nobody ends a list between the check and the publication of a form over it."""
        for code in sorted(codelists_of(source)):
            self.events.hold(f"codelist/{code}")
        refusals = Refusals(read(json.dumps(source), ""))
        refuse_retired_lists(refusals, source, self.installed())
        if refusals:
            raise DefinitionInvalid(refusals=refusals.found)

    def _refuse_shared_prefix(self, form: Form) -> None:
        """Receipts are told apart by the prefix; two forms with one would give equal codes."""
        prefix = form.settings.get("prefix")
        if prefix is None:
            return
        for other in self.forms():
            if other.code != form.code and other.settings.get("prefix") == prefix:
                message = f"the prefix {prefix!r} belongs to the form {other.code!r}"
                refusal = Refusal(1, "/x-form/prefix", "prefix-taken", message)
                raise DefinitionInvalid(refusals=[refusal])

    def _record(self, subject: str, actor: Actor, details: Mapping[str, object]) -> None:
        self.events.append(
            subject=subject,
            name=f"{subject.partition('/')[0]}.published",
            actor=actor.account,
            happened_at=self.clock.now(),
            details=details,
        )

    def _fresh(self) -> _Kept:
        stamp = self.store.stamp()
        kept = self._kept
        if stamp != kept.stamp:
            kept.latest_forms = _latest(self.store.forms())
            kept.latest_workflows = _latest(self.store.workflows())
            # The newest version of a list comes last in the walk and so stays.
            kept.codelists = {
                stored.code: read_codelist(stored.document)
                for stored in sorted(self.store.codelists(), key=lambda one: one.version)
            }
            kept.indicators = {found.code: found for found in self.store.indicators()}
            kept.begins = self.store.begins()
            kept.last_days = self.store.last_days()
            kept.stamp = stamp
        return kept


def _latest(stored: Iterable[StoredForm | StoredWorkflow]) -> dict[str, int]:
    newest: dict[str, int] = {}
    for item in stored:
        newest[item.code] = max(item.version, newest.get(item.code, 0))
    return newest
