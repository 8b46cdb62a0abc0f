"""编号的分配。Blocks of ids, handed out before the rows are written; no id is ever handed out twice to rows that stay."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

_SQLITE_TABLE = "storage_sequence"


class UnknownSequence(LookupError):
    """No migration has made this sequence."""


def allocate(name: str, n: int, using: str = DEFAULT_DB_ALIAS) -> range:
    """分配编号：``n`` consecutive ids of the sequence ``name`` (made by :class:`CreateSequence`), starting at 1.

    PostgreSQL: a real sequence, outside any transaction; a rolled-back block leaves a gap. SQLite: a counter that belongs to the
    caller's transaction, so a killed transaction takes back its ids together with its rows. Raises :class:`UnknownSequence`.
    """
    if n < 0:
        raise ValueError(f"cannot allocate {n} ids")
    if n == 0:
        return range(0)
    connection = connections[using]
    first = _next_on_postgresql(connection, name, n) if connection.vendor == "postgresql" else _next_on_sqlite(connection, name, n)
    return range(first, first + n)


def _next_on_postgresql(connection: BaseDatabaseWrapper, name: str, n: int) -> int:
    # Two callers must not interleave nextval and setval: the lock lasts for this one statement, not for the transaction.
    statement = """
        WITH locked AS MATERIALIZED (SELECT pg_advisory_lock(%(key)s) AS waited),
             first AS MATERIALIZED (SELECT nextval(%(sequence)s::regclass) AS id FROM locked),
             last AS MATERIALIZED (SELECT id, setval(%(sequence)s::regclass, id + %(n)s - 1) AS upto FROM first)
        SELECT id, pg_advisory_unlock(%(key)s) FROM last
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)::oid::bigint", [f"{name}_ids"])
        (oid,) = cursor.fetchone()
        if oid is None:
            raise UnknownSequence(name)
        cursor.execute(statement, {"key": oid, "sequence": f"{name}_ids", "n": n})
        return int(cursor.fetchone()[0])


def _next_on_sqlite(connection: BaseDatabaseWrapper, name: str, n: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {_SQLITE_TABLE} SET next = next + %s WHERE name = %s RETURNING next - %s", [n, name, n])  # noqa: S608
        row = cursor.fetchone()
    if row is None:
        raise UnknownSequence(name)
    return int(row[0])


class CreateSequence(Operation):
    """A migration operation: the sequence ``name``, from which :func:`allocate` hands out ids."""

    reversible = True
    reduces_to_sql = True
    atomic: ClassVar[bool] = True

    def __init__(self, name: str) -> None:
        if not name.isidentifier():
            raise ValueError(f"{name!r} cannot name a sequence")
        self.name = name

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        return (self.__class__.__qualname__, (self.name,), {})

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """A sequence is no part of the models."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"CREATE SEQUENCE IF NOT EXISTS {self.name}_ids AS bigint")
            return
        schema_editor.execute(f"CREATE TABLE IF NOT EXISTS {_SQLITE_TABLE} (name text PRIMARY KEY, next integer NOT NULL) WITHOUT ROWID")
        schema_editor.execute(f"INSERT OR IGNORE INTO {_SQLITE_TABLE} (name, next) VALUES ('{self.name}', 1)")  # noqa: S608

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP SEQUENCE IF EXISTS {self.name}_ids")
            return
        schema_editor.execute(f"DELETE FROM {_SQLITE_TABLE} WHERE name = '{self.name}'")  # noqa: S608

    def describe(self) -> str:
        return f"Create the sequence {self.name}"
