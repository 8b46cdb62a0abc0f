"""名称检索的索引。A character-bigram index of search keys: FTS5 on SQLite, GIN on an immutable function on PostgreSQL.

Natural persons are never in it. PostgreSQL keeps its index in step by itself; on SQLite :func:`add_names` and :func:`change_names`
do, called by every bulk write of this section.
"""

from __future__ import annotations

from typing import Final

import polars as pl
from django.apps.registry import Apps
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from chengxin.engine import names
from chengxin.foundation.subjects.types import SubjectKind

TABLE: Final = "subjects_name_index"
FUNCTION: Final = "subjects_bigrams"


def bigrams_on_postgresql(key: str) -> str:
    """The expression that PostgreSQL indexes, of the column or parameter ``key``. Compared byte by byte: no collation orders bigrams in
    a way that anybody asks for, and all of them cost more."""
    return f'({FUNCTION}({key}) COLLATE "C")'


_ON_SQLITE: Final = (
    f"CREATE VIRTUAL TABLE {TABLE} USING fts5(bigrams, content='', detail=none, columnsize=0, tokenize='unicode61 remove_diacritics 0')"
)
_ON_POSTGRESQL: Final = (
    # Every new name runs through it: a loop takes half the time of a query over generate_series.
    f"""CREATE FUNCTION {FUNCTION}(key text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
        DECLARE found text[] := '{{}}';
        BEGIN
            FOR place IN 1 .. length(key) - 1 LOOP found := found || substr(key, place, 2); END LOOP;
            RETURN found;
        END $$""",
    # New names wait in a list that every search reads through; a short one keeps searches fast during intake.
    f"""CREATE INDEX {TABLE} ON subjects_subject USING gin ({bigrams_on_postgresql("search_key")}) WITH (gin_pending_list_limit = 1024)
        WHERE kind <> {SubjectKind.NATURAL_PERSON.value}""",
)


def create_index(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """For the migration: make the index of this database."""
    for statement in _ON_POSTGRESQL if schema_editor.connection.vendor == "postgresql" else (_ON_SQLITE,):
        schema_editor.execute(statement)


def drop_index(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """For the migration, backwards."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP INDEX {TABLE}")
        schema_editor.execute(f"DROP FUNCTION {FUNCTION}(text)")
        return
    schema_editor.execute(f"DROP TABLE {TABLE}")


def add_names(keys: pl.DataFrame, using: str = DEFAULT_DB_ALIAS) -> None:
    """Index new subjects: columns ``id`` and ``search_key``, natural persons left out by the caller."""
    _write(keys, f"INSERT INTO {TABLE} (rowid, bigrams) VALUES (?, ?)", using)  # noqa: S608


def change_names(old: pl.DataFrame, new: pl.DataFrame, using: str = DEFAULT_DB_ALIAS) -> None:
    """Index subjects anew whose search key has changed: ``id`` and ``search_key`` before and after."""
    _write(old, f"INSERT INTO {TABLE} ({TABLE}, rowid, bigrams) VALUES ('delete', ?, ?)", using)  # noqa: S608
    add_names(new, using)


def _write(keys: pl.DataFrame, statement: str, using: str) -> None:
    connection = connections[using]
    if connection.vendor == "postgresql" or not keys.height:
        return
    rows = keys.select("id", names.bigrams(pl.col("search_key")).alias("bigrams"))
    connection.ensure_connection()
    with connection.wrap_database_errors:
        connection.connection.executemany(statement, rows.iter_rows(buffer_size=8192))
