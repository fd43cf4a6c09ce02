"""The modified z-score: which figures stand out from a unit's own history, and which never do."""

from fractions import Fraction
from statistics import median

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from server.core.outlier import Outliers, Usual, outliers_of, unusual

USUAL = Outliers(limit=3.5, least=4)

counts = st.integers(0, 100_000).map(float)
histories = st.lists(counts, min_size=4, max_size=12)
varied = histories.filter(lambda values: len(set(values)) > 1)
powers = st.sampled_from([0.125, 0.5, 2.0, 4.0, 1024.0])  # exact for doubles


@pytest.mark.parametrize(
    ("value", "history", "expected"),
    [
        # Two stray measurements beside eight close ones.
        (8.2, [2.1, 2.6, 2.4, 2.5, 2.3, 2.1, 2.3, 2.6], Usual(2.3499999999999996, 2.1, 2.6)),
        (2.7, [2.1, 2.6, 2.4, 2.5, 2.3, 2.1, 2.3, 2.6], None),
        (1451, [2080, 2091, 2097, 2103], Usual(2094, 2080, 2103)),
        (2098, [2080, 2091, 2097, 2103], None),
        # z = 0.6745 * 52 / 10 = 3.507 and 0.6745 * 51 / 10 = 3.440
        (152, [90, 110, 90, 110], Usual(100, 90, 110)),
        (151, [90, 110, 90, 110], None),
        # More than half are equal: the mean distance times 1.2533 stands in.
        (107, [100, 100, 100, 100, 110], None),  # 7 / (2 * 1.2533) = 2.79
        (109, [100, 100, 100, 100, 110], Usual(100, 100, 110)),  # 3.59
        # Far by the measure, but within 5 or within 5 %: not worth a question.
        (104, [100, 100, 100, 100, 104], None),
        (46, [44, 44, 44, 44.2], None),
        (2098, [2000, 2001, 2000, 2001], None),
        (2101, [2000, 2001, 2000, 2001], Usual(2000.5, 2000, 2001)),
        # A constant history asks only beyond 20 % and beyond 5.
        (106, [100, 100, 100, 100], None),
        (121, [100, 100, 100, 100], Usual(100, 100, 100)),
        (120, [100, 100, 100, 100], None),
        (15, [10, 10, 10, 10], None),
        (16, [10, 10, 10, 10], Usual(10, 10, 10)),
        (5, [0, 0, 0, 0], None),
        (6, [0, 0, 0, 0], Usual(0, 0, 0)),
        # Too short to say anything.
        (999, [1, 2, 3], None),
        (999, [], None),
    ],
)
def test_a_figure_is_asked_about_when_it_stands_out(value, history, expected):
    assert unusual(float(value), [float(one) for one in history], USUAL) == expected


@given(value=counts, history=histories, data=st.data())
def test_the_order_of_the_history_changes_nothing(value, history, data):
    shuffled = data.draw(st.permutations(history))

    assert unusual(value, shuffled, USUAL) == unusual(value, history, USUAL)


@given(value=counts, history=varied, scale=powers)
def test_the_unit_of_measure_changes_nothing(value, history, scale):
    one = unusual(value, history, USUAL)
    other = unusual(value * scale, [earlier * scale for earlier in history], USUAL)

    assert (one is None) is (other is None)


@given(value=counts, history=varied)
def test_the_verdict_is_that_of_the_written_formula_in_exact_numbers(value, history):
    exact = [Fraction(earlier) for earlier in history]
    middle = median(exact)
    distances = [abs(earlier - middle) for earlier in exact]
    distance, spread = abs(Fraction(value) - middle), median(distances)
    if spread:
        score = Fraction(6745, 10_000) * distance / spread
    else:
        score = distance / (sum(distances) / len(distances) * Fraction(12_533, 10_000))
    assume(abs(score - Fraction(7, 2)) > Fraction(1, 10**9))

    assert (unusual(value, history, USUAL) is not None) is (score > Fraction(7, 2))


@given(constant=counts, value=counts, length=st.integers(4, 12))
def test_beside_a_constant_history_only_a_large_difference_counts(constant, value, length):
    distance = abs(value - constant)

    asked = unusual(value, [constant] * length, USUAL) is not None

    assert asked is (distance > 5 and distance > 0.2 * constant)
    assert unusual(constant, [constant] * length, USUAL) is None


@given(value=counts, history=histories, further=st.integers(0, 1000))
def test_what_is_further_away_is_never_less_unusual(value, history, further):
    usual = unusual(value, history, USUAL)
    if usual is not None:
        away = value + further if value > usual.median else value - further
        assert unusual(away, history, USUAL) == usual


@given(value=counts, history=histories)
def test_a_middle_value_of_the_history_is_never_asked_about(value, history):
    ordered = sorted(history)

    assert unusual(ordered[len(ordered) // 2], history, Outliers(100.0, 4)) is None


def test_a_form_says_whether_it_asks():
    assert outliers_of({"outliers": {"limit": 3.5, "least": 4}}) == USUAL
    assert outliers_of({}) is None
