"""The generator: the same figures on every machine, and margins that hold exactly."""

import pytest

from server.demo import answers_cadres, answers_council, answers_prestige, answers_sheet, margins
from server.demo.apportioning import split, split_capped
from server.demo.figures import control_hash, figures
from server.demo.merger import parts

CONTROL = "45651be7562f907f4aecf66c25b45a8be6fabfb2aa1318672b4755e2e643cc32"


def test_the_generator_makes_the_same_figures_everywhere() -> None:
    assert control_hash(figures()) == CONTROL


@pytest.mark.parametrize("year", ["2023", "2024"])
def test_population_adds_up_by_commune_and_by_group(year: str) -> None:
    population = figures().population[year]

    assert sum(population.total.values()) == margins.POPULATION[year]
    assert sum(population.males.values()) == margins.MALES[year]
    for code, total in population.total.items():
        assert sum(population.groups[code].values()) == total
        assert sum(population.group_males[code].values()) == population.males[code]


@pytest.mark.parametrize(
    ("group", "persons"),
    [("02", 170_549), ("09", 57_933), ("01", 38_867), ("07", 29_665), ("08", 23_361)],
)
def test_large_groups_have_the_published_shares(group: str, persons: int) -> None:
    groups = figures().population["2024"].groups.values()

    assert sum(commune[group] for commune in groups) == persons


def test_near_poor_households_flow_from_opening_to_closing() -> None:
    near_poor = figures().near_poor.values()

    assert sum(commune.opening for commune in near_poor) == 8_240
    assert sum(commune.closing for commune in near_poor) == 8_460
    for commune in near_poor:
        flow = commune.opening - commune.escaped + commune.relapsed + commune.arisen
        assert flow == commune.closing


def test_prestige_persons_keep_the_published_total() -> None:
    rows = [
        row
        for code in figures().prestige
        for row in dict(answers_prestige.answers_of(code, "2024")["rows"]).values()  # type: ignore[call-overload]
    ]

    assert sum(row["open_count"] for row in rows) == 1_268
    assert sum(row["open_count"] + row["added"] - row["removed"] for row in rows) == 1_271
    assert sum(row["women"] for row in rows) == 152
    assert sum(row["role_religious"] for row in rows) == 6


@pytest.mark.parametrize(
    ("answers_of", "column", "total"),
    [
        (answers_council.answers_of, "total", 2_120),
        (answers_council.answers_of, "women", 598),
        (answers_cadres.answers_of, "total", 2_105),
        (answers_cadres.answers_of, "minority", 1_908),
    ],
)
def test_staff_and_delegates_keep_their_totals(answers_of, column, total) -> None:  # type: ignore[no-untyped-def]
    found = sum(
        row[column] for code in figures().prestige for row in answers_of(code)["rows"].values()
    )

    assert found == total


def test_the_commune_sheet_counts_the_staff_that_the_staff_form_counts() -> None:
    for commune in figures().communes:
        posts = answers_sheet.answers_of(commune)["officials"]
        staff = answers_cadres.answers_of(commune.code)["rows"]

        assert sum(post["total"] for post in posts.values()) == sum(  # type: ignore[attr-defined]
            row["total"]
            for row in staff.values()  # type: ignore[attr-defined]
        )
        assert all(post["women"] <= post["total"] for post in posts.values())  # type: ignore[attr-defined]


def test_the_merger_takes_every_old_commune_once() -> None:
    old = [code for codes in parts().values() for code in codes]

    assert len(parts()) == 37
    assert sorted(old) == [commune.code for commune in figures().communes]


def test_sharing_out_nothing_among_nobody_is_nothing() -> None:
    assert split(0, [0, 0]) == [0, 0]


def test_sharing_out_more_than_the_caps_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="room"):
        split_capped(3, [1, 1], [1, 1])
