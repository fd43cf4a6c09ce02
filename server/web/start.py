"""The start page: whoever opens the bare address lands on their own work."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from server.core.access import Right
from server.web.navigation import menu_of
from server.web.policy import policy
from server.web.session import current_actor

blueprint = Blueprint("start", __name__)


@blueprint.get("/")
@policy(Right.SIGNED_IN)
def home() -> ResponseReturnValue:
    """The first page of the caller's menu."""
    work = menu_of(current_actor()).work
    return redirect(work[0].address if work else url_for("accounts.account"), 303)
