"""Addresses and numbers of the directory: what can be written to and called, and what cannot."""

import pytest

from server.core.directory import Contact, contact_faults


@pytest.mark.parametrize(
    "email", [None, "", "an@x.example", "nguyen.van-an+bc@phong.dantoc.example", "a_1@b-c.vn"]
)
def test_an_address_that_mail_can_go_to_is_taken(email):
    assert contact_faults(Contact("u", "An", "Công chức", email=email)) == []


@pytest.mark.parametrize(
    "email",
    ["not-an-email", "an@", "@x.vn", "an@x", "a b@x.vn", "an@x..vn", "an@x.vn, ha@x.vn", "an@-.vn"],
)
def test_what_is_no_address_is_named(email):
    assert contact_faults(Contact("u", "An", "Công chức", email=email)) == ["email"]


@pytest.mark.parametrize(
    "phone",
    [
        None, "", "0209 3870 123", "0912.345.678", "+84 (209) 3870-123", "0209 3870 123 máy lẻ 12",
        "0209 3870 123; 0912 345 678",
    ],
)  # fmt: skip
def test_a_number_that_can_be_called_is_taken(phone):
    assert contact_faults(Contact("u", "An", "Công chức", phone=phone)) == []


@pytest.mark.parametrize(
    "phone", ["abc", "12345", "0912 345 678 909 123 4567", "0209 38a0 123", "--"]
)
def test_what_is_no_number_is_named(phone):
    assert contact_faults(Contact("u", "An", "Công chức", phone=phone)) == ["phone"]
