"""The method: equal, row by row, to a second implementation in plain Python; contributions that add up; the worst grade."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings

from chengxin.engine.backends import DuckDB
from chengxin.engine.columns import Kind
from chengxin.engine.evaluation import written_for
from chengxin.engine.matching_records import last_day_of_age
from chengxin.engine.one_subject import evaluate_one
from chengxin.engine.runs import RunFiles, run_model
from chengxin.policy.types_evaluation import EvaluationModel
from tests.harness import evaluation_cases as cases
from tests.harness import evaluation_reference as reference


@pytest.fixture(scope="module")
def duckdb() -> DuckDB:
    return DuckDB(memory="500MB", threads=2)


def run(backend: Any, folder: Path, rows: tuple[cases.Rows, cases.Rows], model: EvaluationModel) -> RunFiles:
    return run_model(backend, *cases.write(folder, *rows), model, cases.AS_OF, folder)


def expected(rows: tuple[cases.Rows, cases.Rows], model: EvaluationModel) -> tuple[list[dict[str, Any]], list[tuple[int, ...]]]:
    """Results and lines by the plain implementation."""
    results, lines = [], []
    for each in rows[0]:
        own = [record for record in rows[1] if record["subject_id"] == each["subject_id"]]
        if found := reference.evaluate(each, own, model, cases.AS_OF):
            results.append(found[0])
            lines += [(each["subject_id"], *line) for line in found[1]]
    return results, lines


def rows_of(found: RunFiles) -> tuple[list[dict[str, Any]], list[tuple[int, ...]]]:
    return pl.read_parquet(found.results.path).to_dicts(), pl.read_parquet(found.contributions.path).drop("indicator").rows()


@pytest.mark.parametrize("model", [cases.MODEL, cases.FOOD], ids=lambda model: model.id)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(seed=st.integers(0, 2**32), subjects=st.integers(1, 12), records=st.integers(0, 150))
def test_engine_says_what_plain_python_says(
    duckdb: DuckDB, tmp_path: Path, model: EvaluationModel, seed: int, subjects: int, records: int
) -> None:
    rows = cases.by_chance(seed, subjects, records)
    found = rows_of(run(duckdb, tmp_path, rows, model))
    assert found == expected(rows, model)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(seed=st.integers(0, 2**32))
def test_one_subject_has_the_answer_of_the_city(duckdb: DuckDB, tmp_path: Path, seed: int) -> None:
    rows = cases.by_chance(seed, 4, 60)
    results, lines = rows_of(run(duckdb, tmp_path, rows, cases.FOOD))
    by_id = {each["subject_id"]: each for each in results}
    for each in rows[0]:
        number = each["subject_id"]
        own = [record for record in rows[1] if record["subject_id"] == number]
        found = evaluate_one(each, own, cases.FOOD, cases.AS_OF)
        if found is None:
            assert number not in by_id
            continue
        assert {name: getattr(found, name) for name in ("grade", "score", "records", "floor", "spared")}.items() <= by_id[number].items()
        assert [line[2:] for line in lines if line[0] == number] == [
            (each.kind, each.record_id, each.milli_points, each.until) for each in found.contributions
        ]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(seed=st.integers(0, 2**32))
def test_contributions_add_up_and_the_worst_grade_is_proven(duckdb: DuckDB, tmp_path: Path, seed: int) -> None:
    found = run(duckdb, tmp_path, cases.by_chance(seed, 10, 400), cases.MODEL)
    results, lines = pl.read_parquet(found.results.path), pl.read_parquet(found.contributions.path)
    sums = lines.group_by("subject_id").agg(pl.col("milli_points").sum())
    assert results.join(sums, on="subject_id").filter(pl.col("score") != pl.col("milli_points")).is_empty()
    doubtful = [each.id for each in cases.MODEL.indicators if not cases.MODEL.proves(each)]
    net = (
        lines.filter(pl.col("indicator").cast(pl.String).is_in(doubtful))
        .group_by("subject_id", "indicator")
        .agg(pl.col("milli_points").sum())
    )
    doubt = net.filter(pl.col("milli_points") < 0).group_by("subject_id").agg(doubt=pl.col("milli_points").sum())
    judged = results.filter(pl.col("floor") == "").join(doubt, on="subject_id", how="left").with_columns(pl.col("doubt").fill_null(0))
    line = 1000 * cases.MODEL.grades[-2].least
    worst = judged.filter(pl.col("grade") == "D")
    assert worst.filter(pl.col("score") - pl.col("doubt") >= line).is_empty()
    assert judged.filter(pl.col("spared") & ((pl.col("score") >= line) | (pl.col("score") - pl.col("doubt") < line))).is_empty()
    assert not set(results.filter("spared")["grade"]) - {"C"}


@pytest.mark.parametrize("size", [1, 3, 1_000])
def test_ranges_of_subjects_do_not_show_in_the_bytes(tmp_path: Path, size: int) -> None:
    rows = cases.by_chance(7, 12, 300)
    backend = DuckDB(threads=1)
    backend.subjects_at_a_time = size
    found = run(backend, tmp_path, rows, cases.MODEL)
    assert rows_of(found) == expected(rows, cases.MODEL)
    assert (found.root, found.results.sha256) == _of_seven(tmp_path)


def _of_seven(folder: Path) -> tuple[str, str]:
    found = run(DuckDB(), folder, cases.by_chance(7, 12, 300), cases.MODEL)
    return found.root, found.results.sha256


def test_not_enough_data_is_an_answer(tmp_path: Path, duckdb: DuckDB) -> None:
    found = run(duckdb, tmp_path, ([cases.subject(1), cases.subject(2)], [cases.record(1, 2, cases.HONOUR)]), cases.MODEL)
    assert found.grades == {"N": 2}


def test_a_model_may_look_at_the_register_alone(tmp_path: Path, duckdb: DuckDB) -> None:
    model = EvaluationModel("facts", "登记", 1000, cases.MODEL.dimensions, cases.INDICATORS[:1], cases.MODEL.grades, (), 0)
    rows = [cases.subject(1), cases.subject(2, in_registry=False)], [cases.record(1, 2, cases.HONOUR)]
    assert rows_of(run(duckdb, tmp_path, rows, model)) == expected(rows, model)


def test_what_is_not_collected_is_neutral(tmp_path: Path, duckdb: DuckDB) -> None:
    found = run(duckdb, tmp_path, cases.by_chance(3, 12, 200), cases.MODEL)
    assert "arrears" not in set(pl.read_parquet(found.contributions.path)["indicator"].cast(pl.String))


@given(as_of=st.dates(date(2000, 1, 1), date(2100, 1, 1)), months=st.integers(0, 120), back=st.integers(0, 4000))
def test_an_age_in_months_is_a_comparison_with_one_day(as_of: date, months: int, back: int) -> None:
    day = date.fromordinal(as_of.toordinal() - back)
    assert (reference.full_months(day, as_of) < months) == (day > last_day_of_age(as_of, months))


def test_no_float_in_any_statement() -> None:
    for dialect in ("duckdb", "pyspark"):
        for name, text in written_for(dialect, cases.MODEL, cases.AS_OF).texts().items():
            upper = text.upper()
            assert not [word for word in ("FLOAT", "DOUBLE", "REAL", "POW(", "QUANTILE", "FLOOR(", "ROUND(", " / ") if word in upper], name


def test_kinds_have_labels() -> None:
    assert len({kind.label for kind in Kind}) == len(Kind)
