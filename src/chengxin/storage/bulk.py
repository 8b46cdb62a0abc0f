"""成批写入。Rows go in by ``COPY`` (PostgreSQL, binary) or ``executemany`` of one prepared statement (SQLite); never row by row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from chengxin.storage.copying import copy_stream
from chengxin.storage.transactions import require_transaction

Row = Sequence[Any]


@dataclass(frozen=True)
class ReadyRows:
    """备好的行：rows of one table in the form in which its database takes them, so that a transaction only has to hand them over."""

    table: str
    columns: tuple[str, ...]
    rows: pl.DataFrame | tuple[bytes | memoryview, ...]  # the parts of a binary ``COPY``, on PostgreSQL


def ready_rows(table: str, columns: Sequence[str], rows: pl.DataFrame, using: str = DEFAULT_DB_ALIAS) -> ReadyRows:
    """备好：``rows`` for :func:`insert_ready`; what costs time is done here, outside any transaction that others wait for."""
    connection = connections[using]
    frame = rows.select(columns)
    if connection.vendor != "postgresql" or not frame.height:
        return ReadyRows(table, tuple(columns), frame)
    return ReadyRows(table, tuple(columns), tuple(copy_stream(frame, _column_types(connection, table, columns))))


def insert_ready(ready: ReadyRows, using: str = DEFAULT_DB_ALIAS) -> None:
    """插入备好的行, inside the caller's transaction; errors as of :func:`insert_rows`."""
    if isinstance(ready.rows, pl.DataFrame):
        insert_rows(ready.table, ready.columns, ready.rows, using)
    else:
        require_transaction(using)
        _send(connections[using], ready.table, ready.columns, ready.rows)


def insert_rows(table: str, columns: Sequence[str], rows: pl.DataFrame | Iterable[Row], using: str = DEFAULT_DB_ALIAS) -> None:
    """成批插入：all ``rows`` into ``columns`` of ``table``, inside the caller's transaction.

    ``rows`` is a frame (its columns are taken by the names in ``columns``; ids as integers, instants as integers, dates as Date,
    bytes as Binary) or tuples in the order of ``columns``. Constraint violations come as Django's ``IntegrityError``.
    Raises :class:`~chengxin.storage.transactions.NotInTransaction`.
    """
    require_transaction(using)
    connection = connections[using]
    if isinstance(rows, pl.DataFrame):
        rows = rows.select(columns)
        if rows.height == 0:
            return
    if connection.vendor == "postgresql":
        _copy(connection, table, columns, rows)
    else:
        _execute_many(connection, table, columns, rows)


def _copy(connection: BaseDatabaseWrapper, table: str, columns: Sequence[str], rows: pl.DataFrame | Iterable[Row]) -> None:
    oids = _column_types(connection, table, columns)
    if isinstance(rows, pl.DataFrame):
        _send(connection, table, columns, copy_stream(rows, oids))
        return
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(_statement(connection, table, columns)) as copy:
        copy.set_types(oids)
        for row in rows:
            copy.write_row(row)


def _send(connection: BaseDatabaseWrapper, table: str, columns: Sequence[str], parts: Iterable[bytes | memoryview]) -> None:
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(_statement(connection, table, columns)) as copy:
        for part in parts:
            copy.write(part)


def _statement(connection: BaseDatabaseWrapper, table: str, columns: Sequence[str]) -> str:
    return f"COPY {_quoted(connection, table)} ({_list(connection, columns)}) FROM STDIN (FORMAT BINARY)"


def _execute_many(connection: BaseDatabaseWrapper, table: str, columns: Sequence[str], rows: pl.DataFrame | Iterable[Row]) -> None:
    marks = ", ".join("?" * len(columns))
    statement = f"INSERT INTO {_quoted(connection, table)} ({_list(connection, columns)}) VALUES ({marks})"  # noqa: S608
    connection.ensure_connection()
    with connection.wrap_database_errors:
        connection.connection.executemany(statement, sqlite_rows(rows) if isinstance(rows, pl.DataFrame) else rows)


def sqlite_rows(frame: pl.DataFrame) -> Iterable[Row]:
    """The frame's rows as SQLite stores them: dates and instants in the text form that Django reads."""
    texts = [
        pl.col(name).dt.to_string("%Y-%m-%d") if dtype == pl.Date else pl.col(name).dt.to_string("%Y-%m-%d %H:%M:%S%.6f")
        for name, dtype in frame.schema.items()
        if dtype == pl.Date or isinstance(dtype, pl.Datetime)
    ]
    return (frame.with_columns(texts) if texts else frame).iter_rows(buffer_size=8192)


def _column_types(connection: BaseDatabaseWrapper, table: str, columns: Sequence[str]) -> list[int]:
    """The types of ``columns`` on PostgreSQL, as oids; read once per connection and table (again when a column is not among them)."""
    known: dict[str, dict[str, int]] = connection.__dict__.setdefault("_chengxin_column_types", {})
    if not set(columns) <= known.get(table, {}).keys():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT attname, atttypid::bigint FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped",
                [_quoted(connection, table)],
            )
            known[table] = dict(cursor.fetchall())
    return [known[table][column] for column in columns]


def _quoted(connection: BaseDatabaseWrapper, name: str) -> str:
    return str(connection.ops.quote_name(name))


def _list(connection: BaseDatabaseWrapper, names: Iterable[str]) -> str:
    return ", ".join(_quoted(connection, name) for name in names)
