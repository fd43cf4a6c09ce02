"""Where the file of a form or workflow says something else than the database or the draft.

Both doors lead to one catalogue, so such a file is shown, compared and, if wanted, taken into a
draft. Neither the file nor a published version is ever overwritten.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from server.core.access import Actor
from server.core.definition_draft import (
    KINDS,
    DefinitionDraft,
    DraftState,
    numbered,
    readable,
)
from server.core.definition_merging import changes, merged
from server.core.definition_writing import written
from server.errors import NotFound, RequestInvalid
from server.services.definition_drafts import DefinitionDrafts
from server.services.definition_files import DefinitionFiles, FileState


@dataclass(frozen=True, slots=True)
class FileConflict:
    """A file that holds another content than *ours*: of a published version, or of the draft.

    *theirs* is None for a file that is no text.
    """

    version: int
    name: str
    published: bool
    ours: str
    theirs: str | None


@dataclass(frozen=True, slots=True)
class DefinitionConflicts:
    """Use cases about files that differ."""

    drafts: DefinitionDrafts
    files: DefinitionFiles

    def of(self, draft: DefinitionDraft) -> tuple[FileConflict, ...]:
        """The files that differ, of the versions that the draft has to do with."""
        return tuple(self._found(draft))

    def take(
        self, actor: Actor, draft_id: str, version: int, *, seen: int
    ) -> tuple[DefinitionDraft, list[str]]:
        """What the file changes, as one step of the draft; of a published one, of the next draft.

        Places that both changed keep the draft's word and are named.

        Raises:
            NotFound: that file does not differ.
            RequestInvalid: the file or the draft is no JSON object at present.
            Conflict: the draft that would take it is not being worked on.
        """
        with self.drafts.transaction():
            seen_draft = self.drafts.get(actor, draft_id)
            conflict = next((one for one in self.of(seen_draft) if one.version == version), None)
            if conflict is None:
                raise NotFound(kind="definition_file")
            if seen_draft.state is DraftState.PUBLISHED and seen_draft.kind in KINDS:
                begun = self.drafts.revise(actor, seen_draft.kind, seen_draft.code)
                draft_id, seen = begun.id, begun.edit
            draft = self.drafts.held(actor, draft_id, seen, DraftState.DRAFT)
            return self._taken(actor, draft, conflict)

    def _taken(
        self, actor: Actor, draft: DefinitionDraft, conflict: FileConflict
    ) -> tuple[DefinitionDraft, list[str]]:
        mine, theirs = readable(draft.text), readable((conflict.theirs or "").lstrip("\ufeff"))
        if theirs is None:
            raise RequestInvalid(reason="file-not-json", path="/file")
        if mine is None:
            raise RequestInvalid(reason="not-json", path="/text")
        base = conflict.ours if conflict.published else self.drafts.base_text(draft)
        together, both = merged(readable(base) or {}, mine, theirs)
        together = numbered(draft.kind, together, draft.version)
        what = {"op": "file", "path": conflict.name, "count": len(changes(mine, together))}
        done = self.drafts.stepped(actor, draft, what, written(together, draft.text))
        return done, [path for path in both if not path.endswith("/version")]

    def _found(self, draft: DefinitionDraft) -> Iterator[FileConflict]:
        if draft.kind == "indicators" or draft.state is DraftState.DISCARDED:
            return
        published: dict[int, str] = {}
        if draft.open:
            if draft.base is not None:
                published[draft.base] = self.drafts.base_text(draft)
            latest = self.drafts.latest(draft.kind, draft.code)
            if latest is not None:
                published[latest.version] = latest.text
        else:
            published[draft.version] = draft.text
        compared = {version: (True, text) for version, text in published.items()}
        compared.setdefault(draft.version, (False, draft.text))
        for version, (is_out, ours) in sorted(compared.items()):
            state = self.files.state(draft.kind, draft.code, version, ours)
            if state is FileState.DIFFERENT:
                yield FileConflict(
                    version=version,
                    name=self.files.name(draft.kind, draft.code, version),
                    published=is_out,
                    ours=ours,
                    theirs=self.files.text(draft.kind, draft.code, version),
                )
