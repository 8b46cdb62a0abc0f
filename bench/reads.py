"""What a logged look costs: ``python -m bench.reads [--requests 400] [--database both]``.

One clerk opens pages of their own office's records through Django's handler, every second time with the writing of the look left out. The
two take turns, so that other work on the machine weighs on both alike; what is told is the ratio of the medians of one run. The database
is durable: the row is on disk before the answer leaves.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from unittest.mock import patch

from bench.intake import fresh_database
from bench.portal_rows import EPOCH_DAY, TODAY, fill

PROJECT = Path(__file__).parents[1]
SUBJECTS = 2_000
WARM_UP = 20
PART = "--measure"


def main(arguments: list[str] | None = None) -> dict[str, dict[str, Any]]:
    """Measure, print, return: database → what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=400, help="of each of the two")
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    asked = parser.parse_args(arguments)
    report = {}
    for kind in ["sqlite", "postgresql"] if asked.database == "both" else [asked.database]:
        with fresh_database(kind) as made:
            noon = (TODAY.toordinal() - EPOCH_DAY) * 86_400 + 14_400
            surroundings = {**made, "CHENGXIN_CLOCK": str(noon), "CHENGXIN_LOG_LEVEL": "ERROR"}
            command = [sys.executable, "-m", "bench.reads", PART, str(asked.requests)]
            done = subprocess.run(command, env=surroundings, check=True, stdout=subprocess.PIPE, text=True, cwd=PROJECT)
            report[kind] = dict(json.loads(done.stdout.splitlines()[-1]))
        show(kind, report[kind])
    return report


def show(kind: str, found: dict[str, Any]) -> None:
    """One line a page."""
    for page, each in found["pages"].items():
        print(
            f"{kind}, {page}: logged {each['logged']} ms, not logged {each['unlogged']} ms, ratio of medians {each['ratio']}; "
            f"load {found['load']:.1f}, {found['rows']:,} looks on record"
        )


def measure(requests: int) -> dict[str, Any]:
    """In a process of its own: fill, sign in, ask."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "chengxin.site.settings"
    import django

    django.setup()
    from django.conf import settings
    from django.test import Client

    from chengxin.access.models import Account, Department, Read
    from chengxin.access.roles import Role
    from chengxin.foundation.records.models import Record
    from chengxin.kernel import clock
    from chengxin.site.installing import install

    settings.ALLOWED_HOSTS = ["*"]
    install(clock.now())
    fill(SUBJECTS)
    office = Department.objects.get(pk=Record.objects.order_by("id").values_list("authority_id", flat=True)[0])
    clerk = Account.objects.create(username="clerk", department=office, role=Role.CLERK)  # the filled ledger has no tiles to append to
    client = Client()
    client.force_login(clerk)
    own = list(Record.objects.filter(authority_id=office.pk).order_by("id").values_list("id", flat=True)[: requests + WARM_UP])
    pages = {"a record": [f"/office/records/{each}" for each in own], "the desk": ["/office/"]}
    found = {page: _both(client, addresses, requests) for page, addresses in pages.items()}
    return {"pages": found, "rows": Read.objects.count(), "load": os.getloadavg()[0]}


def _both(client: Any, addresses: list[str], requests: int) -> dict[str, float]:
    """Milliseconds at the median with and without the row, taking turns."""
    times: dict[str, list[float]] = {"logged": [], "unlogged": []}
    for number in range(WARM_UP + requests):
        address = addresses[number % len(addresses)]
        for way in ("logged", "unlogged") if number % 2 else ("unlogged", "logged"):
            took = _asked(client, address) if way == "logged" else _unlogged(client, address)
            if number >= WARM_UP:
                times[way].append(took)
    logged, unlogged = (statistics.median(times[way]) * 1000 for way in ("logged", "unlogged"))
    return {"logged": round(logged, 2), "unlogged": round(unlogged, 2), "ratio": round(logged / unlogged, 3)}


def _unlogged(client: Any, address: str) -> float:
    with patch("chengxin.site.reading.record_reads", lambda *_: [0]):
        return _asked(client, address)


def _asked(client: Any, address: str) -> float:
    started = time.perf_counter()
    answer = client.get(address)
    took = time.perf_counter() - started
    if answer.status_code != 200:
        raise SystemExit(f"{address} answered {answer.status_code}")
    return took


if __name__ == "__main__":
    if PART in sys.argv:
        print(json.dumps(measure(int(sys.argv[-1]))))
    else:
        main()
