"""How long a city's evaluation takes: ``python -m bench.evaluation [--subjects N] [--records M] [--rounds 3] [--growth] [--spark]``.

A snapshot of an invented city; the two files by the engine, a whole run (hashes and root too), the same method written by hand for
DuckDB, and the bare scan of the same columns, in turn and each in a process of its own; two policies in one go ("what if"). The answers
of the engine and of the hand-written statements are compared row by row: a ratio to something else would say nothing. Beside the time
stands the processor's, which other work on the machine hardly changes. ``--spark``: once on a cluster of two workers, same bytes asked.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.evaluation_parts import PARTS
from bench.evaluation_rows import write_snapshot
from bench.intake import resident_kilobytes

PROJECT = Path(__file__).parents[1]
RATIO_TARGET, WHAT_IF_TARGET, MEMORY_TARGET = 1.5, 2.2, 1500
ALTERNATING = ("engine", "run", "hand", "scan", "what_if")


@dataclass(frozen=True)
class Measured:
    """One part, once: seconds, seconds of the processor, largest memory of all its processes, and the root if it made one."""

    seconds: float
    processor: float
    peak_mb: int
    starting: float = 0.0
    root: str = ""


def main(arguments: list[str] | None = None) -> dict[str, Any]:
    """Measure, print, return the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--subjects", type=int, default=1_000_000)
    parser.add_argument("--records", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--growth", action="store_true", help="also a tenth and a hundredth of the records")
    parser.add_argument("--spark", action="store_true", help="also Apache Spark, a local cluster of two workers, once")
    parser.add_argument("--folder", type=Path, default=None, help="where the snapshot lies, or is kept; a folder for this run if not given")
    parser.add_argument("--part", choices=PARTS, default=None, help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    if asked.part:
        print(json.dumps(PARTS[asked.part](asked.folder)))
        return {}
    report: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="chengxin-bench-") as place:
        for divisor in (100, 10, 1) if asked.growth else (1,):
            subjects, records = asked.subjects // divisor, asked.records // divisor
            folder = (asked.folder or Path(place)) / str(records)
            write_snapshot(folder, subjects, records)
            report[str(records)] = found = measure(folder, asked.rounds)
            show(subjects, records, found)
            if asked.spark:
                found["spark"] = [run("spark", folder)]
                show_spark(found["spark"][0], found["run"])
    return report


def measure(folder: Path, rounds: int) -> dict[str, list[Measured]]:
    """Every part in turn, ``rounds`` times; SystemExit unless they agree."""
    found: dict[str, list[Measured]] = {part: [] for part in ALTERNATING}
    for _ in range(rounds):
        for part, measured in found.items():
            measured.append(run(part, folder))
    compare(folder)
    return found


def run(part: str, folder: Path) -> Measured:
    """One part in a process of its own, watched from outside for its memory."""
    command = [sys.executable, "-m", "bench.evaluation", "--part", part, "--folder", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=PROJECT, env={**os.environ})
    peak = 0
    while process.poll() is None:
        peak = max(peak, resident_kilobytes(process.pid))
        time.sleep(0.05)
    assert process.stdout is not None
    said = process.stdout.read()
    if process.returncode:
        raise SystemExit(f"{part} failed:\n{said}")
    return Measured(**json.loads(said.splitlines()[-1]), peak_mb=round(peak / 1024))


def compare(folder: Path) -> None:
    """SystemExit unless the engine and the hand-written statements say the same of everybody."""
    import duckdb

    columns = {"results": "*", "contributions": "subject_id, part, kind, record_id, milli_points, until"}
    with duckdb.connect(config={"memory_limit": "2GB", "threads": 2, "temp_directory": str(folder / "spill")}) as connection:
        for name, chosen in columns.items():
            engine, hand = (f"SELECT {chosen} FROM '{folder}/{made}{name}.parquet'" for made in ("engine/", "hand-"))
            questions = [f"SELECT count(*) FROM ({engine})"]
            questions += [f"SELECT count(*) FROM ({one} EXCEPT ALL {other})" for one, other in ((engine, hand), (hand, engine))]
            rows, *differ = (connection.execute(question).fetchall()[0][0] for question in questions)
            if not rows or differ != [0, 0]:
                raise SystemExit(f"{name}: the engine and the hand-written statements differ: {differ} of {rows} rows")


def show(subjects: int, records: int, found: dict[str, list[Measured]]) -> None:
    """One paragraph of the report."""
    said = [f"{part} {middle(each, 'seconds'):.1f} s ({middle(each, 'processor'):.1f})" for part, each in found.items()]
    print(f"{subjects:,} subjects, {records:,} records, median time (processor): {', '.join(said)}")
    for title, over, under, target in (
        ("engine ÷ hand-written", "engine", "hand", RATIO_TARGET),
        ("whole run ÷ hand-written", "run", "hand", None),
        ("what-if ÷ run", "what_if", "run", WHAT_IF_TARGET),
        ("engine ÷ scan", "engine", "scan", None),
    ):
        ratios = [
            statistics.median(getattr(a, what) / getattr(b, what) for a, b in zip(found[over], found[under], strict=True))
            for what in ("seconds", "processor")
        ]
        print(f"  {title} {ratios[0]:.2f}, processor {ratios[1]:.2f}" + (f" (target ≤ {target})" if target else ""))
    peaks = {part: max(each.peak_mb for each in measured) for part, measured in found.items()}
    print(f"  peak memory MB {peaks} (target < {MEMORY_TARGET})", flush=True)


def show_spark(spark: Measured, runs: list[Measured]) -> None:
    """One line, and whether the bytes are the same."""
    if spark.root != runs[-1].root:
        raise SystemExit(f"Spark says something else: root {spark.root}, DuckDB {runs[-1].root}")
    seconds, processor = middle(runs, "seconds"), middle(runs, "processor")
    print(
        f"  Spark, two workers, same root: {spark.seconds:.1f} s ({spark.processor:.1f}) after {spark.starting:.1f} s to start, "
        f"÷ run {spark.seconds / seconds:.1f}, processor {spark.processor / processor:.1f}; {spark.peak_mb} MB in all processes",
        flush=True,
    )


def middle(found: list[Measured], what: str) -> float:
    """The median of one figure over the rounds."""
    return float(statistics.median(getattr(each, what) for each in found))


if __name__ == "__main__":
    main()
