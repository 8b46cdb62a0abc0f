"""How long a million rows take from the file to the records: ``python -m bench.intake [--rows N] [--rounds 3] [--database both]``.

Baseline and product alternate; the ratio is of the medians. PostgreSQL: a bare ``COPY`` of the same file into one table with the
indexes of the table of records: as many, in the same order of columns, over the file's own texts. SQLite: a plain Django
``bulk_create`` of the same rows into that table. Both databases are durable (fsync on, ``synchronous=FULL``), every run starts with an
empty one, and every product run is a process of its own. Its peak memory (with its reading child's) is taken in one more run, whose
seconds count for nothing: whoever asks the kernel twenty times a second what a process holds makes it a quarter slower.

Seconds mean little while other work runs: the product needs both cores, a ``COPY`` one. The processor seconds beside them (the
process, its children and the server) hardly change; on two idle cores a run takes half of them or more.
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
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.generate import write
from chengxin.site.demo.city import OFFICES
from tests.harness.postgres import throwaway_cluster

OFFICE = "market"
AUTHORITY = next(office.code for office in OFFICES if office.key == OFFICE)
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
        write(file, asked.rows, office_key=OFFICE)
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
        for part, found in runs.items():
            with fresh_database(kind) as surroundings:
                found.append(run(part, file, surroundings))
                print(f"  {kind} {part}: {found[-1]}", flush=True)
    with fresh_database(kind) as surroundings:
        watched = run("product", file, surroundings, watch=True)
    baseline = statistics.median(each["seconds"] for each in runs["baseline"])
    first = statistics.median(each["first"] for each in runs["product"])
    again = statistics.median(each["again"] for each in runs["product"])
    return {
        "baseline_seconds": baseline,
        "first_seconds": first,
        "again_seconds": again,
        "ratio": first / baseline,
        "again_ratio": again / first,
        "processor": {part: statistics.median(each["processor"] for each in found) for part, found in runs.items()},
        "peak_mb": watched["peak_mb"],
        "runs": runs,
    }


def growth(kind: str, folder: Path, largest: int) -> dict[int, dict[str, float]]:
    """Seconds and peak memory by the number of rows."""
    found = {}
    for rows in (size for size in (10_000, 100_000) if size < largest):
        file = folder / f"{rows}.csv"
        write(file, rows, office_key=OFFICE)
        with fresh_database(kind) as surroundings:
            found[rows] = run("product", file, surroundings, watch=True)
            print(f"  {kind} {rows:,} rows: {found[rows]}", flush=True)
    return found


def show(kind: str, found: dict[str, Any]) -> None:
    """One paragraph of the report."""
    print(f"{kind}: baseline {found['baseline_seconds']:.1f} s, first {found['first_seconds']:.1f} s, again {found['again_seconds']:.1f} s")
    print(
        f"  first ÷ baseline {found['ratio']:.2f} (target ≤ {TARGETS[kind]}), again ÷ first {found['again_ratio']:.2f} (≤ {AGAIN_TARGET})"
    )
    worked = found["processor"]
    print(
        f"  processor seconds (with the server's): {worked['product']:.1f} ÷ {worked['baseline']:.1f} = "
        f"{worked['product'] / worked['baseline']:.2f}; other work on the machine does not change them much"
    )
    print(f"  load of the machine {os.getloadavg()[0]:.1f}, peak memory {found['peak_mb']:.0f} MB (target < {MEMORY_TARGET})")


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


def run(part: str, file: Path, surroundings: dict[str, str], *, watch: bool = False) -> dict[str, float]:
    """One measurement in a process of its own; ``watch``: from outside, for its memory."""
    command = [sys.executable, "-m", "bench.intake_runs", part, str(file), AUTHORITY]
    process = subprocess.Popen(command, env=surroundings, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1])
    peak = 0
    while watch and process.poll() is None:
        peak = max(peak, resident_kilobytes(process.pid))
        time.sleep(0.05)
    process.wait()
    assert process.stdout is not None
    said = process.stdout.read()
    if process.returncode:
        raise SystemExit(f"{part} failed:\n{said}")
    return {**json.loads(said.splitlines()[-1]), **({"peak_mb": round(peak / 1024)} if watch else {})}


def resident_kilobytes(pid: int) -> int:
    """Memory of a process and its children, pages that they share counted once (PSS)."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
        threads = Path(f"/proc/{pid}/task").iterdir()
        children = [child for thread in threads for child in (thread / "children").read_text(encoding="ascii").split()]
    except OSError:  # it has just ended
        return 0
    own = next((int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")), 0)
    return own + sum(resident_kilobytes(int(child)) for child in children)


if __name__ == "__main__":
    main()
