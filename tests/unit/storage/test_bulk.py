from __future__ import annotations

import json
from datetime import UTC, date, datetime

import polars as pl
import pytest
from django.db import IntegrityError, connection

from chengxin.storage import bulk
from chengxin.storage.copying import UnsupportedColumn, copy_stream
from chengxin.storage.temporary import read_frame, temporary_join, temporary_rows
from chengxin.storage.transactions import NotInTransaction, writing

COLUMNS = ["id", "n", "small", "name", "raw", "day", "flag"]
SCHEMA = {"id": pl.Int64, "n": pl.Int64, "small": pl.Int16, "name": pl.String, "raw": pl.Binary, "day": pl.Date, "flag": pl.Boolean}
ROWS = [
    (1, 2**62, -7, "泰安市", b"\x00\xff", date(2026, 4, 1), True),
    (2, None, None, None, None, None, None),
    (3, -1, 32767, "", b"", date(1999, 12, 31), False),
    (4, 0, 0, 'quoted "名" \\ \t', b"x" * 300, date(2099, 12, 31), True),
]


@pytest.fixture
def shelf(db: None) -> str:
    raw = "bytea" if connection.vendor == "postgresql" else "blob"
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TABLE shelf (id bigint PRIMARY KEY, n bigint, small smallint, name varchar(200), raw {raw}, day date, flag bool)"
        )
    return "shelf"


def stored(table: str) -> list[tuple[object, ...]]:
    return read_frame(f"SELECT {', '.join(COLUMNS)} FROM {table} ORDER BY id", SCHEMA).rows()


def test_a_frame_comes_back_as_it_went_in(shelf: str) -> None:
    with writing():
        bulk.insert_rows(shelf, COLUMNS, pl.DataFrame(ROWS, schema=SCHEMA, orient="row"))
    assert stored(shelf) == ROWS


def test_a_column_of_nulls_and_one_without_nulls_take_different_ways_to_the_same_rows(shelf: str) -> None:
    whole = pl.DataFrame([ROWS[0], ROWS[2], ROWS[3]], schema=SCHEMA, orient="row")
    empty = pl.DataFrame({"id": [7, 8], "raw": pl.Series([None, None], dtype=pl.Null), "day": pl.Series([None, None], dtype=pl.Date)})
    with writing():
        bulk.insert_rows(shelf, COLUMNS, whole)
        bulk.insert_rows(shelf, ["id", "raw", "day"], empty)
    assert stored(shelf) == [ROWS[0], ROWS[2], ROWS[3], (7, *[None] * 6), (8, *[None] * 6)]


def test_fixed_width_columns_alone(shelf: str) -> None:
    with writing():
        bulk.insert_rows(shelf, ["id", "n", "small"], pl.DataFrame({"small": [1, 2], "id": [10, 11], "n": [5, 6]}))
    assert [row[:3] for row in stored(shelf)] == [(10, 5, 1), (11, 6, 2)]


def test_tuples_go_in_too(shelf: str) -> None:
    with writing():
        bulk.insert_rows(shelf, ["id", "name", "raw"], [(5, "岱岳区", b"\x01"), (6, None, None)])
        bulk.insert_rows(shelf, COLUMNS, pl.DataFrame(schema=SCHEMA))
    assert [(row[0], row[3], row[4]) for row in stored(shelf)] == [(5, "岱岳区", b"\x01"), (6, None, None)]


def test_a_second_row_with_the_same_key_is_refused_by_the_database(shelf: str) -> None:
    with pytest.raises(IntegrityError), writing():
        bulk.insert_rows(shelf, ["id", "n"], [(1, 1), (1, 2)])
    assert stored(shelf) == []


@pytest.mark.django_db(transaction=True)
def test_bulk_writes_outside_a_transaction_are_refused() -> None:
    with pytest.raises(NotInTransaction):
        bulk.insert_rows("shelf", ["id"], [(1,)])


def test_one_join_answers_for_all_rows(shelf: str) -> None:
    given = pl.DataFrame({"row": [1, 2, 3], "wanted": [4, 9, 1]})
    sql = "SELECT g.row, s.name, s.day, s.flag, s.raw FROM {given} g JOIN shelf s ON s.id = g.wanted WHERE s.small > %s ORDER BY g.row"
    schema = {"row": pl.Int64, "name": pl.String, "day": pl.Date, "flag": pl.Boolean, "raw": pl.Binary}
    with writing():
        bulk.insert_rows(shelf, COLUMNS, ROWS)
        found = temporary_join(given, sql, schema, parameters=[-100])
        again = temporary_join(given, sql, schema, parameters=[-1])
    assert found.rows() == [(1, ROWS[3][3], ROWS[3][5], True, ROWS[3][4]), (3, "泰安市", date(2026, 4, 1), True, b"\x00\xff")]
    assert again.height == 1
    assert found.schema == schema


def test_two_temporary_tables_at_once_and_none_left_behind(shelf: str) -> None:
    frame = pl.DataFrame({"day": [date(2026, 4, 1), None], "flag": [True, None], "text": ["甲", None]})
    with temporary_rows(frame) as one, temporary_rows(frame.head(1)) as other:
        both = read_frame(
            f"SELECT (SELECT count(*) FROM {one}), (SELECT count(*) FROM {other}), max(day), max(text) FROM {one}",
            {"one": pl.Int64, "other": pl.Int64, "day": pl.Date, "text": pl.String},
        )
    assert both.rows() == [(2, 1, date(2026, 4, 1), "甲")]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT count(*) FROM sqlite_temp_master")
        else:
            cursor.execute("SELECT count(*) FROM pg_class WHERE relname LIKE 'given%%' AND relpersistence = 't'")
        assert cursor.fetchone()[0] == 0


def test_json_instants_and_numbers_too(db: None) -> None:
    kinds = ("jsonb", "timestamptz", "double precision") if connection.vendor == "postgresql" else ("text", "datetime", "real")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE other_shelf (id bigint, document {}, at {}, share {})".format(*kinds))
    at = datetime(2026, 4, 1, 9, 30, tzinfo=UTC)
    frame = pl.DataFrame(
        {"id": [1, 2, 3], "document": ['{"a":"甲"}', None, "[]"], "at": [at, at, None], "share": [0.25, None, -1.5]},
        schema_overrides={"at": pl.Datetime("us", "UTC")},
    )
    with writing():
        bulk.insert_rows("other_shelf", frame.columns, frame)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, document, at, share FROM other_shelf ORDER BY id")
        rows = cursor.fetchall()
    documents = [json.loads(row[1]) if isinstance(row[1], str) else row[1] for row in rows]
    instants = [row[2] if row[2] is None or row[2].tzinfo else row[2].replace(tzinfo=UTC) for row in rows]
    assert documents == [{"a": "甲"}, None, []]
    assert instants == [at, at, None]
    assert [row[3] for row in rows] == [0.25, None, -1.5]


def test_a_type_without_a_binary_form_is_an_error() -> None:
    numeric = 1700
    with pytest.raises(UnsupportedColumn, match="amount"):
        list(copy_stream(pl.DataFrame({"amount": ["1.5"]}), [numeric]))
