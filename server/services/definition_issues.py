"""From a draft to a published version: review by a second person, the issue, its file.

Whoever edited a draft, even by a step that was undone, or sent it to review, may not approve it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from server.core.access import Actor
from server.core.definition_draft import (
    MOST_NOTES,
    DefinitionDraft,
    DraftKind,
    DraftState,
    readable,
)
from server.core.indicator_edition import changes_between, indicators_of
from server.core.period import Period
from server.core.vietnamese import nfc
from server.errors import Conflict, DefinitionInvalid, GuardFailed
from server.services.definition_drafts import DefinitionDrafts, invalid
from server.services.definition_files import DefinitionFiles, FileState
from server.services.indicator_files import IndicatorFiles
from server.storage.definition_drafts import Issue


@dataclass(frozen=True, slots=True)
class DefinitionIssues:
    """Use cases of reviewing and publishing drafts."""

    drafts: DefinitionDrafts
    files: DefinitionFiles
    indicator_files: IndicatorFiles

    def of(self, kind: DraftKind, code: str) -> list[Issue]:
        """What was said of the versions of a definition that the editor published."""
        return self.drafts.store.issues(kind, code)

    def file_state(self, draft: DefinitionDraft) -> FileState:
        """Whether the file of the version that came of the draft holds the same."""
        if draft.kind == "indicators":
            return self.indicator_files.standing(indicators_of(draft.text)).state
        return self.files.state(draft.kind, draft.code, draft.version, draft.text)

    def file_name(self, draft: DefinitionDraft) -> str:
        if draft.kind == "indicators":
            return self.indicator_files.name
        return self.files.name(draft.kind, draft.code, draft.version)

    def waiting(self, actor: Actor) -> list[DefinitionDraft]:
        """The drafts that the actor may review now, the last changed first."""
        if not actor.is_admin:
            return []
        return [one for one in self._in(DraftState.IN_REVIEW) if one.judged_by(actor.account)]

    def returned(self, actor: Actor) -> list[DefinitionDraft]:
        """The drafts that came back to the actor with a note."""
        if not actor.is_admin:
            return []
        noted = [one for one in self._in(DraftState.DRAFT) if one.note]
        return [one for one in noted if actor.account in one.editors]

    def send(
        self, actor: Actor, draft_id: str, *, seen: int, notes: str, valid_from: str = ""
    ) -> DefinitionDraft:
        """Hand the draft to a second person.

        Raises:
            DefinitionInvalid: it cannot be published as it is.
            Conflict: another version came out meanwhile.
            InputInvalid: no notes, or no such period.
        """
        with self.drafts.transaction():
            draft = self.drafts.held(actor, draft_id, seen, DraftState.DRAFT)
            told = _note(notes, "notes")
            begins = _period(draft, valid_from.strip())
            self._require_publishable(draft)
            if draft.kind == "indicators" and not self.drafts.differences(draft):
                raise invalid("text", "same")
            return self.drafts.changed(
                actor, draft, "sent", state=DraftState.IN_REVIEW, sent_by=actor.account,
                version_notes=told, valid_from=begins, note="",
            )  # fmt: skip

    def give_back(self, actor: Actor, draft_id: str, *, seen: int, note: str) -> DefinitionDraft:
        """Back to its authors with a note; they may take it back themselves."""
        with self.drafts.transaction():
            draft = self.drafts.held(actor, draft_id, seen, DraftState.IN_REVIEW)
            told = _note(note, "note")
            return self.drafts.changed(
                actor, draft, "returned", {"sent_by": draft.sent_by},
                state=DraftState.DRAFT, sent_by=None, note=told,
            )  # fmt: skip

    def publish(
        self, actor: Actor, draft_id: str, *, seen: int
    ) -> tuple[DefinitionDraft, FileState]:
        """Approve the draft: it becomes the next version, for ever, and a file where one can be.

        Raises:
            GuardFailed: the actor edited the draft or sent it to review.
            DefinitionInvalid: it cannot be published as it is.
            Conflict: another version came out meanwhile.
        """
        with self.drafts.transaction():
            found = self.drafts.of_any_kind(actor, draft_id)
            # Before the draft, as whoever begins one does: nobody waits for the other in a ring.
            self.drafts.events.hold(f"{found.kind}/{found.code}")
            draft = self.drafts.held(actor, draft_id, seen, DraftState.IN_REVIEW)
            if not draft.judged_by(actor.account):
                raise GuardFailed(guard="not_own_work")
            self._require_publishable(draft)
            self.drafts.store.add_issue(
                Issue(
                    kind=draft.kind,
                    code=draft.code,
                    version=draft.version,
                    draft=draft.id,
                    notes=draft.version_notes,
                    valid_from=draft.valid_from,
                    approved_by=actor.account,
                    issued_at=self.drafts.clock.now(),
                )
            )
            digest = self._published(actor, draft)
            done = self.drafts.changed(
                actor, draft, "published", {"digest": digest},
                state=DraftState.PUBLISHED, reviewed_by=actor.account,
            )  # fmt: skip
        return done, self.write_file(done)

    def write_file(self, draft: DefinitionDraft) -> FileState:
        """Write the file of a published draft, once more when it could not be written before."""
        if draft.state is not DraftState.PUBLISHED:
            raise Conflict(kind="definition_draft")
        if draft.kind == "indicators":
            before = indicators_of(self.drafts.base_text(draft))
            return self.indicator_files.write(before, indicators_of(draft.text)).state
        return self.files.write(draft.kind, draft.code, draft.version, draft.text)

    def _in(self, state: DraftState) -> list[DefinitionDraft]:
        """The drafts in that state with all who edited them."""
        store = self.drafts.store
        found = [store.get(one.id) for one in store.all_((state,))]
        return [one for one in found if one is not None]

    def _published(self, actor: Actor, draft: DefinitionDraft) -> str:
        """The draft as what is in force from now on; its digest."""
        catalogue = self.drafts.catalogue
        if draft.kind != "indicators":
            return catalogue.publish(draft.text, draft.kind, actor, alongside={draft.code})
        after = indicators_of(draft.text)
        changes = changes_between(indicators_of(self.drafts.base_text(draft)), after)
        return catalogue.change_indicators(after, actor, {one.code: one.kind for one in changes})

    def _require_publishable(self, draft: DefinitionDraft) -> None:
        if self.drafts.overtaken(draft) is not None:
            raise Conflict(kind="definition_draft")
        refusals = self.drafts.check(draft)
        if refusals:
            raise DefinitionInvalid(refusals=refusals)


def _note(text: str, field: str) -> str:
    told = nfc(text).strip()
    if not told or len(told) > MOST_NOTES:
        raise invalid(field, "required")
    return told


def _period(draft: DefinitionDraft, text: str) -> str | None:
    """The period from which the version is meant, of the form's own type."""
    if not text:
        return None
    try:
        period = Period.parse(text)
    except ValueError:
        raise invalid("valid_from", "period") from None
    own = (readable(draft.text) or {}).get("x-form")
    wanted = own.get("periodType") if isinstance(own, Mapping) else None
    if draft.kind == "form" and period.type != wanted:
        raise invalid("valid_from", "period")
    return period.id
