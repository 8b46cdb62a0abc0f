"""The parts of :mod:`bench.evaluation`, each run in a process of its own. What is imported and read before is not measured."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parents[1]
AS_OF = date(2026, 11, 22)
MEMORY = "1GB"
RELIEF = PROJECT / "policies/national/during_event/evaluation/few_observations.csv"
#: Memory of each of the two workers, MB.
WORKER_MB = 1_500


def _model() -> Any:
    from chengxin.policy import load

    return load([PROJECT / "policies"]).evaluation_model("public_comprehensive")


def _processor() -> float:
    own = resource.getrusage(resource.RUSAGE_SELF)
    return own.ru_utime + own.ru_stime


def _timed(work: Callable[[], Any]) -> dict[str, Any]:
    begun, used = time.perf_counter(), _processor()
    found = work()
    said = {"seconds": round(time.perf_counter() - begun, 3), "processor": round(_processor() - used, 3)}
    return said | ({"root": found.root} if hasattr(found, "root") else {})


def engine(folder: Path) -> dict[str, Any]:
    """The method by the engine: its statements written, both files made."""
    from chengxin.engine.backends import DuckDB
    from chengxin.engine.runs import evaluate_into

    model, target = _model(), folder / "engine"
    target.mkdir(exist_ok=True)
    inputs = folder / "subjects.parquet", folder / "records.parquet"
    return _timed(lambda: evaluate_into(DuckDB(MEMORY, folder / "spill", threads=2), *inputs, model, AS_OF, target))


def whole_run(folder: Path) -> dict[str, Any]:
    """What a run does besides: the hash of every subject's lines, the tree over them, the hashes of the files."""
    model = _model()
    return _timed(lambda: _run(folder, folder / "engine", model))


def what_if(folder: Path) -> dict[str, Any]:
    """Two policies over the city: the one in force and one with another weight."""
    model = _model()
    other = replace(model, indicators=tuple(replace(each, cap=None) if each.id == "penalties" else each for each in model.indicators))
    return _timed(lambda: [_run(folder, folder / name, each) for name, each in (("before", model), ("after", other))])


def hand(folder: Path) -> dict[str, Any]:
    """The same method by hand."""
    from bench import evaluation_sql

    return _timed(lambda: evaluation_sql.run(folder, RELIEF, AS_OF, MEMORY, folder / "spill"))


def scan(folder: Path) -> dict[str, Any]:
    """Reading the same columns, nothing else."""
    import duckdb

    columns = "subject_id, record_id, item, severity, outcome, supervision, decided_on, effective_until, counted_until"
    sums = ", ".join(f"sum(hash({each}) % 1000)" for each in columns.split(", "))
    with duckdb.connect(config={"memory_limit": MEMORY, "threads": 2}) as connection:
        return _timed(lambda: connection.execute(f"SELECT {sums} FROM '{folder}/records.parquet'").fetchall())


def spark(folder: Path) -> dict[str, Any]:
    """The same expressions on Spark: a cluster is started, one run, it ends. The processor's time is that of all its processes."""
    from chengxin.engine.backends import Spark
    from chengxin.engine.spark_sessions import local_cluster

    model, begun = _model(), time.perf_counter()
    with local_cluster(workers=2, memory_mb=WORKER_MB, scratch=folder) as session:
        started, used = time.perf_counter(), _of_cluster(session)
        found = _timed(lambda: _run(folder, folder / "spark", model, Spark(session, folder)))
        found["processor"] = round(found["processor"] + _of_cluster(session) - used, 3)
    return found | {"starting": round(started - begun, 3)}


def _of_cluster(session: Any) -> float:
    """Seconds of the processor that the driver and its workers have used."""
    from tests.harness.processes import descendants

    driver = session.sparkContext._gateway.proc.pid
    ticks = [(Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[11:13] for pid in (driver, *descendants(driver))]
    return sum(int(user) + int(system) for user, system in ticks) / os.sysconf("SC_CLK_TCK")


def _run(folder: Path, target: Path, model: Any, backend: Any = None) -> Any:
    from chengxin.engine.backends import DuckDB
    from chengxin.engine.runs import run_model

    target.mkdir(exist_ok=True)
    used = backend or DuckDB(MEMORY, folder / "spill", threads=2)
    return run_model(used, folder / "subjects.parquet", folder / "records.parquet", model, AS_OF, target)


PARTS: dict[str, Callable[[Path], dict[str, Any]]] = {
    "engine": engine,
    "run": whole_run,
    "hand": hand,
    "scan": scan,
    "what_if": what_if,
    "spark": spark,
}
