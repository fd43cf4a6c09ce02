"""A draft of a form or workflow: its life from the first edit to the published version.

A draft takes broken texts as well, so nothing here asks that its text can be read. What happens
to the document itself is ``definition_editor``.
"""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Literal

from server.core.json_text import JsonInvalid, loads, read
from server.core.refusal import Refusal, Refusals
from server.errors import RequestInvalid

#: What is written as a text of its own; the catalogue of indicators is drafted as a whole.
DefinitionKind = Literal["form", "workflow"]
DraftKind = Literal["form", "workflow", "indicators"]
KINDS: Final[tuple[DefinitionKind, ...]] = ("form", "workflow")
MOST_NOTES: Final = 2000


class DraftState(StrEnum):
    """``draft -> in_review -> published``, or back with a note; a draft can be given up."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    PUBLISHED = "published"
    DISCARDED = "discarded"


@dataclass(frozen=True, slots=True)
class DefinitionDraft:
    """One draft as it stands.

    *base* is the version it began from, with the digest that this had; None for a definition that
    is not published yet. *edit* rises with every act. *editors* are all who ever made a step, those
    of steps that were undone as well.
    """

    id: str
    kind: DraftKind
    code: str
    title: str
    base: int | None
    base_digest: str | None
    state: DraftState
    edit: int
    step: int
    text: str
    editors: frozenset[str]
    can_undo: bool
    can_redo: bool
    sent_by: str | None
    note: str
    version_notes: str
    valid_from: str | None
    reviewed_by: str | None
    created_by: str
    created_at: datetime
    changed_by: str
    changed_at: datetime

    @property
    def version(self) -> int:
        """The version that it will be published as."""
        return 1 if self.base is None else self.base + 1

    @property
    def open(self) -> bool:
        return self.state in (DraftState.DRAFT, DraftState.IN_REVIEW)

    def judged_by(self, account: str) -> bool:
        """Whether that person may approve it: neither edited it nor sent it to review."""
        return account not in self.editors and account != self.sent_by


@dataclass(frozen=True, slots=True)
class DraftStep:
    """One edit: what was done (``what``: an operation or ``text``), by whom, when."""

    number: int
    parent: int
    what: Mapping[str, object]
    made_by: str
    made_at: datetime

    def base(self, end: Literal["before", "after"]) -> Mapping[str, object]:
        """What the draft is based on at that end of a step that changes it; else nothing.

        Raises:
            RequestInvalid: the step does not know it, and its text alone would take back what
                others published.
        """
        if self.what.get("op") != "rebase":
            return {}
        kept = self.what.get(end)
        if not isinstance(kept, Mapping):
            raise RequestInvalid(reason="taken-in", path="/step")
        return {"base": kept["base"], "base_digest": kept["base_digest"]}


def lineage(steps: Iterable[DraftStep], number: int) -> list[DraftStep]:
    """The steps that led to the one of that number, itself first; what was undone is none."""
    by_number = {step.number: step for step in steps}
    found: list[DraftStep] = []
    while number in by_number:
        found.append(by_number[number])
        number = by_number[number].parent
    return found


def readable(text: str) -> dict[str, object] | None:
    """The document of a text that is JSON and an object, with its keys in order."""
    try:
        document = loads(text)
    except JsonInvalid:
        return None
    return document if isinstance(document, dict) else None


def title_of(text: str, before: str) -> str:
    """What the definition calls itself; the title *before* while it does not say."""
    title = (readable(text) or {}).get("title")
    return title.strip()[:300] if isinstance(title, str) and title.strip() else before


def numbered(
    kind: DraftKind, document: Mapping[str, object], version: int, code: str | None = None
) -> dict[str, object]:
    """The document as that version, and under another code where one is given."""
    copied: dict[str, object] = deepcopy(dict(document))
    own = copied.get("x-form") if kind == "form" else copied
    if isinstance(own, dict):
        own["version"] = version
        if code is not None:
            own["code"] = code
    return copied


def copied(
    kind: DraftKind, document: Mapping[str, object], code: str, title: str
) -> dict[str, object]:
    """A new definition made of another one: version 1, with nothing that only the other may say."""
    new = {**numbered(kind, document, 1, code), "title": title}
    if kind == "workflow":
        return {key: value for key, value in new.items() if key not in ("map", "i18n")}
    new = {key: value for key, value in new.items() if key != "x-migrate"}
    own = new.get("x-form")
    if isinstance(own, dict):
        other = ("prefix", "officialCode", "i18n")
        # Two forms with one prefix would give equal receipts; the heading of a legal text and the
        # English title belong to the other form.
        new["x-form"] = {key: value for key, value in own.items() if key not in other}
    return new


def refuse_identity(draft: DefinitionDraft) -> list[Refusal]:
    """A draft is published under its own code and as the next version, never as another one."""
    try:
        document = read(draft.text, "")
    except JsonInvalid:
        return []
    where = "/x-form" if draft.kind == "form" else ""
    own = document.value
    if where and isinstance(own, Mapping):
        own = own.get("x-form")
    if not isinstance(own, Mapping):
        return []
    refusals = Refusals(document)
    for key, wanted in (("code", draft.code), ("version", draft.version)):
        if key in own and own[key] != wanted:
            message = f"the draft is of {key} {wanted!r}, its text says {own[key]!r}"
            refusals.add(f"{where}/{key}", f"draft-{key}", message, wanted=wanted)
    return refusals.found
