"""``chengxin evaluate --engine spark``: a run like any other, which DuckDB repeats; nothing of the cluster is left."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from chengxin.during_event.evaluation.models import EvaluationRun
from chengxin.during_event.evaluation.runs import folder_of
from chengxin.during_event.evaluation.workplaces import runs_folder
from chengxin.site.command_line import run
from tests.harness.evaluation_check import evaluation_faults
from tests.harness.evaluation_town import Town
from tests.harness.processes import descendants

KEPT = ["contributions.parquet", "records.parquet", "report.json", "results.parquet", "snapshot.json", "subjects.parquet"]


@pytest.mark.timeout(900)
def test_a_run_on_spark_is_repeated_by_duckdb(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    before = descendants(os.getpid())
    assert run(["evaluate", "--engine", "spark", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["manifest"]["engine"].startswith("spark 4.")
    assert descendants(os.getpid()) == before, "processes of the cluster are left"
    recorded = EvaluationRun.objects.get()
    assert sorted(each.name for each in folder_of(recorded).iterdir()) == KEPT
    assert [each for each in runs_folder().iterdir() if each != folder_of(recorded)] == []
    assert town.run() == recorded, "DuckDB found the same root, so there is no new entry"
    assert EvaluationRun.objects.count() == 1
    assert evaluation_faults() == []


def test_without_java_the_command_says_what_to_do(
    town: Town, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert run(["evaluate", "--engine", "spark"]) == 2
    assert "--engine duckdb" in capsys.readouterr().err
    assert not EvaluationRun.objects.exists()
    assert list(runs_folder().iterdir()) == []
