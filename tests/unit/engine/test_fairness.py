"""The promise of the method: a small firm with two inspections is not judged like a big one; the same risk, the same end."""

from __future__ import annotations

import runpy
from math import comb
from pathlib import Path

import polars as pl
import pytest

from chengxin.engine.backends import DuckDB
from chengxin.engine.runs import run_model
from chengxin.policy import PolicySet
from chengxin.policy.files import shipped_folder
from chengxin.policy.types_evaluation import EvaluationModel
from tests.harness import evaluation_cases as cases

PASSED, FAILED = 1, 3
SIZES = (2, 10, 30, 60, 120)
RISKS = (0.05, 0.1, 0.3)
MARKET = 1


def taken(model: EvaluationModel, folder: Path, sizes: tuple[int, ...]) -> dict[tuple[int, int], tuple[int, str]]:
    """(inspections, failed) → (milli-points off the score of one that never failed, grade), by the engine, for every count."""
    pairs = [(n, k) for n in sizes for k in range(n + 1)]
    firms = [cases.subject(place) for place in range(1, len(pairs) + 1)]
    outcomes = [(place, FAILED if i < k else PASSED) for place, (n, k) in enumerate(pairs, 1) for i in range(n)]
    records = [
        cases.record(number, place, cases.INSPECTION, outcome=outcome, supervision=MARKET)
        for number, (place, outcome) in enumerate(outcomes, 1)
    ]
    found = run_model(DuckDB(), *cases.write(folder, firms, records), model, cases.AS_OF, folder)
    rows = pl.read_parquet(found.results.path)
    best = rows["score"].max()
    assert isinstance(best, int)
    return {pair: (best - score, grade) for pair, score, grade in zip(pairs, rows["score"], rows["grade"], strict=True)}


@pytest.fixture
def model(policy_set: PolicySet) -> EvaluationModel:
    return policy_set.evaluation_models["public_comprehensive"]


def chance(n: int, k: int, risk: float) -> float:
    return comb(n, k) * risk**k * (1 - risk) ** (n - k)


def test_one_of_two_weighs_less_than_sixty_of_a_hundred_and_twenty(model: EvaluationModel, tmp_path: Path) -> None:
    found = taken(model, tmp_path, SIZES)
    halves = [found[n, n // 2][0] for n in SIZES]
    assert halves == sorted(halves)
    assert halves[0] * 3 < halves[-1]


@pytest.mark.parametrize("risk", RISKS)
def test_nobody_is_expected_to_lose_more_for_being_small(model: EvaluationModel, tmp_path: Path, risk: float) -> None:
    found = taken(model, tmp_path, SIZES)
    expected = [sum(chance(n, k, risk) * found[n, k][0] for k in range(n + 1)) for n in SIZES]
    assert expected == sorted(expected)


@pytest.mark.parametrize("risk", RISKS)
def test_a_firm_loses_more_than_its_risk_is_worth_at_most_one_time_in_ten(model: EvaluationModel, tmp_path: Path, risk: float) -> None:
    """What the risk is worth: what is taken, before relief, from a firm with ten of ten observations times its risk."""
    found = taken(model, tmp_path, SIZES)
    indicator = model.indicator("failed_inspections")
    assert indicator.exposure is not None
    worth = -indicator.points[0].points * 1000 * indicator.exposure.reference * risk
    for n in SIZES:
        assert sum(chance(n, k, risk) for k in range(n + 1) if found[n, k][0] > worth) <= 0.1, n


def test_inspections_alone_never_make_the_worst_grade_of_a_small_firm(model: EvaluationModel, tmp_path: Path) -> None:
    found = taken(model, tmp_path, (1, 2, 3, 4))
    assert "D" not in {grade for _, grade in found.values()}


def test_the_table_of_few_observations_is_what_its_words_say(model: EvaluationModel) -> None:
    """Against the exact posterior: the bound is where the Beta distribution with Jeffreys' prior has five of a hundred below it."""
    from scipy.stats import beta

    for (n, k), value in model.relief.items():
        rate = k / n
        kept = (1000 - value) / 1000 * rate
        assert beta.cdf(min(kept, 1.0) - rate / 1000, k + 0.5, n - k + 0.5) <= 0.05 + 1e-6 or value == 0


def test_the_table_is_what_its_program_makes() -> None:
    """Who doubts the table runs the program."""
    folder = shipped_folder() / "national/during_event/evaluation"
    made = runpy.run_path(str(folder / "few_observations.py"))["text"]()
    assert made == (folder / "few_observations.csv").read_text(encoding="utf-8")
