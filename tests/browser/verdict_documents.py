"""Documents to compare the browser's verdict with the server's on: good ones, slips, hostile ones.

Every document comes from a seed, so that a mismatch can be looked at again.
"""

import copy
import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from server.core.answers import Context, UnitView, with_results
from server.core.form import Form, compile_form
from server.core.indicator import CodeList
from server.core.period import Period
from server.core.shape import ROW_ID, Block, BlockKind, Cell, Line, Shape
from server.core.submission import STATUSES
from server.services.catalogue import read_codelist
from tests.world import ROOT

CODES = sorted(path.parent.name for path in (ROOT / "form_definitions").glob("[a-z]*/v01.json"))
UNITS = (
    UnitView(code="01858", level="commune", kind="xa"),
    UnitView(code="01888", level="commune", kind="thi_tran"),
    UnitView(code="060", level="district", kind="huyen"),
    UnitView(code="d_bdt", level="department", kind="so"),
)
PERIOD = Period.parse("2024")
_TEXTS = [
    "2025-01-05",
    "2025-02-30",
    "0000-02-29",
    "-024-02-29",
    "Khuổi Mạn",
    "",
    "x",
    "AB",
    "😀😀",
]
_ODD: tuple[object, ...] = (
    None, True, False, -1, 0, 12.5, 0.1 + 0.2, -0.3, 1e-7, 1e15, 1e300, 5e-324, 10**20, "abc", "",
    "2025-02-30", "2025-1-5", 1.7e308, -1.7e308, "x" * 3000, "😀" * 600, [], {}, {"a": 1}, [1],
    [[]], "12",
)  # fmt: skip
_NAMES: tuple[object, ...] = (
    None,
    5,
    "",
    "12",
    "-7",
    "a b",
    "a/b~c",
    "r0x",
    "x" * 70,
    "__proto__",
    True,
)


@dataclass(frozen=True)
class Document:
    """What is judged, and what the judgement rests on."""

    answers: dict[str, Any]
    statuses: dict[str, str]
    context: Context


def codelists() -> dict[str, CodeList]:
    return {
        path.stem: read_codelist(json.loads(path.read_text("utf-8")))
        for path in (ROOT / "form_definitions/_codelists").glob("*.json")
    }


def source_of(code: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        (ROOT / f"form_definitions/{code}/v01.json").read_text("utf-8")
    )
    return found


def forms() -> dict[str, tuple[Form, Form]]:
    """By code each form as it is shipped, and stretched: with every keyword and function in it."""
    lists = codelists()
    dated = {code: _dated(found) for code, found in lists.items()}
    found = {}
    for code in CODES:
        source = source_of(code)
        shipped = compile_form(source, lists)
        found[code] = (shipped, compile_form(_stretched(source, shipped.shape), dated))
    return found


def _dated(found: CodeList) -> CodeList:
    """The list with codes that end before the period's last day, on it, and begin after it."""
    days = [
        {},
        {"valid_to": "2024-12-30"},
        {"valid_to": "2024-12-31"},
        {"valid_from": "2025-01-01"},
    ]
    items = (replace(item, **days[place % 4]) for place, item in enumerate(found.items))
    return replace(found, items=tuple(items))


def _stretched(source: Mapping[str, Any], shape: Shape) -> dict[str, Any]:
    made: dict[str, Any] = copy.deepcopy(dict(source))
    made["x-form"]["outliers"] = {"limit": 3.5, "least": 4}
    checks = made.setdefault("x-checks", [])
    for line in [*made.get("$defs", {}).values(), *made["properties"].values()]:
        for cell in [line, *line.get("properties", {}).values()]:
            if cell.get("type") == "string" and not {"enum", "x-codelist", "format"} & cell.keys():
                cell.update(minLength=2, pattern="^[A-Z]{2}x?$")
        if line.get("type") == "array":
            line.update(uniqueItems=True, minItems=2)
    for key, cell in shape.cells.items():
        if cell.numeric:
            checks += _new_checks(key, f"/{key}", None)
    for key, block in shape.blocks.items():
        line = next(iter(block.samples))
        columns = [column for column, cell in line.cells.items() if cell.numeric][:2]
        each = None if block.kind in (BlockKind.LINE, BlockKind.FIXED) else f"/{key}"
        for column in columns if each else ():
            checks += _new_checks(column, column, each)
        row = "" if block.kind is BlockKind.LINE else f"/{line.key}"
        if block.kind is not BlockKind.ROSTER and columns:
            path = f"/{key}{row}/{columns[0]}"
            checks += _new_checks(path[1:].replace("/", "."), path, None)
    return made


def _new_checks(name: str, path: str, each: str | None) -> list[dict[str, Any]]:
    if any(part[:1].isdigit() for part in name.split(".")):  # not a name: rows.02.total
        first, row, *rest = name.split(".")
        name = ".".join([f'{first}["{row}"]', *rest])
    rules = {
        "change": f'change({name}, lastYear("{path}")) <= 20',
        "earlier": f'{name} >= coalesce(prev("{path}"), lastYear("{path}"), 0)',
        "beside": f'{name} <= other("near_poor", "/commune/hh_total") + other("cadres", "/none")',
        "whole": f'other("near_poor", "/commune") == null || {name} != 3',
    }
    if each:
        rules["row"] = f'row != "02" && {name} >= 0 || has(period.year) && size(row) > 2'
    where = {"each": each} if each else {}
    code = path.replace("/", "_").strip("_").lower()
    return [
        {
            "code": f"n_{kind}_{code}",
            "severity": "info" if kind == "row" else "warning",
            "rule": rule,
            "message": "{row}|{left}|{right}|{difference}|{other}",
            "explain": "Luật {left} của {row}",
            "i18n": {"en": {"message": "en {row}|{left}|{right}|{difference}"}},
            **where,
        }
        for kind, rule in rules.items()
    ]


# ---- making documents ---------------------------------------------------------------------------


class Maker:
    """Documents of one form; *chance* decides everything."""

    def __init__(self, form: Form, source: Mapping[str, Any], seed: str) -> None:
        self.form = form
        self.chance = random.Random(seed)
        self.examples = [dict(test) for test in source["x-tests"]]

    def document(self) -> Document:
        chance = self.chance
        kind = chance.choice(["example", "slip", "filled", "filled", "hostile", "hostile"])
        answers, statuses = self._typed(kind)
        context = self._context(kind)
        return Document(answers, statuses, context)

    def _typed(self, kind: str) -> tuple[dict[str, Any], dict[str, str]]:
        chance = self.chance
        if kind in ("example", "slip"):
            example = chance.choice(self.examples)
            answers = copy.deepcopy(dict(example["answers"]))
            statuses = dict(example.get("statuses", {}))
            if kind == "slip":
                self._slip(answers, statuses, chance.randint(1, 3), odd=0.3)
        else:
            answers, statuses = self._line(self.form.shape.cells), {}
            for key, block in self.form.shape.blocks.items():
                if chance.random() < 0.9:
                    answers[key] = self._block(block)
            self._reasons(answers, statuses, 0.04 if kind == "filled" else 0.15)
            if kind == "hostile":
                self._slip(answers, statuses, chance.randint(1, 12), odd=0.8)
                self._break(answers)
        return answers, statuses

    def _context(self, kind: str) -> Context:
        chance = self.chance
        unit = chance.choice(UNITS)
        earlier: list[tuple[Mapping[str, object] | None, dict[str, str]]] = []
        for _ in range(2):
            if chance.random() < 0.6:
                answers, statuses = self._typed(chance.choice(["example", "filled", "hostile"]))
                context = Context(unit=unit, period=PERIOD.previous())
                earlier.append((with_results(self.form, answers, statuses, context), statuses))
            else:
                earlier.append((None, {}))
        previous, last_year = earlier
        if chance.random() < 0.4:
            last_year = previous
        others: dict[str, tuple[Mapping[str, object], dict[str, str]]] = {}
        if chance.random() < 0.6:
            total = chance.choice([0, 3, 900, None, True, "x"])
            said: dict[str, str] = {}
            if chance.random() < 0.3:
                where = chance.choice(["/commune", "/commune/hh_total"])
                said[where] = chance.choice(STATUSES)
            others["near_poor"] = ({"commune": {"hh_total": total}}, said)
        return Context(
            unit=unit,
            period=PERIOD,
            previous=previous[0],
            previous_statuses=previous[1],
            last_year=last_year[0],
            last_year_statuses=last_year[1],
            others=others,
            history=dict(self._history()),
        )

    def _history(self) -> Iterator[tuple[str, tuple[float, ...]]]:
        chance = self.chance
        if chance.random() < 0.3:
            return
        for path, cell in self._paths({}):
            if cell.numeric and chance.random() < 0.5:
                middle = float(chance.choice([0, 7, 40, 3000]))
                spread = chance.choice([0.0, 0.0, 1.0, 30.5])
                yield (
                    path,
                    tuple(
                        round(middle + chance.uniform(-spread, spread), cell.decimals or 0)
                        for _ in range(chance.randint(0, 12))
                    ),
                )

    def _value(self, cell: Cell) -> object:
        chance = self.chance
        if "enum" in cell.schema:
            return chance.choice(list(cell.schema["enum"]))  # type: ignore[call-overload]
        if cell.type == "boolean":
            return chance.random() < 0.5
        if cell.decimals is None:
            return chance.choice(_TEXTS)
        top = chance.choice([1, 3, 50, 4000])
        if cell.decimals:
            return round(chance.uniform(0, top), cell.decimals)
        return chance.randint(0, top)

    def _line(self, cells: Mapping[str, Cell]) -> dict[str, Any]:
        filled = self.chance.choice([0.3, 0.9, 1.0])
        return {
            key: self._value(cell)
            for key, cell in cells.items()
            if cell.calculate is None and self.chance.random() < filled
        }

    def _block(self, block: Block) -> object:
        chance = self.chance
        if block.item is not None:
            rows = [
                {ROW_ID: f"r{place}x", **self._line(block.item.cells)}
                for place in range(chance.randint(0, 4))
            ]
            if rows and chance.random() < 0.15:
                rows.append(copy.deepcopy(chance.choice(rows)))
            return rows
        if block.kind is BlockKind.LINE:
            return self._line(block.lines[""].cells)
        count = chance.randint(0, min(8, len(block.lines)))
        chosen = chance.sample(sorted(block.lines), count)
        return {key: self._line(block.lines[key].cells) for key in chosen}

    def _reasons(self, answers: dict[str, Any], statuses: dict[str, str], share: float) -> None:
        chance = self.chance
        for path, _ in self._paths(answers):
            if chance.random() < share:
                statuses[path] = chance.choice(STATUSES)
        for key, block in self.form.shape.blocks.items():
            if chance.random() < share:
                statuses[f"/{key}"] = chance.choice(STATUSES)
            for row in [row for row in block.lines if row][:12]:
                if chance.random() < share:
                    statuses[f"/{key}/{row}"] = chance.choice(STATUSES)

    def _paths(self, answers: Mapping[str, Any]) -> Iterator[tuple[str, Cell]]:
        """Every typed cell of the form; of a roster those of two rows."""
        for key, cell in self.form.shape.cells.items():
            yield f"/{key}", cell
        for key, block in self.form.shape.blocks.items():
            lines: dict[str, Line] = dict(block.lines)
            if block.item is not None:
                lines = {"r0x": block.item, "r1x": block.item}
            for row, line in list(lines.items())[:12]:
                for column, cell in line.cells.items():
                    yield (f"/{key}/{row}/{column}" if row else f"/{key}/{column}"), cell

    def _slip(
        self, answers: dict[str, Any], statuses: dict[str, str], count: int, *, odd: float
    ) -> None:
        """Change some cells: to something odd, to nothing, or to a reason."""
        chance = self.chance
        cells = list(self._paths(answers))
        for path, cell in chance.choices(cells, k=count):
            if chance.random() < 0.15:
                statuses[path] = chance.choice(STATUSES)
            value = chance.choice(_ODD) if chance.random() < odd else self._value(cell)
            self._put(answers, path.split("/")[1:], value)

    def _put(self, answers: dict[str, Any], keys: list[str], value: object) -> None:
        held: Any = answers
        for key in keys[:-1]:
            if isinstance(held, list):
                held = next((row for row in held if row.get(ROW_ID) == key), None)
            else:
                held = held.setdefault(key, [] if self._is_roster(key, held, answers) else {})
            if not isinstance(held, dict | list):
                return
        if isinstance(held, dict):
            held[keys[-1]] = value

    def _is_roster(self, key: str, held: object, answers: object) -> bool:
        block = self.form.shape.blocks.get(key)
        return held is answers and block is not None and block.item is not None

    def _break(self, answers: dict[str, Any]) -> None:
        """Spoil whole lines and blocks, as no page would."""
        chance = self.chance
        if chance.random() < 0.2:
            answers["surplus"] = chance.choice(_ODD)
        for key in list(answers):
            block, held = self.form.shape.blocks.get(key), answers[key]
            if block is None or chance.random() < 0.5:
                continue
            if chance.random() < 0.15:
                answers[key] = chance.choice(_ODD)
            elif isinstance(held, list):
                self._break_roster(held)
            elif isinstance(held, dict) and held:
                row = chance.choice(list(held))
                if block.kind is BlockKind.LINE or chance.random() < 0.3:
                    held["surplus"] = chance.choice(_ODD)
                elif chance.random() < 0.4:
                    held[row] = chance.choice(_ODD)
                elif isinstance(held[row], dict):
                    held[row]["surplus/x"] = chance.choice(_ODD)

    def _break_roster(self, rows: list[Any]) -> None:
        chance = self.chance
        for row in rows:
            if isinstance(row, dict) and chance.random() < 0.4:
                row[ROW_ID] = chance.choice(_NAMES)
                if row[ROW_ID] is None:
                    del row[ROW_ID]
        if chance.random() < 0.4:
            rows.insert(chance.randint(0, len(rows)), chance.choice(_ODD))
        if chance.random() < 0.1:
            rows.extend({ROW_ID: f"z{place}z"} for place in range(62))
