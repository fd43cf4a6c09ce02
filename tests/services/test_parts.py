"""Parts of a report: giving, handing in, taking back, not waiting; who may write which cells."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from server.core.access import Grant, Role
from server.core.obligation import RoundDates
from server.core.part import UNIT, PartState
from server.core.ports import FixedClock
from server.errors import (
    AccessDenied,
    NotFound,
    PartClosed,
    RequestInvalid,
    TransitionRefused,
)
from server.services.review import SubmissionView
from tests.divided import FORM, OWN, ROADS, history_names, part_state
from tests.world import PERIOD, World

REASON = "Sở báo không có số liệu năm nay."


def test_a_started_report_has_a_part_of_its_unit_and_one_of_each_department(
    divided: World, view: SubmissionView
) -> None:
    shown = divided.services.parts.of(divided.actor("commune_reporter"), view.submission.id)

    assert [(one.part.key, one.unit.name) for one in shown] == [
        (UNIT, "Cổ Linh"),
        (ROADS, "Sở Giao thông vận tải"),
    ]
    assert [section.key for section in shown[1].sections] == ["roads", "lines", "works"]


@pytest.mark.parametrize(
    ("level", "asked", "due"),
    [
        ("department", date(2025, 2, 8), date(2025, 2, 10)),  # a Saturday moves to Monday
        ("department", date(2025, 3, 20), date(2025, 2, 28)),  # never after the report itself
        ("district", date(2025, 2, 3), date(2025, 2, 28)),  # of another level: as the report
    ],
)
def test_a_part_has_a_day_of_its_own_by_the_level_of_its_owner(
    divided: World, level: str, asked: date, due: date
) -> None:
    services = divided.services
    lines = (RoundDates(level="commune", due=date(2025, 2, 28)), RoundDates(level=level, due=asked))
    round_ = replace(services.rounds.get("round-shared"), id="second", code="second", dates=lines)
    services.rounds.open(divided.actor("admin"), round_)
    [owed] = [one for one in services.rounds.owed("second") if one.org_unit == "u-commune"]
    actor = divided.actor("commune_reporter")
    started = services.submissions.start(
        actor, form=FORM, org_unit="u-commune", period=PERIOD, answers=OWN, round="second"
    )

    shown = {one.part.key: one for one in services.parts.of(actor, started.submission.id)}
    [waiting] = services.parts.owed(divided.actor("roads_reporter"))

    assert owed.due_on == shown[UNIT].due_on == date(2025, 2, 28)
    assert shown[ROADS].due_on == waiting.due_on == due
    assert not shown[ROADS].late and not waiting.late


def test_a_part_that_is_late_says_so_until_it_is_in(
    divided: World, view: SubmissionView, do: Callable[..., None]
) -> None:
    owed = divided.services.obligations.obligations.get(view.submission.obligation)
    after = FixedClock(datetime(2025, 6, 30, 3, tzinfo=UTC))
    parts, actor = replace(divided.services.parts, clock=after), divided.actor("commune_reporter")

    before = [one.late for one in parts.of(actor, view.submission.id) if one.part.key == ROADS]
    do("roads_reporter", "hand_in", ROADS)
    behind = [one.late for one in parts.of(actor, view.submission.id) if one.part.key == ROADS]

    assert owed.due_on < after.today()
    assert (before, behind) == ([True], [False])


# Access


def test_the_department_reaches_the_report_and_writes_its_own_cells_alone(
    divided: World, view: SubmissionView, save: Callable[..., SubmissionView]
) -> None:
    seen = divided.services.submissions.get(divided.actor("roads_reporter"), view.submission.id)
    after = save("roads_reporter", "/bridges", 3)
    save("roads_reporter", "/lines/dirt/length", 12)

    assert seen.editable and not seen.fills
    assert seen.submission.answers["households"] == 6
    assert after.submission.answers["bridges"] == 3
    for username, path in (
        ("roads_reporter", "/households"),
        ("roads_reporter", "/lines/dirt/count"),
        ("commune_reporter", "/bridges"),
        ("commune_reporter", "/lines/concrete/length"),
    ):
        with pytest.raises(PartClosed) as refused:
            save(
                username,
                path,
                4,
                {"/households": 6, "/lines/dirt/count": 2, "/bridges": 3}.get(path),
            )
        assert [error["path"] for error in refused.value.facts["errors"]] == [path]


@pytest.mark.parametrize(
    "username", ["neighbour_reporter", "other_district_reporter", "roads_reader"]
)
def test_for_others_the_report_does_not_exist(
    divided: World, view: SubmissionView, username: str
) -> None:
    actor, id_ = divided.actor(username), view.submission.id
    for ask in (
        lambda: divided.services.submissions.get(actor, id_),
        lambda: divided.services.submissions.history(actor, id_),
        lambda: divided.services.parts.of(actor, id_),
        lambda: divided.services.parts.hand_in(actor, id_, ROADS),
    ):
        with pytest.raises(NotFound):
            ask()


def test_the_department_does_not_reach_a_report_without_a_part_of_its_own(
    divided: World, start: Callable[..., SubmissionView]
) -> None:
    other = start()

    with pytest.raises(NotFound):
        divided.services.submissions.get(divided.actor("roads_reporter"), other.submission.id)


def test_a_grant_that_ended_no_longer_opens_the_report(
    divided: World, view: SubmissionView
) -> None:
    accounts, by = divided.services.accounts, divided.actor("admin")
    account = divided.accounts["roads_second"]
    [kept] = accounts.store.kept_grants(account=account)
    accounts.end_grant(by, account, kept.id, divided.services.clock.today().replace(day=1))
    accounts.grant(by, account, Grant(Role.SIGNER, "u-roads"))

    with pytest.raises(NotFound):
        divided.services.submissions.get(divided.actor("roads_second"), view.submission.id)


def test_the_department_neither_moves_the_report_nor_says_that_nothing_arose(
    divided: World, view: SubmissionView
) -> None:
    actor = divided.actor("roads_reporter")
    seen = divided.services.submissions.get(actor, view.submission.id)

    assert seen.moves == ()
    with pytest.raises(TransitionRefused):
        divided.services.approvals.decide(
            actor, view.submission.id, "submit", seen=view.submission.edit
        )
    with pytest.raises(AccessDenied):
        divided.services.submissions.make_nil(actor, view.submission.id, seen=view.submission.edit)


def test_replacing_the_draft_touches_foreign_cells_only_to_leave_them(
    divided: World, view: SubmissionView, save: Callable[..., SubmissionView]
) -> None:
    now = save("roads_reporter", "/bridges", 3)
    submissions, clerk = divided.services.submissions, divided.actor("commune_reporter")
    kept = {**now.submission.answers, "households": 7}
    without = {key: value for key, value in kept.items() if key != "bridges"}

    with pytest.raises(PartClosed):
        submissions.save_answers(
            clerk, view.submission.id, seen=now.submission.edit, answers=without
        )
    with pytest.raises(PartClosed):
        submissions.make_nil(clerk, view.submission.id, seen=now.submission.edit)
    saved = submissions.save_answers(
        clerk, view.submission.id, seen=now.submission.edit, answers=kept
    )
    assert saved.submission.answers["households"] == 7


def test_a_line_of_two_owners_goes_only_with_both(
    divided: World, view: SubmissionView, save: Callable[..., SubmissionView]
) -> None:
    save("commune_reporter", "/works/w1/name", "Cầu Nà Mạ")
    save("commune_reporter", "/works/w2/name", "Cống")
    save("roads_reporter", "/works/w1/cost", 500)

    save("commune_reporter", "/works/w2", None, {"_id": "w2", "name": "Cống"})
    with pytest.raises(PartClosed):
        held = {"_id": "w1", "name": "Cầu Nà Mạ", "cost": 500}
        save("commune_reporter", "/works/w1", None, held)


# Handing in


def test_a_part_that_is_handed_in_is_locked_until_it_is_taken_back(
    divided: World,
    view: SubmissionView,
    save: Callable[..., SubmissionView],
    do: Callable[..., None],
) -> None:
    save("roads_reporter", "/bridges", 3)
    do("roads_reporter", "hand_in", ROADS)

    assert part_state(divided, view) is PartState.HANDED_IN
    with pytest.raises(PartClosed):
        save("roads_reporter", "/bridges", 4, 3)
    with pytest.raises(TransitionRefused):
        do("roads_reporter", "hand_in", ROADS)
    do("roads_second", "take_back", ROADS)
    save("roads_reporter", "/bridges", 4, 3)
    assert history_names(divided, view)[-2:] == ["part_handed_in", "part_taken_back"]


def test_saving_again_what_stands_there_is_no_change_of_a_locked_part(
    save: Callable[..., SubmissionView], do: Callable[..., None]
) -> None:
    save("roads_reporter", "/bridges", 3)
    do("roads_reporter", "hand_in", ROADS)

    assert save("roads_reporter", "/bridges", 3).submission.answers["bridges"] == 3


@pytest.mark.parametrize(
    ("username", "action", "error"),
    [
        ("commune_reporter", "hand_in", AccessDenied),
        ("commune_signer", "hand_in", AccessDenied),
        ("roads_reporter", "take_back", TransitionRefused),
        ("district_approver", "hand_in", AccessDenied),
        ("admin", "hand_in", AccessDenied),
    ],
)
def test_only_its_own_people_hand_a_part_in(
    do: Callable[..., None], username: str, action: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        do(username, action, ROADS)


@pytest.mark.parametrize("key", ["unit.nothing", "d_bdt", "", "x" * 500])
def test_a_part_that_is_not_there_is_not_found(do: Callable[..., None], key: str) -> None:
    with pytest.raises(NotFound):
        do("commune_reporter", "waive", key, REASON)


def test_the_rest_of_the_unit_is_handed_in_by_passing_the_report_on(
    do: Callable[..., None],
) -> None:
    with pytest.raises((RequestInvalid, AccessDenied, TransitionRefused)):
        do("commune_reporter", "hand_in", UNIT)
