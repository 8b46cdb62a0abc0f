"""数据库地址。"""

from __future__ import annotations

import pytest
from django.db import connection

from chengxin.site.database_url import database_from_url


def test_sqlite_paths_relative_and_absolute() -> None:
    assert database_from_url("sqlite:///var/a.sqlite3")["NAME"] == "var/a.sqlite3"
    assert database_from_url("sqlite:////srv/a.sqlite3")["NAME"] == "/srv/a.sqlite3"


def test_postgresql_by_host_and_by_socket() -> None:
    by_host = database_from_url("postgresql://u:p%40@db.local:5433/city")
    assert (by_host["HOST"], by_host["PORT"], by_host["NAME"]) == ("db.local", "5433", "city")
    assert (by_host["USER"], by_host["PASSWORD"]) == ("u", "p@")
    assert database_from_url("postgresql://u@/city?host=/run/pg")["HOST"] == "/run/pg"


def test_another_scheme_says_what_is_understood() -> None:
    with pytest.raises(ValueError, match="sqlite:///"):
        database_from_url("mysql://x/y")


@pytest.mark.django_db
def test_a_live_connection_loses_no_acknowledged_commit() -> None:
    """SQLite: WAL with ``synchronous=FULL`` (2). PostgreSQL: a commit is acknowledged after it is written."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA synchronous")
            assert cursor.fetchone() == (2,)
            cursor.execute("PRAGMA journal_mode")
            assert cursor.fetchone() == ("wal",)
        else:
            cursor.execute("SHOW synchronous_commit")
            assert cursor.fetchone() == ("on",)
