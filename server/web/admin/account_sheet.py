"""The sheet of new accounts: a CSV file line by line, and what is wrong with each line."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from server.core.access import Role
from server.core.account import folded_username
from server.core.org_unit import OrgUnit
from server.core.vietnamese import fold, nfc
from server.errors import ImportRefused, NotFound
from server.services.accounts import NewAccount
from server.web.accounts import role_title
from server.web.session import services

COLUMNS = ("username", "name", "email", "role", "org_unit")
MOST_LINES = 1000
MOST_BYTES = 200_000
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One line as it stood, what it makes, or why it makes nothing."""

    number: int
    cells: tuple[str, ...]
    account: NewAccount | None
    unit: str
    faults: tuple[str, ...]


def decoded(content: bytes) -> str:
    """The text of the file.

    Raises:
        ImportRefused: too large, or no UTF-8 text.
    """
    if len(content) > MOST_BYTES:
        raise ImportRefused(reason="too-large")
    try:
        return nfc(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ImportRefused(reason="encoding") from None


def read_sheet(text: str) -> list[SheetLine]:
    """All lines but the heading; separated by commas, semicolons or tabs.

    Raises:
        ImportRefused: no lines, or too many.
    """
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    rows = [
        (number, [cell.strip() for cell in row])
        for number, row in enumerate(csv.reader(text.splitlines(), delimiter=delimiter), start=1)
        if any(cell.strip() for cell in row)
    ]
    if rows and fold(rows[0][1][0]) in {"username", "ten dang nhap"}:
        rows = rows[1:]
    if not rows or len(rows) > MOST_LINES:
        raise ImportRefused(reason="empty" if not rows else "too-many-lines")
    reader = _Reader()
    return [reader.line(number, cells) for number, cells in rows]


class _Reader:
    """Judges lines one after another; a name twice in the sheet is refused the second time."""

    def __init__(self) -> None:
        tree = services().reference.tree(services().clock.today())
        self._units: Mapping[str, OrgUnit] = {
            fold(code): unit for code, unit in tree.by_code.items()
        }
        self._roles = {fold(role_title(role)): role for role in Role} | {
            role.value: role for role in Role
        }
        self._seen: dict[str, int] = {}

    def line(self, number: int, row: list[str]) -> SheetLine:
        if len(row) != len(COLUMNS):
            fault = _(
                "Dòng phải có đúng 5 cột: tên đăng nhập, họ tên, thư điện tử, vai trò, mã đơn vị."
            )
            return SheetLine(number, tuple(row[: len(COLUMNS)]), None, "", (fault,))
        username, name, email, role_word, unit_code = row
        role, unit = self._roles.get(fold(role_word)), self._units.get(fold(unit_code))
        faults = [*self._username_faults(number, username)]
        if not name:
            faults.append(_("Thiếu họ tên."))
        if email and (email.count("@") != 1 or " " in email or "," in email):
            faults.append(_("Thư điện tử không đúng dạng."))
        if role is None:
            faults.append(_("Không có vai trò %(word)s.", word=role_word or "…"))
        if unit is None:
            faults.append(_("Không có đơn vị nào mang mã %(code)s hôm nay.", code=unit_code or "…"))
        if any(len(cell) > _LONGEST or not cell.isprintable() for cell in row):
            faults.append(_("Có ô quá dài hoặc có ký tự không in được."))
        account = None
        if not faults and role is not None and unit is not None:
            account = NewAccount(username, name, email or None, role, unit.id)
        return SheetLine(number, tuple(row), account, unit.name if unit else "", tuple(faults))

    def _username_faults(self, number: int, username: str) -> list[str]:
        if not username or " " in username:
            return [_("Thiếu tên đăng nhập, hoặc tên có dấu cách.")]
        folded = folded_username(username)
        first = self._seen.setdefault(folded, number)
        if first != number:
            return [_("Trùng tên đăng nhập với dòng %(line)s.", line=first)]
        try:
            services().accounts.by_username(username)
        except NotFound:
            return []
        return [_("Tên đăng nhập này đã có.")]


def refusal(error: ImportRefused) -> str:
    """Why the file as a whole is refused."""
    texts = {
        "too-large": _("Tệp lớn hơn 200 kB. Chia thành nhiều tệp."),
        "encoding": _("Không đọc được tệp. Trong Excel, chọn Lưu thành, kiểu CSV UTF-8."),
        "empty": _("Tệp không có dòng nào."),
        "too-many-lines": _("Tệp có hơn 1.000 dòng. Chia thành nhiều tệp."),
        "missing": _("Chọn tệp CSV."),
    }
    return texts[str(error.facts["reason"])]
