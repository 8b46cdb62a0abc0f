"""How long a million rows take from the file to the records: ``python -m bench.intake [--rows N] [--rounds 3] [--database both]``.

Baseline and product alternate; the ratio is of the medians. PostgreSQL: a bare ``COPY`` of the same file into one table with the
indexes of the table of records. SQLite: a plain Django ``bulk_create`` of the same rows into that table. Both databases are durable
(fsync on, ``synchronous=FULL``), every run starts with an empty one, and every product run is a process of its own, whose peak
memory (with its reading child) is reported.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.sample_rows import write_sample
from tests.harness.penalties import code_of
from tests.harness.postgres import throwaway_cluster

AUTHORITY = code_of(1, "11370900MB")
#: The issue's targets: (first time ÷ baseline, same file again ÷ first time).
TARGETS = {"postgresql": 2.0, "sqlite": 0.6}
AGAIN_TARGET = 0.7
MEMORY_TARGET = 700


def main(arguments: list[str] | None = None) -> dict[str, Any]:
    """Measure, print, return the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--growth", action="store_true", help="also 10,000 and 100,000 rows, product only")
    asked = parser.parse_args(arguments)
    kinds = ["sqlite", "postgresql"] if asked.database == "both" else [asked.database]
    report: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="chengxin-bench-") as folder:
        file = Path(folder) / "penalties.csv"
        write_sample(file, asked.rows, AUTHORITY)
        print(f"{asked.rows:,} rows, {file.stat().st_size / 1e6:.0f} MB")
        for kind in kinds:
            report[kind] = measure(kind, file, asked.rounds)
            show(kind, report[kind])
            if asked.growth:
                report[kind]["growth"] = growth(kind, Path(folder), asked.rows)
    return report


def measure(kind: str, file: Path, rounds: int) -> dict[str, Any]:
    """Baseline, first time, same file again, ``rounds`` times in turn."""
    runs: dict[str, list[dict[str, float]]] = {"baseline": [], "product": []}
    for _ in range(rounds):
        for part in runs:
            with fresh_database(kind) as surroundings:
                runs[part].append(run(part, file, surroundings))
                print(f"  {kind} {part}: {runs[part][-1]}", flush=True)
    baseline = statistics.median(each["seconds"] for each in runs["baseline"])
    first = statistics.median(each["first"] for each in runs["product"])
    again = statistics.median(each["again"] for each in runs["product"])
    return {
        "baseline_seconds": baseline,
        "first_seconds": first,
        "again_seconds": again,
        "ratio": first / baseline,
        "again_ratio": again / first,
        "peak_mb": max(each["peak_mb"] for each in runs["product"]),
        "runs": runs,
    }


def growth(kind: str, folder: Path, largest: int) -> dict[int, dict[str, float]]:
    """Seconds and peak memory by the number of rows."""
    found = {}
    for rows in (size for size in (10_000, 100_000) if size < largest):
        file = folder / f"{rows}.csv"
        write_sample(file, rows, AUTHORITY)
        with fresh_database(kind) as surroundings:
            found[rows] = run("product", file, surroundings)
            print(f"  {kind} {rows:,} rows: {found[rows]}", flush=True)
    return found


def show(kind: str, found: dict[str, Any]) -> None:
    """One paragraph of the report."""
    print(f"{kind}: baseline {found['baseline_seconds']:.1f} s, first {found['first_seconds']:.1f} s, again {found['again_seconds']:.1f} s")
    print(f"  first ÷ baseline {found['ratio']:.2f} (target ≤ {TARGETS[kind]}), again ÷ first {found['again_ratio']:.2f} (≤ {AGAIN_TARGET})")
    print(f"  peak memory {found['peak_mb']:.0f} MB (target < {MEMORY_TARGET})")


@contextmanager
def fresh_database(kind: str) -> Iterator[dict[str, str]]:
    """The environment of a run: a home, a key file's place and an empty durable database."""
    with tempfile.TemporaryDirectory(prefix="chengxin-bench-") as folder:
        home = Path(folder) / "home"
        home.mkdir()
        surroundings = {**os.environ, "CHENGXIN_HOME": str(home), "CHENGXIN_KEYS": f"{folder}/keys.json"}
        if kind == "sqlite":
            yield {**surroundings, "CHENGXIN_DATABASE": f"sqlite:///{home}/chengxin.sqlite3"}
        else:
            with throwaway_cluster(durable=True) as url:
                yield {**surroundings, "CHENGXIN_DATABASE": url}


def run(part: str, file: Path, surroundings: dict[str, str]) -> dict[str, float]:
    """One measurement in a process of its own."""
    command = [sys.executable, "-m", "bench.intake_runs", part, str(file), AUTHORITY]
    done = subprocess.run(command, env=surroundings, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[1])
    return dict(json.loads(done.stdout.splitlines()[-1]))


if __name__ == "__main__":
    main()
