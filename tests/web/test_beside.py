"""What stands beside the cells: threads and cells as pages, and the copied ones."""

import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from server.core.access import SYSTEM
from server.core.ports import LOCAL
from server.core.submission import Change
from server.services.review import SubmissionView
from server.web.cells import origin_title
from tests.filling_world import PASSWORD, Seeded, copied, example_rows, seed
from tests.web.conftest import Browser
from tests.world import GOOD, World

CELL = "/rows/02/rural_male"
LINE = re.compile(
    r'<li><p class="remark-head"><strong>(.*?)</strong> <span class="hint">(.*?)</span></p>\s*'
    r'<p class="remark-text"><span class="what">(.*?)</span>'
    r"(?:: <del>(.*?)</del> → <ins>(.*?)</ins>)?"
)


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Seeded:
    return seed(tmp_path_factory.mktemp("beside"))


@pytest.fixture
def world(seeded: Seeded, tmp_path: Path) -> Iterator[World]:
    with copied(seeded, tmp_path) as found:
        yield found


def as_(world: World, username: str) -> Browser:
    return Browser(world.application.web().test_client()).sign_in(username, PASSWORD)


def start(world: World, form: str = "population_ethnic", **more: object) -> SubmissionView:
    return world.services.submissions.start(
        world.actor("commune_reporter"),
        form=form,
        org_unit="u-commune",
        period="2024",
        **more,  # type: ignore[arg-type]
    )


def save(world: World, view: SubmissionView, *changes: Change) -> SubmissionView:
    clerk = world.actor("commune_reporter")
    return world.services.submissions.save_cells(clerk, view.submission.id, changes)[0]


def sent(world: World) -> SubmissionView:
    view = start(world, "households", answers=GOOD)
    for username, event in (("commune_reporter", "submit"), ("commune_signer", "sign")):
        view = world.services.approvals.decide(
            world.actor(username), view.submission.id, event, seen=view.submission.edit
        )
    return view


def text(answer: TestResponse) -> str:
    body = re.sub(r"<(script|style|template)\b.*?</\1>", " ", answer.text, flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


# ---- the past of a cell ----------------------------------------------------------------------


def test_the_history_on_screen_equals_the_audit_table(world: World) -> None:
    view = start(world)
    before: object = None
    for value, origin in ((1600, "typed"), (224, "copied"), (1574, "pasted"), (None, "imported")):
        save(world, view, Change(CELL, before, value, None, origin))
        before = value
    save(world, view, Change(CELL, None, None, "not_available"))

    page = as_(world, "commune_reporter").get(f"/submissions/{view.submission.id}/cell?path={CELL}")

    rows = world.application.database.rows(
        "SELECT a.name, c.changed_at, c.origin, c.old, c.new, c.status FROM draft_change c"
        " JOIN account a ON a.id = c.changed_by WHERE path = ? AND submission_id = ?"
        " ORDER BY c.id DESC",
        (CELL, view.submission.id),
    )
    assert [tuple(map(unescape, line)) for line in LINE.findall(page.text)] == [
        (name, _clock(at), origin_title_of(world, how), _shown(old), _shown(new, status))
        for name, at, how, old, new, status in rows
    ]
    assert len(rows) == 5


def test_the_page_of_a_cell_tells_its_unit_and_what_stood_there_before(world: World) -> None:
    view = save(world, start(world), Change(CELL, None, 1600))

    shown = text(
        as_(world, "commune_reporter").get(f"/submissions/{view.submission.id}/cell?path={CELL}")
    )

    assert "Tày, cột 8 (Nam)" in shown
    assert "Hiện nay 1.600" in shown
    assert f"Kỳ trước {example_rows()['02']['rural_male']}" in shown
    assert "Đơn vị tính Người" in shown


def test_a_cell_that_feeds_an_indicator_names_it_with_owner_and_source(world: World) -> None:
    view = start(world, "households", answers=GOOD)

    shown = text(
        as_(world, "commune_reporter").get(
            f"/submissions/{view.submission.id}/cell?path=/people/male"
        )
    )

    indicator = world.services.catalogue.indicator("0101")
    assert f"{indicator.code} {indicator.title}" in shown
    assert indicator.source in shown
    assert indicator.owners[0] in shown
    assert f"Khái niệm {indicator.definition}" in shown
    assert f"Phương pháp tính {indicator.method} {indicator.text_source}" in shown


def test_an_indicator_without_a_text_says_plainly_that_it_has_none(world: World) -> None:
    path = Path(__file__).parents[2] / "form_definitions/_indicators/indicators.json"
    catalogue = json.loads(path.read_text("utf-8"))
    for entry in catalogue["indicators"]:
        for key in ("definition", "method", "textSource"):
            entry.pop(key, None)
    world.services.catalogue.put_indicators(catalogue, SYSTEM)
    view = start(world, "households", answers=GOOD)

    shown = text(
        as_(world, "commune_reporter").get(
            f"/submissions/{view.submission.id}/cell?path=/people/male"
        )
    )

    assert "Chưa có phần khái niệm cho chỉ tiêu thống kê này." in shown
    assert "Phương pháp tính" not in shown


@pytest.mark.parametrize(
    ("path", "status"), [("/nowhere", 400), ("/rows", 404), ("", 400), ("/rows/02", 404)]
)
def test_what_is_no_cell_has_no_page(world: World, path: str, status: int) -> None:
    view = start(world)

    answer = as_(world, "commune_reporter").get(
        f"/submissions/{view.submission.id}/cell?path={path}"
    )

    assert answer.status_code == status


def test_the_last_change_of_each_cell_is_told_in_one_answer(world: World) -> None:
    view = start(world)
    save(
        world,
        view,
        Change(CELL, None, 1600),
        Change("/rows/04/rural_male", None, 3, None, "copied"),
    )
    save(world, view, Change(CELL, 1600, 1574))

    told = json.loads(
        as_(world, "commune_reporter").get(f"/submissions/{view.submission.id}/cells").text
    )

    assert told["people"] == ["commune reporter"]
    assert {path: (who, how) for path, (who, _at, how) in told["cells"].items()} == {
        CELL: (0, "typed"),
        "/rows/04/rural_male": (0, "copied"),
    }


# ---- comments --------------------------------------------------------------------------------


def test_a_comment_leads_to_its_cell_and_its_text_is_only_text(world: World) -> None:
    view = start(world)
    browser = as_(world, "commune_reporter")
    browser.get(f"/submissions/{view.submission.id}/comments")

    answer = browser.post(
        f"/submissions/{view.submission.id}/comments",
        {"path": CELL, "text": "<script>alert(1)</script> & dòng"},
    )

    assert answer.status_code == 303
    page = browser.get(f"/submissions/{view.submission.id}/comments")
    assert f'href="/submissions/{view.submission.id}#{CELL}"' in page.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; dòng" in page.text
    assert answer.headers["Location"].split("#")[1] in page.text


def test_a_line_that_is_gone_leads_to_its_section(world: World) -> None:
    view = start(world, "near_poor")
    block, column = "villages", _text_column(view)
    row = f"/{block}/a1"
    save(world, view, Change(f"{row}/{column}", None, _fitting(view, column)))
    comments = world.services.comments
    clerk = world.actor("commune_reporter")
    comments.write(clerk, view.submission.id, text="Thôn này?", path=f"{row}/{column}")
    browser = as_(world, "commune_reporter")
    here = f"/submissions/{view.submission.id}"
    assert f'href="{here}#{row}/{column}"' in browser.get(f"{here}/comments").text

    save(
        world, view, Change(row, {}, None), Change(f"{row}/{column}", _fitting(view, column), None)
    )
    gone = world.services.submissions.get(clerk, view.submission.id)
    if gone.submission.answers.get(block):
        save(world, view, Change(row, gone.submission.answers[block][0], None))  # type: ignore[index]

    found = re.search(rf'href="{here}#(section-\w+)"', browser.get(f"{here}/comments").text)
    assert found is not None
    assert f'id="{found[1]}"' in browser.get(here).text


@pytest.mark.parametrize(
    ("typed", "said"), [("  ", "Chưa ghi nội dung"), ("a" * 2001, "dài quá 2.000 ký tự")]
)
def test_a_refused_comment_says_why(world: World, typed: str, said: str) -> None:
    view = start(world)
    browser = as_(world, "commune_reporter")
    browser.get(f"/submissions/{view.submission.id}/comments")

    browser.post(f"/submissions/{view.submission.id}/comments", {"text": typed})

    assert said in text(browser.get(f"/submissions/{view.submission.id}/comments"))
    assert world.count("comment") == 0


def test_a_reader_sees_the_threads_and_no_field_to_write(world: World) -> None:
    view = sent(world)
    approver = world.actor("district_approver")
    world.services.comments.write(approver, view.submission.id, text="Xem lại.", path="/households")

    page = as_(world, "province_reader").get(f"/submissions/{view.submission.id}/comments")

    assert "Xem lại." in page.text
    assert "<textarea" not in page.text


def test_the_desk_shows_the_threads_with_links_to_cells_and_takes_new_ones(world: World) -> None:
    view = sent(world)
    browser = as_(world, "district_approver")
    desk = f"/admin/approvals/{view.submission.id}/"
    browser.get(desk)

    answer = browser.post(
        f"/submissions/{view.submission.id}/comments",
        {"path": "/households", "text": "Số hộ lấy ở đâu?", "next": desk},
    )

    assert answer.headers["Location"].startswith(f"{desk}#thread-")
    page = browser.get(desk)
    assert 'href="#/households"' in page.text
    assert "Số hộ lấy ở đâu?" in page.text
    assert "Đã ghi ý kiến" not in page.text.split('class="card past"')[1]


def test_an_answer_comes_back_to_no_other_site(world: World) -> None:
    view = start(world)
    browser = as_(world, "commune_reporter")
    browser.get(f"/submissions/{view.submission.id}/comments")

    answer = browser.post(
        f"/submissions/{view.submission.id}/comments",
        {"text": "Đúng.", "next": "https://example.com/"},
    )

    assert answer.headers["Location"].startswith("/#thread-")


# ---- copied cells ----------------------------------------------------------------------------


def test_who_passes_the_report_on_and_who_decides_see_how_many_cells_are_copied(
    world: World,
) -> None:
    view = start(world, "households")
    view = save(
        world,
        view,
        Change("/people/male", None, 12, None, "copied"),
        Change("/people/female", None, 13, None, "copied"),
        Change("/households", None, 6),
    )
    said = "2 ô lấy số liệu kỳ trước, chưa sửa lại."

    review = as_(world, "commune_reporter").get(
        f"/submissions/{view.submission.id}/review?event=submit"
    )
    for username, event in (("commune_reporter", "submit"), ("commune_signer", "sign")):
        view = world.services.approvals.decide(
            world.actor(username), view.submission.id, event, seen=view.submission.edit
        )
    desk = as_(world, "district_approver").get(f"/admin/approvals/{view.submission.id}/")

    assert said in text(review)
    assert said in text(desk)


def test_who_decides_reads_the_answers_to_questions_that_stand_no_more(world: World) -> None:
    view = start(world, "households", answers=GOOD)
    reason = {"code": "mark", "path": "/people/male", "text": "Sổ hộ khẩu ghi như vậy."}
    for username, event in (("commune_reporter", "submit"), ("commune_signer", "sign")):
        view = world.services.approvals.decide(
            world.actor(username),
            view.submission.id,
            event,
            seen=view.submission.edit,
            reasons=[reason],
        )

    desk = as_(world, "district_approver").get(f"/admin/approvals/{view.submission.id}/")

    assert '<a href="#/people/male">Nhân khẩu: Nam</a>: Sổ hộ khẩu ghi như vậy.' in desk.text


def _clock(at: object) -> str:
    from server.storage.fields import instant  # noqa: PLC0415 - only this test reads rows

    return f"{instant(at).astimezone(LOCAL):%H:%M %d/%m/%Y}"  # type: ignore[arg-type]


def origin_title_of(world: World, origin: str) -> str:
    with world.application.web().test_request_context("/"):
        return origin_title(origin)


def _shown(value: object, status: object = None) -> str:
    held = json.loads(str(value))
    if held is None:
        return {None: "(trống)", "not_available": "…"}[status]  # type: ignore[index]
    return f"{held:,}".replace(",", ".")


def _text_column(view: SubmissionView) -> str:
    block = view.form.shape.blocks["villages"]
    assert block.item is not None
    return next(key for key, cell in block.item.cells.items() if cell.calculate is None)


def _fitting(view: SubmissionView, column: str) -> object:
    block = view.form.shape.blocks["villages"]
    assert block.item is not None
    return "Nà Mạ" if block.item.cells[column].type == "string" else 3
