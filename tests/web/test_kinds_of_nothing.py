"""Empty, 0, –, …, x and confidential stay six things: page, database, workbook, CSV, paper."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.core.access import Actor
from server.core.workbook_values import EMPTY, Held, read_value
from server.services.review import SubmissionView
from tests.filling_world import PASSWORD, Seeded, copied, seed
from tests.plugins.pdf_reading import pages
from tests.web.conftest import Browser
from tests.workbooks import edited, places_of, shown_in
from tests.world import World

FORM = "population_ethnic"
#: What a person types, and what the page then sends and the database holds.
TYPED: dict[str, Held] = {
    "": EMPTY,
    "0": Held(0),
    "–": Held(None, "none_arose"),
    "…": Held(None, "not_available"),
    "x": Held(None, "not_applicable"),
    "bảo mật": Held(None, "confidential"),
    "1.234": Held(1234),
}
#: How the end of a printed row reads when the women are five: total women, urban, rural.
ON_PAPER = {
    "": "5 x x x 5",
    "0": "5 0 5 x x x 5 0 5",
    "–": "5 0 5 x x x 5 – 5",
    "…": "5 x x x … 5",
    "x": "5 x x x x 5",
    "bảo mật": "5 x x x bảo mật 5",
    "1.234": "1.239 1.234 5 x x x 1.239 1.234 5",
}
ROWS = {"02": "Tày", "03": "Thái", "04": "Hoa", "05": "Khơ-me", "06": "Mường", "07": "Nùng"}


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Seeded:
    return seed(tmp_path_factory.mktemp("nothing"))


@pytest.fixture
def world(seeded: Seeded, tmp_path: Path) -> Iterator[World]:
    with copied(seeded, tmp_path) as found:
        yield found


@pytest.fixture
def clerk(world: World) -> Browser:
    return Browser(world.application.web().test_client()).sign_in("commune_reporter", PASSWORD)


@pytest.fixture
def actor(world: World) -> Actor:
    return world.actor("commune_reporter")


def start(world: World, actor: Actor) -> SubmissionView:
    return world.services.submissions.start(
        actor, form=FORM, org_unit="u-commune", period="2024",
        answers={"rows": {code: {"rural_female": 5} for code in ROWS}},
    )  # fmt: skip


def type_in(clerk: Browser, world: World, view: SubmissionView, typed: dict[str, str]) -> None:
    """Send the cells as the filling page does."""
    submission = world.services.submissions.get(
        world.actor("commune_reporter"), view.submission.id
    ).submission
    changes = []
    for code, text in typed.items():
        path, wanted = f"/rows/{code}/rural_male", TYPED[text]
        held = submission.answers["rows"].get(code, {}).get("rural_male")
        change = {"path": path, "to": wanted.value, "status": wanted.status}
        changes.append({**change, "from": held or submission.statuses.get(path) or held})
    answer = clerk.client.patch(
        f"/api/v1/submissions/{view.submission.id}/answers",
        json={"changes": changes},
        headers={"X-CSRF-Token": clerk.token},
    )
    assert answer.status_code == 200, answer.get_data(as_text=True)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(typed=st.fixed_dictionaries({code: st.sampled_from(sorted(TYPED)) for code in ROWS}))
def test_what_is_typed_is_stored_written_and_read_back_as_itself(
    world: World, clerk: Browser, actor: Actor, typed: dict[str, str]
) -> None:
    found = world.services.submissions.list_(actor, form=FORM, period="2024").items
    view = world.services.submissions.get(actor, found[0].id) if found else start(world, actor)
    workbooks = world.services.workbooks

    type_in(clerk, world, view, typed)
    content = workbooks.download(actor, view.submission.id).take()
    stored = world.services.submissions.get(actor, view.submission.id).submission
    again = workbooks.upload(actor, view.submission.id, content).comparison

    assert (again.differences, again.refused) == ((), ())
    for code, text in typed.items():
        path = f"/rows/{code}/rural_male"
        _, cell = places_of(content)[path]
        value = stored.answers["rows"].get(code, {}).get("rural_male")
        assert Held(value, stored.statuses.get(path)) == TYPED[text]
        assert Held(cell.value, cell.status) == TYPED[text]
        shown = shown_in(content, path)
        column = next(
            column
            for column in view.form.layout.sections[0].grid.columns  # type: ignore[union-attr]
            if column.key == "rural_male"
        )
        assert (EMPTY if shown is None else read_value(shown, column)) == TYPED[text]


def test_what_is_typed_into_the_workbook_is_stored_and_exported_as_itself(
    world: World, actor: Actor
) -> None:
    view = start(world, actor)
    workbooks = world.services.workbooks
    texts = dict(zip(ROWS, [text for text in TYPED if text], strict=True))
    content = workbooks.download(actor, view.submission.id).take()
    cells = {f"/rows/{code}/rural_male": text for code, text in texts.items()}

    preview = workbooks.upload(actor, view.submission.id, edited(content, cells))
    workbooks.confirm(
        actor, view.submission.id, preview.token, seen=preview.view.submission.edit, take={}
    )
    job = world.services.exports.start(actor, "csv", form=FORM, period="2024")
    world.services.jobs.run_one()
    path = world.services.exports.result(actor, job.id).path
    lines = list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))

    exported = {line["duong_dan"]: (line["gia_tri"], line["tinh_trang"]) for line in lines}
    assert {code: exported[f"/rows/{code}/rural_male"] for code in ROWS} == {
        code: (
            "" if TYPED[text].value is None else str(TYPED[text].value),
            TYPED[text].status or "",
        )
        for code, text in texts.items()
    }


@pytest.mark.parametrize("group", [("", "0", "–"), ("…", "x", "bảo mật", "1.234")])
def test_what_is_typed_is_printed_as_itself(
    world: World, clerk: Browser, actor: Actor, tmp_path: Path, group: tuple[str, ...]
) -> None:
    view = start(world, actor)
    typed = dict(zip(ROWS, group, strict=False))

    type_in(clerk, world, view, typed)
    pdf = tmp_path / "print.pdf"
    pdf.write_bytes(world.services.exports.print_(actor, view.submission.id).take())
    lines = [line for page in pages(pdf) for line in page.line_texts()]

    for code, text in typed.items():
        [line] = [line for line in lines if f" {ROWS[code]} {code} " in line]
        assert line.partition(f" {code} ")[2] == ON_PAPER[text], text


def test_a_row_that_only_says_that_figures_are_missing_is_printed(
    world: World, clerk: Browser, actor: Actor, tmp_path: Path
) -> None:
    view = world.services.submissions.start(
        actor, form=FORM, org_unit="u-commune", period="2024",
        answers={"rows": {"03": {"rural_male": 1}}},
        statuses={"/rows/02/rural_male": "not_available", "/rows/04": "none_arose"},
    )  # fmt: skip
    pdf = tmp_path / "print.pdf"

    pdf.write_bytes(world.services.exports.print_(actor, view.submission.id).take())
    text = " ".join(line for page in pages(pdf) for line in page.line_texts())

    assert " Tày 02 " in text
    assert " Hoa 04 " not in text
