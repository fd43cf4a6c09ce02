"""All rows out of a database and into another one, SQLite or PostgreSQL alike.

For backups and moves: plain JSON values, so that a copy taken from one kind of database can
be put into the other, and two copies can be compared row by row.
"""

from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from peewee import BigAutoField, BlobField, BooleanField, Field

from server.errors import Conflict
from server.storage.database import Database
from server.storage.fields import day_text, instant_text
from server.storage.models import MODELS, Row

#: A row with its values in the order of ``columns_of`` its table.
Values = list[object]

_BATCH = 1000
_MODELS = {model._meta.table_name: model for model in MODELS}
#: In this order rows can be put in: what is referred to stands first.
TABLES: tuple[str, ...] = tuple(_MODELS)


def columns_of(table: str) -> list[str]:
    """The columns of a table in the order of its values."""
    return [field.column_name for field in _fields(_MODELS[table])]


def dump(database: Database) -> Iterator[tuple[str, Values]]:
    """Every row with its table, all of one instant although others go on writing."""
    with database.reading():
        for table, model in _MODELS.items():
            yield from ((table, row) for row in _rows(database, model))


def load(database: Database, rows: Iterable[tuple[str, Sequence[object]]]) -> int:
    """Puts the rows of a ``dump`` into a migrated, empty database, all or nothing; how many.

    Raises:
        Conflict: the database holds something already.
    """
    with database.transaction():
        for table in TABLES:
            if table != "stamp" and database.row(f"SELECT 1 FROM {table} LIMIT 1"):
                raise Conflict(kind="database", table=table)
        database.run("DELETE FROM stamp")
        number = 0
        waiting: list[Values] = []
        filling = ""
        for table, row in rows:
            if table != filling or len(waiting) == _BATCH:
                _insert(database, filling, waiting)
                filling, waiting = table, []
            waiting.append(_stored(_MODELS[table], row))
            number += 1
        _insert(database, filling, waiting)
        _go_on_counting(database)
    return number


def _fields(model: type[Row]) -> list[Field]:
    return list(model._meta.sorted_fields)


def _rows(database: Database, model: type[Row]) -> Iterator[Values]:
    table = model._meta.table_name
    columns = columns_of(table)
    keys = [field.column_name for field in model._meta.get_primary_keys()]
    places = [columns.index(key) for key in keys]
    flags = {place for place, field in enumerate(_fields(model)) if isinstance(field, BooleanField)}
    select = f"SELECT {', '.join(columns)} FROM {table}"
    end = f" ORDER BY {', '.join(keys)} LIMIT {_BATCH}"
    beyond = f" WHERE ({', '.join(keys)}) > ({', '.join('?' * len(keys))})"
    batch = database.rows(select + end)
    while batch:
        for row in batch:
            yield [_plain(value, place in flags) for place, value in enumerate(row)]
        batch = database.rows(select + beyond + end, [batch[-1][place] for place in places])


def _plain(value: object, flag: bool) -> object:
    if flag and value is not None:
        return bool(value)
    if isinstance(value, datetime):
        return instant_text(value)
    if isinstance(value, date):
        return day_text(value)
    if isinstance(value, bytes | memoryview):
        return b64encode(value).decode()
    return value


def _stored(model: type[Row], row: Sequence[object]) -> Values:
    return [
        b64decode(value) if isinstance(field, BlobField) and isinstance(value, str) else value
        for field, value in zip(_fields(model), row, strict=True)
    ]


def _insert(database: Database, table: str, rows: list[Values]) -> None:
    if rows:
        database.run_many(f"INSERT INTO {table} ({', '.join(columns_of(table))}) VALUES", rows)


def _go_on_counting(database: Database) -> None:
    """Lets PostgreSQL number new rows behind the copied ones; SQLite does so by itself."""
    if database.kind == "sqlite":
        return
    for table, model in _MODELS.items():
        if isinstance(model._meta.primary_key, BigAutoField):
            database.rows(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), MAX(id)) FROM {table}"
                " HAVING MAX(id) IS NOT NULL"
            )
