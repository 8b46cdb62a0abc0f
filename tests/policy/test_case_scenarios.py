"""Every line of every scenario of a procedure holds, leans on a known source, and can fail."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from chengxin.policy.policy_set import PolicySet
from tests.policy.case_scenarios import CaseScenario, case_scenarios, what_follows

ALL = list(case_scenarios())


@pytest.mark.parametrize("scenario", ALL, ids=str)
def test_scenario(scenario: CaseScenario, shipped_policy: PolicySet) -> None:
    assert what_follows(scenario, shipped_policy) == dict(scenario.then)


@pytest.mark.parametrize("scenario", ALL, ids=str)
def test_scenario_leans_on_a_known_source(scenario: CaseScenario, shipped_policy: PolicySet) -> None:
    assert scenario.clause in shipped_policy.clauses or scenario.clause in shipped_policy.sources


def test_these_procedures_have_scenarios() -> None:
    assert {each.procedure for each in ALL} >= {"安全事件", "投诉", "限期整改", "评价异议", "页面异议"}


def test_a_way_that_does_not_exist_is_refused(shipped_policy: PolicySet) -> None:
    first = next(each for each in ALL if each.procedure == "投诉")
    day = date(2026, 7, 6)
    with pytest.raises(ValueError, match="不能“说明情况”"):
        what_follows(replace(first, way=[*first.way, {"步骤": "说明情况", "由": "被投诉机关", "于": day}]), shipped_policy)
    with pytest.raises(ValueError, match="不是被投诉机关"):
        what_follows(replace(first, way=[*first.way, {"步骤": "受理", "由": "被投诉机关", "于": day}]), shipped_policy)
    with pytest.raises(ValueError, match="不认识"):
        what_follows(replace(first, then={"心情": "好"}), shipped_policy)
