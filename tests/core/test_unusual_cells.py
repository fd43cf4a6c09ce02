"""Questions about figures far from the unit's history: where they are asked and when not."""

from dataclasses import replace

from server.core.answers import check, history_of, without_answered
from server.core.finding import Severity
from server.core.form import Form, compile_form
from tests.core.make_form import HERE, LISTS, clean, make_source

STEADY = (11.0, 10.0, 12.0, 11.0, 10.0)


def asking(**settings: object) -> Form:
    source = make_source()
    source["x-form"]["outliers"] = {"limit": 3.5, "least": 4, **settings}
    return compile_form(source, LISTS)


FORM = asking()


def questions(answers, history, statuses=None, form=FORM):
    verdict = check(form, answers, statuses or {}, replace(HERE, history=history))
    return [finding for finding in verdict.findings if finding.code == "outlier"]


def test_a_typed_number_far_from_the_history_is_asked_about_and_never_blocks():
    answers = clean(rows={"02": {"male": 90, "female": 11}}, confirmed=101)

    (question,) = questions(answers, {"/rows/02/male": STEADY, "/rows/02/female": STEADY})

    assert (question.path, question.paths) == ("/rows/02/male", ("/rows/02/male",))
    assert question.severity is Severity.INFO
    assert (question.left, question.right) == (90, 11)
    assert question.message == (
        "Số 90 khác nhiều so với các kỳ trước của chính đơn vị: thường khoảng 11, từ 10 đến 12. "
        "Số này có đúng không?"
    )
    assert question.words("en").message.startswith("90 is far from the unit's own earlier figures")


def test_a_form_that_does_not_ask_never_asks():
    answers = clean(rows={"02": {"male": 90, "female": 11}}, confirmed=101)

    assert (
        questions(answers, {"/rows/02/male": STEADY}, form=compile_form(make_source(), LISTS)) == []
    )


def test_calculated_cells_absent_rows_and_reasons_are_not_asked_about():
    history = {
        "/rows/02/total": (1.0, 2.0, 1.0, 2.0),
        "/rows/08/male": (500.0, 510.0, 505.0, 503.0),
        "/confirmed": (900.0, 901.0, 905.0, 907.0),
    }

    assert questions(clean(confirmed=None), history, {"/confirmed": "not_available"}) == []


def test_an_estimated_number_is_asked_about():
    history = {"/confirmed": (900.0, 901.0, 905.0, 907.0)}

    (question,) = questions(clean(), history, {"/confirmed": "estimated"})

    assert question.path == "/confirmed"


def test_a_cell_that_is_not_asked_is_not_asked_about():
    history = {"/road_km": (1.0, 1.5, 1.2, 1.1)}

    assert questions(clean(road=True, road_km=400), history) != []
    assert questions(clean(road=False, road_km=400), history) == []


def test_lines_of_a_roster_are_known_by_their_name():
    history = {"/members/m-1/age": (30.0, 31.0, 32.0, 33.0)}
    members = [{"_id": "m-1", "age": 120}, {"_id": "m-2", "age": 120}]

    assert [found.path for found in questions(clean(members=members), history)] == [
        "/members/m-1/age"
    ]


def test_a_reason_for_the_cell_silences_the_question_and_nothing_else():
    history = {"/rows/02/male": STEADY, "/rows/01/male": STEADY}
    answers = clean(rows={"02": {"male": 90, "female": 1}, "01": {"male": 80, "female": 300}})
    findings = check(FORM, answers, {}, replace(HERE, history=history)).findings
    reason = {"code": "outlier", "path": "/rows/02/male", "text": "Nhập khẩu về thôn mới"}

    left = without_answered(findings, [reason, {**reason, "code": "a5", "path": "/rows/01/male"}])

    asked = {(found.code, found.path) for found in findings}
    assert asked - {(found.code, found.path) for found in left} == {("outlier", "/rows/02/male")}
    assert without_answered(findings, []) == findings


def test_history_counts_what_did_not_arise_as_zero_and_what_is_not_known_not_at_all():
    editions = [
        ({"rows": {"01": {"male": 5, "female": 6}}, "confirmed": 11}, {}, False),
        ({"confirmed": 12}, {"/rows/01": "none_arose", "/rows/02": "none_arose"}, False),
        ({"rows": {"01": {"female": 7}}}, {"/rows/01/male": "not_available"}, False),
        ({}, {}, True),
        ({"rows": {"01": {"male": "5", "female": 8, "total": 13}}}, {"/rows": "estimated"}, False),
    ]

    history = history_of(FORM, editions)

    assert history == {
        "/rows/01/male": (5.0, 0.0, 0.0),
        "/rows/01/female": (6.0, 0.0, 7.0, 0.0, 8.0),
        "/confirmed": (11.0, 12.0, 0.0),
    }
