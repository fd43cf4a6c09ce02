"""Who may call which view: one policy per view, checked before every request, closed by default.

A view says its policy by decorator; views of the back office by the ``right`` of their class.
``refuse_open_routes`` stops the start when a view says nothing, so none is open by oversight.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar, cast, overload

from flask import Blueprint, Flask
from flask.typing import RouteCallable

from server.core.access import Right

View = TypeVar("View", bound=Callable[..., object])
_ATTRIBUTE = "__policy__"


class Door(Enum):
    """How a caller may show who they are."""

    OPEN = "open"  # nobody need sign in
    PERSON = "person"  # the browser session
    MACHINE = "machine"  # the browser session or a bearer token


@dataclass(frozen=True, slots=True)
class Policy:
    """The rule of one view: the door it stands behind and the right it asks."""

    door: Door
    right: Right | None = None


OPEN = Policy(Door.OPEN)


class RouteWithoutPolicy(RuntimeError):
    """A programming mistake, found at start: these endpoints say no policy, or two."""


def policy(right: Right) -> Callable[[View], View]:
    """A page for people who hold *right* somewhere; what they may do with it the services say."""
    return _marker(Policy(Door.PERSON, right))


def public(view: View) -> View:
    """A page for anybody."""
    return _marker(OPEN)(view)


@overload
def machine(what: View) -> View: ...
@overload
def machine(what: Right) -> Callable[[View], View]: ...
def machine(what: object) -> object:
    """An API route, by session or bearer token: ``@machine`` or ``@machine(Right.ADMINISTER)``.

    Routes on single reports take the bare form: there "not found" comes before "not yours".
    """
    if isinstance(what, Right):
        return _marker(Policy(Door.MACHINE, what))
    return _marker(Policy(Door.MACHINE, Right.SIGNED_IN))(cast(Callable[..., object], what))


def _marker(rule: Policy) -> Callable[[View], View]:
    def mark(view: View) -> View:
        if _ATTRIBUTE in vars(view):
            raise RouteWithoutPolicy(f"two policies on {view!r}")
        setattr(view, _ATTRIBUTE, rule)
        return view

    return mark


def policy_of(view: RouteCallable, endpoint: str) -> Policy | None:
    """The rule of a view function, of a method of a back-office page, or of a static folder."""
    marked = getattr(view, _ATTRIBUTE, None)
    if isinstance(marked, Policy):
        return marked
    owner = getattr(view, "__self__", None)
    if endpoint == "static" or (
        isinstance(owner, Blueprint) and getattr(view, "__name__", "") == "send_static_file"
    ):
        return OPEN
    right = getattr(owner, "right", None)
    return Policy(Door.PERSON, right) if isinstance(right, Right) else None


def refuse_open_routes(app: Flask) -> None:
    """Raise ``RouteWithoutPolicy`` with the endpoints nobody has declared."""
    bare = sorted(
        {
            rule.endpoint
            for rule in app.url_map.iter_rules()
            if policy_of(app.view_functions[rule.endpoint], rule.endpoint) is None
        }
    )
    if bare:
        raise RouteWithoutPolicy(", ".join(bare))
