"""Who answers for the person whom a letter names, by the dated directory and the accounts."""

from dataclasses import replace
from datetime import date

import pytest

from server.core.directory import Contact
from server.core.round_contact import Answering, Colleague, Offices, answering

DAY = date(2025, 3, 10)
NAMED = "bà Nông Thị Hoà, phòng Tổng hợp"
GONE = Contact("p", "Nông Thị Hòa", "Chuyên viên", valid_to=date(2025, 2, 28), id=1)
HEAD = Contact("p", "Hà Văn Tú", "Trưởng phòng", valid_from=date(2025, 3, 5), id=2)
SAME_POST = Contact("p", "Lý Thị Mai", "chuyên viên", "0209 2", valid_from=date(2025, 3, 1), id=3)
ELSEWHERE = Contact("d", "Ma Văn Long", "Chuyên viên", id=4)
LEFT_ACCOUNT = Colleague("Nông Thị Hòa", active=False, units=frozenset({"d"}))


@pytest.mark.parametrize(
    ("contacts", "colleagues", "expected"),
    [
        pytest.param((), (), Answering(), id="unknown"),
        pytest.param((replace(GONE, valid_to=DAY),), (), Answering(), id="last day"),
        pytest.param((GONE,), (), Answering(True, GONE.valid_to), id="nobody came after"),
        pytest.param(
            (GONE, HEAD, SAME_POST, ELSEWHERE), (), Answering(True, GONE.valid_to, SAME_POST),
            id="the same post first",
        ),
        pytest.param((GONE, HEAD), (), Answering(True, GONE.valid_to, HEAD), id="the same unit"),
        pytest.param(
            (GONE, ELSEWHERE), (), Answering(True, GONE.valid_to, ELSEWHERE), id="the issuer"
        ),
        pytest.param(
            (GONE, replace(GONE, org_unit="d", valid_to=None)), (), Answering(),
            id="somebody of that name is there",
        ),
        pytest.param(
            (replace(GONE, valid_from=date(2025, 4, 1), valid_to=None),), (LEFT_ACCOUNT,),
            Answering(), id="comes later",
        ),
        pytest.param(
            (ELSEWHERE,), (LEFT_ACCOUNT,), Answering(True, None, ELSEWHERE), id="account ended"
        ),
        pytest.param(
            (), (LEFT_ACCOUNT, replace(LEFT_ACCOUNT, active=True)), Answering(), id="account in use"
        ),
        pytest.param((SAME_POST,), (LEFT_ACCOUNT,), Answering(True), id="no one at its units"),
    ],
)  # fmt: skip
def test_who_left_is_followed_by_whom_the_directory_names(contacts, colleagues, expected):
    issuers = ("d",)

    assert answering(NAMED, Offices(contacts, colleagues), DAY, issuers) == expected


@pytest.mark.parametrize(
    "named", ["Phòng Tổng hợp", "chị Hòa", "Nông Thị Hòan", "Hòa Nông Thị", ""]
)
def test_a_name_is_found_as_whole_words_in_their_order(named):
    assert not answering(named, Offices((GONE,)), DAY).gone
