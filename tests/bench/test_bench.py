"""The measurements run: every figure that is published comes out of the real thing."""

from pathlib import Path
from random import Random

from server.core.answers import Context, UnitView, check
from server.core.period import Period
from tests.bench.__main__ import worded
from tests.bench.backtest import measure_backtest, worded_backtest
from tests.bench.board import PAGES, measure_board, worded_board
from tests.bench.desk import measure_desk, worded_desk
from tests.bench.form import COLUMNS, FIELDS, FORM, ROWS, bench_answers, bench_form
from tests.bench.impact import measure_impact, worded_impact
from tests.bench.process import measure_process
from tests.bench.rounds import measure_rounds, worded_rounds
from tests.bench.submission import measure_submissions
from tests.reliability.province import application_on, make_province


def test_the_measured_document_is_as_large_as_promised_and_without_findings(
    tmp_path: Path,
) -> None:
    application = application_on(f"sqlite:///{tmp_path / 'bench.db'}", tmp_path)
    make_province(
        application, crews=1, communes=1, form=bench_form(), codelists=("sex", "ethnic_group")
    )
    form = application.services.catalogue.form(FORM)
    application.database.close()
    context = Context(UnitView("10000", "commune", "xa"), Period.parse("2024"))

    for seed in range(20):
        answers = bench_answers(Random(seed))
        rows = answers["rows"]
        assert isinstance(rows, dict)
        assert len(answers) - 1 == FIELDS == 60
        assert len(rows) == ROWS == 54
        assert {len(row) for row in rows.values()} == {COLUMNS} == {6}
        verdict = check(form, answers, {}, context)
        assert not verdict.findings
        assert verdict.computed["total"] == {
            f"c{number}": sum(row[f"c{number}"] for row in rows.values()) for number in range(1, 7)
        }


def test_a_short_run_gives_every_figure(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'bench.db'}"

    found = measure_submissions(url, tmp_path, requests=3, repetitions=1)
    process = measure_process(f"sqlite:///{tmp_path / 'process.db'}", tmp_path, repetitions=1)

    figures = {"machine": {}, "counts": {}, "load_after": [], "sqlite": found, "process": process}
    text = worded(figures)
    operations = found["operations"]
    assert isinstance(operations, dict)
    for name in ("raw commit", "empty answer", "POST submission", "PUT answers + submit"):
        assert all(cost > 0 for cost in operations[name].values()), name
        assert name in text
    assert all(float(str(figure)) > 0 for figure in process.values())


def test_a_small_desk_gives_every_figure(tmp_path: Path) -> None:
    found = measure_desk(tmp_path, waiting=5, at_once=2, repetitions=1)

    text = "\n".join(worded_desk(found))
    pages = found["pages_ms"]
    assert isinstance(pages, dict)
    assert found["waiting"] == 5
    assert (found["bulk"], found["bulk_approved"]) == (2, 2)
    assert all(cost["cpu"] > 0 for cost in pages.values())
    assert all(name in text for name in ("inbox", "review, all cells", "approve at once"))


def test_the_board_is_measured_with_as_many_statements_whatever_it_shows(tmp_path: Path) -> None:
    few, many = (
        measure_board(
            f"sqlite:///{tmp_path / f'{units}.db'}", tmp_path, units=units, forms=2, repetitions=1
        )
        for units in (4, 40)
    )

    assert (few["reports"], many["reports"]) == (8, 80)
    for page in PAGES:
        assert few[f"{page} statements"] == many[f"{page} statements"]
    assert all(page in "\n".join(worded_board({"sqlite": few})) for page in PAGES)


def test_opening_a_round_is_measured_on_two_hundred_units_and_forty_forms(tmp_path: Path) -> None:
    found = measure_rounds(f"sqlite:///{tmp_path / 'rounds.db'}", tmp_path, repetitions=1)

    assert found["reports"] == 8000
    assert 0 < float(str(found["preview_ms_median"])) < float(str(found["open_ms_most"])) < 20_000
    assert worded_rounds({"sqlite": found})[0].startswith("sqlite: reports 8000, preview_ms")


def test_a_check_tried_on_history_flags_what_it_flags_when_it_is_there(tmp_path: Path) -> None:
    found = measure_backtest(f"sqlite:///{tmp_path / 'backtest.db'}", tmp_path, reports=36)

    assert found["reports"] == 36
    assert 0 < int(str(found["flagged"])) < 36
    assert found["flagged"] == found["flagged_when_switched_on"]
    assert worded_backtest({"sqlite": found})[1].endswith("met")


def test_a_small_study_of_impact_gives_every_figure(tmp_path: Path) -> None:
    found = measure_impact(f"sqlite:///{tmp_path / 'impact.db'}", tmp_path, reports=1200)

    assert (found["reports"], found["orphaned"], found["progress_told"]) == (1200, 1200, 2)
    assert found["values"] == 1200 * (60 + 13 * 6)
    assert "aim: 10 s" in worded_impact({"sqlite": found})[1]
