"""Saving cells: merging, conflicts, comparing, sealing, and the names of cells."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.answers import (
    Conflict,
    PathUnknown,
    apply_changes,
    cell_title,
    diff,
    seal,
    validate_paths,
    without_calculated,
)
from server.core.submission import Change
from server.errors import RequestInvalid
from tests.core.make_form import clean, make_form

FORM = make_form()


def test_disjoint_cells_merge_and_the_originals_stay():
    answers, statuses = clean(), {}
    before = copy.deepcopy(answers)

    saved = apply_changes(
        FORM,
        answers,
        statuses,
        [
            Change("/rows/01/male", 5, 6),
            Change("/rows/08/female", None, 3),
            Change("/schools/primary/pupils", None, 40),
            Change("/note", None, "đã xem"),
        ],
    )

    assert saved.conflicts == ()
    assert saved.answers["rows"]["01"] == {"male": 6, "female": 4}
    assert saved.answers["rows"]["08"] == {"female": 3}
    assert saved.answers["schools"] == {"primary": {"pupils": 40}}
    assert saved.answers["note"] == "đã xem"
    assert (answers, statuses) == (before, {})


def test_a_cell_that_changed_meanwhile_is_a_conflict_and_the_others_are_kept():
    saved = apply_changes(
        FORM, clean(), {}, [Change("/rows/01/male", 4, 45), Change("/confirmed", 30, 31)]
    )

    assert saved.conflicts == (Conflict("/rows/01/male", mine=45, theirs=5),)
    assert saved.answers["rows"]["01"]["male"] == 5
    assert saved.answers["confirmed"] == 31
    assert [change.path for change in saved.applied] == ["/confirmed"]


def test_saving_the_same_value_again_is_no_conflict():
    saved = apply_changes(FORM, clean(), {}, [Change("/confirmed", 7, 30.0)])

    assert saved.conflicts == ()
    assert saved.answers["confirmed"] == 30


def test_true_is_not_one():
    saved = apply_changes(FORM, clean(confirmed=1), {}, [Change("/confirmed", True, 5)])

    assert saved.conflicts == (Conflict("/confirmed", mine=5, theirs=1),)


def test_a_reason_takes_the_place_of_a_value_and_a_value_that_of_a_reason():
    with_reason = apply_changes(
        FORM, clean(), {}, [Change("/confirmed", 30, None, "not_available")]
    )
    assert "confirmed" not in with_reason.answers
    assert with_reason.statuses == {"/confirmed": "not_available"}

    for seen in (None, "not_available"):
        back = apply_changes(
            FORM, with_reason.answers, with_reason.statuses, [Change("/confirmed", seen, 8)]
        )
        assert (back.answers["confirmed"], back.statuses) == (8, {})


def test_an_estimate_stands_beside_its_value():
    saved = apply_changes(FORM, clean(), {}, [Change("/confirmed", 30, 32, "estimated")])

    assert (saved.answers["confirmed"], saved.statuses) == (32, {"/confirmed": "estimated"})


def test_a_conflict_about_a_reason_shows_the_reason():
    saved = apply_changes(
        FORM,
        clean(confirmed=None),
        {"/confirmed": "confidential"},
        [Change("/confirmed", 30, 31)],
    )

    assert saved.conflicts == (Conflict("/confirmed", mine=31, theirs="confidential"),)


def test_an_emptied_text_is_no_value():
    saved = apply_changes(FORM, clean(note="x"), {}, [Change("/note", "x", "")])

    assert "note" not in saved.answers


def test_typing_into_a_row_ends_the_reason_of_the_whole_row():
    saved = apply_changes(
        FORM, clean(), {"/rows/08": "none_arose"}, [Change("/rows/08/male", None, 3)]
    )

    assert saved.statuses == {}


def test_a_cleared_row_stays_shown_until_the_row_itself_is_taken_away():
    cleared = apply_changes(
        FORM,
        clean(),
        {},
        [Change("/rows/01/male", 5, None), Change("/rows/01/female", 4, None)],
    )
    assert cleared.answers["rows"]["01"] == {}

    gone = apply_changes(FORM, cleared.answers, {}, [Change("/rows/01", {}, None)])
    assert "01" not in gone.answers["rows"]


def test_taking_a_row_away_takes_its_reasons_too():
    saved = apply_changes(
        FORM,
        {"rows": {"01": {"male": 5}}},
        {"/rows/01/female": "not_available"},
        [Change("/rows/01", {"male": 5}, None)],
    )

    assert (saved.answers, saved.statuses) == ({}, {})


def test_two_people_add_lines_to_a_roster():
    first = apply_changes(FORM, {}, {}, [Change("/members/a1/age", None, 30)])
    second = apply_changes(
        FORM, first.answers, {}, [Change("/members/b2", None, {"age": 7, "name": "Mai"})]
    )

    assert second.answers["members"] == [
        {"_id": "a1", "age": 30},
        {"_id": "b2", "age": 7, "name": "Mai"},
    ]


def test_a_line_somebody_removed_is_not_brought_back_by_a_late_change():
    saved = apply_changes(FORM, {}, {}, [Change("/members/a1/age", 30, 31)])

    assert saved.conflicts == (Conflict("/members/a1/age", mine=31, theirs=None),)
    assert saved.answers == {}


def test_changes_of_calculated_cells_are_passed_over():
    saved = apply_changes(
        FORM, clean(), {}, [Change("/share", None, 12), Change("/all/male", 1, 2)]
    )

    assert (saved.answers, saved.applied, saved.conflicts) == (clean(), (), ())


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "rows",
        "/nothing",
        "/rows/77/male",
        "/rows/01/men",
        "/rows/01/male/more",
        "/members/0/age",
        "/members/-/age",
        "/all/~2",
        "/confirmed/x",
        "/__proto__",
    ],
)
def test_an_unknown_path_is_refused_before_anything_is_written(path):
    with pytest.raises(PathUnknown) as refusal:
        apply_changes(FORM, clean(), {}, [Change("/confirmed", 30, 1), Change(path, None, 1)])

    assert refusal.value.facts["path"] == path
    assert isinstance(refusal.value, RequestInvalid)


@pytest.mark.parametrize(
    ("answers", "statuses", "path"),
    [
        ({"zz": 1}, {}, "/zz"),
        ({"rows": {"77": {}}}, {}, "/rows/77"),
        ({"rows": {"01": {"men": 1}}}, {}, "/rows/01/men"),
        ({"all": {"x": 1}}, {}, "/all/x"),
        ({"members": [{"_id": "a", "size": 1}]}, {}, "/members/0/size"),
        ({"rows": {"01": {"_id": "x"}}}, {}, "/rows/01/_id"),
        ({}, {"/rows/01/men": "none_arose"}, "/rows/01/men"),
    ],
)
def test_a_whole_draft_with_a_key_the_form_lacks_is_refused(answers, statuses, path):
    with pytest.raises(PathUnknown) as refusal:
        validate_paths(FORM, answers, statuses)

    assert refusal.value.path == path


def test_a_whole_draft_of_wrong_values_is_taken():
    validate_paths(FORM, {"rows": 5, "confirmed": {"a": 1}, "members": "x"}, {})


def test_calculated_values_are_taken_out_and_nothing_else():
    answers = clean(share=5, all={"male": 1, "total": 2})
    answers["rows"]["01"]["total"] = 9
    answers["members"] = [{"_id": "a", "age": 3, "adult": 0}]

    kept = without_calculated(FORM, answers)

    assert kept == clean(members=[{"_id": "a", "age": 3}])


COUNT = st.integers(0, 5)
ROW = st.fixed_dictionaries({}, optional={"male": COUNT, "female": COUNT})
MEMBERS = st.lists(st.sampled_from(["a", "b", "c"]), unique=True, max_size=3).flatmap(
    lambda names: st.tuples(
        *(st.fixed_dictionaries({"_id": st.just(name), "age": COUNT}) for name in sorted(names))
    ).map(list)
)
DOCUMENT = st.fixed_dictionaries(
    {},
    optional={
        "confirmed": COUNT,
        "note": st.sampled_from(["x", "y"]),
        "rows": st.dictionaries(st.sampled_from(["01", "02", "08"]), ROW, min_size=1),
        "members": MEMBERS.filter(bool),
    },
)
STATUSES = st.dictionaries(
    st.sampled_from(["/road", "/road_km", "/zone"]), st.sampled_from(["none_arose", "confidential"])
)


@given(DOCUMENT, STATUSES, DOCUMENT, STATUSES)
def test_the_difference_of_two_drafts_leads_from_one_to_the_other(
    before, before_statuses, after, after_statuses
):
    changes = diff(FORM, before, before_statuses, after, after_statuses)

    saved = apply_changes(FORM, before, before_statuses, changes)

    assert saved.conflicts == ()
    members = saved.answers.pop("members", []), after.pop("members", [])
    by_name = [{row["_id"]: row for row in rows} for rows in members]
    assert by_name[0] == by_name[1]
    assert (saved.answers, saved.statuses) == (after, after_statuses)


def test_no_difference_is_no_change():
    assert diff(FORM, clean(), {"/note": "confidential"}, clean(), {"/note": "confidential"}) == ()


def test_sealing_says_of_absent_rows_that_none_arose():
    answers, statuses = seal(FORM, clean(share=3), {"/note": "confidential"})

    assert answers == clean()
    assert statuses == {"/note": "confidential", "/rows/08": "none_arose"}


def test_sealing_leaves_what_was_said_of_a_row():
    _, statuses = seal(FORM, clean(), {"/rows/08/male": "not_available"})

    assert statuses == {"/rows/08/male": "not_available"}


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/rows/08/female", "Mông, cột 2 (Nữ)"),
        ("/rows/08/total", "Mông, cột 3 (Chung)"),
        ("/all/male", "Tổng số, cột 1 (Nam)"),
        ("/schools/primary/pupils", "Tiểu học, cột 1 (Học sinh)"),
        ("/confirmed", "Số xác nhận"),
        ("/rows/08", "Mông"),
        ("/rows", "Dân tộc"),
        ("/members/b/age", "Thành viên, dòng 2, cột 1 (Tuổi)"),
        ("/nothing", "/nothing"),
    ],
)
def test_a_cell_has_a_vietnamese_name(path, title):
    answers = {"members": [{"_id": "a"}, {"_id": "b"}]}

    assert cell_title(FORM, path, answers) == title
