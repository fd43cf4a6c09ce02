"""Who did something, in words: also in whose name, where it was done by a delegation."""

from collections.abc import Mapping

from server.core.access import Actor
from server.core.event import Event
from server.core.workflow import Move
from server.services.delegations import Decidable, stands_for, stood_for
from server.services.reopen_requests import Reopening
from server.web.language import gettext as _
from server.web.session import services


def doer(event: Event) -> str:
    """The person of an event: ``Nông Văn B, thay mặt ông/bà Hoàng Văn A``."""
    return doer_of(event.actor, event.details)


def doer_of(account: str, details: Mapping[str, object]) -> str:
    """The same of an event that is at hand only in parts."""
    name = services().accounts.name_of(account)
    principal = details.get("on_behalf_of")
    if not isinstance(principal, str):
        return name
    whom = services().accounts.name_of(principal)
    return _("%(name)s, thay mặt ông/bà %(whom)s", name=name, whom=whom)


def asker_of(found: Reopening | None) -> str:
    """Who asked for the report to be reopened; empty where nobody did."""
    if found is None or found.request is None:
        return ""
    return doer_of(found.request.asked_by, {"on_behalf_of": found.request.on_behalf_of})


def behalf_note(actor: Actor, view: Decidable) -> str:
    """In whose name *view* waits for the actor; empty where it is the actor's own to decide."""
    return _note(stood_for(actor, view))


def behalf_of(actor: Actor, view: Decidable, move: Move) -> str:
    """The same of one move."""
    return _note(stands_for(actor, view, move))


def _note(principal: str | None) -> str:
    if principal is None:
        return ""
    return _("Thay mặt ông/bà %(name)s", name=services().accounts.name_of(principal))
