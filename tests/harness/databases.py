"""Empty databases for processes of their own, of the kind that this run tests."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import psycopg
from django.db import connection


@contextmanager
def empty_database(name: str) -> Iterator[str]:
    """The URL of a new database; it is gone at the end."""
    url = os.environ["CHENGXIN_DATABASE"]
    if url.startswith("sqlite"):
        with tempfile.TemporaryDirectory(prefix="chengxin-db-") as folder:
            yield f"sqlite:///{Path(folder) / name}.sqlite3"
        return
    parts = urlsplit(url)
    database = f"{name}_{secrets.token_hex(4)}"
    query = dict(parse_qsl(parts.query))
    with psycopg.connect(dbname="postgres", user=parts.username, host=query.get("host", parts.hostname), autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{database}"'.encode())
        try:
            yield parts._replace(path=f"/{database}").geturl()
        finally:
            server.execute(f'DROP DATABASE "{database}" WITH (FORCE)'.encode())


def url_of_test_database() -> str:
    """The database of this test, as another process names it."""
    named = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{named['NAME']}"
    return f"postgresql://{named['USER']}@/{named['NAME']}?host={named['HOST']}"
