"""The measurement in the browser runs, and its words tell what was reached."""

from pathlib import Path

import pytest

from tests.bench.browser import BARS, measure_browser, worded_browser


@pytest.mark.long
def test_a_short_run_in_the_browser_gives_every_figure(tmp_path: Path) -> None:
    found = measure_browser(tmp_path, pastes=2, keys=10)

    assert found.keys() == BARS.keys()
    for name, bars in BARS.items():
        times = found[name]
        assert isinstance(times, dict)
        assert times.keys() == {str(speed) for speed in bars}
        assert all(0 < time < 60_000 for time in times.values())
    assert len(worded_browser(found)) == 2 + sum(len(bars) for bars in BARS.values())


def test_a_figure_over_its_bar_is_called_missed() -> None:
    slow = {name: {"1": 1000.0, "4": 1.0} for name in BARS}

    words = "\n".join(worded_browser(slow))

    assert words.count("missed") == words.count("met") == 3
