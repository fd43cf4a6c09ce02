"""The people of the demonstration: who works where, and which of them can sign in.

Names are constructed. Only the accounts that are handed out get a password and a token; for the
others an admin issues a one-time code, as in a real installation.
"""

import json
import os
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from server.core.access import SYSTEM, Actor, Grant, Role
from server.core.org_unit import Level, OrgUnit
from server.core.vietnamese import fold
from server.demo.answers_households import PILOTS
from server.demo.apportioning import hashed
from server.services.accounts import Accounts, NewAccount

#: Pác Nặm: the communes whose whole chain has accounts, in the order of the list.
CHAINS = ("01879", "01858", "01864", "01867", "01876")
#: Bằng Thành, Nghiên Loan, Cao Minh, Ba Bể, Chợ Rã: the new communes with accounts.
NEW_CHAINS = ("01864", "01882", "01879", "01906", "01912")
#: Officers of the province without districts: each looks after a group of communes.
OFFICERS = (
    "thainguyen.thamdinh",
    "thainguyen.phutrach2",
    "thainguyen.phutrach3",
    "thainguyen.phutrach4",
)
DEPARTMENTS = ("d_sldtbxh", "d_sgtvt", "d_snv")
#: The new communes often bear the name of an old one.
_NEW = ".moi"
_SIGNING_DISTRICTS = frozenset({"060", "061"})
#: Pác Nặm and Chợ Đồn: the districts whose clerk for the sums can sign in.
_SUMMING = frozenset({"060", "064"})
_KINDS = ("xa ", "phuong ", "thi tran ", "huyen ", "thanh pho ", "tinh ")
_FAMILY = ("Hoàng", "Nông", "Triệu", "Lý", "Bàn", "Đặng", "Hà", "Ma", "Lường", "Dương", "Nguyễn")
_MIDDLE = ("Thị", "Văn", "Minh", "Thu", "Đức", "Ngọc", "Xuân")
_GIVEN = ("Mai", "Hiền", "Tuấn", "Hạnh", "Dũng", "Lan", "Sơn", "Thảo", "Hùng", "Yến", "Bình", "Nga")
_WORDS = (
    "suoi", "nui", "trang", "gio", "nuong", "lua", "ngo", "que", "hoi", "cau", "rung", "thac",
    "may", "mua", "hoa", "man", "mo", "dao", "thong", "tre", "nua", "ong", "chim", "khe",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """An account that is handed out with its secrets."""

    username: str
    password: str
    role: Role
    org_unit: str
    token: str

    def as_json(self) -> dict[str, str]:
        return {
            "username": self.username,
            "password": self.password,
            "role": str(self.role),
            "org_unit": self.org_unit,
            "token": self.token,
        }


@dataclass
class Cast:
    """Everybody, by role and unit id; ``holders`` are those that can sign in."""

    accounts: Accounts
    actors: dict[tuple[Role, str], Actor] = field(default_factory=dict)
    holders: list[KeyHolder] = field(default_factory=list)

    def named(self, username: str) -> Actor:
        """The person with that sign-in name."""
        return self.accounts.actor(self.accounts.by_username(username))

    def actor(self, role: Role, unit: str) -> Actor:
        return self.actors[role, unit]

    def has(self, role: Role, unit: str) -> bool:
        return (role, unit) in self.actors

    def add(
        self,
        username: str,
        role: Role,
        unit: OrgUnit,
        *,
        secret: bool = False,
        reads: bool = False,
    ) -> None:
        """Make an account with a grant at *unit*; a *secret* one gets password and token.

        Who *reads* may also look at everything below: a signer alone sees the own unit only.
        """
        password = _password() if secret else None
        line = NewAccount(username, _name(username), None, role, unit.id)
        account = self.accounts.create(SYSTEM, line, password)
        grants = [Grant(role, unit.id)]
        if reads:
            grants.append(Grant(Role.READER, unit.id))
            self.accounts.grant(SYSTEM, account.id, grants[-1])
        actor = Actor(account.id, account.name, tuple(grants))
        self.actors.setdefault((role, unit.id), actor)
        if password is not None:
            token = self.accounts.create_token(SYSTEM, account.id, "demo")
            self.holders.append(KeyHolder(username, password, role, unit.id, token))


def hire(cast: Cast, units: Mapping[str, OrgUnit], province: str = "06") -> None:
    """The accounts of the time with districts; the handed-out ones in the order of the list."""
    top = units[province]
    cast.add("admin", Role.ADMIN, top, secret=True)
    for code in CHAINS:
        _commune(cast, units[code], secret=True)
    districts = [unit for unit in units.values() if unit.level is Level.DISTRICT]
    districts.sort(key=lambda unit: (unit.code != "060", unit.code))
    cast.add(f"{short_name(districts[0])}.duyet", Role.APPROVER, districts[0], secret=True)
    cast.add("tinh.thamdinh", Role.APPROVER, top, secret=True)
    cast.add("tinh.lanhdao", Role.SIGNER, top, secret=True, reads=True)
    cast.add("tinh.doc", Role.READER, top, secret=True)
    for district in districts[1:]:
        cast.add(f"{short_name(district)}.duyet", Role.APPROVER, district, secret=True)
    for code in DEPARTMENTS:
        word = code.removeprefix("d_")
        cast.add(f"{word}.nhap", Role.REPORTER, units[code], secret=True)
        cast.add(f"{word}.lanhdao", Role.SIGNER, units[code], secret=True)
    for commune in _communes(units):
        if commune.code not in CHAINS:
            above = _district_of(commune, units)
            signs = above in _SIGNING_DISTRICTS or commune.code in PILOTS
            _commune(cast, commune, secret=above == "060", signs=signs)
    for unit in (*districts, top):  # who sums up reads the reports below as well
        secret = unit.code in _SUMMING or unit is top
        word = "tinh" if unit is top else short_name(unit)
        cast.add(f"{word}.tonghop", Role.REPORTER, unit, secret=secret, reads=True)


def hire_after_merger(cast: Cast, units: Mapping[str, OrgUnit], codes: Iterable[str]) -> None:
    """The accounts of the time without districts: the new communes of *codes*, the province."""
    top = units["19"]
    before = cast.holders
    cast.holders = []
    for code in NEW_CHAINS:
        _commune(cast, units[code], ending=_NEW, secret=True)
    cast.add("thainguyen.thamdinh", Role.APPROVER, top, secret=True)
    cast.add("thainguyen.lanhdao", Role.SIGNER, top, secret=True, reads=True)
    for username in OFFICERS[1:]:
        cast.add(username, Role.APPROVER, top, secret=True)
    # The admin stays the first of the list, those that work now come next.
    cast.holders = before[:1] + cast.holders + before[1:]
    for code in codes:
        if code not in NEW_CHAINS:
            _commune(cast, units[code], ending=_NEW, signs=False)


def short_name(unit: OrgUnit) -> str:
    """The unit's name as a word: ``colinh`` for Xã Cổ Linh."""
    folded = fold(unit.name)
    for kind in _KINDS:
        folded = folded.removeprefix(kind)
    return "".join(letter for letter in folded if letter.isascii() and letter.isalnum())


def read_accounts(path: Path) -> list[KeyHolder]:
    """The accounts of a file that ``write_accounts`` wrote."""
    return [
        KeyHolder(**{**line, "role": Role(line["role"])})
        for line in json.loads(path.read_text(encoding="utf-8"))
    ]


def write_accounts(path: Path, holders: Iterable[KeyHolder]) -> None:
    """Keep the handed-out accounts in a file that only its owner reads."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump([holder.as_json() for holder in holders], file, ensure_ascii=False, indent=1)


def _communes(units: Mapping[str, OrgUnit]) -> list[OrgUnit]:
    found = [unit for unit in units.values() if unit.level is Level.COMMUNE]
    return sorted(found, key=lambda unit: unit.code)


def _district_of(commune: OrgUnit, units: Mapping[str, OrgUnit]) -> str:
    return next(one.code for one in units.values() if one.id == commune.parent)


def _commune(
    cast: Cast, commune: OrgUnit, *, ending: str = "", secret: bool = False, signs: bool = True
) -> None:
    word = short_name(commune)
    cast.add(f"{word}.nhap{ending}", Role.REPORTER, commune, secret=secret)
    if signs:  # the heads of the other communes sign on paper
        cast.add(f"{word}.lanhdao{ending}", Role.SIGNER, commune, secret=secret)


def _name(username: str) -> str:
    if username == "admin":
        return "Quản trị"
    parts = (
        names[hashed(f"name{at}|{username}", len(names))]
        for at, names in enumerate((_FAMILY, _MIDDLE, _GIVEN))
    )
    return " ".join(parts)


def _password() -> str:
    words = "-".join(secrets.choice(_WORDS) for _ in range(3))
    return f"{words}-{secrets.randbelow(9000) + 1000}"
