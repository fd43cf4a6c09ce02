"""The constructed mail addresses of the demo: the city apart from the province of its name."""

from server.core.org_unit import Level, OrgUnit
from server.demo.rounds import _address

PROVINCE = OrgUnit("p", "06", "Tỉnh Bắc Kạn", Level.PROVINCE, "tinh", None, None, None)
CITY = OrgUnit("c", "058", "Thành phố Bắc Kạn", Level.DISTRICT, "thanh_pho", "p", None, None)
DISTRICT = OrgUnit("d", "060", "Huyện Pác Nặm", Level.DISTRICT, "huyen", "p", None, None)
NAMES = {"p": "backan", "c": "backan", "d": "pacnam"}


def test_the_city_of_the_provinces_name_has_an_address_of_its_own() -> None:
    found = [_address(unit, NAMES) for unit in (PROVINCE, CITY, DISTRICT)]

    assert found == [
        "vanthu@backan.example", "vanthu.thanhpho@backan.example", "vanthu@pacnam.example",
    ]  # fmt: skip
