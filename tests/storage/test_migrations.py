"""The migrated schema is what the models say, on both databases."""

import re

import pytest
from peewee import BigAutoField, ForeignKeyField

from server.storage.fields import InstantField
from server.storage.models import MODELS

BY_TABLE = {model._meta.table_name: model for model in MODELS}
TYPES = {
    "sqlite": {"TEXT": "TEXT", "INTEGER": "INTEGER", "BLOB": "BLOB"},
    "postgresql": {
        "text": "TEXT",
        "integer": "INTEGER",
        "bigint": "INTEGER",
        "boolean": "BOOL",
        "date": "DATE",
        "timestamp with time zone": "INSTANT",
        "bytea": "BLOB",
    },
}


def declared_type(field, kind):
    """The type word of a model's field, as the schema of that database would say it."""
    if isinstance(field, ForeignKeyField):
        return declared_type(field.rel_field, kind)
    if isinstance(field, InstantField):
        word = "INSTANT"
    else:
        word = {"INT": "INTEGER", "BIGINT": "INTEGER", "BIGAUTO": "INTEGER", "AUTO": "INTEGER"}.get(
            field.field_type, field.field_type
        )
    if kind == "sqlite":
        return {"INSTANT": "TEXT", "DATE": "TEXT", "BOOL": "INTEGER"}.get(word, word)
    return word


def test_there_is_a_table_for_each_model_and_no_other(database):
    assert set(database.engine.get_tables()) == {*BY_TABLE, "migration"}


@pytest.mark.parametrize("table", BY_TABLE)
def test_the_columns_are_those_of_the_model(database, table):
    model = BY_TABLE[table]
    kinds = TYPES[database.kind]

    found = {
        column.name: (kinds[column.data_type], column.null)
        for column in database.engine.get_columns(table)
    }

    keys = {field.column_name for field in model._meta.get_primary_keys()}
    if database.kind == "sqlite":
        # SQLite says of a primary key that it may be empty, though it refuses that.
        found = {name: (type_, null and name not in keys) for name, (type_, null) in found.items()}
    assert found == {
        field.column_name: (declared_type(field, database.kind), field.null)
        for field in model._meta.sorted_fields
    }
    assert set(database.engine.get_primary_keys(table)) == keys


@pytest.mark.parametrize("table", BY_TABLE)
def test_references_are_those_of_the_model_and_restrict(database, table):
    fields = BY_TABLE[table]._meta.sorted_fields

    found = {
        (key.column, key.dest_table, key.dest_column)
        for key in database.engine.get_foreign_keys(table)
    }

    declared = [field for field in fields if isinstance(field, ForeignKeyField)]
    assert found == {
        (field.column_name, field.rel_model._meta.table_name, field.rel_field.column_name)
        for field in declared
    }
    assert {field.on_delete for field in declared} <= {"RESTRICT"}
    if database.kind == "sqlite":
        actions = {row[6] for row in database.rows(f"PRAGMA foreign_key_list({table})")}
    else:
        actions = {
            "RESTRICT" if letter == "r" else letter
            for (letter,) in database.rows(
                "SELECT confdeltype::text FROM pg_constraint"
                " WHERE contype = 'f' AND conrelid = ?::regclass",
                (table,),
            )
        }
    assert actions <= {"RESTRICT"}


@pytest.mark.parametrize("table", BY_TABLE)
def test_unique_keys_are_those_of_the_model(database, table):
    model = BY_TABLE[table]
    fields = model._meta.fields

    found = {
        tuple(map(str, index.columns))
        for index in database.engine.get_indexes(table)
        if index.unique and not re.search("COALESCE| WHERE ", index.sql or "")
    }

    keys = tuple(field.column_name for field in model._meta.get_primary_keys())
    declared = {
        tuple(fields[name].column_name for name in names)
        for names, unique in (index for index in model._meta.indexes if isinstance(index, tuple))
        if unique
    } | {(field.column_name,) for field in model._meta.sorted_fields if field.unique}
    assert found - {keys} == declared - {keys}


def test_empty_rounds_count_as_equal(database):
    (index,) = (
        index for index in database.engine.get_indexes("obligation") if "owed_once" in index.name
    )

    assert index.unique
    assert re.search(r"COALESCE\(round_id, ''", index.sql)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_model_can_be_read(database, model):
    assert list(model.select().limit(1)) == [] or model._meta.table_name == "stamp"


def test_text_is_ordered_by_code_point(database):
    words = ["z", "Z", "đ", "a", "_", "0"]
    for word in words:
        database.run("INSERT INTO form (code) VALUES (?)", (word,))

    found = [code for (code,) in database.rows("SELECT code FROM form ORDER BY code")]

    assert found == sorted(words)


def test_sqlite_is_as_strict_about_types_as_postgresql(database):
    with pytest.raises(Exception, match=r"cannot store TEXT|invalid input"), database.transaction():
        database.run("INSERT INTO stamp (name, value) VALUES ('x', 'many')")


def test_migrating_again_changes_nothing(database):
    assert database.pending_migrations() == []
    assert database.migrate() == []


def test_generated_ids_are_integers_made_by_the_database():
    counted = {
        table
        for table, model in BY_TABLE.items()
        if isinstance(model._meta.primary_key, BigAutoField)
    }

    assert counted >= {"mail", "draft_change", "event_delivery"}
