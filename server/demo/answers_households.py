"""Records of HO-01 (household sheets) in the six pilot communes; people and names constructed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from server.demo.apportioning import hashed
from server.demo.communes import Commune
from server.demo.figures import figures
from server.demo.margins import KINH


@dataclass(frozen=True, slots=True)
class Pilot:
    """How far a pilot commune came with its 30 households."""

    done: int
    absent: int
    faulty: int


#: How many households each pilot commune was given.
EXPECTED = 30
#: Together 151 done (4 of them with errors) and 9 absent, of 180.
PILOTS = {
    "01840": Pilot(30, 0, 0),  # Đức Xuân
    "01906": Pilot(27, 2, 1),  # Khang Ninh
    "02023": Pilot(25, 2, 0),  # Xuân Lạc
    "02173": Pilot(25, 1, 1),  # Côn Minh
    "01960": Pilot(23, 2, 1),  # Hiệp Lực
    "01864": Pilot(21, 2, 1),  # Bộc Bố
}
_FIRST_DAY = date(2024, 11, 4)
_WATER = ("protected_spring", "drilled_well", "tap", "protected_well", "unprotected")
_AGE_OF_SCHOOL, _AGE_OF_WORK, _AGE_OF_MARRIAGE_QUESTION = 5, 15, 13
_SCHOOL_ENDS = 17


def records_of(commune: Commune) -> Iterator[dict[str, object]]:
    """The sheets that were filled in, in the order of the interviews."""
    pilot = PILOTS[commune.code]
    total = pilot.done + pilot.absent
    for number in range(1, total + 1):
        key = f"{commune.code}|{number}"
        head = _head(commune, number, key)
        if number > total - pilot.absent:
            yield head | {"result": "absent"}
            continue
        record = head | {"result": "completed"} | _household(commune, key)
        if number <= pilot.faulty:
            record["members"][1]["relation"] = "head"  # type: ignore[index]
        yield record


def _head(commune: Commune, number: int, key: str) -> dict[str, object]:
    villages = figures().roads[commune.code].villages
    kind = "Thôn" if commune.rural else "Tổ"
    day = _FIRST_DAY + timedelta(days=hashed(f"day|{key}", 24))
    return {
        "village": f"{kind} {1 + number % min(villages, 3)}",
        "household_no": number,
        "head_name": f"Chủ hộ {number}",
        "household_ethnic": _group(commune, key),
        "interviewed_on": day.isoformat(),
        "interviewer": f"Điều tra viên {1 + number % 2}",
    }


def _group(commune: Commune, key: str) -> str:
    people = figures().population["2024"].groups[commune.code]
    chosen = hashed(f"group|{key}", sum(people.values()))
    for group, number in sorted(people.items()):
        if chosen < number:
            return group
        chosen -= number
    return KINH


def _household(commune: Commune, key: str) -> dict[str, object]:
    group = _group(commune, key)
    father = 30 + hashed(f"age|{key}", 25)
    ages = [father, father - 2 - hashed(f"wife|{key}", 3)]
    children = 1 + hashed(f"children|{key}", 3)
    ages += [max(1, father - 23 - 3 * at) for at in range(children)]
    members = [_member(key, at, age, group) for at, age in enumerate(ages)]
    poor = ("poor", "near_poor", "none", "none", "none")[hashed(f"poor|{key}", 5)]
    short = hashed(f"land|{key}", 3) == 0
    found: dict[str, object] = {
        "members": members,
        "women_10_49": [_woman(member, children) for member in members if _is_asked(member)],
        "deaths": [],
        "tenure": "own",
        "pillars": "durable",
        "roof": "durable",
        "walls": "durable" if hashed(f"walls|{key}", 2) else "weak",
        "floor_area": 40.5 + hashed(f"area|{key}", 70),
        "year_built": 1998 + hashed(f"built|{key}", 25),
        "water": _WATER[hashed(f"water|{key}", len(_WATER))],
        "toilet": "improved" if hashed(f"toilet|{key}", 4) else "other",
        "lighting": "grid",
        "cooking": "firewood" if hashed(f"cook|{key}", 3) else "gas",
        "mosquito_net": True,
        "animals_below": False,
        "assets": {"television": True, "phone": True, "motorbike": True, "car": False},
        "residential_land": 120 + hashed(f"plot|{key}", 300),
        "production_land": 1500 + 10 * hashed(f"fields|{key}", 900),
        "land_enough": "short" if short else "enough",
        "buffaloes": hashed(f"buffaloes|{key}", 4),
        "cattle": hashed(f"cattle|{key}", 2),
        "pigs": hashed(f"pigs|{key}", 8),
        "goats": 0,
        "poultry": 10 + hashed(f"poultry|{key}", 50),
        "distances": {"primary": (5 + hashed(f"school|{key}", 30)) / 10, "hospital": 12.5},
        "loan": hashed(f"loan|{key}", 2) == 0,
        "policies": {"health": True},
        "poverty": poor,
    }
    if short:
        found["land_reason"] = "split"
    if poor != "none":
        found["certificate"] = f"{'HN' if poor == 'poor' else 'CN'}-{hashed(key, 9000) + 1000}"
    return found


def _member(key: str, at: int, age: int, group: str) -> dict[str, object]:
    grown = at < 2  # noqa: PLR2004 - the couple comes first
    male = at == 0 or (not grown and hashed(f"sex|{key}|{at}", 2) == 0)
    member: dict[str, object] = {
        "_id": f"m{at + 1}",
        "name": f"Thành viên {at + 1}",
        "relation": ("head", "spouse")[at] if grown else "child",
        "sex": "male" if male else "female",
        "age": age,
        "ethnic_group": group,
        "religion": "none",
        "insurance": "yes",
    }
    if age >= _AGE_OF_SCHOOL:
        pupil = age <= _SCHOOL_ENDS
        member |= {
            "schooling": "attending" if pupil else "left",
            "education": "2" if pupil else "3",
            "literate": "yes",
            "speaks_own": "yes",
            "writes_own": "no",
        }
    if age >= _AGE_OF_MARRIAGE_QUESTION:
        member["marital_status"] = "married" if grown else "single"
    if grown:
        member["first_marriage_age"] = 22 if male else 20
    if age >= _AGE_OF_WORK:
        member["worked"] = "yes" if age > _SCHOOL_ENDS else "no"
        if age > _SCHOOL_ENDS:
            member["occupation"] = "6"
    return member


def _is_asked(member: dict[str, object]) -> bool:
    age = member["age"]
    return member["sex"] == "female" and isinstance(age, int) and 10 <= age <= 49  # noqa: PLR2004


def _woman(member: dict[str, object], children: int) -> dict[str, object]:
    born = children if member["relation"] == "spouse" else 0
    found: dict[str, object] = {
        "_id": str(member["_id"]).replace("m", "w"),
        "name": member["name"],
        "age": member["age"],
        "born": born,
        "alive": born,
        "died": 0,
        "contraception": "iud" if born else "none",
    }
    if born:
        found |= {
            "first_birth_age": 21,
            "birth_place": "facility",
            "attendant": "staff",
            "visits": 3,
        }
    return found
