"""Rows in hand → temporary table → one join: how a chunk asks the database about thousands of rows in one question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from typing import Any, Final

import polars as pl
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from chengxin.storage.bulk import insert_rows, sqlite_rows

_NAMES: Final = count(1)
_TYPES: Final[dict[type[pl.DataType], tuple[str, str]]] = {  # polars → (SQLite, PostgreSQL)
    pl.Int8: ("integer", "smallint"),
    pl.Int16: ("integer", "smallint"),
    pl.Int32: ("integer", "integer"),
    pl.Int64: ("integer", "bigint"),
    pl.UInt8: ("integer", "smallint"),
    pl.UInt16: ("integer", "integer"),
    pl.UInt32: ("integer", "bigint"),
    pl.Boolean: ("bool", "boolean"),
    pl.Float64: ("real", "double precision"),
    pl.String: ("text", "text"),
    pl.Binary: ("blob", "bytea"),
    pl.Date: ("date", "date"),
}


@contextmanager
def temporary_rows(rows: pl.DataFrame, using: str = DEFAULT_DB_ALIAS, *, by_index: bool = False) -> Iterator[str]:
    """临时表：a table that holds ``rows`` while the block runs; yields its name for use in SQL.

    ``by_index``: whatever it is joined with is looked up in an index, row by row, never read as a whole.
    """
    connection = connections[using]
    name = f"given_{next(_NAMES)}"
    sqlite = connection.vendor == "sqlite"
    columns = ", ".join(f"{connection.ops.quote_name(c)} {_TYPES[t.base_type()][0 if sqlite else 1]}" for c, t in rows.schema.items())
    if sqlite:
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE TEMPORARY TABLE {name} ({columns})")
            _fill_on_sqlite(connection, name, rows)
            try:
                yield name
            finally:
                cursor.execute(f"DROP TABLE temp.{name}")
        return
    with transaction.atomic(using=using), connection.cursor() as cursor:  # rolled back, the table goes with it
        # The planner would rather read a million rows in sequence than look up ten thousand: on an SSD it is wrong.
        cursor.execute("SET LOCAL random_page_cost = 1.1")
        if by_index:
            cursor.execute("SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off")
        cursor.execute(f"CREATE TEMPORARY TABLE {name} ({columns}) ON COMMIT DROP")
        insert_rows(name, rows.columns, rows, using)
        connection.__dict__.get("_chengxin_column_types", {}).pop(name, None)  # absent: there was no row yet
        yield name
        cursor.execute(f"DROP TABLE {name}")


def _fill_on_sqlite(connection: BaseDatabaseWrapper, name: str, rows: pl.DataFrame) -> None:
    marks = ", ".join("?" * rows.width)
    with connection.wrap_database_errors:
        connection.connection.executemany(f"INSERT INTO temp.{name} VALUES ({marks})", sqlite_rows(rows))  # noqa: S608


def temporary_join(
    rows: pl.DataFrame,
    sql: str,
    schema: Mapping[str, Any],
    *,
    parameters: Sequence[Any] = (),
    using: str = DEFAULT_DB_ALIAS,
    by_index: bool = False,
) -> pl.DataFrame:
    """一次关联：put ``rows`` into a temporary table, run ``sql`` (which calls that table ``{given}``), return a frame with ``schema``.
    ``by_index`` as of :func:`temporary_rows`.

    >>> temporary_join(chunk.select("row", "code"), "SELECT g.row, s.id FROM {given} g JOIN subjects_subject s ON s.code = g.code",
    ...     {"row": pl.Int64, "subject_id": pl.Int64})  # doctest: +SKIP
    """
    with temporary_rows(rows, using, by_index=by_index) as name:
        return read_frame(sql.replace("{given}", name), schema, parameters=parameters, using=using)


def read_frame(sql: str, schema: Mapping[str, Any], *, parameters: Sequence[Any] = (), using: str = DEFAULT_DB_ALIAS) -> pl.DataFrame:
    """查询成列：the rows of ``sql`` as a frame; columns are named and typed by ``schema``, in the order of the SELECT."""
    with connections[using].cursor() as cursor:
        cursor.execute(sql, list(parameters))
        return _frame(cursor.fetchall(), schema)


def read_frames(
    sql: str, schema: Mapping[str, Any], *, rows: int, parameters: Sequence[Any] = (), using: str = DEFAULT_DB_ALIAS
) -> Iterator[pl.DataFrame]:
    """分段查询：like :func:`read_frame`, in frames of at most ``rows``; memory does not grow with the table.

    Belongs inside ``transactions.writing()`` or ``reading_snapshot()``: PostgreSQL keeps the cursor for that transaction only.
    """
    connection = connections[using]
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, list(parameters))
        while part := cursor.fetchmany(rows):
            yield _frame(part, schema)


def _frame(rows: Sequence[Sequence[Any]], schema: Mapping[str, Any]) -> pl.DataFrame:
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(schema)
    return pl.DataFrame([_column(name, values, dtype) for (name, dtype), values in zip(schema.items(), columns, strict=True)])


def _column(name: str, values: Sequence[Any], dtype: Any) -> pl.Series:
    # SQLite keeps dates as text and truth values as numbers; a plain column comes back converted, an expression does not.
    present = next((value for value in values if value is not None), None)
    if dtype == pl.Date and isinstance(present, str):
        return pl.Series(name, values, dtype=pl.String).str.to_date("%Y-%m-%d")
    if dtype == pl.Boolean and isinstance(present, int) and not isinstance(present, bool):
        return pl.Series(name, values, dtype=pl.Int64).cast(pl.Boolean)
    return pl.Series(name, values, dtype=dtype)
