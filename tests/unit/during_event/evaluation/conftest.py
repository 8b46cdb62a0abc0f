"""The small town that the pages are tried on."""

from __future__ import annotations

from pathlib import Path

import pytest

from chengxin.policy import PolicySet
from tests.harness.evaluation_town import Town, small_town


@pytest.fixture
def town(db: None, policy_set: PolicySet, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Town:
    """The town, its policy adopted and in force."""
    return small_town(tmp_path, monkeypatch)
