"""Fixtures for every test. The home, the keys and the database come from ``tests/harness/surroundings.py``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.conf import settings

if TYPE_CHECKING:
    from chengxin.policy.loader import PolicySet

PROJECT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """SQLite tests run in a file, so that WAL, threads and other processes see what production sees."""
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        database.setdefault("TEST", {})["NAME"] = str(Path(settings.CHENGXIN_HOME) / "test.sqlite3")


@pytest.fixture(scope="session")
def shipped_policy() -> PolicySet:
    """The policy set that the project ships."""
    from chengxin.policy import load

    return load([PROJECT / "policies"])


@pytest.fixture
def policy_set(shipped_policy: PolicySet) -> Iterator[PolicySet]:
    """The shipped policy set, in force while the test runs."""
    from chengxin.policy import active

    active.use(shipped_policy)
    yield shipped_policy
    active.use(None)
