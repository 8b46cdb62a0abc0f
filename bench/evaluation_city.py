"""How long ``chengxin evaluate`` takes from the database on: ``python -m bench.evaluation_city [--subjects 1000000] [--growth]``.

A fresh database is filled (see :mod:`bench.portal_rows`), then a run in a process of its own: the snapshot out of the tables, the method,
the report, the grades and the entry back into the database. Time, the processor's time of this process, and the memory of all its
children; PostgreSQL works in processes of its own, which are not counted.
"""

from __future__ import annotations

import argparse
import json
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import django

from bench.intake import fresh_database, resident_kilobytes
from bench.portal import EPOCH_DAY, PROJECT, TODAY
from bench.portal_rows import fill

GROWTH = (10_000, 100_000)


def main(arguments: list[str] | None = None) -> dict[str, dict[int, Any]]:
    """Measure, print, return the report: database → number of subjects → what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--subjects", type=int, default=1_000_000)
    parser.add_argument("--growth", action="store_true", help="also 10,000 and 100,000 subjects")
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--part", choices=["fill", "evaluate"], default=None, help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    if asked.part:
        print(json.dumps(evaluate() if asked.part == "evaluate" else filled(asked.subjects)))
        return {}
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(143))  # databases and clusters are removed on the way out
    sizes = [*(size for size in GROWTH if asked.growth and size < asked.subjects), asked.subjects]
    kinds = ["sqlite", "postgresql"] if asked.database == "both" else [asked.database]
    return {kind: {size: measure(kind, size) for size in sizes} for kind in kinds}


def measure(kind: str, subjects: int) -> dict[str, Any]:
    """Fill a fresh database, evaluate, print a line."""
    with fresh_database(kind) as made:
        noon = (TODAY.toordinal() - EPOCH_DAY) * 86_400 + 14_400
        surroundings = {**made, "CHENGXIN_CLOCK": str(noon), "CHENGXIN_LOG_LEVEL": "ERROR"}
        surroundings |= {"DJANGO_SETTINGS_MODULE": "chengxin.site.settings"}
        rows = watched(surroundings, "fill", subjects)["rows"]
        found = watched(surroundings, "evaluate", subjects)
    steps = ", ".join(f"{words} {seconds} s ({processor})" for words, (seconds, processor) in found["steps"].items())
    graded = f"{found['subjects']:,} graded, {found['records']:,} records counted"
    print(f"{kind}: {subjects:,} subjects, {rows:,} records; {graded}; {steps}; {found['peak_mb']} MB", flush=True)
    return found


def watched(surroundings: Mapping[str, str], part: str, subjects: int) -> dict[str, Any]:
    """A part in a process of its own, watched from outside for its memory."""
    command = [sys.executable, "-m", "bench.evaluation_city", "--part", part, "--subjects", str(subjects)]
    process = subprocess.Popen(command, env=dict(surroundings), stdout=subprocess.PIPE, text=True, cwd=PROJECT)
    peak = 0
    while process.poll() is None:
        peak = max(peak, resident_kilobytes(process.pid))
        time.sleep(0.05)
    assert process.stdout is not None
    said = process.stdout.read()
    if process.returncode:
        raise SystemExit(f"{part} failed:\n{said}")
    return {**json.loads(said.splitlines()[-1]), "peak_mb": round(peak / 1024)}


def filled(subjects: int) -> dict[str, Any]:
    """The rows. Their entries have no tree over them: the ledger goes on where the installation left it, below their numbers."""
    django.setup()
    from chengxin.foundation.records.models import Record
    from chengxin.kernel import clock
    from chengxin.ledger.models import Checkpoint, Head
    from chengxin.site.installing import install

    install(clock.now())
    head = Head.objects.get()
    fill(subjects)
    head.save()
    Checkpoint.objects.filter(note="bench\n").delete()
    return {"rows": Record.objects.count()}


def evaluate() -> dict[str, Any]:
    """One run; seconds, and those of the processor, of each of its steps."""
    django.setup()
    from chengxin.during_event.evaluation.runs import order_of, run_evaluation
    from chengxin.during_event.evaluation.types import PUBLIC_MODEL
    from chengxin.kernel import clock
    from chengxin.kernel.instants import date_of

    at = clock.now()
    marks: list[tuple[float, float]] = []

    def mark(_words: str) -> None:
        used = resource.getrusage(resource.RUSAGE_SELF)
        marks.append((time.perf_counter(), used.ru_utime + used.ru_stime))

    made = run_evaluation(order_of(PUBLIC_MODEL, date_of(at), at), by="bench", at=at, progress=mark)
    mark("")
    spans = [(round(after[0] - before[0], 1), round(after[1] - before[1], 1)) for before, after in pairwise(marks)]
    steps = dict(zip(["snapshot", "method", "report and recording"], spans, strict=True))
    return {"steps": steps, "subjects": int(made.manifest["subjects"]), "records": int(made.manifest["records"])}


if __name__ == "__main__":
    main()
