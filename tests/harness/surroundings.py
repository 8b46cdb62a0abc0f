"""Loaded by ``-p`` before Django reads its settings: a home, a key file and a database that belong to this run alone.

``CHENGXIN_TEST_DATABASE`` is ``sqlite`` (default), ``postgresql`` (a throw-away cluster is started) or the URL of an empty
PostgreSQL database. Everything is removed when the run ends.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path

import pytest

from chengxin.storage import keyfile
from tests.harness.postgres import throwaway_cluster

ends = ExitStack()
folder = Path(tempfile.mkdtemp(prefix="chengxin-tests-"))
ends.callback(shutil.rmtree, folder, ignore_errors=True)


def _database_url() -> str:
    wanted = os.environ.get("CHENGXIN_TEST_DATABASE", "sqlite")
    if wanted == "postgresql":
        url = ends.enter_context(throwaway_cluster())
        os.environ["CHENGXIN_TEST_DATABASE"] = url  # workers of a parallel run share the cluster
        return url
    if wanted.startswith("postgresql://"):
        return wanted
    if wanted != "sqlite":
        raise pytest.UsageError(f"CHENGXIN_TEST_DATABASE={wanted!r}: use sqlite, postgresql or a postgresql:// URL")
    return f"sqlite:///{folder}/home/chengxin.sqlite3"


os.environ["CHENGXIN_HOME"] = str(folder / "home")
os.environ["CHENGXIN_KEYS"] = str(folder / "keys.json")
os.environ["CHENGXIN_DATABASE"] = _database_url()
os.environ.pop("CHENGXIN_CLOCK", None)
(folder / "home").mkdir()
keyfile.create(folder / "keys.json", at=0)


def pytest_report_header() -> str:
    """Which database this run uses."""
    return f"database: {os.environ['CHENGXIN_DATABASE'].partition(':')[0]}"


@atexit.register
def _remove_everything(owner: int = os.getpid()) -> None:
    if os.getpid() == owner:  # not at the end of a forked child
        ends.close()
