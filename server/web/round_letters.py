"""The file of the letter that opened a round, for everybody whose unit owes a report of it.

Apart from the back office's rounds, which are for administrators: the letter says what the unit
has to do by when, so that its people read it beside the report.
"""

from collections.abc import Iterable

from flask import Blueprint, send_file
from flask.typing import ResponseReturnValue

from server.core.access import Actor, Right
from server.core.obligation import Letter, Obligation
from server.errors import NotFound
from server.web.headers import sandboxed
from server.web.policy import policy
from server.web.session import current_actor, services

blueprint = Blueprint("round_letters", __name__)


@blueprint.get("/obligations/<obligation_id>/letter")
@policy(Right.READ)
def download(obligation_id: str) -> ResponseReturnValue:
    """The letter of the round that asks for this report."""
    obligation = services().obligations.get(current_actor(), obligation_id)
    letter = services().rounds.letters([obligation]).get(obligation.id)
    if letter is None:
        raise NotFound(kind="attachment")
    return letter_answer(letter)


def letter_answer(letter: Letter) -> ResponseReturnValue:
    """The bytes of the letter, to keep, never to be shown inside a page of ours."""
    path = services().rounds.letter_file(letter)
    answer = send_file(path, as_attachment=True, download_name=letter.name, conditional=False)
    answer.content_type = letter.media_type
    return sandboxed(answer)


def with_letters(actor: Actor, obligations: Iterable[Obligation]) -> frozenset[str]:
    """Ids of the expected reports whose letter *actor* can open.

    Who only fills a part of the report for another unit does not get the round's letter.
    """
    listed = list(obligations)
    known = services().rounds.letters(listed)
    reaches = services().obligations.reaches
    return frozenset(one.id for one in listed if one.id in known and reaches(actor, one))
