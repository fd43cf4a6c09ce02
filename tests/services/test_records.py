"""Survey records: lists, sameness, deletion, freezing with the return."""

import threading

import pytest

from server.core.submission import Change
from server.core.survey import RecordQuery, RecordState
from server.errors import (
    AccessDenied,
    AnswersInvalid,
    InputInvalid,
    NotFound,
    ReasonMissing,
    RequestInvalid,
    TransitionRefused,
)
from server.storage.database import Database
from tests.core.make_survey import FAMILY, visit
from tests.survey_world import Survey, open_survey
from tests.world import World, make_world

REASON = "Nhập trùng với phiếu khác."


@pytest.fixture
def survey(world: World) -> Survey:
    return open_survey(world)


def clerk(survey: Survey):
    return survey.world.actor("commune_reporter")


def numbers(survey: Survey, username: str = "commune_reporter", **query: object) -> list[int]:
    page = survey.records.page(
        survey.world.actor(username), survey.id, RecordQuery(**query), number=1, size=50
    )
    return [record.number for record in page.records]


def totals(survey: Survey) -> dict[tuple[str, tuple[tuple[str, str], ...]], int | None]:
    found = survey.world.services.records.totals(clerk(survey), survey.id)
    return {(one.indicator, tuple(one.dimensions.items())): one.scaled for one in found}


# Lists


def test_the_list_is_searched_by_parts_of_words_without_accents(survey: Survey) -> None:
    survey.add(visit(1, *FAMILY))
    survey.add(visit(2, village="Bản Khuổi Phay"))

    assert numbers(survey, text="khuoi pha") == [2]
    assert numbers(survey, text="chu ho 1") == [1]
    assert numbers(survey, text="%") == []


def test_nobody_finds_sheets_by_names_that_are_hidden_from_them(survey: Survey) -> None:
    survey.add(visit(1, *FAMILY))

    assert numbers(survey, "province_reader", text="chu ho") == []
    assert numbers(survey, "province_reader", text="thon na") == [1]


def test_the_list_is_filtered_by_state_and_sorted_by_place(survey: Survey) -> None:
    survey.add(visit(10, *FAMILY))
    survey.add({"village": "Thôn Ả"})
    survey.add(visit(9, *FAMILY, area=501))

    assert numbers(survey, state="valid") == [1]
    assert numbers(survey, state="draft") == [2]
    assert numbers(survey, state="errors") == [3]
    assert numbers(survey, sort="place") == [2, 3, 1]


def test_pages_are_cut_and_a_page_beyond_the_last_is_the_last(survey: Survey) -> None:
    for number in range(1, 6):
        survey.add(visit(number))

    page = survey.records.page(clerk(survey), survey.id, RecordQuery(), number=9, size=2)

    assert [record.number for record in page.records] == [5]
    assert (page.found, page.number, page.pages) == (5, 3, 3)


@pytest.mark.parametrize("query", [{"sort": "number; DROP"}, {"state": "gone"}])
def test_a_list_is_asked_for_known_words_only(survey: Survey, query: dict[str, str]) -> None:
    with pytest.raises(RequestInvalid):
        numbers(survey, **query)


# Adding on


def test_the_next_sheet_carries_over_and_an_untouched_one_is_opened_again(survey: Survey) -> None:
    survey.add(visit(1, *FAMILY))

    first = survey.records.add_next(clerk(survey), survey.id)
    again = survey.records.add_next(clerk(survey), survey.id)

    assert first.record.answers == {"village": "Thôn Nà"}
    assert again.record.id == first.record.id
    changes = [Change("/number", None, 2)]
    survey.records.save(clerk(survey), survey.id, first.record.id, changes)
    assert survey.records.add_next(clerk(survey), survey.id).record.number == 3


def test_a_sheet_knows_its_neighbours(survey: Survey) -> None:
    ids = [survey.add(visit(number)).record.id for number in range(1, 4)]
    survey.records.delete(clerk(survey), survey.id, ids[1], reason=REASON)

    found = survey.records.get(clerk(survey), survey.id, ids[2])

    assert (found.before, found.after) == (ids[0], None)


# The return


def test_progress_counts_done_against_expected_and_each_kind(survey: Survey) -> None:
    survey.add(visit(1, *FAMILY))
    survey.add(visit(2))
    survey.add(visit(3, *FAMILY, area=501))
    survey.records.expect(clerk(survey), survey.id, 30)

    found = survey.records.progress(clerk(survey), survey.id)

    assert (found.done, found.expected, found.count, found.faulty) == (2, 30, 3, 1)
    assert found.states[RecordState.ERRORS] == 1
    assert [(tally.code, count) for tally, count in found.tallies] == [
        ("visited", 2),
        ("absent", 1),
    ]


def test_what_is_expected_is_kept_with_an_event_and_only_when_it_changes(survey: Survey) -> None:
    for number in (30, 30, 28):
        survey.records.expect(clerk(survey), survey.id, number)

    history = survey.world.services.submissions.history(clerk(survey), survey.id)

    told = [event.details for event in history if event.name == "submission.records_expected"]
    assert told == [
        {"expected": 30, "expected_before": None},
        {"expected": 28, "expected_before": 30},
    ]


@pytest.mark.parametrize("number", [-1, 1_000_001])
def test_an_impossible_number_of_sheets_is_refused(survey: Survey, number: int) -> None:
    with pytest.raises(InputInvalid):
        survey.records.expect(clerk(survey), survey.id, number)


def test_totals_follow_every_change_of_a_sheet(survey: Survey) -> None:
    first = survey.add(visit(1, *FAMILY))
    second = survey.add(visit(2, ("male", 30), area=4.5))
    both = totals(survey)
    changes = [Change("/area", 4.5, 6)]
    survey.records.save(clerk(survey), survey.id, second.record.id, changes)
    changed = totals(survey)
    survey.records.delete(clerk(survey), survey.id, first.record.id, reason=REASON)

    assert both["0101", (("sex", "male"),)] == 2 and both["1006", ()] == 150
    assert changed["1006", ()] == 165
    assert totals(survey) == {("0101", (("sex", "male"),)): 1, ("0109", ()): 1, ("1006", ()): 60}


# Sameness


def test_a_sheet_that_repeats_another_is_warned_of_on_both(survey: Survey) -> None:
    first = survey.add(visit(1, *FAMILY))
    second = survey.add(visit(1, *FAMILY))

    seen = survey.records.get(clerk(survey), survey.id, first.record.id)

    assert [finding.code for finding in second.verdict.findings] == ["record.duplicate"]
    assert [(one.record, one.number) for one in seen.same] == [(second.record.id, 2)]


def test_a_return_with_repeated_sheets_is_passed_on_only_with_a_reason(survey: Survey) -> None:
    survey.add(visit(1, *FAMILY))
    survey.add(visit(1, *FAMILY))

    with pytest.raises(ReasonMissing) as refused:
        survey.fire("commune_reporter", "submit")
    (finding,) = refused.value.facts["findings"]
    reason = {"code": finding.code, "path": finding.path, "text": "Hai hộ ở chung một nhà."}
    moved = survey.fire("commune_reporter", "submit", reasons=[reason])

    assert (finding.code, finding.path) == ("record.duplicate", "/records/2")
    assert moved.submission.state == "awaiting_check"
    assert moved.submission.reasons == (reason,)


def test_deleting_one_of_two_equal_sheets_settles_it(survey: Survey) -> None:
    survey.add(visit(1, *FAMILY))
    second = survey.add(visit(1, *FAMILY))

    survey.records.delete(clerk(survey), survey.id, second.record.id, reason=REASON)

    assert survey.fire("commune_reporter", "submit").submission.state == "awaiting_check"


def test_a_return_with_a_faulty_sheet_is_not_passed_on(survey: Survey) -> None:
    survey.add(visit(1, *FAMILY, area=501))

    with pytest.raises(AnswersInvalid):
        survey.fire("commune_reporter", "submit")


# Deleting


def test_a_deleted_sheet_is_out_of_everything_and_can_be_restored(survey: Survey) -> None:
    record = survey.add(visit(1, *FAMILY)).record.id
    survey.records.delete(clerk(survey), survey.id, record, reason=f"  {REASON} ")

    (gone,) = survey.records.deleted(clerk(survey), survey.id)
    assert (gone.id, gone.deleted_reason) == (record, REASON)
    assert numbers(survey) == [] and survey.records.counts(clerk(survey), survey.id) == (0, 0)
    with pytest.raises(NotFound):
        survey.records.get(clerk(survey), survey.id, record)
    with pytest.raises(NotFound):
        survey.records.save(clerk(survey), survey.id, record, [Change("/area", 10.5, 1)])

    survey.records.restore(clerk(survey), survey.id, record)
    survey.records.restore(clerk(survey), survey.id, record)

    assert numbers(survey) == [1] and survey.records.deleted(clerk(survey), survey.id) == []
    history = survey.world.services.submissions.history(clerk(survey), survey.id)
    names = [event.name for event in history if "record" in event.name]
    assert names == [
        "submission.record_added",
        "submission.record_deleted",
        "submission.record_restored",
    ]
    assert all(REASON not in str(event.details) for event in history)


def test_a_number_is_never_given_twice(survey: Survey) -> None:
    record = survey.add(visit(1)).record.id
    survey.records.delete(clerk(survey), survey.id, record, reason=REASON)

    assert survey.add(visit(2)).record.number == 2


@pytest.mark.parametrize("reason", ["", "    ", "trùn", "x" * 501])
def test_a_deletion_needs_a_reason(survey: Survey, reason: str) -> None:
    record = survey.add(visit(1)).record.id

    with pytest.raises(InputInvalid):
        survey.records.delete(clerk(survey), survey.id, record, reason=reason)

    assert numbers(survey) == [1]


# Freezing


def attempts(survey: Survey, live: str, gone: str):
    service, actor = survey.records, clerk(survey)
    return {
        "add": lambda: service.add(actor, survey.id, visit(9)),
        "add_next": lambda: service.add_next(actor, survey.id),
        "save": lambda: service.save(actor, survey.id, live, [Change("/area", 10.5, 1)]),
        "delete": lambda: service.delete(actor, survey.id, live, reason=REASON),
        "restore": lambda: service.restore(actor, survey.id, gone),
        "expect": lambda: service.expect(actor, survey.id, 5),
    }


@pytest.mark.parametrize("what", ["add", "add_next", "save", "delete", "restore", "expect"])
def test_records_freeze_with_their_return(survey: Survey, what: str) -> None:
    live, gone = survey.add(visit(1, *FAMILY)).record.id, survey.add(visit(2)).record.id
    survey.records.delete(clerk(survey), survey.id, gone, reason=REASON)
    survey.fire("commune_reporter", "submit")
    before = survey.world.services.submissions.history(clerk(survey), survey.id)

    with pytest.raises(TransitionRefused):
        attempts(survey, live, gone)[what]()

    assert numbers(survey) == [1]
    assert survey.world.services.submissions.history(clerk(survey), survey.id) == before


def test_a_returned_return_opens_its_records_again(survey: Survey) -> None:
    survey.add(visit(1, *FAMILY))
    survey.fire("commune_reporter", "submit")
    survey.fire("commune_signer", "return", supplied={"note": "Ghi lại diện tích."})

    assert survey.add(visit(2)).record.number == 2


@pytest.mark.parametrize("username", ["commune_signer", "district_approver", "admin"])
def test_only_the_units_clerk_writes_records(survey: Survey, username: str) -> None:
    with pytest.raises(AccessDenied):
        survey.add(visit(1), username)


def test_no_record_slips_in_while_the_return_is_passed_on(
    fresh_database: Database, tmp_path
) -> None:
    world = make_world(fresh_database, tmp_path)
    survey = open_survey(world)
    survey.add(visit(1, *FAMILY))
    slipped = []
    for turn in range(8):
        start = threading.Barrier(2)
        added: list[str] = []

        def spoil(number: int = turn, start=start, added=added) -> None:
            """Add a sheet that no return may be passed on with."""
            start.wait()
            try:
                added.append(survey.add({"village": f"Thôn {number}"}).record.id)
            except TransitionRefused:
                added.append("refused")
            finally:
                world.application.database.release()

        other = threading.Thread(target=spoil)
        other.start()
        start.wait()
        try:
            survey.fire("commune_reporter", "submit")
            passed = True
        except AnswersInvalid:
            passed = False
        other.join()
        slipped.append(passed and added != ["refused"])
        if passed:
            survey.fire("commune_signer", "return", supplied={"note": "Làm lại phiếu này."})
        else:
            survey.records.delete(clerk(survey), survey.id, added[0], reason=REASON)

    assert slipped == [False] * 8
