"""Who is told of an event of a report: those it now waits for, and those it comes from.

Asked by the dispatcher after commit, for each event perhaps more than once. Nobody is told of what
they did themselves.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from server.core.access import Role
from server.core.changed_date import is_changed_by
from server.core.comment import CARRIED, OFFICE
from server.core.event import Event
from server.core.notice import KEPT_FOR, Notice, NoticeKind
from server.core.obligation import Obligation
from server.core.part import owners_of
from server.core.period import Period
from server.core.ports import Clock
from server.core.reopen_request import ASKED, REFUSED, REOPEN
from server.core.submission import Submission
from server.core.workflow_parts import People
from server.services.accounts import Accounts
from server.services.definition_telling import SUBJECT as DRAFT
from server.services.definition_telling import DefinitionTelling
from server.services.escalations import ESCALATED
from server.services.reopen_requests import may_reopen
from server.services.review import Reviewer
from server.storage.notices import NoticeStore
from server.storage.obligations import ObligationStore
from server.storage.submissions import SubmissionStore

_SUBMISSION, _OBLIGATION = "submission/", "obligation/"
_ROUND, _BATCH = "round/", 500
_AWAITED = ("sign", "approve")
_OF_OBLIGATIONS: Mapping[str, NoticeKind] = {
    "obligation.excused": NoticeKind.EXTENDED,
    "obligation.extension_asked": NoticeKind.EXTENSION_ASKED,
    "obligation.extension_refused": NoticeKind.EXTENSION_REFUSED,
}
#: What became of values that a newer version of the form has no place for.
_LOST = ("dropped", "orphaned")
#: Events that leave a report where it is and are told all the same.
_STAYING = ("submission.commented", ASKED, REFUSED)
#: What the filing unit is told of, besides arrivals further up.
_OUTCOMES: Mapping[str, NoticeKind] = {
    "submission.return": NoticeKind.RETURNED,
    "submission.approve": NoticeKind.APPROVED,
    "submission.close": NoticeKind.CLOSED,
    "submission.reopen": NoticeKind.REOPENED,
}


@dataclass(frozen=True, slots=True)
class Telling:
    """Turns an event into notices."""

    store: NoticeStore
    submissions: SubmissionStore
    obligations: ObligationStore
    reviewer: Reviewer
    accounts: Accounts
    definitions: DefinitionTelling
    clock: Clock

    def tell(self, event: Event) -> int:
        """Keep the notices of an event inside the caller's transaction; how many are new."""
        if event.happened_at < self.clock.now() - KEPT_FOR:
            return 0
        if event.name in _OF_OBLIGATIONS:
            return self._more_time(event)
        if event.subject.startswith(_ROUND):
            return self._round(event)
        if event.subject.startswith(DRAFT):
            return self.definitions.tell(event)
        return self._of_report(event) if event.subject.startswith(_SUBMISSION) else 0

    def _of_report(self, event: Event) -> int:
        if event.name == CARRIED:
            return self._carried(event)
        if event.name == ESCALATED:
            return self._escalated(event)
        moved = "to" in event.details and event.details.get("from") != event.details["to"]
        if not moved and event.name not in _STAYING:
            return 0
        submission = self.submissions.get(event.subject.removeprefix(_SUBMISSION))
        if event.name in (ASKED, REFUSED):
            return self._reopening(event, submission)
        if not moved:
            return self._commented(event, submission)
        # Whoever acted has seen it, and it no longer waits where it waited before.
        self.store.settle(submission.id, event.happened_at, account=event.actor)
        for ended in (NoticeKind.ARRIVED, NoticeKind.ESCALATED):
            self.store.settle(submission.id, event.happened_at, kind=ended)
        if event.name == f"submission.{REOPEN}":
            self.store.settle(submission.id, event.happened_at, kind=NoticeKind.REOPEN_ASKED)
        told = 0
        if event.name in _OUTCOMES:
            own = self._of_unit(submission.filing_unit, Role.REPORTER, Role.SIGNER)
            told += self._keep(event, _OUTCOMES[event.name], own, submission)
        if submission.state == event.details["to"]:  # else it has moved on since
            waiting = self._offered(submission, _AWAITED)
            told += self._keep(event, NoticeKind.ARRIVED, waiting, submission)
        return told

    def _more_time(self, event: Event) -> int:
        """Those above are told of a request, the unit of the answer."""
        obligation = self.obligations.get(event.subject.removeprefix(_OBLIGATION))
        kind = _OF_OBLIGATIONS[event.name]
        if kind is NoticeKind.EXTENSION_ASKED:
            people = self._deciding(obligation)
        else:
            people = self._of_unit(obligation.responsible_unit, Role.REPORTER)
        until = {"until": str(event.details.get("until", ""))}
        return self._keep(event, kind, people, obligation, until)

    def _deciding(self, obligation: Obligation) -> set[str]:
        """The approvers of the nearest unit above that has any."""
        period = Period.parse(obligation.period)
        tree = self.reviewer.reference.tree_of(obligation.org_unit, period)
        for unit in tree.ancestors(obligation.org_unit):
            if unit.id == obligation.org_unit:
                continue
            people = self._of_unit(unit.id, Role.APPROVER)
            people |= self._deputies(unit.id, Role.APPROVER, obligation.form)
            if people:
                return people
        return set()

    def _round(self, event: Event) -> int:
        if event.name == "round.dates_changed":
            return self._dates_changed(event)
        return self._opened(event) if event.name in ("round.opened", "round.widened") else 0

    def _opened(self, event: Event) -> int:
        """Each unit's people are told once of what a round asks of it."""
        named = event.details.get("units")
        return self._of_round(
            event,
            NoticeKind.OPENED,
            lambda owed: not isinstance(named, list) or owed.org_unit in named,
        )

    def _dates_changed(self, event: Event) -> int:
        """Each unit's people are told once that a letter has changed the dates of its reports."""
        change = str(event.details["change"])
        letter = {"letter": str(event.details["letter_number"])}
        return self._of_round(
            event, NoticeKind.DATES_CHANGED, lambda owed: is_changed_by(owed.why, change), letter
        )

    def _of_round(
        self,
        event: Event,
        kind: NoticeKind,
        concerned: Callable[[Obligation], bool],
        more: Mapping[str, str] | None = None,
    ) -> int:
        """One notice for each person of a unit about all its reports of the round together."""
        round_id, after = event.subject.removeprefix(_ROUND), None
        owed: dict[str, list[Obligation]] = {}
        while batch := self.obligations.list_(round=round_id, after=after, limit=_BATCH):
            for obligation in filter(concerned, batch):
                owed.setdefault(obligation.responsible_unit, []).append(obligation)
            after = batch[-1].id
        if not owed:
            return 0
        title = self.obligations.round(round_id).title
        return sum(
            self._keep(
                event,
                kind,
                self._of_unit(unit, Role.REPORTER, Role.SIGNER),
                asked[0],
                {
                    "round": title,
                    "count": str(len(asked)),
                    "until": min(one.due_on for one in asked).isoformat(),
                    **(more or {}),
                },
            )
            for unit, asked in owed.items()
        )

    def _carried(self, event: Event) -> int:
        """Whoever fills the report is told that its form has changed, and how much had no place."""
        submission = self.submissions.get(event.subject.removeprefix(_SUBMISSION))
        form = self.reviewer.catalogue.form(submission.form, submission.version)
        period = Period.parse(submission.period)
        tree = self.reviewer.reference.tree_of(submission.org_unit, period)
        units = {submission.filing_unit, *owners_of(form, submission.org_unit, tree).values()}
        people = {one for unit in units for one in self._of_unit(unit, Role.REPORTER)}
        counts = event.details.get("counts")
        lost = [counts.get(one, 0) for one in _LOST] if isinstance(counts, Mapping) else []
        facts = {"version": str(event.details["to"]), "dropped": str(sum(lost))}
        return self._keep(event, NoticeKind.FORM_CHANGED, people, submission, facts)

    def _commented(self, event: Event, submission: Submission) -> int:
        comments = {one.id: one for one in self.submissions.comments(submission.id)}
        comment = comments.get(str(event.details.get("comment")))
        if comment is None:
            return 0
        thread = {
            one.author
            for one in comments.values()
            if comment.answers_to and comment.answers_to in (one.id, one.answers_to)
        }
        if comment.side == OFFICE:
            thread |= self._of_unit(submission.filing_unit, Role.REPORTER)
        return self._keep(event, NoticeKind.COMMENTED, thread, submission, {"path": comment.path})

    def _reopening(self, event: Event, submission: Submission) -> int:
        """Those who may reopen the report now are told of a request, the unit of its refusal."""
        if event.name == REFUSED:
            self.store.settle(submission.id, event.happened_at, kind=NoticeKind.REOPEN_ASKED)
            own = self._of_unit(submission.filing_unit, Role.REPORTER, Role.SIGNER)
            return self._keep(event, NoticeKind.REOPEN_REFUSED, own, submission)
        people = {
            account
            for account in self._offered(submission, (REOPEN,))
            if may_reopen(self.reviewer, self.accounts.actor_of(account), submission)
        }
        return self._keep(event, NoticeKind.REOPEN_ASKED, people, submission)

    def _escalated(self, event: Event) -> int:
        """Those to whom an overdue report passes, while it still stays where it was."""
        submission = self.submissions.get(event.subject.removeprefix(_SUBMISSION))
        workflow = self.reviewer.catalogue.workflow(
            submission.workflow, submission.workflow_version
        )
        state = workflow.states[submission.state]
        if submission.state != event.details["state"] or state.escalate is None:
            return 0
        people = self._at(submission, {state.escalate})
        return self._keep(event, NoticeKind.ESCALATED, people, submission)

    def _offered(self, submission: Submission, events: Collection[str]) -> set[str]:
        """Whose such an event is in the report's state, and who stands for them today."""
        workflow = self.reviewer.catalogue.workflow(
            submission.workflow, submission.workflow_version
        )
        people: set[People] = {
            one
            for move in workflow.transitions
            if move.event in events and submission.state in move.sources
            for one in move.people
        }
        return self._at(submission, people)

    def _at(self, submission: Submission, people: Collection[People]) -> set[str]:
        """The accounts that such people are for a report, and who stands for them today."""
        form = self.reviewer.catalogue.form(submission.form, submission.version)
        period = Period.parse(submission.period)
        tree = self.reviewer.reference.tree_of(submission.org_unit, period)
        places = self.reviewer.places(form, submission.org_unit, tree)
        places["unit"] = submission.filing_unit
        found: set[str] = set()
        for one in people:
            if (unit := places.get(one.at)) is not None:
                found |= self._of_unit(unit, one.role)
                found |= self._deputies(unit, one.role, submission.form)
        return found

    def _of_unit(self, unit: str, *roles: Role) -> set[str]:
        return {one.id for role in roles for one in self.accounts.holders(unit, role)}

    def _deputies(self, unit: str, role: Role, form: str) -> set[str]:
        today = self.clock.today()
        return {
            one.deputy
            for holder in self.accounts.holders(unit, role)
            for one in self.accounts.delegations.of(principal=holder.id)
            if one.holds(today)
            and (one.role, one.org_unit) == (role, unit)
            and (not one.forms or form in one.forms)
        }

    def _keep(
        self,
        event: Event,
        kind: NoticeKind,
        people: Iterable[str],
        about: Submission | Obligation,
        more: Mapping[str, str] | None = None,
    ) -> int:
        submission = about.id if isinstance(about, Submission) else about.submission
        behalf = event.details.get("on_behalf_of")
        facts = {
            "form": about.form,
            "unit": about.org_unit,
            "period": about.period,
            "by": event.actor,
            **({"on_behalf_of": behalf} if isinstance(behalf, str) else {}),
            **(more or {}),
        }
        return sum(
            self.store.add(Notice(account, event.id, kind, submission, event.happened_at, facts))
            for account in sorted(set(people) - {event.actor})
        )
