"""Who is at a report right now: a beat comes in, the names of the others go out.

It never stands in anybody's way: a beat that is lost is made good by the next one.
"""

from dataclasses import dataclass
from datetime import timedelta

from server.core.access import Actor, Role
from server.core.answer_paths import PathUnknown, place_of
from server.core.form import Form
from server.core.part import owners_of, ownership_of
from server.core.period import Period
from server.core.ports import Clock, Transaction
from server.core.submission import Edit
from server.errors import AccessDenied, RequestInvalid
from server.services.review import Reviewer
from server.storage.presence import PresenceStore
from server.storage.submissions import SubmissionStore

#: The page beats every 20 seconds; who missed two beats has gone.
GONE_AFTER = timedelta(seconds=50)
FORGOTTEN_AFTER = timedelta(minutes=2)
#: A second beat this soon at the same place says nothing new.
_STILL = timedelta(seconds=10)
_LONGEST_PATH = 300


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Somebody else at the report; *section* is the title of where they are, if it is known."""

    name: str
    section: str | None


@dataclass(frozen=True, slots=True)
class Beat:
    """What a beat is answered with: the others, and what the page compares itself with."""

    form: Form
    period: Period
    edit: Edit
    there: tuple[Neighbour, ...]


@dataclass(frozen=True, slots=True)
class Presence:
    """The use case behind "… đang nhập phần …"."""

    store: PresenceStore
    submissions: SubmissionStore
    reviewer: Reviewer
    transaction: Transaction
    clock: Clock

    def beat(self, actor: Actor, submission_id: str, path: str) -> Beat:
        """The actor is at *path* (empty: nowhere in particular); who else is there.

        Raises:
            NotFound: no such report in the actor's scope.
            AccessDenied: the actor only reads the report.
        """
        submission = self.submissions.get(submission_id)
        tree = self.reviewer.reach(actor, submission)
        form = self.reviewer.catalogue.form(submission.form, submission.version)
        owners = owners_of(form, submission.org_unit, tree)
        if {submission.org_unit, *owners.values()}.isdisjoint(actor.units(Role.REPORTER)):
            raise AccessDenied(action="presence")
        if len(path) > _LONGEST_PATH:
            raise RequestInvalid(reason="path", path="/path")
        if path:
            place_of(form, path)
        now = self.clock.now()
        there = self.store.at(submission_id, now - GONE_AFTER)
        mine = next((one for one in there if one.account == actor.account), None)
        if mine is None or mine.path != path or now - mine.seen_at > _STILL:
            with self.transaction():
                self.store.forget(now - FORGOTTEN_AFTER)
                self.store.beat(submission_id, actor.account, path, now)
        others = [one for one in there if one.account != actor.account]
        neighbours = tuple(Neighbour(one.name, _section(form, one.path)) for one in others)
        return Beat(form, Period.parse(submission.period), submission.edit, neighbours)

    def forget(self) -> None:
        """Forget everybody who has gone."""
        with self.transaction():
            self.store.forget(self.clock.now() - FORGOTTEN_AFTER)


def _section(form: Form, path: str) -> str | None:
    if not path:
        return None
    try:
        share = ownership_of(form).share(place_of(form, path))
    except PathUnknown:
        return None
    return next((one.title for one in form.layout.sections if one.key == share.section), None)
