"""A code that ended before the period's last day, at every door of a report."""

from io import BytesIO

import pytest
from openpyxl import load_workbook  # noqa: TID253 - a workbook is what these tests are about

from server.core.answer_changes import Change
from server.errors import AnswersInvalid
from server.services.blank_prints import blank_sheet
from server.services.sheets import sheet_of
from tests.dated_codes import FORM, ended_goods, goods, open_goods, publish_goods, start_goods
from tests.workbook_desk import confirm, download, now, save, upload
from tests.workbooks import edited, places_of

CODE = "schema.x-validity"
MARK = "Muối (mã đã hết hiệu lực từ 01/07/2024)"


@pytest.fixture
def world(world_with_workbooks):
    return world_with_workbooks


@pytest.fixture
def market(world):
    publish_goods(world, ended_goods())
    open_goods(world)
    return world


def lapsed(view):
    return [one.path for one in view.verdict.findings if one.code == CODE]


def printed(view):
    """The texts of the official form."""
    sheet = sheet_of(view, sealed_at=None, receipt=None, names={}, demo=False)
    rows = [cell for row in sheet.sections[0].grid.rows for cell in row.cells]
    return [*rows, *(field.text for field in sheet.sections[1].fields)]


def test_an_ended_code_is_no_row_of_the_workbook_nor_of_the_print_nor_of_the_empty_form(market):
    view = start_goods(market, {"rows": {"01": {"amount": 4}}})

    content = download(market, view)
    form, unit, period = view.form, view.unit, view.period
    empty = blank_sheet(form, unit, period, frozenset(), demo=False)
    any_period = blank_sheet(form, None, None, frozenset(), demo=False)

    assert [path for path in places_of(content) if path.startswith("/rows")] == [
        "/rows/01/amount",
        "/rows/02/amount",
    ]
    assert "Muối" not in str(load_workbook(BytesIO(content))["_bieumau"]["A1"].value)
    assert "Muối" not in " ".join(printed(view))
    titles = [[row.cells[1] for row in one.sections[0].grid.rows] for one in (empty, any_period)]
    assert titles == [["Gạo", "Ngô"], ["Gạo", "Ngô", "Muối"]]
    assert "Muối" not in empty.sections[1].fields[0].text


def test_what_is_put_under_it_by_the_api_stays_is_found_and_is_shown_marked_until_emptied(
    market, decide
):
    view = start_goods(market, {"rows": {"01": {"amount": 4}}})
    put = (Change("/rows/03/amount", None, 7), Change("/main", None, "03"))
    save(market, view, *put)
    view = now(market, view)

    assert lapsed(view) == ["/rows/03/amount", "/main"]
    assert MARK in printed(view)[4:]
    assert printed(view)[-1] == MARK
    with pytest.raises(AnswersInvalid):
        decide(view, "commune_reporter", "submit")
    save(market, view, Change("/rows/03/amount", 7, None), Change("/main", "03", None))
    view = now(market, view)
    assert lapsed(view) == []
    assert "Muối" not in " ".join(printed(view))
    assert decide(view, "commune_reporter", "submit").submission.state == "awaiting_signature"


def test_a_workbook_brings_it_in_by_its_title_and_the_same_finding_says_so(market):
    view = start_goods(market, {"rows": {"03": {"amount": 7}}})
    content = download(market, view)

    found = upload(market, view, edited(content, {"/main": "Muối", "/rows/03/amount": 8}))
    confirm(market, found)
    again = now(market, view)

    assert again.submission.answers == {"rows": {"03": {"amount": 8}}, "main": "03"}
    assert lapsed(again) == ["/rows/03/amount", "/main"]
    # The file of now names the marked title; brought back untouched, nothing is different.
    assert upload(market, again, download(market, again)).comparison.differences == ()


def test_a_sealed_report_says_nothing_of_a_code_that_ended(market, decide):
    view = start_goods(market, {"rows": {"01": {"amount": 4}}})
    view = decide(view, "commune_reporter", "submit")
    view = decide(view, "commune_signer", "sign")
    revision = market.services.submissions.revision(
        market.actor("commune_reporter"), view.submission.id, 1
    )

    assert revision.statuses == {"/rows/02": "none_arose"}


def test_a_report_stays_on_the_list_of_the_version_it_began_with(world):
    publish_goods(world, goods())
    open_goods(world)
    view = start_goods(world, {"rows": {"03": {"amount": 7}}})

    publish_goods(world, ended_goods(version=2), version=2)

    assert lapsed(now(world, view)) == []
    assert world.services.catalogue.form(FORM).dated
