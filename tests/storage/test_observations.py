"""Single numbers, summed as integers, equal on both databases."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.core.observation import Observation
from server.storage.observations import cursor, dimensions_of, dimensions_text


def number(scaled, scale=0, indicator="0101", unit="person", status=None, **dimensions):
    return Observation(indicator, unit, dimensions, scaled, scale, status)


def put(world, observations, submission="s1", org_unit="u2", final=True, **changes):
    facts = {"period": "2024", "form": "population", "publication_level": "official"} | changes
    if not any(one.id == submission for one in world.submissions.list_(limit=500)):
        world.start(
            submission, obligation=f"o-{submission}", org_unit=org_unit, period=facts["period"]
        )
    world.observations.replace(
        submission, 1, org_unit=org_unit, final=final, observations=observations, **facts
    )


def totals(world, *indicators, **filters):
    facts = {"periods": ["2024"]} | filters
    return world.observations.totals(indicators or ["0101"], **facts)


def test_numbers_are_summed_over_units_or_shown_apart(world):
    put(world, [number(10)])
    put(world, [number(5)], "s2", "u3")

    (together,) = totals(world)
    apart = totals(world, group_by=["org_unit"])

    assert (together.scaled, together.reports, together.org_unit) == (15, 2, None)
    assert [(one.org_unit, one.scaled, one.reports) for one in apart] == [
        ("u2", 10, 1),
        ("u3", 5, 1),
    ]
    assert totals(world, org_units={"u3"})[0].scaled == 5
    assert totals(world, org_units=set()) == totals(world, "0999") == []


def test_units_can_be_counted_under_others(world):
    put(world, [number(10)])
    put(world, [number(5)], "s2", "u3")

    grouped = totals(world, groups={"u2": "new", "u3": "new"}, group_by=["org_unit"])

    assert [(one.org_unit, one.scaled) for one in grouped] == [("new", 15)]
    assert totals(world, groups={"u2": "x"})[0].scaled == 10
    assert totals(world, groups={}, group_by=["org_unit"]) == []


def test_a_total_and_its_breakdown_are_not_counted_twice(world):
    put(
        world,
        [
            number(100),
            number(60, sex="male"),
            number(40, sex="female"),
            number(7, sex="male", ethnic_group="02"),
            number(3, sex="female", ethnic_group="02"),
        ],
    )

    assert [one.scaled for one in totals(world)] == [100]
    by_sex = totals(world, group_by=["sex"])
    assert [(one.dimensions, one.scaled) for one in by_sex] == [
        ({"sex": "female"}, 40),
        ({"sex": "male"}, 60),
    ]
    (tay,) = totals(world, group_by=["ethnic_group"])
    assert (tay.dimensions, tay.scaled) == ({"ethnic_group": "02"}, 10)
    (women,) = totals(world, members={"sex": "female"})
    assert (women.dimensions, women.scaled) == ({"sex": "female"}, 40)
    assert totals(world, group_by=["urban_rural"]) == []


def test_unlike_scales_are_added_exactly(world):
    put(world, [number(1999, 2)])
    put(world, [number(5, 1)], "s2", "u3")

    (sum_,) = totals(world)

    assert Decimal(sum_.scaled).scaleb(-sum_.scale) == Decimal("20.49")


def test_measure_units_and_indicators_stay_apart(world):
    put(world, [number(1), number(50, unit="percent"), number(9, indicator="0102")])

    found = totals(world, "0101", "0102")

    assert [(one.indicator, one.measure_unit, one.scaled) for one in found] == [
        ("0101", "percent", 50),
        ("0101", "person", 1),
        ("0102", "person", 9),
    ]


def test_provisional_numbers_count_only_when_asked_for(world):
    put(world, [number(10)])
    put(world, [number(5)], "s2", "u3", final=False)

    assert [(one.scaled, one.final) for one in totals(world)] == [(10, True)]
    assert [(one.scaled, one.final) for one in totals(world, final_only=False)] == [(15, False)]


def test_absent_values_are_told_and_not_summed(world):
    put(world, [number(None, status="not_available")])
    put(world, [number(5, status="estimated")], "s2", "u3")

    (sum_,) = totals(world)
    assert (sum_.scaled, sum_.absent, sum_.reports) == (5, 1, 2)
    (only_absent,) = totals(world, org_units={"u2"})
    assert (only_absent.scaled, only_absent.absent) == (None, 1)


def test_periods_stay_apart_and_forms_can_be_chosen(world):
    put(world, [number(1)])
    put(world, [number(2)], "s2", period="2023")

    found = totals(world, periods=["2023", "2024"])

    assert [(one.period, one.scaled) for one in found] == [("2023", 2), ("2024", 1)]
    assert totals(world, forms=["workers"]) == []


def test_replacing_and_removing_leaves_nothing_of_before(world):
    put(world, [number(1), number(2, sex="male")])
    put(world, [number(3)])
    assert [one.observation for one in world.observations.rows()] == [number(3)]

    world.observations.remove("s1")
    assert world.observations.rows(final_only=False) == []

    put(world, [number(4)])
    world.observations.clear()
    assert world.observations.rows(final_only=False) == []


def test_rows_are_paged_without_gap_or_repeat(world):
    put(world, [number(n, ethnic_group=f"{n:02}") for n in range(1, 8)])
    put(world, [number(9, indicator="0102")], "s2", "u3")
    pages, after = [], None
    while page := world.observations.rows(after=after, limit=3):
        pages += page
        after = cursor(page[-1])

    assert pages == world.observations.rows()
    assert len(pages) == 8
    assert [one.observation.scaled for one in world.observations.rows(["0102"])] == [9]
    assert world.observations.rows(submission="s2", periods=["2024"], org_units={"u3"}) == pages[7:]


def test_a_large_report_costs_few_statements(world, count_queries):
    world.start("s1", obligation="o-s1")
    cells = [number(n, cell=f"{n:04}") for n in range(324)]
    statements = count_queries(world.database)

    put_only = {"period": "2024", "form": "population", "publication_level": "official"}
    world.observations.replace("s1", 1, org_unit="u2", final=True, observations=cells, **put_only)
    world.observations.totals(["0101"], periods=["2024"])

    assert len(statements) == 7


@given(
    dimensions=st.dictionaries(
        st.from_regex(r"[a-z_]{1,8}", fullmatch=True),
        st.from_regex(r"[0-9a-z_]{1,8}", fullmatch=True),
    )
)
def test_dimensions_survive_their_text(dimensions):
    assert dimensions_of(dimensions_text(dimensions)) == dimensions


@pytest.mark.parametrize("scale", [0, 3])
@settings(
    max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(values=st.lists(st.integers(-(10**15), 10**15), min_size=1, max_size=50))
def test_sums_are_exact(world, values, scale):
    put(world, [number(value, scale, cell=str(place)) for place, value in enumerate(values)])

    (sum_,) = totals(world)

    assert (sum_.scaled, sum_.scale) == (sum(values), scale)
