"""Every line of every scenario holds; every line can fail; every scenario leans on something that the policy set knows."""

from __future__ import annotations

import pytest

from chengxin.policy.policy_set import PolicySet
from tests.policy.scenarios import Scenario, answer, scenarios, world_of

ALL = list(scenarios())


@pytest.mark.parametrize("scenario", ALL, ids=str)
def test_scenario(scenario: Scenario, shipped_policy: PolicySet) -> None:
    world = world_of(scenario, shipped_policy)
    expected = {question: str(said) for question, said in scenario.then.items()}
    assert {question: answer(world, question) for question in expected} == expected


@pytest.mark.parametrize("scenario", ALL, ids=str)
def test_scenario_leans_on_a_known_source(scenario: Scenario, shipped_policy: PolicySet) -> None:
    known = scenario.clause in shipped_policy.clauses or scenario.clause in shipped_policy.sources
    assert known, f"{scenario}：没有条款或文件“{scenario.clause}”"


def test_every_question_is_asked_with_different_answers() -> None:
    """A line that always reads the same proves nothing."""
    asked: dict[str, set[str]] = {}
    for scenario in ALL:
        for question, said in scenario.then.items():
            asked.setdefault(question, set()).add(str(said))
    assert {question for question, answers in asked.items() if len(answers) < 2} == set()


def test_a_word_that_nobody_knows_is_refused(shipped_policy: PolicySet) -> None:
    scenario = ALL[0]
    with pytest.raises(ValueError, match="不认识"):
        answer(world_of(scenario, shipped_policy), "公式")
    wrong = Scenario(scenario.file, "写错字段", scenario.clause, {**scenario.given, "字段": {"没有的字段": 1}}, {}, {"公示": "是"})
    with pytest.raises(ValueError, match="没有字段"):
        world_of(wrong, shipped_policy)
