"""Answers of DS-01 (population by ethnic group), right ones and the six that were returned."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from server.demo.apportioning import hashed
from server.demo.communes import Commune
from server.demo.figures import Figures
from server.demo.margins import NUNG, TAY

UNKNOWN = "99"
Rows = dict[str, dict[str, int]]


@dataclass(frozen=True, slots=True)
class Fault:
    """A first sending that was wrong, and what the district wrote when it sent it back."""

    answers: Mapping[str, object]
    note: str
    marks: tuple[tuple[str, str], ...]  # cell and what is expected there


def rows_of(found: Figures, commune: Commune, year: str) -> Rows:
    """The rows that hold anybody, typed as the form asks for that kind of unit."""
    population = found.population[year]
    block = "rural" if commune.rural else "urban"
    males = population.group_males[commune.code]
    return {
        group: {f"{block}_male": males[group], f"{block}_female": number - males[group]}
        for group, number in sorted(population.groups[commune.code].items())
        if number
    }


def answers_of(found: Figures, commune: Commune, year: str) -> dict[str, object]:
    """The right answers of a commune for a year."""
    confirmed = date(int(year) + 1, 1, 2 + hashed(f"police|{commune.code}", 7))
    return {
        "rows": rows_of(found, commune, year),
        "police_total": found.population[year].total[commune.code],
        "police_date": confirmed.isoformat(),
    }


def unfinished(found: Figures, commune: Commune) -> dict[str, object]:
    """A draft: the women of the last few groups are still to be counted."""
    rows = rows_of(found, commune, "2024")
    block = "rural" if commune.rural else "urban"
    open_rows = sorted(rows)[-(2 + hashed(f"open|{commune.code}", 5)) :]
    for group in open_rows:
        del rows[group][f"{block}_female"]
    return {"rows": rows}


def fault_of(found: Figures, commune: Commune) -> Fault:
    """What a returned commune had sent first."""
    return _FAULTS[commune.code](found, commune)


def _swapped_digits(found: Figures, commune: Commune) -> Fault:
    rows = rows_of(found, commune, "2024")
    rows["08"]["rural_female"] += 90
    total = found.population["2024"].total[commune.code]
    note = (
        f"Công an xã xác nhận {_number(total)} người, cộng các dân tộc được"
        f" {_number(total + 90)} người (lệch 90). Kiểm tra lại dòng Mông, cột 9 (Nữ)"
        " và bổ sung số công an xã xác nhận."
    )
    expected = _number(rows["08"]["rural_female"] - 90)
    return Fault(
        {"rows": rows},
        note,
        (("/rows/08/rural_female", f"1.326: đề nghị kiểm tra, có thể là {expected}"),),
    )


def _villages_left_out(found: Figures, commune: Commune) -> Fault:
    rows = rows_of(found, commune, "2024")
    lost, total = 654, found.population["2024"].total[commune.code]
    cells = [(group, column) for group in sorted(rows) for column in sorted(rows[group])]
    size = sum(rows[group][column] for group, column in cells)
    taken = 0
    for group, column in cells:
        part = rows[group][column] * lost // size
        rows[group][column] -= part
        taken += part
    rows["08"]["rural_male"] -= lost - taken
    note = (
        f"Tổng dân số {_number(total - lost)} người, giảm 31,0 % so với năm 2023."
        " Báo cáo còn thiếu ba thôn, đề nghị bổ sung."
    )
    return Fault({"rows": rows}, note, (("/rows/08/rural_male", "Thiếu số liệu của ba thôn"),))


def _last_year_copied(found: Figures, commune: Commune) -> Fault:
    total = found.population["2023"].total[commune.code]
    note = (
        f"Toàn bộ số liệu trùng với năm 2023 ({_number(total)} người)."
        " Đề nghị rà soát lại và gửi kèm Bảng giải trình."
    )
    return Fault({"rows": rows_of(found, commune, "2023")}, note, ())


def _under_unknown(found: Figures, commune: Commune) -> Fault:
    rows = rows_of(found, commune, "2024")
    moved = {"rural_male": 0, "rural_female": 0}
    left = 137
    for group in ("15", "09"):  # Cao Lan is Sán Chay, Dao Tiền is Dao
        for column in ("rural_female", "rural_male"):
            part = min(left // 2 if column == "rural_female" else left, rows[group][column])
            rows[group][column] -= part
            moved[column] += part
            left -= part
        if not any(rows[group].values()):
            del rows[group]
    rows[UNKNOWN] = moved
    total = found.population["2024"].total[commune.code]
    note = (
        f"Không xác định dân tộc 137 người trong {_number(total)} người (5,6 %). Dao Tiền ghi vào"
        " dòng Dao, Cao Lan ghi vào dòng Sán Chay."
    )
    return Fault(
        {"rows": rows}, note, ((f"/rows/{UNKNOWN}/rural_male", "Chuyển về dòng Dao, Sán Chay"),)
    )


def _rows_swapped(found: Figures, commune: Commune) -> Fault:
    rows = rows_of(found, commune, "2024")
    rows[TAY], rows[NUNG] = rows[NUNG], rows[TAY]
    note = (
        "Dòng Tày 363 người (giảm 54,3 %), dòng Nùng 791 người (tăng 116,7 %):"
        " hai dòng có thể bị đổi chỗ."
    )
    marks = tuple(
        (f"/rows/{group}/rural_male", "Có thể đổi chỗ với dòng kia") for group in (TAY, NUNG)
    )
    return Fault({"rows": rows}, note, marks)


def _old_copy_signed(found: Figures, commune: Commune) -> Fault:
    note = "Bản ký gửi kèm là báo cáo của năm 2023. Số liệu nhập đúng, đề nghị ký lại bản năm 2024."
    return Fault(answers_of(found, commune, "2024"), note, ())


_FAULTS = {
    "01879": _swapped_digits,
    "01882": _villages_left_out,
    "01936": _last_year_copied,
    "02059": _under_unknown,
    "02146": _rows_swapped,
    "02113": _old_copy_signed,
}


def _number(value: int) -> str:
    return f"{value:,}".replace(",", ".")
