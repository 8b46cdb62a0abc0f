"""版本的更替：pending versions come in when their submission closes, and go when it is returned. Set by set, on both databases."""

from __future__ import annotations

from typing import Final

import polars as pl
from django.db import DEFAULT_DB_ALIAS, connections

from chengxin.foundation.records.models import VersionColumns
from chengxin.foundation.records.rewriting import history_sql
from chengxin.foundation.records.types import Surface
from chengxin.kernel.instants import Instant
from chengxin.storage.temporary import read_frame, temporary_rows
from chengxin.storage.transactions import require_transaction

_COLUMNS: Final = tuple(field.name for field in VersionColumns._meta.get_fields() if field.concrete)
#: A correction is not a new hand-in: the record keeps the receipt of its first version.
_SWAPPED: Final = tuple(name for name in _COLUMNS if name != "received_at")
_NEWEST: Final = """
    SELECT v.record_id, MAX(v.version) FROM records_recordversion v JOIN records_record r ON r.id = v.record_id
    WHERE v.submission_id = %s AND v.version > r.version GROUP BY v.record_id
"""
#: On PostgreSQL others may be changing these records: whoever exchanges versions locks them first, in the order of their ids.
_TO_EXCHANGE: Final = """
    SELECT r.id FROM records_record r JOIN records_recordversion v ON v.record_id = r.id
    WHERE v.submission_id = %s AND v.version > r.version ORDER BY r.id FOR UPDATE OF r
"""
_TO_RETURN: Final = "SELECT id FROM records_record WHERE submission_id = %s ORDER BY id FOR UPDATE"
_ACTED: Final = """
    SELECT g.id FROM {given} g WHERE EXISTS (SELECT 1 FROM records_recordact a WHERE a.record_id = g.id)
        OR EXISTS (SELECT 1 FROM records_hold h WHERE h.record_id = g.id) ORDER BY g.id
"""
_HEIRS: Final = """
    SELECT v.record_id, MIN(v.version) FROM records_recordversion v JOIN records_record r ON r.id = v.record_id
    WHERE r.submission_id = %s AND v.submission_id <> r.submission_id GROUP BY v.record_id
"""


def exchange_versions(*, submission_id: int, at: Instant, using: str = DEFAULT_DB_ALIAS) -> list[int]:
    """更替：the newest pending version of each record becomes the current one, the former goes to the other versions and its standing
    to the history. Returns the ids of the records about which something had been done: their standing must be worked out anew."""
    require_transaction(using)
    _lock(_TO_EXCHANGE, submission_id, using)
    newest = read_frame(_NEWEST, {"id": pl.Int64, "version": pl.Int64}, parameters=[submission_id], using=using)
    if newest.is_empty():
        return []
    with temporary_rows(newest, using) as given, connections[using].cursor() as cursor:
        for surface in Surface:  # the public surface always: the text changed, mirrors must hear of it
            differs = (
                "1 = 1"
                if surface is Surface.PUBLIC
                else f"(r.{surface}_from <> v.{surface}_from OR r.{surface}_until <> v.{surface}_until)"
            )
            joined = f"{given} g JOIN records_recordversion v ON v.record_id = g.id AND v.version = g.version"
            cursor.execute(history_sql(surface, f"({_given_versions(joined)})", differs.replace("v.", "g.")), [at])
        _exchange(cursor, given, keep_old=True)
        acted = read_frame(_ACTED.replace("{given}", given), {"id": pl.Int64}, using=using)
    return acted["id"].to_list()


def lock_returned(*, submission_id: int, using: str = DEFAULT_DB_ALIAS) -> None:
    """The records that the return of a submission takes away, locked before the ledger's head is."""
    require_transaction(using)
    _lock(_TO_RETURN, submission_id, using)


def remove_returned(*, submission_id: int, using: str = DEFAULT_DB_ALIAS) -> None:
    """退回：the rows of a returned submission leave the tables (their entries stay). A record that was new in it and has later
    versions from other submissions, all still open, goes on with the first of them. Inside the transaction that returns the submission."""
    require_transaction(using)
    heirs = read_frame(_HEIRS, {"id": pl.Int64, "version": pl.Int64}, parameters=[submission_id], using=using)
    with connections[using].cursor() as cursor:
        if heirs.height:
            with temporary_rows(heirs, using) as given:
                _exchange(cursor, given, keep_old=False)
        cursor.execute("DELETE FROM records_recordversion WHERE submission_id = %s", [submission_id])
        cursor.execute("DELETE FROM records_record WHERE submission_id = %s", [submission_id])


def _lock(sql: str, submission_id: int, using: str) -> None:
    if connections[using].vendor == "postgresql":  # SQLite has one writer at a time
        with connections[using].cursor() as cursor:
            cursor.execute(f"SELECT COUNT(*) FROM ({sql}) locked", [submission_id])  # noqa: S608


def _given_versions(joined: str) -> str:
    columns = ", ".join(f"v.{name}" for name in _COLUMNS)
    return f"SELECT g.id, {columns} FROM {joined}"  # noqa: S608


def _exchange(cursor: object, given: str, keep_old: bool) -> None:
    columns = ", ".join(_COLUMNS)
    execute = cursor.execute  # type: ignore[attr-defined]
    if keep_old:
        old = ", ".join(f"r.{name}" for name in _COLUMNS)
        execute(
            f"INSERT INTO records_recordversion (record_id, {columns}) "  # noqa: S608
            f"SELECT r.id, {old} FROM records_record r JOIN {given} g ON g.id = r.id"
        )
    names = _SWAPPED if keep_old else _COLUMNS
    assigned = ", ".join(f"{name} = v.{name}" for name in names)
    execute(
        f"UPDATE records_record SET {assigned} FROM {given} g JOIN records_recordversion v "  # noqa: S608
        "ON v.record_id = g.id AND v.version = g.version WHERE records_record.id = g.id"
    )
    # As a pair that is looked up: of an EXISTS, SQLite reads the given rows anew for every version there is.
    execute(f"DELETE FROM records_recordversion WHERE (record_id, version) IN (SELECT id, version FROM {given})")  # noqa: S608
