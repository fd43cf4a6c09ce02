"""A difference of two versions in sentences that a person understands."""

import json
from copy import deepcopy
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.core.definition_diff import diff
from server.core.definition_editor import applied
from server.core.definition_words import sentences
from tests.core.test_definition_diff import edited
from tests.world import household_form

ROOT = Path(__file__).parents[2]
POPULATION = json.loads(
    (ROOT / "form_definitions/population_ethnic/v01.json").read_text(encoding="utf-8")
)
MALE = "/$defs/row/properties/rural_male"


def told(before, *edits, language="text"):
    after = before
    for edit in edits:
        after = applied(after, edit)
    return [getattr(one, language) for one in sentences(before, after, diff(before, after))]


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        ({"op": "remove", "path": "/properties/police_date"}, "Bỏ ô “Ngày công an xã xác nhận”."),
        (
            {"op": "set", "path": MALE, "values": {"maximum": 5}},
            "Cột “Nam” của “Dân tộc” đổi số lớn nhất từ 9.999.999 thành 5.",
        ),
        (
            {"op": "set", "path": MALE, "values": {"title": "Nam giới"}},
            "Cột “Nam” của “Dân tộc” đổi tên hiển thị từ “Nam” thành “Nam giới”.",
        ),
        (
            {"op": "set", "path": "/x-form", "values": {"closes": "P60D", "version": 2}},
            "Thông tin chung đổi ngày khóa nhận báo cáo từ 59 ngày thành 60 ngày.",
        ),
        (
            {"op": "move", "path": "/x-layout/sections/2", "to": 0},
            "Phần “Số xác nhận và ghi chú” đổi chỗ.",
        ),
        (
            {"op": "set", "path": "/properties/police_date", "values": {"required?": True}},
            "Ô “Ngày công an xã xác nhận” thành bắt buộc nhập.",
        ),
    ],
)
def test_one_act_is_one_sentence(edit, sentence):
    assert told(POPULATION, edit) == [sentence]


def test_a_key_that_changed_says_whether_its_answers_come_along():
    rename = {"op": "rename", "path": "/properties/note", "key": "remark"}
    steps = [{"op": "rename", "from": "/note", "to": "/remark"}]
    declare = {"op": "set", "path": "", "values": {"x-migrate": {"from": 1, "steps": steps}}}

    (alone,) = told(household_form(), rename)
    declared = told(household_form(), rename, declare)

    assert alone.startswith("Ô “Ghi chú” đổi mã từ note thành remark; chưa khai báo")
    assert declared == [
        "Ô “Ghi chú” đổi mã từ note thành remark.",
        "Số liệu cũ chuyển theo khai báo: “Ghi chú” đổi mã từ note sang remark.",
    ]


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        (
            [{"op": "split", "from": "/people/male", "to": ["/people/female", "/households"]}],
            "“Nhân khẩu: Nam” tách thành “Nhân khẩu: Nữ”, “Số hộ”.",
        ),
        ([{"op": "unit", "path": "/households", "factor": 0.1}], "“Số hộ” nhân với 0,1."),
        ([{"op": "drop", "path": "/nothing"}], "bỏ số liệu của “/nothing”."),
    ],
)
def test_steps_are_said_by_the_titles_of_their_fields(steps, said):
    declare = {"op": "set", "path": "", "values": {"x-migrate": {"from": 1, "steps": steps}}}

    assert told(household_form(), declare) == [f"Số liệu cũ chuyển theo khai báo: {said}"]


def test_what_stands_inside_an_attribute_is_said_by_its_levels_and_days():
    due = {"commune": "P10D", "district": "P22D", "province": "P46D"}

    (said,) = told(POPULATION, {"op": "set", "path": "/x-form", "values": {"due": due}})

    assert said == "Thông tin chung đổi hạn gửi theo cấp: xã 15 ngày → 10 ngày."


def test_of_a_long_rule_the_part_that_differs_is_shown():
    rule = POPULATION["x-checks"][1]["rule"]
    wider = {"op": "set", "path": "/x-checks/1", "values": {"rule": rule.replace("<= 5", "<= 2")}}

    (said,) = told(POPULATION, wider)

    assert len(rule) > 90
    assert said.endswith(' từ …tal") * 100, 1) : 0) <= 5 thành …tal") * 100, 1) : 0) <= 2.')


def test_the_days_of_a_code_are_said():
    before = {"code": "x", "version": 1, "items": [{"code": "1", "title": "Hoa"}]}
    ended = {"code": "1", "title": "Hoa", "validTo": "2025-12-31"}
    new = {"code": "2", "title": "Mới", "validFrom": "2026-01-01"}
    after = {**before, "version": 2, "items": [ended, new]}

    said = [one.text for one in sentences(before, after, diff(before, after))]

    assert sorted(said) == [
        "Mục của bảng mã “Hoa” có thêm ngày hết hiệu lực: 31/12/2025.",
        "Thêm mục của bảng mã “Mới”, hiệu lực từ 01/01/2026.",
    ]


def test_two_equal_versions_have_nothing_to_say():
    copy = deepcopy(POPULATION)
    copy["x-form"]["version"] = 2

    assert sentences(POPULATION, copy, diff(POPULATION, copy)) == []


@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.data_too_large, HealthCheck.too_slow],
)
@given(data=st.data())
def test_every_difference_can_be_said_in_both_languages(data):
    before = household_form()
    after, _acts = data.draw(edited("form", before))

    found = sentences(before, after, diff(before, after))

    assert all(one.text.strip() and one.english.strip() for one in found)
    assert all("{part}" not in one.text + one.english for one in found)
