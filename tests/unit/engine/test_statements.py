"""The statements of both engines, reviewed as a difference: ``CHENGXIN_WRITE_GOLDEN=1`` writes them anew."""

from __future__ import annotations

import os
from pathlib import Path

import ibis
import polars as pl
import pytest

from chengxin.engine.backends import DuckDB
from chengxin.engine.columns import RECORDS
from chengxin.engine.dialects import Script
from chengxin.engine.evaluation import written_for
from chengxin.engine.matching_records import matches, milli_points
from chengxin.engine.runs import run_model
from tests.harness import evaluation_cases as cases

GOLDEN = Path(__file__).parent / "golden"
DIALECTS = ("duckdb", "pyspark")


def agrees(name: str, text: str) -> None:
    """``text`` is what was reviewed."""
    path = GOLDEN / name
    if os.environ.get("CHENGXIN_WRITE_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8"), f"{name} changed: review it, then CHENGXIN_WRITE_GOLDEN=1"


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_step(dialect: str) -> None:
    for name, text in written_for(dialect, cases.MODEL, cases.AS_OF).texts().items():
        agrees(f"{dialect}/{name}.sql", text + "\n")


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("indicator", [each for each in cases.INDICATORS if each.item], ids=lambda each: each.id)
def test_every_indicator(dialect: str, indicator: cases.Indicator) -> None:
    records = ibis.table(ibis.Schema.from_pyarrow(RECORDS), name="records")
    points = milli_points(records, indicator, cases.AS_OF)
    chosen = records.filter(matches(records, indicator, cases.AS_OF)).select("subject_id", "record_id", milli_points=points)
    agrees(f"{dialect}/indicator_{indicator.id}.sql", Script(dialect).question(chosen) + "\n")


def test_ten_subjects(tmp_path: Path) -> None:
    found = run_model(DuckDB(), *cases.write(tmp_path, *cases.ten_subjects()), cases.MODEL, cases.AS_OF, tmp_path)
    agrees("ten_results.csv", pl.read_parquet(found.results.path).write_csv())
    agrees("ten_contributions.csv", pl.read_parquet(found.contributions.path).write_csv())
    agrees("ten_root.txt", found.root + "\n")
