"""Who is told of a draft of a definition: who may review it, then its authors."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from server.core.access import Role
from server.core.definition_draft import DefinitionDraft, DraftState
from server.core.event import Event
from server.core.notice import Notice, NoticeKind
from server.services.accounts import Accounts
from server.storage.definition_drafts import DefinitionDraftStore
from server.storage.events import EventStore
from server.storage.notices import NoticeStore

SUBJECT: Final = "definition_draft/"
_SENT: Final = "definition_draft.sent"
_ANSWERS: Final = {
    "definition_draft.returned": NoticeKind.REVIEW_RETURNED,
    "definition_draft.published": NoticeKind.REVIEW_PUBLISHED,
}


@dataclass(frozen=True, slots=True)
class DefinitionTelling:
    """The part of ``Telling`` about drafts. Nobody is told of what they did themselves."""

    store: NoticeStore
    drafts: DefinitionDraftStore
    accounts: Accounts
    events: EventStore

    def tell(self, event: Event) -> int:
        """Keep the notices of an event of a draft; how many are new."""
        draft = self.drafts.get(event.subject.removeprefix(SUBJECT))
        if draft is None:
            return 0
        if event.name == _SENT:
            if draft.state is not DraftState.IN_REVIEW:
                return 0
            self._settle(event, NoticeKind.REVIEW_RETURNED)
            people = {one for one in self._reviewers() if draft.judged_by(one)}
            return self._keep(event, NoticeKind.REVIEW_ASKED, people, draft)
        if draft.state is not DraftState.IN_REVIEW:
            self._settle(event, NoticeKind.REVIEW_ASKED)
        kind = _ANSWERS.get(event.name)
        if kind is None:
            return 0
        sender = event.details.get("sent_by") or draft.sent_by
        authors = draft.editors | ({str(sender)} if sender else frozenset())
        return self._keep(event, kind, authors, draft)

    def _reviewers(self) -> set[str]:
        """Active accounts that administer today."""
        today = self.accounts.clock.today()
        found = {
            kept.account
            for kept in self.accounts.store.kept_grants()
            if kept.grant.role is Role.ADMIN and kept.grant.holds(today)
        }
        return {one for one in found if self.accounts.store.get(one).active}

    def _settle(self, event: Event, kind: NoticeKind) -> None:
        """What was told of the draft before no longer waits for anybody."""
        names = {_SENT} if kind is NoticeKind.REVIEW_ASKED else set(_ANSWERS)
        before = [
            one.id
            for one in self.events.of(event.subject)
            if one.name in names and one.sequence < event.sequence
        ]
        self.store.settle_events(before, event.happened_at)

    def _keep(
        self, event: Event, kind: NoticeKind, people: Iterable[str], draft: DefinitionDraft
    ) -> int:
        facts = {
            "kind": draft.kind,
            "code": draft.code,
            "version": str(draft.version),
            "title": draft.title,
            "draft": draft.id,
            "by": event.actor,
        }
        return sum(
            self.store.add(Notice(account, event.id, kind, None, event.happened_at, facts))
            for account in sorted(set(people) - {event.actor})
        )
