"""Lines of a roster in the clerk's workbook: added, changed, removed, and never unasked."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.core.submission import Change
from server.core.workbook_merge import Side
from tests.filling_world import Seeded, copied, seed
from tests.workbook_desk import confirm, download, now, save, start, upload
from tests.workbooks import edited, places_of
from tests.world import World

ROSTER_FORM = "near_poor"
VILLAGES = [
    {"_id": "na-lan", "name": "Nà Làn", "hh_total": 60, "hh_dtts": 58, "open_count": 5},
    {"_id": "khau-slom", "name": "Khau Slôm", "hh_total": 40, "hh_dtts": 40, "open_count": 7},
]


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Seeded:
    return seed(tmp_path_factory.mktemp("workbooks"))


@pytest.fixture
def world(seeded: Seeded, tmp_path: Path) -> Iterator[World]:
    with copied(seeded, tmp_path) as found:
        yield found


def test_lines_of_a_roster_are_added_changed_and_removed(world: World) -> None:
    view = start(world, ROSTER_FORM, answers={"villages": VILLAGES})
    clean = download(world, view)
    spare = next(path for path in places_of(clean) if path.startswith("/villages/w"))
    line = spare.rpartition("/")[0]
    columns = [path for path in places_of(clean) if path.startswith("/villages/khau-slom/")]
    content = edited(
        clean,
        {
            "/villages/na-lan/hh_total": 61,
            f"{line}/name": "Bản Nghè",
            f"{line}/hh_total": 30,
            **dict.fromkeys(columns),
        },
    )

    found = upload(world, view, content)
    confirm(world, found)

    held = now(world, view).submission.answers["villages"]
    assert found.comparison.added_rows == 1
    assert [one.path for one in found.comparison.differences if one.removed] == [
        "/villages/khau-slom"
    ]
    assert held == [
        {**VILLAGES[0], "hh_total": 61},
        {"_id": line.rpartition("/")[2], "name": "Bản Nghè", "hh_total": 30},
    ]
    assert upload(world, view, content).comparison.differences == ()


def test_a_line_that_others_changed_is_not_removed_unasked(world: World) -> None:
    view = start(world, ROSTER_FORM, answers={"villages": VILLAGES})
    clean = download(world, view)
    columns = [path for path in places_of(clean) if path.startswith("/villages/khau-slom/")]
    content = edited(clean, dict.fromkeys(columns))
    save(world, view, Change("/villages/khau-slom/hh_total", 40, 41))

    found = upload(world, view, content)
    [gone] = found.comparison.differences
    kept = confirm(world, found).saved
    lines = len(now(world, view).submission.answers["villages"])
    confirm(world, upload(world, view, content), **{"/villages/khau-slom": True})

    assert (gone.side, gone.removed, kept, lines) == (Side.BOTH, True, 0, 2)
    assert now(world, view).submission.answers["villages"] == [VILLAGES[0]]


def test_a_roster_has_thirty_empty_lines_but_no_more_than_the_form_takes(world: World) -> None:
    many = [{"_id": f"thon-{at}", "name": f"Thôn {at}"} for at in range(50)]
    view = start(world, ROSTER_FORM, answers={"villages": many})

    names = {path.split("/")[2] for path in places_of(download(world, view)) if "/villages" in path}

    assert len(names) == 60
    assert sum(name.startswith("w") for name in names) == 10
