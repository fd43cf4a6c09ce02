"""The next version of a code list: seen before it is published, with whom it would touch."""

import json
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook  # noqa: TID253 - a workbook is what these tests are about

from server.core.access import SYSTEM
from server.core.answers import check
from server.core.codelist_sheet import COLUMNS
from server.errors import AccessDenied, InputInvalid, NotFound, Stale
from server.services.codelist_files import CodeListFiles
from server.services.definition_files import FileState
from tests.dated_codes import (
    FORM,
    LIST,
    ended_goods,
    goods,
    goods_form,
    open_goods,
    publish_goods,
    start_goods,
)
from tests.storage.test_concurrency import at_once
from tests.world import make_world

HEAD = [COLUMNS[one] for one in ("code", "title", "validFrom", "validTo")]
ENDS = [HEAD, ["03", "Muối", "", "30/06/2024"]]


@pytest.fixture
def world(world_with_workbooks):
    publish_goods(world_with_workbooks, goods())
    open_goods(world_with_workbooks)
    return world_with_workbooks


@pytest.fixture
def editions(world):
    return world.services.codelist_editions


def prepared(world, rows, **more):
    editions, admin = world.services.codelist_editions, world.actor("admin")
    found = editions.preview(admin, LIST, rows)
    given = {"seen": found.seen, "source": "QĐ 12/QĐ-UBND", **more}
    return lambda: editions.publish(admin, LIST, found.rows, **given)


def publish(world, rows, **more):
    return prepared(world, rows, **more)()


def test_before_a_code_ends_the_values_under_it_are_counted_field_by_field(world, editions):
    start_goods(world, {"rows": {"03": {"amount": 7}, "01": {"amount": 1}}, "main": "03"})

    (impact,) = editions.preview(world.actor("admin"), LIST, ENDS).impact

    assert (impact.form, impact.reports, impact.touched) == (FORM, 1, 1)
    assert [(one.path, one.code, one.code_title, one.values) for one in impact.fields] == [
        ("/main", "03", "Muối", 1),
        ("/rows/*/amount", "03", "Muối", 1),
    ]
    later = [HEAD, ["03", "Muối", "", "31/12/2024"]]
    assert editions.preview(world.actor("admin"), LIST, later).impact[0].fields == ()


def test_what_was_counted_is_what_the_rules_find_once_the_form_takes_the_list(world, editions):
    view = start_goods(world, {"rows": {"03": {"amount": 7}}, "main": "03"})
    (impact,) = editions.preview(world.actor("admin"), LIST, ENDS).impact

    version, _file = publish(world, ENDS)
    publish_goods(world, goods(), version=1)  # the very same again changes nothing
    world.services.catalogue.publish(json.dumps(goods_form(2), ensure_ascii=False), "form", SYSTEM)
    newer = world.services.catalogue.form(FORM)
    found = check(newer, view.submission.answers, {}, view.context).findings

    assert version == 2
    assert len(found) == sum(one.values for one in impact.fields) == 2
    assert {one.code for one in found} == {"schema.x-validity"}


def test_the_impact_of_the_next_form_counts_values_under_codes_that_ended(world):
    start_goods(world, {"rows": {"03": {"amount": 7}, "01": {"amount": 2}}, "main": "03"})
    world.services.catalogue.publish(ended_goods(2), "codelist", SYSTEM)
    form = goods_form(2)
    step = {"op": "unit", "path": "/rows/*/amount", "factor": 1}
    form["x-migrate"] = {"from": 1, "steps": [step]}

    found = world.services.impact.of_text(
        world.actor("admin"), json.dumps(form, ensure_ascii=False)
    )

    assert (found.taken, [(one.path, one.code, one.values) for one in found.lapsed]) == (
        1, [("/main", "03", 1), ("/rows/*/amount", "03", 1)]
    )  # fmt: skip


def test_the_next_version_is_published_and_kept_with_who_and_the_file_beside_it(world, editions):
    version, file = publish(world, ENDS)

    kept = world.services.catalogue.codelist(LIST)
    assert (version, kept.version, kept.source) == (2, 2, "QĐ 12/QĐ-UBND")
    assert [one.valid_to for one in kept.items] == ["", "", "2024-06-30"]
    assert file in (FileState.SAME, FileState.CLOSED)
    assert world.count(f"event WHERE subject = 'codelist/{LIST}'") == 2


def test_a_file_that_says_something_else_is_never_overwritten(world, editions, tmp_path):
    folder = tmp_path / "definitions"
    path = folder / "form_definitions" / "_codelists" / f"{LIST}.json"
    path.parent.mkdir(parents=True)
    own = replace(editions, canonical=CodeListFiles(folder))
    admin = world.actor("admin")
    path.write_text(goods(), "utf-8")
    first = own.preview(admin, LIST, ENDS)
    assert own.publish(admin, LIST, first.rows, seen=1, source="QĐ 1")[1] is FileState.SAME
    assert '"version": 2' in path.read_text("utf-8")

    path.write_text(goods(version=7), "utf-8")
    other = own.preview(admin, LIST, [HEAD, ["02", "Ngô nếp", "", ""]])
    assert own.publish(admin, LIST, other.rows, seen=2, source="QĐ 2")[1] is FileState.DIFFERENT
    assert path.read_text("utf-8") == goods(version=7)
    assert [one.name for one in Path(path.parent).iterdir()] == [path.name]


def test_the_workbook_goes_out_and_in_with_its_days(world, editions):
    admin = world.actor("admin")
    book = load_workbook(BytesIO(editions.download(admin, LIST).take()))
    sheet = book["Bảng mã"]
    sheet["G4"] = "30/06/2024"
    out = BytesIO()
    book.save(out)

    found = editions.upload(admin, LIST, out.getvalue())

    assert [(one.code, one.kind, one.fields) for one in found.reading.changes] == [
        ("03", "ended", (("validTo", "", "30/06/2024"),))
    ]
    assert found.reading.faults == ()


def test_what_is_refused_leaves_no_trace(world, editions):
    admin, before = world.actor("admin"), world.count("event")
    bad = [HEAD, ["03", "Muối", "02/01/2025", "01/01/2025"]]

    with pytest.raises(InputInvalid):
        publish(world, bad)
    with pytest.raises(InputInvalid):
        publish(world, [HEAD, ["03", "Muối", "", ""]])
    with pytest.raises(InputInvalid):
        publish(world, ENDS, source="  ")
    with pytest.raises(Stale):
        publish(world, ENDS, seen=9)
    with pytest.raises(NotFound):
        editions.preview(admin, "nothing", ENDS)
    with pytest.raises(AccessDenied):
        editions.preview(world.actor("province_approver"), LIST, ENDS)

    assert world.count("event") == before
    assert world.services.catalogue.codelist(LIST).version == 1


def test_of_two_who_publish_the_next_version_at_once_one_is_told_to_look_again(
    fresh_database, tmp_path
):
    world = make_world(fresh_database, tmp_path, plugins=("xlsx_workbook",))
    publish_goods(world, goods())
    other = [HEAD, ["02", "Ngô nếp", "", ""]]

    # Both have looked before either publishes, however late a thread begins.
    results = at_once(fresh_database, [prepared(world, ENDS), prepared(world, other)])

    assert sum(isinstance(one, Stale) for one in results) == 1
    assert world.services.catalogue.codelist(LIST).version == 2
