"""The whole database as one file, taken while it is in use, and back into an empty one."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.db import connection

from chengxin.kernel.refused import Refused


def file_name() -> str:
    """What the dump is called: its format follows the database."""
    return "database.sqlite3" if connection.vendor == "sqlite" else "database.pgdump"


def dump(target: Path) -> None:
    """A consistent copy as of one moment. SQLite: ``VACUUM INTO`` (a reader, writers go on; what was erased stays behind).
    PostgreSQL: ``pg_dump`` in its own format."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(target)])
    else:
        _postgresql("pg_dump", ["--format=custom", "--no-owner", "--no-privileges", f"--file={target}"])
    with target.open("rb") as file:
        os.fsync(file.fileno())


def load(source: Path) -> None:
    """Fill the empty database."""
    if connection.vendor == "sqlite":
        place = Path(str(connection.settings_dict["NAME"]))
        connection.close()
        empty()
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, place)
        with connection.cursor() as cursor:  # the file remembers its journal mode; ours is set by the connection
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    else:
        _postgresql("pg_restore", ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", str(source)])


def is_empty() -> bool:
    """Whether the database has no tables, or those of a fresh ``init`` without a single submission or department."""
    tables = set(connection.introspection.table_names())
    if not tables:
        return True
    if not {"access_department", "collection_submission"} <= tables:
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM access_department), EXISTS (SELECT 1 FROM collection_submission)")
        return not any(cursor.fetchone())


def empty() -> None:
    """Back to nothing: only for a database that was empty (:func:`is_empty`) before :func:`load`."""
    if connection.vendor == "sqlite":
        connection.close()
        place = Path(str(connection.settings_dict["NAME"]))
        for suffix in ("", "-wal", "-shm"):
            Path(f"{place}{suffix}").unlink(missing_ok=True)
    else:
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute("CREATE SCHEMA public")
        connection.close()


def _postgresql(program: str, arguments: list[str]) -> None:
    settings: Mapping[str, Any] = connection.settings_dict
    where = {"host": settings["HOST"], "port": settings["PORT"], "username": settings["USER"], "dbname": settings["NAME"]}
    options = [f"--{name}={value}" for name, value in where.items() if value]
    environment = os.environ | ({"PGPASSWORD": settings["PASSWORD"]} if settings["PASSWORD"] else {})
    done = subprocess.run([_find(program), *options, *arguments], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Refused("dump-failed", f"{program} 没有办成：{done.stderr.strip()[:500]}", "请核对 CHENGXIN_DATABASE 和磁盘空间。")


def _find(program: str) -> str:
    """The newest there is: an older pg_dump refuses a newer server."""
    installed = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), key=lambda path: -float(path.parts[-3]))
    found = str(installed[0]) if installed else shutil.which(program)
    if found is None:
        raise Refused("dump-program-missing", f"找不到 {program}。", "请安装 PostgreSQL 客户端：apt-get install postgresql-client。")
    return found
