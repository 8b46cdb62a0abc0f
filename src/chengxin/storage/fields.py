"""Columns that both databases store well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

if TYPE_CHECKING:
    _BigInteger = models.BigIntegerField[int, int]
else:
    _BigInteger = models.BigIntegerField


class RowNumberField(_BigInteger):
    """行号：a primary key handed out by :mod:`chengxin.storage.ids`.

    On SQLite the type must read ``integer`` for the key to *be* the row's place in the file; Django's ``bigint`` makes a
    second tree that every insert has to write too.
    """

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "integer" if connection.vendor == "sqlite" else "bigint"

    def rel_db_type(self, connection: BaseDatabaseWrapper) -> str:
        return self.db_type(connection)
