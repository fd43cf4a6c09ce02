"""Drafts of forms, workflows and the indicators: beginning, reading, editing them by steps.

A published version is never touched: a draft becomes the next one, which is ``definition_issues``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from server.core.access import Actor
from server.core.definition import Refusal
from server.core.definition_consequences import KEY
from server.core.definition_draft import (
    KINDS,
    DefinitionDraft,
    DefinitionKind,
    DraftKind,
    DraftState,
    DraftStep,
    copied,
    lineage,
    numbered,
    readable,
    refuse_identity,
    title_of,
)
from server.core.definition_editor import EditRefused, applied
from server.core.definition_lint import lint_form
from server.core.definition_merging import changes, merged
from server.core.definition_starts import new_form, new_workflow
from server.core.definition_writing import written
from server.core.indicator_edition import check_edition, indicators_of
from server.core.migration_proposal import Base, followed
from server.core.ports import Clock, NewId, Transaction
from server.core.vietnamese import nfc
from server.errors import (
    AccessDenied,
    Conflict,
    InputInvalid,
    NotFound,
    RequestInvalid,
    Stale,
)
from server.services.catalogue import Catalogue
from server.services.definition_versions import Latest, latest_version, version_text
from server.storage.definition_drafts import DefinitionDraftStore
from server.storage.events import EventStore

_MOST_CHARACTERS = 400_000
_BEGUN: Mapping[str, object] = {"op": "begin"}


@dataclass(frozen=True, slots=True)
class DefinitionDrafts:
    """Use cases of the editor in the back office."""

    store: DefinitionDraftStore
    catalogue: Catalogue
    events: EventStore
    transaction: Transaction
    clock: Clock
    new_id: NewId

    # Reading

    def drafts(self, actor: Actor) -> list[DefinitionDraft]:
        """All drafts without their texts, the last changed first."""
        require_admin(actor)
        return self.store.all_()

    def get(self, actor: Actor, draft_id: str) -> DefinitionDraft:
        """A draft of a form or workflow; raises ``NotFound``."""
        found = self.of_any_kind(actor, draft_id)
        if found.kind not in KINDS:
            raise NotFound(kind="definition_draft")
        return found

    def of_any_kind(self, actor: Actor, draft_id: str) -> DefinitionDraft:
        """As ``get``, and a draft of the catalogue of indicators too."""
        require_admin(actor)
        found = self.store.get(draft_id)
        if found is None:
            raise NotFound(kind="definition_draft")
        return found

    def steps(self, draft: DefinitionDraft) -> list[DraftStep]:
        return self.store.steps(draft.id)

    def lineage(self, draft: DefinitionDraft) -> list[DraftStep]:
        """The steps that made the draft what it is, the last first."""
        return lineage(self.store.steps(draft.id), draft.step)

    def check(self, draft: DefinitionDraft, text: str | None = None) -> list[Refusal]:
        """Everything that speaks against publishing the draft, or the draft with that text."""
        wanted = draft if text is None else replace(draft, text=text)
        if wanted.kind == "indicators":
            return check_edition(wanted.text, indicators_of(self.base_text(draft)))
        found = self.catalogue.check(wanted.text, wanted.kind, alongside={draft.code})
        found += refuse_identity(wanted)
        return sorted(found, key=lambda refusal: (refusal.line, refusal.column))

    def warnings(self, draft: DefinitionDraft) -> list[Refusal]:
        """What the linter says of a form that could be published; it blocks nothing."""
        if draft.kind != "form":
            return []
        known = {indicator.code: indicator for indicator in self.catalogue.indicators()}
        return lint_form(draft.text, known)

    def latest(self, kind: DraftKind, code: str) -> Latest | None:
        """The newest published version; None for a definition that is not published yet."""
        return latest_version(self.catalogue.store, kind, code)

    def base_text(self, draft: DefinitionDraft) -> str:
        """The text of the version that the draft began from; empty for a new definition."""
        return (
            ""
            if draft.base is None
            else version_text(self.catalogue.store, draft.kind, draft.code, draft.base)
        )

    def overtaken(self, draft: DefinitionDraft) -> Latest | None:
        """The version that was published since the draft began, if one was."""
        if not draft.open:
            return None
        latest = self.latest(draft.kind, draft.code)
        if latest is None or (latest.version, latest.digest) == (draft.base, draft.base_digest):
            return None
        return latest

    def differences(self, draft: DefinitionDraft) -> list[tuple[str, object, object]]:
        """What the draft changes of its base: the place, the value before and the one after."""
        before, after = readable(self.base_text(draft)), readable(draft.text)
        if after is None:
            return []
        version = "/x-form/version" if draft.kind == "form" else "/version"
        # That it is another version goes without saying.
        return [one for one in changes(before or {}, after) if one[0] != version]

    # Beginning

    def revise(self, actor: Actor, kind: DefinitionKind, code: str) -> DefinitionDraft:
        """The open draft of that definition, or a new one from its newest version."""
        require_admin(actor)
        latest = self.latest(kind, code)
        if latest is None:
            raise NotFound(kind=kind)
        document = readable(latest.text) or {}
        # What it says of reports is of the version before it; the next one has its own say.
        document.pop("x-migrate", None)
        text = written(numbered(kind, document, latest.version + 1), latest.text)
        return self.begun(actor, kind, code, text, latest)

    def begin(self, actor: Actor, kind: DefinitionKind, code: str, title: str) -> DefinitionDraft:
        """A new definition with the least that can be published."""
        require_admin(actor)
        title = self._new_name(kind, code, title)
        document = (
            new_form(code, title, self.first_workflow())
            if kind == "form"
            else new_workflow(code, title)
        )
        return self.begun(actor, kind, code, written(document), None)

    def begin_with(self, actor: Actor, code: str, title: str, text: str) -> DefinitionDraft:
        """A new form whose first text was made elsewhere under that code and title."""
        require_admin(actor)
        self._new_name("form", code, title)
        return self.begun(actor, "form", code, text, None)

    def first_workflow(self) -> str:
        """The workflow that a new form begins with; empty where none is published."""
        flows = [workflow.code for workflow in self.catalogue.workflows()]
        return "commune_province" if "commune_province" in flows else "".join(flows[:1])

    def copy(
        self, actor: Actor, kind: DefinitionKind, source: str, code: str, title: str
    ) -> DefinitionDraft:
        """A new definition made of the newest version of another one."""
        require_admin(actor)
        latest = self.latest(kind, source)
        if latest is None:
            raise NotFound(kind=kind)
        title = self._new_name(kind, code, title)
        document = copied(kind, readable(latest.text) or {}, code, title)
        return self.begun(actor, kind, code, written(document, latest.text), None)

    def take_in(self, actor: Actor, kind: DefinitionKind, text: str) -> DefinitionDraft:
        """A draft of a file's text, as it is; its version becomes the next one of its code.

        Raises:
            InputInvalid: the text is no JSON or names no code.
            Conflict: a draft of this definition is open already.
        """
        require_admin(actor)
        document = readable(text.removeprefix("\ufeff"))
        own = document.get("x-form") if document is not None and kind == "form" else document
        code = own.get("code") if isinstance(own, Mapping) else None
        if document is None or not isinstance(code, str) or not KEY.fullmatch(code):
            raise invalid("file", "unreadable")
        if self.store.open_of(kind, code) is not None:
            raise Conflict(kind="definition_draft")
        latest = self.latest(kind, code)
        version = 1 if latest is None else latest.version + 1
        if isinstance(own, Mapping) and own.get("version") != version:
            text = written(numbered(kind, document, version), text)
        return self.begun(actor, kind, code, text, latest)

    # Editing

    def write(self, actor: Actor, draft_id: str, text: str, *, seen: int) -> DefinitionDraft:
        """The draft with another text: one step. The very same text again is none."""
        with self.transaction():
            draft = self._editable(actor, self.get(actor, draft_id).id, seen)
            if len(text) > _MOST_CHARACTERS:
                raise RequestInvalid(reason="too-large", path="/text")
            return self.stepped(actor, draft, {"op": "text"}, nfc(text))

    def apply(
        self, actor: Actor, draft_id: str, operation: Mapping[str, object], *, seen: int
    ) -> DefinitionDraft:
        """The draft after one operation of the outline: one step, with what it does to reports.

        Raises:
            RequestInvalid: the text is no JSON at present, or the operation cannot be done on it.
        """
        with self.transaction():
            draft = self._editable(actor, self.get(actor, draft_id).id, seen)
            document = readable(draft.text)
            if document is None:
                raise RequestInvalid(reason="not-json", path="/text")
            try:
                changed = applied(document, operation)
            except EditRefused as refused:
                raise RequestInvalid(reason=refused.reason, path=refused.path) from None
            if draft.kind == "form" and draft.base is not None:
                base = Base(draft.base, readable(self.base_text(draft)) or {})
                earlier = [step.what for step in self.lineage(draft)]
                changed, operation = followed(base, document, changed, operation, earlier)
            return self.stepped(actor, draft, operation, written(changed, draft.text))

    def undo(self, actor: Actor, draft_id: str, *, seen: int) -> DefinitionDraft:
        """Back to what the draft was before its present step."""
        with self.transaction():
            draft = self._editable(actor, draft_id, seen)
            return self._at_step(actor, draft, self.store.step_before(draft), "undone")

    def redo(self, actor: Actor, draft_id: str, *, seen: int) -> DefinitionDraft:
        """Forward to the step that was undone last."""
        with self.transaction():
            draft = self._editable(actor, draft_id, seen)
            return self._at_step(actor, draft, self.store.step_after(draft), "redone")

    def rebase(
        self, actor: Actor, draft_id: str, *, seen: int
    ) -> tuple[DefinitionDraft, list[str]]:
        """Take in what was published meanwhile; the places where both changed keep the draft's."""
        with self.transaction():
            draft = self._editable(actor, draft_id, seen)
            latest = self.overtaken(draft)
            if latest is None:
                return draft, []
            mine, theirs = readable(draft.text), readable(latest.text) or {}
            if mine is None:
                raise RequestInvalid(reason="not-json", path="/text")
            together, conflicts = merged(readable(self.base_text(draft)) or {}, mine, theirs)
            version = latest.version + 1
            declared = together.get("x-migrate")
            if isinstance(declared, dict) and declared.get("from") == draft.base:
                together["x-migrate"] = {**declared, "from": latest.version}
            text = written(numbered(draft.kind, together, version), latest.text)
            new = {"base": latest.version, "base_digest": latest.digest}
            # Undoing the step brings back what the draft was based on before it.
            old = {"base": draft.base, "base_digest": draft.base_digest}
            what = {"op": "rebase", "version": latest.version, "before": old, "after": new}
            done = self.stepped(actor, draft, what, text, **new)
            kept = [path for path in conflicts if not path.endswith("/version")]
            return done, kept

    def discard(self, actor: Actor, draft_id: str, *, seen: int) -> DefinitionDraft:
        """Give the draft up; its steps stay readable."""
        with self.transaction():
            draft = self._editable(actor, draft_id, seen)
            return self.changed(actor, draft, "discarded", state=DraftState.DISCARDED)

    # Parts of these

    def _new_name(self, kind: DefinitionKind, code: str, title: str) -> str:
        title = nfc(title).strip()
        if not KEY.fullmatch(code):
            raise invalid("code", "pattern")
        if self.latest(kind, code) is not None or self.store.open_of(kind, code) is not None:
            raise invalid("code", "taken")
        if not title or len(title) > 300:  # noqa: PLR2004 - as the meta-schema has it
            raise invalid("title", "required")
        return title

    def begun(
        self,
        actor: Actor,
        kind: DraftKind,
        code: str,
        text: str,
        latest: Latest | None,
        *,
        what: Mapping[str, object] = _BEGUN,
    ) -> DefinitionDraft:
        with self.transaction():
            now = self.clock.now()
            draft = DefinitionDraft(
                id=self.new_id(), kind=kind, code=code, title=title_of(text, code),
                base=None if latest is None else latest.version,
                base_digest=None if latest is None else latest.digest,
                state=DraftState.DRAFT, edit=1, step=1, text=text,
                editors=frozenset({actor.account}), can_undo=False, can_redo=False, sent_by=None,
                note="", version_notes="", valid_from=None, reviewed_by=None,
                created_by=actor.account, created_at=now, changed_by=actor.account, changed_at=now,
            )  # fmt: skip
            if not self.store.add(draft, what):
                existing = self.store.open_of(kind, code)
                if existing is None:
                    raise Conflict(kind="definition_draft")
                return self.of_any_kind(actor, existing)
            self._record(actor, draft, "begun", {"base": draft.base})
            return draft

    def held(self, actor: Actor, draft_id: str, seen: int, state: DraftState) -> DefinitionDraft:
        """The draft in that state and on the edit that was seen; no other act comes between."""
        self.events.hold(f"definition_draft/{draft_id}")
        draft = self.of_any_kind(actor, draft_id)
        if draft.edit != seen:
            raise Stale(kind="definition_draft")
        if draft.state is not state:
            raise Conflict(kind="definition_draft")
        return draft

    def _editable(self, actor: Actor, draft_id: str, seen: int) -> DefinitionDraft:
        return self.held(actor, draft_id, seen, DraftState.DRAFT)

    def stepped(
        self,
        actor: Actor,
        draft: DefinitionDraft,
        what: Mapping[str, object],
        text: str,
        **columns: object,
    ) -> DefinitionDraft:
        if text == draft.text and not columns:
            return draft
        step = self.store.add_step(draft, what, text, actor.account, self.clock.now())
        details = {"step": step, "op": what["op"], "path": what.get("path", "")}
        title = title_of(text, draft.title)
        return self.changed(actor, draft, "changed", details, step=step, title=title, **columns)

    def _at_step(
        self, actor: Actor, draft: DefinitionDraft, step: int | None, name: str
    ) -> DefinitionDraft:
        if step is None:
            return draft
        undone = name == "undone"
        crossed = self.store.step(draft.id, draft.step if undone else step)
        base = crossed.base("before" if undone else "after")
        title = title_of(self.store.text(draft.id, step), draft.title)
        return self.changed(actor, draft, name, {"step": step}, step=step, title=title, **base)

    def changed(
        self,
        actor: Actor,
        draft: DefinitionDraft,
        name: str,
        details: Mapping[str, object] | None = None,
        **columns: object,
    ) -> DefinitionDraft:
        if not self.store.change(draft, actor.account, self.clock.now(), columns):
            raise Stale(kind="definition_draft")
        self._record(actor, draft, name, details or {})
        return self.of_any_kind(actor, draft.id)

    def _record(
        self, actor: Actor, draft: DefinitionDraft, name: str, details: Mapping[str, object]
    ) -> None:
        told = {"kind": draft.kind, "code": draft.code, "version": draft.version}
        self.events.append(
            subject=f"definition_draft/{draft.id}",
            name=f"definition_draft.{name}",
            actor=actor.account,
            happened_at=self.clock.now(),
            details={**told, **details},
        )


def require_admin(actor: Actor) -> None:
    if not actor.is_admin:
        raise AccessDenied(action="definition_drafts")


def invalid(field: str, code: str) -> InputInvalid:
    return InputInvalid(errors=[{"path": f"/{field}", "code": code, "message": ""}])
