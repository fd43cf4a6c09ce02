"""The margins of the demonstration's figures: what is published, and what was set by hand.

Real province totals are used with a shift of two years (2024 shows what was published for 2022,
2023 for 2021); the ethnic groups follow the census of 2019. Everything below is constructed.
"""

from collections.abc import Mapping

PROVINCE = "06"
POPULATION = {"2024": 324_353, "2023": 323_712}
MALES = {"2024": 165_034, "2023": 164_707}
HOUSEHOLDS, MINORITY_HOUSEHOLDS = 82_300, 71_600

#: District: all inhabitants, of these in wards and towns.
DISTRICTS: Mapping[str, tuple[int, int]] = {
    "058": (46_520, 39_300),
    "060": (34_551, 0),
    "061": (49_934, 4_420),
    "062": (30_230, 10_480),
    "063": (32_090, 3_050),
    "064": (51_203, 7_530),
    "065": (40_210, 4_975),
    "066": (39_615, 3_810),
}

KINH, TAY, DAO, NUNG, MONG = "01", "02", "09", "07", "08"
_LARGE = {
    KINH: 37_615, TAY: 165_055, DAO: 56_067, NUNG: 28_709, MONG: 22_608,
    "15": 1_680, "04": 822, "06": 541, "18": 335,
}  # fmt: skip
_SMALL = {
    "03": 175, "24": 44, "25": 48, "43": 40, "38": 18, "46": 14, "47": 12, "05": 12, "11": 12,
    "12": 8, "29": 8, "37": 7, "10": 6, "35": 6, "40": 6, "49": 6, "13": 5, "17": 5, "16": 4,
    "19": 4, "20": 4, "36": 4, "21": 3, "22": 3, "28": 3, "41": 16,
}  # fmt: skip
#: Persons by ethnic group at the census of 2019; the 26 small groups are split by hand.
CENSUS: Mapping[str, int] = _LARGE | _SMALL

#: How strongly a group lives in a district.
SETTLEMENT: Mapping[str, Mapping[str, int]] = {
    district: dict(zip((KINH, DAO, NUNG, MONG), weights, strict=True))
    for district, weights in {
        "058": (320, 70, 70, 10),
        "060": (25, 200, 110, 260),
        "061": (70, 180, 25, 140),
        "062": (60, 260, 230, 70),
        "063": (100, 190, 70, 15),
        "064": (110, 160, 30, 40),
        "065": (220, 230, 50, 10),
        "066": (70, 170, 260, 60),
    }.items()
}

#: Poor and near-poor households in ten thousandths, by district.
POOR_RATES = {
    "058": 193, "060": 3522, "061": 2380, "062": 3441, "063": 1746, "064": 1586, "065": 1685,
    "066": 2511,
}  # fmt: skip
NEAR_POOR_RATES = {
    "058": 250, "060": 1150, "061": 1100, "062": 1200, "063": 1000, "064": 950, "065": 980,
    "066": 1150,
}  # fmt: skip

VILLAGES, POOREST_VILLAGES = 1_292, 648
WITH_ROAD, UPGRADED, RENOVATED = 1_085, 512, 318
PRESTIGE, PRESTIGE_VILLAGES, PRESTIGE_WOMEN = 1_271, 939, 152
