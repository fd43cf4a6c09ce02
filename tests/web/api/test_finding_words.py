"""Findings on the wire explain themselves, in the language that the caller reads."""

from uuid import uuid4

import pytest

from tests.world import GOOD

WRONG = {**GOOD, "households": -1}
ENGLISH = {"Accept-Language": "en"}
MINIMUM = {
    "vi": (
        "Giá trị phải từ 0 trở lên.",
        "Số ở ô này từ 0 trở lên.",
        "Nhập lại số không nhỏ hơn 0.",
    ),
    "en": (
        "The value must be 0 or more.",
        "The number is 0 or more.",
        "Enter a number not below 0.",
    ),
}


def words(finding):
    return finding["message"], finding["rule"], finding["fix"]


@pytest.mark.parametrize(
    ("more", "language"),
    [
        ({}, "vi"),
        ({"headers": ENGLISH}, "en"),
        ({"headers": {"Accept-Language": "de"}}, "vi"),
    ],
)
def test_a_finding_says_what_is_wrong_by_which_rule_and_what_to_do(as_, more, language):
    call = as_("commune_reporter")

    answer = call("POST", "/forms/households/validate", {"answers": WRONG}, **more)

    found = next(one for one in answer.json["findings"] if one["code"] == "schema.minimum")
    assert words(found) == MINIMUM[language]
    assert (found["left"], found["right"]) == (-1, 0)


def test_a_submission_and_a_refused_move_speak_the_callers_language(as_):
    call = as_("commune_reporter")
    started = call.start(answers=WRONG)
    path = f"/submissions/{started.json['id']}"

    shown = call.get(path, headers=ENGLISH)
    refused = call(
        "POST",
        f"{path}/transitions",
        {"event": "submit"},
        key=str(uuid4()),
        seen=started.headers["ETag"],
        headers=ENGLISH,
    )

    assert MINIMUM["vi"] in [words(one) for one in started.json["findings"]]
    assert MINIMUM["en"] in [words(one) for one in shown.json["findings"]]
    assert refused.status_code == 422
    assert MINIMUM["en"] in [words(one) for one in refused.json["errors"]]


def test_a_rule_of_the_form_is_told_by_the_titles_of_its_cells(as_):
    crowd = {**GOOD, "households": 900}

    answer = as_("commune_reporter")("POST", "/forms/households/validate", {"answers": crowd})

    found = next(one for one in answer.json["findings"] if one["code"] == "households_have_people")
    assert found["rule"].endswith(".") and " không quá " in found["rule"]
    assert found["fix"].startswith("Kiểm tra và sửa: “")
