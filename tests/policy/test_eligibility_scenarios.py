"""Every answer of every scenario of eligibility holds, leans on a known clause, and can fail."""

from __future__ import annotations

import pytest

from chengxin.policy.policy_set import PolicySet
from tests.policy.eligibility_scenarios import EligibilityScenario, eligibility_scenarios, walk

ALL = list(eligibility_scenarios())
pytestmark = pytest.mark.usefixtures("db", "policy_set")


@pytest.mark.parametrize("scenario", ALL, ids=str)
def test_scenario(scenario: EligibilityScenario) -> None:
    answered = list(walk(scenario))
    assert len(answered) == len(scenario.then)
    for asked, answer in answered:
        assert answer == {key: asked[key] for key in answer}, asked


@pytest.mark.parametrize("scenario", ALL, ids=str)
def test_scenario_leans_on_a_known_clause(scenario: EligibilityScenario, shipped_policy: PolicySet) -> None:
    assert scenario.clause in shipped_policy.clauses


def test_every_answer_occurs() -> None:
    assert {each["答"] for scenario in ALL for each in scenario.then} == {"可以参评", "不得参评", "需人工核实"}
