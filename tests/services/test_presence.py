"""Who is at a report: beats come in, names of the others go out, nobody is kept for long."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from server.core.answer_paths import PathUnknown
from server.errors import AccessDenied, NotFound, RequestInvalid
from server.services.presence import Neighbour, Presence
from server.services.review import SubmissionView
from tests.world import FRIDAY, World


class Moved:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.instant: datetime = FRIDAY.now()

    def now(self) -> datetime:
        return self.instant

    def today(self) -> object:
        return FRIDAY.today()


@pytest.fixture
def clock() -> Moved:
    return Moved()


@pytest.fixture
def presence(divided: World, clock: Moved) -> Presence:
    return replace(divided.services.presence, clock=clock)


def test_each_learns_of_the_others_and_where_they_are(
    divided: World, view: SubmissionView, presence: Presence
) -> None:
    first, roads = divided.actor("commune_reporter"), divided.actor("roads_reporter")
    id_ = view.submission.id

    assert presence.beat(first, id_, "/households").there == ()
    assert presence.beat(roads, id_, "").there == (
        Neighbour("commune reporter", "Hộ và nhân khẩu"),
    )
    assert presence.beat(first, id_, "/households").there == (Neighbour("roads reporter", None),)
    presence.beat(roads, id_, "/lines/dirt/length")
    assert presence.beat(first, id_, "").there == (Neighbour("roads reporter", "Đường"),)


def test_who_stopped_beating_has_gone_and_is_forgotten(
    divided: World, view: SubmissionView, presence: Presence, clock: Moved
) -> None:
    first, second = divided.actor("commune_reporter"), divided.actor("commune_second")
    presence.beat(first, view.submission.id, "")

    clock.instant += timedelta(seconds=51)
    assert presence.beat(second, view.submission.id, "").there == ()
    assert divided.count("presence") == 2
    clock.instant += timedelta(seconds=70)
    presence.beat(second, view.submission.id, "")
    assert divided.count("presence") == 1
    clock.instant += timedelta(minutes=3)
    presence.forget()
    assert divided.count("presence") == 0


def test_a_second_beat_at_the_same_place_writes_nothing(
    divided: World, view: SubmissionView, presence: Presence, count_queries: object
) -> None:
    actor = divided.actor("commune_reporter")
    presence.beat(actor, view.submission.id, "/households")
    statements = count_queries(divided.application.database)  # type: ignore[operator]

    presence.beat(actor, view.submission.id, "/households")
    assert not any(sql.startswith(("INSERT", "DELETE")) for sql in statements)
    presence.beat(actor, view.submission.id, "/note")
    assert any(sql.startswith("INSERT INTO presence") for sql in statements)


def test_a_beat_is_no_event(divided: World, view: SubmissionView, presence: Presence) -> None:
    before = divided.count("event")
    presence.beat(divided.actor("commune_reporter"), view.submission.id, "/households")

    assert divided.count("event") == before


@pytest.mark.parametrize(
    ("username", "error"),
    [
        ("commune_signer", AccessDenied),
        ("district_approver", AccessDenied),
        ("admin", AccessDenied),
        ("neighbour_reporter", NotFound),
    ],
)
def test_readers_leave_no_trace(
    divided: World,
    view: SubmissionView,
    presence: Presence,
    username: str,
    error: type[Exception],
) -> None:
    with pytest.raises(error):
        presence.beat(divided.actor(username), view.submission.id, "")
    assert divided.count("presence") == 0


@pytest.mark.parametrize(
    ("path", "error"),
    [("/nowhere", PathUnknown), ("x", PathUnknown), ("/" + "a" * 400, RequestInvalid)],
)
def test_a_place_that_the_form_does_not_have_is_refused(
    divided: World, view: SubmissionView, presence: Presence, path: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        presence.beat(divided.actor("commune_reporter"), view.submission.id, path)
