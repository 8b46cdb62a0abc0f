"""任务进程：runs what the web put off, one task at a time, and gives a sign of life each second."""

from __future__ import annotations

import threading

from django.core.management import call_command

from chengxin.site import health

POLL_SECONDS = 0.2


def main() -> int:
    """The worker's process."""
    stopping = threading.Event()
    signs = threading.Thread(target=_give_signs, args=(stopping,), name="signs", daemon=True)
    signs.start()
    try:
        call_command("db_worker", interval=POLL_SECONDS, startup_delay=False, queue_name="*", verbosity=1)
    finally:
        stopping.set()
    return 0


def _give_signs(stopping: threading.Event) -> None:
    while not stopping.wait(1.0):
        health.beat("worker")
