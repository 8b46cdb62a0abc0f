"""Fixtures for every test. The home, the keys and the database come from ``tests/harness/surroundings.py``."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest
from django.conf import settings
from django.contrib.auth.hashers import get_hashers, get_hashers_by_algorithm

if TYPE_CHECKING:
    from chengxin.policy import PolicySet

PROJECT = Path(__file__).parents[1]
#: ``make soak`` asks for full counts; everything else is content with small ones.
FULL_COUNTS = os.environ.get("CHENGXIN_TEST_COUNTS") == "full"

hypothesis.settings.register_profile("small", max_examples=50, deadline=None)
hypothesis.settings.register_profile("full", max_examples=2_000, deadline=None)
hypothesis.settings.load_profile("full" if FULL_COUNTS else "small")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Long tests run with full counts only, and then take what they take."""
    if FULL_COUNTS:
        for item in items:
            if not item.get_closest_marker("timeout"):
                item.add_marker(pytest.mark.timeout(0))
        return
    long = [item for item in items if item.get_closest_marker("soak")]
    items[:] = [item for item in items if not item.get_closest_marker("soak")]
    config.hook.pytest_deselected(items=long)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Workers of a parallel run have a database each. SQLite tests run in a file: WAL, threads and processes as in production."""
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        database.setdefault("TEST", {})["NAME"] = str(Path(settings.CHENGXIN_HOME) / "test.sqlite3")


def _hash_passwords_by(hashers: list[str]) -> None:
    settings.PASSWORD_HASHERS = hashers
    get_hashers.cache_clear()
    get_hashers_by_algorithm.cache_clear()


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> None:
    """Passwords of tests are hashed in no time: the one that is shipped costs a tenth of a second on purpose, and is still understood."""
    _hash_passwords_by(["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS])


@pytest.fixture
def shipped_passwords() -> Iterator[None]:
    """As they are hashed outside of tests."""
    quick = settings.PASSWORD_HASHERS
    _hash_passwords_by(quick[1:])
    yield
    _hash_passwords_by(quick)


@pytest.fixture(scope="session")
def shipped_policy() -> PolicySet:
    """The policy set that the project ships."""
    from chengxin.policy import load

    return load([PROJECT / "policies"])


@pytest.fixture
def policy_set(shipped_policy: PolicySet) -> Iterator[PolicySet]:
    """The shipped policy set, in force while the test runs."""
    from chengxin.policy import active

    with active.use(shipped_policy):
        yield shipped_policy
