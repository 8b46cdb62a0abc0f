"""docs/mission.md is what the clauses and the tests say today; every row of the mission rests on a sentence of a plan."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from chengxin.policy import PolicySet

PROJECT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def mission() -> ModuleType:
    """docs/mission.py as a module."""
    spec = importlib.util.spec_from_file_location("mission_page", PROJECT / "docs/mission.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def test_the_committed_page_is_current(mission: ModuleType) -> None:
    assert (PROJECT / "docs/mission.md").read_text(encoding="utf-8") == mission.page(PROJECT), "run: python docs/mission.py"


def test_every_row_rests_on_a_sentence_and_every_sentence_on_a_row_that_exists(mission: ModuleType, shipped_policy: PolicySet) -> None:
    rows = mission.rows(PROJECT)
    assert all(row.clauses for row in rows)
    asked = {each for clause in shipped_policy.clauses.values() for each in clause.mission}
    assert asked == {row.id for row in rows}


def test_a_row_is_built_only_with_a_test_of_its_own(mission: ModuleType) -> None:
    for row in mission.rows(PROJECT):
        assert (row.state == "built") == bool(row.tests)


def test_owners_are_sections_that_exist(shipped_policy: PolicySet) -> None:
    for clause in shipped_policy.clauses.values():
        if clause.owner != "planned" and not clause.owner.startswith("not_software"):
            assert (PROJECT / "src/chengxin" / clause.owner.replace(".", "/")).is_dir(), clause.id
