"""What is owed: once per unit, form, period and round."""

from dataclasses import replace
from datetime import date

import pytest

from server.core.obligation import Progress, Round
from server.errors import Conflict, NotFound
from tests.storage.conftest import NOW

ROUND = Round(
    id="r1",
    code="nam-2024",
    title="Báo cáo năm 2024",
    period="2024",
    letter_number="512/BDT",
    letter_on=date(2024, 10, 15),
    contact="Nông Thị Hà",
    phone="0209 3870 000",
    level="official",
    forms=("population",),
    opens_on=date(2024, 12, 1),
)


def test_an_obligation_reads_back_with_its_submission(world):
    owed = world.obligation(grace_on=date(2025, 1, 20), closes_on=date(2025, 3, 1))
    world.obligations.add_many([owed])
    assert world.obligations.get("o1") == owed

    world.submissions.add(world.submission())

    assert world.obligations.get("o1") == replace(owed, submission="s1")
    assert world.obligations.find("population", "u2", "2024") == [replace(owed, submission="s1")]
    with pytest.raises(NotFound):
        world.obligations.get("o2")


def test_opening_a_period_again_owes_nothing_new(world):
    owed = [world.obligation("o1"), world.obligation("o2", org_unit="u3")]
    assert world.obligations.add_many(owed) == 2

    again = [replace(one, id=f"{one.id}x") for one in owed]
    assert world.obligations.add_many([*again, world.obligation("o3", period="2025")]) == 1

    assert [one.id for one in world.obligations.list_()] == ["o1", "o2", "o3"]
    assert world.obligations.add_many([]) == 0


def test_two_rounds_of_a_period_are_owed_apart(world):
    world.obligations.add_round(ROUND)

    added = world.obligations.add_many(
        [
            world.obligation("o1"),
            world.obligation("o2", round="r1"),
            world.obligation("o3", round="r1"),
        ]
    )

    assert added == 2
    assert [one.round for one in world.obligations.find("population", "u2", "2024")] == [None, "r1"]


def test_thousands_are_opened_in_few_statements(world, count_queries):
    owed = [world.obligation(f"o{n:05}", period=f"{n}") for n in range(1500)]
    statements = count_queries(world.database)

    assert world.obligations.add_many(owed) == 1500

    assert len(statements) == 3


def test_lists_filter_and_page_in_one_query(world, count_queries):
    world.obligations.add_round(ROUND)
    for number in range(1, 5):
        world.owe(f"o{number}", period=f"{2020 + number}")
    world.owe("o5", org_unit="u3", round="r1")
    world.obligations.set_progress("o5", Progress.SENT, sent_at=NOW)
    world.obligations.close("o1")
    world.obligations.set_responsible("o2", "u3")

    def ids(**filters):
        return [one.id for one in world.obligations.list_(**filters)]

    assert ids(limit=2) == ["o1", "o2"]
    assert ids(after="o2", limit=2) == ["o3", "o4"]
    assert ids(period="2024") == ["o4", "o5"]
    assert ids(org_units={"u3"}) == ids(round="r1") == ["o5"]
    assert ids(responsible={"u3"}) == ["o2"]
    assert ids(progress={Progress.SENT, Progress.FINAL}) == ["o5"]
    assert ids(form="workers") == ids(org_units=set()) == ids(progress=set()) == []
    assert ids(open_only=True, limit=2) == ["o2", "o3"]
    statements = count_queries(world.database)
    world.obligations.list_(org_units={"u2", "u3"})
    assert len(statements) == 1


def test_counts_name_every_progress(world):
    world.owe("o1")
    world.owe("o2", org_unit="u3")
    world.obligations.set_progress("o2", Progress.FINAL)

    counts = world.obligations.counts(form="population", period="2024")

    assert counts == {
        Progress.NONE: 1,
        Progress.STARTED: 0,
        Progress.RETURNED: 0,
        Progress.SENT: 0,
        Progress.FINAL: 1,
    }
    assert sum(world.obligations.counts(org_units={"u1"}).values()) == 0


def test_progress_keeps_when_the_report_was_sent(world):
    world.owe()
    world.obligations.set_progress("o1", Progress.SENT, sent_at=NOW)
    world.obligations.set_progress("o1", Progress.RETURNED, return_due_on=date(2025, 1, 28))

    owed = world.obligations.get("o1")

    assert (owed.progress, owed.sent_at) == (Progress.RETURNED, NOW)
    assert owed.return_due_on == date(2025, 1, 28)
    world.obligations.set_progress("o1", Progress.FINAL)
    assert world.obligations.get("o1").return_due_on is None


def test_an_obligation_is_excused_closed_and_reopened(world):
    world.owe()
    world.obligations.excuse("o1", date(2025, 2, 1), "lũ quét")
    world.obligations.close("o1")
    owed = world.obligations.get("o1")
    assert (owed.excused_until, owed.excuse, owed.closed) == (date(2025, 2, 1), "lũ quét", True)

    world.obligations.reopen("o1", date(2025, 4, 1))

    owed = world.obligations.get("o1")
    assert (owed.closed, owed.closes_on) == (False, date(2025, 4, 1))
    with pytest.raises(NotFound):
        world.obligations.close("o2")


def test_rounds_read_back_the_newest_letter_first(world):
    later = replace(ROUND, id="r2", code="s1-2025", letter_on=date(2025, 5, 1), period="2025-S1")
    world.obligations.add_round(ROUND)
    world.obligations.add_round(later)

    assert world.obligations.rounds() == [later, ROUND]
    assert world.obligations.rounds("2024") == [ROUND]
    assert world.obligations.round("r1") == ROUND
    with pytest.raises(Conflict):
        world.obligations.add_round(replace(ROUND, id="r3"))
    with pytest.raises(NotFound):
        world.obligations.round("r3")
