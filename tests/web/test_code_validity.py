"""The filling page under a code that has ended: not offered, or marked and only to be emptied."""

import pytest
from flask import Flask
from flask_babel import Babel

from server.core.answers import check
from server.web.rendering import figures
from server.web.submission_program import program_of
from tests.core.make_form import HERE, clean
from tests.core.test_validity import ended_form, with_group
from tests.web.test_rendering import html_of

MARK = "mã đã hết hiệu lực từ 01/07/2024"


@pytest.fixture
def form():
    return ended_form()


def page_of(form, answers, usual=None):
    verdict = check(form, answers, {}, HERE)
    shown = figures(form, answers, {}, verdict, usual=usual or {}, day=HERE.period.end)
    return shown, html_of(shown, "fill_figures")


def test_a_line_that_ended_is_neither_shown_nor_offered_even_when_the_unit_had_it_before(form):
    before = {"rows": {"08": {"male": 4, "female": 4}}}
    shown, html = page_of(form, clean(), before)

    assert "Mông" not in html
    assert "/rows/08" not in html
    grid = shown.sections[0].grid
    assert [row.title for row in grid.rows] == ["Tổng số", "Kinh", "Tày"]
    assert "Trẻ em" not in html
    assert "Người lớn" in html


def test_a_line_that_holds_a_value_is_marked_in_words_and_says_that_it_can_only_be_emptied(form):
    shown, html = page_of(form, with_group("08", zone="child"))

    row = next(row for row in shown.sections[0].grid.rows if row.code == "08")
    assert (row.title, row.lapsed, row.hidden) == (f"Mông ({MARK})", True, False)
    assert 'class=" begun lapsed"' in html
    option = '<option value="child" selected disabled>Trẻ em (mã đã hết hiệu lực từ 01/04/2024)'
    assert option in html


def test_the_page_is_told_what_ended_and_in_which_words(form):
    app = Flask(__name__)
    Babel(app)
    verdict = check(form, clean(), {}, HERE)
    with app.test_request_context():
        told = program_of(form, clean(), {}, HERE, verdict)

    assert told["blocks"]["rows"]["ended"] == {"08": ("ended", "01/07/2024", MARK)}
    assert list(told["cells"]["zone"]["ended"]) == ["child"]
    assert {"x-validity.ended", "x-validity.early"} <= told["words"].keys()
