"""Charts of a run's groups: shares that add up, labels that are the table's numbers, the ends told in words."""

from __future__ import annotations

from typing import Any

import pytest

from chengxin.during_event.evaluation.group_charts import group_charts
from chengxin.policy import PolicySet
from chengxin.policy.types_evaluation import EvaluationModel


@pytest.fixture
def model(policy_set: PolicySet) -> EvaluationModel:
    return policy_set.evaluation_model("public_comprehensive")


def row(title: str, grades: tuple[int, int, int, int], *, unknown: int = 0, listed: int = 0) -> dict[str, Any]:
    """A group as a report has it."""
    return {
        "title": title, "subjects": sum(grades) + unknown, "unknown": unknown, "worst": grades[3], "listed": listed,
        "grades": dict(zip("ABCD", grades, strict=True)),
    }  # fmt: skip


ROWS = [row("泰山区", (60, 30, 6, 4), unknown=900, listed=1), row("岱岳区", (1, 0, 0, 1)), row("新泰市", (0, 0, 0, 0), unknown=7)]


def test_each_bar_is_the_whole_of_those_who_have_a_grade(model: EvaluationModel) -> None:
    calibration, _ = group_charts("county", "县市区", ROWS, model)
    assert calibration["option"]["yAxis"]["data"] == ["泰山区", "岱岳区"], "a group nobody of which has a grade has no bar"
    series = calibration["option"]["series"]
    assert [each["name"] for each in series] == [grade.title for grade in model.grades]
    assert [sum(each["data"][place]["value"] for each in series) for place in range(2)] == [100, 100]
    assert series[0]["data"][0]["label"]["show"]
    assert not series[3]["data"][0]["label"]["show"], "4 % has no room for words"
    assert "合计“优” 598‰；最高的是泰山区，600‰，最低的是岱岳区，500‰。" in calibration["sentence"]


def test_the_worst_grade_without_a_listing_is_told_with_its_numbers(model: EvaluationModel) -> None:
    _, unlisted = group_charts("county", "县市区", ROWS, model)
    bars = unlisted["option"]["series"][0]["data"]
    assert [bar["label"]["formatter"] for bar in bars] == ["30‰（3/100）", "500‰（1/2）"]
    assert "合计 39‰；最高的是岱岳区，500‰，最低的是泰山区，30‰。" in unlisted["sentence"]


def test_nothing_to_draw_and_nothing_wrong(model: EvaluationModel) -> None:
    assert group_charts("county", "县市区", [row("新泰市", (0, 0, 0, 0), unknown=7)], model) == []
    (only,) = group_charts("size", "规模", [row("1–4 条", (5, 0, 0, 2), listed=2)], model)
    assert only["id"] == "calibration-size"
    assert only["sentence"].endswith(f"没有一个主体未列名单而判“{model.grades[-1].title}”。")


def test_a_report_from_before_has_the_chart_that_it_has_numbers_for(model: EvaluationModel) -> None:
    old = [{key: value for key, value in each.items() if key != "grades"} for each in ROWS]
    assert [chart["id"] for chart in group_charts("county", "县市区", old, model)] == ["unlisted-county"]
