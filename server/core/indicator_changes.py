"""An indicator as texts, field by field, and what is otherwise between two states of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from server.core.indicator import Indicator

ChangeKind = Literal["added", "changed", "retired"]

#: Field of the sheet and its heading; the heading is how a column is found again.
COLUMNS: Final[Mapping[str, str]] = {
    "code": "Mã",
    "title": "Tên chỉ tiêu",
    "title_en": "Tên tiếng Anh",
    "group": "Mã nhóm",
    "group_title": "Nhóm",
    "measures": "Đơn vị tính",
    "dimensions": "Phân tổ",
    "lowest_level": "Cấp thấp nhất",
    "frequency": "Kỳ",
    "owners": "Cơ quan chủ trì, phối hợp",
    "owner_units": "Mã đơn vị chủ trì",
    "owners_from": "Chủ trì từ ngày",
    "source": "Nguồn",
    "ministry_code": "Mã của cấp quốc gia",
    "valid_from": "Áp dụng từ ngày",
    "valid_to": "Hết áp dụng sau ngày",
    "definition": "Định nghĩa",
    "method": "Phương pháp tính",
}
#: What the sheet does not show and the file of the catalogue may change.
UNLISTED: Final = ("definition_en", "method_en", "text_source", "text_source_en", "constructed")
DAYS: Final = ("owners_from", "valid_from", "valid_to")
SUMMED: Final = "cộng"
NOT_SUMMED: Final = "không cộng"


@dataclass(frozen=True, slots=True)
class RowChange:
    """What becomes of one indicator; *fields* are the values before and after, as texts.

    *row* is the row of the sheet that says so, 0 where none does.
    """

    row: int
    kind: ChangeKind
    code: str
    title: str
    fields: tuple[tuple[str, str, str], ...]


def change_of(row: int, old: Indicator | None, made: Indicator) -> RowChange | None:
    """What *made* has that *old* had not; None where they are the same."""
    if made == old:
        return None
    before, after = ({} if one is None else _all_texts(one) for one in (old, made))
    fields = tuple(
        (field, before.get(field, ""), text)
        for field, text in after.items()
        if text != before.get(field, "") and field != "code"
    )
    kind: ChangeKind = "added" if old is None else "changed"
    if old is not None and made.valid_to and not old.valid_to:
        kind = "retired"
    return RowChange(row, kind, made.code, made.title, fields)


def texts_of(indicator: Indicator) -> dict[str, str]:
    """Each field of the sheet as it is shown in its cell."""
    found: dict[str, str] = {}
    for field in COLUMNS:
        value = getattr(indicator, field)
        if field == "measures":
            found[field] = "; ".join(
                f"{one.unit}: {SUMMED if one.aggregation == 'sum' else NOT_SUMMED}"
                for one in indicator.measures
            )
        elif field in DAYS:
            found[field] = day_text(value)
        else:
            found[field] = "; ".join(value) if isinstance(value, tuple) else str(value)
        found[field] = found[field].strip()
    return found


def day_text(iso: str) -> str:
    """The day as people write it; empty for none."""
    return f"{date.fromisoformat(iso):%d/%m/%Y}" if iso else ""


def _all_texts(indicator: Indicator) -> dict[str, str]:
    """Besides the fields of the sheet those that it lacks; a mark is a cross or nothing."""
    found = texts_of(indicator)
    for field in UNLISTED:
        value = getattr(indicator, field)
        found[field] = value if isinstance(value, str) else "×" * value
    return found
