"""How fast the portal answers at volume: ``python -m bench.portal [--subjects 1000000] [--growth] [--database both]``.

For each database and size a fresh one is filled (see :mod:`bench.portal_rows`), every kind of page is asked through Django's handler
in one process, and the two pages with a target over HTTP from the served platform. One reader: milliseconds of an answer, not of a
queue. Both databases are durable; the load of the machine while measuring stands beside the numbers. ``processor`` is the mean time that
Django's process itself worked for an answer (with SQLite: the database too), which other work on the machine hardly changes.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.intake import fresh_database
from bench.portal_rows import EPOCH_DAY, TODAY

#: The issue's targets: p95 in milliseconds at a million subjects and five million records.
TARGETS = {"search": 50, "subject": 60}
GROWTH = (10_000, 100_000)
COLUMNS = ("p50", "p95", "p99", "max")
PROJECT = Path(__file__).parents[1]
Report = dict[str, Any]


def main(arguments: list[str] | None = None) -> dict[str, dict[int, Report]]:
    """Measure, print, return the report: database → number of subjects → what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--subjects", type=int, default=1_000_000)
    parser.add_argument("--requests", type=int, default=200, help="of each kind of page")
    parser.add_argument("--growth", action="store_true", help="also 10,000 and 100,000 subjects")
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    asked = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(143))  # databases and clusters are removed on the way out
    sizes = [*(size for size in GROWTH if asked.growth and size < asked.subjects), asked.subjects]
    report: dict[str, dict[int, Report]] = {}
    for kind in ["sqlite", "postgresql"] if asked.database == "both" else [asked.database]:
        report[kind] = {size: measure(kind, size, asked.requests) for size in sizes}
        show(kind, report[kind])
    return report


def measure(kind: str, subjects: int, requests: int) -> Report:
    """Fill a fresh database, ask every kind of page, and the named ones over HTTP."""
    with fresh_database(kind) as made:
        noon = (TODAY.toordinal() - EPOCH_DAY) * 86_400 + 14_400
        surroundings = {**made, "CHENGXIN_CLOCK": str(noon), "CHENGXIN_LOG_LEVEL": "ERROR"}
        found: Report = {"filled": run(surroundings, "fill", subjects)}
        print(f"{kind}: {subjects:,} subjects, {found['filled']['records']:,} records in {found['filled']['seconds']} s", flush=True)
        found["load_before"] = os.getloadavg()[0]
        with served(surroundings) as port:
            found["served"] = run(surroundings, "served", port, requests)
        found["pages"] = run(surroundings, "pages", requests)
        found["load_after"] = os.getloadavg()[0]
        return found


def run(surroundings: Mapping[str, str], *arguments: object) -> Report:
    """One part in a process of its own."""
    command = [sys.executable, "-m", "bench.portal_runs", *map(str, arguments)]
    done = subprocess.run(command, env=dict(surroundings), check=True, stdout=subprocess.PIPE, text=True, cwd=PROJECT)
    return dict(json.loads(done.stdout.splitlines()[-1]))


@contextmanager
def served(surroundings: Mapping[str, str]) -> Iterator[int]:
    """``chengxin serve``, the web part alone, on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "chengxin.site.command_line", "serve", "--part", "web", "--port", str(port)]
    server = subprocess.Popen(command, env=dict(surroundings), cwd=PROJECT, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while not _answers(port):
            if server.poll() is not None or time.monotonic() > deadline:
                raise SystemExit("chengxin serve did not start")
            time.sleep(0.2)
        yield port
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=60)


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/about", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def show(kind: str, sizes: Mapping[int, Report]) -> None:
    """Tables as the report has them."""
    for subjects, found in sizes.items():
        load = f"load {found['load_before']:.1f} to {found['load_after']:.1f}"
        print(f"\n{kind}, {subjects:,} subjects, {found['filled']['records']:,} records, {load}; milliseconds")
        print(f"| page | {' | '.join(COLUMNS)} | processor | queries |\n|---|{'---:|' * 6}")
        for page, numbers in found["served"].items():
            verdict = f" (target p95 < {TARGETS[page]})" if page in TARGETS else ""
            print(f"| {page}, over HTTP{verdict} | {' | '.join(str(numbers[each]) for each in COLUMNS)} | | |")
        for page, numbers in found["pages"].items():
            print(f"| {page} | {' | '.join(str(numbers[each]) for each in (*COLUMNS, 'processor'))} | {numbers['queries']} |")


if __name__ == "__main__":
    main()
