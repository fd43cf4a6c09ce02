"""Many rows in one statement, in the way that costs each database least.

SQLite takes long lists of values. With PostgreSQL the driver and the server spend their time on
thousands of placeholders, so there the rows cross as one JSON text that the row type of the table
reads.
"""

import json
import re
from collections.abc import Sequence
from typing import Any

_HEAD = re.compile(r"INSERT INTO (\w+) \(([^()]+)\) VALUES")
_PLAIN = (str, int, float, bool, type(None))


def listed(head: str, rows: Sequence[Sequence[Any]], tail: str) -> tuple[str, list[Any]]:
    """The statement with one placeholder for each value."""
    one = "(" + ", ".join("?" * len(rows[0])) + ")"
    sql = f"{head} {', '.join([one] * len(rows))} {tail}"
    return sql, [value for row in rows for value in row]


def as_json(head: str, rows: Sequence[Sequence[Any]], tail: str) -> tuple[str, list[Any]]:
    """The statement with one placeholder for all rows; *listed* where JSON has no word for a value.

    >>> as_json("INSERT INTO t (a, b) VALUES", [(1, "x")], "ON CONFLICT DO NOTHING")[1]
    ['[{"a":1,"b":"x"}]']
    """
    found = _HEAD.fullmatch(head)
    if found is None or not all(isinstance(value, _PLAIN) for row in rows for value in row):
        return listed(head, rows, tail)
    table, columns = found[1], [name.strip() for name in found[2].split(",")]
    names = ", ".join(columns)
    sql = (
        f"INSERT INTO {table} ({names}) SELECT {names}"
        f" FROM json_populate_recordset(NULL::{table}, ?::json) {tail}"
    )
    documents = [dict(zip(columns, row, strict=True)) for row in rows]
    return sql, [json.dumps(documents, ensure_ascii=False, separators=(",", ":"))]
