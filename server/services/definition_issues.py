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
from server.core.period import Period
from server.core.vietnamese import nfc
from server.errors import Conflict, DefinitionInvalid, GuardFailed
from server.services.definition_drafts import DefinitionDrafts, invalid
from server.services.definition_files import DefinitionFiles, FileState
from server.storage.definition_drafts import Issue


@dataclass(frozen=True, slots=True)
class DefinitionIssues:
    """Use cases of reviewing and publishing drafts."""

    drafts: DefinitionDrafts
    files: DefinitionFiles

    def of(self, kind: DraftKind, code: str) -> list[Issue]:
        """What was said of the versions of a definition that the editor published."""
        return self.drafts.store.issues(kind, code)

    def file_state(self, draft: DefinitionDraft) -> FileState:
        """Whether the file of the version that came of the draft holds the same."""
        return self.files.state(draft.kind, draft.code, draft.version, draft.text)

    def file_name(self, draft: DefinitionDraft) -> str:
        return self.files.name(draft.kind, draft.code, draft.version)

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
                actor, draft, "returned", state=DraftState.DRAFT, sent_by=None, note=told
            )

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
            digest = self.drafts.catalogue.publish(
                draft.text, draft.kind, actor, alongside={draft.code}
            )
            done = self.drafts.changed(
                actor, draft, "published", {"digest": digest},
                state=DraftState.PUBLISHED, reviewed_by=actor.account,
            )  # fmt: skip
        return done, self.write_file(done)

    def write_file(self, draft: DefinitionDraft) -> FileState:
        """Write the file of a published draft, once more when it could not be written before."""
        if draft.state is not DraftState.PUBLISHED:
            raise Conflict(kind="definition_draft")
        return self.files.write(draft.kind, draft.code, draft.version, draft.text)

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
