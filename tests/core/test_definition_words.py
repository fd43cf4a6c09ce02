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
            "Cột “Nam” của “Dân tộc” đổi số lớn nhất từ 9999999 thành 5.",
        ),
        (
            {"op": "set", "path": MALE, "values": {"title": "Nam giới"}},
            "Cột “Nam” của “Dân tộc” đổi tên hiển thị từ “Nam” thành “Nam giới”.",
        ),
        (
            {"op": "set", "path": "/x-form", "values": {"closes": "P60D", "version": 2}},
            "Thông tin chung đổi ngày khóa nhận báo cáo từ P59D thành P60D.",
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
        "Số liệu cũ chuyển theo khai báo: rename /note → /remark.",
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
