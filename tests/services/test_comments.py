"""Comments: who may write, what stands, marks that are answered, and what the events keep."""

import pytest

from server.core.answer_paths import PathUnknown
from server.core.comment import Comment, Mark
from server.core.event import is_chained
from server.errors import AccessDenied, GuardFailed, NotFound, RequestInvalid
from tests.services.conftest import change
from tests.world import PERIOD

CELL = "/people/male"
NOTE = {"note": "Xem lại số nam.", "marks": [{"path": CELL, "note": "Cao hơn năm trước."}]}


@pytest.fixture
def write(world):
    def written(view, username, text="Số này lấy từ sổ hộ khẩu.", **more):
        actor = world.actor(username)
        return world.services.comments.write(actor, view.submission.id, text=text, **more)

    return written


@pytest.fixture
def threads(world):
    return lambda view, username: world.services.comments.threads(
        world.actor(username), view.submission.id
    )


@pytest.mark.parametrize(
    ("username", "side"),
    [
        ("commune_reporter", "unit"),
        ("commune_signer", "unit"),
        ("district_approver", "office"),
        ("province_approver", "office"),
    ],
)
def test_everybody_in_the_chain_writes_for_their_side(start, write, username, side):
    comment = write(start(), username, path=CELL)

    assert comment.side == side


@pytest.mark.parametrize("username", ["province_reader", "admin"])
def test_who_only_reads_the_report_reads_the_threads_and_writes_none(
    world, start, write, threads, username
):
    view = start()
    write(view, "commune_reporter", path=CELL)
    events = world.count("event")

    with pytest.raises(AccessDenied):
        write(view, username)

    assert [thread.head.text for thread in threads(view, username)] == ["Số này lấy từ sổ hộ khẩu."]
    assert not world.services.comments.may_write(world.actor(username), view.submission.id)
    assert (world.count("comment"), world.count("event")) == (1, events)


@pytest.mark.parametrize("username", ["neighbour_reporter", "other_district_reporter"])
def test_the_threads_of_another_unit_do_not_exist(start, write, threads, username):
    view = start()
    comment = write(view, "commune_reporter")

    for attempt in (
        lambda: threads(view, username),
        lambda: write(view, username),
        lambda: write(view, username, answers_to=comment.id),
    ):
        with pytest.raises(NotFound):
            attempt()


def test_a_thread_holds_its_answers_until_it_is_settled(world, start, write, threads):
    view = start()
    asked = write(view, "district_approver", "Nguồn số liệu nào?", path=CELL)
    write(view, "commune_reporter", answers_to=asked.id)
    (thread,) = threads(view, "commune_signer")
    assert thread.is_open
    assert thread.path == CELL
    assert [one.side for one in thread.answers] == ["unit"]
    assert thread.answers[0].path == CELL

    approver = world.actor("district_approver")
    for _again in range(2):
        world.services.comments.resolve(approver, view.submission.id, asked.id)

    (settled,) = threads(view, "commune_reporter")
    assert not settled.is_open
    assert isinstance(settled.head, Comment)
    assert settled.head.resolved_by == approver.account
    names = [event.name for event in history(world, view)]
    assert names.count("submission.comment_resolved") == 1


def test_an_answer_is_settled_with_its_thread_and_not_by_itself(world, start, write):
    view = start()
    asked = write(view, "district_approver", path=CELL)
    answer = write(view, "commune_reporter", answers_to=asked.id)

    with pytest.raises(NotFound):
        write(view, "commune_reporter", answers_to=answer.id)
    with pytest.raises(NotFound):
        world.services.comments.resolve(
            world.actor("commune_reporter"), view.submission.id, answer.id
        )


@pytest.mark.parametrize(
    ("text", "path", "error"),
    [
        ("   ", "", RequestInvalid),
        ("a" * 2001, "", RequestInvalid),
        ("a\x00b", "", RequestInvalid),
        ("Đúng.", "/nowhere", PathUnknown),
        ("Đúng.", "/people", PathUnknown),
    ],
)
def test_a_refused_comment_leaves_no_trace(world, start, write, text, path, error):
    view = start()
    before = world.count("event")

    with pytest.raises(error):
        write(view, "commune_reporter", text, path=path)

    assert (world.count("comment"), world.count("event")) == (0, before)


def test_the_text_is_kept_in_nfc_and_erasable_beside_the_chain(world, start, write):
    view = start()

    comment = write(view, "commune_reporter", "  Tiê\u0301ng Viê\u0323t  ")

    assert comment.text == "Tiếng Việt"
    events = history(world, view)
    assert is_chained(events)
    assert "Tiếng" not in str(events[-1].details)
    store = world.services.comments.events
    assert store.personal([events[-1].id]) == {events[-1].id: {"text": "Tiếng Việt"}}
    assert world.services.ledger.verify().faults == ()


def test_a_comment_changes_no_figure_and_no_edit(world, start, write):
    view = start()

    write(view, "commune_reporter", path=CELL)

    now = world.services.submissions.get(world.actor("commune_reporter"), view.submission.id)
    assert now.submission == view.submission


def test_the_database_refuses_to_change_or_delete_a_comment(world, start, write):
    view = start()
    comment = write(view, "commune_reporter")
    database = world.application.database
    clerk = world.actor("commune_reporter")
    world.services.comments.resolve(clerk, view.submission.id, comment.id)

    for statement in (
        "UPDATE comment SET text = 'x'",
        "UPDATE comment SET resolved_by = 'x'",
        "DELETE FROM comment",
    ):
        with pytest.raises(Exception, match="append-only"), database.transaction():
            database.run(statement)

    assert world.services.comments.of(clerk, view.submission.id)[0].text == comment.text


def test_a_marked_cell_is_a_thread_that_waits_for_an_answer(
    world, start, advance, decide, write, threads
):
    view = decide(advance(start(), 2), "district_approver", "return", supplied=NOTE)

    found = threads(view, "commune_reporter")
    waiting = [thread for thread in found if thread.is_open]
    assert [(thread.path, thread.head.text) for thread in found] == [
        ("", NOTE["note"]),
        (CELL, "Cao hơn năm trước."),
    ]
    assert [thread.path for thread in waiting] == [CELL]
    assert isinstance(waiting[0].head, Mark)

    with pytest.raises(GuardFailed) as refusal:
        decide(view, "commune_reporter", "submit")
    assert refusal.value.facts["paths"] == [CELL]

    write(view, "commune_reporter", path=CELL, answers_to=waiting[0].id)
    assert not any(thread.is_open for thread in threads(view, "commune_reporter"))
    assert decide(view, "commune_reporter", "submit").submission.state == "awaiting_signature"


def test_an_answer_of_the_office_does_not_stand_for_the_units(
    start, advance, decide, write, threads
):
    view = decide(advance(start(), 2), "district_approver", "return", supplied=NOTE)
    mark = next(thread for thread in threads(view, "commune_reporter") if thread.path == CELL)

    write(view, "district_approver", "Ghi rõ hơn.", path=CELL, answers_to=mark.id)

    with pytest.raises(GuardFailed):
        decide(view, "commune_reporter", "submit")


def test_an_answer_to_a_mark_belongs_to_a_cell_that_is_marked(
    start, advance, decide, write, threads
):
    view = decide(advance(start(), 2), "district_approver", "return", supplied=NOTE)
    mark = next(thread for thread in threads(view, "commune_reporter") if thread.path == CELL)

    with pytest.raises(NotFound):
        write(view, "commune_reporter", path="/households", answers_to=mark.id)


def test_a_changed_cell_needs_no_answer_and_a_changed_reason_is_a_change(
    world, start, advance, decide
):
    view = decide(advance(start(), 2), "district_approver", "return", supplied=NOTE)
    clerk = world.actor("commune_reporter")

    view, _met = world.services.submissions.save_cells(
        clerk, view.submission.id, [change(CELL, 12, 11)]
    )

    assert decide(view, "commune_reporter", "submit").submission.state == "awaiting_signature"


def test_a_survey_takes_comments_on_the_return_and_on_no_cell(world, write):
    clerk = world.actor("commune_reporter")
    view = world.services.submissions.start(
        clerk, form="household_survey", org_unit="u-commune", period=PERIOD
    )

    assert write(view, "commune_reporter").path == ""
    with pytest.raises(PathUnknown):
        write(view, "commune_reporter", path="/households")


def history(world, view):
    return world.services.submissions.history(world.actor("admin"), view.submission.id)
