"""写事务。One writer at a time on SQLite (``BEGIN IMMEDIATE``), many on PostgreSQL; the ledger's head is locked last on both."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Final

from django.db import DEFAULT_DB_ALIAS, connections, transaction

_SNAPSHOTS: Final = count(1)
_TURN: Final = 0x6368656E67  # any number that nobody else locks


class NotInTransaction(RuntimeError):
    """A bulk write was asked for outside :func:`writing`; without it each row would be a commit of its own."""


@contextmanager
def writing(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """写事务：everything inside is written, or nothing.

    On SQLite the write lock is taken at the start (``transaction_mode`` in the settings), so two writers wait for each other
    instead of failing half-way; on PostgreSQL rows are locked as they are touched. Inside another ``writing`` it is a savepoint.
    """
    with transaction.atomic(using=using):
        yield


def in_turn(using: str = DEFAULT_DB_ALIAS) -> None:
    """排队：from here to the end of the transaction no other that also takes its turn goes on. For those that change rows of many
    tables and counters in no order of their own: submissions closed or returned, rows decided, contents erased. Call it first.

    Batches of rows do not queue here. On SQLite the write transaction already excludes others.
    """
    require_transaction(using)
    if connections[using].vendor == "postgresql":
        with connections[using].cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_TURN])


@contextmanager
def reading_snapshot(using: str = DEFAULT_DB_ALIAS) -> Iterator[str]:
    """读快照：a connection of its own that sees the database as it was at the first read, while others go on writing.

    Yields the alias to read from; it is read-only. Inside a transaction that transaction's own view is used instead.
    """
    if connections[using].in_atomic_block:
        yield using
        return
    alias = f"snapshot_{next(_SNAPSHOTS)}"
    connections[alias] = connection = connections.create_connection(using)
    connection.alias = alias
    try:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            else:
                cursor.execute("PRAGMA query_only = ON")
                cursor.execute("BEGIN DEFERRED")
        yield alias
    finally:
        connection.close()
        del connections[alias]


@contextmanager
def one_view(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """同一时点读：everything read inside, by whatever query, sees the database as it was at the first read, while others go on writing.

    For readers of many tables that end in files. Nothing may be written to tables inside, only to temporary ones: on SQLite a
    write after others wrote is refused, on PostgreSQL it fails if it meets theirs. Inside a transaction its own view is used.
    """
    connection = connections[using]
    if connection.in_atomic_block:
        yield
        return
    if connection.vendor == "postgresql":
        with transaction.atomic(using=using):
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            yield
        return
    mode = connection.__dict__["transaction_mode"]
    connection.__dict__["transaction_mode"] = "DEFERRED"  # no lock is taken that would keep writers out
    try:
        with transaction.atomic(using=using):
            yield
    finally:
        connection.__dict__["transaction_mode"] = mode


def require_transaction(using: str = DEFAULT_DB_ALIAS) -> None:
    """Raises :class:`NotInTransaction` unless a transaction is open."""
    if not connections[using].in_atomic_block:
        raise NotInTransaction("bulk writes and appends to the ledger belong inside storage.transactions.writing()")
