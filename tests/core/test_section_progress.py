"""The task list: what is said of a section before, while and after somebody works on it."""

import pytest

from server.core.answers import check
from server.core.section_progress import SectionProgress, SectionState, section_progress
from tests.core.make_form import HERE, clean, make_form

FORM = make_form()


def progress(answers, changed=(), statuses=None) -> dict[str, SectionProgress]:
    verdict = check(FORM, answers, statuses or {}, HERE)
    found = section_progress(FORM, answers, statuses or {}, verdict.findings, changed)
    return {section.key: section for section in found}


def section_with(key: str) -> str:
    return next(name for name, one in progress({}).items() if key in one.properties)


CONFIRMED = section_with("confirmed")


def test_every_property_stands_in_exactly_one_section():
    found = [key for section in progress({}).values() for key in section.properties]
    assert sorted(found) == sorted(FORM.shape.order)


@pytest.mark.parametrize(
    ("answers", "changed", "state"),
    [
        ({}, (), SectionState.UNOPENED),
        ({"road": False}, (), SectionState.UNOPENED),
        ({"road": True}, ("/road",), SectionState.MISSING),
        ({"confirmed": -1}, ("/confirmed",), SectionState.ERRORS),
        ({"confirmed": -1}, (), SectionState.ERRORS),
        ({"confirmed": 0}, ("/confirmed",), SectionState.DONE),
    ],
)
def test_a_section_says_what_is_left_to_do(answers, changed, state):
    assert progress(answers, changed)[CONFIRMED].state is state


def test_a_cell_without_a_figure_but_with_a_reason_is_filled():
    found = progress({}, ("/confirmed",), {"/confirmed": "not_available"})[CONFIRMED]
    assert (found.filled, found.missing, found.state) == (True, 0, SectionState.DONE)


def test_what_was_typed_and_cleared_again_is_opened_but_not_done():
    found = progress({}, ("/confirmed",))[CONFIRMED]
    assert found.opened
    assert found.state is SectionState.MISSING


def test_missing_cells_are_counted_once_and_never_as_errors():
    findings = check(FORM, {}, {}, HERE).findings
    sections = progress({}).values()
    assert sum(section.missing for section in sections) == len(findings)
    assert all(section.errors == 0 for section in sections)


def test_a_section_that_only_calculates_asks_nothing():
    only = [section for section in progress(clean()).values() if section.calculated]
    assert all(set(one.properties) <= {"all", "share"} for one in only)
    assert all(one.state is SectionState.CALCULATED for one in only)
