"""How fast the ledger takes entries, and how long ``fsck`` takes: ``python bench/ledger.py [--json] [--fsck N]``.

Two writer processes append to one ledger, on SQLite and on PostgreSQL (a throw-away cluster with fsync on), in batches of 1, 100
and 10,000. Preparing (salts, hashes) is part of the time, as it is part of the work.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parents[1]
sys.path.insert(0, str(PROJECT))
WRITERS = 2
EVENT = "bench:record:collected"  # no section replays it
FILLER = "未按规定公示年度报告，处以罚款。" * 10


def payloads(start: int, n: int) -> list[bytes]:
    """Contents of the size of a penalty's, about 600 bytes."""
    return [
        (f'{{"CF_NR":"{FILLER}","CF_WSH":"泰市监处罚〔2026〕{i}号","_event":"{EVENT}","_record":"{i}"}}').encode()
        for i in range(start, start + n)
    ]


def django_setup() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "chengxin.site.settings"
    import django

    django.setup()


def write(number: int, batch: int, seconds: float, ready: Any, results: Any) -> None:
    """One writer: batches until the time is up."""
    django_setup()
    from chengxin.ledger import services
    from chengxin.storage.transactions import writing

    contents = payloads(number * 1_000_000, batch)
    with writing():
        services.append(services.prepare(EVENT, contents[:1], services.allocate_content_ids(1)))
    ready.wait()
    started, written = time.perf_counter(), 0
    while time.perf_counter() - started < seconds:
        with writing():
            services.append(services.prepare(EVENT, contents, services.allocate_content_ids(batch)))
        written += batch
    results.put((written, time.perf_counter() - started))


def leaves_per_second(batch: int, seconds: float, writers: int) -> float:
    """All writers' leaves over the longest writer's time."""
    context = multiprocessing.get_context("spawn")
    ready, results = context.Barrier(writers), context.Queue()
    processes = [context.Process(target=write, args=(i, batch, seconds, ready, results)) for i in range(writers)]
    for process in processes:
        process.start()
    counts = [results.get(timeout=seconds + 120) for _ in processes]
    for process in processes:
        process.join()
    return sum(written for written, _ in counts) / max(took for _, took in counts)


def check(entries: int) -> dict[str, Any]:
    """``fsck`` over a ledger of ``entries``, in a process of its own so that its peak memory is its own."""
    code = f"import sys; sys.path.insert(0, {str(PROJECT)!r}); from bench.ledger import fill_and_check; fill_and_check({entries})"
    done = subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.PIPE, text=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def fill_and_check(entries: int) -> None:
    """Append ``entries``, checkpoint, run ``fsck``; prints one object."""
    django_setup()
    from django.conf import settings

    from chengxin.ledger import services
    from chengxin.storage import keyfile
    from chengxin.storage.transactions import writing

    keyfile.create(settings.CHENGXIN_KEYS, at=1_790_000_000)
    for start in range(0, entries, 10_000):
        with writing():
            services.append(services.prepare(EVENT, payloads(start, 10_000), services.allocate_content_ids(10_000)))
    services.sign_checkpoint(at=1_790_000_000)
    register_projection()
    started = time.perf_counter()
    report = services.fsck()
    took = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        json.dumps(
            {
                "entries": report.entries,
                "faults": report.fault_count,
                "tables_equal": all(c.equal for c in report.comparisons),
                "seconds": round(took, 1),
                "peak_megabytes": peak,
            }
        )
    )


def register_projection() -> None:
    """A current table of as many rows as there are entries, with ten columns, so that the rebuild is measured too."""
    import polars as pl
    from django.db import connection

    from chengxin.ledger.ports import Projection, projections

    columns = {"id": pl.Int64, "content_id": pl.Int64, **{f"n{i}": pl.Int64 for i in range(7)}, "document_number": pl.String}
    made = ", ".join(f"seq + {i} AS n{i}" for i in range(7))
    with connection.cursor() as cursor:  # places count from 0 without gaps, as the numbers in the contents do
        cursor.execute(
            f"CREATE TABLE bench_record AS SELECT seq AS id, content_id, {made}, "
            "'泰市监处罚〔2026〕' || seq || '号' AS document_number FROM ledger_entry"
        )

    def stage(entries: pl.DataFrame) -> pl.DataFrame:
        return entries.select(
            "seq", "content_id", id=pl.col("seq"), **{f"n{i}": pl.col("seq") + i for i in range(7)}, document_number=pl.col("CF_WSH")
        )

    events = frozenset({EVENT})
    projections.register("bench", Projection("bench_record", ("id",), columns, events, ("CF_WSH", "CF_NR", "_record"), stage))


@contextmanager
def databases() -> Iterator[dict[str, str]]:
    from tests.harness.postgres import throwaway_cluster

    with tempfile.TemporaryDirectory(prefix="chengxin-bench-") as folder, throwaway_cluster(durable=True) as postgresql:
        yield {"sqlite": f"sqlite:///{folder}/bench.sqlite3", "postgresql": postgresql}


def measure(url: str, seconds: float, fsck: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="chengxin-bench-") as home:
        os.environ |= {"CHENGXIN_DATABASE": url, "CHENGXIN_HOME": f"{home}/home", "CHENGXIN_KEYS": f"{home}/keys.json"}
        subprocess.run([sys.executable, "-m", "django", "migrate", "--verbosity=0", "--settings=chengxin.site.settings"], check=True)
        found: dict[str, Any] = {}
        if fsck:
            found["fsck"] = check(fsck)
        found |= {f"batch_{batch}": round(leaves_per_second(batch, seconds, WRITERS)) for batch in (1, 100, 10_000)}
        return found


def main(given: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--fsck", type=int, default=1_000_000, help="entries to check; 0 leaves it out")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args(given)
    with databases() as urls:
        report = {name: measure(url, arguments.seconds, arguments.fsck) for name, url in urls.items()}
    if arguments.json:
        print(json.dumps(report))
        return
    for name, found in report.items():
        for key, value in found.items():
            print(f"{name:12} {key:12} {value}")


if __name__ == "__main__":
    main()
