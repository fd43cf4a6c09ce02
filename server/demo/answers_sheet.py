"""Answers of XA-01 (the commune sheet): constructed, consistent with the other forms."""

from functools import cache

from server.demo.answers_cadres import answers_of as staff_of
from server.demo.apportioning import hashed, split_capped
from server.demo.communes import Commune
from server.demo.figures import Figures, figures

_ZONE_3, _ZONE_2 = 66, 7
_OFFICIALS = (
    "party_secretary", "party_deputy", "council_chair", "council_deputy", "committee_chair",
    "committee_deputy", "fatherland_front", "youth_union", "womens_union", "farmers_union",
    "veterans",
)  # fmt: skip
#: Posts that one person holds beside another first where a commune has fewer cadres than posts.
_SHARED = ("council_chair", "party_deputy", "council_deputy", "veterans", "farmers_union")
#: Posts of which there are two where it has more.
_DOUBLED = ("committee_deputy", "fatherland_front", "youth_union")
_WOMEN_OFTEN = ("womens_union", "council_deputy", "youth_union")
#: School: pupils for a thousand inhabitants, pupils for a teacher.
_SCHOOLS = {"preschool": (55, 14), "primary": (92, 16), "lower_secondary": (62, 15)}


def answers_of(commune: Commune) -> dict[str, object]:
    found, code = figures(), commune.code
    villages, households = found.roads[code].villages, found.households[code]
    distance = 1 + hashed(f"km|{code}", 360)
    answers: dict[str, object] = {
        "zone": _zones()[code],
        "border": False,
        "villages": villages,
        "villages_epv": found.poorest_villages[code],
        "hh": households,
        "hh_dtts": found.minority_households[code],
        "groups": _groups(found, code),
        "villages_power": villages,
        "villages_grid": villages - hashed(f"grid|{code}", 2),
        "hh_grid": households * (960 + hashed(f"hhgrid|{code}", 41)) // 1000,
        "km_district": distance / 10,
        "km_paved": distance * (70 + hashed(f"paved|{code}", 31)) // 100 / 10,
        "road_surface": "asphalt" if hashed(f"surface|{code}", 3) else "concrete",
        "car_all_year": True,
        "villages_paved": min(found.roads[code].with_road, villages),
        "schools": _schools(found, commune),
        "ethnic_schools": hashed(f"boarding|{code}", 2),
        "ethnic_pupils": hashed(f"boarding|{code}", 2) * (80 + hashed(f"boarders|{code}", 140)),
        "culture_house": True,
        "villages_culture": villages * (70 + hashed(f"culture|{code}", 31)) // 100,
        "libraries": hashed(f"library|{code}", 2),
        "sports_grounds": 1 + hashed(f"sports|{code}", 4),
        "health_station": True,
        "station_permanent": True,
        "station_standard": hashed(f"standard|{code}", 10) > 0,
        "doctors": 1,
        "assistant_doctors": 1 + hashed(f"assistants|{code}", 3),
        "midwives": 1,
        "village_health_workers": villages,
        "industrial_cluster": False,
        "officials": _officials(code),
        "religions": {},
        "villages_mobile": villages,
        "villages_internet": villages * (75 + hashed(f"net|{code}", 26)) // 100,
        "villages_radio": villages * (50 + hashed(f"radio|{code}", 51)) // 100,
        "post_offices": 1,
        "answered_by": [
            {"_id": "r1", "section": "1, 5, 8, 10", "position": "Công chức Văn hóa - xã hội"},
            {"_id": "r2", "section": "2, 3, 7", "position": "Công chức Địa chính - xây dựng"},
        ],
        "answered_on": f"2024-11-{5 + hashed(f'answered|{code}', 15):02}",
    }
    return answers | _market(code) | _waste(code, villages)


def _market(code: str) -> dict[str, object]:
    if hashed(f"market|{code}", 3):
        return {"market": False, "market_km": (20 + hashed(f"marketkm|{code}", 150)) / 10}
    return {"market": True, "market_kind": "periodic"}


def _waste(code: str, villages: int) -> dict[str, object]:
    if hashed(f"waste|{code}", 2):
        return {"waste_collection": False}
    return {"waste_collection": True, "villages_waste": 1 + villages // 4}


@cache
def _zones() -> dict[str, str]:
    """The poorest 66 communes are zone III, the next seven zone II."""
    found = figures()
    order = sorted(
        found.poor,
        key=lambda code: (-found.poor[code].opening * 10_000 // found.households[code], code),
    )
    zones = dict.fromkeys(order[:_ZONE_3], "zone_3")
    zones |= dict.fromkeys(order[_ZONE_3 : _ZONE_3 + _ZONE_2], "zone_2")
    return dict.fromkeys(order, "zone_1") | zones


def _groups(found: Figures, code: str) -> dict[str, dict[str, int]]:
    people = {
        group: number
        for group, number in sorted(found.population["2024"].groups[code].items())
        if number
    }
    males = found.population["2024"].group_males[code]
    shares = split_capped(found.households[code], list(people.values()), list(people.values()))
    return {
        group: {"hh": share, "persons": number, "women": number - males[group]}
        for (group, number), share in zip(people.items(), shares, strict=True)
    }


def _schools(found: Figures, commune: Commune) -> dict[str, dict[str, int]]:
    code = commune.code
    people = found.population["2024"].total[code]
    minority = people - found.population["2024"].groups[code]["01"]
    schools: dict[str, dict[str, int]] = {}
    for level, (share, ratio) in _SCHOOLS.items():
        pupils = people * share // 1000
        teachers = max(4, pupils // ratio)
        schools[level] = {
            "schools": 1,
            "satellites": 0 if level == "lower_secondary" else hashed(f"{level}|{code}", 5),
            "rooms_permanent": pupils // 30 + 2,
            "rooms_semi": hashed(f"semi|{level}|{code}", 4),
            "rooms_temporary": 0,
            "teachers": teachers,
            "teachers_women": teachers * (95 if level == "preschool" else 70) // 100,
            "teachers_minority": teachers * minority // people,
            "teachers_qualified": teachers * 97 // 100,
            "pupils": pupils,
            "pupils_girls": pupils * 48 // 100,
            "pupils_minority": pupils * minority // people,
        }
    schools["upper_secondary"] = dict.fromkeys(schools["primary"], 0)
    return schools


def _holders(cadres: int) -> dict[str, int]:
    """How many hold each post, so that all are as many as the commune's cadres in CBCC-01."""
    holders = dict.fromkeys(_OFFICIALS, 1)
    for office in _SHARED[: max(0, len(_OFFICIALS) - cadres)]:
        holders[office] = 0
    for office in _DOUBLED[: max(0, cadres - len(_OFFICIALS))]:
        holders[office] = 2
    return holders


def _officials(code: str) -> dict[str, dict[str, int]]:
    rows = staff_of(code)["rows"]
    cadres, servants = (
        rows[row] if isinstance(rows, dict) else {} for row in ("commune_cadre", "commune_servant")
    )
    found: dict[str, dict[str, int]] = {}
    for office, holders in _holders(cadres["total"]).items():
        woman = office in _WOMEN_OFTEN or hashed(f"{office}|{code}", 6) == 0
        found[office] = {
            "total": holders,
            "women": min(holders, int(woman)),
            "minority": holders * int(hashed(f"m|{office}|{code}", 12) > 0),
            "university": holders,
            "theory": holders,
            "language": holders * int(hashed(f"l|{office}|{code}", 5) > 0),
        }
    total, minority = servants["total"], servants["minority"]
    found["civil_servants"] = {
        "total": total,
        "women": servants["women"],
        "minority": minority,
        "university": total * 9 // 10,
        "theory": total * 8 // 10,
        "language": servants["other_language"],
    }
    return found
