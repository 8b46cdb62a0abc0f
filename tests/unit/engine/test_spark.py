"""The second engine on a real cluster of two workers: the same bytes as the first; where it listens; how it ends; what it refuses."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from chengxin.engine import spark_sessions
from chengxin.engine.backends import DuckDB, Spark
from chengxin.engine.runs import RunFiles, run_model
from chengxin.engine.spark_sessions import local_cluster, spark_session
from chengxin.kernel.refused import Refused
from chengxin.policy.types_evaluation import EvaluationModel
from tests.harness import evaluation_cases as cases
from tests.harness.processes import addresses_of, alive, descendants

pytestmark = pytest.mark.timeout(900)
GOLDEN = Path(__file__).parent / "golden"
MEMORY_MB = 512
REGISTER_ALONE = EvaluationModel("facts", "登记", 1000, cases.MODEL.dimensions, cases.INDICATORS[:1], cases.MODEL.grades, (), 0)
#: A program that has a cluster, says so, and keeps it.
HOLDER = """
import sys
from pathlib import Path
from chengxin.engine.spark_sessions import local_cluster
with local_cluster(memory_mb=512, scratch=Path(sys.argv[1])) as session:
    session.range(100).write.format("noop").mode("overwrite").save()
    print("ready", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    """A cluster of two workers for this file."""
    with local_cluster(workers=2, memory_mb=MEMORY_MB) as session:
        yield session


def both(session: Any, folder: Path, rows: tuple[cases.Rows, cases.Rows], model: EvaluationModel) -> tuple[RunFiles, RunFiles]:
    """The same snapshot on DuckDB and on Spark."""
    inputs = cases.write(folder, *rows)
    places = folder / "duckdb", folder / "spark"
    for place in places:
        place.mkdir()
    spark = Spark(session, exchange=places[1])
    found = tuple(
        run_model(engine, *inputs, model, cases.AS_OF, place) for engine, place in zip((DuckDB(threads=2), spark), places, strict=True)
    )
    spark.close()
    assert sorted(each.name for each in places[1].iterdir()) == ["contributions.parquet", "results.parquet"], "drafts were left"
    return found[0], found[1]


@pytest.mark.parametrize("model", [cases.MODEL, cases.FOOD, REGISTER_ALONE], ids=lambda model: model.id)
def test_both_engines_say_the_same_row_by_row(session: Any, tmp_path: Path, model: EvaluationModel) -> None:
    duckdb, spark = both(session, tmp_path, cases.by_chance(11, 40, 1_500), model)
    for name in ("results", "contributions"):
        left, right = (pl.read_parquet(getattr(files, name).path) for files in (duckdb, spark))
        assert left.height
        assert_frame_equal(left, right)
        assert getattr(duckdb, name).sha256 == getattr(spark, name).sha256
    assert (duckdb.root, duckdb.grades, duckdb.spared) == (spark.root, spark.grades, spark.spared)


def test_ten_subjects_on_spark(session: Any, tmp_path: Path) -> None:
    _, spark = both(session, tmp_path, cases.ten_subjects(), cases.MODEL)
    assert spark.root + "\n" == (GOLDEN / "ten_root.txt").read_text(encoding="utf-8")
    assert pl.read_parquet(spark.results.path).write_csv() == (GOLDEN / "ten_results.csv").read_text(encoding="utf-8")


def test_two_workers_on_the_loopback_alone(session: Any) -> None:
    session.range(1000).write.format("noop").mode("overwrite").save()
    driver = session.sparkContext._gateway.proc.pid
    processes = [driver, *descendants(driver)]
    assert len(processes) == 3, "the driver with master and workers, and an executor of each worker"
    found = {address for pid in processes for address in addresses_of(pid)}
    assert found
    assert {address for address in found if not address.is_loopback} == set()


def test_a_cluster_ends_with_a_killed_process(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "ready"
        processes = descendants(process.pid)
        process.send_signal(signal.SIGKILL)
    assert len(processes) == 3
    deadline = time.monotonic() + 120
    while (left := [pid for pid in processes if alive(pid)]) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert left == []


def test_without_pyspark_the_way_out_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(spark_sessions, "find_spec", lambda name: None)
    with pytest.raises(Refused, match="PySpark") as refused, spark_session("", tmp_path):
        raise AssertionError
    assert (refused.value.slug, "--engine duckdb" in refused.value.what_to_do) == ("spark-missing", True)


@pytest.mark.parametrize("master", ["", "spark://127.0.0.1:7077"])
def test_without_java_the_way_out_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, master: str) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Refused, match="Java") as refused, spark_session(master, tmp_path):
        raise AssertionError
    assert refused.value.slug == "spark-no-java"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # PySpark does not close the pipe of a JVM that failed
def test_a_java_that_fails_at_once_is_a_refusal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    java = tmp_path / "java-home" / "bin" / "java"
    java.parent.mkdir(parents=True)
    java.write_text("#!/bin/sh\nexit 1\n")
    java.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "java-home"))
    before = dict(os.environ)
    with pytest.raises(Refused) as refused, spark_session("", tmp_path):
        raise AssertionError
    assert refused.value.slug == "spark-not-started"
    assert dict(os.environ) == before
    assert [each.name for each in tmp_path.iterdir()] == ["java-home"]
    del refused
    gc.collect()


def test_nobody_needs_pyspark_for_duckdb() -> None:
    program = "import sys, chengxin.engine.runs, chengxin.engine.spark_sessions; sys.exit('pyspark' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
