"""Charts: what is drawn is what was given, whatever it is."""

from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from server.web.charts import HEIGHT, WIDTH, chart_of

NUMBERS = st.one_of(
    st.none(), st.integers(-(10**12), 10**12), st.floats(-1e6, 1e6, allow_nan=False)
)


@given(st.lists(NUMBERS, min_size=1, max_size=14))
@example([5e-324])
@example([-5e-324, 0])
@example([1e-9, -1e-12])
def test_every_value_stands_inside_the_drawing_at_its_height(values):
    chart = chart_of([str(place) for place in range(len(values))], values)
    known = [value for value in values if value is not None]

    if not known:
        assert chart is None
        return
    assert [point.value for point in chart.points] == known
    assert all(0 <= point.x <= WIDTH and 0 <= point.y <= HEIGHT for point in chart.points)
    ordered = sorted(chart.points, key=lambda point: point.value)
    assert all(low.y >= high.y for low, high in pairwise(ordered))
    assert chart.bars is (len(values) <= 3)
    assert chart.points[-1].named or values[-1] is None
    assert 2 <= len(chart.ticks) <= 12


def test_a_period_without_a_value_leaves_a_gap():
    chart = chart_of(list("abcde"), [1, 2, None, 4, 5])

    assert len(chart.lines) == 2
    assert [len(line.split()) for line in chart.lines] == [2, 2]


def test_a_bar_hangs_from_the_base_where_the_value_is_below_zero():
    above, below = chart_of(["a", "b"], [10, -10]).points

    assert above.top < below.top
    assert above.height == below.height
    assert below.y > below.top
